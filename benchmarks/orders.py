"""A million orders for the benchmarks: made by the database out of one, each with a line and a
part, over two years, in every status, of 50,000 buyers."""

from typing import Any

from django.utils import timezone

from benchmarks import shelf
from benchmarks.bare import bare
from benchmarks.ground import asking
from commerce.imports.coming_in import history_coming_in
from commerce.models import Order, OrderLine, OrderPart, Variant

BUYERS = 50_000
TABLES = ("commerce_order", "commerce_orderline", "commerce_orderpart")
IDS = {"order": "0197f3a0-0000-7000-a000", "line": "0197f3a0-0000-7000-b000",
       "part": "0197f3a0-0000-7000-b100"}  # fmt: skip
# by the hundredth: most were delivered, few wait
STATUS = """CASE WHEN n % 100 < 88 THEN 'delivered' WHEN n % 100 < 92 THEN 'cancelled'
WHEN n % 100 < 95 THEN 'shipped' WHEN n % 100 < 97 THEN 'processing'
WHEN n % 100 < 99 THEN 'confirmed' ELSE 'pending' END"""
PLACED = "now() - make_interval(secs => (n::bigint * 7919 % 63072000)::int)"


def fill(orders: int) -> None:
    """Bring the orders up to so many."""
    shelf.fill(10)
    with asking():
        there = Order.objects.filter(number__startswith="TW-B-").count()
    if there >= orders:
        return
    first = _first()
    print(f"Filling in {orders:,} orders (once) ...", flush=True)
    with bare(TABLES) as cursor:
        _copy(cursor, first, max(there, 1), orders)


def _first() -> Order:
    with asking():
        if found := Order.objects.filter(number="TW-B-0").first():
            return found
        variant = Variant.objects.get(sku="SKU-0-0")
    with history_coming_in("benchmark"):
        now = timezone.now()
        order = Order.objects.create(
            number="TW-B-0", email="buyer0@example.com", country="FR", currency="EUR",
            subtotal_minor=4800, total_minor=4800, status="delivered", payment_status="paid",
            paid_at=now, placed_at=now, shipping_address={"name": "Ada", "country": "FR"},
        )  # fmt: skip
        OrderLine.objects.create(
            order=order, position=1, variant=variant, vendor_id=variant.vendor_id, sku=variant.sku,
            name="Iron teapot 0", quantity=1, currency="EUR", unit_price_minor=4800,
            total_minor=4800,
        )  # fmt: skip
    return order


def _copy(cursor: Any, first: Order, there: int, orders: int) -> None:
    """Ids are made of the numbers, so that lines and parts find their orders."""

    def key(kind: str) -> str:
        return f"('{IDS[kind]}-' || lpad(to_hex(n), 12, '0'))::uuid"

    open_ = f"({STATUS}) IN ('pending', 'cancelled')"
    moved = {"placed_at": PLACED, "created_at": PLACED, "status": STATUS}
    changed = {
        Order: moved | {
            "id": key("order"), "number": "'TW-B-' || n",
            "email": f"'buyer' || n % {BUYERS} || '@example.com'",
            "payment_status": f"CASE WHEN {open_} THEN 'unpaid' ELSE 'paid' END",
            "paid_at": f"CASE WHEN {open_} THEN NULL ELSE {PLACED} END",
            "shipped_at": f"CASE WHEN ({STATUS}) = 'shipped' THEN {PLACED} END",
            "attention": "CASE WHEN n % 20000 = 0 THEN 'Paid twice.' ELSE '' END",
        },
        OrderLine: {"id": key("line"), "order_id": key("order")},
        OrderPart: moved | {
            "id": key("part"), "order_id": key("order"), "number": "'TW-B-' || n || '-1'",
        },
    }  # fmt: skip
    for model, columns in changed.items():
        table = model._meta.db_table
        where = f"x.{'id' if model is Order else 'order_id'} = '{first.pk}'"
        cursor.execute(
            f"INSERT INTO {table} ({shelf.columns(model)}) SELECT {shelf.columns(model, columns)} "
            f"FROM {table} x, generate_series({there}, {orders - 1}) AS n WHERE {where}"
        )
