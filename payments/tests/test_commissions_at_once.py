"""Two workers hear of the same sale in the same moment."""

import threading
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from core.identity import acting_as_system
from core.money import Money
from payments.models import Commission, LedgerTransaction, Sale
from payments.services.referrals import commissions as commissions_module
from payments.services.referrals.commissions import earn, reverse
from payments.tests.people import brought, rule
from payments.tests.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


def told(source: UUID, user_id: UUID) -> Any:
    return earn(
        source_type="order",
        source_id=source,
        user_id=user_id,
        base=Money(4900, "EUR"),
        at=timezone.now(),
    )


def somebody_brought() -> UUID:
    with acting_as_system("tests"), transaction.atomic():
        rule()
        return brought().referred_id


def test_many_workers_earn_one_commission() -> None:
    user_id, source = somebody_brought(), uuid4()
    results = at_once(*[lambda: told(source, user_id)] * WORKERS)
    assert len({one.pk for one in results}) == 1
    with acting_as_system("tests"), transaction.atomic():
        assert Commission.objects.count() == 1
        assert LedgerTransaction.objects.filter(kind="commission").count() == 1


def unlocked(*, source_type: str, source_id: UUID, currency: str) -> Sale:
    """The row as it is, for the taking by everybody."""
    return Sale.objects.get(type=source_type, source_id=source_id)


def a_sale() -> UUID:
    with acting_as_system("tests"), transaction.atomic():
        return Sale.objects.create(type="order", source_id=uuid4(), currency="EUR").source_id


def test_control_without_the_lock_only_the_unique_key_refuses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user_id, source = somebody_brought(), a_sale()
    meeting = threading.Barrier(WORKERS)

    asked = threading.local()
    real = commissions_module._brought

    def brought_then_meet(user_id: UUID) -> Any:
        """Asked for the second time when nobody has found a commission yet."""
        asked.times = getattr(asked, "times", 0) + 1
        if asked.times == 2:
            meeting.wait(20)
        return real(user_id)

    monkeypatch.setattr(commissions_module, "lock_sale", unlocked)
    monkeypatch.setattr(commissions_module, "_brought", brought_then_meet)
    results = at_once(*[lambda: told(source, user_id)] * WORKERS)
    names = sorted(type(one).__name__ for one in results)
    assert names == ["Commission", *["IntegrityError"] * (WORKERS - 1)]


def test_a_sale_and_its_refund_at_once_end_at_the_same_sum() -> None:
    user_id = somebody_brought()
    for _ in range(4):
        source = uuid4()

        def refunded(source: UUID = source) -> bool:
            return reverse(
                source_type="order",
                source_id=source,
                part=Money(2450, "EUR"),
                of=Money(4900, "EUR"),
                cause="refund:1",
            )

        results = at_once(lambda source=source: told(source, user_id), refunded, refunded)
        assert not [one for one in results if isinstance(one, Exception)], results
        with acting_as_system("tests"), transaction.atomic():
            assert Commission.objects.get(source_id=source).left.minor == 245
