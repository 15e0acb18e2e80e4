"""Razorpay's side of the books: every entity it knows, in the order it came to be."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterator
from typing import Any

from rehearsal.journal import Entry, Journal
from rehearsal.razorpay.errors import no_such_id

Entity = dict[str, Any]

FACE = "razorpay"
_LETTERS = string.ascii_letters + string.digits


def new_id(prefix: str) -> str:
    """A fresh id that looks like Razorpay's: "pay_" and 14 letters or digits."""
    return f"{prefix}_" + "".join(secrets.choice(_LETTERS) for _ in range(14))


class Book:
    """All entities by kind and id; `save` is the only way in and reaches the journal.

    `facts` is what Razorpay knows of an entity and does not show (that a subscription ends with
    its cycle, say).
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.tables: dict[str, dict[str, Entity]] = {}
        self.facts: dict[str, dict[str, Any]] = {}

    def save(self, kind: str, *entities: Entity) -> None:
        """Add or change entities of one kind."""
        for one in entities:
            self._put(kind, one)
            self.journal.record(FACE, "entity", {"kind": kind, "entity": one})

    def know(self, entity_id: str, **facts: Any) -> None:
        """Remember what is not shown."""
        self.facts.setdefault(entity_id, {}).update(facts)
        self.journal.record(FACE, "facts", {"id": entity_id, "facts": facts})

    def known(self, entity_id: str, name: str) -> Any:
        """A fact, or None."""
        return self.facts.get(entity_id, {}).get(name)

    def restore(self, entry: Entry) -> None:
        """Take back one journal line."""
        if entry.kind == "entity":
            self._put(entry.data["kind"], entry.data["entity"])
        elif entry.kind == "facts":
            self.facts.setdefault(entry.data["id"], {}).update(entry.data["facts"])

    def clear(self) -> None:
        """Forget everything."""
        self.tables.clear()
        self.facts.clear()

    def get(self, kind: str, entity_id: str) -> Entity:
        """The entity, or Razorpay's refusal."""
        found = self.tables.get(kind, {}).get(entity_id)
        if found is None:
            raise no_such_id()
        return found

    def all(self, kind: str) -> list[Entity]:
        """Newest first, as Razorpay lists."""
        return list(reversed(self.tables.get(kind, {}).values()))

    def where(self, kind: str, **values: Any) -> Iterator[Entity]:
        """Entities with these field values, newest first."""
        return (one for one in self.all(kind) if all(one.get(k) == v for k, v in values.items()))

    def _put(self, kind: str, one: Entity) -> None:
        self.tables.setdefault(kind, {})[one["id"]] = one
