"""What the tests of this floor share: people, a caller with an address of its own, no memory."""

import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.lookups import forget_everything
from accounts.models import User
from accounts.services.tokens import Tokens, begin_login
from accounts.services.users import set_role
from core.api.testing import assert_matches_schema
from core.identity import Role

PASSWORD = "correct horse 9 battery"


class Caller(Client):
    """Speaks JSON to the API, from an address no other test uses (limits count by address)."""

    def __init__(self, **defaults: Any) -> None:
        address = ".".join(["10", *(str(secrets.randbelow(254) + 1) for _ in range(3))])
        super().__init__(raise_request_exception=False, REMOTE_ADDR=address, **defaults)
        self.token = ""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request; the answer's body is `.data` of the envelope, or `.error`."""
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        response = self.generic(
            method,
            f"/api/v1/{path}",
            data=b"" if body is None else _json(body),
            content_type="application/json",
            headers=headers,
        )
        if response.resolver_match is not None and response.status_code < 400:
            assert_matches_schema(response)
        answer = response.json() if response.content else {}
        response.data, response.error = answer.get("data"), answer.get("error")
        return response

    def get_json(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post_json(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, {} if body is None else body, **headers)


def _json(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    forget_everything()
    yield
    forget_everything()


@pytest.fixture
def api() -> Caller:
    return Caller()


@pytest.fixture
def make_user() -> Callable[..., User]:
    def make(role: Role = Role.SHOPPER, **fields: Any) -> User:
        fields.setdefault("email", f"{secrets.token_hex(6)}@example.com")
        fields.setdefault("email_confirmed_at", timezone.now())
        with transaction.atomic():
            user = User.objects.create_user(password=fields.pop("password", PASSWORD), **fields)
            if role is not Role.SHOPPER:
                set_role(user=user, role=role)
            return User.objects.get(pk=user.pk)

    return make


@pytest.fixture
def log_in_as(make_user: Callable[..., User]) -> Callable[..., tuple[User, Tokens]]:
    def log_in(role: Role = Role.SHOPPER, **fields: Any) -> tuple[User, Tokens]:
        user = make_user(role, **fields)
        return user, begin_login(user=user)

    return log_in


@pytest.fixture
def own_sidebar(settings: Any) -> None:
    """The admin with the pages of this floor only: upper floors' pages are theirs to test."""
    settings.UNFOLD = settings.UNFOLD | {
        "SIDEBAR": {"navigation": []},
        "DASHBOARD_CALLBACK": None,
    }
