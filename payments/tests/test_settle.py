"""Forward only, once, and only when everything fits: whatever is repeated, late or wrong."""

import itertools
import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.models import Delivery, Event
from core.money import Money
from notifications.models import Notification
from payments.enums import RANK, AttemptState, PaymentStatus
from payments.gateways.interface import GatewayPayment, GatewayRefund, RefundSeen, Seen
from payments.models import LedgerEntry, Payment, PaymentEvent
from payments.services.refunds import observe
from payments.services.settle import settle
from payments.tests.house import House, amount_eur, attempt_of, booked

pytestmark = pytest.mark.django_db


def seen_of(payment: Payment, state: Seen = Seen.CAPTURED, **changes: Any) -> GatewayPayment:
    """What a truthful gateway shows of it."""
    attempt = attempt_of(payment)
    shown = GatewayPayment(
        state=state,
        reference=payment.reference,
        amount=payment.amount,
        livemode=False,
        gateway_ref=attempt.gateway_ref or f"cs_{payment.reference}",
        payment_ref=f"pi_{payment.reference}",
    )
    return replace(shown, **changes)


def told(payment: Payment, *seen: GatewayPayment) -> Payment:
    for one in seen:
        settle(attempt_id=attempt_of(payment).pk, seen=one, source="test")
    payment.refresh_from_db()
    return payment


@pytest.fixture
def opened(house: House) -> Payment:
    payment = house.opened()
    attempt = attempt_of(payment)
    attempt.livemode = False
    attempt.save()
    return payment


def test_every_status_has_a_rank_and_the_database_knows_the_same_ones() -> None:
    with connection.cursor() as cursor:
        for status in PaymentStatus:
            cursor.execute("SELECT payments_status_rank(%s)", [status])
            assert cursor.fetchone() == (RANK[status],)


def test_in_whatever_order_it_is_told_a_captured_payment_is_paid_once(house: House) -> None:
    states = [Seen.OPEN, Seen.PROCESSING, Seen.FAILED, Seen.EXPIRED, Seen.CAPTURED]
    for order in itertools.permutations(states):
        payment = house.opened()
        told(payment, *(seen_of(payment, state, payment_ref="") for state in order + order))
        assert payment.status == PaymentStatus.SUCCESS, order
        assert booked(payment) == 1
        news = Event.objects.filter(subject=f"payment:{payment.pk}", type="payment.succeeded")
        assert news.count() == 1


def test_a_late_failure_does_not_take_a_paid_payment_back(opened: Payment) -> None:
    told(opened, seen_of(opened), seen_of(opened, Seen.FAILED), seen_of(opened, Seen.EXPIRED))
    assert opened.status == PaymentStatus.SUCCESS
    assert not Event.objects.filter(type="payment.failed").exists()


def test_a_failed_payment_may_be_paid_late(opened: Payment) -> None:
    told(opened, seen_of(opened, Seen.FAILED))
    assert opened.status == PaymentStatus.FAILED
    told(opened, seen_of(opened))
    assert opened.status == PaymentStatus.SUCCESS


def test_a_closed_page_cancels_and_says_so_once(opened: Payment) -> None:
    told(opened, *[seen_of(opened, Seen.EXPIRED)] * 3)
    assert opened.status == PaymentStatus.CANCELLED
    (news,) = Event.objects.filter(type="payment.failed")
    assert news.data["status"] == "cancelled"
    assert news.data["purpose_id"] == str(opened.purpose_id)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"amount": Money(4249, "EUR")}, "42.49 EUR"),
        ({"amount": Money(4250, "USD")}, "42.50 USD"),
        ({"reference": "tw-other"}, "tw-other"),
        ({"reference": ""}, "no reference"),
        ({"livemode": True}, "real money"),
        ({"gateway_ref": "cs_other"}, "cs_other"),
    ],
)
def test_what_does_not_fit_is_held_for_a_person(opened: Payment, changes, word: str) -> None:
    attempt = attempt_of(opened)
    attempt.gateway_ref = "cs_ours"
    attempt.save()
    told(opened, seen_of(opened, **changes), seen_of(opened, **changes))
    assert opened.status == PaymentStatus.HELD
    assert word in opened.status_reason
    assert booked(opened) == 0
    assert not Event.objects.filter(type="payment.succeeded").exists()
    assert Event.objects.filter(type="payment.held").count() == 1
    assert PaymentEvent.objects.get(type="held").details["objections"]


def test_money_of_another_payment_is_not_taken_for_this_one(house: House, opened: Payment) -> None:
    other = told(opened, seen_of(opened))
    mine = house.opened()
    told(mine, seen_of(mine, payment_ref=attempt_of(other).gateway_payment_ref))
    assert mine.status == PaymentStatus.HELD
    assert "belongs to another" in mine.status_reason


def test_a_held_payment_is_paid_when_the_right_news_comes(opened: Payment) -> None:
    told(opened, seen_of(opened, amount=Money(1, "EUR")), seen_of(opened))
    assert opened.status == PaymentStatus.SUCCESS


def test_an_open_page_with_a_wrong_amount_is_noted_not_held(opened: Payment) -> None:
    told(opened, seen_of(opened, Seen.OPEN, amount=Money(1, "EUR")))
    assert opened.status == PaymentStatus.PENDING
    assert PaymentEvent.objects.get().type == "mismatch"


