"""A million customers and three million orders, for measuring: rows by COPY, as the tables' owner.

This is a load, not news: the orders' triggers are off while it runs (all but the one that converts
them), so the history is written here and no event is. It may be stopped at any time; each part is
one transaction and is skipped when it is there.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction
from django.utils import timezone
from rich.progress import Progress

from commerce.demo.people import people
from commerce.models import Variant
from core.database.owner import owner_login
from core.ids import new_id

CUSTOMERS = 1_000_000
ORDERS = 3_000_000
PART = 100_000
PLATFORM = "demo-large"
DAYS = 730
WEIGHTS = {"delivered": 80, "shipped": 5, "processing": 4, "confirmed": 4, "pending": 3,
           "cancelled": 4}  # fmt: skip

ORDER_TABLES = (
    "commerce_order", "commerce_orderline", "commerce_orderpart", "commerce_orderstatuschange",
)  # fmt: skip
CUSTOMER_COLUMNS = (
    "id", "created_at", "updated_at", "name", "first_name", "last_name", "company", "email",
    "phone", "line1", "line2", "city", "region", "postal_code", "country", "time_zone", "language",
    "currency", "status", "custom", "external_platform", "external_id", "lifetime_value_currency",
    "version",
)  # fmt: skip
ORDER_COLUMNS = (
    "id", "created_at", "updated_at", "number", "customer_id", "email", "language",
    "shipping_address", "country", "currency", "subtotal_minor", "total_minor", "status",
    "payment_status", "paid_at", "source", "external_platform", "external_id", "placed_at",
)  # fmt: skip
LINE_COLUMNS = (
    "id", "created_at", "updated_at", "customer_id", "order_id", "position", "variant_id",
    "vendor_id", "sku", "name", "service", "quantity", "currency", "unit_price_minor",
    "total_minor",
)  # fmt: skip
PART_COLUMNS = (
    "id", "created_at", "updated_at", "customer_id", "order_id", "vendor_id", "position", "number",
    "status", "currency", "subtotal_minor", "total_minor", "placed_at",
)  # fmt: skip
STEP_COLUMNS = ("customer_id", "order_id", "previous", "status", "at", "actor_id", "role", "reason")


def fill_large(
    *,
    variants: Sequence[Variant],
    bar: Progress,
    customers: int = CUSTOMERS,
    orders: int = ORDERS,
) -> None:
    """Bring the tables up to so many customers and orders of this load."""
    with owner_login():
        people_task = bar.add_task("Customers", total=customers)
        for start in range(_there("crm_customer"), customers, PART):
            _copy_customers(start, min(PART, customers - start))
            bar.update(people_task, completed=min(start + PART, customers))
        ids = _customer_ids()
        orders_task = bar.add_task("Orders", total=orders)
        for start in range(_there("commerce_order"), orders, PART):
            _copy_orders(start, min(PART, orders - start), ids, variants)
            bar.update(orders_task, completed=min(start + PART, orders))
        for table in ("crm_customer", *ORDER_TABLES):
            with connection.cursor() as cursor:
                cursor.execute(f"ANALYZE {table}")


def _there(table: str) -> int:
    """How many rows of this load are in a table; parts are whole."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {table} WHERE external_platform = %s",  # noqa: S608  - our names
            [PLATFORM],
        )
        return int(cursor.fetchone()[0])


