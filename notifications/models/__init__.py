from notifications.models.delivery import Delivery
from notifications.models.delivery_event import DeliveryEvent
from notifications.models.device import Device
from notifications.models.notification import Notification
from notifications.models.suppression import Suppression

__all__ = ["Delivery", "DeliveryEvent", "Device", "Notification", "Suppression"]
