"""A mail through the provider on real commits: what runs outside a transaction may not ask."""

import pytest
from django.db import transaction

from core.enums import Queue
from core.events.worker import work_off
from notifications.models import Delivery
from notifications.tests.provider import Provider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("category", ["essential", "service"])
def test_a_mail_leaves_and_what_became_of_it_comes_back(provider: Provider, category: str) -> None:
    with transaction.atomic():
        sent = provider.tell("late@example.com", category)
    work_off(Queue.DEFAULT)
    for one in provider.posted():
        assert provider.post(one.body, one.headers).status_code == 200
    work_off(Queue.DEFAULT)
    with transaction.atomic():
        delivery = Delivery.objects.get(pk=sent.pk)
        assert delivery.state == "delivered"
        assert delivery.events.count() == 4
