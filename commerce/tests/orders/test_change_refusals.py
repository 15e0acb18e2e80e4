"""What stands against a change of lines: another sum, money on its way, a part that is closed."""

from collections.abc import Callable

import pytest

from commerce.models import Order, Variant
from commerce.services.orders.parts import change_part_status
from commerce.services.orders.pay import send_to_pay
from commerce.tests.orders.changing import changed, pay
from commerce.tests.orders.parcels import parts_of
from commerce.tests.quotes.shop import make_amount_off
from commerce.tests.shop import make_variant, make_vendor
from commerce.tests.shopper import Shopper
from core.errors import Conflict
from payments.enums import PaymentStatus
from payments.models import Payment
from payments.tests.house import House

pytestmark = pytest.mark.django_db


def body(order: Order, quantity: int, **more: object) -> dict[str, object]:
    """Its first line, so many of it."""
    lines = [{"line": str(order.lines.all()[0].pk), "quantity": quantity}]
    return {"revision": order.revision, "reason": "rang us", "lines": lines} | more


def test_a_caller_who_expects_to_pay_nothing_is_told_of_the_sum(
    staff: dict[str, Shopper], order: Callable[..., Order]
) -> None:
    placed = order()
    free = {"amount": "0.00", "currency": "EUR"}
    answer = staff["manager"].patch(
        f"orders/{placed.pk}/lines/", body(placed, 3, expected_total=free)
    )
    assert (answer.status_code, "not 0.00 EUR" in answer.json()["error"]["message"]) == (409, True)


def test_a_change_over_http_says_what_it_changed(
    staff: dict[str, Shopper], order: Callable[..., Order]
) -> None:
    placed = order()
    path = f"orders/{placed.pk}/lines/"
    shown = [
        staff["manager"].patch(path, body(placed, 3, dry_run=dry)).json()["data"]
        for dry in (True, False)
    ]
    assert [(one["applied"], one["total"]["amount"]) for one in shown] == [
        (False, "37.50"), (True, "37.50"),
    ]  # fmt: skip
    assert shown[0]["difference"] == shown[1]["difference"] == {
        "amount": "12.50", "currency": "EUR",
    }  # fmt: skip
    assert shown[0]["lines"] == shown[1]["lines"]
    assert [(one["before"], one["quantity"]) for one in shown[1]["lines"]] == [(2, 3)]


def test_a_difference_that_is_being_paid_keeps_its_sum(
    house: House, order: Callable[..., Order], variant: Variant
) -> None:
    placed = order({variant: 2})
    send_to_pay(placed)
    pay(house, placed)
    changed(placed, lines={variant.sku: 4})
    house.work()
    second = Payment.objects.exclude(pk=placed.payment_id)
    assert second.update(status=PaymentStatus.PROCESSING) == 1
    with pytest.raises(Conflict, match="on its way"):
        changed(placed, lines={variant.sku: 1})
    placed.refresh_from_db()
    assert placed.total_minor == 5000


def test_figures_of_a_part_that_is_sent_stay(
    house: House, order: Callable[..., Order], variant: Variant
) -> None:
    make_amount_off("OFF", 500)
    other = make_variant(make_vendor(), price="10.00")
    placed = order({variant: 2, other: 1}, codes=["OFF"])
    send_to_pay(placed)
    pay(house, placed)
    sent = parts_of(placed)[0]
    change_part_status(part_id=sent.pk, to="shipped")
    with pytest.raises(Conflict, match=f"{sent.number}.*shipped"):
        changed(placed, lines={other.sku: 2})  # its part of the code would be less
    (after,) = (one for one in parts_of(placed) if one.pk == sent.pk)
    assert after.total_minor == sent.total_minor
