"""The API calls of billing: products, prices, subscriptions, invoices, the portal."""

from __future__ import annotations

from typing import Any

from rehearsal.stripe.book import StripeObject, blank, new_id
from rehearsal.stripe.calls import LIST, Call, Route, listing, plain, retrieve
from rehearsal.stripe.catalogue import create_price, create_product
from rehearsal.stripe.errors import StripeRefusal
from rehearsal.stripe.listing import page_of
from rehearsal.stripe.params import missing
from rehearsal.stripe.prorations import change_price
from rehearsal.stripe.subscription_parts import ENDED

NOT_REHEARSED = (
    "add_invoice_items", "billing_cycle_anchor", "billing_schedules", "cancel_at", "discounts",
    "pause_collection", "transfer_data",
)  # fmt: skip


def _create_product(call: Call) -> StripeObject:
    return create_product(call.book, call.params)


def _create_price(call: Call) -> StripeObject:
    return create_price(call.book, call.params)


def _list_prices(call: Call) -> StripeObject:
    wanted = call.params
    keys = wanted.get("lookup_keys")
    found = [
        price
        for price in plain(call, "price", "active", "currency", "product", "type")
        if keys is None or price["lookup_key"] in keys
    ]
    return page_of(found, wanted, call.path)


def _create_subscription(call: Call) -> StripeObject:
    params = call.params
    _refuse_unrehearsed(params)
    if not params.get("customer"):
        raise missing("customer")
    customer = call.book.get("customer", params["customer"], param="customer")
    wanted = []
    for index, one in enumerate(params.get("items") or []):
        at = f"items[{index}][price]"
        if not one.get("price"):
            raise missing(at)
        price = call.book.get("price", one["price"], param=at)
        if not price["recurring"]:
            raise StripeRefusal("A subscription needs recurring prices.", param=at)
        wanted.append((price, int(one.get("quantity", 1))))
    if not wanted:
        raise missing("items")
    trial_end = params.get("trial_end")
    behaviour = params.get("payment_behavior") or "allow_incomplete"
    trial = params.get("trial_period_days") or isinstance(trial_end, int)
    if behaviour == "error_if_incomplete" and not trial:
        _card_must_work(call, customer)
    return call.payments.subscriptions.start(
        customer,
        wanted,
        trial_days=int(params.get("trial_period_days") or 0),
        trial_end=trial_end if isinstance(trial_end, int) else 0,
        metadata=params.get("metadata"),
        wait=behaviour == "default_incomplete",
        cause=call.cause,
    )


def _card_must_work(call: Call, customer: StripeObject) -> None:
    if not call.payments.subscriptions.card_works(customer["id"]):
        raise StripeRefusal(
            "Your card was declined.", status=402, kind="card_error", code="card_declined"
        )


def _update_subscription(call: Call) -> StripeObject:
    params, there = call.params, call.payments.subscriptions
    _refuse_unrehearsed(params)
    subscription = call.book.get("subscription", call.id)
    if subscription["status"] in ENDED:
        raise StripeRefusal(
            "A canceled subscription can only update its cancellation_details and metadata."
        )
    if params.get("items"):
        change_price(there, subscription, params, call.cause)
    values: dict[str, Any] = {}
    if params.get("metadata") is not None:
        merged = {**subscription["metadata"], **params["metadata"]}
        values["metadata"] = {key: value for key, value in merged.items() if value != ""}
    if params.get("default_payment_method"):
        values["default_payment_method"] = params["default_payment_method"]
    there.changed(subscription, cause=call.cause, **values)
    if params.get("cancel_at_period_end") is not None:
        details = params.get("cancellation_details")
        call.payments.endings.end_later(
            subscription, params["cancel_at_period_end"], details=details, cause=call.cause
        )
    if params.get("trial_end") == "now" and subscription["status"] == "trialing":
        there.end_trial(subscription)
    return subscription


def _cancel_subscription(call: Call) -> StripeObject:
    if call.params.get("prorate") or call.params.get("invoice_now"):
        raise StripeRefusal("The rehearsal does not prorate a cancellation.", param="prorate")
    subscription = call.book.get("subscription", call.id)
    return call.payments.endings.end(
        subscription, details=call.params.get("cancellation_details"), cause=call.cause
    )


