"""The demo's subscribers: on trial, paying, late, leaving, gone; with their invoices, booked.

They were never at a gateway. Nobody is told of them; their periods end in the future, so that no
job asks about them for weeks.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.utils import timezone

from accounts.enums import Tier
from accounts.models import User
from core.ids import new_id
from payments.billing_enums import Interval, InvoiceState, SubscriptionState
from payments.demo.words import fee_of
from payments.enums import GatewayName
from payments.gateways.billing import GatewaySubscription, SubscriptionSeen
from payments.house import as_house
from payments.models import PlanPrice, Subscription, SubscriptionEvent, SubscriptionInvoice
from payments.services.billing.access import review
from payments.services.billing.invoice_money import book
from payments.subscription_life import as_stored

MONTH = timedelta(days=30)
GRACE = timedelta(days=7)
S = SubscriptionState


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One person's subscription: `paid` months were paid, the last `into` days ago."""

    name: str
    gateway: GatewayName
    currency: str
    tier: Tier
    state: SubscriptionState = S.ACTIVE
    paid: int = 1
    into: int = 10
    language: str = "en"
    leaving: bool = False

    @property
    def email(self) -> str:
        """An address that does not exist."""
        return f"{self.name.lower().replace(' ', '.')}@example.com"


_STRIPE, _RAZORPAY, _PAYSTACK = GatewayName
PEOPLE = (
    Subscriber("Nora Lindqvist", _STRIPE, "EUR", Tier.PRO, paid=5, into=12),
    Subscriber("Tomas Herrera", _STRIPE, "EUR", Tier.STARTER, paid=4, into=3),
    Subscriber("Claire Fontaine", _STRIPE, "EUR", Tier.EXPERT, paid=6, into=21, language="fr"),
    Subscriber("Owen Blake", _STRIPE, "USD", Tier.PRO, paid=3, into=8),
    Subscriber("Salma Haddad", _STRIPE, "USD", Tier.ENTERPRISE, paid=3, into=15, language="ar"),
    Subscriber("Arjun Mehta", _RAZORPAY, "INR", Tier.PRO, paid=4, into=6),
    Subscriber("Priya Raman", _RAZORPAY, "INR", Tier.STARTER, paid=2, into=18),
    Subscriber("Amaka Obi", _PAYSTACK, "NGN", Tier.STARTER, paid=3, into=9),
    Subscriber("Jonas Weber", _STRIPE, "EUR", Tier.PRO, S.TRIALING, paid=0, into=5),
    Subscriber("Ines Duarte", _STRIPE, "EUR", Tier.PRO, S.TRIALING, paid=0, into=2),
    Subscriber("Femi Adeyemi", _PAYSTACK, "NGN", Tier.PRO, S.PAST_DUE, paid=3, into=2),
    Subscriber("Grace Miller", _STRIPE, "USD", Tier.STARTER, S.PAST_DUE, paid=2, into=4),
    Subscriber("Lukas Moser", _STRIPE, "EUR", Tier.STARTER, S.UNPAID, paid=2, into=14),
    Subscriber("Hana Sato", _STRIPE, "USD", Tier.EXPERT, paid=4, into=17, leaving=True),
    Subscriber("Marc Petit", _STRIPE, "EUR", Tier.PRO, S.CANCELLED, paid=3, into=26, language="fr"),
    Subscriber("Rohan Gupta", _RAZORPAY, "INR", Tier.PRO, S.CANCELLED, paid=1, into=20),
)
TRIAL = timedelta(days=14)
DECLINED = (S.PAST_DUE, S.UNPAID)


def make_subscribers() -> list[SubscriptionInvoice]:
    """Those that are missing; returns the invoices that were paid, the oldest first."""
    now = timezone.now()
    with as_house("demo"), transaction.atomic():
        known = set(User.objects.values_list("email", flat=True))
        paid = [
            invoice
            for person in PEOPLE
            if person.email not in known
            for invoice in _subscribe(person, now)
        ]
    return sorted(paid, key=lambda invoice: invoice.as_of)


def _subscribe(person: Subscriber, now: datetime) -> list[SubscriptionInvoice]:
    """The user, the row with its story, and an invoice a month."""
    user: User = User.objects.create_user(
        person.email, full_name=person.name, language=person.language, email_confirmed_at=now
    )
    price = PlanPrice.objects.select_related("plan").get(
        plan__tier=person.tier, interval=Interval.MONTH, currency=person.currency, offered=True
    )
    row = _row(person, user, price, now)
    row.save(force_insert=True)
    starts = [row.began_at + MONTH * place for place in range(person.paid)]
    invoices = [_invoice(row, price, at, number) for number, at in enumerate(starts, start=1)]
    for invoice in invoices:
        invoice.save(force_insert=True)
        book(invoice)
    if person.state in DECLINED:
        _open(row, price, person).save(force_insert=True)
    _tell(row, starts)
    User.objects.filter(pk=user.pk).update(created_at=row.began_at - timedelta(hours=1))
    review(user_id=user.pk)
    return invoices


