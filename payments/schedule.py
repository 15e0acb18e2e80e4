"""Jobs of this floor."""

from datetime import timedelta
from typing import Any

from core.schedule import scheduled
from payments.services.reconcile import reconcile


@scheduled("payments.reconcile", every=timedelta(minutes=10))
def ask_about_open_payments() -> dict[str, Any]:
    """Ask the gateway about payments nobody brought news of."""
    return dict(reconcile())
