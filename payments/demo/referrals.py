"""Terms on which the demo's people bring others, who brought whom, and what it earned them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import transaction

from accounts.models import User
from core.identity import acting_as_system
from core.money import Money
from payments.commission_rules import terms_for, work_out
from payments.enums import PayeeKind, ReferredBy, RuleScope, SaleType
from payments.models import Commission, CommissionRule, Referral, SubscriptionInvoice
from payments.services.books.accounts import REFERRAL_COST
from payments.services.books.ledger import moved, post
from payments.services.referrals.attribution import EARNS_FOR, code_of
from payments.services.referrals.commissions import let_mature
from payments.services.referrals.terms import begin_rule
from payments.services.sharing.payables import Creditor, know, owe
from payments.services.sharing.returns import EARNED
from payments.services.sharing.sales import lock_sale

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
SHOPPER = "shopper@example.com"
# who came by whose code
BROUGHT = {
    "nora.lindqvist@example.com": SHOPPER,
    "claire.fontaine@example.com": SHOPPER,
    "owen.blake@example.com": SHOPPER,
    "arjun.mehta@example.com": SHOPPER,
    "salma.haddad@example.com": "claire.fontaine@example.com",
    "hana.sato@example.com": "owen.blake@example.com",
}


def offer_referrals(*, owner: str = SHOPPER) -> None:
    """Ten percent on whatever people buy whom somebody brought; a code for one of the logins."""
    with acting_as_system("demo"), transaction.atomic():
        if not CommissionRule.objects.exists():
            begin_rule(
                scope=RuleScope.ALL,
                currency=None,
                valid_from=SINCE,
                rate_bps=1000,
                window_days=365,
                hold_days=14,
            )
        user = User.objects.filter(email=owner).first()
        if user is not None:
            code_of(user.pk)


def bring_people(paid: Sequence[SubscriptionInvoice]) -> None:
    """Who brought whom, and the commissions on what those have paid. Nobody is told."""
    with acting_as_system("demo"), transaction.atomic():
        people = {user.email: user for user in User.objects.filter(email__in=_everybody())}
        brought = {
            people[email].pk: _refer(people[by], people[email])
            for email, by in BROUGHT.items()
            if email in people and by in people
        }
        for invoice in paid:
            referral = brought.get(invoice.subscription.user_id)
            if referral is not None:
                _earn(referral, invoice)
        let_mature()


def _everybody() -> set[str]:
    return {*BROUGHT, *BROUGHT.values()}


def _refer(referrer: User, referred: User) -> Referral:
    joined = referred.created_at
    referral, _ = Referral.objects.get_or_create(
        referred=referred,
        defaults={
            "code": code_of(referrer.pk),
            "referrer": referrer,
            "source": ReferredBy.REGISTRATION,
            "attributed_at": joined,
            "expires_at": joined + EARNS_FOR,
        },
    )
    return referral


def _earn(referral: Referral, invoice: SubscriptionInvoice) -> None:
    """As services.referrals.commissions books it, without its news."""
    at = invoice.as_of
    rules = CommissionRule.objects.all()
    rule = terms_for(rules, scope=SaleType.INVOICE, currency=invoice.currency, at=at)
    if rule is None:
        return
    worked = work_out(
        rule,
        base=invoice.paid,
        at=at,
        brought_at=referral.attributed_at,
        earned_before=Money.zero(invoice.currency),
    )
    sale = lock_sale(source_type=SaleType.INVOICE, source_id=invoice.pk, currency=invoice.currency)
    earned = Commission.objects.create(
        referral=referral,
        beneficiary_id=referral.referrer_id,
        sale=sale,
        source_type=sale.type,
        source_id=sale.source_id,
        rule=rule,
        currency=invoice.currency,
        base_minor=invoice.paid_minor,
        amount_minor=worked.amount.minor,
        earned_at=at,
        held_until=worked.held_until,
        explanation=worked.explanation,
    )
    creditor = Creditor(PayeeKind.REFERRER, referral.referrer_id, str(referral.referrer))
    know([creditor])
    owe(
        payee_id=creditor.id,
        sale=sale,
        cause=EARNED,
        amount=earned.amount,
        available_at=earned.held_until,
    )
    post(
        kind="commission",
        source=str(earned.pk),
        description=earned.explanation,
        entries=moved(earned.amount, to=REFERRAL_COST, out_of=creditor.account),
    )
