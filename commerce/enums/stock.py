"""Pieces held for orders, and why figures of stock change."""

from django.db import models


class ReservationState(models.TextChoices):
    """What became of an order's pieces: held until paid, sold, shipped; or given up on the way."""

    ACTIVE = "active", "Held"
    EXPIRED = "expired", "Hold ran out"
    WAITING = "waiting", "Paid, not in stock"
    ALLOCATED = "allocated", "Sold, to be shipped"
    SHIPPED = "shipped", "Shipped"
    RELEASED = "released", "Given back"


class MovementKind(models.TextChoices):
    """Why a stock figure changed."""

    RECEIVE = "receive", "Received"
    ADJUST = "adjust", "Counted"
    CORRECT = "correct", "Corrected"
    MOVE_OUT = "move_out", "Moved to another location"
    MOVE_IN = "move_in", "Moved from another location"
    RESERVE = "reserve", "Held for an order"
    EXPIRE = "expire", "Hold ran out"
    RELEASE = "release", "Given back"
    ALLOCATE = "allocate", "Sold"
    SHIP = "ship", "Shipped"
    RESTOCK = "restock", "Back on the shelf"
    WRITE_OFF = "write_off", "Written off"
    COMMIT = "commit", "Taken at payment"  # until shipping took pieces off the shelf
