"""Staff change what an order holds: prices as ordered, stock, parts and money that follow."""

from collections.abc import Callable

import pytest

from accounts.services.demo import create_demo_users
from commerce.models import Order, OrderSettlement, StockItem, Variant
from commerce.services.catalogue import set_price
from commerce.services.orders.change_lines import preview_lines
from commerce.services.orders.line_plan import LineChange
from commerce.services.orders.pay import send_to_pay
from commerce.services.orders.status import change_status
from commerce.services.stock import OutOfStock
from commerce.tests.orders.changing import changed, free, given_back, owed, pay
from commerce.tests.orders.parcels import parts_of, statuses
from commerce.tests.shop import make_order, make_variant, make_vendor
from core.errors import Conflict, Invalid
from core.identity import Identity, Role, acting_as
from core.money import Money
from notifications.models import Notification
from payments.models import Due, Payment, Refund
from payments.tests.house import House

pytestmark = pytest.mark.django_db


def test_an_unpaid_order_changes_with_stock_parts_history_and_sum(
    order: Callable[..., Order], variant: Variant, make: Callable[..., Variant]
) -> None:
    other = make_variant(make_vendor(), price="3.00")
    placed = order({variant: 2})
    set_price(variant_id=variant.pk, price=Money.parse("99.00", "EUR"))  # theirs stays as ordered
    after = changed(placed, lines={variant.sku: 3}, add={other: 4})
    assert (after.total_minor, after.revision) == (3 * 1250 + 4 * 300, 1)
    assert [part.total_minor for part in parts_of(after)] == [3750, 1200]
    assert (free(variant), free(other)) == (7, 6)
    one = after.revisions.get()
    assert [line["quantity"] for line in one.before["lines"]] == [2]
    assert one.after["total"] == after.total.as_json()
    after = changed(after, lines={variant.sku: 0})
    assert (free(variant), after.total_minor) == (10, 1200)
    assert [part.status for part in parts_of(after)] == ["cancelled", "pending"]
    assert not OrderSettlement.objects.exists()


def test_an_order_whose_goods_are_all_exchanged_for_another_vendor_s_goes_on(
    house: House, order: Callable[..., Order], variant: Variant
) -> None:
    other = make_variant(make_vendor(), price="25.00")
    placed = order({variant: 2})
    send_to_pay(placed)
    pay(house, placed)
    changed(placed, lines={variant.sku: 0}, add={other: 1})
    assert statuses(placed) == ("confirmed", ["cancelled", "confirmed"])
    house.work()
    assert (given_back(house), StockItem.objects.get(variant=other).allocated) == ([], 1)
    assert not Notification.objects.filter(kind="order_cancelled").exists()


@pytest.mark.parametrize(("lines", "reason"), [
    ({"gone": 0}, "cancel the order"), ({"gone": 2}, "Nothing changes"), ({"gone": 20_000}, "so"),
])  # fmt: skip
def test_what_makes_no_order_is_refused(
    order: Callable[..., Order], variant: Variant, lines: dict[str, int], reason: str
) -> None:
    placed = order({variant: 2})
    with pytest.raises((Conflict, Invalid), match=reason):
        changed(placed, lines={variant.sku: lines["gone"]})
    placed.refresh_from_db()
    assert (placed.revision, free(variant)) == (0, 8)


def test_more_than_is_there_is_refused_and_nothing_changes(
    order: Callable[..., Order], variant: Variant
) -> None:
    placed = order({variant: 2})
    with pytest.raises(OutOfStock):
        changed(placed, lines={variant.sku: 11})
    assert (placed.lines.get().quantity, free(variant)) == (2, 8)


def test_sent_orders_those_of_other_shops_and_other_sums_stay(
    order: Callable[..., Order], variant: Variant
) -> None:
    placed = order({variant: 2})
    with pytest.raises(Conflict, match="look at it again"):
        changed(placed, lines={variant.sku: 1}, expected_total=Money(1, "EUR"))
    elsewhere = make_order(make_vendor(), external_platform="shopify", external_id="1")
    with pytest.raises(Conflict, match="change it there"):
        changed(elsewhere, lines={"A": 2})
    sent = make_order(make_vendor(), status="shipped")
    with pytest.raises(Conflict, match="return"):
        changed(sent, lines={"A": 2})
    loose = make_order(make_vendor(), discount_minor=100, total_minor=900)
    with pytest.raises(Conflict, match="discount"):
        changed(loose, lines={"A": 2})


def test_a_preview_writes_nothing(order: Callable[..., Order], variant: Variant) -> None:
    placed = order({variant: 2})
    plan = preview_lines(order_id=placed.pk, change=LineChange({placed.lines.get().pk: 5}))
    assert (plan.total.minor, plan.difference.minor) == (6250, 3750)
    placed.refresh_from_db()
    assert (placed.total_minor, placed.revision, free(variant)) == (2500, 0, 8)


def test_the_page_of_the_old_sum_is_closed_and_the_new_one_mailed(
    house: House, order: Callable[..., Order], variant: Variant
) -> None:
    placed = order({variant: 2})
    old = send_to_pay(placed)
    changed(placed, lines={variant.sku: 1})
    house.work()
    old.refresh_from_db()
    assert old.status == "cancelled"
    assert "expired" in {page["status"] for page in house.stripe.stripe_book()["sessions"]}
    told = Notification.objects.get(kind="order_payment_request")
    assert told.context["amount"] == Money(1250, "EUR").as_json()
    assert Notification.objects.get(kind="order_changed").context["total"]["amount"] == "12.50"
    pay(house, placed)
    assert (placed.payment_status, placed.attention) == ("paid", "")


