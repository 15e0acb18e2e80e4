"""Staff write notes, correct what was placed with a reason, and take back a slip."""

from datetime import timedelta

import pytest
from django.utils import timezone

from commerce.addresses import Address
from commerce.models import Order, OrderStatusChange
from commerce.services.orders.revise import revise_order
from commerce.services.orders.status import change_status
from commerce.tests.orders.parcels import statuses, two_vendors
from commerce.tests.shop import make_order, make_vendor
from commerce.tests.shopper import HOME, Shopper
from core.api.testing import assert_matches_schema
from core.errors import Conflict, Invalid
from core.models import AuditEntry, Event

pytestmark = pytest.mark.django_db


def corrected(order: Order, revision: int = 0, reason: str = "rang us", **changes: object) -> Order:
    return revise_order(order_id=order.pk, revision=revision, reason=reason, changes=changes)


def test_a_correction_keeps_before_after_who_and_why(staff: dict[str, Shopper]) -> None:
    order = make_order(make_vendor(), country="DE")
    answer = staff["manager"].patch(
        f"orders/{order.pk}/",
        {"reason": "moved", "revision": 0, "shipping_address": HOME, "email": "new@example.com"},
    )
    assert answer.status_code == 200, answer.content
    data = answer.json()["data"]
    assert (data["revision"], data["email"], data["country"]) == (1, "new@example.com", "FR")
    (one,) = staff["manager"].get(f"orders/{order.pk}/revisions/").json()["data"]
    assert one["before"]["email"] == "buyer@example.com"
    assert one["after"]["shipping_address"]["line1"] == HOME["line1"]
    assert (one["reason"], bool(one["actor"])) == ("moved", True)
    entry = AuditEntry.objects.get(action="order.revised")
    assert entry.details["fields"] == ["email", "shipping_address"]
    assert "new@example.com" not in str(entry.details)


def test_a_stale_form_is_refused_with_what_changed(staff: dict[str, Shopper]) -> None:
    order = make_order()
    corrected(order, notes="Ring twice", reason="asked for")
    answer = staff["manager"].patch(
        f"orders/{order.pk}/", {"reason": "x", "revision": 0, "notes": "Ring once"}
    )
    assert answer.status_code == 409
    details = answer.json()["error"]["details"]
    assert details["revision"] == 1
    assert details["changes"][0]["after"] == {"notes": "Ring twice"}
    assert_matches_schema(answer)
    order.refresh_from_db()
    assert order.notes == "Ring twice"


def test_what_changes_nothing_writes_nothing() -> None:
    order = make_order(notes="As it is")
    assert corrected(order, notes="As it is").revision == 0
    assert not AuditEntry.objects.filter(action="order.revised").exists()


@pytest.mark.parametrize("wrong", [
    {"reason": "  "}, {"email": "no address"}, {"total_minor": 1}, {"shipping_address": None},
])  # fmt: skip
def test_a_correction_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    order = make_order()
    with pytest.raises(Invalid):
        corrected(order, **({"notes": "x"} | wrong))
    order.refresh_from_db()
    assert (order.revision, order.notes) == (0, "")


def test_what_is_in_the_post_goes_where_it_was_sent() -> None:
    order = make_order(status="shipped")
    with pytest.raises(Conflict, match="shipped"):
        corrected(order, shipping_address=Address(**HOME))
    corrected(order, carrier="DHL", tracking_number="JP1")
    order.refresh_from_db()
    assert order.tracking_number == "JP1"


def test_notes_are_a_thread_of_the_staff_and_no_buyer_reads_them(
    staff: dict[str, Shopper],
) -> None:
    order = make_order()
    path = f"orders/{order.pk}/notes/"
    assert staff["manager"].post(path, {"text": "Rang, no answer."}).status_code == 201
    assert staff["admin"].post(path, {"text": "Rang again."}).status_code == 201
    found = staff["manager"].get(path).json()["data"]
    assert [note["text"] for note in found] == ["Rang, no answer.", "Rang again."]
    assert len({note["author"] for note in found}) == 2
    assert staff["manager"].post(path, {"text": " "}).status_code == 400
    assert staff["shopper"].get(path).status_code == 403
    assert staff["readonly"].post(path, {"text": "x"}).status_code == 403


def test_a_slip_is_taken_back_with_its_parts_and_stays_in_the_history(
    staff: dict[str, Shopper],
) -> None:
    order = two_vendors(status="processing")
    change_status(order_id=order.pk, to="shipped")
    answer = staff["manager"].post(f"orders/{order.pk}/take-back/", {"reason": "wrong order"})
    assert answer.status_code == 200, answer.content
    assert (answer.json()["data"]["status"], answer.json()["data"]["shipped_at"]) == (
        "processing", None,
    )  # fmt: skip
    assert statuses(order) == ("processing", ["processing", "processing"])
    last = order.status_changes.order_by("-id")[0]
    assert (last.previous, last.status, last.reason) == (
        "shipped", "processing", "taken back: wrong order",
    )  # fmt: skip
    again = staff["manager"].post(f"orders/{order.pk}/take-back/", {})
    assert again.status_code == 409
    assert Event.objects.filter(type="order.status_changed").count() == 2


@pytest.mark.parametrize(("status", "to"), [("confirmed", "cancelled"), ("shipped", "refunded")])
def test_what_moves_goods_and_money_is_not_taken_back(
    staff: dict[str, Shopper], status: str, to: str
) -> None:
    order = make_order(make_vendor(), status=status)
    change_status(order_id=order.pk, to=to)
    assert staff["manager"].post(f"orders/{order.pk}/take-back/", {}).status_code == 409
    assert statuses(order)[0] == to


def test_a_step_of_an_hour_ago_stays(
    staff: dict[str, Shopper], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order(status="processing")
    change_status(order_id=order.pk, to="shipped")
    later = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr("commerce.services.orders.take_back.timezone.now", lambda: later)
    answer = staff["manager"].post(f"orders/{order.pk}/take-back/", {})
    assert "minutes ago" in answer.json()["error"]["message"]
    assert OrderStatusChange.objects.filter(order=order).count() == 2


def test_lists_are_narrowed_by_vendor_attention_and_number_elsewhere(
    staff: dict[str, Shopper],
) -> None:
    tea, iron = make_vendor(), make_vendor()
    first = make_order(tea, external_platform="old", external_id="E-1")
    second = make_order(iron, attention="Look at it.")

    def numbers(**query: str) -> list[str]:
        answer = staff["manager"].get("orders/", **query)
        assert answer.status_code == 200, answer.content
        return [order["number"] for order in answer.json()["data"]]

    assert numbers(vendor=str(tea.pk)) == [first.number]
    assert numbers(attention="true") == [second.number]
    assert numbers(attention="false") == [first.number]
    assert numbers(external_id="E-1") == [first.number]
    (order,) = staff["manager"].get("orders/", expand="parts", vendor=str(tea.pk)).json()["data"]
    assert [part["number"] for part in order["parts"]] == [f"{first.number}-1"]
