"""Callers of their own: limits count by address."""

import secrets

import pytest
from django.test import Client


@pytest.fixture
def client() -> Client:
    """From an address no other test uses."""
    address = ".".join(["10", *(str(secrets.randbelow(254) + 1) for _ in range(3))])
    return Client(REMOTE_ADDR=address)
