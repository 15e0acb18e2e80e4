"""The demo's shop hangs together, is made once, and mails nobody."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F, Sum

from commerce.enums import NEXT, OrderStatus
from commerce.models import (
    FieldDefinition,
    Order,
    OrderLine,
    OrderNote,
    OrderPart,
    OrderStatusChange,
    Product,
    StockItem,
    Vendor,
    VendorMember,
)
from commerce.tests.shop import make_order
from core.identity import acting_as
from core.identity.context import UNBOUND
from core.models import Event
from crm.models import Assignment, Customer
from notifications.models import Campaign, Notification, Preference, TemplateVersion
from payments.models import (
    Commission,
    Dispute,
    Payee,
    Payment,
    Payout,
    Receipt,
    Referral,
    Refund,
    Subscription,
    SubscriptionInvoice,
)
from payments.services.books.balances import balances, trial_balance
from payments.services.sharing.owed import owed_in_books, owed_to

pytestmark = pytest.mark.slow
MADE = [
    FieldDefinition,
    OrderNote,
    VendorMember,
    Commission,
    Dispute,
    Payee,
    Payout,
    Referral,
    Refund,
    Subscription,
    SubscriptionInvoice,
    Campaign,
    Preference,
    TemplateVersion,
]


def run_demo(*options: str) -> None:
    """As from a terminal, where nobody is acting until somebody says who."""
    with acting_as(UNBOUND):
        call_command("demo", *options, verbosity=0)


def made() -> list[int]:
    """How much of each there is."""
    return [model.objects.count() for model in [*MADE, Customer, Payment]]


def assert_coherent() -> None:
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

    payments = Payment.objects.filter(purpose="order")
    assert payments.count() == 300
    assert set(trial_balance().values()) == {0}
    assert not any(one.amount for one in balances(codes=["receivable:order"]))
    for one in balances(codes=["sales", "overpaid"]):
        assert not one.amount
    assert {p.status for p in payments} >= {"success", "refunded", "failed", "disputed"}
    for payment in payments.filter(paid_at__isnull=False):
        order = Order.objects.get(pk=payment.purpose_id)
        assert (payment.amount, payment.paid_at) == (order.total, order.paid_at)
    assert not Notification.objects.exists()
    assert Preference.objects.filter(subject="offers", wanted=True).count() == 96
    assert TemplateVersion.objects.filter(state="published").count() == 3

    assert set(Subscription.objects.values_list("state", flat=True)) >= {
        "trialing", "active", "past_due", "unpaid", "cancelled",
    }  # fmt: skip
    for invoice in SubscriptionInvoice.objects.filter(state="paid"):
        assert Receipt.objects.filter(source=f"invoice:{invoice.pk}").count() == 1
    for payee in Payee.objects.all():  # what the lines say is owed, the books say
        for currency, owed in owed_to(payee.pk).items():
            said = owed.payable + owed.waiting + owed.drafted
            assert said == owed_in_books(payee, currency).minor
    assert set(Payout.objects.values_list("state", flat=True)) == {
        "draft", "approved", "sent", "paid",
    }  # fmt: skip
    assert Commission.objects.filter(state="held").exists()
    assert Commission.objects.filter(state="payable").exists()

    assert Order.objects.filter(archived_at__isnull=False).count() == 3
    assert OrderPart.objects.filter(
        status="shipped", order__status__in=("confirmed", "processing")
    ).exists()
    assert Product.objects.filter(custom_fields__material="iron").exists()


@pytest.mark.django_db(transaction=True)
def test_the_demo_is_coherent_made_once_and_takes_a_large_load_without_news() -> None:
    run_demo()
    with transaction.atomic():
        assert_coherent()
        before = made()
    for _ in range(2):  # the small shop comes first, and is there already
        run_demo("--scale=large", "--customers=40", "--orders=90")
    with transaction.atomic():
        assert made() == [*before[:-2], before[-2] + 40, before[-1]]
        load = Order.objects.filter(external_platform="demo-large")
        assert load.count() == 90
        assert Customer.objects.filter(external_platform="demo-large").count() == 40
        assert OrderStatusChange.objects.filter(order__in=load).count() == 90
        lines = OrderLine.objects.filter(order__in=load)
        assert sum(line.total_minor for line in lines) == sum(o.total_minor for o in load)
        assert all(line.customer_id for line in lines)
        subjects = [f"order:{order.pk}" for order in load]
        assert not Event.objects.filter(subject__in=subjects).exists()
    order = make_order()  # the triggers are back
    with transaction.atomic():
        assert Event.objects.filter(subject=f"order:{order.pk}").count() == 1
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'commerce_order'")
        assert cursor.fetchone() == (True,)
