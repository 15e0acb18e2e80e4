"""A vendor's page in the admin: buttons of its life, members on record, figures."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services.demo import create_demo_users
from commerce.models import Product, Vendor
from commerce.tests.shop import make_order, make_variant, make_vendor
from commerce.tests.vendors.people import make_user
from core.models import AuditEntry
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    """The manager at the admin."""
    client.force_login(create_demo_users()["manager"])
    return client


def page(vendor: Vendor) -> str:
    return reverse("admin:commerce_vendor_change", args=[vendor.pk])


def step(desk: Client, vendor: Vendor, to: str, reason: str = "") -> str:
    path = reverse("admin:commerce_vendor_step", args=[vendor.pk])
    answer = desk.post(path, {"to": to, "step_reason": reason}, follow=True)
    return str(answer.content.decode())


def test_buttons_take_a_vendor_through_its_life(desk: Client) -> None:
    vendor = make_vendor(status="applied")
    shown = desk.get(page(vendor)).content.decode()
    assert "Approve" in shown
    assert "Decline" in shown
    assert "is active" in step(desk, vendor, "active")
    assert "Say why" in step(desk, vendor, "suspended")
    assert "Broken parcels." in step(desk, vendor, "suspended", "Broken parcels.")
    assert "Next may be" in step(desk, vendor, "applied")
    vendor.refresh_from_db()
    assert (vendor.status, vendor.status_reason) == ("suspended", "Broken parcels.")


@pytest.mark.parametrize("role", ["agent", "readonly"])
def test_who_may_only_look_moves_nothing(client: Client, role: str) -> None:
    client.force_login(create_demo_users()[role])
    vendor = make_vendor(status="applied")
    client.post(reverse("admin:commerce_vendor_step", args=[vendor.pk]), {"to": "active"})
    vendor.refresh_from_db()
    assert vendor.status == "applied"


def test_terms_and_members_changed_here_stay_on_record(desk: Client) -> None:
    vendor, user = make_vendor(payout_currency="EUR"), make_user("ada@example.com")
    form = {
        "name": vendor.name, "slug": vendor.slug, "language": "en", "payout_currency": "EUR",
        "commission_bps": "700", "contact_email": vendor.contact_email,
        "memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "0",
        "memberships-0-user": str(user.pk), "memberships-0-role": "owner",
        "invitations-TOTAL_FORMS": "0", "invitations-INITIAL_FORMS": "0",
    }  # fmt: skip
    answer = desk.post(page(vendor), form)
    assert answer.status_code == 302, answer.context["errors"]
    trail = {e.action: e.details for e in AuditEntry.objects.filter(resource=f"vendor:{vendor.pk}")}
    assert trail["vendor.change"]["commission_bps"] == 700
    assert trail["vendor.members"]["added"] == [str(user.pk)]


def test_figures_are_told_at_a_cost_that_does_not_grow(desk: Client) -> None:
    vendor = make_vendor()
    draft = make_variant(vendor).product
    Product.objects.filter(pk=draft.pk).update(status="draft")
    make_order(vendor, status="confirmed", payment_status="paid", paid_at="2026-11-01T00:00Z")
    shown = desk.get(page(vendor)).content.decode()
    assert "1 draft" in shown
    assert "1 to send" in shown
    cost = len(queries_of(lambda: desk.get(page(vendor))))
    for _ in range(3):
        make_variant(vendor)
        make_order(vendor, status="confirmed", payment_status="paid", paid_at="2026-11-01T00:00Z")
    assert len(queries_of(lambda: desk.get(page(vendor)))) <= cost
    listed = desk.get(reverse("admin:commerce_vendor_changelist")).context["cl"].result_list
    assert [row.on_sale for row in listed] == [3]
