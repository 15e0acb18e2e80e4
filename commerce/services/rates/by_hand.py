"""Rates that staff set: a manual one covers the bank's, taking it back restores that; held figures
are approved or refused. Every step says who and why."""

from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from commerce import locks
from commerce.enums import RateSource, RateState
from commerce.models import ExchangeRate
from commerce.rates.convert import EURO
from commerce.rates.feed import SINCE
from commerce.rates.judge import COMPARED_WITHIN, percent_between
from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound
from core.identity import current_identity
from core.money import CURRENCIES

LARGEST = Decimal(10) ** 10
SMALLEST = Decimal(10) ** -10


@transaction.atomic
def set_manual_rate(
    *, day: date, currency: str, per_euro: Decimal, reason: str, is_sure: bool = False
) -> ExchangeRate:
    """Have one euro be so many of a currency on a day, and after it until the next rate.

    Raises Invalid for a day to come, the euro, no reason or a figure that is none; Conflict when
    it moves further than RATE_JUMP_PERCENT from the last rate and the caller is not sure.
    """
    _check(day, currency, per_euro, reason)
    locks.lock_rates()
    if not is_sure:
        _refuse_jump(day, currency, per_euro)
    at_day = ExchangeRate.objects.filter(day=day, currency=currency, state=RateState.IN_FORCE)
    at_day.filter(source=RateSource.ECB).update(state=RateState.COVERED, **_decided(reason))
    at_day.exclude(source=RateSource.ECB).update(state=RateState.REPLACED, **_decided(reason))
    rate = ExchangeRate.objects.create(
        day=day, currency=currency, per_euro=per_euro, source=RateSource.MANUAL,
        reason=reason.strip(), set_by=current_identity().user_id,
    )  # fmt: skip
    _note("rate.set", rate)
    return rate


@transaction.atomic
def withdraw_manual_rate(*, rate_id: int, reason: str) -> ExchangeRate:
    """Take a manual rate back: what the bank said of the day is in force again, if anything.

    Raises NotFound, Invalid without a reason, Conflict for a rate that is not manual and in force.
    """
    rate = _locked(rate_id, reason)
    if rate.source != RateSource.MANUAL or rate.state != RateState.IN_FORCE:
        raise Conflict(f"Only a manual rate in force is withdrawn; this one is {_words(rate)}.")
    _move(rate, RateState.WITHDRAWN, reason)
    covered = ExchangeRate.objects.filter(
        day=rate.day, currency=rate.currency, source=RateSource.ECB, state=RateState.COVERED
    ).order_by("-id")
    for bank in covered[:1]:
        _move(bank, RateState.IN_FORCE, reason)
    _note("rate.withdrawn", rate)
    return rate


@transaction.atomic
def approve_held_rate(*, rate_id: int, reason: str) -> list[ExchangeRate]:
    """Let a held figure into force, and with it the later held ones that follow from it.

    Returns those that were let in. Raises NotFound, Invalid without a reason, Conflict when it is
    not held (any more).
    """
    rate = _locked(rate_id, reason)
    if rate.state != RateState.HELD:
        raise Conflict(f"Only a held rate is approved; this one is {_words(rate)}.")
    _let_in(rate, reason)
    let_in = [rate]
    later = ExchangeRate.objects.filter(
        currency=rate.currency, state=RateState.HELD, day__gt=rate.day
    ).order_by("day", "id")
    for held in later:
        last = let_in[-1]
        if held.day - last.day > COMPARED_WITHIN or _is_jump(last.per_euro, held.per_euro):
            break
        _let_in(held, f"Follows from {last}, which was approved.")
        let_in.append(held)
    return let_in


@transaction.atomic
def refuse_held_rate(*, rate_id: int, reason: str) -> ExchangeRate:
    """Never use a held figure. The rate before it stays in force. Raises as `approve_held_rate`."""
    rate = _locked(rate_id, reason)
    if rate.state != RateState.HELD:
        raise Conflict(f"Only a held rate is refused; this one is {_words(rate)}.")
    _move(rate, RateState.REFUSED, reason)
    _note("rate.refused", rate)
    return rate


def _let_in(rate: ExchangeRate, reason: str) -> None:
    """In force, or behind the manual rate of its day; what the bank said before gives way."""
    at_day = ExchangeRate.objects.filter(day=rate.day, currency=rate.currency)
    by_hand = at_day.filter(source=RateSource.MANUAL, state=RateState.IN_FORCE).exists()
    at_day.exclude(source=RateSource.MANUAL).filter(
        state__in=[RateState.IN_FORCE, RateState.COVERED]
    ).update(state=RateState.REPLACED, **_decided(reason))
    _move(rate, RateState.COVERED if by_hand else RateState.IN_FORCE, reason)
    _note("rate.approved", rate)


def _locked(rate_id: int, reason: str) -> ExchangeRate:
    if not reason.strip():
        raise Invalid("Say why.", details={"reason": ["This field is required."]})
    locks.lock_rates()
    rate = ExchangeRate.objects.filter(pk=rate_id).first()
    if rate is None:
        raise NotFound("There is no such rate.")
    return rate


def _move(rate: ExchangeRate, state: RateState, reason: str) -> None:
    ExchangeRate.objects.filter(pk=rate.pk).update(state=state, **_decided(reason))
    rate.refresh_from_db()


def _decided(reason: str) -> dict[str, object]:
    return {
        "decided_by": current_identity().user_id,
        "decided_at": Now(),
        "decision": reason.strip(),
    }


def _note(action: str, rate: ExchangeRate) -> None:
    said = {"day": str(rate.day), "currency": rate.currency, "per_euro": f"{rate.per_euro:f}"}
    record_audit(action=action, resource=rate, details=said)


def _check(day: date, currency: str, per_euro: Decimal, reason: str) -> None:
    wrong: dict[str, list[str]] = {}
    if not SINCE <= day <= timezone.now().date():
        wrong["day"] = [f"From {SINCE} to today."]
    if currency == EURO:
        wrong["currency"] = ["Rates say what one euro is; the euro is always one."]
    elif currency not in CURRENCIES:
        wrong["currency"] = ["Not a currency code."]
    if not per_euro.is_finite() or not SMALLEST <= per_euro < LARGEST:
        wrong["per_euro"] = ["More than nothing, and less than ten thousand million."]
    elif per_euro != round(per_euro, 10):
        wrong["per_euro"] = ["Ten digits after the point at most."]
    if not reason.strip():
        wrong["reason"] = ["This field is required."]
    if wrong:
        raise Invalid("The rate cannot be set.", details=wrong)


def _refuse_jump(day: date, currency: str, per_euro: Decimal) -> None:
    last = (
        ExchangeRate.objects.filter(
            currency=currency, state=RateState.IN_FORCE, day__lte=day,
            day__gte=day - timedelta(days=100),
        )
        .order_by("-day")
        .first()
    )  # fmt: skip
    if last is not None and _is_jump(last.per_euro, per_euro):
        percent = percent_between(last.per_euro, per_euro)
        raise Conflict(
            f"That moves by {percent:+.1f} % from {last}. Say that you are sure.",
            details={"per_euro": [f"Moves by {percent:+.1f} %."]},
        )


def _is_jump(old: Decimal, new: Decimal) -> bool:
    return abs(percent_between(old, new)) > settings.RATE_JUMP_PERCENT


def _words(rate: ExchangeRate) -> str:
    source, state = RateSource(rate.source).label, RateState(rate.state).label
    return f"{source}, {state.lower()}"
