"""What waits to be done with orders, as people say it: a filter, and views with their numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from commerce.enums import OrderStatus, PaymentStatus
from commerce.models import Order
from core.admin.saved_views import ShippedView

Orders = QuerySet[Order]

PAID = (PaymentStatus.PAID, PaymentStatus.PARTIALLY_REFUNDED)
TO_PACK = (OrderStatus.CONFIRMED, OrderStatus.PROCESSING)
UNDER_WAY = (OrderStatus.SHIPPED, OrderStatus.OUT_FOR_DELIVERY)
A_DAY = timedelta(days=1)
PROMISED = timedelta(days=2)  # from payment to the post
LONG_UNDER_WAY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Work:
    """`of` narrows orders to those it is to be done with."""

    label: str
    of: Callable[[Orders], Orders]


def to_ship(orders: Orders) -> Orders:
    """Paid and not yet in the post."""
    return orders.filter(status__in=TO_PACK, payment_status__in=PAID)


def late(orders: Orders) -> Orders:
    """To ship, and paid longer ago than what buyers are promised."""
    return to_ship(orders).filter(paid_at__lt=timezone.now() - PROMISED)


def unpaid(orders: Orders) -> Orders:
    """Placed more than a day ago, and no money has come."""
    return orders.filter(
        status=OrderStatus.PENDING,
        payment_status=PaymentStatus.UNPAID,
        placed_at__lt=timezone.now() - A_DAY,
    )


def attention(orders: Orders) -> Orders:
    """Something does not add up, and a person must look."""
    return orders.exclude(attention="")


def lost(orders: Orders) -> Orders:
    """In the post for two weeks without having arrived."""
    return orders.filter(status__in=UNDER_WAY, shipped_at__lt=timezone.now() - LONG_UNDER_WAY)


def today(orders: Orders) -> Orders:
    """Placed since midnight of whoever looks."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return orders.filter(placed_at__gte=midnight)


WORK = {
    "attention": Work("Needs attention", attention),
    "to_ship": Work("To ship", to_ship),
    "late": Work("Late to ship", late),
    "unpaid": Work("Unpaid for a day", unpaid),
    "lost": Work("Long under way", lost),
    "today": Work("Placed today", today),
}

ORDER_VIEWS = tuple(
    ShippedView(work.label, f"work={name}", counted=work.of) for name, work in WORK.items()
)


class WorkFilter(admin.SimpleListFilter):
    """What is to be done."""

    title = "to do"
    parameter_name = "work"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        """One a kind of work."""
        return [(name, work.label) for name, work in WORK.items()]

    def queryset(self, request: HttpRequest, queryset: Orders) -> Orders:
        """Those it is to be done with."""
        chosen = WORK.get(self.value() or "")
        return chosen.of(queryset) if chosen else queryset
