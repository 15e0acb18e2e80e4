from notifications.admin.delivery import DeliveryAdmin
from notifications.admin.device import DeviceAdmin
from notifications.admin.notification import NotificationAdmin

__all__ = ["DeliveryAdmin", "DeviceAdmin", "NotificationAdmin"]
