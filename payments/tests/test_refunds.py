"""Refunds as the gateway shows them: a row each, booked once, taken back when they fail."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from core.errors import Conflict, Invalid
from core.models import Event
from core.money import Money
from payments.enums import NEXT_REFUND, PaymentStatus, RefundState
from payments.gateways.interface import GatewayRefund, RefundSeen
from payments.models import LedgerEntry, Payment, PaymentEvent, Refund
from payments.services.refunds import (
    approve_refund,
    observe,
    refundable,
    reject_refund,
    request_refund,
)
from payments.services.refunds.observing import TooEarly
from payments.tests.house import House, amount_eur, attempt_of, booked
from payments.tests.test_settle import seen_of, told

pytestmark = pytest.mark.django_db
TEN = Money(1000, "EUR")


@pytest.fixture
def paid(house: House) -> Payment:
    """42.50 EUR came in; the gateway is not asked again."""
    payment = house.opened()
    return told(payment, seen_of(payment))


def asked(payment: Payment, amount: Money = TEN, **more: Any) -> Refund:
    wanted: dict[str, Any] = {"reason": "Broken.", "requested_by": uuid4()}
    return request_refund(payment_id=payment.pk, amount=amount, **(wanted | more))


def shown(ref: str = "re_1", amount: Money = TEN, **more: Any) -> GatewayRefund:
    """A refund as a gateway shows it."""
    plain = GatewayRefund(RefundSeen.SUCCEEDED, ref, "", amount, livemode=False)
    return replace(plain, **more)


def seen(payment: Payment, *refunds: GatewayRefund) -> Payment:
    for one in refunds:
        observe(attempt_id=attempt_of(payment).pk, seen=one, source="test")
    payment.refresh_from_db()
    return payment


def at_gateway(payment: Payment) -> int:
    """What the books say the gateway holds of it, in minor units."""
    rows = LedgerEntry.objects.filter(
        transaction__payment_id=payment.pk, account__code="gateway:stripe"
    )
    return sum(rows.values_list("amount_minor", flat=True))


class TestSeen:
    def test_parts_add_up_to_the_whole_in_any_order_and_often(self, paid: Payment) -> None:
        seen(paid, shown(), shown(), shown(state=RefundSeen.PENDING))
        assert (paid.status, paid.refunded) == (PaymentStatus.PARTIALLY_REFUNDED, TEN)
        seen(paid, shown("re_2", Money(3250, "EUR")))
        assert (paid.status, paid.refunded) == (PaymentStatus.REFUNDED, amount_eur())
        assert (booked(paid, "refund"), at_gateway(paid)) == (2, 0)
        assert Event.objects.filter(type="payment.refunded").count() == 2

    def test_it_is_booked_when_the_gateway_has_taken_it_and_not_before(self, paid: Payment) -> None:
        assert asked(paid).state == RefundState.APPROVED
        paid.refresh_from_db()
        assert (paid.status, booked(paid, "refund")) == (PaymentStatus.SUCCESS, 0)
        seen(paid, shown(state=RefundSeen.PENDING), shown())
        assert (paid.status, booked(paid, "refund")) == (PaymentStatus.PARTIALLY_REFUNDED, 1)

    @pytest.mark.parametrize(
        "way",
        [
            [RefundSeen.NEEDS_ATTENTION],
            [RefundSeen.PENDING, RefundSeen.NEEDS_ATTENTION],
            [RefundSeen.NEEDS_ATTENTION, RefundSeen.PENDING, RefundSeen.NEEDS_ATTENTION],
        ],
    )
    def test_one_that_needs_attention_has_left_our_balance_whatever_was_heard_before(
        self, paid: Payment, way: list[RefundSeen]
    ) -> None:
        seen(paid, *(shown(state=state) for state in way))
        assert (paid.refunded, at_gateway(paid), booked(paid, "refund")) == (TEN, 3250, 1)
        seen(paid, shown(state=RefundSeen.FAILED))
        assert (paid.refunded_minor, at_gateway(paid)) == (0, 4250)

    def test_one_that_needed_attention_and_was_not_booked_is_booked_at_the_next_look(
        self, paid: Payment
    ) -> None:
        Refund.objects.create(
            payment=paid, attempt=attempt_of(paid), gateway="stripe", gateway_ref="re_1",
            amount_minor=1000, currency="EUR", origin="gateway", idempotency_key="stripe:re_1",
            state=RefundState.NEEDS_ATTENTION,
        )  # fmt: skip
        again = shown(state=RefundSeen.NEEDS_ATTENTION)
        seen(paid, again, again)
        assert (paid.refunded, at_gateway(paid), booked(paid, "refund")) == (TEN, 3250, 1)

    def test_one_that_fails_days_later_takes_status_sum_and_books_back(self, paid: Payment) -> None:
        seen(paid, shown(), shown("re_2", Money(3250, "EUR")))
        why = {"state": RefundSeen.FAILED, "failure": "closed account"}
        failed = shown("re_2", Money(3250, "EUR"), **why)
        seen(paid, failed, failed)
        assert (paid.status, paid.refunded) == (PaymentStatus.PARTIALLY_REFUNDED, TEN)
        seen(paid, shown(state=RefundSeen.FAILED))
        assert (paid.status, paid.refunded_minor) == (PaymentStatus.SUCCESS, 0)
        assert (at_gateway(paid), booked(paid, "refund_failed")) == (4250, 2)
        told_of = Event.objects.filter(type="payment.refund_failed").order_by("id")
        assert [one.data["refunded_minor"] for one in told_of] == [1000, 0]
        assert Refund.objects.get(gateway_ref="re_2").failure == "closed account"

    def test_what_failed_stays_failed(self, paid: Payment) -> None:
        seen(paid, shown(), shown(state=RefundSeen.FAILED), shown())
        assert Refund.objects.get().state == RefundState.FAILED
        assert at_gateway(paid) == 4250

    def test_one_that_fails_and_another_try_are_two(self, paid: Payment) -> None:
        seen(paid, shown(amount=amount_eur()), shown(amount=amount_eur(), state=RefundSeen.FAILED))
        seen(paid, shown("re_2", amount_eur()))
        assert (paid.status, at_gateway(paid)) == (PaymentStatus.REFUNDED, 0)

    def test_one_made_at_the_gateway_has_a_row_that_says_so(self, paid: Payment) -> None:
        seen(paid, shown())
        refund = Refund.objects.get()
        assert (refund.origin, refund.gateway_ref, refund.requested_by) == ("gateway", "re_1", None)

    def test_news_that_overtook_the_capture_is_tried_again(self, house: House) -> None:
        payment = house.opened()
        with pytest.raises(TooEarly):
            seen(payment, shown())

    @pytest.mark.parametrize(
        "wrong",
        [{"amount": Money(1000, "USD")}, {"livemode": True}, {"payment_ref": "pi_other"}],
    )
    def test_what_does_not_fit_is_noted_and_nothing_else(self, paid: Payment, wrong: Any) -> None:
        attempt = attempt_of(paid)
        attempt.livemode = False
        attempt.save()
        seen(paid, replace(shown(), **wrong))
        assert not Refund.objects.exists()
        assert PaymentEvent.objects.get(type="mismatch").details["refund"] == "re_1"


class TestAsked:
    def test_ours_is_known_again_by_its_id(self, paid: Payment) -> None:
        refund = asked(paid)
        Refund.objects.update(state=RefundState.SUBMITTED)
        seen(paid, shown(refund_id=refund.pk), shown(refund_id=refund.pk))
        refund.refresh_from_db()
        assert (refund.state, refund.gateway_ref) == (RefundState.SUCCEEDED, "re_1")
        assert Refund.objects.count() == 1

    def test_a_gateway_that_gives_no_id_back_finds_the_one_without_an_answer(
        self, paid: Payment
    ) -> None:
        refund = asked(paid)
        Refund.objects.update(state=RefundState.SUBMITTED)
        seen(paid, shown())
        refund.refresh_from_db()
        assert refund.state == RefundState.SUCCEEDED

    def test_the_same_key_is_the_same_refund(self, paid: Payment) -> None:
        first = asked(paid, key="twice")
        assert asked(paid, key="twice") == first
        with pytest.raises(Conflict, match="another refund"):
            asked(paid, Money(1, "EUR"), key="twice")
        assert Refund.objects.count() == 1

    def test_never_more_than_is_left_whatever_became_of_the_others(self, paid: Payment) -> None:
        asked(paid, Money(4000, "EUR"))
        assert refundable(paid) == Money(250, "EUR")
        with pytest.raises(Conflict, match=r"2\.50 EUR can be given back"):
            asked(paid, Money(251, "EUR"))
        reject_refund(refund_id=Refund.objects.get().pk, rejected_by=uuid4(), why="Not broken.")
        assert refundable(paid) == amount_eur()

    @pytest.mark.parametrize(
        ("amount", "error"),
        [(Money(0, "EUR"), Invalid), (Money(-1, "EUR"), Invalid), (Money(1, "USD"), Conflict)],
    )
    def test_nothing_less_than_nothing_and_other_money_are_refused(
        self, paid: Payment, amount: Money, error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            asked(paid, amount)

    def test_what_was_never_paid_has_nothing_to_give_back(self, house: House) -> None:
        with pytest.raises(Conflict, match=r"0\.00 EUR"):
            asked(house.opened())

    def test_one_that_was_made_there_crowds_out_what_was_only_asked_for(
        self, paid: Payment
    ) -> None:
        ours = asked(paid, amount_eur())
        seen(paid, shown("re_1", Money(4000, "EUR")))
        ours.refresh_from_db()
        assert (ours.state, paid.refunded_minor) == (RefundState.REJECTED, 4000)
        with pytest.raises(Conflict, match="already"):
            approve_refund(refund_id=ours.pk, approved_by=uuid4())


class TestDatabase:
    """What holds although no service is asked."""

    def test_raw_sql_cannot_give_more_back_than_came_in(self, paid: Payment) -> None:
        refund = asked(paid, Money(4000, "EUR"))
        copy = (
            "INSERT INTO payments_refund SELECT (jsonb_populate_record(r, %s::jsonb)).* "
            "FROM payments_refund r WHERE id = %s"
        )
        changes = f'{{"id": "{uuid4()}", "idempotency_key": "other", "amount_minor": 251}}'
        with (
            pytest.raises(IntegrityError, match="more than is left"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(copy, [changes, refund.pk])
        with connection.cursor() as cursor:  # and exactly what is left goes
            cursor.execute(copy, [changes.replace("251", "250"), refund.pk])

    def test_a_refund_cannot_become_more_or_anothers(self, paid: Payment) -> None:
        asked(paid)
        for change in ({"amount_minor": 1}, {"currency": "USD"}, {"requested_by": uuid4()}):
            with pytest.raises(IntegrityError, match="stays what"), transaction.atomic():
                Refund.objects.update(**change)

    def test_the_database_knows_the_same_steps(self) -> None:
        with connection.cursor() as cursor:
            for was in RefundState:
                for becomes in RefundState:
                    cursor.execute("SELECT payments_refund_may_become(%s, %s)", [was, becomes])
                    assert cursor.fetchone() == (becomes in NEXT_REFUND[was],), (was, becomes)

    def test_a_step_back_is_refused(self, paid: Payment) -> None:
        asked(paid)
        Refund.objects.update(state=RefundState.SUBMITTED)
        with pytest.raises(IntegrityError, match="cannot go"), transaction.atomic():
            Refund.objects.update(state=RefundState.APPROVED)

    def test_a_payment_is_only_as_paid_again_as_its_sums_shrink(self, paid: Payment) -> None:
        seen(paid, shown())
        with pytest.raises(IntegrityError, match="cannot go from"), transaction.atomic():
            Payment.objects.filter(pk=paid.pk).update(status=PaymentStatus.SUCCESS)
