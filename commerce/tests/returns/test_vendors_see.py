"""A vendor's people see what of theirs comes back, and nothing of whose it is or what else does."""

import pytest
from django.test import Client

from commerce.models import OrderLine, VendorMember
from commerce.services.returns import Piece, request_return
from commerce.tests.orders.parcels import two_vendors
from commerce.tests.vendors.people import logged_in, make_user

pytestmark = pytest.mark.django_db


def test_members_see_their_lines_and_how_far_they_are(client: Client) -> None:
    order = two_vendors(status="delivered")
    mine, other = OrderLine.objects.filter(order=order).order_by("position")
    request = request_return(
        order_id=order.pk,
        pieces=[Piece(mine.pk, 1, "damaged", "Its spout is off."), Piece(other.pk, 1, "damaged")],
        note="Ring me: 0123",
    )
    ada, eve = make_user("ada@example.com"), make_user("eve@example.com")
    VendorMember.objects.create(vendor_id=mine.vendor_id, user=ada)
    (row,) = logged_in(client, ada).get("vendor-returns/").json()["data"]
    assert (row["return_number"], row["state"]) == (request.number, "requested")
    assert (row["line"], row["quantity"], row["comment"]) == (str(mine.pk), 1, "Its spout is off.")
    assert not {"note", "email", "customer"} & set(row)
    assert logged_in(client, eve).get("vendor-returns/").json()["data"] == []
