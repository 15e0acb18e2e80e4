from notifications.models.choices import ChoiceRecord, Preference, QuietHours
from notifications.models.delivery import Delivery
from notifications.models.delivery_event import DeliveryEvent
from notifications.models.device import Device
from notifications.models.notification import Notification
from notifications.models.suppression import Suppression
from notifications.models.weekly import WeeklyRound

__all__ = [
    "ChoiceRecord",
    "Delivery",
    "DeliveryEvent",
    "Device",
    "Notification",
    "Preference",
    "QuietHours",
    "Suppression",
    "WeeklyRound",
]
