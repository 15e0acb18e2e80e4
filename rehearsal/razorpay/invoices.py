"""The invoice of one billing cycle, its order, its payment; and the customer it is for."""

from __future__ import annotations

from typing import Any

from rehearsal.razorpay import shapes
from rehearsal.razorpay.book import Book, Entity, new_id
from rehearsal.razorpay.errors import RazorpayRefusal
from rehearsal.razorpay.payments import Payments, now
from rehearsal.razorpay.webhooks import Events


def issue(book: Book, subscription: Entity, plan: Entity, *, start: int, end: int) -> Entity:
    """What is due for the cycle from `start` to `end`."""
    item = plan["item"]
    amount = item["amount"] * subscription["quantity"]
    order = shapes.order({"amount": amount, "currency": item["currency"], "notes": {}})
    invoice_id = new_id("inv")
    invoice = {
        "id": invoice_id,
        "entity": "invoice",
        "receipt": None,
        "invoice_number": None,
        "customer_id": subscription["customer_id"],
        "order_id": order["id"],
        "subscription_id": subscription["id"],
        "payment_id": None,
        "status": "issued",
        "issued_at": now(),
        "paid_at": None,
        "amount": amount,
        "amount_paid": 0,
        "amount_due": amount,
        "currency": item["currency"],
        "notes": [],
        "short_url": f"{subscription['short_url']}?invoice={invoice_id}",
        "billing_start": start,
        "billing_end": end,
        "type": "invoice",
        "created_at": now(),
    }
    book.save("order", order)
    book.save("invoice", invoice)
    return invoice


def try_to_pay(book: Book, payments: Payments, invoice: Entity) -> Entity:
    """A payment of the invoice that has begun."""
    order = book.get("order", invoice["order_id"])
    customer = book.get("customer", invoice["customer_id"])
    return payments.begin(
        order, description="Subscription", email=customer["email"], invoice_id=invoice["id"]
    )


def paid(book: Book, events: Events, invoice: Entity, payment: Entity) -> None:
    """The money of the cycle is in."""
    invoice.update(
        status="paid",
        payment_id=payment["id"],
        paid_at=now(),
        amount_paid=invoice["amount"],
        amount_due=0,
    )
    book.save("invoice", invoice)
    order = book.get("order", invoice["order_id"])
    events.emit("invoice.paid", payment=payment, order=order, invoice=invoice)


def customer(book: Book, params: dict[str, Any]) -> Entity:
    """A customer; the one with the same address where that is not to be an error."""
    known = next(book.where("customer", email=params["email"]), None)
    if known is not None:
        if params.get("fail_existing", "0") == "1":
            raise RazorpayRefusal("Customer already exists for the merchant")
        return known
    made = {
        "id": new_id("cust"),
        "entity": "customer",
        "name": params.get("name", ""),
        "email": params["email"],
        "contact": params.get("contact", ""),
        "gstin": None,
        "notes": params.get("notes") or [],
        "created_at": now(),
    }
    book.save("customer", made)
    return made
