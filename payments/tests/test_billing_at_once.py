"""Many at the same moment: one customer, one row, one tier, one booking."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import Tier
from core.models import Event
from payments.gateways.billing import InvoiceSeen
from payments.gateways.billing import SubscriptionSeen as S
from payments.models import BillingCustomer, LedgerTransaction, Subscription, SubscriptionEvent
from payments.services.billing import invoices, subscriptions
from payments.services.billing.customers import customer_at
from payments.tests.house import House
from payments.tests.lives import a_customer, a_price, a_user, story
from payments.tests.test_at_once import THREADS, at_once
from payments.tests.test_billing_invoices import AT, invoice
from rehearsal.testing import RunningRehearsal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(stripe_keys: RunningRehearsal, client: Any, transactional_db: None) -> House:
    return House(stripe_keys, client)


def someone() -> Any:
    with transaction.atomic():
        a_price(Tier.STARTER)
        user = a_user()
        a_customer(user, "cus_1")
        return user


def told(*, ref: str = "sub_1", **more: Any) -> Callable[[], Any]:
    seen = story(S.ACTIVE, AT, subscription_ref=ref, **more)
    return lambda: subscriptions.observe(gateway="stripe", seen=seen, source="test")


def test_one_customer_at_the_gateway_however_many_ask(house: House) -> None:
    with transaction.atomic():
        user = a_user()
    made = at_once(*[lambda: customer_at(user_id=user.pk, gateway="stripe")] * THREADS)
    assert len({row.customer_ref for row in made}) == 1
    with transaction.atomic():
        assert BillingCustomer.objects.filter(user=user).count() == 1
    there = house.stripe.http.get("/stripe/v1/customers", auth=("sk_test_x", "")).json()["data"]
    assert len(there) == 1


def test_a_control_without_the_shared_row_makes_several(house: House) -> None:
    """The same eight calls under keys of their own: the race above is a real one."""
    from payments.gateways.registry import billing_gateway

    with transaction.atomic():
        user = a_user()
    at_once(
        *[
            lambda: billing_gateway("stripe").ensure_customer(
                user_id=user.pk, email=user.email, name="", idempotency_key=uuid4().hex
            )
        ]
        * THREADS
    )
    there = house.stripe.http.get("/stripe/v1/customers", auth=("sk_test_x", "")).json()["data"]
    assert len(there) == THREADS


def test_one_story_told_by_eight_workers_is_one_row_and_one_announcement() -> None:
    user = someone()
    results = at_once(*[told()] * THREADS)
    assert not [r for r in results if isinstance(r, Exception)], results
    with transaction.atomic():
        assert Subscription.objects.count() == SubscriptionEvent.objects.count() == 1
        assert Event.objects.filter(type="subscription.created").count() == 1
        assert Event.objects.filter(type="user.tier_changed").count() == 1
        user.refresh_from_db()
    assert user.tier == Tier.STARTER


def test_eight_subscriptions_of_one_person_at_once_leave_one_that_counts() -> None:
    user = someone()
    results = at_once(*[told(ref=f"sub_{n}") for n in range(THREADS)])
    assert not [r for r in results if isinstance(r, IntegrityError)], results
    with transaction.atomic():
        rows = Subscription.objects.filter(user=user)
        assert rows.filter(surplus=False, grants=True).count() == 1
        assert rows.filter(surplus=True, grants=False).count() == THREADS - 1


def test_one_paid_invoice_told_by_eight_workers_is_booked_once() -> None:
    someone()
    with transaction.atomic():
        told()()
    paid = invoice(InvoiceSeen.PAID)
    results = at_once(
        *[lambda: invoices.observe(gateway="stripe", seen=paid, source="test")] * THREADS
    )
    assert not [r for r in results if isinstance(r, Exception)], results
    with transaction.atomic():
        assert LedgerTransaction.objects.filter(kind="invoice_payment").count() == 1
        assert Event.objects.filter(type="invoice.paid").count() == 1
