"""Rates in the table: added, corrected, never changed."""

import threading
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from psycopg.errors import UniqueViolation

from commerce import locks
from commerce.enums import RateSource, RateState
from commerce.models import ExchangeRate
from commerce.rates.feed import Published
from commerce.rates.judge import Verdict
from commerce.services.rates import record
from commerce.services.rates.by_hand import (
    approve_held_rate,
    refuse_held_rate,
    set_manual_rate,
    withdraw_manual_rate,
)
from commerce.services.rates.lookup import convert_on, rate_on
from commerce.services.rates.record import accepted_between, last_before, record_published
from commerce.tests.crowd import all_at_once
from core.errors import Conflict, Invalid, NotFound
from core.models import AuditEntry
from core.money import Money

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)
S = RateState


def says(figure: str, day: date = FRIDAY, currency: str = "USD", held: str = "") -> Verdict:
    return Verdict(Published(day, currency, Decimal(figure)), held)


def states(day: date = FRIDAY, currency: str = "USD") -> list[tuple[str, str, str]]:
    rows = ExchangeRate.objects.filter(day=day, currency=currency).order_by("id")
    return [(f"{row.per_euro.normalize():f}", row.source, row.state) for row in rows]


def known(day: date = FRIDAY, currency: str = "USD") -> str:
    found = rate_on(currency=currency, day=day)
    return f"{found.per_euro.normalize():f} of {found.day}" if found else "none"


def the(state: RateState) -> ExchangeRate:
    return ExchangeRate.objects.get(state=state)


def test_repeating_it_changes_nothing() -> None:
    verdicts = [says("1.08"), says("162", currency="JPY")]
    assert record_published(verdicts=verdicts).new == 2
    assert record_published(verdicts=verdicts).new == 0
    assert states() == [("1.08", "ecb", "in_force")]


def test_a_correction_replaces_and_both_stay_on_record() -> None:
    record_published(verdicts=[says("1.08")])
    assert record_published(verdicts=[says("1.09")]).corrected == 1
    assert states() == [("1.08", "ecb", "replaced"), ("1.09", "ecb", "in_force")]
    assert record_published(verdicts=[says("1.09")]).new == 0


def test_weekends_take_the_rate_before_them_and_nothing_is_known_before_the_first_day() -> None:
    record_published(verdicts=[says("1.08")])
    assert known(FRIDAY + timedelta(days=2)) == "1.08 of 2026-11-20"
    assert known(FRIDAY - timedelta(days=1)) == "none"


def test_a_rate_of_the_bank_is_believed_for_ten_days_one_by_hand_for_a_hundred() -> None:
    record_published(verdicts=[says("1.08")])
    assert known(FRIDAY + timedelta(days=10)) != "none"
    assert known(FRIDAY + timedelta(days=11)) == "none"
    set_manual_rate(day=date(2026, 1, 5), currency="NGN", per_euro=Decimal(1700), reason="bank")
    assert known(date(2026, 4, 15), "NGN") == "1700 of 2026-01-05"
    assert known(date(2026, 4, 16), "NGN") == "none"


def test_a_manual_rate_covers_the_banks_and_taking_it_back_restores_that() -> None:
    record_published(verdicts=[says("1.08")])
    rate = set_manual_rate(day=FRIDAY, currency="USD", per_euro=Decimal("1.1"), reason="contract")
    assert known() == "1.1 of 2026-11-20"
    assert states() == [("1.08", "ecb", "covered"), ("1.1", "manual", "in_force")]
    withdraw_manual_rate(rate_id=rate.pk, reason="contract ended")
    assert known() == "1.08 of 2026-11-20"
    assert the(S.WITHDRAWN).decision == "contract ended"
    actions = set(
        AuditEntry.objects.filter(resource=f"exchangerate:{rate.pk}").values_list(
            "action", flat=True
        )
    )
    assert actions == {"rate.set", "rate.withdrawn"}


