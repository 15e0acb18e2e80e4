"""People who bring people, and the terms they do it on."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction

from accounts.models import User
from payments.enums import ReferredBy
from payments.models import CommissionRule, Referral
from payments.services.referrals.attribution import attribute, code_of

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_serial = count(1)


def person(email: str = "", **fields: Any) -> User:
    """Somebody with a login."""
    return User.objects.create_user(email or f"person{next(_serial)}@people.example", **fields)


@transaction.atomic
def rule(**terms: Any) -> CommissionRule:
    """Ten percent of everything, for a year, payable after two weeks; unless `terms` differ."""
    defaults: dict[str, Any] = {
        "version": next(_serial),
        "valid_from": LONG_AGO,
        "window_days": 365,
        "hold_days": 14,
    }
    if "flat_minor" not in terms:
        defaults["rate_bps"] = 1000
    return CommissionRule.objects.create(**(defaults | terms))


@transaction.atomic
def brought(referrer: User | None = None, referred: User | None = None) -> Referral:
    """Somebody who came by somebody's code, a little while ago."""
    code = code_of((referrer or person()).pk).code
    referral = attribute(
        user_id=(referred or person()).pk, code=code, source=ReferredBy.REGISTRATION
    )
    referral.attributed_at -= timedelta(minutes=1)
    referral.save()
    return referral
