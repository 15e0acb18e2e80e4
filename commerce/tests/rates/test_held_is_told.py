"""A held figure is told to staff, once for all that one look at the bank found."""

from datetime import date
from decimal import Decimal

import pytest

from commerce.models import ExchangeRate
from commerce.rates.feed import Published
from commerce.rates.judge import Verdict
from commerce.services.rates.record import record_published
from core.enums import Queue
from core.events.worker import work_off
from notifications.models import Notification

pytestmark = pytest.mark.django_db


def test_staff_hear_of_figures_that_wait_for_them() -> None:
    verdicts = [
        Verdict(Published(date(2026, 11, 30), "TRY", Decimal("61.2")), "It moved by 40 %."),
        Verdict(Published(date(2026, 11, 30), "USD", Decimal("1.10")), ""),
    ]
    for _ in range(2):
        record_published(verdicts=verdicts)
        work_off(Queue.DEFAULT)
    (told,) = Notification.objects.filter(kind="rates_held")
    assert told.context["count"] == 1
    assert told.context["rates"][0] == {
        "day": "2026-11-30", "currency": "TRY", "rate": "61.2", "reason": "It moved by 40 %.",
    }  # fmt: skip
    assert ExchangeRate.objects.filter(state="held").count() == 1
