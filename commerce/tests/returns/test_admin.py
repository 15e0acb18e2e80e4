"""Staff pages of stock, shortages and returns: they show, services change."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services.demo import create_demo_users
from commerce.models import Order, ReturnRequest, StockItem, Variant
from commerce.tests.returns.sold import line
from commerce.tests.shop import make_order
from commerce.tests.stock.places import figures, let_lapse, order_of, pay, place
from tests.cost import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(create_demo_users()["manager"])
    return client


@pytest.fixture
def arrived(variant: Variant) -> Order:
    order = make_order(status="delivered")
    line(order, 1, variant, quantity=2, unit_price_minor=500, total_minor=1000)
    return order


def deed(desk: Client, item: StockItem, **given: str) -> str:
    """What the page says after a deed."""
    answer = desk.post(reverse("admin:commerce_stock_deed", args=[item.pk]), given, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_item_is_counted_received_corrected_and_moved(desk: Client, variant: Variant) -> None:
    item, osaka = variant.stock_items.get(), place("Osaka", country="JP")
    assert "Counted." in deed(desk, item, deed="count", stock_number="8")
    deed(desk, item, deed="receive", stock_number="2")
    assert "Say why" in deed(desk, item, deed="correct", stock_number="-1")
    deed(desk, item, deed="correct", stock_number="-1", stock_reason="Broken")
    text = deed(desk, item, deed="move", stock_number="4", stock_to=str(osaka.pk))
    assert "Moved to Osaka." in text
    assert "4 free" in text
    assert "whole numbers" in deed(desk, item, deed="count", stock_number="many")
    assert figures(item) == (5, 0, 0)
    deed(desk, item, deed="limits", stock_low_at="3", stock_backorder="7")
    item.refresh_from_db()
    assert (item.low_at, item.backorder_limit) == (3, 7)


def test_who_may_only_look_is_refused_and_sees_no_forms(client: Client, variant: Variant) -> None:
    client.force_login(create_demo_users()["readonly"])
    item = variant.stock_items.get()
    page = client.get(reverse("admin:commerce_stockitem_change", args=[item.pk]))
    assert page.status_code == 200
    assert "stock_number" not in page.content.decode()
    deed(client, item, deed="count", stock_number="1")
    assert figures(item) == (10, 0, 0)


def test_the_list_shows_what_to_reorder_and_goes_into_a_spreadsheet(desk: Client, make) -> None:
    low, plenty = make(stock=2), make(stock=50)
    address = reverse("admin:commerce_stockitem_changelist")
    text = desk.get(address, {"reorder": "low"}).content.decode()
    assert low.sku in text
    assert plenty.sku not in text
    low.product.name = "=cmd()"
    low.product.save()
    chosen = [str(i.pk) for i in StockItem.objects.all()]
    answer = desk.post(address, {"action": "download", "_selected_action": chosen})
    rows = answer.content.decode().splitlines()
    assert len(rows) == 3
    assert any(f"{low.sku},'=cmd()," in row for row in rows)


def test_the_list_of_stock_costs_the_same_for_one_or_five(desk: Client, make) -> None:
    address = reverse("admin:commerce_stockitem_changelist")
    make()
    one = [q for q in queries_of(lambda: desk.get(address)) if "commerce_stock" in q]
    for _ in range(4):
        make()
    five = [q for q in queries_of(lambda: desk.get(address)) if "commerce_stock" in q]
    assert len(five) == len(one) > 0


def test_the_queue_of_shortages_is_decided_from_the_list(desk: Client, make) -> None:
    variant = make(stock=1)
    late = order_of(variant)
    let_lapse(late)
    pay(order_of(variant))
    pay(late)
    address = reverse("admin:commerce_reservation_changelist")
    text = desk.get(address, {"state__exact": "waiting"}).content.decode()
    assert late.number in text
    row = late.reservations.get(state="waiting")
    desk.post(address, {"action": "wait", "_selected_action": [str(row.pk)]})
    row.refresh_from_db()
    assert row.expires_at is None
    desk.post(address, {"action": "cancel_and_refund", "_selected_action": [str(row.pk)]})
    late.refresh_from_db()
    assert late.status == "cancelled"


def test_a_return_is_taken_from_the_order_to_its_end(
    desk: Client, arrived: Order, variant: Variant
) -> None:
    ask = reverse("admin:commerce_return_ask", args=[arrived.pk])
    (thing,) = arrived.lines.all()
    assert "2 of 2" in desk.get(ask).content.decode()
    too_many = desk.post(ask, {f"pieces_{thing.pk}": "3"})
    assert "at most" in too_many.content.decode()
    desk.post(ask, {f"pieces_{thing.pk}": "2", f"reason_{thing.pk}": "wrong", "note": "By phone"})
    request = ReturnRequest.objects.get()
    assert (request.note, request.lines.get().reason) == ("By phone", "wrong")
    step = reverse("admin:commerce_return_step", args=[request.pk])
    page = reverse("admin:commerce_returnrequest_change", args=[request.pk])
    assert "Approve" in desk.get(page).content.decode()
    desk.post(step, {"to": "approved"})
    assert (
        request.number
        in desk.get(reverse("admin:commerce_return_slip", args=[request.pk])).content.decode()
    )
    desk.post(step, {"to": "received"})
    row = request.lines.get()
    assert f"accepted_{row.pk}" in desk.get(page).content.decode()
    desk.post(step, {"to": "inspected", f"accepted_{row.pk}": "1", f"fate_{row.pk}": "restock"})
    request.refresh_from_db()
    assert (request.state, request.refund_minor) == ("inspected", 500)
    assert "by hand" in desk.get(page).content.decode()  # paid outside Tradewind
    desk.post(step, {"to": "closed"})
    request.refresh_from_db()
    assert request.state == "closed"
    assert figures(variant.stock_items.get()) == (11, 0, 0)
    order_page = desk.get(reverse("admin:commerce_order_change", args=[arrived.pk]))
    assert request.number in order_page.content.decode()


def test_who_may_only_look_decides_on_no_return(client: Client, arrived: Order) -> None:
    client.force_login(create_demo_users()["readonly"])
    assert client.get(reverse("admin:commerce_return_ask", args=[arrived.pk])).status_code == 404
