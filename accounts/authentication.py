"""Credentials of API requests: access token, API key, admin session. One check follows them all.

Each answers None when its credentials are absent, and refuses (401) when they are there but not
good: a wrong token never falls through to being nobody. `request.auth` is a Grant.
"""

from django.conf import settings
from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import access_tokens
from accounts.grants import Grant
from accounts.lookups import login_of, looking_up, own_copy
from accounts.models import User
from accounts.scopes import scopes_of
from accounts.services.api_keys import find_api_key, scopes_of_key
from accounts.services.second_factor import has_second_factor

REALM = 'Bearer realm="tradewind"'
LONGEST_HEADER = 4096


def bearer(token: str) -> tuple[User, Grant] | None:
    """Who an access token speaks for, and how far; None when it is not (or no longer) good.

    Also for doors outside the API frame (the event stream).
    """
    try:
        claims = access_tokens.read(token)
    except access_tokens.TokenRefused:
        return None
    login = login_of(claims.family_id)
    if login is None or login.user.pk != claims.user_id or not login.holds(epoch=claims.epoch):
        return None
    user = own_copy(login.user)
    return user, Grant("token", scopes_of(user.role), family_id=claims.family_id)


def key_holder(text: str) -> tuple[User, Grant] | None:
    """Whom an API key acts for, and how far; None when it is not good."""
    key = find_api_key(text)
    if key is None:
        return None
    return own_copy(key.owner), Grant("key", scopes_of_key(key), api_key_id=key.pk)


class AccessTokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <access token>`."""

    def authenticate(self, request: Request) -> tuple[User, Grant] | None:
        """The token's user. Raises AuthenticationFailed for a token that is not good."""
        given = request.META.get("HTTP_AUTHORIZATION", "").replace("\t", " ")
        scheme, _, token = given.strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = bearer(token.strip()) if len(token) < LONGEST_HEADER else None
        if found is None:
            raise AuthenticationFailed("The access token is not valid. Refresh it or log in again.")
        return found

    def authenticate_header(self, request: Request) -> str:
        """What 401 answers name in `WWW-Authenticate`."""
        return REALM


class ApiKeyAuthentication(authentication.BaseAuthentication):
    """`X-API-Key: tw_live_...`."""

    def authenticate(self, request: Request) -> tuple[User, Grant] | None:
        """The key's owner, with the key's scopes. Raises AuthenticationFailed otherwise."""
        text = request.META.get("HTTP_X_API_KEY")
        if text is None:
            return None
        found = key_holder(text.strip())
        if found is None:
            raise AuthenticationFailed("The API key is not valid.")
        return found

    def authenticate_header(self, request: Request) -> str:
        """What 401 answers name in `WWW-Authenticate`."""
        return REALM


class SessionAuthentication(authentication.SessionAuthentication):
    """The admin's session, for staff, with CSRF: the admin's own pages call the API."""

    def authenticate(self, request: Request) -> tuple[User, Grant] | None:
        """The session's user. Raises PermissionDenied without a CSRF token on writes."""
        django_request: HttpRequest = request._request  # noqa: SLF001  - as DRF's own does
        user = getattr(django_request, "user", None)
        if not isinstance(user, User) or not (user.is_active and user.is_staff):
            return None
        self.enforce_csrf(request)
        if settings.STAFF_TWO_FACTOR_REQUIRED and not _has_second_factor(user):
            raise AuthenticationFailed("Staff set up two-factor first.")
        return user, Grant("session", scopes_of(user.role))


def _has_second_factor(user: User) -> bool:
    with looking_up():
        return has_second_factor(user.pk)


class _BearerScheme(OpenApiAuthenticationExtension):
    target_class = AccessTokenAuthentication
    name = "accessToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """How the OpenAPI document describes it."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class _ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """How the OpenAPI document describes it."""
        return {"type": "apiKey", "in": "header", "name": "X-API-Key"}


class _SessionScheme(OpenApiAuthenticationExtension):
    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """How the OpenAPI document describes it."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