def test_what_the_bank_says_later_stands_behind_a_manual_rate() -> None:
    rate = set_manual_rate(day=FRIDAY, currency="USD", per_euro=Decimal("1.1"), reason="contract")
    record_published(verdicts=[says("1.08")])
    record_published(verdicts=[says("1.085")])
    assert known() == "1.1 of 2026-11-20"
    withdraw_manual_rate(rate_id=rate.pk, reason="ended")
    assert known() == "1.085 of 2026-11-20"


def test_a_second_manual_rate_replaces_the_first() -> None:
    for figure in ("1.1", "1.12"):
        set_manual_rate(day=FRIDAY, currency="USD", per_euro=Decimal(figure), reason="contract")
    assert states() == [("1.1", "manual", "replaced"), ("1.12", "manual", "in_force")]


def test_a_held_figure_is_not_used_until_somebody_lets_it_in() -> None:
    before = FRIDAY - timedelta(days=1)
    record_published(verdicts=[says("1.08", before)])
    record_published(verdicts=[says("1.50", held="Moved by +38.9 %.")])
    assert known() == "1.08 of 2026-11-19"
    (let_in,) = approve_held_rate(rate_id=the(S.HELD).pk, reason="devalued")
    assert (let_in.state, known()) == (S.IN_FORCE, "1.5 of 2026-11-20")
    with pytest.raises(Conflict, match="in force"):
        approve_held_rate(rate_id=let_in.pk, reason="again")


def test_letting_one_in_lets_in_what_follows_from_it_and_no_more() -> None:
    figures = ["1.50", "1.52", "9.00"]
    for place, figure in enumerate(figures):
        record_published(verdicts=[says(figure, FRIDAY + timedelta(days=place), held="Moved.")])
    first = ExchangeRate.objects.order_by("day").first()
    assert first is not None
    let_in = approve_held_rate(rate_id=first.pk, reason="devalued")
    assert [f"{rate.per_euro:.2f}" for rate in let_in] == ["1.50", "1.52"]
    assert f"{the(S.HELD).per_euro:.2f}" == "9.00"


def test_a_refused_figure_is_never_used_and_not_asked_about_again() -> None:
    record_published(verdicts=[says("9.99", held="Moved.")])
    refuse_held_rate(rate_id=the(S.HELD).pk, reason="typing mistake")
    assert record_published(verdicts=[says("9.99", held="Moved.")]).new == 0
    assert known() == "none"
    assert record_published(verdicts=[says("1.08")]).new == 1
    assert known() == "1.08 of 2026-11-20"


def test_a_held_correction_leaves_the_former_figure_in_force_until_it_is_let_in() -> None:
    record_published(verdicts=[says("1.08")])
    record_published(verdicts=[says("2.16", held="Moved.")])
    assert known() == "1.08 of 2026-11-20"
    approve_held_rate(rate_id=the(S.HELD).pk, reason="right")
    assert states() == [("1.08", "ecb", "replaced"), ("2.16", "ecb", "in_force")]


def test_a_manual_rate_that_moves_far_wants_a_yes() -> None:
    record_published(verdicts=[says("1.08")])
    with pytest.raises(Conflict, match=r"\+900"):
        set_manual_rate(day=FRIDAY, currency="USD", per_euro=Decimal("10.8"), reason="slip")
    set_manual_rate(day=FRIDAY, currency="USD", per_euro=Decimal("10.8"), reason="no", is_sure=True)
    assert known() == "10.8 of 2026-11-20"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("day", date(2099, 1, 1)), ("day", date(1998, 1, 1)), ("currency", "EUR"),
        ("currency", "ZZZ"), ("per_euro", Decimal(0)), ("per_euro", Decimal(-1)),
        ("per_euro", Decimal("NaN")), ("per_euro", Decimal("Infinity")),
        ("per_euro", Decimal("1e10")), ("per_euro", Decimal("1.00000000001")), ("reason", " "),
    ],
)  # fmt: skip
def test_a_manual_rate_that_is_none_is_refused_by_name(field: str, wrong: object) -> None:
    good = {"day": FRIDAY, "currency": "USD", "per_euro": Decimal("1.1"), "reason": "contract"}
    with pytest.raises(Invalid) as refused:
        set_manual_rate(**(good | {field: wrong}))  # type: ignore[arg-type]  # wrong on purpose
    assert list(refused.value.details) == [field]
    assert not ExchangeRate.objects.exists()


