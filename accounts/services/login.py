"""Logging in with e-mail address, password and, where it is set up, a second factor."""

from accounts.backends import EmailBackend
from accounts.emails import normalise_email
from accounts.limits import LOGIN, WRONG_PASSWORDS
from accounts.lookups import looking_up, user_by_email
from accounts.models import User
from accounts.services.second_factor import check_second_factor
from accounts.services.tokens import Tokens, begin_login
from core.audit import record_audit
from core.errors import NotAuthenticated
from core.requests.client import UNKNOWN, network_of

WRONG = "The e-mail address or the password is wrong."


def log_in(
    *,
    email: str,
    password: str,
    code: str = "",
    ip: str = UNKNOWN,
    agent: str = "",
) -> Tokens:
    """Prove who it is and begin a login.

    An unknown address, a wrong password and a disabled user get the same answer at the same
    cost. An address that is not confirmed yet may log in (docs/decisions/0011).
    Raises NotAuthenticated and RateLimited. Call it outside a transaction: what a refusal writes
    must stay, and the slow hash must not hold a connection.
    """
    network, address = network_of(ip), normalise_email(email)
    WRONG_PASSWORDS.check(network)
    LOGIN.spend(network, address)
    user = EmailBackend().authenticate(None, email=address, password=password)
    if user is None:
        WRONG_PASSWORDS.spend(network)
        _record(user_by_email(address), success=False, why="password")
        raise NotAuthenticated(WRONG)
    try:
        check_second_factor(user=user, code=code)
    except NotAuthenticated:
        if code:
            _record(user, success=False, why="second factor")
        raise
    LOGIN.give_back(network, address)
    tokens = begin_login(user=user, ip=ip, agent=agent)
    _record(user, success=True)
    return tokens


def _record(user: User | None, *, success: bool, why: str = "") -> None:
    """Tries on unknown addresses are counted by the limits, not written down."""
    if user is None:
        return
    with looking_up():
        record_audit(
            action="user.login",
            resource=f"user:{user.pk}",
            details={"wrong": why} if why else {},
            success=success,
        )
