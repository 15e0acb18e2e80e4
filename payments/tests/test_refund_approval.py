"""Large refunds take two people; the database says so too."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from core.errors import Conflict, PermissionRefused
from core.models import AuditEntry, Event
from core.money import Money
from payments.enums import RefundState
from payments.models import Payment, Refund
from payments.services.refunds import approve_refund, reject_refund, request_refund
from payments.services.refunds.limits import needs_two_people
from payments.tests.house import House
from payments.tests.test_settle import seen_of, told

pytestmark = pytest.mark.django_db
LARGE = Money.parse("500.01", "EUR")
AMINA, BRUNO = uuid4(), uuid4()


@pytest.fixture(autouse=True)
def limits(settings) -> None:
    settings.REFUND_TWO_PEOPLE_ABOVE = {"EUR": Decimal(500), "JPY": Decimal(75000)}


@pytest.fixture
def paid(house: House) -> Payment:
    payment = house.opened(Money.parse("900", "EUR"))
    return told(payment, seen_of(payment))


def asked(payment: Payment, amount: Money = LARGE, by: UUID | None = AMINA) -> Refund:
    return request_refund(payment_id=payment.pk, amount=amount, reason="Broken.", requested_by=by)


@pytest.mark.parametrize(
    ("amount", "needed"),
    [
        (Money.parse("500", "EUR"), False),
        (LARGE, True),
        (Money.parse("75000", "JPY"), False),
        (Money.parse("75001", "JPY"), True),
        (Money.parse("1", "BRL"), True),  # nobody said what is much there
    ],
)
def test_each_currency_has_its_own_limit(amount: Money, needed: bool) -> None:
    assert needs_two_people(amount) is needed


def test_a_large_one_waits_for_somebody_else(paid: Payment) -> None:
    refund = asked(paid)
    assert (refund.state, refund.two_people) == (RefundState.REQUESTED, True)
    assert not Event.objects.filter(type="refund.approved").exists()
    with pytest.raises(PermissionRefused, match="other than who asked"):
        approve_refund(refund_id=refund.pk, approved_by=AMINA)
    approved = approve_refund(refund_id=refund.pk, approved_by=BRUNO)
    assert (approved.state, approved.approved_by) == (RefundState.APPROVED, BRUNO)
    assert Event.objects.filter(type="refund.approved").count() == 1
    audited = AuditEntry.objects.filter(resource=f"refund:{refund.pk}").order_by("id")
    assert list(audited.values_list("action", flat=True)) == ["refund.request", "refund.approve"]


def test_a_small_one_is_approved_by_asking(paid: Payment) -> None:
    refund = asked(paid, Money.parse("500", "EUR"))
    assert (refund.state, refund.approved_by) == (RefundState.APPROVED, AMINA)


def test_many_small_ones_are_a_large_one(paid: Payment) -> None:
    first = asked(paid, Money.parse("300", "EUR"))
    assert first.state == RefundState.APPROVED
    second = asked(paid, Money.parse("200.01", "EUR"))
    assert (second.state, second.two_people) == (RefundState.REQUESTED, True)
    with pytest.raises(PermissionRefused, match="other than who asked"):
        approve_refund(refund_id=second.pk, approved_by=AMINA)
    approve_refund(refund_id=second.pk, approved_by=BRUNO)
    # what two agreed to leaves the rest to one again, up to the limit
    assert asked(paid, Money.parse("200", "EUR")).state == RefundState.APPROVED
    assert asked(paid, Money.parse("0.01", "EUR")).state == RefundState.REQUESTED


def test_what_the_house_asks_for_takes_a_person_when_it_is_large(paid: Payment) -> None:
    refund = asked(paid, by=None)
    with pytest.raises(PermissionRefused, match="A person"):
        approve_refund(refund_id=refund.pk, approved_by=None)
    assert approve_refund(refund_id=refund.pk, approved_by=AMINA).state == RefundState.APPROVED


def test_it_is_decided_once(paid: Payment) -> None:
    refund = asked(paid)
    rejected = reject_refund(refund_id=refund.pk, rejected_by=BRUNO, why="Not broken.")
    assert (rejected.state, rejected.failure) == (RefundState.REJECTED, "Not broken.")
    with pytest.raises(Conflict, match="rejected already"):
        approve_refund(refund_id=refund.pk, approved_by=BRUNO)


@pytest.mark.parametrize("approver", [None, AMINA])
def test_raw_sql_cannot_approve_for_the_asker_or_for_nobody(
    paid: Payment, approver: UUID | None
) -> None:
    refund = asked(paid)
    with pytest.raises(IntegrityError, match="approved_by_another"), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(state=RefundState.APPROVED, approved_by=approver)
    with pytest.raises(IntegrityError, match="stays what"), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(two_people=False)
