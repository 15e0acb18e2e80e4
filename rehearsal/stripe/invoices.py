"""Invoices of subscriptions: made, numbered, charged, charged again, given up."""

from __future__ import annotations

import secrets
import time
from typing import Any

from rehearsal.stripe.balance import balance_line
from rehearsal.stripe.book import Book, StripeObject, blank, new_id
from rehearsal.stripe.charges import DECLINED, decline_charge, new_charge
from rehearsal.stripe.periods import DAY
from rehearsal.stripe.webhooks import NO_REQUEST, Cause, Events

RETRY_AFTER_DAYS = (3, 5, 7)
"""Waits after a failed try, as Stripe suggests for a fixed schedule; then it gives up."""

DESCRIPTIONS = {
    "subscription_create": "Subscription creation",
    "subscription_update": "Subscription update",
}


class Invoices:
    """The happenings, with the book they change and the events they cause."""

    def __init__(self, book: Book, events: Events, base_url: str) -> None:
        self.book = book
        self.events = events
        self.base_url = base_url

    def make(
        self,
        subscription: StripeObject,
        lines: list[StripeObject],
        *,
        reason: str,
        period: tuple[int, int],
        cause: Cause = NO_REQUEST,
    ) -> StripeObject:
        """A finalized invoice. The customer's credit is used first; a negative total becomes one.

        `period` is what Stripe shows at the invoice itself: the time that has passed. What is
        paid for is the period of its lines.
        """
        customer = self.book.get("customer", subscription["customer"])
        total = sum(line["amount"] for line in lines)
        credit = customer["balance"]  # negative: we owe the customer
        due = max(0, total + credit)
        number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
        invoice_id, now = new_id("invoice"), int(time.time())
        page = f"{self.base_url}/stripe/invoices/{invoice_id}"
        invoice = blank(
            "invoice",
            id=invoice_id,
            amount_due=due,
            amount_remaining=due,
            billing_reason=reason,
            currency=subscription["currency"],
            customer=customer["id"],
            customer_email=customer["email"],
            customer_name=customer["name"],
            description=None,
            effective_at=now,
            ending_balance=total + credit - due,
            hosted_invoice_url=page,
            invoice_pdf=f"{page}/pdf",
            number=number,
            period_start=period[0],
            period_end=period[1],
            starting_balance=credit,
            subtotal=total,
            subtotal_excluding_tax=total,
            total=total,
            total_excluding_tax=total,
        )
        invoice["parent"]["subscription_details"].update(
            subscription=subscription["id"], metadata=dict(subscription["metadata"])
        )
        for line in lines:
            line["invoice"] = invoice_id
        invoice["lines"].update(data=lines, url=f"/v1/invoices/{invoice_id}/lines")
        customer["balance"] = invoice["ending_balance"]
        customer["next_invoice_sequence"] += 1
        subscription["latest_invoice"] = invoice_id
        self.book.save(customer, subscription, invoice)
        self.events.emit("invoice.created", invoice, cause=cause)
        invoice.update(status="open")
        invoice["status_transitions"]["finalized_at"] = now
        self.book.save(invoice)
        if due:
            self._ask_for(invoice)
        self.events.emit("invoice.finalized", invoice, cause=cause)
        return invoice

    def charge(self, invoice: StripeObject, *, works: bool, cause: Cause = NO_REQUEST) -> bool:
        """Try to collect it; whether it is paid then. Nothing due is paid at once."""
        if invoice["status"] != "open":
            return bool(invoice["status"] == "paid")
        if invoice["amount_due"] and not works:
            self._fail(invoice, cause)
            return False
        if invoice["amount_due"]:
            self._take(invoice, cause)
        now = int(time.time())
        invoice.update(
            status="paid",
            amount_paid=invoice["amount_due"],
            amount_remaining=0,
            attempted=True,
            attempt_count=invoice["attempt_count"] + bool(invoice["amount_due"]),
            next_payment_attempt=None,
        )
        invoice["status_transitions"]["paid_at"] = now
        self.book.save(invoice)
        self.events.emit("invoice.paid", invoice, cause=cause)
        self.events.emit("invoice.payment_succeeded", invoice, cause=cause)
        return True

    def give_up(self, invoice: StripeObject, status: str) -> None:
        """`void` or `uncollectible`: nobody tries any more."""
        if invoice["status"] != "open":
            return
        invoice.update(status=status, next_payment_attempt=None)
        moment = "voided_at" if status == "void" else "marked_uncollectible_at"
        invoice["status_transitions"][moment] = int(time.time())
        self.book.save(invoice)
        kind = "voided" if status == "void" else "marked_uncollectible"
        self.events.emit(f"invoice.{kind}", invoice)

    def stop_trying(self, invoice: StripeObject) -> None:
        """It stays open, but there is no next try."""
        invoice["next_payment_attempt"] = None
        self.book.save(invoice)

    def open_of(self, subscription: StripeObject) -> StripeObject | None:
        """The invoice that waits to be paid."""
        for invoice in self.book.where("invoice", status="open"):
            if invoice["parent"]["subscription_details"]["subscription"] == subscription["id"]:
                return invoice
        return None

    def _ask_for(self, invoice: StripeObject) -> None:
        """An intent, and the InvoicePayment that ties it to the invoice: the only tie there is."""
        intent_id = new_id("payment_intent")
        intent = blank(
            "payment_intent",
            id=intent_id,
            amount=invoice["amount_due"],
            currency=invoice["currency"],
            customer=invoice["customer"],
            client_secret=f"{intent_id}_secret_{secrets.token_urlsafe(18)}",
            description=DESCRIPTIONS.get(invoice["billing_reason"], "Subscription update"),
        )
        payment = blank(
            "invoice_payment",
            amount_requested=invoice["amount_due"],
            currency=invoice["currency"],
            invoice=invoice["id"],
        )
        payment["payment"]["payment_intent"] = intent_id
        self.book.save(intent, payment)

    def _take(self, invoice: StripeObject, cause: Cause) -> None:
        payment, intent, charge = self._try(invoice)
        balance = balance_line(self.book, charge, kind="charge", amount=charge["amount"])
        charge["balance_transaction"] = balance["id"]
        intent.update(
            status="succeeded",
            amount_received=intent["amount"],
            latest_charge=charge["id"],
            payment_method=charge["payment_method"],
            last_payment_error=None,
        )
        payment.update(status="paid", amount_paid=intent["amount"])
        payment["status_transitions"]["paid_at"] = int(time.time())
        self.book.save(balance, charge, intent, payment)
        self.events.emit("charge.succeeded", charge, cause=cause)
        self.events.emit("payment_intent.succeeded", intent, cause=cause)
        self.events.emit("invoice_payment.paid", payment, cause=cause)

    def _fail(self, invoice: StripeObject, cause: Cause) -> None:
        _, intent, charge = self._try(invoice)
        decline_charge(charge)
        intent.update(
            status="requires_payment_method",
            latest_charge=charge["id"],
            last_payment_error={**DECLINED, "charge": charge["id"]},
        )
        tried = invoice["attempt_count"] + 1
        wait = RETRY_AFTER_DAYS[tried - 1 : tried]
        invoice.update(
            attempted=True,
            attempt_count=tried,
            next_payment_attempt=int(time.time()) + wait[0] * DAY if wait else None,
        )
        self.book.save(charge, intent, invoice)
        self.events.emit("charge.failed", charge, cause=cause)
        self.events.emit("payment_intent.payment_failed", intent, cause=cause)
        self.events.emit("invoice.payment_failed", invoice, cause=cause)

    def _try(self, invoice: StripeObject) -> tuple[StripeObject, StripeObject, StripeObject]:
        (payment,) = self.book.where("invoice_payment", invoice=invoice["id"])
        intent = self.book.get("payment_intent", payment["payment"]["payment_intent"])
        payer: dict[str, Any] = {
            "email": invoice["customer_email"], "name": invoice["customer_name"],
        }  # fmt: skip
        return payment, intent, new_charge(intent, payer, self.base_url)


def invoice_line(
    subscription: StripeObject,
    item: StripeObject,
    price: StripeObject,
    *,
    amount: int,
    period: tuple[int, int],
    proration: bool = False,
    description: str = "",
) -> StripeObject:
    """What is paid for, and for which time."""
    line = blank(
        "invoice_line",
        amount=amount,
        currency=price["currency"],
        description=description or f"{item['quantity']} × subscription",
        metadata=dict(subscription["metadata"]),
        period={"start": period[0], "end": period[1]},
        quantity=item["quantity"],
        quantity_decimal=str(item["quantity"]),
        subtotal=amount,
    )
    line["parent"]["subscription_item_details"].update(
        proration=proration, subscription=subscription["id"], subscription_item=item["id"]
    )
    line["pricing"].update(
        price_details={"price": price["id"], "product": price["product"]},
        unit_amount_decimal=price["unit_amount_decimal"],
    )
    return line
