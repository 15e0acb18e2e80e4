from notifications.models.choices import ChoiceRecord, Preference, QuietHours
from notifications.models.day_figure import DayFigure
from notifications.models.delivery import Delivery
from notifications.models.delivery_event import DeliveryEvent
from notifications.models.device import Device
from notifications.models.notification import Notification
from notifications.models.sent_copy import SentCopy
from notifications.models.suppression import Suppression
from notifications.models.template import Template, TemplateVersion
from notifications.models.weekly import WeeklyRound

__all__ = [
    "ChoiceRecord",
    "DayFigure",
    "Delivery",
    "DeliveryEvent",
    "Device",
    "Notification",
    "Preference",
    "QuietHours",
    "SentCopy",
    "Suppression",
    "Template",
    "TemplateVersion",
    "WeeklyRound",
]
