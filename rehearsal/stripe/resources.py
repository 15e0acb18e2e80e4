"""Every API call the Stripe face answers: method, path, and what it does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rehearsal.stripe.book import Book, StripeObject, blank
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.expand import line_items_of
from rehearsal.stripe.listing import created_fits, page_of
from rehearsal.stripe.payments import Payments
from rehearsal.stripe.refunds import give_back
from rehearsal.stripe.sessions import create_session
from rehearsal.stripe.webhooks import Cause, Events


@dataclass(frozen=True, slots=True)
class Call:
    """One checked API call. `cause` names it in the events it makes."""

    book: Book
    payments: Payments
    events: Events
    params: dict[str, Any]
    id: str
    path: str
    base_url: str
    cause: Cause


Handler = Callable[[Call], StripeObject]


def _create_session(call: Call) -> StripeObject:
    return create_session(call.book, call.params, call.base_url)


def _expire_session(call: Call) -> StripeObject:
    session = call.book.get("checkout.session", call.id, param="session")
    return call.payments.expire(session, cause=call.cause)


def _session_line_items(call: Call) -> StripeObject:
    session = call.book.get("checkout.session", call.id, param="session")
    return page_of(line_items_of(session, call.book)["data"], call.params, call.path)


def _list_sessions(call: Call) -> StripeObject:
    wanted = call.params
    email = (wanted.get("customer_details") or {}).get("email")
    found = [
        session
        for session in _plain(call, "checkout.session", "customer", "payment_intent", "status")
        if email is None or (session["customer_details"] or {}).get("email") == email
    ]
    return page_of(found, wanted, call.path)


def _create_customer(call: Call) -> StripeObject:
    customer = blank("customer", **_customer_values(call.params))
    customer["invoice_prefix"] = customer["id"][-8:].upper()
    call.book.save(customer)
    call.events.emit("customer.created", customer, cause=call.cause)
    return customer


def _update_customer(call: Call) -> StripeObject:
    customer = call.book.get("customer", call.id)
    fresh = _customer_values(call.params)
    if "metadata" in fresh:
        merged = {**customer["metadata"], **fresh["metadata"]}
        fresh["metadata"] = {key: value for key, value in merged.items() if value != ""}
    before = {name: customer.get(name) for name, value in fresh.items() if customer[name] != value}
    customer.update(fresh)
    call.book.save(customer)
    if before:
        call.events.emit("customer.updated", customer, previous=before, cause=call.cause)
    return customer


def _customer_values(params: dict[str, Any]) -> dict[str, Any]:
    names = ("address", "description", "email", "name", "phone", "preferred_locales", "shipping")
    values = {name: params[name] for name in names if name in params}
    if "metadata" in params:
        values["metadata"] = params["metadata"] or {}
    return values


def _create_refund(call: Call) -> StripeObject:
    charge = _charge_to_refund(call)
    values: dict[str, Any] = {"metadata": call.params.get("metadata") or {}}
    if call.params.get("reason"):
        values["reason"] = call.params["reason"]
    amount = call.params.get("amount")
    return give_back(call.book, call.events, charge, amount=amount, values=values, cause=call.cause)


def _charge_to_refund(call: Call) -> StripeObject:
    charge_id, intent_id = call.params.get("charge"), call.params.get("payment_intent")
    if charge_id and intent_id:
        raise StripeRefusal("You may only specify one of these parameters: charge, payment_intent.")
    if charge_id:
        return call.book.get("charge", charge_id, param="charge")
    if not intent_id:
        raise StripeRefusal(
            "One of the following params should be provided for this request: payment_intent or "
            "charge."
        )
    intent = call.book.get("payment_intent", intent_id, param="payment_intent")
    if intent["status"] != "succeeded":
        raise StripeRefusal(
            f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.",
            param="payment_intent",
        )
    return call.book.get("charge", intent["latest_charge"], param="payment_intent")


def _list_events(call: Call) -> StripeObject:
    wanted, success = call.params, call.params.get("delivery_success")
    types = wanted.get("types") or ([wanted["type"]] if wanted.get("type") else [])
    found = [
        event
        for event in _plain(call, "event")
        if (not types or any(_type_fits(event["type"], pattern) for pattern in types))
        and (success is None or call.events.delivered(event["id"]) == success)
    ]
    return page_of(found, wanted, call.path)


def _type_fits(event_type: str, pattern: str) -> bool:
    return event_type == pattern or (
        pattern.endswith("*") and event_type.startswith(pattern.removesuffix("*"))
    )


def _plain(call: Call, kind: str, *filters: str) -> list[StripeObject]:
    """All objects of a kind that fit `created` and the named equality filters."""
    return [
        item
        for item in call.book.all(kind)
        if created_fits(item, call.params.get("created"))
        and all(call.params.get(f) in (None, item.get(f)) for f in filters)
    ]


def _retrieve(kind: str) -> Handler:
    return lambda call: call.book.get(kind, call.id)


def _list(kind: str, *filters: str) -> Handler:
    return lambda call: page_of(_plain(call, kind, *filters), call.params, call.path)


@dataclass(frozen=True, slots=True)
class Route:
    """One API call: where it is, its name in parameters.json, what kind it gives back."""

    method: str
    path: str
    name: str
    gives: str
    handler: Handler


SESSION, SESSIONS = "/v1/checkout/sessions/{id}", "/v1/checkout/sessions"
LIST = "list of "

_ROUTES = [
    Route(method, path, name, gives, handler)
    for method, path, name, gives, handler in (
        ("POST", SESSIONS, "checkout.sessions.create", "checkout.session", _create_session),
        ("GET", SESSIONS, "checkout.sessions.list", LIST + "checkout.session", _list_sessions),
        ("GET", SESSION, "checkout.sessions.retrieve", "checkout.session",
         _retrieve("checkout.session")),
        ("POST", SESSION + "/expire", "checkout.sessions.expire", "checkout.session",
         _expire_session),
        ("GET", SESSION + "/line_items", "checkout.sessions.line_items", LIST + "item",
         _session_line_items),
        ("GET", "/v1/payment_intents", "payment_intents.list", LIST + "payment_intent",
         _list("payment_intent", "customer")),
        ("GET", "/v1/payment_intents/{id}", "payment_intents.retrieve", "payment_intent",
         _retrieve("payment_intent")),
        ("GET", "/v1/charges", "charges.list", LIST + "charge",
         _list("charge", "customer", "payment_intent", "transfer_group")),
        ("GET", "/v1/charges/{id}", "charges.retrieve", "charge", _retrieve("charge")),
        ("POST", "/v1/customers", "customers.create", "customer", _create_customer),
        ("GET", "/v1/customers", "customers.list", LIST + "customer", _list("customer", "email")),
        ("GET", "/v1/customers/{id}", "customers.retrieve", "customer", _retrieve("customer")),
        ("POST", "/v1/customers/{id}", "customers.update", "customer", _update_customer),
        ("POST", "/v1/refunds", "refunds.create", "refund", _create_refund),
        ("GET", "/v1/refunds", "refunds.list", LIST + "refund",
         _list("refund", "charge", "payment_intent")),
        ("GET", "/v1/refunds/{id}", "refunds.retrieve", "refund", _retrieve("refund")),
        ("GET", "/v1/events", "events.list", LIST + "event", _list_events),
        ("GET", "/v1/events/{id}", "events.retrieve", "event", _retrieve("event")),
        ("GET", "/v1/balance_transactions", "balance_transactions.list",
         LIST + "balance_transaction",
         _list("balance_transaction", "currency", "source", "type")),
        ("GET", "/v1/balance_transactions/{id}", "balance_transactions.retrieve",
         "balance_transaction", _retrieve("balance_transaction")),
    )
]  # fmt: skip

_PATTERNS = [(route, re.compile(route.path.replace("{id}", r"(?P<id>[^/]+)"))) for route in _ROUTES]


def find_route(method: str, path: str) -> tuple[Route, str]:
    """(route, object id or "") for a request; refuses unknown URLs."""
    for route, pattern in _PATTERNS:
        match = pattern.fullmatch(path)
        if match and route.method == method:
            return route, match.groupdict().get("id", "")
    raise StripeRefusal(
        f"Unrecognized request URL ({method}: {path}). The rehearsal answers the calls listed in "
        "its README only.",
        status=404,
    )
