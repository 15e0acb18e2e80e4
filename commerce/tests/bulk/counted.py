"""Another way to an import's sums: straight from the rows of the file, with decimals."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import TruncDate

from commerce.enums import OrderStatus
from commerce.imports.countries import country_code
from commerce.models import Order

Sums = dict[tuple[str, bool], Decimal]  # by country or day, and whether it is a cancellation


def counted_from_rows(lines: Iterable[str]) -> tuple[Sums, Sums, int]:
    """Per country, per day of an invoice's first row; and how many rows are no sale."""
    first: dict[str, str] = {}
    rows = []
    left_out = 0
    for row in csv.DictReader(lines):
        cancelled = row["InvoiceNo"].startswith("C")
        quantity, price = int(row["Quantity"]), Decimal(row["UnitPrice"])
        if price <= 0 or (quantity < 0) != cancelled:
            left_out += 1
            continue
        rows.append((row, cancelled, abs(quantity) * price))
        at = row["InvoiceDate"]
        first[row["InvoiceNo"]] = min(at, first.get(row["InvoiceNo"], at))
    by_country: Sums = defaultdict(Decimal)
    by_day: Sums = defaultdict(Decimal)
    for row, cancelled, amount in rows:
        by_country[country_code(row["Country"]), cancelled] += amount
        by_day[first[row["InvoiceNo"]][:10], cancelled] += amount
    return dict(by_country), dict(by_day), left_out


def counted_from_orders() -> tuple[Sums, Sums]:
    """The same from the tables. In the caller's transaction."""
    by_country: Sums = {}
    by_day: Sums = {}
    for cancelled in (False, True):
        orders = Order.objects.filter(status=OrderStatus.CANCELLED)
        if not cancelled:
            orders = Order.objects.exclude(status=OrderStatus.CANCELLED)
        for row in orders.values("country").annotate(sum=Sum("total_minor")):
            by_country[row["country"], cancelled] = Decimal(row["sum"]) / 100
        days = orders.annotate(day=TruncDate("placed_at")).values("day")
        for row in days.annotate(sum=Sum("total_minor")):
            by_day[str(row["day"]), cancelled] = Decimal(row["sum"]) / 100
    return by_country, by_day