def test_a_buyer_quicker_than_the_change_is_settled(
    house: House, order: Callable[..., Order], variant: Variant
) -> None:
    placed = order({variant: 2})
    page = send_to_pay(placed)
    house.stripe.pay(house.session_of(page))  # and its news is on the way
    changed(placed, lines={variant.sku: 1})
    house.work()
    house.deliver()
    house.work()
    house.deliver()
    house.work()
    placed.refresh_from_db()
    assert (placed.status, placed.payment_status) == ("confirmed", "partially_refunded")
    assert (given_back(house), placed.attention) == ([1250], "")
    assert owed("receivable:order") == 0


def test_a_paid_order_that_costs_less_gives_the_difference_back_once(
    house: House, order: Callable[..., Order], variant: Variant
) -> None:
    dear = make_variant(make_vendor(commission_bps=1000), price="20.00")
    placed = order({variant: 2, dear: 1})
    send_to_pay(placed)
    pay(house, placed)
    changed(placed, lines={dear.sku: 0, variant.sku: 1})
    for _ in range(2):
        house.work()
        house.deliver()
    house.work()
    placed.refresh_from_db()
    assert given_back(house) == [3250]
    assert (placed.total_minor, placed.payment_status) == (1250, "partially_refunded")
    assert statuses(placed) == ("confirmed", ["confirmed", "cancelled"])
    assert owed("receivable:order") == 0
    assert owed(f"payable:vendor:{dear.vendor_id}") == 0
    mine = sum(
        Due.objects.filter(payee_id=variant.vendor_id).values_list("amount_minor", flat=True)
    )
    assert -owed(f"payable:vendor:{variant.vendor_id}") == mine
    assert 0 < mine <= 1250
    assert Notification.objects.get(kind="order_changed").context["refund"]["amount"] == "32.50"
    assert {n.kind for n in Notification.objects.filter(kind__startswith="vendor_order")} == {
        "vendor_order_changed", "vendor_order_cancelled",
    }  # fmt: skip
    change_status(order_id=placed.pk, to="cancelled")  # the rest, and no more than it
    for _ in range(2):
        house.work()
        house.deliver()
    placed.refresh_from_db()
    assert (sorted(given_back(house)), placed.payment_status) == ([1250, 3250], "refunded")
    assert owed(f"payable:vendor:{variant.vendor_id}") == 0


def test_a_paid_order_that_costs_more_is_paid_by_a_second_page(
    house: House, order: Callable[..., Order], variant: Variant
) -> None:
    added = make_variant(make_vendor(commission_bps=1000), price="20.00")
    placed = order({variant: 2})
    send_to_pay(placed)
    first = pay(house, placed)
    changed(placed, add={added: 1})
    house.work()
    placed.refresh_from_db()
    assert "20.00" in placed.attention
    assert StockItem.objects.get(variant=added).allocated == 1
    told = Notification.objects.get(kind="order_payment_request")
    assert told.context["amount"]["amount"] == "20.00"
    second = pay(house, placed)
    assert (second.pk != first.pk, second.amount.minor) == (True, 2000)
    assert (placed.payment_status, placed.attention, placed.payment_id) == ("paid", "", first.pk)
    assert OrderSettlement.objects.get().state == "paid"
    assert owed("receivable:order") == 0
    assert owed(f"payable:vendor:{added.vendor_id}") == -1800
    change_status(order_id=placed.pk, to="cancelled")
    for _ in range(3):
        house.work()
        house.deliver()
    placed.refresh_from_db()
    assert (sorted(given_back(house)), placed.payment_status) == ([2000, 2500], "refunded")
    assert owed(f"payable:vendor:{added.vendor_id}") == 0


def test_a_difference_nobody_paid_is_taken_into_the_next_change(
    house: House, order: Callable[..., Order], variant: Variant
) -> None:
    placed = order({variant: 2})
    send_to_pay(placed)
    pay(house, placed)
    changed(placed, lines={variant.sku: 4})
    house.work()
    page = OrderSettlement.objects.get().payment_id
    changed(placed, lines={variant.sku: 1})  # they changed their mind before paying
    for _ in range(2):
        house.work()
        house.deliver()
    placed.refresh_from_db()
    assert (given_back(house), placed.attention) == ([1250], "")
    assert Payment.objects.get(pk=page).status == "cancelled"
    assert owed("receivable:order") == 0


def test_an_agent_s_change_waits_for_somebody_who_may_give_refunds(
    house: House, order: Callable[..., Order], variant: Variant
) -> None:
    placed = order({variant: 2})
    send_to_pay(placed)
    pay(house, placed)
    agent = create_demo_users()["agent"]
    with acting_as(Identity(Role.MANAGER, agent.pk)):
        changed(placed, lines={variant.sku: 1})
    house.work()
    refund = Refund.objects.get()
    assert (refund.state, refund.requested_by, given_back(house)) == ("requested", agent.pk, [])
