from notifications.admin.choice_record import ChoiceRecordAdmin
from notifications.admin.delivery import DeliveryAdmin
from notifications.admin.device import DeviceAdmin
from notifications.admin.notification import NotificationAdmin
from notifications.admin.panels import choices
from notifications.admin.suppression import SuppressionAdmin
from notifications.admin.wording import TemplateAdmin

__all__ = [
    "ChoiceRecordAdmin",
    "DeliveryAdmin",
    "DeviceAdmin",
    "NotificationAdmin",
    "SuppressionAdmin",
    "TemplateAdmin",
    "choices",
]
