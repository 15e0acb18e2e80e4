"""Three little worlds with one row in every protected table, made as the owner of the tables.

* `shop`: a shopper, their customer row (served by the agent), their order, their payment ...
* `desk`: the rows of the colleague at the desk, who is the acting user of every staff role;
* `elsewhere`: somebody else's.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction

from accounts.models import User
from commerce.models import Order, OrderPart, Vendor
from core.database.owner import owner_login
from crm.models import Assignment, Customer
from payments.models import LedgerEntry

WORLDS = ("shop", "desk", "elsewhere")
PROTECTED = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relrowsecurity
  AND NOT c.relispartition
ORDER BY 1
"""
Row = models.Model
Ids = dict[str, dict[str, Any]]  # table -> world -> primary key


def protected_tables() -> list[str]:
    """Tables with row-level security; partitions follow their parent."""
    with connection.cursor() as cursor:
        cursor.execute(PROTECTED)
        return [row[0] for row in cursor.fetchall()]


def models_by_table() -> dict[str, type[Row]]:
    """Every model, also the silent ones between many and many."""
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


@contextmanager
def three_worlds() -> Iterator[Ids]:
    """Make the rows, committed; afterwards the database is as it was."""
    with owner_login():
        tables = protected_tables()
        empty = [table for table in tables if not _has_rows(table)]
        with transaction.atomic():
            made = {world: _world(world, tables) for world in WORLDS}
            _assign(made)
    try:
        yield {
            table: {world: made[world][table].pk for world in WORLDS}
            for table in tables
            if table in made["shop"]
        }
    finally:
        with owner_login():
            _take_away(made, empty)


