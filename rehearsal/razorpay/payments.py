"""What happens to a payment: it is paid, declined, authorised late, captured, or let go.

Every function changes the book and emits the events Razorpay would. Nothing here knows HTTP.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from rehearsal.razorpay import shapes
from rehearsal.razorpay.book import Book, Entity
from rehearsal.razorpay.currency import HOME, in_rupees
from rehearsal.razorpay.errors import RazorpayRefusal
from rehearsal.razorpay.webhooks import Events

FEE_SHARE = Decimal("0.02")
TAX_SHARE = Decimal("0.18")
BOUGHT_FROM = "void@razorpay.com"  # what Razorpay says when the payer gave no address

DECLINED = {
    "error_code": "BAD_REQUEST_ERROR",
    "error_description": "Your payment was declined by the bank.",
    "error_source": "bank",
    "error_step": "payment_authorization",
    "error_reason": "payment_failed",
}
NO_ERROR = dict.fromkeys(DECLINED)


def _share(of: int, share: Decimal) -> int:
    return int((share * of).to_integral_value(rounding=ROUND_HALF_UP))


class Payments:
    """The happenings, with the book they change and the events they cause.

    `on_captured` is told of every capture: the link or the invoice that it pays.
    """

    def __init__(self, book: Book, events: Events) -> None:
        self.book = book
        self.events = events
        self.on_captured: list[Callable[[Entity, Entity], None]] = []

    def begin(
        self, order: Entity, *, description: str, email: str = "", invoice_id: str | None = None
    ) -> Entity:
        """Somebody tries to pay an order."""
        payment = shapes.payment(
            order, description=description, email=email or BOUGHT_FROM, invoice_id=invoice_id
        )
        order.update(attempts=order["attempts"] + 1, status="attempted")
        self.book.save("order", order)
        self.book.save("payment", payment)
        return payment

    def fail(self, payment: Entity) -> Entity:
        """The bank says no; it may still say yes later."""
        payment.update(DECLINED, status="failed")
        self.book.save("payment", payment)
        self.events.emit("payment.failed", payment=payment)
        return payment

    def authorize(self, payment: Entity) -> Entity:
        """The bank says yes, also after it said no."""
        if payment["status"] not in ("created", "failed"):
            raise RazorpayRefusal(f"This payment is {payment['status']}.")
        payment.update(NO_ERROR, status="authorized")
        payment["acquirer_data"] = {"auth_code": "828553"}
        self.book.save("payment", payment)
        self.events.emit("payment.authorized", payment=payment)
        return payment

    def capture(self, payment: Entity, amount: int | None = None) -> Entity:
        """The money is taken: fee and tax are known from now on."""
        if payment["status"] != "authorized":
            raise RazorpayRefusal(
                "This payment has already been captured"
                if payment["captured"]
                else "Only payments which have been authorized and not yet captured can be captured"
            )
        if amount not in (None, payment["amount"]):
            raise RazorpayRefusal(
                "Capture amount must be equal to the amount authorized", field="amount"
            )
        order = self.book.get("order", payment["order_id"])
        payment.update(status="captured", captured=True, **_fees(payment))
        order.update(amount_paid=order["amount"], amount_due=0, status="paid")
        self.book.save("payment", payment)
        self.book.save("order", order)
        self.events.emit("payment.captured", payment=payment)
        self.events.emit("order.paid", payment=payment, order=order)
        for told in self.on_captured:
            told(payment, order)
        return payment

    def let_go(self, payment: Entity) -> Entity:
        """Nobody captured it: Razorpay gives the money back by itself."""
        if payment["status"] != "authorized":
            raise RazorpayRefusal(f"This payment is {payment['status']}.")
        refund = shapes.refund(payment["id"], payment["currency"], {"amount": payment["amount"]})
        refund["status"] = "processed"
        payment.update(
            status="refunded", amount_refunded=payment["amount"], refund_status="full",
            captured=False,
        )  # fmt: skip
        self.book.save("payment", payment)
        self.book.save("refund", refund)
        for event in ("refund.created", "refund.processed"):
            self.events.emit(event, refund=refund, payment=payment)
        return payment


def _fees(payment: Entity) -> dict[str, int | str]:
    """Two per cent, and eighteen per cent of that as tax, which `fee` includes.

    A foreign payment is settled in rupees, and so is its fee.
    """
    base = in_rupees(payment["amount"], payment["currency"])
    bare = _share(base, FEE_SHARE)
    tax = _share(bare, TAX_SHARE)
    return {"base_amount": base, "base_currency": HOME, "fee": bare + tax, "tax": tax}


def now() -> int:
    """This second."""
    return int(time.time())
