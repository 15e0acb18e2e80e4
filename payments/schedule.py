"""Jobs of this floor."""

from datetime import timedelta
from typing import Any

from core.schedule import scheduled
from payments.services import refunds
from payments.services.billing import dunning
from payments.services.billing.plans import sync_prices
from payments.services.reconcile import asked, asking, nightly
from payments.services.referrals import commissions


@scheduled("payments.ask_about_open", every=timedelta(minutes=5))
def ask_about_open_payments() -> dict[str, Any]:
    """Ask the gateways about payments nobody brought news of."""
    return dict(asking.ask_about_open())


@scheduled("payments.reconcile", daily_at=(3, 10))
def reconcile() -> dict[str, Any]:
    """Compare our book with each gateway's own list of the last three days."""
    return nightly.reconcile_all()


@scheduled("payments.reconcile_asked", every=timedelta(minutes=1))
def reconcile_when_asked() -> dict[str, Any]:
    """Carry out the comparisons that staff asked for."""
    return asked.carry_out_asked()


@scheduled("payments.reconcile_again", every=timedelta(hours=1))
def reconcile_again() -> dict[str, Any]:
    """Go on with comparisons that a gateway interrupted."""
    return nightly.go_on_with_failed()


@scheduled("payments.subscriptions", every=timedelta(minutes=5), queue="default")
def look_after_subscriptions() -> dict[str, Any]:
    """Ask about silent subscriptions, begin smaller plans, end access that has run out."""
    return {
        "asked": dunning.ask_about_silent(),
        "changed": dunning.apply_wishes(),
        "ended": dunning.end_access(),
    }


@scheduled("payments.prices", every=timedelta(minutes=10))
def make_prices_known() -> dict[str, Any]:
    """Make new prices of plans known at the gateways; what is known is not asked about."""
    done = sync_prices()
    return {"known": done.known, "made": done.made, "refused": len(done.refused)}


@scheduled("payments.subscriptions_ending", daily_at=(8, 0))
def tell_what_ends_soon() -> dict[str, Any]:
    """Mail those whose trial or subscription ends within three days."""
    return {"told": dunning.tell_what_ends_soon()}


@scheduled("payments.refunds", every=timedelta(minutes=5))
def follow_refunds_up() -> dict[str, Any]:
    """Hand over refunds that were left lying, ask about those that are on their way."""
    return dict(refunds.follow_up())


@scheduled("payments.commissions", every=timedelta(hours=1))
def let_commissions_mature() -> dict[str, Any]:
    """Make commissions payable whose hold is over and whose sale is not disputed."""
    return {"payable": commissions.let_mature()}
