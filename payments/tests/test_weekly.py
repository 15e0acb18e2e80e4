"""What the weekly report says of money."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.weekly import Period, Reader, Row
from payments.tests.people import brought, rule
from payments.tests.test_commissions import sold
from payments.tests.test_receipt_numbers import paid_payment
from payments.weekly import earned, paid

pytestmark = pytest.mark.django_db


def test_what_was_paid_and_what_was_earned_this_week() -> None:
    rule()
    referral = brought()
    buyer, friend = referral.referred_id, referral.referrer_id
    now = timezone.now()
    week = Period(now - timedelta(days=7), now + timedelta(seconds=5))
    paid_payment(4250, user_id=buyer)
    paid_payment(1000, user_id=buyer, refunded_minor=400)
    paid_payment(1000, user_id=buyer, paid_at=now - timedelta(days=8))
    commission = sold(referral)
    assert commission is not None
    readers = [Reader(buyer, "en"), Reader(friend, "en")]
    with CaptureQueriesContext(connection) as seen:
        of_buyer, of_friend = paid(readers, week), earned(readers, week)
    assert len(seen) == 2
    assert of_buyer == {buyer: [Row("Paid", "€48.50", total=True)]}
    assert of_friend == {
        friend: [Row("Earned by referrals", f"€{commission.amount.decimal}", total=True)]
    }
