"""The page of an order: parts moved, notes written, corrections and slips, each a button."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services.demo import create_demo_users
from commerce.models import Order, OrderNote
from commerce.services.orders.archive import archive_orders
from commerce.services.orders.status import change_status
from commerce.tests.orders.parcels import order_of, parts_of, statuses, two_vendors
from commerce.tests.orders.test_archive import old
from commerce.tests.shop import make_order, make_vendor
from tests.cost import queries_of

pytestmark = pytest.mark.django_db
ADDRESS = {"name": "Eve", "line1": "Quai 3", "city": "Nice", "country": "FR"}


@pytest.fixture
def desk(client: Client, db: None) -> Client:
    """The manager at the admin."""
    client.force_login(create_demo_users()["manager"])
    return client


def press(desk: Client, order: Order, deed: str, **typed: str) -> str:
    """What the page says after the button."""
    answer = desk.post(reverse(f"admin:commerce_order_{deed}", args=[order.pk]), typed, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def page(desk: Client, order: Order) -> str:
    answer = desk.get(reverse("admin:commerce_order_change", args=[order.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def listed(desk: Client, query: str = "") -> str:
    return desk.get(reverse("admin:commerce_order_changelist") + query).content.decode()


def test_a_part_is_sent_from_the_page_and_the_order_waits(desk: Client) -> None:
    order = two_vendors(status="processing")
    first = parts_of(order)[0]
    assert f'value="{first.pk}:shipped"' in page(desk, order)
    said = press(desk, order, "part", **{
        "part_to": f"{first.pk}:shipped", f"part_carrier_{first.pk}": "DHL",
        f"part_tracking_{first.pk}": "JP1",
    })  # fmt: skip
    assert f"{first.number} is shipped." in said
    assert "tracking-id=JP1" in said
    assert statuses(order) == ("processing", ["shipped", "processing"])
    said = press(desk, order, "part", part_to=f"{first.pk}:cancelled")
    assert "cannot become cancelled" in said
    assert "Cancelled</button>" not in said.split('aria-label="' + first.number)[0]


@pytest.mark.parametrize("part_to", ["", "x", "x:shipped", ":", "0:0"])
def test_what_no_button_sends_is_refused_in_words(desk: Client, part_to: str) -> None:
    order = two_vendors(status="processing")
    assert "There is no such" in press(desk, order, "part", part_to=part_to)
    assert statuses(order)[1] == ["processing", "processing"]


def test_notes_are_written_and_named(desk: Client) -> None:
    order = make_order()
    said = press(desk, order, "note", note_text="Rang <b>twice</b>")
    assert "Rang &lt;b&gt;twice&lt;/b&gt;" in said
    assert OrderNote.objects.get().author_id is not None
    assert "Between 1 and" in press(desk, order, "note", note_text="  ")


def test_a_correction_needs_a_reason_and_the_newest_state(desk: Client) -> None:
    order = make_order(make_vendor())
    typed = {f"correct_{part}": text for part, text in ADDRESS.items()} | {
        "correct_email": "eve@example.com", "correct_revision": "0",
    }  # fmt: skip
    assert "needs a reason" in press(desk, order, "correct", **typed)
    assert "is corrected" in press(desk, order, "correct", correct_reason="moved", **typed)
    order.refresh_from_db()
    assert (order.shipping_address["city"], order.email) == ("Nice", "eve@example.com")
    typed["correct_email"] = "old@example.com"
    assert "Somebody changed" in press(desk, order, "correct", correct_reason="x", **typed)
    assert "Somebody changed" in press(
        desk, order, "correct", **(typed | {"correct_reason": "x", "correct_revision": "²"})
    )


def test_a_slip_is_undone_by_a_button_that_is_there_while_it_may_be(desk: Client) -> None:
    order = make_order(make_vendor(), status="processing")
    assert "Take back" not in page(desk, order)
    change_status(order_id=order.pk, to="shipped")
    assert "Take back: Shipped" in page(desk, order)
    assert "is processing again" in press(desk, order, "take_back", undo_reason="wrong one")
    assert "Take back" not in page(desk, order)


def test_archived_orders_are_out_of_the_list_found_by_search_and_brought_back(
    desk: Client,
) -> None:
    gone, live = old(), make_order()
    sum(archive_orders())
    assert live.number in listed(desk)
    assert gone.number not in listed(desk)
    assert gone.number in listed(desk, f"?q={gone.number}")
    assert gone.number in listed(desk, "?archived=yes")
    assert "Bring it back" in page(desk, gone)
    press(desk, gone, "bring_back")
    assert gone.number in listed(desk)


@pytest.mark.parametrize("deed", [
    "part", "parcel", "note", "correct", "take_back", "bring_back",
])  # fmt: skip
def test_readers_press_nothing_and_nothing_happens_by_looking(
    client: Client, db: None, deed: str
) -> None:
    people = create_demo_users()
    order = two_vendors(status="processing")
    client.force_login(people["readonly"])
    assert "may not" in press(client, order, deed, part_to=f"{parts_of(order)[0].pk}:shipped")
    client.force_login(people["manager"])
    address = reverse(f"admin:commerce_order_{deed}", args=[order.pk])
    assert client.get(address).status_code == 405
    assert statuses(order)[1] == ["processing", "processing"]


def test_a_page_costs_the_same_for_one_part_or_four(desk: Client) -> None:
    small, large = order_of(make_vendor()), order_of(*(make_vendor() for _ in range(4)))
    assert len(queries_of(lambda: page(desk, large))) == len(queries_of(lambda: page(desk, small)))
