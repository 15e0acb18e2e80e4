"""A small shop for the tests of this floor."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.services.demo import create_demo_users
from accounts.services.tokens import begin_login
from commerce.addresses import Address
from commerce.models import Variant, Vendor
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.shopper import Shopper
from payments.tests.conftest import house, running, stripe_keys

__all__ = ["house", "running", "stripe_keys"]


@pytest.fixture
def vendor(db: None) -> Vendor:
    """An active vendor."""
    return make_vendor()


@pytest.fixture
def variant(vendor: Vendor) -> Variant:
    """A variant at 12.50 EUR, ten pieces in stock."""
    return make_variant(vendor)


@pytest.fixture
def address() -> Address:
    """Where the parcel goes."""
    return Address(name="Ada Byron", line1="12 Rue des Arts", city="Lyon", country="FR")


@pytest.fixture
def make(vendor: Vendor) -> Callable[..., Variant]:
    """Makes further variants of the vendor."""

    def build(**options: object) -> Variant:
        return make_variant(vendor, **options)  # type: ignore[arg-type]  # passed through

    return build


@pytest.fixture
def shop(client: Client) -> Shopper:
    """Somebody at the shop front."""
    return Shopper(client)


@pytest.fixture
def staff(client: Client, db: None) -> dict[str, Shopper]:
    """Somebody of each role, by name, with an access token."""
    return {
        role: Shopper(client, Authorization=f"Bearer {begin_login(user=user).access}")
        for role, user in create_demo_users().items()
    }
