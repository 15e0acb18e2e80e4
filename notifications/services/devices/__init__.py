"""Registering devices, choosing them for a message, and letting go of them."""

from notifications.services.devices.leaving import (
    deactivate,
    deactivate_idle_devices,
    forget_device,
    remove_old_devices,
)
from notifications.services.devices.reach import devices_of
from notifications.services.devices.register import register_device

__all__ = [
    "deactivate",
    "deactivate_idle_devices",
    "devices_of",
    "forget_device",
    "register_device",
    "remove_old_devices",
]
