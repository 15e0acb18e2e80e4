"""Jobs of this floor."""

from datetime import timedelta
from typing import Any

from commerce.rates.client import File
from commerce.services.carts.abandoned import abandon_idle_carts, remove_idle_carts
from commerce.services.orders.archive import archive_orders
from commerce.services.orders.shortages import refund_overdue
from commerce.services.orders.unpaid import cancel_unpaid_orders
from commerce.services.rates.refresh import refresh_rates
from commerce.services.stock import expire_holds
from core.schedule import scheduled


@scheduled("commerce.stock_holds", every=timedelta(minutes=5))
def let_holds_run_out() -> dict[str, Any]:
    """Free goods held for orders that were not paid in time; the order may still be paid."""
    return {"freed": expire_holds()}


@scheduled("commerce.shortages", every=timedelta(minutes=15))
def refund_what_did_not_come() -> dict[str, Any]:
    """Cancel and refund paid orders whose goods did not come in time."""
    return {"refunded": refund_overdue()}


@scheduled("commerce.unpaid_orders", every=timedelta(minutes=15))
def let_unpaid_orders_go() -> dict[str, Any]:
    """Cancel orders that were not paid within a day, and give their stock back."""
    return {"cancelled": cancel_unpaid_orders()}


@scheduled("commerce.archive_orders", daily_at=(2, 0))
def archive_closed_orders() -> dict[str, Any]:
    """Orders that were closed six months ago leave the lists; search finds them."""
    return {"archived": sum(archive_orders())}


RATES = "commerce.refresh_rates"
RATES_HISTORY = "commerce.rates_history"


@scheduled(RATES, every=timedelta(hours=1))
def fetch_missing_rates() -> dict[str, Any]:
    """Fetch exchange rates that are out and not here yet; fill in orders that waited for one."""
    return refresh_rates()


@scheduled(RATES_HISTORY, every=timedelta(days=7))
def compare_all_rates() -> dict[str, Any]:
    """Read the bank's whole history again: what it corrected, what was missed."""
    return refresh_rates(file=File.ALL)


@scheduled("commerce.abandoned_carts", every=timedelta(minutes=15))
def call_idle_carts_abandoned() -> dict[str, Any]:
    """Call carts that were left alone abandoned; their shoppers are reminded once."""
    return {"abandoned": abandon_idle_carts()}


@scheduled("commerce.remove_idle_carts", daily_at=(2, 20))
def remove_old_carts() -> dict[str, Any]:
    """Remove carts that nobody has touched for a month."""
    return {"removed": sum(remove_idle_carts())}
