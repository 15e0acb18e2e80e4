from notifications.admin.campaign import CampaignAdmin, CampaignRecipientAdmin
from notifications.admin.choice_record import ChoiceRecordAdmin
from notifications.admin.delivery import DeliveryAdmin
from notifications.admin.device import DeviceAdmin
from notifications.admin.hygiene import DeviceAlarmAdmin
from notifications.admin.notification import NotificationAdmin
from notifications.admin.panels import choices
from notifications.admin.suppression import SuppressionAdmin
from notifications.admin.topic import TopicAdmin, TopicSubscriptionAdmin
from notifications.admin.wording import TemplateAdmin

__all__ = [
    "CampaignAdmin",
    "CampaignRecipientAdmin",
    "ChoiceRecordAdmin",
    "DeliveryAdmin",
    "DeviceAdmin",
    "DeviceAlarmAdmin",
    "NotificationAdmin",
    "SuppressionAdmin",
    "TemplateAdmin",
    "TopicAdmin",
    "TopicSubscriptionAdmin",
    "choices",
]
