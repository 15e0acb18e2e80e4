"""Who may use a view: scopes of the credentials, then roles of the person. Deny by default."""

from typing import Any, Protocol
from uuid import UUID

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.errors import PermissionRefused
from core.identity.middleware import identity_of

NEEDED = "This needs the scope {scope}."


class Credentials(Protocol):
    """What `request.auth` is after authentication (accounts/authentication)."""

    scopes: frozenset[str]
    api_key_id: UUID | None


def one_of(needed: str | tuple[str, ...]) -> tuple[str, ...]:
    """The scopes of which a method needs one."""
    return (needed,) if isinstance(needed, str) else needed


def must_hold(request: Request, scope: str) -> None:
    """For a view that learns only on the way which of its scopes is needed. Raises
    PermissionRefused."""
    if scope not in scopes_held(request):
        raise PermissionRefused(NEEDED.format(scope=repr(scope)))


def scopes_held(request: Request) -> frozenset[str]:
    """What the caller's credentials reach."""
    held: frozenset[str] = getattr(request.auth, "scopes", frozenset())
    return held


class HasScopes(BasePermission):
    """A view declares one of these; a view that declares none does not start (core.E010).

        public = True                                              # anybody, also signed in
        scopes = {"GET": "orders:read", "POST": "orders:write"}    # a word per method
        scopes = {"POST": ("catalogue:write", "vendor:write")}     # or several: one of them will do
        roles = {Role.ADMIN, Role.MANAGER}                         # besides scopes, optional;
        roles = {"POST": {Role.ADMIN}}                             # or per method

    `public = {"GET"}` opens single methods. A method nobody declared is refused.
    """

    message = "Your credentials do not reach this."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Scopes first, then roles."""
        method = "GET" if request.method == "HEAD" else str(request.method)
        public = view.public
        if public is True or (public and method in public):
            return True
        if not request.user.is_authenticated:
            return False
        needed = (view.scopes or {}).get(method)
        if needed is None:
            return False
        words = one_of(needed)
        if scopes_held(request).isdisjoint(words):
            self.message = NEEDED.format(scope=" or ".join(map(repr, words)))
            return False
        roles = view.roles
        if isinstance(roles, dict):
            roles = roles.get(method)
        if roles and identity_of(request.user).role not in roles:
            self.message = "Your role does not allow this."
            return False
        return True