def _list_subscriptions(call: Call) -> StripeObject:
    """As Stripe does, without the cancelled ones unless `status` asks for them."""
    status = call.params.get("status")
    price = call.params.get("price")
    found = [
        subscription
        for subscription in plain(call, "subscription", "customer")
        if (status == "all")
        or (status is None and subscription["status"] not in ENDED)
        or (status == "ended" and subscription["status"] in ENDED)
        or subscription["status"] == status
    ]
    if price:
        found = [s for s in found if any(i["price"]["id"] == price for i in s["items"]["data"])]
    return page_of(found, call.params, call.path)


def _list_invoices(call: Call) -> StripeObject:
    wanted = call.params.get("subscription")
    found = [
        invoice
        for invoice in plain(call, "invoice", "customer", "status", "collection_method")
        if wanted in (None, invoice["parent"]["subscription_details"]["subscription"])
    ]
    return page_of(found, call.params, call.path)


def _pay_invoice(call: Call) -> StripeObject:
    invoice = call.book.get("invoice", call.id)
    if invoice["status"] == "paid":
        raise StripeRefusal("Invoice is already paid")
    subscriptions = call.payments.subscriptions
    named = invoice["parent"]["subscription_details"]["subscription"]
    subscription = call.book.get("subscription", named)
    subscriptions.collect(subscription, invoice, call.cause)
    if invoice["status"] != "paid":
        raise StripeRefusal(
            "Your card was declined.", status=402, kind="card_error", code="card_declined"
        )
    return invoice


def _list_invoice_payments(call: Call) -> StripeObject:
    """Which invoice a payment paid: the only way from an intent to its invoice."""
    by = call.params.get("payment") or {}
    found = [
        payment
        for payment in plain(call, "invoice_payment", "invoice", "status")
        if by.get("payment_intent") in (None, payment["payment"]["payment_intent"])
    ]
    return page_of(found, call.params, call.path)


def _create_portal(call: Call) -> StripeObject:
    if not call.params.get("customer"):
        raise missing("customer")
    customer = call.book.get("customer", call.params["customer"], param="customer")
    portal_id = new_id("billing_portal.session")
    portal = blank(
        "billing_portal.session",
        id=portal_id,
        customer=customer["id"],
        locale=call.params.get("locale"),
        return_url=call.params.get("return_url"),
        url=f"{call.base_url}/stripe/portal/{portal_id}",
    )
    call.book.save(portal)
    return portal


def _refuse_unrehearsed(params: dict[str, Any]) -> None:
    for name in NOT_REHEARSED:
        if params.get(name) is not None:
            raise StripeRefusal(f"The rehearsal does not know {name}.", param=name)
    if params.get("collection_method") == "send_invoice":
        raise StripeRefusal("The rehearsal charges automatically.", param="collection_method")


SUBSCRIPTION = "/v1/subscriptions/{id}"

ROUTES = [
    Route(method, path, name, gives, handler)
    for method, path, name, gives, handler in (
        ("POST", "/v1/products", "products.create", "product", _create_product),
        ("GET", "/v1/products", "products.list", LIST + "product", listing("product", "active")),
        ("GET", "/v1/products/{id}", "products.retrieve", "product", retrieve("product")),
        ("POST", "/v1/prices", "prices.create", "price", _create_price),
        ("GET", "/v1/prices", "prices.list", LIST + "price", _list_prices),
        ("GET", "/v1/prices/{id}", "prices.retrieve", "price", retrieve("price")),
        ("POST", "/v1/subscriptions", "subscriptions.create", "subscription",
         _create_subscription),
        ("GET", "/v1/subscriptions", "subscriptions.list", LIST + "subscription",
         _list_subscriptions),
        ("GET", SUBSCRIPTION, "subscriptions.retrieve", "subscription", retrieve("subscription")),
        ("POST", SUBSCRIPTION, "subscriptions.update", "subscription", _update_subscription),
        ("DELETE", SUBSCRIPTION, "subscriptions.cancel", "subscription", _cancel_subscription),
        ("GET", "/v1/invoices", "invoices.list", LIST + "invoice", _list_invoices),
        ("GET", "/v1/invoices/{id}", "invoices.retrieve", "invoice", retrieve("invoice")),
        ("POST", "/v1/invoices/{id}/pay", "invoices.pay", "invoice", _pay_invoice),
        ("GET", "/v1/invoice_payments", "invoice_payments.list", LIST + "invoice_payment",
         _list_invoice_payments),
        ("GET", "/v1/invoice_payments/{id}", "invoice_payments.retrieve", "invoice_payment",
         retrieve("invoice_payment")),
        ("POST", "/v1/billing_portal/sessions", "billing_portal.sessions.create",
         "billing_portal.session", _create_portal),
    )
]  # fmt: skip
