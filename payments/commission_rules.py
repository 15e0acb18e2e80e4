"""What a commission comes to, and why: pure computation, no database.

Every cent has its line: "10 % of 49.00 EUR is 4.90 EUR (all v3). Held until 2026-12-04."
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from core.money import Money

BPS = 10_000


class Terms(Protocol):
    """One version of a rule; `payments.models.CommissionRule` is one."""

    scope: str
    version: int
    currency: str | None
    rate_bps: int | None
    flat_minor: int | None
    cap_minor: int | None
    referral_cap_minor: int | None
    window_days: int
    hold_days: int
    valid_from: datetime
    valid_to: datetime | None


T = TypeVar("T", bound=Terms)


@dataclass(frozen=True, slots=True)
class Worked:
    """What was earned; nothing is possible, and explained too."""

    amount: Money
    held_until: datetime
    explanation: str


def terms_for(rules: Iterable[T], *, scope: str, currency: str, at: datetime) -> T | None:
    """The rule in force at `at`: one for this scope before one for all, one for this currency
    before one for every currency. None when nobody earns anything."""
    fitting = [
        rule
        for rule in rules
        if rule.scope in (scope, "all")
        and rule.currency in (currency, None)
        and rule.valid_from <= at
        and (rule.valid_to is None or at < rule.valid_to)
    ]
    fitting.sort(key=lambda rule: (rule.scope == scope, rule.currency == currency))
    return fitting[-1] if fitting else None


def work_out(
    terms: Terms, *, base: Money, at: datetime, brought_at: datetime, earned_before: Money
) -> Worked:
    """The commission on `base`, sold at `at` to somebody who was brought at `brought_at`.

    `earned_before` is what the same referral has earned so far in this currency. Less than a
    smallest unit stays with the house.
    """
    held_until = at + timedelta(days=terms.hold_days)
    nothing = Money.zero(base.currency)
    if not brought_at <= at <= brought_at + timedelta(days=terms.window_days):
        why = f"Bought outside the {terms.window_days} days after the referral ({_name(terms)})."
        return Worked(nothing, held_until, why)
    amount, sentences = _by_rate_or_flat(terms, base)
    amount = _capped(amount, terms.cap_minor, "a commission", sentences)
    if terms.referral_cap_minor is not None:
        room = max(terms.referral_cap_minor - earned_before.minor, 0)
        amount = _capped(amount, room, "this referral, after earlier ones", sentences)
    if amount.minor <= 0:
        return Worked(nothing, held_until, " ".join(sentences))
    sentences.append(f"Held until {held_until:%Y-%m-%d}.")
    return Worked(amount, held_until, " ".join(sentences))


def _by_rate_or_flat(terms: Terms, base: Money) -> tuple[Money, list[str]]:
    if terms.rate_bps is not None:
        amount = Money(base.minor * terms.rate_bps // BPS, base.currency)
        return amount, [f"{terms.rate_bps / 100:g} % of {base} is {amount} ({_name(terms)})."]
    flat = Money(terms.flat_minor or 0, base.currency)
    amount = min(flat, base)
    sentences = [f"{flat} a sale ({_name(terms)})."]
    if amount < flat:
        sentences.append(f"Not more than the sale's own {base}.")
    return amount, sentences


def _capped(amount: Money, cap_minor: int | None, of: str, sentences: list[str]) -> Money:
    if cap_minor is None or amount.minor <= cap_minor:
        return amount
    cap = Money(cap_minor, amount.currency)
    sentences.append(f"Capped at {cap} for {of}.")
    return cap


def _name(terms: Terms) -> str:
    lane = f"{terms.scope} {terms.currency}" if terms.currency else terms.scope
    return f"rule {lane} v{terms.version}"
