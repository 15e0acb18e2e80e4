"""Commissions: once per sale, in the books, and back when the money goes back."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.models import Event
from core.money import Money
from payments.enums import CommissionState
from payments.models import Commission, CommissionRule, Due, Referral
from payments.services.books.balances import balances
from payments.services.referrals.attribution import reject
from payments.services.referrals.commissions import earn, freeze, let_mature, reverse, unfreeze
from payments.services.sharing.returns import undo
from payments.tests.people import LONG_AGO, brought, rule

pytestmark = pytest.mark.django_db
BASE = Money(4900, "EUR")


def sold(referral: Referral, base: Money = BASE, source: UUID | None = None) -> Commission | None:
    return earn(
        source_type="order",
        source_id=source or uuid4(),
        user_id=referral.referred_id,
        base=base,
        at=timezone.now(),
    )


def back(commission: Commission, part: int, of: int = 6000, cause: str = "") -> bool:
    return reverse(
        source_type="order",
        source_id=commission.source_id,
        part=Money(part, commission.currency),
        of=Money(of, commission.currency),
        cause=cause or f"refund:{uuid4()}",
    )


def owed(referral: Referral, currency: str = "EUR") -> int:
    code = f"payable:referrer:{referral.referrer_id}"
    return sum(-b.amount.minor for b in balances(codes=[code]) if b.amount.currency == currency)


def lines(referral: Referral) -> int:
    return sum(due.amount_minor for due in Due.objects.filter(payee_id=referral.referrer_id))


@pytest.fixture
def referral() -> Referral:
    rule()
    return brought()


def test_a_sale_earns_once_however_often_it_is_told(referral: Referral) -> None:
    source = uuid4()
    commissions = [sold(referral, source=source) for _ in range(3)]
    assert len({one.pk for one in commissions if one}) == 1
    assert owed(referral) == lines(referral) == 490
    news = Event.objects.get(type="commission.earned")
    assert news.data["amount_minor"] == 490
    assert news.data["user_id"] == str(referral.referrer_id)
    (commission,) = Commission.objects.all()
    assert commission.explanation.startswith("10 % of 49.00 EUR is 4.90 EUR (rule all v")
    assert commission.held_until - commission.earned_at == timedelta(days=14)


def test_who_was_not_brought_earns_nobody_anything(referral: Referral) -> None:
    for user_id in (None, uuid4(), referral.referrer_id):
        assert not earn(
            source_type="order", source_id=uuid4(), user_id=user_id, base=BASE, at=timezone.now()
        )


def test_without_a_rule_nothing_is_earned() -> None:
    assert sold(brought()) is None


def test_a_rejected_referral_earns_nothing_more(referral: Referral) -> None:
    assert sold(referral)
    reject(referral_id=referral.pk, reason="family")
    assert sold(referral) is None
    assert owed(referral) == 490


def test_somebody_who_took_the_referrers_address_earns_them_nothing(referral: Referral) -> None:
    user = referral.referred
    name, domain = referral.referrer.email.split("@")
    user.email = f"{name}+second@{domain}"
    user.save()
    assert sold(referral) is None


def test_the_cap_of_a_referral_holds_over_many_sales() -> None:
    rule(currency="EUR", referral_cap_minor=1000)
    referral = brought()
    earned = [one.amount_minor for one in (sold(referral) for _ in range(4)) if one]
    assert earned == [490, 490, 20]
    assert owed(referral) == 1000


def test_partial_refunds_take_back_exactly_all_of_it(referral: Referral) -> None:
    commission = sold(referral)
    assert commission
    for part in (1, 1999, 7, 3993):
        assert back(commission, part)
    commission.refresh_from_db()
    assert (commission.returned_minor, commission.state) == (490, CommissionState.REVERSED)
    assert owed(referral) == lines(referral) == 0
    taken = Event.objects.filter(type="commission.reversed")
    assert sum(event.data["amount_minor"] for event in taken) == 490


def test_the_same_refund_told_again_takes_nothing_more(referral: Referral) -> None:
    commission = sold(referral)
    assert commission
    assert back(commission, 3000, cause="refund:1")
    assert not back(commission, 3000, cause="refund:1")
    assert owed(referral) == lines(referral) == 245


def test_more_than_the_sale_cannot_go_back(referral: Referral) -> None:
    commission = sold(referral)
    assert commission
    assert back(commission, 5000)
    assert back(commission, 5000)
    assert not back(commission, 5000)
    assert owed(referral) == 0


def test_a_refund_told_before_the_sale_is_taken_back_at_once(referral: Referral) -> None:
    source = uuid4()
    for cause, part in (("refund:1", 1500), ("refund:2", 1500)):
        reverse(
            source_type="order",
            source_id=source,
            part=Money(part, "EUR"),
            of=Money(6000, "EUR"),
            cause=cause,
        )
    commission = sold(referral, source=source)
    assert commission
    assert (commission.amount_minor, commission.left.minor) == (490, 246)
    assert owed(referral) == lines(referral) == 246


def test_a_refund_that_did_not_last_gives_again_what_it_took(referral: Referral) -> None:
    commission = sold(referral)
    assert commission
    back(commission, 6000, cause="refund:1")
    assert owed(referral) == 0
    told = [
        undo(source_type="order", source_id=commission.source_id, cause="refund:1")
        for _ in range(2)
    ]
    assert told == [True, False]
    commission.refresh_from_db()
    assert (commission.left.minor, commission.state) == (490, CommissionState.HELD)
    assert owed(referral) == lines(referral) == 490


def test_a_commission_is_payable_after_its_time_unless_disputed(referral: Referral) -> None:
    commission, disputed = sold(referral), sold(referral)
    assert commission
    assert disputed
    assert let_mature() == 0
    Commission.objects.update(held_until=timezone.now())
    freeze(source_type="order", source_id=disputed.source_id, currency="EUR")
    assert let_mature() == 1
    commission.refresh_from_db()
    assert commission.state == CommissionState.PAYABLE
    unfreeze(source_type="order", source_id=disputed.source_id)
    assert let_mature() == 1


@pytest.mark.parametrize(
    "second",
    [{}, {"valid_from": LONG_AGO - timedelta(days=1)}, {"valid_to": LONG_AGO + timedelta(days=9)}],
)
def test_two_rules_at_once_are_refused_by_the_database(second: dict[str, Any]) -> None:
    rule(scope="order", currency="EUR")
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        rule(scope="order", currency="EUR", **second)
    rule(scope="order", currency="JPY")
    rule(scope="invoice", currency="EUR")
    rule(scope="order")


def test_the_terms_of_a_version_are_never_rewritten() -> None:
    terms = rule()
    terms.rate_bps = 2000
    with pytest.raises(IntegrityError, match="not rewritten"), transaction.atomic():
        terms.save()
    CommissionRule.objects.filter(pk=terms.pk).update(valid_to=timezone.now())
