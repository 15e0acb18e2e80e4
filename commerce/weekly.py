"""What a person's weekly report says of orders."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, Q, Sum

from commerce.enums import OrderStatus
from commerce.models import Order
from core.money import Money
from notifications.rendering.formats import number_in
from notifications.weekly import Lines, Period, Reader, Row, report_section
from notifications.weekly.words import in_language, money_in_words

ORDERS = {"en": "Orders placed", "fr": "Commandes passées", "ar": "طلبات قدّمتها"}
ARRIVED = {"en": "Orders delivered", "fr": "Commandes livrées", "ar": "طلبات وصلت"}


@report_section
def orders(readers: Sequence[Reader], period: Period) -> Lines:
    """How many were placed, for how much in each currency, and how many arrived."""
    within = (period.begins, period.ends)
    placed = Q(placed_at__gte=within[0], placed_at__lt=within[1])
    arrived = Q(delivered_at__gte=within[0], delivered_at__lt=within[1])
    sums = (
        Order.objects.filter(placed | arrived, user_id__in=[reader.user_id for reader in readers])
        .exclude(status=OrderStatus.CANCELLED)
        .order_by()
        .values("user_id", "currency")
        .annotate(
            placed=Count("pk", filter=placed),
            spent=Sum("total_minor", filter=placed),
            arrived=Count("pk", filter=arrived),
        )
        .order_by("currency")
    )
    by_user: dict[UUID, list[dict[str, int | str]]] = defaultdict(list)
    for row in sums:
        by_user[row["user_id"]].append(row)
    return {
        reader.user_id: _rows(by_user[reader.user_id], reader.language)
        for reader in readers
        if reader.user_id in by_user
    }


def _rows(sums: list[dict[str, int | str]], language: str) -> list[Row]:
    """Two lines at most; amounts of each currency beside them."""
    number, rows = number_in(language), []
    placed = sum(int(row["placed"]) for row in sums)
    arrived = sum(int(row["arrived"]) for row in sums)
    if placed:
        amounts = [
            money_in_words(Money(int(row["spent"]), str(row["currency"])), language)
            for row in sums
            if row["placed"]
        ]
        rows.append(Row(in_language(ORDERS, language), number(placed), " + ".join(amounts)))
    if arrived:
        rows.append(Row(in_language(ARRIVED, language), number(arrived)))
    return rows
