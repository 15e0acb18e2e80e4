"""A payment's story in words, each line with a way to its cause."""

import pytest
from django.urls import reverse

from payments.gateways.interface import DisputeSeen
from payments.models import Dispute, Payment, Refund
from payments.selectors import timeline
from payments.tests.house import House
from payments.tests.test_disputes import seen as disputed
from payments.tests.test_disputes import shown as dispute
from payments.tests.test_refund_sending import TEN, asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(house: House) -> Payment:
    payment = house.paid()
    asked(payment, TEN)
    house.work()
    disputed(payment, dispute(DisputeSeen.NEEDS_RESPONSE))
    house.work()
    return payment


def test_refund_and_dispute_lead_to_their_pages(paid: Payment) -> None:
    links = {line.title: line.link for line in timeline(paid)}
    refund = reverse("admin:payments_refund_change", args=[Refund.objects.get().pk])
    assert links["Refund asked for 10.00 EUR"] == refund
    assert links["Given back, arrived 10.00 EUR"] == refund
    assert links["Disputed 42.50 EUR"] == reverse(
        "admin:payments_dispute_change", args=[Dispute.objects.get().pk]
    )
    assert "/core/event/" in links["Paid 42.50 EUR"]


def test_books_messages_news_and_reactions_are_told_in_words(paid: Payment) -> None:
    titles = {line.title for line in timeline(paid)}
    assert {
        f"10.00 EUR of {paid.reference} given back",
        "Money is on its way back",
        "A payment is disputed (for staff)",
        "Payment refunded",
        "Tell payer of refund",
    } <= titles
    assert not [title for title in titles if "_" in title]


@pytest.mark.parametrize("refunds", [1, 3])
def test_the_story_costs_the_same_however_much_happened(
    house: House, refunds: int, django_assert_max_num_queries
) -> None:
    payment = house.paid()
    for _ in range(refunds):
        asked(payment, TEN)
    house.work()
    with django_assert_max_num_queries(14):
        timeline(payment)