def test_raw_sql_cannot_take_a_payment_back(opened: Payment) -> None:
    told(opened, seen_of(opened))
    for status in ("pending", "failed", "cancelled", "held_for_review"):
        with pytest.raises(IntegrityError, match="cannot go from"), transaction.atomic():
            Payment.objects.filter(pk=opened.pk).update(status=status)


def test_payments_and_what_was_seen_of_them_are_not_deleted(opened: Payment) -> None:
    told(opened, seen_of(opened))
    for rows in (PaymentEvent.objects.all(), Payment.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete("default")


def test_the_fee_is_booked_when_it_becomes_known(opened: Payment) -> None:
    told(opened, seen_of(opened))
    assert booked(opened, "gateway_fee") == 0
    fee = Money(153, "USD")  # the currency the gateway settles in
    told(opened, seen_of(opened, fee=fee), seen_of(opened, fee=fee))
    assert booked(opened, "gateway_fee") == 1
    assert attempt_of(opened).fee == fee


def test_a_second_capture_is_booked_as_owed_back(opened: Payment) -> None:
    told(opened, seen_of(opened, Seen.EXPIRED))
    first = attempt_of(opened)
    second = opened.attempts.create(
        gateway="stripe", amount_minor=4250, currency="EUR", idempotency_key="second",
        expires_at=first.expires_at, livemode=False,
    )  # fmt: skip
    second_seen = seen_of(opened, gateway_ref="cs_2", payment_ref="pi_2")
    settle(attempt_id=second.pk, seen=second_seen, source="test")
    ours = {"gateway_ref": first.gateway_ref}
    settle(attempt_id=first.pk, seen=seen_of(opened, **ours), source="test")
    opened.refresh_from_db()
    assert opened.status == PaymentStatus.SUCCESS
    assert opened.captured == opened.amount
    assert (booked(opened), booked(opened, "overpayment")) == (1, 1)

    back = GatewayRefund(RefundSeen.SUCCEEDED, "re_1", "", amount_eur(), livemode=False)
    observe(attempt_id=first.pk, seen=back, source="test")
    opened.refresh_from_db()
    assert opened.status == PaymentStatus.SUCCESS
    owed = LedgerEntry.objects.filter(account__code="overpaid").values_list("amount_minor")
    assert sorted(owed) == [(-4250,), (4250,)]


class TestWithStripe:
    """The same with the events that a Stripe of flesh and blood sends."""

    def test_shuffled_and_repeated_events_make_one_of_everything(self, house: House) -> None:
        payment = house.submitted()
        house.stripe.decline(house.session_of(payment))
        house.stripe.pay(house.session_of(payment))
        bodies = [json.dumps(event).encode() for event in house.events()]
        for body in [*reversed(bodies), *bodies, *bodies]:
            assert house.post(body).status_code == 200
            house.work()
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.SUCCESS
        assert (booked(payment), booked(payment, "gateway_fee")) == (1, 1)
        assert Notification.objects.filter(dedupe_key=f"thanks:{payment.pk}").count() == 1
        assert Event.objects.filter(source="stripe").count() == len(bodies)

    def test_a_declined_card_is_noted_and_the_page_stays_open(self, house: House) -> None:
        payment = house.submitted()
        house.stripe.decline(house.session_of(payment))
        house.deliver()
        house.work()
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.PENDING
        assert payment.authorization_url
        declined = PaymentEvent.objects.get(type="declined")
        assert "declined" in declined.details["reason"]

    def test_an_expired_page_cancels(self, house: House) -> None:
        payment = house.submitted()
        house.stripe.expire(house.session_of(payment))
        house.deliver()
        house.work()
        payment.refresh_from_db()
        assert (payment.status, payment.authorization_url) == (PaymentStatus.CANCELLED, "")
        assert attempt_of(payment).state == AttemptState.EXPIRED

    def test_a_refund_made_at_stripe_arrives(self, house: House) -> None:
        payment = house.paid()
        intent = attempt_of(payment).gateway_payment_ref
        house.stripe.http.post(
            "/stripe/v1/refunds", data={"payment_intent": intent, "amount": "1000"},
            auth=("sk_test_x", ""),
        ).raise_for_status()  # fmt: skip
        house.deliver()
        house.work()
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.PARTIALLY_REFUNDED
        assert payment.refunded == amount_eur("10.00")

    def test_a_dispute_is_shown_and_announced_once(self, house: House) -> None:
        payment = house.paid()
        house.stripe.dispute(attempt_of(payment).gateway_payment_ref)
        told = [e for e in house.events() if e["type"].startswith("charge.dispute.")]
        assert len(told) == 2  # created, funds_withdrawn
        for event in told * 2:
            assert house.post(json.dumps(event).encode()).status_code == 200
            house.work()
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.DISPUTED
        assert Event.objects.filter(type="payment.disputed").count() == 1

    def test_an_event_of_a_payment_not_here_yet_is_tried_again(self, house: House) -> None:
        payment = house.submitted()
        house.stripe.pay(house.session_of(payment))
        body = json.dumps(house.events()[-1]).replace(payment.reference, "tw-elsewhere")
        body = body.replace(str(attempt_of(payment).pk), "01990000-0000-7000-8000-000000000000")
        body = body.replace(house.session_of(payment), "cs_test_elsewhere")
        house.post(body.encode())
        house.work()
        delivery = Delivery.objects.get(subscriber="payments.settle_stripe_event")
        assert delivery.state == "ready"
        assert "tw-elsewhere" in delivery.last_error
