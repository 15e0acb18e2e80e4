"""The API calls of one-time payments: sessions, intents, charges, customers, money back."""

from __future__ import annotations

from typing import Any

from rehearsal.stripe.book import StripeObject, blank
from rehearsal.stripe.calls import LIST, Call, Route, listing, plain, retrieve
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.expand import line_items_of
from rehearsal.stripe.listing import page_of
from rehearsal.stripe.refunds import give_back
from rehearsal.stripe.sessions import create_session


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
        for session in plain(call, "checkout.session", "customer", "payment_intent", "status")
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


def _update_dispute(call: Call) -> StripeObject:
    dispute = call.book.get("dispute", call.id)
    dispute["metadata"].update(call.params.get("metadata") or {})
    evidence = call.params.get("evidence") or {}
    dispute["evidence"].update(evidence)
    details = dispute["evidence_details"]
    details["has_evidence"] = details["has_evidence"] or bool(evidence)
    changes = {}
    if call.params.get("submit", True) and evidence:
        details["submission_count"] += 1
        changes["status"] = dispute["status"].replace("needs_response", "under_review")
    return call.disputes.update(dispute, changes)


def _close_dispute(call: Call) -> StripeObject:
    return call.disputes.close(call.book.get("dispute", call.id), "lost", cause=call.cause)


def _list_events(call: Call) -> StripeObject:
    wanted, success = call.params, call.params.get("delivery_success")
    types = wanted.get("types") or ([wanted["type"]] if wanted.get("type") else [])
    found = [
        event
        for event in plain(call, "event")
        if (not types or any(_type_fits(event["type"], pattern) for pattern in types))
        and (success is None or call.events.delivered(event["id"]) == success)
    ]
    return page_of(found, wanted, call.path)


def _type_fits(event_type: str, pattern: str) -> bool:
    return event_type == pattern or (
        pattern.endswith("*") and event_type.startswith(pattern.removesuffix("*"))
    )


SESSION, SESSIONS = "/v1/checkout/sessions/{id}", "/v1/checkout/sessions"

ROUTES = [
    Route(method, path, name, gives, handler)
    for method, path, name, gives, handler in (
        ("POST", SESSIONS, "checkout.sessions.create", "checkout.session", _create_session),
        ("GET", SESSIONS, "checkout.sessions.list", LIST + "checkout.session", _list_sessions),
        ("GET", SESSION, "checkout.sessions.retrieve", "checkout.session",
         retrieve("checkout.session")),
        ("POST", SESSION + "/expire", "checkout.sessions.expire", "checkout.session",
         _expire_session),
        ("GET", SESSION + "/line_items", "checkout.sessions.line_items", LIST + "item",
         _session_line_items),
        ("GET", "/v1/payment_intents", "payment_intents.list", LIST + "payment_intent",
         listing("payment_intent", "customer")),
        ("GET", "/v1/payment_intents/{id}", "payment_intents.retrieve", "payment_intent",
         retrieve("payment_intent")),
        ("GET", "/v1/charges", "charges.list", LIST + "charge",
         listing("charge", "customer", "payment_intent", "transfer_group")),
        ("GET", "/v1/charges/{id}", "charges.retrieve", "charge", retrieve("charge")),
        ("POST", "/v1/customers", "customers.create", "customer", _create_customer),
        ("GET", "/v1/customers", "customers.list", LIST + "customer", listing("customer", "email")),
        ("GET", "/v1/customers/{id}", "customers.retrieve", "customer", retrieve("customer")),
        ("POST", "/v1/customers/{id}", "customers.update", "customer", _update_customer),
        ("POST", "/v1/refunds", "refunds.create", "refund", _create_refund),
        ("GET", "/v1/refunds", "refunds.list", LIST + "refund",
         listing("refund", "charge", "payment_intent")),
        ("GET", "/v1/refunds/{id}", "refunds.retrieve", "refund", retrieve("refund")),
        ("GET", "/v1/disputes", "disputes.list", LIST + "dispute",
         listing("dispute", "charge", "payment_intent")),
        ("GET", "/v1/disputes/{id}", "disputes.retrieve", "dispute", retrieve("dispute")),
        ("POST", "/v1/disputes/{id}", "disputes.update", "dispute", _update_dispute),
        ("POST", "/v1/disputes/{id}/close", "disputes.close", "dispute", _close_dispute),
        ("GET", "/v1/events", "events.list", LIST + "event", _list_events),
        ("GET", "/v1/events/{id}", "events.retrieve", "event", retrieve("event")),
        ("GET", "/v1/balance_transactions", "balance_transactions.list",
         LIST + "balance_transaction",
         listing("balance_transaction", "currency", "source", "type")),
        ("GET", "/v1/balance_transactions/{id}", "balance_transactions.retrieve",
         "balance_transaction", retrieve("balance_transaction")),
    )
]  # fmt: skip
