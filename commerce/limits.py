"""How often the doors of this floor may be tried, per caller's address."""

from core.limits import Limit

COUPON = Limit("cart-coupon", "30/15minutes")  # codes are worth money: they are not guessed