def _has_rows(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")
        return bool(cursor.fetchone()[0])


def _take_away(made: dict[str, dict[str, Row]], empty: list[str]) -> None:
    """TRUNCATE passes the triggers that guard the books; other rows go one by one."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(empty)} CASCADE")
    for rows in made.values():
        for table, row in reversed(rows.items()):
            if table not in empty:
                key = {row._meta.pk.attname: row.pk}
                row._meta.base_manager.filter(**key)._raw_delete(using="default")


def _world(world: str, tables: list[str]) -> dict[str, Row]:
    """One row per protected table, tied to the other rows of its world."""
    rows: dict[str, Row] = {}
    known = models_by_table()
    for model in _parents_first([known[table] for table in tables if table in known]):
        if model is Assignment:
            continue
        if model is OrderPart:  # the lines' trigger has made it
            rows[model._meta.db_table] = OrderPart.objects.get(order=rows[Order._meta.db_table])
            continue
        row = _insert(model, _values(model, world, rows))
        rows[model._meta.db_table] = row
        if model is LedgerEntry:  # the books balance, or the transaction is refused
            _insert(model, _values(model, world, rows) | {"amount_minor": -1})
    return rows


def _assign(made: dict[str, dict[str, Row]]) -> None:
    """The colleague serves the shopper's customer; strangers serve strangers."""
    people = {world: rows[User._meta.db_table].pk for world, rows in made.items()}
    for world, agent in (("shop", "desk"), ("desk", "elsewhere"), ("elsewhere", "elsewhere")):
        customer = made[world][Customer._meta.db_table]
        row = Assignment.objects.create(user_id=people[agent], customer_id=customer.pk)
        made[world][Assignment._meta.db_table] = row


def _parents_first(wanted: list[type[Row]]) -> list[type[Row]]:
    """Models ordered so that what a row refers to is made before it."""
    ordered: list[type[Row]] = []

    def add(model: type[Row]) -> None:
        if model in ordered:
            return
        for field in model._meta.concrete_fields:
            target = field.related_model
            if target in wanted and target is not model and target not in waiting:
                waiting.append(target)
                add(target)
                waiting.remove(target)
        ordered.append(model)

    waiting: list[type[Row]] = []
    for model in sorted(wanted, key=lambda model: model._meta.label):
        add(model)
    return ordered


def _values(model: type[Row], world: str, rows: dict[str, Row]) -> dict[str, Any]:
    values = {
        name: value(world, rows) if callable(value) else value
        for name, value in SPECIAL.get(model._meta.label, {}).items()
    }
    for field in model._meta.concrete_fields:
        if field.name in values or isinstance(field, (models.AutoField, models.GeneratedField)):
            continue
        if field.is_relation:
            target = rows.get(field.related_model._meta.db_table)
            if target is None and not field.null:
                target = _unprotected_parent(field.related_model, world, rows)
            if target is not None and field.related_model is not model:
                values[field.name] = target
        elif field.name in OWNERS and isinstance(field, models.UUIDField):
            values[field.name] = rows[OWNERS[field.name]].pk
        elif not (field.has_default() or field.has_db_default() or field.null or field.blank):
            values[field.name] = _plain_value(field, world)
    return values


def _unprotected_parent(model: type[Row], world: str, rows: dict[str, Row]) -> Row:
    """A row of a public table (a product, a group) that a protected row must refer to."""
    row = _insert(model, _values(model, world, rows))
    rows[model._meta.db_table] = row
    return row


def _insert(model: type[Row], values: dict[str, Any]) -> Row:
    """Past `save`, which some models refuse."""
    return model._base_manager.bulk_create([model(**values)])[0]


# plain columns that hold the key of a person
OWNERS = {
    "user_id": User._meta.db_table,
    "actor_id": User._meta.db_table,
    "customer_id": Customer._meta.db_table,
    "owner_id": User._meta.db_table,
    "uploaded_by_id": User._meta.db_table,
}


def _sent(rows: dict[str, Row]) -> int:
    """The one piece of the order was sent, and can come back."""
    OrderPart.objects.filter(order=rows[Order._meta.db_table]).update(status="shipped")
    return 1


def _somebody_else(world: str, rows: dict[str, Row]) -> Row:
    """A second person in a world, for rows that tie two together."""
    other = _insert(User, {"email": f"friend.of.{world}@example.com"})
    rows[f"{User._meta.db_table} (friend)"] = other
    return other


# what a model's constraints ask for beyond the type of its columns; functions of world and rows
SPECIAL: dict[str, dict[str, Any]] = {
    "commerce.CategoryTranslation": {"language": "fr"},
    "commerce.FieldDefinition": {"key": lambda world, rows: world, "type": "text"},
    "commerce.Coupon": {"kind": "fixed", "code": lambda world, rows: f"CODE-{world.upper()}"},
    "commerce.CouponScope": {
        "vendor": lambda world, rows: (
            rows.get(Vendor._meta.db_table) or _unprotected_parent(Vendor, world, rows)
        ),
        "category": None,
        "product": None,
    },
    "notifications.PushMinute": {"shard": lambda world, rows: WORLDS.index(world)},
    "commerce.Order": {"total_minor": 1, "subtotal_minor": 1},
    "commerce.ProductTranslation": {"language": "fr"},
    "commerce.StockMovement": {"on_hand_change": 1},
    "commerce.ReturnLine": {"quantity": lambda world, rows: _sent(rows)},
    "notifications.QuietHours": {"starts": time(22), "ends": time(8)},
    "payments.CommissionRule": {
        "rate_bps": 1000,
        "version": 1,
        "currency": lambda world, rows: ("EUR", "JPY", "KWD")[WORLDS.index(world)],
    },
    "payments.Payee": {"id": lambda world, rows: rows[User._meta.db_table].pk},
    "payments.Referral": {
        "referred": _somebody_else,
        "attributed_at": datetime(2026, 1, 1, tzinfo=UTC),
        "expires_at": datetime(2027, 1, 1, tzinfo=UTC),
    },
    "payments.ReferralCode": {"code": lambda world, rows: f"AAAA-AAA{'BCD'[WORLDS.index(world)]}"},
    "payments.PayoutRun": {"finished_at": datetime(2026, 1, 1, tzinfo=UTC)},
    "payments.PaymentAttempt": {"captured_minor": 1, "captured_currency": "EUR"},
    "payments.ReconciliationRun": {"state": "done", "since": datetime(2026, 1, 1, tzinfo=UTC)},
    "payments.LegalEntity": {"prefix": lambda world, rows: world.upper()},
}


def _plain_value(field: Any, world: str) -> Any:
    """Something that fits the column and differs between worlds."""
    if field.choices:
        return field.flatchoices[0][0]
    if field.primary_key and isinstance(field, models.IntegerField):
        return 1 + WORLDS.index(world)
    if type(field).__name__ == "CurrencyField":
        return "EUR"
    for kind, value in (
        (models.EmailField, f"{world}@example.com"),
        (models.UUIDField, uuid.uuid4()),
        (models.BooleanField, False),
        (models.DateTimeField, datetime.now(UTC)),
        (models.DateField, datetime.now(UTC).date()),
        (models.DecimalField, Decimal(1)),
        (models.IntegerField, 1),
        (models.JSONField, {}),
        (ArrayField, []),
        (models.BinaryField, world.encode()),
        (models.GenericIPAddressField, "127.0.0.1"),
    ):
        if isinstance(field, kind):
            return value
    return f"{world}-{field.name}"[: field.max_length]
