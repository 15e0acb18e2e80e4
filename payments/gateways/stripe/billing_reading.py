"""Stripe's customers, subscriptions and invoices, as plain dicts, in our words.

Since basil (2025-03-31) a period belongs to the subscription's item, an invoice names its
subscription under `parent`, and its money is a list of payments.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeGuard, TypeVar
from uuid import UUID

from core.errors import Invalid
from core.money import MAX_MINOR, Money, MoneyError
from payments.gateways.billing import (
    GatewayCustomer,
    GatewayInvoice,
    GatewaySubscription,
    InvoiceSeen,
    SubscriptionSeen,
)
from payments.gateways.minor_units import from_gateway
from payments.gateways.stripe.reading import Unreadable

Raw = dict[str, Any]
T = TypeVar("T")
SLUG = "stripe"
USER_KEY = "tradewind_user"
LONGEST_WORD = 500  # characters
STATES = {
    "incomplete": SubscriptionSeen.INCOMPLETE,
    "incomplete_expired": SubscriptionSeen.EXPIRED,
    "trialing": SubscriptionSeen.TRIALING,
    "active": SubscriptionSeen.ACTIVE,
    "past_due": SubscriptionSeen.PAST_DUE,
    "unpaid": SubscriptionSeen.UNPAID,
    "paused": SubscriptionSeen.PAUSED,
    "canceled": SubscriptionSeen.CANCELLED,
}


def customer(raw: Raw) -> GatewayCustomer:
    """A customer. Raises Unreadable."""
    return _reading(
        raw,
        lambda: GatewayCustomer(
            customer_ref=_text(raw["id"]),
            email=str(raw.get("email") or "")[:LONGEST_WORD],
            livemode=_flag(raw["livemode"]),
            user_id=user_id(raw),
        ),
    )


def subscription(raw: Raw, *, as_of: datetime) -> GatewaySubscription:
    """A subscription with one item, as ours are. Raises Unreadable."""
    return _reading(raw, lambda: _subscription(raw, as_of))


def invoice(raw: Raw, *, as_of: datetime, failed: bool | None = None) -> GatewayInvoice:
    """An invoice of a subscription; `failed` where the event says so. Raises Unreadable."""
    return _reading(raw, lambda: _invoice(raw, as_of, failed))


def subscription_of(raw: Raw) -> str:
    """The id of the subscription an invoice belongs to, "" for one that was written by hand."""
    parent = raw.get("parent")
    details = parent.get("subscription_details") if isinstance(parent, dict) else None
    named = details.get("subscription") if isinstance(details, dict) else None
    return _id(named) or _id(raw.get("subscription"))  # before basil


def user_id(raw: Raw) -> UUID | None:
    """Our user, where the object carries the word we gave along."""
    written = (raw.get("metadata") or {}).get(USER_KEY)
    try:
        return UUID(written) if written else None
    except (ValueError, AttributeError, TypeError):
        return None


def moment(seconds: Any) -> datetime | None:
    """Unix seconds as UTC."""
    if seconds is None:
        return None
    if type(seconds) is not int or not 0 <= seconds < 2**35:
        raise Unreadable(f"{seconds!r} is no time.")
    return datetime.fromtimestamp(seconds, UTC)


def _subscription(raw: Raw, as_of: datetime) -> GatewaySubscription:
    item = raw["items"]["data"][0]
    status = raw["status"]
    if status not in STATES:
        raise Unreadable(f"A subscription {status!r} is not known.")
    details = raw.get("cancellation_details") or {}
    period_end = moment(item.get("current_period_end", raw.get("current_period_end")))
    cancel_at = moment(raw.get("cancel_at"))
    ends = cancel_at is not None and period_end is not None and cancel_at <= period_end
    return GatewaySubscription(
        state=STATES[status],
        subscription_ref=_text(raw["id"]),
        customer_ref=_id(raw["customer"]),
        price_ref=_id(item["price"]),
        livemode=_flag(raw["livemode"]),
        as_of=as_of,
        user_id=user_id(raw),
        period_start=moment(item.get("current_period_start", raw.get("current_period_start"))),
        period_end=period_end,
        trial_end=moment(raw.get("trial_end")),
        cancel_at_period_end=_flag(raw["cancel_at_period_end"]) or ends,
        cancelled_at=moment(raw.get("canceled_at")),
        ended_at=moment(raw.get("ended_at")),
        reason=str(details.get("reason") or "")[:LONGEST_WORD],
    )


def _invoice(raw: Raw, as_of: datetime, failed: bool | None) -> GatewayInvoice:
    currency = raw["currency"]
    state = InvoiceSeen(raw["status"])
    attempts = raw["attempt_count"]
    if type(attempts) is not int:
        raise Unreadable(f"{attempts!r} is no number of tries.")
    if failed is None:
        failed = state is InvoiceSeen.OPEN and attempts > 0
    period = _period(raw)
    return GatewayInvoice(
        state=state,
        invoice_ref=_text(raw["id"]),
        subscription_ref=subscription_of(raw),
        customer_ref=_id(raw["customer"]),
        due=_money(raw["amount_due"], currency),
        paid=_money(raw["amount_paid"], currency),
        livemode=_flag(raw["livemode"]),
        as_of=as_of,
        number=str(raw.get("number") or "")[:LONGEST_WORD],
        reason=str(raw.get("billing_reason") or "")[:LONGEST_WORD],
        failed=failed,
        attempts=attempts,
        next_attempt_at=moment(raw.get("next_payment_attempt")),
        period_start=moment(period.get("start")),
        period_end=moment(period.get("end")),
        payment_ref=_payment_of(raw),
        hosted_url=str(raw.get("hosted_invoice_url") or "")[:2000],
    )


def _period(raw: Raw) -> Raw:
    """What is paid for: the line's period. The invoice's own is the one before."""
    lines = (raw.get("lines") or {}).get("data") or []
    return dict(lines[-1]["period"]) if lines else {}


def _payment_of(raw: Raw) -> str:
    """The intent with which it was paid, where the list of payments is there."""
    payments = (raw.get("payments") or {}).get("data") or []
    paid = [one for one in payments if one.get("status") == "paid"] or payments
    return next((_id((one.get("payment") or {}).get("payment_intent")) for one in paid), "")


def _reading(raw: Raw, make: Callable[[], T]) -> T:
    try:
        return make()
    except (
        KeyError, IndexError, TypeError, AttributeError, ValueError, Invalid, MoneyError,
    ) as error:  # fmt: skip
        raise Unreadable(f"{raw.get('object')} {raw.get('id')}: {error!r}") from error


def _money(number: Any, currency: Any) -> Money:
    if type(number) is not int or not isinstance(currency, str):
        raise Unreadable(f"{number!r} {currency!r} is no amount.")
    money = from_gateway(SLUG, number, currency)
    if abs(money.minor) > MAX_MINOR:
        raise Unreadable(f"{number} {currency} is more than we book.")
    return money


def _id(value: Any) -> str:
    """The id of something that may be expanded."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if _is_word(found) else ""


def _text(value: Any) -> str:
    if not value or not _is_word(value):
        raise Unreadable(f"{value!r} is no id.")
    return value


def _is_word(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= LONGEST_WORD and "\x00" not in value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unreadable(f"{value!r} is neither true nor false.")
    return value