def _customer_ids() -> list[tuple[UUID, str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, email, country, currency FROM crm_customer WHERE external_platform = %s",
            [PLATFORM],
        )
        return list(cursor.fetchall())


@contextmanager
def _undisturbed(*tables: str) -> Iterator[None]:
    """Without triggers, and with policies that do not bind the owner, who alone may COPY then.

    Other roles stay bound, and wait meanwhile; a rollback puts everything back.
    """
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        if "commerce_order" in tables:  # sums in the house's currency are no news but figures
            cursor.execute("ALTER TABLE commerce_order ENABLE TRIGGER commerce_order_in_base")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no ALTER while checks are pending
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _copy(table: str, columns: Sequence[str], rows: Iterator[Sequence[Any]]) -> None:
    names = ", ".join(columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _copy_customers(start: int, count: int) -> None:
    chance = random.Random(start)  # noqa: S311  - made-up, not secret
    now = timezone.now()

    def rows() -> Iterator[Sequence[Any]]:
        for place, person in enumerate(islice(people(chance), count), start=start + 1):
            first, _, last = person.name.partition(" ")
            yield (
                new_id(), now, now, person.name, first, last, "",
                f"person{place}@load.example.com", "", person.line1, "", person.city, "",
                person.postal_code, person.place.country, "", person.place.language,
                person.place.currency, "active", "{}", PLATFORM, str(place),
                person.place.currency, 1,
            )  # fmt: skip

    with transaction.atomic(), _undisturbed("crm_customer"):
        _copy("crm_customer", CUSTOMER_COLUMNS, rows())


def _copy_orders(
    start: int,
    count: int,
    customers: Sequence[tuple[UUID, str, str, str]],
    variants: Sequence[Variant],
) -> None:
    """So many orders, their lines, parts and history, without waking the triggers."""
    made = _made_orders(start, count, customers, variants)
    with transaction.atomic(), _undisturbed(*ORDER_TABLES):
        _copy("commerce_order", ORDER_COLUMNS, (one.order for one in made))
        _copy("commerce_orderline", LINE_COLUMNS, (line for one in made for line in one.lines))
        _copy("commerce_orderpart", PART_COLUMNS, (part for one in made for part in one.parts))
        _copy("commerce_orderstatuschange", STEP_COLUMNS, (one.step for one in made))


Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Made:
    """The rows of one order."""

    order: Row
    lines: list[Row]
    parts: list[Row]
    step: Row


def _made_orders(
    start: int,
    count: int,
    customers: Sequence[tuple[UUID, str, str, str]],
    variants: Sequence[Variant],
) -> list[Made]:
    chance = random.Random(start + 7)  # noqa: S311  - made-up, not secret
    now = timezone.now()
    shelf = [
        (variant, {price.currency: price.amount_minor for price in variant.prices.all()})
        for variant in variants
    ]
    statuses, weights = list(WEIGHTS), list(WEIGHTS.values())
    return [
        _made_order(
            start + place + 1,
            chance,
            now,
            customers[int(len(customers) * chance.random() ** 1.5)],
            chance.choices(shelf, k=chance.choice((1, 1, 2, 3))),
            chance.choices(statuses, weights)[0],
        )
        for place in range(count)
    ]


def _made_order(
    place: int,
    chance: random.Random,
    now: datetime,
    customer: tuple[UUID, str, str, str],
    chosen: Sequence[tuple[Variant, dict[str, int]]],
    status: str,
) -> Made:
    customer_id, email, country, currency = customer
    placed_at = now - timedelta(days=DAYS * chance.random() ** 1.3)
    order_id = new_id()
    lines: list[Row] = []
    sums: dict[UUID, int] = {}  # by vendor, in the order of the lines
    for position, (variant, prices) in enumerate(chosen, start=1):
        quantity = chance.choice((1, 1, 2))
        price = prices[currency]
        sums[variant.vendor_id] = sums.get(variant.vendor_id, 0) + price * quantity
        lines.append(
            (
                new_id(), placed_at, placed_at, customer_id, order_id, position, variant.pk,
                variant.vendor_id, variant.sku, variant.product.name, variant.product.service,
                quantity, currency, price, price * quantity,
            )
        )  # fmt: skip
    total = sum(sums.values())
    number = f"TW-L-{place:07d}"
    parts: list[Row] = [
        (
            new_id(), placed_at, placed_at, customer_id, order_id, vendor_id, position,
            f"{number}-{position}", status, currency, its_sum, its_sum, placed_at,
        )
        for position, (vendor_id, its_sum) in enumerate(sums.items(), start=1)
    ]  # fmt: skip
    paid = status not in {"pending", "cancelled"}
    address = msgspec.json.encode({"name": email, "country": country}).decode()
    order = (
        order_id, placed_at, placed_at, number, customer_id, email, "en", address,
        country, currency, total, total, status, "paid" if paid else "unpaid",
        placed_at if paid else None, "demo", PLATFORM, str(place), placed_at,
    )  # fmt: skip
    step = (customer_id, order_id, "", status, placed_at, None, "tradewind_owner", "demo")
    return Made(order, lines, parts, step)
