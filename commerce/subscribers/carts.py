"""What happens when a cart was left."""

from uuid import UUID

from commerce.services.carts.abandoned import remind_of_cart
from core.events import Event, subscribe


@subscribe("cart.abandoned")
def remind_of_abandoned_cart(event: Event) -> None:
    """One mail about it, to those who may be written to."""
    remind_of_cart(cart_id=UUID(event.data["cart_id"]))
