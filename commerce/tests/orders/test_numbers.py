"""Orders' numbers have no gaps in a year, whoever is at it at once, whatever is rolled back."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from commerce import locks
from commerce.models import Order
from commerce.tests.crowd import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 24


class Changed(Exception):
    """Somebody thinks better of it."""


def place(number_of: Callable[[int], list[str]], *, gives_up: bool) -> str:
    with transaction.atomic():
        order = Order.objects.create(
            number=number_of(2026)[0], currency="EUR", subtotal_minor=0, total_minor=0
        )
        if gives_up:
            raise Changed
        return order.number


def crowd(number_of: Callable[[int], list[str]]) -> list[str | Exception]:
    return all_at_once([lambda n=n: place(number_of, gives_up=n % 3 == 0) for n in range(CROWD)])


def test_who_gives_up_leaves_no_gap() -> None:
    results = crowd(locks.take_order_numbers)
    assert sum(isinstance(result, Changed) for result in results) == CROWD // 3
    with transaction.atomic():
        numbers = sorted(Order.objects.values_list("number", flat=True))
    assert numbers == [f"TW-2026-{n:06d}" for n in range(1, len(numbers) + 1)]
    assert len(numbers) == CROWD - CROWD // 3


def test_control_counting_without_the_counter_gives_a_number_twice() -> None:
    def counted(year: int) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM commerce_order")
            return [f"TW-{year}-{cursor.fetchone()[0] + 1:06d}"]

    assert any(isinstance(result, IntegrityError) for result in crowd(counted))


def test_years_are_counted_apart_and_batches_are_whole() -> None:
    with transaction.atomic():
        assert locks.take_order_numbers(2025, 2) == ["TW-2025-000001", "TW-2025-000002"]
        assert locks.take_order_numbers(2026) == ["TW-2026-000001"]
        assert locks.take_order_numbers(2025) == ["TW-2025-000003"]
