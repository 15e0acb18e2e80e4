"""How a coupon was used: a bar a day, what it cost, and the latest orders."""

import json
from datetime import timedelta

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from commerce.enums import RedemptionState
from commerce.models import Coupon, CouponRedemption
from core.money import Money

DAYS = 30
LATEST = 10


def usage_panel(coupon: Coupon) -> SafeString | str:
    """Four queries, however often it was used."""
    if coupon._state.adding:  # noqa: SLF001  - Django's own flag
        return "Nobody can have used it yet."
    uses = CouponRedemption.objects.filter(coupon=coupon)
    latest = list(uses.select_related("order").order_by("-created_at")[:LATEST])
    if not latest:
        return "Nobody has used it yet."
    counted = uses.filter(state=RedemptionState.COUNTED)
    cost = counted.values("currency").annotate(sum=Sum("amount_minor")).order_by("currency")
    return render_to_string(
        "commerce/admin/coupon_usage.html",
        {
            "chart": _chart(coupon),
            "look": json.dumps({"animation": False, "responsive": True,
                                "maintainAspectRatio": False}),
            "cost": [Money(int(row["sum"]), row["currency"]).readable for row in cost],
            "latest": [
                {
                    "order": use.order.number,
                    "url": reverse("admin:commerce_order_change", args=[use.order_id]),
                    "saved": Money(use.amount_minor, use.currency).readable,
                    "state": use.get_state_display(),
                    "at": use.created_at,
                }
                for use in latest
            ],
        },
    )  # fmt: skip


def _chart(coupon: Coupon) -> str:
    today = timezone.now().date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    found = (
        CouponRedemption.objects.filter(
            coupon=coupon, state=RedemptionState.COUNTED, created_at__date__gte=days[0]
        )
        .order_by()
        .annotate(day=TruncDate("created_at"))
        .values_list("day")
        .annotate(uses=Count("pk"))
    )
    by_day = dict(found)
    bars = {
        "label": "Uses",
        "data": [by_day.get(day, 0) for day in days],
        "backgroundColor": "var(--color-primary-600)",
    }
    return json.dumps({"labels": [date_format(day, "j M") for day in days], "datasets": [bars]})
