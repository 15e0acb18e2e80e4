"""How a vendor does, on its page: products, what waits to be sent, what was sold."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from commerce.enums import OrderStatus, ProductStatus
from commerce.models import Order, OrderLine, Product
from core.money import Money

WAITING = (OrderStatus.CONFIRMED, OrderStatus.PROCESSING)
COUNT_UP_TO = 1_000
DAYS = 30
LINK = '<a class="text-primary-600 dark:text-primary-500" href="{}?{}">{}</a>'


def products_line(vendor_id: UUID) -> SafeString:
    """ "12 active, 3 draft, 1 archived", each a link to the list."""
    counts = Product.objects.filter(vendor_id=vendor_id).aggregate(
        **{status.value: Count("pk", filter=Q(status=status)) for status in ProductStatus}
    )
    url = reverse("admin:commerce_product_changelist")
    shown = [
        (url, f"vendor__id__exact={vendor_id}&status__exact={status.value}",
         f"{counts[status.value]:,} {status.label.lower()}")
        for status in ProductStatus
        if counts[status.value]
    ]  # fmt: skip
    return format_html_join(", ", LINK, shown) if shown else SafeString("None yet.")


def waiting_line(vendor_id: UUID) -> str:
    """Orders with something of theirs that is paid and not yet sent."""
    found = Order.objects.filter(status__in=WAITING, lines__vendor_id=vendor_id)
    number = found.order_by().values("pk").distinct()[: COUNT_UP_TO + 1].count()
    if not number:
        return "Nothing waits to be sent."
    text = f"{COUNT_UP_TO:,} or more" if number > COUNT_UP_TO else f"{number:,}"
    return f"{text} to send"


def sold_line(vendor_id: UUID) -> SafeString:
    """What was sold of theirs in the last days, by currency, before our commission."""
    since = timezone.now() - timedelta(days=DAYS)
    sums = (
        OrderLine.objects.filter(
            vendor_id=vendor_id, order__placed_at__gte=since, order__paid_at__isnull=False
        )
        .order_by()
        .values("currency")
        .annotate(total=Sum("total_minor"), orders=Count("order", distinct=True))
        .order_by("currency")
    )
    lines = [(str(Money(row["total"], row["currency"])), row["orders"]) for row in sums]
    if not lines:
        return SafeString(f"Nothing in {DAYS} days.")
    return format_html(
        "{} <span>in {} days</span>",
        format_html_join(", ", "<bdi>{}</bdi> ({} orders)", lines),
        DAYS,
    )
