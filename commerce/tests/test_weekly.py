"""What the weekly report says of orders."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from commerce.tests.shop import make_order
from commerce.weekly import orders
from notifications.weekly import Period, Reader, Row

pytestmark = pytest.mark.django_db

BEGINS = datetime(2026, 11, 23, tzinfo=UTC)
WEEK = Period(BEGINS, BEGINS + timedelta(days=7))
IN = BEGINS + timedelta(days=2)
BEFORE = BEGINS - timedelta(seconds=1)


def test_orders_of_the_week_by_currency_and_in_the_readers_language() -> None:
    ada, bob = (User.objects.create_user(f"{n}@example.com") for n in ("ada", "bob"))
    make_order(user=ada, placed_at=IN)
    make_order(user=ada, placed_at=BEGINS)
    make_order(user=ada, placed_at=IN, currency="JPY", total_minor=900, subtotal_minor=900)
    make_order(user=ada, placed_at=IN, status="cancelled")
    make_order(user=ada, placed_at=WEEK.ends)
    make_order(user=ada, placed_at=BEFORE, delivered_at=IN, shipped_at=BEFORE, status="delivered")
    make_order(user=bob, placed_at=BEFORE)
    with CaptureQueriesContext(connection) as seen:
        found = orders([Reader(ada.pk, "fr"), Reader(bob.pk, "en")], WEEK)
    assert len(seen) == 1
    assert list(found) == [ada.pk]
    assert found[ada.pk] == [
        Row("Commandes passées", "3", "20,00\N{NO-BREAK SPACE}€ + 900\N{NO-BREAK SPACE}JPY"),
        Row("Commandes livrées", "1"),
    ]
