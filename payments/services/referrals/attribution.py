"""Who brought whom: codes, and attribution to them, once and never to oneself."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from accounts.emails import same_mailbox
from accounts.models import User
from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound
from payments.enums import ReferredBy
from payments.house import as_house
from payments.models import Referral, ReferralCode

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is read as something else
LENGTH = 8  # 32^8: a million codes, a million guesses, one hit
ENTERED_WITHIN = timedelta(days=30)  # of signing up
EARNS_FOR = timedelta(days=730)  # whatever the rule says
LONGEST_CHAIN = 1000

# One attribution at a time: rings are seen only by whoever sees all of it.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('payments.referrals', 0))"


def code_of(user_id: UUID) -> ReferralCode:
    """A person's code, made when first asked for."""
    with as_house("referral code"), transaction.atomic():
        found = ReferralCode.objects.filter(user_id=user_id).first()
        return (
            found
            or ReferralCode.objects.get_or_create(user_id=user_id, defaults={"code": new_code()})[0]
        )


def new_code() -> str:
    """ "K7QM-2XWD": read aloud without trouble, not to be guessed."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{drawn[:4]}-{drawn[4:]}"


def attribute(*, user_id: UUID, code: str, source: ReferredBy) -> Referral:
    """Say that `user_id` came by a code. The same code again is no error.

    Raises Invalid for a code nobody has, Conflict for oneself, a second referrer, a ring, and
    when it is too late.
    """
    with as_house("referral"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(ONE_AT_A_TIME)
        found = ReferralCode.objects.select_related("user").filter(code=_tidy(code)).first()
        if found is None or found.closed_at:
            raise Invalid("Nobody has this code.", details={"code": ["Unknown code."]})
        referred = User.objects.filter(pk=user_id).first()
        if referred is None:
            raise NotFound("There is no such user.")
        known = Referral.objects.filter(referred=referred).first()
        if known is not None:
            if known.code_id == found.pk:
                return known
            raise Conflict("You came by another code already.")
        _refuse(found.user, referred)
        now = timezone.now()
        referral = Referral.objects.create(
            code=found,
            referrer=found.user,
            referred=referred,
            source=source,
            attributed_at=now,
            expires_at=now + EARNS_FOR,
        )
        record_audit(action="referral.attribute", resource=referral, details={"by": source})
        return referral


@transaction.atomic
def reject(*, referral_id: UUID, reason: str) -> Referral:
    """Staff: this was no real referral. It earns nothing from now on. Raises NotFound, Conflict."""
    referral = Referral.objects.select_for_update(of=("self",)).filter(pk=referral_id).first()
    if referral is None:
        raise NotFound("There is no such referral.")
    if referral.rejected_at:
        raise Conflict("It was rejected before.")
    referral.rejected_at = timezone.now()
    referral.save(update_fields=["rejected_at", "updated_at"])
    record_audit(action="referral.reject", resource=referral, details={"reason": reason})
    return referral


def _tidy(code: str) -> str:
    """As people type it: small letters, without the hyphen, with spaces."""
    plain = "".join(one for one in code.upper() if one in ALPHABET)
    return f"{plain[:4]}-{plain[4:]}"


def _refuse(referrer: User, referred: User) -> None:
    if referrer.pk == referred.pk or same_mailbox(referrer.email, referred.email):
        raise Conflict("Nobody brings themselves.")
    if timezone.now() - referred.created_at > ENTERED_WITHIN:
        days = ENTERED_WITHIN.days
        raise Conflict(f"A code is entered within {days} days of signing up.")
    above = referrer.pk
    for _ in range(LONGEST_CHAIN):
        found = Referral.objects.filter(referred_id=above).values_list("referrer_id", flat=True)
        if not found:
            return
        (above,) = found
        if above == referred.pk:
            raise Conflict("You brought them, directly or by others: they cannot bring you.")
