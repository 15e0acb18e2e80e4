"""The demo's shop hangs together, is made once, and mails nobody."""

import pytest
from django.core.management import call_command
from django.db.models import F, Sum

from commerce.enums import NEXT, OrderStatus
from commerce.models import Order, OrderLine, OrderStatusChange, Product, StockItem, Vendor
from core.models import Event
from crm.models import Assignment, Customer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_demo_is_coherent_and_made_once() -> None:
    call_command("demo", verbosity=0)
    assert Order.objects.count() == 300
    assert Product.objects.count() >= 40
    assert Vendor.objects.filter(status="active").count() == 6
    lines = OrderLine.objects.values("order").annotate(sum=Sum("total_minor"))
    sums = {row["order"]: row["sum"] for row in lines}
    for order in Order.objects.all():
        assert order.subtotal_minor == sums[order.pk]
    for step in OrderStatusChange.objects.exclude(previous=""):
        assert OrderStatus(step.status) in NEXT[OrderStatus(step.previous)]
    late = OrderStatusChange.objects.filter(at__lt=F("order__placed_at"))
    assert not late.exists()
    assert set(Order.objects.values_list("status", flat=True)) >= {
        "pending", "delivered", "cancelled", "shipped",
    }  # fmt: skip
    assert Event.objects.filter(type__startswith="order.", data__history=False).count() == 0
    assert Order.objects.filter(user__email="shopper@example.com").exists()
    assert Assignment.objects.filter(user__email="agent@example.com").count() == 20
    assert StockItem.objects.filter(reserved__gt=0).count() == 0
    numbers = set(Order.objects.values_list("number", flat=True))
    assert len(numbers) == 300

    customers = Customer.objects.count()
    call_command("demo", verbosity=0)
    assert Order.objects.count() == 300
    assert Customer.objects.count() == customers
