"""A change meets money: a buyer who was quicker, an order that was free, a sale booked once."""

from collections.abc import Callable

import pytest

from commerce.models import Order, OrderSettlement, Variant
from commerce.services.orders import shares
from commerce.services.orders.pay import send_to_pay
from commerce.services.orders.payment_request import ask_for_payment
from commerce.services.orders.status import change_status
from commerce.tests.orders.changing import changed, given_back, owed, pay, settled, shared
from commerce.tests.shop import make_variant, make_vendor
from notifications.models import Notification
from payments.tests.house import House

pytestmark = pytest.mark.django_db


def quicker(house: House, order: Order) -> None:
    """The buyer pays at the gateway; nobody here has heard of it."""
    house.stripe.pay(house.session_of(send_to_pay(order)))


def test_what_a_quicker_buyer_paid_is_shared_and_the_rest_is_asked_for(
    house: House, order: Callable[..., Order]
) -> None:
    cheap = make_variant(make_vendor(commission_bps=1000))
    dear = make_variant(make_vendor(commission_bps=1000), price="20.00")
    placed = order({cheap: 2})
    quicker(house, placed)
    changed(placed, add={dear: 1})
    settled(house)
    placed.refresh_from_db()
    assert (placed.payment_status, shared(placed)) == ("paid", 2500)
    assert owed("receivable:order") == 0
    told = Notification.objects.get(kind="order_payment_request")
    assert told.context["amount"]["amount"] == "20.00"
    pay(house, placed)
    assert (placed.attention, shared(placed), owed("receivable:order")) == ("", 4500, 0)
    assert owed(f"payable:vendor:{cheap.vendor_id}") == -2250
    assert owed(f"payable:vendor:{dear.vendor_id}") == -1800


@pytest.mark.parametrize("pieces", [1, 4])
def test_nothing_is_settled_with_a_quicker_buyer_of_a_cancelled_order(
    house: House, order: Callable[..., Order], variant: Variant, pieces: int
) -> None:
    placed = order({variant: 2})
    quicker(house, placed)
    changed(placed, lines={variant.sku: pieces})
    change_status(order_id=placed.pk, to="cancelled")
    settled(house)
    placed.refresh_from_db()
    assert not OrderSettlement.objects.exists()
    assert (given_back(house), placed.payment_status) == ([2500], "refunded")
    assert not Notification.objects.filter(kind="order_payment_request").exists()
    assert owed("receivable:order") == owed(f"payable:vendor:{variant.vendor_id}") == 0


def test_a_free_order_that_becomes_due_is_shared_when_it_is_paid_and_once(
    house: House, order: Callable[..., Order], variant: Variant
) -> None:
    gift = make_variant(make_vendor(), price="0.00")
    placed = order({gift: 1})
    assert (placed.payment_status, placed.payment_id) == ("paid", None)
    changed(placed, add={variant: 2})
    house.work()  # only now the workers hear that it was "paid"
    assert (shared(placed), owed("receivable:order")) == (0, 0)
    ask_for_payment(order_id=placed.pk, gateway="stripe")
    pay(house, placed)
    assert (shared(placed), owed("receivable:order")) == (2500, 0)
    assert not shares.share_out(order_id=placed.pk)
    assert shared(placed) == 2500
    changed(placed, lines={variant.sku: 1})
    settled(house)
    assert (shared(placed), given_back(house), owed("receivable:order")) == (1250, [1250], 0)
