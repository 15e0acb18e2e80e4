"""A cancelled part costs its own vendor, our commission on it and its tax; nobody else."""

from itertools import permutations
from uuid import uuid4

import pytest
from django.db.models import Sum

from commerce.models import Order, OrderLine, Vendor
from commerce.services.orders import shares
from commerce.services.orders.cancelled_part import split_of_part
from commerce.services.orders.parts import change_part_status
from commerce.services.orders.status import change_status
from commerce.tests.orders.parcels import line_of, parts_of
from commerce.tests.returns.sold import SHIPPING, Sold, settle, sold
from commerce.tests.shop import make_order, make_vendor
from core.money import Money
from payments.models import Due, Refund, SalePart
from payments.services.books.balances import balances, trial_balance
from payments.services.refunds import request_refund
from payments.tests.house import House

pytestmark = pytest.mark.django_db
WHOLE = {"potter": 810, "cupper": 722, "revenue:commission": 200, "shipping": 490, "tax": 224}


@pytest.fixture
def bought(house: House) -> Sold:
    """Pots for 9.56 (added tax 0.57), cups for 10.00 (1.67 tax in them), shipping 4.90: paid."""
    return sold(house, arrived=False)


def cancel(house: House, bought: Sold, vendor: Vendor) -> None:
    part = next(one for one in parts_of(bought.order) if one.vendor_id == vendor.pk)
    change_part_status(part_id=part.pk, to="cancelled", reason="sold out")
    settle(house)


def left(bought: Sold) -> dict[str, int]:
    """What is left of each part of the sale; books, dues and parts must agree."""
    names = {bought.potter.pk: "potter", bought.cupper.pk: "cupper"}
    found = {}
    for part in SalePart.objects.filter(sale__source_id=bought.order.pk):
        found[names.get(part.payee_id, part.account)] = part.left.minor
        assert 0 <= part.left.minor <= part.amount_minor
        assert -sum(one.amount.minor for one in balances(codes=[part.account])) == part.left.minor
        if part.payee_id:
            owed = Due.objects.filter(payee_id=part.payee_id).aggregate(sum=Sum("amount_minor"))
            assert owed["sum"] == part.left.minor
    assert set(trial_balance().values()) <= {0}
    assert not [one for one in balances(codes=["receivable:order"]) if one.amount]
    return found


def test_the_other_vendor_and_shipping_lose_nothing(house: House, bought: Sold) -> None:
    assert left(bought) == WHOLE
    cancel(house, bought, bought.cupper)
    assert Refund.objects.get().amount_minor == 1000
    assert left(bought) == {
        "potter": 810, "cupper": 0, "revenue:commission": 89, "shipping": 490, "tax": 57,
    }  # fmt: skip


def test_the_rest_goes_back_too_and_nothing_is_left_over(house: House, bought: Sold) -> None:
    cancel(house, bought, bought.potter)
    assert left(bought) == {
        "potter": 0, "cupper": 722, "revenue:commission": 111, "shipping": 490, "tax": 167,
    }  # fmt: skip
    change_status(order_id=bought.order.pk, to="cancelled")
    settle(house)
    assert sorted(Refund.objects.values_list("amount_minor", flat=True)) == [956, 1000 + SHIPPING]
    assert set(left(bought).values()) == {0}


def test_a_refund_that_fails_gives_back_the_same(house: House, bought: Sold) -> None:
    cancel(house, bought, bought.cupper)
    assert (left(bought)["potter"], left(bought)["cupper"]) == (810, 0)
    house.stripe.fail_refund(Refund.objects.get().gateway_ref)
    settle(house)
    assert Refund.objects.get().state == "failed"
    assert left(bought) == WHOLE


def test_beside_a_plain_refund_nothing_gets_below_nothing(house: House, bought: Sold) -> None:
    request_refund(
        payment_id=bought.payment.pk, amount=Money(1800, "EUR"), reason="Late.", requested_by=None
    )
    settle(house)
    cancel(house, bought, bought.cupper)  # 6.46 was left of 10.00
    assert sorted(Refund.objects.values_list("amount_minor", flat=True)) == [646, 1800]
    assert set(left(bought).values()) == {0}


