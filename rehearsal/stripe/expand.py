"""`expand[]`: ids in an answer replaced by the objects they name, up to four levels deep."""

from __future__ import annotations

import copy
from typing import Any

from rehearsal.stripe.book import Book, StripeObject
from rehearsal.stripe.errors import StripeRefusal

KIND_OF_FIELD = {
    "payment_intent": "payment_intent",
    "customer": "customer",
    "latest_charge": "charge",
    "charge": "charge",
    "balance_transaction": "balance_transaction",
}
EXPANDABLE = {
    "checkout.session": {"payment_intent", "customer", "line_items"},
    "payment_intent": {"latest_charge", "customer"},
    "charge": {"balance_transaction", "payment_intent", "customer", "refunds"},
    "refund": {"charge", "payment_intent", "balance_transaction"},
    "balance_transaction": {"source"},
}
MAX_DEPTH = 4


def expanded(answer: StripeObject, paths: list[str], book: Book) -> StripeObject:
    """A copy of the answer with every path expanded; refuses unknown paths."""
    answer = copy.deepcopy(answer)
    for path in paths:
        parts = path.split(".")
        if len(parts) > MAX_DEPTH:
            raise StripeRefusal(
                f"You cannot expand more than {MAX_DEPTH} levels of a property. ({path})",
                param="expand",
            )
        _expand(answer, parts, path, book)
    return answer


def _expand(at: Any, parts: list[str], path: str, book: Book) -> None:
    if not parts or at is None:
        return
    if at.get("object") == "list":
        if parts[0] != "data":
            raise _cannot(path)
        for item in at["data"]:
            _expand(item, parts[1:], path, book)
        return
    name = parts[0]
    if name not in EXPANDABLE.get(at.get("object", ""), ()):
        raise _cannot(path)
    if isinstance(at.get(name), dict):
        _expand(at[name], parts[1:], path, book)
        return
    at[name] = _fetch(at, name, book)
    _expand(at[name], parts[1:], path, book)


def _fetch(at: StripeObject, name: str, book: Book) -> StripeObject | None:
    if name == "line_items":
        return line_items_of(at, book)
    if name == "refunds":
        refunds = copy.deepcopy(list(book.where("refund", charge=at["id"])))
        return whole_list(refunds, f"/v1/charges/{at['id']}/refunds")
    if at.get(name) is None:
        return None
    kind = KIND_OF_FIELD.get(name) or ("refund" if at[name].startswith("re_") else "charge")
    return copy.deepcopy(book.get(kind, at[name]))


def line_items_of(session: StripeObject, book: Book) -> StripeObject:
    """The session's line items as a list object."""
    items = copy.deepcopy(book.private.get(session["id"], {}).get("line_items", []))
    return whole_list(items, f"/v1/checkout/sessions/{session['id']}/line_items")


def whole_list(items: list[StripeObject], url: str) -> StripeObject:
    """A list object that holds everything there is."""
    return {"object": "list", "data": items, "has_more": False, "url": url}


def _cannot(path: str) -> StripeRefusal:
    return StripeRefusal(f"This property cannot be expanded ({path}).", param="expand")
