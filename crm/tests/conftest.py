"""Callers of the API, one per role."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from rest_framework.test import APIClient

from accounts.lookups import user_by_id
from accounts.models import User
from crm.tests.factories import make_user

SCOPES = frozenset({"customers:read", "customers:write"})


@pytest.fixture
def client_of() -> Callable[..., APIClient]:
    """A client that calls as the given user, with the given scopes."""

    def make(user: User | None, scopes: frozenset[str] = SCOPES) -> APIClient:
        client = APIClient()
        if user is not None:
            fresh = user_by_id(user.pk)  # with the role read, as authentication does
            client.force_authenticate(fresh, SimpleNamespace(scopes=scopes, api_key_id=None))
        return client

    return make


@pytest.fixture
def manager() -> User:
    return make_user("manager")


@pytest.fixture
def agent() -> User:
    return make_user("agent")
