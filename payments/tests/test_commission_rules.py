"""What a commission comes to, and the sentence for every cent of it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from core.money import Money
from payments.commission_rules import Worked, terms_for, work_out

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BROUGHT = NOW - timedelta(days=10)


@dataclass
class Rule:
    scope: str = "all"
    version: int = 3
    currency: str | None = None
    rate_bps: int | None = 1000
    flat_minor: int | None = None
    cap_minor: int | None = None
    referral_cap_minor: int | None = None
    window_days: int = 365
    hold_days: int = 14
    valid_from: datetime = NOW - timedelta(days=30)
    valid_to: datetime | None = None


def on(rule: Rule, base: Money, *, at: datetime = NOW, before: int = 0) -> Worked:
    return work_out(
        rule, base=base, at=at, brought_at=BROUGHT, earned_before=Money(before, base.currency)
    )


def test_a_rate_is_explained_to_the_cent() -> None:
    worked = on(Rule(), Money(4900, "EUR"))
    assert worked.amount == Money(490, "EUR")
    assert worked.explanation == (
        "10 % of 49.00 EUR is 4.90 EUR (rule all v3). Held until 2026-12-04."
    )


@pytest.mark.parametrize(
    ("base", "bps", "earned"),
    [
        (Money(999, "JPY"), 1000, 99),
        (Money(9, "EUR"), 1000, 0),
        (Money(1234, "KWD"), 250, 30),
        (Money(100, "EUR"), 10_000, 100),
    ],
)
def test_less_than_a_smallest_unit_stays_with_the_house(base: Money, bps: int, earned: int) -> None:
    assert on(Rule(rate_bps=bps), base).amount.minor == earned


def test_a_flat_amount_is_never_more_than_the_sale() -> None:
    flat = Rule(rate_bps=None, flat_minor=500, currency="EUR")
    assert on(flat, Money(4900, "EUR")).amount == Money(500, "EUR")
    little = on(flat, Money(300, "EUR"))
    assert little.amount == Money(300, "EUR")
    assert "Not more than the sale's own 3.00 EUR." in little.explanation


def test_caps_hold_for_one_commission_and_for_all_of_a_referral() -> None:
    capped = Rule(currency="EUR", cap_minor=400, referral_cap_minor=1000)
    assert on(capped, Money(4900, "EUR")).amount == Money(400, "EUR")
    last = on(capped, Money(4900, "EUR"), before=900)
    assert last.amount == Money(100, "EUR")
    assert "Capped at 1.00 EUR for this referral, after earlier ones." in last.explanation
    assert not on(capped, Money(4900, "EUR"), before=1000).amount


@pytest.mark.parametrize(
    ("at", "earns"),
    [
        (BROUGHT - timedelta(seconds=1), False),
        (BROUGHT, True),
        (BROUGHT + timedelta(days=30), True),
        (BROUGHT + timedelta(days=30, seconds=1), False),
    ],
)
def test_only_what_is_bought_within_the_window_earns(at: datetime, earns: bool) -> None:
    worked = on(Rule(window_days=30), Money(4900, "EUR"), at=at)
    assert bool(worked.amount) is earns
    assert earns or "outside the 30 days" in worked.explanation


def test_the_nearest_rule_in_force_counts() -> None:
    everything = Rule()
    euro = Rule(currency="EUR")
    orders = Rule(scope="order")
    over = Rule(scope="order", currency="EUR", valid_to=NOW)
    to_come = Rule(scope="order", currency="EUR", valid_from=NOW + timedelta(days=1))
    rules = [orders, everything, over, euro, to_come]

    def chosen(scope: str, currency: str) -> Rule | None:
        return terms_for(rules, scope=scope, currency=currency, at=NOW)

    assert chosen("order", "EUR") is orders
    assert chosen("invoice", "EUR") is euro
    assert chosen("invoice", "JPY") is everything
    assert terms_for([over, to_come], scope="order", currency="EUR", at=NOW) is None
    assert terms_for([replace(over, valid_to=None)], scope="order", currency="EUR", at=NOW)
