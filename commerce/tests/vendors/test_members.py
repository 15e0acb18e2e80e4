"""Who acts for a vendor: asked by mail, accepted by whom it was written to, taken out."""

import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from commerce import locks
from commerce.models import Vendor, VendorInvitation, VendorMember
from commerce.services.vendors import members
from commerce.tests.crowd import all_at_once
from commerce.tests.shop import make_vendor
from commerce.tests.shopper import Shopper
from commerce.tests.vendors.people import logged_in, make_user, member_of
from core.api.testing import assert_matches_schema
from core.enums import Queue
from core.events.worker import work_off
from core.identity import Identity, Role, acting_as
from notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client, vendor: Vendor) -> Shopper:
    """Owns the vendor."""
    return member_of(client, vendor)


def invited(owner: Shopper, vendor: Vendor, email: str, **more: str) -> VendorInvitation:
    answer = owner.post(f"vendors/{vendor.pk}/members/", {"email": email} | more)
    assert answer.status_code == 201, answer.content
    assert_matches_schema(answer)
    return VendorInvitation.objects.get(pk=answer.json()["data"]["id"])


def test_whom_an_owner_asks_by_mail_accepts_and_acts_for_the_vendor(
    client: Client, owner: Shopper, vendor: Vendor
) -> None:
    invitation = invited(owner, vendor, "Bob@Example.com")
    work_off(Queue.DEFAULT)
    (mail,) = Notification.objects.filter(kind="vendor_invitation")
    page = reverse("vendor_invitation", args=[invitation.pk])
    assert (mail.email, mail.context["url"].endswith(page)) == ("bob@example.com", True)

    bob = logged_in(client, make_user("bob@example.com"))
    seen = bob.get(f"vendor-invitations/{invitation.pk}/")
    assert_matches_schema(seen)
    assert seen.json()["data"]["vendor_name"] == vendor.name
    assert bob.post(f"vendor-invitations/{invitation.pk}/", {}).status_code == 200
    people = bob.get(f"vendors/{vendor.pk}/members/")
    assert_matches_schema(people)
    assert [(p["email"], p["role"], p["state"]) for p in people.json()["data"]] == [
        (f"owner@{vendor.slug}.example", "owner", "member"),
        ("bob@example.com", "member", "member"),
    ]
    assert bob.post(f"vendor-invitations/{invitation.pk}/", {}).status_code == 404  # used


@pytest.mark.parametrize(
    ("change", "user"),
    [
        ({}, {"email": "eve@example.com"}),
        ({}, {"email": "bob@example.com", "email_confirmed_at": None}),
        ({"expires_at": timezone.now() - timedelta(days=1)}, {"email": "bob@example.com"}),
    ],
    ids=["another person", "not confirmed", "too late"],
)
def test_an_invitation_opens_nothing_to_others(
    client: Client, owner: Shopper, vendor: Vendor, change: dict[str, Any], user: dict[str, Any]
) -> None:
    invitation = invited(owner, vendor, "bob@example.com")
    if change:
        VendorInvitation.objects.update(**change)
    somebody = logged_in(client, make_user(**user))
    for answer in (
        somebody.get(f"vendor-invitations/{invitation.pk}/"),
        somebody.post(f"vendor-invitations/{invitation.pk}/", {}),
    ):
        assert answer.status_code == 404
    assert VendorMember.objects.count() == 1


def test_the_page_of_the_mail_accepts_by_a_button(
    client: Client, owner: Shopper, vendor: Vendor
) -> None:
    page = reverse("vendor_invitation", args=[invited(owner, vendor, "bob@example.com").pk])
    assert client.get(page).status_code == 302  # log in first
    client.force_login(make_user("bob@example.com"), backend="accounts.backends.EmailBackend")
    shown = client.get(page)
    assert vendor.name in shown.content.decode()
    assert VendorMember.objects.count() == 1  # looking is not accepting
    assert "from now on" in client.post(page).content.decode()
    assert VendorMember.objects.filter(vendor=vendor, user__email="bob@example.com").exists()
    client.force_login(make_user("eve@example.com"), backend="accounts.backends.EmailBackend")
    assert client.get(page).status_code == 404


def test_asking_again_sends_again_and_leaves_one_invitation(owner: Shopper, vendor: Vendor) -> None:
    first = invited(owner, vendor, "bob@example.com")
    second = invited(owner, vendor, "bob@example.com", role="owner")
    assert list(VendorInvitation.objects.values_list("pk", "role")) == [(second.pk, "owner")]
    assert first.pk != second.pk
    work_off(Queue.DEFAULT)
    assert Notification.objects.filter(kind="vendor_invitation").count() == 1  # the first is void


