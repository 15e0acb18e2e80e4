"""Every API call the Stripe face answers: method, path, and what it does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rehearsal.stripe.book import Book, StripeObject, blank
from rehearsal.stripe.errors import StripeRefusal, no_such
from rehearsal.stripe.expand import line_items_of
from rehearsal.stripe.listing import created_fits, page_of
from rehearsal.stripe.payments import Payments
from rehearsal.stripe.sessions import create_session
from rehearsal.stripe.webhooks import Events


@dataclass(frozen=True, slots=True)
class Call:
    """One checked API call. `request` names it for the events it causes."""

    book: Book
    payments: Payments
    events: Events
    params: dict[str, Any]
    id: str
    path: str
    base_url: str
    request: dict[str, str | None]


Handler = Callable[[Call], StripeObject]


def _create_session(call: Call) -> StripeObject:
    return create_session(call.book, call.params, call.base_url)


def _expire_session(call: Call) -> StripeObject:
    session = call.book.get("checkout.session", call.id, param="session")
    return call.payments.expire(session, **call.request)


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
    call.events.emit("customer.created", customer, **call.request)
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
        call.events.emit("customer.updated", customer, previous=before, **call.request)
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
    return call.payments.refund(charge, amount=amount, values=values, **call.request)


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


def _retrieve(kind: str, word: str) -> Handler:
    def retrieve(call: Call) -> StripeObject:
        found = call.book.tables.get(kind, {}).get(call.id)
        if found is None:
            raise no_such(word, call.id)
        return found

    return retrieve


def _list(kind: str, *filters: str) -> Handler:
    return lambda call: page_of(_plain(call, kind, *filters), call.params, call.path)


_ROUTES: list[tuple[str, str, str, Handler]] = [
    ("POST", "/v1/checkout/sessions", "checkout.sessions.create", _create_session),
    ("GET", "/v1/checkout/sessions", "checkout.sessions.list", _list_sessions),
    ("GET", "/v1/checkout/sessions/{id}", "checkout.sessions.retrieve",
     _retrieve("checkout.session", "checkout.session")),
    ("POST", "/v1/checkout/sessions/{id}/expire", "checkout.sessions.expire", _expire_session),
    ("GET", "/v1/checkout/sessions/{id}/line_items", "checkout.sessions.line_items",
     _session_line_items),
    ("GET", "/v1/payment_intents", "payment_intents.list", _list("payment_intent", "customer")),
    ("GET", "/v1/payment_intents/{id}", "payment_intents.retrieve",
     _retrieve("payment_intent", "payment_intent")),
    ("GET", "/v1/charges", "charges.list",
     _list("charge", "customer", "payment_intent", "transfer_group")),
    ("GET", "/v1/charges/{id}", "charges.retrieve", _retrieve("charge", "charge")),
    ("POST", "/v1/customers", "customers.create", _create_customer),
    ("GET", "/v1/customers", "customers.list", _list("customer", "email")),
    ("GET", "/v1/customers/{id}", "customers.retrieve", _retrieve("customer", "customer")),
    ("POST", "/v1/customers/{id}", "customers.update", _update_customer),
    ("POST", "/v1/refunds", "refunds.create", _create_refund),
    ("GET", "/v1/refunds", "refunds.list", _list("refund", "charge", "payment_intent")),
    ("GET", "/v1/refunds/{id}", "refunds.retrieve", _retrieve("refund", "refund")),
    ("GET", "/v1/events", "events.list", _list_events),
    ("GET", "/v1/events/{id}", "events.retrieve", _retrieve("event", "event")),
    ("GET", "/v1/balance_transactions", "balance_transactions.list",
     _list("balance_transaction", "currency", "source", "type")),
    ("GET", "/v1/balance_transactions/{id}", "balance_transactions.retrieve",
     _retrieve("balance_transaction", "balance_transaction")),
]  # fmt: skip

_COMPILED = [
    (method, re.compile(path.replace("{id}", r"(?P<id>[^/]+)")), name, handler)
    for method, path, name, handler in _ROUTES
]


def find_call(method: str, path: str) -> tuple[str, str, Handler]:
    """(call name, object id or "", handler) for a request; refuses unknown URLs."""
    for wanted_method, pattern, name, handler in _COMPILED:
        match = pattern.fullmatch(path)
        if match and wanted_method == method:
            return name, match.groupdict().get("id", ""), handler
    raise StripeRefusal(
        f"Unrecognized request URL ({method}: {path}). The rehearsal answers the calls listed in "
        "its README only.",
        status=404,
    )
