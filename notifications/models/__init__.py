from notifications.models.delivery import Delivery
from notifications.models.device import Device
from notifications.models.notification import Notification

__all__ = ["Delivery", "Device", "Notification"]
