"""Stripe's side of the books: every object it knows, in the order it came to be."""

from __future__ import annotations

import copy
import itertools
import json
import secrets
import string
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from rehearsal.journal import Entry, Journal
from rehearsal.stripe.errors import no_such

API_VERSION = "2026-10-28.endive"
StripeObject = dict[str, Any]

ID_PREFIXES = {
    "checkout.session": "cs_test_a1",
    "payment_intent": "pi_3R",
    "charge": "ch_3R",
    "refund": "re_3R",
    "dispute": "du_1R",
    "subscription": "sub_1R",
    "subscription_item": "si_R",
    "invoice": "in_1R",
    "invoice_line": "il_1R",
    "invoice_payment": "inpay_1R",
    "billing_portal.session": "bps_1R",
    "customer": "cus_R",
    "balance_transaction": "txn_3R",
    "event": "evt_1R",
    "line_item": "li_1R",
    "price": "price_1R",
    "payment_method": "pm_1R",
    "product": "prod_R",
}
_LETTERS = string.ascii_letters + string.digits


def new_id(kind: str) -> str:
    """A fresh id that looks like Stripe's."""
    length = 58 if kind == "checkout.session" else 22
    return ID_PREFIXES[kind] + "".join(secrets.choice(_LETTERS) for _ in range(length))


def kind_of(object_id: str) -> str:
    """What kind of object an id names."""
    return next(kind for kind, prefix in ID_PREFIXES.items() if object_id.startswith(prefix))


@cache
def _templates() -> dict[str, StripeObject]:
    text = Path(__file__).with_name("fixtures").joinpath("objects.json").read_text()
    objects: dict[str, StripeObject] = json.loads(text)["objects"]
    return objects


def blank(kind: str, **values: Any) -> StripeObject:
    """A new object of this kind in the current API version, with the given fields filled."""
    made = copy.deepcopy(_templates()[kind])
    unknown = set(values) - set(made)
    if unknown:
        raise KeyError(f"{kind} has no {', '.join(sorted(unknown))}")
    made.update(
        {"id": new_id(kind), **({"created": int(time.time())} if "created" in made else {})}
    )
    made.update(values)
    return made


class Book:
    """All objects by kind and id; `save` is the only way in and reaches the journal."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.tables: dict[str, dict[str, StripeObject]] = {}
        self.private: dict[str, dict[str, Any]] = {}

    def save(self, *objects: StripeObject) -> None:
        """Add or change objects."""
        for made in objects:
            self._put(made)
            self.journal.record("stripe", "object", made)

    def save_private(self, object_id: str, **facts: Any) -> None:
        """Remember what Stripe knows but does not show on the object (line items, say)."""
        self.private.setdefault(object_id, {}).update(facts)
        self.journal.record("stripe", "private", {"id": object_id, "facts": facts})

    def restore(self, entry: Entry) -> None:
        """Take back one journal line."""
        if entry.kind == "object":
            self._put(entry.data)
        elif entry.kind == "private":
            self.private.setdefault(entry.data["id"], {}).update(entry.data["facts"])

    def clear(self) -> None:
        """Forget all objects."""
        self.tables.clear()
        self.private.clear()

    def get(self, kind: str, object_id: str, *, param: str = "id") -> StripeObject:
        """The object, or Stripe's 404."""
        try:
            return self.tables[kind][object_id]
        except KeyError:
            raise no_such(kind, object_id, param) from None

    def all(self, kind: str) -> list[StripeObject]:
        """Newest first, as Stripe lists."""
        return list(reversed(self.tables.get(kind, {}).values()))

    def where(self, kind: str, **values: Any) -> Iterator[StripeObject]:
        """Objects with these field values, newest first."""
        return (o for o in self.all(kind) if all(o.get(k) == v for k, v in values.items()))

    def _put(self, made: StripeObject) -> None:
        self.tables.setdefault(made["object"], {})[made["id"]] = made


_request_numbers = itertools.count(1)


def new_request_id() -> str:
    """The value of Stripe's `Request-Id` header."""
    return f"req_{secrets.token_hex(5)}{next(_request_numbers):04d}"