def test_members_do_not_decide_who_else_acts(
    client: Client, owner: Shopper, vendor: Vendor
) -> None:
    bob = member_of(client, vendor, role="member")
    path = f"vendors/{vendor.pk}/members/"
    assert bob.post(path, {"email": "x@example.com"}).status_code == 403
    boss = VendorMember.objects.get(role="owner")
    assert bob.delete(f"{path}{boss.pk}/").status_code == 403
    assert bob.patch(f"{path}{boss.pk}/", {"role": "member"}).status_code == 403
    me = VendorMember.objects.get(role="member")
    assert bob.delete(f"{path}{me.pk}/").status_code == 204  # everybody may leave
    assert bob.get(path).status_code == 404


def test_strangers_learn_nothing_of_the_members(client: Client, owner: Shopper) -> None:
    other = make_vendor()
    member_of(client, other)
    assert owner.get(f"vendors/{other.pk}/members/").status_code == 404
    assert owner.post(f"vendors/{other.pk}/members/", {"email": "x@example.com"}).status_code == 404
    theirs = VendorMember.objects.get(vendor=other)
    assert owner.delete(f"vendors/{other.pk}/members/{theirs.pk}/").status_code == 404
    # nor by naming somebody else's member under one's own vendor
    mine = VendorMember.objects.exclude(vendor=other).get().vendor_id
    assert owner.delete(f"vendors/{mine}/members/{theirs.pk}/").status_code == 404
    assert VendorMember.objects.filter(pk=theirs.pk).exists()


def test_owners_make_owners_and_the_last_one_stays(
    client: Client, owner: Shopper, vendor: Vendor, staff: dict[str, Shopper]
) -> None:
    member_of(client, vendor, role="member")
    path = f"vendors/{vendor.pk}/members/"
    boss, bob = (VendorMember.objects.get(role=role) for role in ("owner", "member"))
    assert owner.delete(f"{path}{boss.pk}/").status_code == 409
    assert owner.patch(f"{path}{boss.pk}/", {"role": "member"}).status_code == 409
    assert owner.patch(f"{path}{bob.pk}/", {"role": "owner"}).status_code == 200
    assert owner.delete(f"{path}{boss.pk}/").status_code == 204
    assert staff["manager"].delete(f"{path}{bob.pk}/").status_code == 204  # staff may


def test_an_invitation_is_taken_back(client: Client, owner: Shopper, vendor: Vendor) -> None:
    invitation = invited(owner, vendor, "bob@example.com")
    path = f"vendors/{vendor.pk}/members/{invitation.pk}/"
    assert owner.delete(path).status_code == 204
    assert owner.delete(path).status_code == 404
    bob = logged_in(client, make_user("bob@example.com"))
    assert bob.post(f"vendor-invitations/{invitation.pk}/", {}).status_code == 404


@transaction.atomic
def make_owner(vendor: Vendor, email: str) -> User:
    user = make_user(email)
    VendorMember.objects.create(vendor=vendor, user=user, role="owner")
    return user


def leave_together(vendor: Vendor, users: list[User], monkeypatch: pytest.MonkeyPatch) -> int:
    """Both owners leave, meeting after each has seen the other; how many owners are left."""
    meeting, check = threading.Barrier(2), members._refuse_last_owner

    def check_and_meet(member: VendorMember) -> None:
        check(member)
        with suppress(threading.BrokenBarrierError):  # the other waits for the lock
            meeting.wait(1)

    monkeypatch.setattr(members, "_refuse_last_owner", check_and_meet)

    def leave(user: User) -> None:
        with acting_as(Identity(Role.SHOPPER, user.pk)):
            with transaction.atomic():
                member = VendorMember.objects.get(user=user)
            members.remove_member(vendor_id=vendor.pk, person_id=member.pk)

    all_at_once([lambda user=user: leave(user) for user in users])
    with transaction.atomic():
        return VendorMember.objects.filter(vendor=vendor, role="owner").count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False], ids=["with the lock", "control without it"])
def test_two_owners_who_leave_at_once_do_not_leave_the_vendor_alone(
    monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    vendor = make_vendor()
    users = [make_owner(vendor, f"{name}@example.com") for name in ("ada", "bob")]
    if not guarded:
        monkeypatch.setattr(locks, "lock_vendor", lambda pk: Vendor.objects.get(pk=pk))
    assert leave_together(vendor, users, monkeypatch) == (1 if guarded else 0)
