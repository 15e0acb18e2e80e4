"""Which call does what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.razorpay import fields, invoices, plans
from rehearsal.razorpay.book import Book, Entity
from rehearsal.razorpay.currency import check_amount
from rehearsal.razorpay.disputes import Disputes
from rehearsal.razorpay.errors import RazorpayRefusal
from rehearsal.razorpay.fields import Spec
from rehearsal.razorpay.links import Links
from rehearsal.razorpay.listing import collection, page_of
from rehearsal.razorpay.payments import Payments
from rehearsal.razorpay.refunds import Refunds
from rehearsal.razorpay.shapes import order as new_order
from rehearsal.razorpay.subscriptions import Subscriptions


@dataclass(frozen=True, slots=True)
class Desk:
    """Everybody who can do something."""

    book: Book
    payments: Payments
    links: Links
    refunds: Refunds
    disputes: Disputes
    subscriptions: Subscriptions


@dataclass(frozen=True, slots=True)
class Call:
    """One request that got through the door: who is meant, what is asked."""

    desk: Desk
    ids: tuple[str, ...]
    params: dict[str, Any]
    headers: Mapping[str, str]

    def of(self, kind: str) -> Entity:
        """The entity the path names."""
        return self.desk.book.get(kind, self.ids[0])


Handler = Callable[[Call], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Route:
    """`{}` in the path is an id."""

    method: str
    path: str
    handler: Handler
    spec: Spec = field(default_factory=dict)
    required: tuple[str, ...] = ()

    def match(self, method: str, path: str) -> tuple[str, ...] | None:
        """The ids in the path, or None when it is another call."""
        pattern = re.escape(self.path).replace(r"\{\}", "([A-Za-z0-9_]+)")
        found = re.fullmatch(pattern, path)
        return found.groups() if found and method == self.method else None


def _listed(kind: str, **links: str) -> Handler:
    """A list of one kind, filtered by the parameters named."""

    def handler(call: Call) -> dict[str, Any]:
        wanted = {links[name]: call.params[name] for name in links if name in call.params}
        return collection(page_of(list(call.desk.book.where(kind, **wanted)), call.params))

    return handler


def _fetched(kind: str) -> Handler:
    return lambda call: call.of(kind)


def _order(call: Call) -> dict[str, Any]:
    check_amount(call.params["amount"], call.params["currency"])
    made = new_order(call.params)
    call.desk.book.save("order", made)
    return made


def _payments_of_order(call: Call) -> dict[str, Any]:
    order = call.of("order")
    return collection(list(call.desk.book.where("payment", order_id=order["id"])))


def _links(call: Call) -> dict[str, Any]:
    """Not in the envelope of the other lists."""
    found = call.desk.book.all("link")
    reference, payment_id = call.params.get("reference_id"), call.params.get("payment_id")
    if reference:
        found = [one for one in found if one["reference_id"] == reference]
    if payment_id:
        order_id = call.desk.book.get("payment", payment_id)["order_id"]
        found = [one for one in found if one.get("order_id") == order_id]
    return {"payment_links": page_of(found, call.params)}


def _refund(call: Call) -> dict[str, Any]:
    key = call.headers.get("x-refund-idempotency")
    return call.desk.refunds.create(call.of("payment"), call.params, key)


def _refunds_of_payment(call: Call) -> dict[str, Any]:
    found = list(call.desk.book.where("refund", payment_id=call.of("payment")["id"]))
    return collection(page_of(found, call.params))


def _customer(call: Call) -> dict[str, Any]:
    return invoices.customer(call.desk.book, call.params)


def _cancel(call: Call) -> dict[str, Any]:
    at_end = call.params.get("cancel_at_cycle_end", False)
    return call.desk.subscriptions.cancel(call.of("subscription"), at_cycle_end=at_end)


ROUTES = (
    Route("POST", "/orders", _order, fields.ORDER, ("amount", "currency")),
    Route("GET", "/orders", _listed("order", receipt="receipt"), {**fields.LISTED, "receipt": str}),
    Route("GET", "/orders/{}", _fetched("order")),
    Route("GET", "/orders/{}/payments", _payments_of_order),
    Route("POST", "/payment_links", lambda call: call.desk.links.create(call.params),
          fields.LINK, ("amount",)),
    Route("GET", "/payment_links", _links, fields.LINKS_LISTED),
    Route("GET", "/payment_links/{}", _fetched("link")),
    Route("POST", "/payment_links/{}/cancel", lambda call: call.desk.links.cancel(call.of("link"))),
    Route("GET", "/payments", _listed("payment"), fields.LISTED),
    Route("GET", "/payments/{}", _fetched("payment")),
    Route("POST", "/payments/{}/capture",
          lambda call: call.desk.payments.capture(call.of("payment"), call.params["amount"]),
          fields.CAPTURE, ("amount",)),
    Route("POST", "/payments/{}/refund", _refund, fields.REFUND),
    Route("GET", "/payments/{}/refunds", _refunds_of_payment, fields.LISTED),
    Route("GET", "/refunds", _listed("refund"), fields.LISTED),
    Route("GET", "/refunds/{}", _fetched("refund")),
    Route("GET", "/disputes", _listed("dispute"), fields.LISTED),
    Route("GET", "/disputes/{}", _fetched("dispute")),
    Route("POST", "/customers", _customer, fields.CUSTOMER, ("email",)),
    Route("GET", "/customers/{}", _fetched("customer")),
    Route("POST", "/plans", lambda call: plans.create(call.desk.book, call.params),
          fields.PLAN, ("period", "interval", "item")),
    Route("GET", "/plans", _listed("plan"), fields.LISTED),
    Route("GET", "/plans/{}", _fetched("plan")),
    Route("POST", "/subscriptions", lambda call: call.desk.subscriptions.create(call.params),
          fields.SUBSCRIPTION, ("plan_id", "total_count")),
    Route("GET", "/subscriptions", _listed("subscription", plan_id="plan_id"),
          {**fields.LISTED, "plan_id": str}),
    Route("GET", "/subscriptions/{}", _fetched("subscription")),
    Route("PATCH", "/subscriptions/{}",
          lambda call: call.desk.subscriptions.change(call.of("subscription"), call.params),
          fields.CHANGE),
    Route("POST", "/subscriptions/{}/cancel", _cancel, fields.CANCEL),
    Route("POST", "/subscriptions/{}/pause",
          lambda call: call.desk.subscriptions.pause(call.of("subscription")), fields.PAUSE),
    Route("POST", "/subscriptions/{}/resume",
          lambda call: call.desk.subscriptions.resume(call.of("subscription")), fields.RESUME),
    Route("GET", "/invoices", _listed("invoice", subscription_id="subscription_id"),
          {**fields.LISTED, "subscription_id": str}),
    Route("GET", "/invoices/{}", _fetched("invoice")),
)  # fmt: skip


def find_route(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """The route and the ids in the path; Razorpay says 400 for an address it does not know."""
    for route in ROUTES:
        ids = route.match(method, path.rstrip("/"))
        if ids is not None:
            return route, ids
    raise RazorpayRefusal("The requested URL was not found on the server.")