def test_deciding_needs_a_reason_and_a_rate() -> None:
    for act in (approve_held_rate, refuse_held_rate, withdraw_manual_rate):
        with pytest.raises(Invalid):
            act(rate_id=1, reason=" ")
        with pytest.raises(NotFound):
            act(rate_id=10**9, reason="why")


@pytest.mark.parametrize(
    "change",
    [
        "per_euro = 2",
        "day = '2026-01-01'",
        "currency = 'GBP'",
        "source = 'manual', reason = 'x'",
        "created_at = now()",
    ],
)
def test_no_program_changes_what_was_said(change: str) -> None:
    record_published(verdicts=[says("1.08")])
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE commerce_exchangerate SET {change}")  # noqa: S608 - ours


def test_no_day_has_two_rates_in_force() -> None:
    record_published(verdicts=[says("1.08")])
    with pytest.raises(IntegrityError), transaction.atomic():
        ExchangeRate.objects.create(
            day=FRIDAY, currency="USD", per_euro=2, source=RateSource.ECB, state=S.IN_FORCE
        )


def test_made_up_rates_give_way_to_the_banks() -> None:
    ExchangeRate.objects.create(day=FRIDAY, currency="USD", per_euro=1, source=RateSource.DEMO)
    record_published(verdicts=[says("1.08")])
    assert states() == [("1", "demo", "replaced"), ("1.08", "ecb", "in_force")]
    assert accepted_between(FRIDAY, FRIDAY) == {("USD", FRIDAY, Decimal("1.08"))}
    assert last_before(FRIDAY + timedelta(days=1)) == {"USD": (FRIDAY, Decimal("1.08"))}


def test_an_amount_on_a_day_says_which_rate_it_took() -> None:
    record_published(verdicts=[says("1.0850"), says("162.31", FRIDAY - timedelta(days=1), "JPY")])
    found = convert_on(amount=Money(1000, "JPY"), to="USD", day=FRIDAY + timedelta(days=2))
    assert (str(found.amount), found.day) == ("6.68 USD", FRIDAY - timedelta(days=1))
    with pytest.raises(NotFound, match="GBP"):
        convert_on(amount=Money(1000, "GBP"), to="USD", day=FRIDAY)
    with pytest.raises(Invalid):
        convert_on(amount=Money(1000, "JPY"), to="USD", day=date(2099, 1, 1))


@pytest.mark.django_db(transaction=True)
def test_two_refreshes_at_once_write_each_figure_once() -> None:
    verdicts = [says("1.08", FRIDAY - timedelta(days=place)) for place in range(50)]
    results = all_at_once([lambda: record_published(verdicts=verdicts)] * 4)
    assert not [result for result in results if isinstance(result, Exception)]
    with transaction.atomic():
        assert ExchangeRate.objects.count() == 50


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_they_collide(monkeypatch: pytest.MonkeyPatch) -> None:
    """All have read what is known before one of them writes."""
    met, known_rows = threading.Barrier(4), record._known

    def read_together(days: Any) -> Any:
        found = known_rows(days)
        met.wait(30)
        return found

    monkeypatch.setattr(locks, "lock_rates", lambda: None)
    monkeypatch.setattr(record, "_known", read_together)
    verdicts = [says("1.08", FRIDAY - timedelta(days=place)) for place in range(50)]
    results = all_at_once([lambda: record_published(verdicts=verdicts)] * 4)
    assert any(isinstance(result, UniqueViolation) for result in results)
