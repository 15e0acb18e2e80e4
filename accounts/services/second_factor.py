"""Two-factor for logins through the API, by the same authenticators as the pages (allauth.mfa)."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings

from accounts.limits import CODES
from accounts.lookups import looking_up
from accounts.models import User
from core.audit import record_audit
from core.errors import NotAuthenticated

CODE_WANTED = "Please give the code of your authenticator app."
CODE_WRONG = "The code is wrong or was used already."
SET_UP_FIRST = "Staff set up two-factor on the web pages first."
KEY_WANTED = "This user logs in with a security key, which works on the web pages only."

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(user_id: UUID) -> bool:
    """Whether a password alone is not enough. The caller may see the user's authenticators."""
    return Authenticator.objects.filter(user_id=user_id, type__in=FACTORS).exists()


def check_second_factor(*, user: User, code: str) -> None:
    """Accept a TOTP or recovery code, each once. Does nothing for users without a second factor.

    Raises NotAuthenticated with `details.code`, and RateLimited after five wrong codes in five
    minutes from wherever they come.
    """
    with looking_up():
        authenticators = list(Authenticator.objects.filter(user_id=user.pk))
    if not any(authenticator.type in FACTORS for authenticator in authenticators):
        if settings.STAFF_TWO_FACTOR_REQUIRED and user.is_staff:
            raise NotAuthenticated(SET_UP_FIRST, details={"code": [SET_UP_FIRST]})
        return
    with_codes = [a for a in authenticators if a.type != Authenticator.Type.WEBAUTHN]
    if not with_codes:
        raise NotAuthenticated(KEY_WANTED, details={"code": [KEY_WANTED]})
    if not code:
        raise NotAuthenticated(CODE_WANTED, details={"code": [CODE_WANTED]})
    CODES.spend(str(user.pk))
    with looking_up():
        accepted = next((a for a in with_codes if a.wrap().validate_code(code)), None)
        if accepted is not None:
            accepted.record_usage()
    if accepted is None:
        raise NotAuthenticated(CODE_WRONG, details={"code": [CODE_WRONG]})
    CODES.give_back(str(user.pk))


def remove_second_factor(*, user: User) -> int:
    """Take away every authenticator of somebody who lost theirs; staff with the right do it.

    Returns how many there were. Runs under the caller's identity: only an admin's rows change.
    """
    removed, _ = Authenticator.objects.filter(user_id=user.pk).delete()
    record_audit(
        action="user.remove_second_factor",
        resource=f"user:{user.pk}",
        details={"authenticators": removed},
    )
    return removed
