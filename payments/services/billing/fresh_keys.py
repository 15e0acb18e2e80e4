"""A gateway repeats its own failure to the same key: after one the next try needs another key.

What was made under the former key is found by what it is (a customer of our user, a page nobody
was sent to, a plan that is changed already), never charged.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import F

from payments.gateways.interface import GatewayError
from payments.house import as_house
from payments.models import BillingCustomer, CheckoutSession, Subscription


@contextmanager
def answered_failures(row: BillingCustomer | CheckoutSession | Subscription) -> Iterator[None]:
    """Around a call under the row's key: count the failures that the gateway answered with."""
    try:
        yield
    except GatewayError as error:
        if error.answered and error.retryable:
            with as_house("a gateway failed"), transaction.atomic():
                rows = type(row).objects.filter(pk=row.pk)
                rows.update(failures=F("failures") + 1)
        raise
