"""People who act for vendors, for the tests beside."""

from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.api_keys import create_api_key
from accounts.services.tokens import begin_login
from commerce.models import Vendor, VendorMember
from commerce.tests.shopper import Shopper


def make_user(email: str, **fields: object) -> User:
    """With a confirmed address, unless `fields` say otherwise."""
    fields = {"email_confirmed_at": timezone.now()} | fields
    user: User = User.objects.create_user(email, "correct horse 9 battery", **fields)
    return user


def member_of(client: Client, vendor: Vendor, *, role: str = "owner", email: str = "") -> Shopper:
    """Somebody with an access token who acts for the vendor."""
    user = make_user(email or f"{role}@{vendor.slug}.example")
    VendorMember.objects.create(vendor=vendor, user=user, role=role)
    return logged_in(client, user)


def logged_in(client: Client, user: User) -> Shopper:
    return Shopper(client, Authorization=f"Bearer {begin_login(user=user).access}")


def with_key(client: Client, user: User, *scopes: str) -> Shopper:
    made = create_api_key(owner=user, name="till", scopes=list(scopes))
    return Shopper(client, **{"X-API-Key": made.text})
