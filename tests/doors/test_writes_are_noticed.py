"""What the other tests rely on: a write is noticed, one that was taken back is none."""

import pytest
from django.db import transaction

from crm.models import Customer
from tests.doors.caller import Caller
from tests.doors.writes import nothing_written


def test_a_write_is_noticed(caller: Caller) -> None:
    with pytest.raises(AssertionError, match="crm_customer"), nothing_written():
        Customer.objects.update(city="Nowhere")


def test_what_was_there_before_is_none(caller: Caller) -> None:
    Customer.objects.update(city="Nowhere")
    with nothing_written(), transaction.atomic():
        Customer.objects.update(city="Elsewhere")
        transaction.set_rollback(True)


def test_a_write_after_others_is_noticed(caller: Caller) -> None:
    Customer.objects.update(city="Nowhere")
    with pytest.raises(AssertionError, match="crm_customer"), nothing_written():
        Customer.objects.update(city="Elsewhere")
