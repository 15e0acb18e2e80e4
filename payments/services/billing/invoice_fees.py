"""What the gateway kept of an invoice's money, and what it turned it into: asked for afterwards."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from payments.billing_enums import InvoiceState
from payments.gateways.interface import GatewayPayment
from payments.gateways.registry import gateway as gateway_named
from payments.house import as_house
from payments.models import SubscriptionInvoice
from payments.services.billing import invoice_money
from payments.services.books.booking import exchanged
from payments.services.books.ledger import post
from payments.services.fees import FeeNotKnown


def paid_invoice(invoice_id: UUID | str) -> SubscriptionInvoice | None:
    """The invoice, when its money is known at the gateway."""
    rows = SubscriptionInvoice.objects.filter(state=InvoiceState.PAID, payment_ref__isnull=False)
    return rows.filter(pk=invoice_id).first()


def booked(invoice: SubscriptionInvoice) -> Callable[[], None]:
    """Ask the gateway; the effect books what it says. Raises FeeNotKnown, GatewayError."""
    seen = gateway_named(invoice.gateway).fetch(payment_ref=invoice.payment_ref or "")
    if seen.fee is None:
        raise FeeNotKnown("The gateway has not worked the fee out yet.")

    def effect() -> None:
        book_seen(invoice.pk, seen)

    return effect


def book_seen(invoice_id: UUID, seen: GatewayPayment) -> None:
    """The fee and the exchange that the gateway shows of an invoice's money, each once."""
    with as_house("fee of an invoice"), transaction.atomic():
        row = SubscriptionInvoice.objects.select_for_update().get(pk=invoice_id)
        if row.fee_minor is None and seen.fee is not None:
            row.fee_minor, row.fee_currency = seen.fee.minor, seen.fee.currency
            row.save(update_fields=["fee_minor", "fee_currency", "updated_at"])
        invoice_money.book(row)
        settled = seen.settled
        if settled is not None and settled.currency != row.currency and row.paid:
            post(
                kind="invoice_settlement",
                source=str(row.pk),
                description=f"{row.gateway} turned {row.paid} into {settled}",
                entries=exchanged(row.gateway, row.paid, settled),
            )