def _row(person: Subscriber, user: User, price: PlanPrice, now: datetime) -> Subscription:
    since = now - timedelta(days=person.into)  # the present period
    owing = person.state in DECLINED
    trial = person.state == S.TRIALING
    ended = since + timedelta(days=2) if person.state == S.CANCELLED else None
    ends = since + (TRIAL if trial else MONTH)
    began = since - MONTH * (person.paid if owing else max(0, person.paid - 1))
    ref = new_id().hex
    return Subscription(
        user=user,
        gateway=person.gateway,
        gateway_ref=f"demo_sub_{ref}",
        customer_ref=f"demo_cus_{ref}",
        price_ref=f"demo_price_{price.pk.hex}",
        price=price,
        tier=person.tier,
        state=person.state,
        livemode=False,
        began_at=began,
        period_start=since,
        period_end=ends,
        trial_end=ends if trial else None,
        cancel_at_period_end=person.leaving,
        cancelled_at=now - timedelta(days=1) if person.leaving else ended,
        ended_at=ended,
        reason="Cancelled by the subscriber" if ended else "",
        past_due_since=since if owing else None,
        grace_until=since + GRACE if owing else ends if person.leaving else ends + GRACE,
        as_of=ended or since,
        surplus=False,
    )


def _invoice(row: Subscription, price: PlanPrice, at: datetime, number: int) -> SubscriptionInvoice:
    amount, ref = price.amount, new_id()
    fee = fee_of(row.gateway, amount)
    return SubscriptionInvoice(
        id=ref,
        subscription=row,
        gateway=row.gateway,
        gateway_ref=f"demo_in_{ref.hex}",
        number=f"{row.gateway_ref[-6:].upper()}-{number:04d}",
        reason="subscription_cycle" if number > 1 else "subscription_create",
        state=InvoiceState.PAID,
        currency=amount.currency,
        due_minor=amount.minor,
        paid_minor=amount.minor,
        fee_minor=fee.minor,
        fee_currency=fee.currency,
        period_start=at,
        period_end=at + MONTH,
        attempts=1,
        payment_ref=f"demo_pay_{ref.hex}",
        paid_at=at,
        as_of=at,
    )


def _open(row: Subscription, price: PlanPrice, person: Subscriber) -> SubscriptionInvoice:
    """The renewal that the bank declined."""
    invoice = _invoice(row, price, row.period_start or row.began_at, person.paid + 1)
    gave_up = person.state == S.UNPAID
    invoice.state = InvoiceState.UNCOLLECTIBLE if gave_up else InvoiceState.OPEN
    invoice.failed, invoice.attempts = True, 4 if gave_up else 2
    invoice.next_attempt_at = None if gave_up else row.grace_until
    invoice.paid_minor, invoice.paid_at, invoice.payment_ref = 0, None, None
    invoice.fee_minor = invoice.fee_currency = None
    return invoice


def _tell(row: Subscription, paid: list[datetime]) -> None:
    """What a gateway would have told: paid month after month, then how it stands now."""
    told = [(S.ACTIVE, at, at, at + MONTH) for at in paid if at < row.as_of]
    since = row.period_start or row.began_at
    told.append((S(row.state), row.as_of, since, row.period_end or since + MONTH))
    SubscriptionEvent.objects.bulk_create(
        [_story(row, *one, is_last=one is told[-1]) for one in told]
    )


def _story(
    row: Subscription,
    state: SubscriptionState,
    at: datetime,
    start: datetime,
    end: datetime,
    *,
    is_last: bool,
) -> SubscriptionEvent:
    seen = as_stored(
        GatewaySubscription(
            state=SubscriptionSeen(state.value),
            subscription_ref=row.gateway_ref,
            customer_ref=row.customer_ref,
            price_ref=row.price_ref,
            livemode=False,
            as_of=at,
            period_start=start,
            period_end=end,
            trial_end=row.trial_end,
            cancel_at_period_end=row.cancel_at_period_end and is_last,
            cancelled_at=row.cancelled_at if is_last else None,
            ended_at=row.ended_at if is_last else None,
            reason=row.reason if is_last else "",
        )
    )
    return SubscriptionEvent(
        subscription=row,
        as_of=at,
        state=state,
        seen=seen,
        digest=hashlib.sha256(msgspec.json.encode(seen, order="sorted")).hexdigest(),
        source="demo",
    )
