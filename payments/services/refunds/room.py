"""How much of what came in may still go back, and through which try."""

from collections.abc import Iterable

from django.db.models import Sum

from core.money import Money
from payments.enums import OPEN_DISPUTES, REFUND_OVER, AttemptState, DisputeState
from payments.models import Dispute, Payment, PaymentAttempt, Refund


def refundable(payment: Payment) -> Money:
    """The most that one refund may give back now."""
    rooms = [left_of(attempt) for attempt in captured_attempts(payment)]
    return max(rooms, key=lambda room: room.minor, default=Money.zero(payment.currency))


def captured_attempts(payment: Payment) -> list[PaymentAttempt]:
    """Where money came in; what is owed back anyway comes first."""
    captured = payment.attempts.filter(state=AttemptState.CAPTURED)
    return list(captured.order_by("-overpaid", "id"))


def attempt_with_room(payment: Payment, amount: Money) -> PaymentAttempt | None:
    """The try through which `amount` can go back; None when it is more than is left."""
    for attempt in captured_attempts(payment):
        room = left_of(attempt)
        if room.currency == amount.currency and amount <= room:
            return attempt
    return None


def left_of(attempt: PaymentAttempt) -> Money:
    """What came in, less what goes back and what a bank took or wants to take back itself."""
    gone = going_back(attempt) + _disputed(attempt)
    return Money(max(0, (attempt.captured - gone).minor), attempt.captured.currency)


def going_back(attempt: PaymentAttempt, *, but: Iterable[Refund] = ()) -> Money:
    """The sum of an attempt's refunds that are not over, without those in `but`."""
    rows = Refund.objects.filter(attempt=attempt).exclude(state__in=REFUND_OVER)
    rows = rows.exclude(pk__in=[refund.pk for refund in but])
    total = rows.aggregate(total=Sum("amount_minor"))["total"]
    return Money(int(total or 0), attempt.captured.currency)


def let_go_alone(payment: Payment, currency: str) -> Money:
    """What goes back of a payment, through any try, without a second person having agreed."""
    rows = Refund.objects.filter(payment=payment, currency=currency, two_people=False)
    total = rows.exclude(state__in=REFUND_OVER).aggregate(total=Sum("amount_minor"))["total"]
    return Money(int(total or 0), currency)


def _disputed(attempt: PaymentAttempt) -> Money:
    wanted = Dispute.objects.filter(
        attempt=attempt,
        currency=attempt.captured.currency,
        state__in=[*OPEN_DISPUTES, DisputeState.LOST],
    ).aggregate(total=Sum("amount_minor"))["total"]
    return Money(int(wanted or 0), attempt.captured.currency)
