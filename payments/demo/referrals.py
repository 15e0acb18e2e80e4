"""Terms on which the demo's people bring others, and a code to try them with."""

from datetime import UTC, datetime

from django.db import transaction

from accounts.models import User
from core.identity import acting_as_system
from payments.enums import RuleScope
from payments.models import CommissionRule
from payments.services.referrals.attribution import code_of
from payments.services.referrals.terms import begin_rule

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def offer_referrals(*, owner: str = "shopper@example.com") -> None:
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
