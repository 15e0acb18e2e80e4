"""`expand[]`: ids in an answer replaced by the objects they name, up to four levels deep."""

from __future__ import annotations

import copy
from typing import Any

from rehearsal.stripe.book import Book, StripeObject, kind_of
from rehearsal.stripe.errors import StripeRefusal

MAX_DEPTH = 4
EXPANDABLE: dict[str, dict[str, str]] = {
    "checkout.session": {
        "payment_intent": "payment_intent",
        "customer": "customer",
        "line_items": "list of item",
        "subscription": "subscription",
        "invoice": "invoice",
    },
    "payment_intent": {"latest_charge": "charge", "customer": "customer"},
    "charge": {
        "balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
        "customer": "customer",
        "refunds": "list of refund",
    },
    "refund": {
        "charge": "charge",
        "payment_intent": "payment_intent",
        "balance_transaction": "balance_transaction",
    },
    "price": {"product": "product"},
    "subscription": {
        "customer": "customer",
        "items": "list of subscription_item",
        "latest_invoice": "invoice",
    },
    "subscription_item": {"price": "price"},
    "invoice": {
        "customer": "customer",
        "lines": "list of invoice_line",
        "payments": "list of invoice_payment",
    },
    "invoice_line": {"pricing": "invoice_line.pricing"},
    "invoice_line.pricing": {"price_details": "invoice_line.price_details"},
    "invoice_line.price_details": {"price": "price"},
    "invoice_payment": {"invoice": "invoice", "payment": "invoice_payment.payment"},
    "invoice_payment.payment": {"payment_intent": "payment_intent"},
    "billing_portal.session": {},
    "dispute": {"charge": "charge", "payment_intent": "payment_intent"},
    "balance_transaction": {"source": "charge"},  # or another: its id tells
}
"""Per kind of object: the fields that lead on, and the kind they are or become. A name with one
dot more than its object is a part of that object."""


def check_paths(kind: str, paths: list[str]) -> None:
    """Refuse paths that cannot be expanded, before any work is done."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > MAX_DEPTH:
            raise StripeRefusal(
                f"You cannot expand more than {MAX_DEPTH} levels of a property. ({path})",
                param="expand",
            )
        here = kind
        for part in parts:
            if here.startswith("list of ") and part == "data":
                here = here.removeprefix("list of ")
            elif part in EXPANDABLE.get(here, {}):
                here = EXPANDABLE[here][part]
            else:
                raise StripeRefusal(f"This property cannot be expanded ({path}).", param="expand")


def expanded(answer: StripeObject, paths: list[str], book: Book) -> StripeObject:
    """A copy of the answer with every (checked) path expanded."""
    answer = copy.deepcopy(answer)
    for path in paths:
        _expand(answer, path.split("."), book)
    return answer


def _expand(at: Any, parts: list[str], book: Book) -> None:
    if not parts or at is None:
        return
    name, rest = parts[0], parts[1:]
    if at.get("object") == "list":
        for item in at["data"]:
            _expand(item, rest, book)
        return
    if not isinstance(at.get(name), dict):
        at[name] = _fetch(at, name, book)
    _expand(at[name], rest, book)


def _fetch(at: StripeObject, name: str, book: Book) -> StripeObject | None:
    if name == "line_items":
        return line_items_of(at, book)
    if name == "refunds":
        refunds = copy.deepcopy(list(book.where("refund", charge=at["id"])))
        return whole_list(refunds, f"/v1/charges/{at['id']}/refunds")
    if name == "payments":
        payments = copy.deepcopy(list(book.where("invoice_payment", invoice=at["id"])))
        return whole_list(payments, f"/v1/invoices/{at['id']}/payments")
    if at.get(name) is None:
        return None
    return copy.deepcopy(book.get(kind_of(at[name]), at[name]))


def line_items_of(session: StripeObject, book: Book) -> StripeObject:
    """The session's line items as a list object."""
    items = copy.deepcopy(book.private.get(session["id"], {}).get("line_items", []))
    return whole_list(items, f"/v1/checkout/sessions/{session['id']}/line_items")


def whole_list(items: list[StripeObject], url: str) -> StripeObject:
    """A list object that holds everything there is."""
    return {"object": "list", "data": items, "has_more": False, "url": url}
