"""Jobs of this floor."""

from datetime import timedelta
from typing import Any

from commerce.services.orders.unpaid import cancel_unpaid_orders
from core.schedule import scheduled


@scheduled("commerce.unpaid_orders", every=timedelta(minutes=15))
def let_unpaid_orders_go() -> dict[str, Any]:
    """Cancel orders that were not paid within a day, and give their stock back."""
    return {"cancelled": cancel_unpaid_orders()}
