from notifications.models.campaign import Campaign, CampaignRecipient, CampaignText
from notifications.models.choices import ChoiceRecord, Preference, QuietHours
from notifications.models.day_figure import DayFigure
from notifications.models.delivery import Delivery
from notifications.models.delivery_event import DeliveryEvent
from notifications.models.device import Device
from notifications.models.hygiene import DeviceAlarm, DeviceVerdict, PushMinute
from notifications.models.notification import Notification
from notifications.models.sent_copy import SentCopy
from notifications.models.suppression import Suppression
from notifications.models.template import Template, TemplateVersion
from notifications.models.topic import Topic, TopicSubscription
from notifications.models.weekly import WeeklyRound

__all__ = [
    "Campaign",
    "CampaignRecipient",
    "CampaignText",
    "ChoiceRecord",
    "DayFigure",
    "Delivery",
    "DeliveryEvent",
    "Device",
    "DeviceAlarm",
    "DeviceVerdict",
    "Notification",
    "Preference",
    "PushMinute",
    "QuietHours",
    "SentCopy",
    "Suppression",
    "Template",
    "TemplateVersion",
    "Topic",
    "TopicSubscription",
    "WeeklyRound",
]
