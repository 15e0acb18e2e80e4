"""Held payments: what was asked for beside what was seen, and what a person decides."""

import json
from uuid import UUID, uuid4

import pytest

from core.errors import Conflict, UpstreamUnavailable
from core.models import AuditEntry, Event
from core.money import Money
from payments.enums import PaymentStatus, RefundOrigin
from payments.models import Payment, Refund
from payments.services.books import balances as books
from payments.services.review import accept_what_came, case_of, close_case, give_it_back
from payments.services.verify import verify_payment
from payments.tests.house import House, amount_eur, attempt_of, booked
from payments.tests.test_refund_sending import at_stripe, books_are_stripes

pytestmark = pytest.mark.django_db
CLERK = uuid4()


def held(house: House, asked: str = "42.50", came: str = "40.00", currency: str = "EUR") -> Payment:
    """A payment for which the payer's page took another amount than we ask for now."""
    payment = house.submitted(Money.parse(came, currency))
    wanted = Money.parse(asked, "EUR")
    for row in (payment, attempt_of(payment)):
        row.amount_minor, row.currency = wanted.minor, wanted.currency
        row.save()
    house.stripe.pay(house.session_of(payment))
    house.deliver()
    house.work()
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.HELD
    return payment


def decided(payment: Payment, decide, why: str = "Looked at it.") -> Payment:
    decide(payment_id=payment.pk, decided_by=CLERK, why=why)
    payment.refresh_from_db()
    return payment


def owed_back() -> dict[str, int]:
    return {
        one.amount.currency: one.amount.minor for one in books.balances(codes=["overpaid"])
        if one.amount
    }  # fmt: skip


def test_a_case_shows_what_was_asked_beside_what_was_seen(house: House) -> None:
    case = case_of(held(house))
    assert ("Amount", "42.50 EUR", "40.00 EUR") in case.points
    assert case.objections == ["The gateway shows 40.00 EUR instead of 42.50 EUR."]


def test_accepted_what_came_is_booked_and_told(house: House) -> None:
    payment = decided(held(house), accept_what_came)
    assert (payment.status, payment.captured_minor) == (PaymentStatus.SUCCESS, 4000)
    news = Event.objects.get(type="payment.succeeded").data
    assert (news["captured_minor"], news["amount_minor"]) == (4000, 4250)
    assert books_are_stripes(house)
    assert AuditEntry.objects.get(action="payment.review.accept").details["came"] == "40.00 EUR"


def test_what_came_above_is_owed_back_and_its_refund_asked_for(house: House) -> None:
    payment = decided(held(house, came="45.00"), accept_what_came)
    refund = Refund.objects.get()
    assert (refund.amount, refund.origin) == (Money(250, "EUR"), RefundOrigin.REVIEW)
    assert owed_back() == {"EUR": -250}
    house.work()
    payment.refresh_from_db()
    assert (payment.status, payment.refunded_minor) == (PaymentStatus.SUCCESS, 0)
    assert (at_stripe(house), owed_back()) == ([250], {})
    assert books_are_stripes(house)


def test_an_accepted_payment_is_refunded_like_any_other(house: House) -> None:
    payment = decided(held(house), accept_what_came)
    verify_payment(reference=payment.reference, again=True)  # and is not held again
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.SUCCESS
    assert booked(payment, "gateway_fee") == 1


@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_given_back_it_is_never_paid_and_owed_until_it_is_back(house: House, currency: str) -> None:
    payment = decided(held(house, currency=currency), give_it_back)
    assert payment.status == PaymentStatus.CANCELLED
    assert owed_back() == {currency: -4000}
    house.work()
    house.deliver()
    house.work()
    payment.refresh_from_db()
    assert (payment.status, at_stripe(house), owed_back()) == ("cancelled", [4000], {})
    assert not Event.objects.filter(type__in=["payment.succeeded", "payment.refunded"]).exists()
    assert books_are_stripes(house)


def test_other_money_is_not_accepted(house: House) -> None:
    with pytest.raises(Conflict, match="give it back instead"):
        decided(held(house, currency="USD"), accept_what_came)


def test_closed_nothing_is_booked_and_the_same_news_holds_it_no_more(house: House) -> None:
    payment = decided(held(house), close_case)
    assert (payment.status, booked(payment)) == (PaymentStatus.CANCELLED, 0)
    for event in house.events():
        house.post(json.dumps(event | {"id": f"evt_{uuid4().hex}"}).encode())
    house.work()
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.CANCELLED


def test_it_is_decided_once(house: House) -> None:
    payment = decided(held(house), close_case)
    for decide in (accept_what_came, give_it_back, close_case):
        with pytest.raises(Conflict, match="not held"):
            decided(payment, decide)


def test_nothing_is_decided_while_the_gateway_is_away(house: House) -> None:
    payment = held(house)
    house.stripe.add_fault("status", face="stripe", status=503)
    with pytest.raises(UpstreamUnavailable, match="Nothing was decided"):
        decided(payment, accept_what_came)
    assert isinstance(payment.pk, UUID)
    assert booked(payment) == 0
    assert amount_eur() == payment.amount
