"""How often the doors of this floor may be tried, per caller's address."""

from core.limits import Limit

CONTACT = Limit("contact", "100/15minutes")
