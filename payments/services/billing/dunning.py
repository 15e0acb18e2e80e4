"""What people are told when a renewal fails, a trial is about to end, a subscription has ended;
and the jobs that act when no gateway tells us anything."""

from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from babel.dates import format_date
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from core.errors import DomainError
from core.events import Ignore
from notifications.services.notify import notify
from payments.billing_enums import LIVE_SUBSCRIPTIONS, InvoiceState, SubscriptionState
from payments.house import as_house
from payments.models import Subscription, SubscriptionInvoice
from payments.services.billing import subscriptions
from payments.services.billing.access import review
from payments.services.billing.steps import apply_wish, ask

logger = structlog.get_logger(__name__)

TOLD_AHEAD = timedelta(days=3)
ASKED_AGAIN = timedelta(hours=1)
BEFORE_THE_END = timedelta(minutes=15)  # the job runs every five
AT_MOST = 200  # per run


def tell_payment_failed(invoice_id: str, *, attempt: int) -> None:
    """Once per try, with the next one and how long access is kept. Raises Ignore when paid."""
    invoice = SubscriptionInvoice.objects.select_related("subscription__user").get(pk=invoice_id)
    if invoice.state != InvoiceState.OPEN:
        raise Ignore(f"The invoice is {invoice.get_state_display().lower()} by now.")
    row = invoice.subscription
    language = row.user.language
    _tell(
        "subscription_payment_failed",
        row,
        f"dunning:{invoice.pk}:{attempt}",
        amount=invoice.due.as_json(),
        next_attempt=_day(invoice.next_attempt_at, language),
        access_until=_day(row.grace_until or row.period_end, language),
        url=invoice.hosted_url or settings.BASE_URL,
    )


def tell_ended(subscription_id: str) -> None:
    """Once, when it has ended. Raises Ignore for one that never began."""
    row = Subscription.objects.select_related("user", "price__plan").get(pk=subscription_id)
    if row.state != SubscriptionState.CANCELLED:
        raise Ignore("It was never paid for.")
    ended = _day(row.ended_at or row.as_of, row.user.language)
    _tell("subscription_cancelled", row, f"ended:{row.pk}", date=ended)


def tell_what_ends_soon(*, now: datetime | None = None) -> int:
    """Trials and cancelled subscriptions in their last three days, once each."""
    moment = now or datetime.now(UTC)
    soon = Q(period_end__gt=moment, period_end__lte=moment + TOLD_AHEAD)
    ends = Q(state=SubscriptionState.TRIALING) | Q(cancel_at_period_end=True)
    with as_house("what ends soon"), transaction.atomic():
        rows = Subscription.objects.filter(soon, ends, state__in=LIVE_SUBSCRIPTIONS, grants=True)
        found = list(rows.select_related("user", "price__plan").order_by("pk")[:AT_MOST])
        for row in found:
            _tell_ending(row)
    return len(found)


def end_access(*, now: datetime | None = None) -> int:
    """Take the tier from those whose time has run out, also when no event ever comes."""
    moment = now or datetime.now(UTC)
    with as_house("end access"), transaction.atomic():
        over = Subscription.objects.filter(grants=True, access_until__lte=moment)
        ids = list(over.order_by("access_until").values_list("pk", "user_id")[:AT_MOST])
    ended = 0
    for pk, user_id in ids:
        with as_house("end access"), transaction.atomic():
            review(user_id=user_id, now=moment)
            row = Subscription.objects.select_related("price__plan").get(pk=pk)
            subscriptions.announce("subscription.updated", row)
            ended += not row.grants
    return ended


def ask_about_silent(*, now: datetime | None = None) -> int:
    """Ask about subscriptions whose period is over without news; each once an hour at most."""
    moment = now or datetime.now(UTC)
    with as_house("silent subscriptions"), transaction.atomic():
        silent = Subscription.objects.filter(
            Q(asked_at=None) | Q(asked_at__lte=moment - ASKED_AGAIN),
            period_end__lte=moment,
            state__in=LIVE_SUBSCRIPTIONS,
        )
        rows = list(silent.order_by(F("asked_at").asc(nulls_first=True), "pk")[:AT_MOST])
    return _each(rows, lambda row: ask(subscription=row, source="asked"))


def apply_wishes(*, now: datetime | None = None) -> int:
    """Change to the smaller plans whose time has come, just before the period ends."""
    moment = now or datetime.now(UTC)
    with as_house("smaller plans"), transaction.atomic():
        due = Subscription.objects.filter(
            next_price__isnull=False,
            period_end__lte=moment + BEFORE_THE_END,
            state__in=LIVE_SUBSCRIPTIONS,
            cancel_at_period_end=False,
        )
        rows = list(due.select_related("next_price__plan", "price__plan").order_by("pk")[:AT_MOST])
    return _each(rows, lambda row: apply_wish(subscription=row))


def _tell_ending(row: Subscription) -> None:
    """A trial becomes a subscription that costs something; a cancelled one ends."""
    assert row.period_end is not None  # noqa: S101 - asked for by the caller
    date = _day(row.period_end, row.user.language)
    once = f"{row.pk}:{row.period_end:%Y-%m-%d}"
    if row.cancel_at_period_end:
        _tell("subscription_ending", row, f"ending:{once}", date=date)
    else:
        amount = row.price.amount.as_json() if row.price else None
        _tell("subscription_trial_ending", row, f"trial:{once}", date=date, amount=amount)


def _each(rows: list[Subscription], do: Any) -> int:
    """One by one: a refusal for one is no reason to leave the others."""
    done = 0
    for row in rows:
        try:
            do(row)
            done += 1
        except DomainError as why:
            logger.warning("billing.not_done", subscription=str(row.pk), why=why.message)
    return done


def _tell(kind: str, row: Subscription, once: str, **context: Any) -> None:
    plan = row.price.plan.name if row.price else "Tradewind"
    context.setdefault("url", settings.BASE_URL)
    notify(
        kind=kind,
        dedupe_key=once,
        context={"plan": plan, "name": row.user.full_name, **context},
        email=row.user.email,
        user_id=row.user_id,
        language=row.user.language,
    )


def _day(moment: datetime | None, language: str) -> str:
    return format_date(moment, format="long", locale=language) if moment else ""
