"""Referrals: attributed at sign-up, commissions earned on invoices and taken back with them."""

from typing import Any
from uuid import UUID

from babel.dates import format_date

from core.errors import DomainError
from core.events import Event, Ignore, subscribe
from core.money import Money
from notifications.rendering.formats import locale_of
from notifications.services.notify import notify
from payments.enums import ReferredBy, SaleType
from payments.models import Commission
from payments.services.payouts.runs import NEXT_BATCH, draft_batch
from payments.services.referrals.attribution import attribute
from payments.services.referrals.commissions import earn
from payments.services.sharing import returns


@subscribe("user.registered")
def attribute_new_user(event: Event) -> None:
    """Who signed up with a code came by it; a code that does not count stops nobody."""
    code = event.data.get("referral_code")
    if not code:
        raise Ignore("Came by themselves.")
    try:
        attribute(user_id=UUID(event.data["user_id"]), code=code, source=ReferredBy.REGISTRATION)
    except DomainError as refusal:
        raise Ignore(refusal.message) from refusal


@subscribe(
    "invoice.paid", "invoice.refunded", "invoice.refund_failed", "invoice.disputed", queue="money"
)
def follow_invoice_money(event: Event) -> None:
    """A commission on each paid invoice; what goes back of it is taken back, and given again when
    it could not be given to the payer.

    One subscriber, so that an invoice's news is heard in order.
    """
    data = event.data
    invoice_id = UUID(data["invoice_id"])
    paid = Money(data["paid_minor"], data["currency"])
    if event.type == "invoice.paid":
        commission = earn(
            source_type=SaleType.INVOICE,
            source_id=invoice_id,
            user_id=UUID(data["user_id"]) if data["user_id"] else None,
            base=paid,
            at=event.occurred_at,
        )
        if commission is None:
            raise Ignore("Earns nobody a commission.")
        return
    of_invoice: dict[str, Any] = {"source_type": SaleType.INVOICE, "source_id": invoice_id}
    if event.type == "invoice.refunded":
        part = Money(data["refund_minor"], data["currency"])
        returns.reverse(**of_invoice, part=part, of=paid, cause=f"refund:{data['refund_ref']}")
        return
    if event.type == "invoice.refund_failed":
        returns.undo(**of_invoice, cause=f"refund:{data['refund_ref']}")
        return
    withdrawn = Money(data["disputed_minor"], data["currency"])
    if withdrawn.minor > 0:
        returns.lose(**of_invoice, part=withdrawn, of=paid, dispute="invoice")
    else:
        returns.win(**of_invoice, dispute="invoice")


@subscribe("commission.earned")
def tell_referrer(event: Event) -> None:
    """One message per commission: what was earned, and when it will be paid out."""
    rows = Commission.objects.select_related("beneficiary")
    commission = rows.get(pk=event.data["commission_id"])
    person = commission.beneficiary
    notify(
        kind="referral_commission",
        dedupe_key=f"referral_commission:{commission.pk}",
        email=person.email,
        user_id=person.pk,
        language=person.language,
        context={
            "name": person.full_name,
            "amount": commission.amount.as_json(),
            "base": Money(commission.base_minor, commission.currency).as_json(),
            "payable_on": format_date(
                commission.held_until, format="long", locale=locale_of(person.language)
            ),
        },
    )


@subscribe(NEXT_BATCH, queue="bulk")
def draft_payouts(event: Event) -> None:
    """The next batch of a run that drafts payouts for everybody."""
    after = event.data["after"]
    draft_batch(run_id=UUID(event.data["run_id"]), after=UUID(after) if after else None)
