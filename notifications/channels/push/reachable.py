"""Whether a queued push may still go where it was meant to go."""

from notifications.channels.push.message import topic_of
from notifications.models import Delivery


def hindrance_of(delivery: Delivery) -> str:
    """Why it is not sent, as a sentence; "" when nothing is in the way."""
    if topic_of(delivery):
        return ""
    device = delivery.device
    if device is None or not device.active:
        return "The device is gone."
    if device.user_id != delivery.notification.user_id:
        return "The device belongs to somebody else by now."
    return ""
