"""What each kind is about, whether it may be switched off, and whether it may wait.

Essential: money, access, what the law asks for. It ignores choices and quiet hours. Marketing
needs a yes. `digest`: during quiet hours it may be merged with others into one mail.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from notifications.enums import Category, Subject
from notifications.kinds.own import PREFIX, own_kind

ESSENTIAL, SERVICE, MARKETING = Category.ESSENTIAL, Category.SERVICE, Category.MARKETING
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Throttle:
    """At most `most` of a kind to one person `within` that time, on each channel."""

    most: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Manner:
    """How one kind behaves towards people."""

    subject: Subject
    importance: Category = SERVICE
    digest: bool = True
    chosen: bool = True  # False: nobody is asked about it, its parts were
    throttle: Throttle | None = None


_ACCOUNT = Manner(Subject.ACCOUNT, ESSENTIAL)
_ORDER = Manner(Subject.ORDERS)
_ORDER_MONEY = Manner(Subject.ORDERS, ESSENTIAL)
_PAYMENT = Manner(Subject.PAYMENTS, ESSENTIAL)
_PLAN = Manner(Subject.SUBSCRIPTIONS)
_PLAN_MONEY = Manner(Subject.SUBSCRIPTIONS, ESSENTIAL)
_PROGRESS = Manner(Subject.PROGRESS)
_VENDOR = Manner(Subject.VENDOR)
_VENDOR_ACCESS = Manner(Subject.VENDOR, ESSENTIAL)
_SHOP = Manner(Subject.SHOP)

MANNERS: dict[str, Manner] = {
    "email_confirmation": _ACCOUNT,
    "password_reset": _ACCOUNT,
    "password_changed": _ACCOUNT,
    "contact_confirmation": _ACCOUNT,
    "welcome": _ACCOUNT,
    "order_placed": _ORDER_MONEY,
    "order_payment_request": _ORDER_MONEY,
    "order_cancelled": _ORDER_MONEY,
    "order_refunded": _ORDER_MONEY,
    "order_part_cancelled": _ORDER_MONEY,
    "order_changed": _ORDER_MONEY,
    "order_waits_for_stock": _ORDER_MONEY,
    "order_status_changed": _ORDER,
    "order_confirmed": _ORDER,
    "order_processing": _ORDER,
    "order_shipped": _ORDER,
    "order_out_for_delivery": _ORDER,
    "order_delivered": _ORDER,
    "order_part_shipped": _ORDER,
    "order_step_taken_back": _ORDER,
    "order_back_in_stock": _ORDER,
    "return_status_changed": _ORDER,
    "payment_thank_you": _PAYMENT,
    "payment_failed": _PAYMENT,
    "payment_refunded": _PAYMENT,
    "subscription_payment_failed": _PLAN_MONEY,
    "subscription_cancelled": _PLAN_MONEY,
    "subscription_trial_ending": _PLAN,
    "subscription_ending": _PLAN,
    "weekly_progress": Manner(Subject.PROGRESS, digest=False),
    "achievement": _PROGRESS,
    "workshop_completed": _PROGRESS,
    "referral_commission": Manner(Subject.REFERRALS),
    "vendor_new_order": _VENDOR,
    "vendor_order_cancelled": _VENDOR,
    "vendor_order_changed": _VENDOR,
    "vendor_return_requested": _VENDOR,
    "vendor_status_changed": _VENDOR_ACCESS,
    "vendor_invitation": _VENDOR_ACCESS,
    "stock_low": _SHOP,
    "contact_notice": _SHOP,
    "rates_held": _SHOP,
    "dispute_opened": Manner(Subject.SHOP, ESSENTIAL),
    "devices_alarm": Manner(Subject.SHOP, ESSENTIAL),
    "staff_push": Manner(Subject.ACCOUNT),
    "cart_reminder": Manner(Subject.CARTS, MARKETING, digest=False, throttle=Throttle(2, 7 * DAY)),
    "campaign": Manner(Subject.OFFERS, MARKETING, digest=False),
    "campaign_push": Manner(Subject.OFFERS, MARKETING, digest=False),
    "digest": Manner(Subject.ACCOUNT, digest=False, chosen=False),
}
_UNKNOWN = Manner(Subject.ACCOUNT, digest=False, chosen=False)

ASKED_FIRST = frozenset({Subject.OFFERS})
"""Subjects that nobody hears about before they said yes. Reminders of carts are no such subject:
the cart itself asks (commerce/services/carts/abandoned.py)."""

SWITCHABLE = tuple(
    subject
    for subject in Subject
    if any(
        one.subject is subject and one.importance != ESSENTIAL and one.chosen
        for one in MANNERS.values()
    )
)
"""Subjects with something in them that may be switched off, in the order people see them."""


def manner_of(kind: str) -> Manner:
    """How a kind behaves; one that is no longer declared goes as service about the account."""
    return MANNERS.get(kind) or (MANNERS["campaign"] if own_kind(kind) else _UNKNOWN)


def told_about(subject: str) -> Q:
    """Which notifications are about a subject, by their kind."""
    declared = Q(kind__in=[key for key, one in MANNERS.items() if one.subject == subject])
    is_own = subject == MANNERS["campaign"].subject
    return declared | Q(kind__startswith=PREFIX) if is_own else declared
