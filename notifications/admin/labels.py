"""Colours of what became of a message."""

from notifications.enums import Category, DeliveryState
from notifications.services.decide import Action

STATE_LABELS = {
    DeliveryState.QUEUED: "info",
    DeliveryState.SENDING: "info",
    DeliveryState.SENT: "success",
    DeliveryState.DEFERRED: "warning",
    DeliveryState.DELIVERED: "success",
    DeliveryState.BOUNCED: "danger",
    DeliveryState.COMPLAINED: "danger",
    DeliveryState.FAILED: "danger",
    DeliveryState.SUPPRESSED: "default",
    DeliveryState.UNCERTAIN: "warning",
    DeliveryState.DEAD: "danger",
    DeliveryState.WAITING: "warning",
    DeliveryState.MERGED: "success",
}
ACTION_WORDS = {
    Action.SEND: "It would go out.",
    Action.DEFER: "It would wait.",
    Action.SUPPRESS: "It would not be sent.",
}
CATEGORY_LABELS = {
    Category.ESSENTIAL: "warning",
    Category.SERVICE: "info",
    Category.MARKETING: "default",
}
