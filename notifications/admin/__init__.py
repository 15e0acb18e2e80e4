from notifications.admin.delivery import DeliveryAdmin
from notifications.admin.device import DeviceAdmin
from notifications.admin.hygiene import DeviceAlarmAdmin
from notifications.admin.notification import NotificationAdmin
from notifications.admin.topic import TopicAdmin, TopicSubscriptionAdmin

__all__ = [
    "DeliveryAdmin",
    "DeviceAdmin",
    "DeviceAlarmAdmin",
    "NotificationAdmin",
    "TopicAdmin",
    "TopicSubscriptionAdmin",
]