def test_a_part_that_gets_less_back_still_costs_no_other(house: House, bought: Sold) -> None:
    """Less than is named goes back: those who are named share it, pro rata."""
    split = {f"payable:vendor:{bought.cupper.pk}": 722, "revenue:commission": 111, "tax": 167}
    shares.take_back(
        order_id=bought.order.pk, payment_id=bought.payment.pk, amount=Money(500, "EUR"),
        cause="refund:half", split=split,
    )  # fmt: skip
    parts = {part.account: part.left.minor for part in SalePart.objects.all()}
    assert parts == {
        f"payable:vendor:{bought.potter.pk}": 810, f"payable:vendor:{bought.cupper.pk}": 361,
        "revenue:commission": 145, "shipping": 490, "tax": 140,
    }  # fmt: skip


def test_another_refund_is_nobodys_part(house: House, bought: Sold) -> None:
    plain = request_refund(
        payment_id=bought.payment.pk, amount=Money(100, "EUR"), reason="Late.",
        requested_by=None, key="part:of something else",
    )  # fmt: skip
    assert split_of_part(plain.pk) is None
    assert split_of_part(uuid4()) is None


def of_three(*rates: int) -> tuple[Order, list[Vendor]]:
    """An order of 3.33, 6.67 and 9.99 EUR that is paid; not shared out yet."""
    vendors = [make_vendor(commission_bps=rate) for rate in rates]
    order = make_order(subtotal_minor=1999, total_minor=1999)
    prices = zip(vendors, (333, 667, 999), strict=True)
    OrderLine.objects.bulk_create(
        line_of(order, place, vendor, cents) for place, (vendor, cents) in enumerate(prices, 1)
    )
    return order, vendors


def paid_at_gateway(house: House, order: Order) -> None:
    payment = house.submitted(order.total, purpose_id=order.pk)
    Order.objects.filter(pk=order.pk).update(payment_id=payment.pk)
    house.stripe.pay(house.session_of(payment))
    settle(house)


@pytest.mark.parametrize("way", permutations(range(3)))
def test_in_any_order_each_part_takes_its_own(house: House, way: tuple[int, ...]) -> None:
    """One vendor leaves us everything, one pays no commission, one some."""
    order, vendors = of_three(10_000, 0, 1_333)
    paid_at_gateway(house, order)
    Vendor.objects.update(commission_bps=500)  # since the sale: must not matter
    shares_of = {0: (0, 333), 1: (667, 0), 2: (866, 133)}
    theirs = {f"payable:vendor:{vendors[n].pk}": shares_of[n][0] for n in (1, 2)}
    ours = 466
    for number in way:
        parts = parts_of(order)
        change_part_status(part_id=parts[number].pk, to="cancelled")
        settle(house)
        theirs.pop(f"payable:vendor:{vendors[number].pk}", None)
        ours -= shares_of[number][1]
        found = {part.account: part.left.minor for part in SalePart.objects.all()}
        wanted = theirs | ({"revenue:commission": ours} if ours else {})
        assert {code: minor for code, minor in found.items() if minor} == wanted
    assert set(trial_balance().values()) <= {0}


def test_a_refund_told_before_the_shares_costs_its_own_vendor_too() -> None:
    """The news of the payment reached the shares late: they are made first."""
    from commerce.services.orders.paid import record_payment

    order, vendors = of_three(1_000, 1_000, 1_000)
    payment_id = uuid4()
    record_payment(order_id=order.pk, payment_id=payment_id, amount=order.total)
    assert not SalePart.objects.exists()
    split = {f"payable:vendor:{vendors[2].pk}": 900, "revenue:commission": 99}
    assert shares.take_back(
        order_id=order.pk, payment_id=payment_id, amount=Money(999, "EUR"),
        cause="refund:quick", split=split,
    )  # fmt: skip
    assert {part.payee_id: part.left.minor for part in SalePart.objects.exclude(payee=None)} == {
        vendors[0].pk: 300, vendors[1].pk: 601, vendors[2].pk: 0,
    }  # fmt: skip
    assert not shares.share_out(order_id=order.pk)
