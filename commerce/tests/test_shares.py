"""Whose part of an order is whose: to the unit, once, and back again when money goes back."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import User
from commerce.models import Order, OrderLine, Vendor
from commerce.services.orders import shares
from commerce.services.orders.paid import record_payment
from commerce.tests.shop import make_order, make_vendor, share_figures
from core.enums import Queue
from core.events import publish
from core.events.worker import work_off
from core.money import Money
from payments.models import (
    Commission,
    Dispute,
    Due,
    LedgerTransaction,
    Payment,
    PaymentAttempt,
    Sale,
    SalePart,
)
from payments.services.books.accounts import DISPUTE_LOSSES, at_gateway, earned_by
from payments.services.books.balances import balances, trial_balance
from payments.services.books.ledger import moved, post
from payments.tests.people import brought, rule

pytestmark = pytest.mark.django_db
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])
AMOUNTS = st.integers(0, 10**7)
FIRST = str(uuid4())  # a refund


def balance(code: str) -> dict[str, int]:
    """Per currency; debit positive."""
    return {b.amount.currency: b.amount.minor for b in balances(codes=[code]) if b.amount}


def vendor_account(vendor: Vendor) -> str:
    return f"payable:vendor:{vendor.pk}"


def add_line(order: Order, vendor: Vendor, total: int) -> OrderLine:
    return OrderLine.objects.create(
        order=order,
        position=order.lines.count() + 1,
        vendor=vendor,
        sku="X",
        name="X",
        quantity=1,
        currency=order.currency,
        unit_price_minor=total,
        total_minor=total,
    )


def pay(order: Order) -> Order:
    """As settle and commerce do it: booked at the gateway, recorded, shared out by the workers."""
    payment_id = uuid4()
    if order.total:
        post(
            kind="payment",
            source=str(payment_id),
            entries=moved(order.total, to=at_gateway("stripe"), out_of=earned_by("order")),
        )
    record_payment(order_id=order.pk, payment_id=payment_id, amount=order.total)
    work_off(Queue.MONEY)
    order.refresh_from_db()
    return order


def tell(kind: str, order: Order, **data: Any) -> None:
    """The news of the money floor about the order's payment."""
    publish(
        type=kind,
        subject=f"payment:{order.payment_id}",
        data={
            "purpose": "order",
            "purpose_id": str(order.pk),
            "payment_id": str(order.payment_id),
            "currency": order.currency,
            "status": "partially_refunded",
            **data,
        },
    )


def refund(order: Order, minor: int, refund_id: str = "") -> None:
    """Money went back through the gateway, as the money floor books and tells it."""
    refund_id = refund_id or str(uuid4())
    money = Money(minor, order.currency)
    post(
        kind="refund",
        source=refund_id,
        entries=moved(money, to=earned_by("order"), out_of=at_gateway("stripe")),
    )
    tell("payment.refunded", order, refund_id=refund_id, refund_minor=minor)
    work_off(Queue.MONEY)


@pytest.fixture
def vendors() -> list[Vendor]:
    return [make_vendor(commission_bps=1000), make_vendor(commission_bps=1250)]


@pytest.fixture
def order(vendors: list[Vendor]) -> Order:
    """40.00 and 9.99 EUR of two vendors, 5.00 off, 4.90 shipping, 3.33 tax: 53.22 EUR."""
    made = make_order(
        subtotal_minor=4999,
        discount_minor=500,
        shipping_minor=490,
        tax_minor=333,
        total_minor=5322,
    )
    add_line(made, vendors[0], 4000)
    add_line(made, vendors[1], 999)
    share_figures(made)
    return made


def test_a_paid_order_is_shared_out_to_the_cent(order: Order, vendors: list[Vendor]) -> None:
    pay(order)
    # 5.00 off is 4.00 and 1.00; of 36.00 ours is 3.60, of 8.99 it is 1.12
    assert balance(vendor_account(vendors[0])) == {"EUR": -3240}
    assert balance(vendor_account(vendors[1])) == {"EUR": -787}
    assert balance("revenue:commission") == {"EUR": -472}
    assert balance("shipping") == {"EUR": -490}
    assert balance("tax") == {"EUR": -333}
    assert balance("receivable:order") == {}
    assert balance("gateway:stripe") == {"EUR": 5322}


def test_a_share_keeps_the_terms_it_was_made_under(order: Order, vendors: list[Vendor]) -> None:
    pay(order)
    vendors[0].commission_bps = 5000
    vendors[0].save()
    shares.share_out(order_id=order.pk)
    part = SalePart.objects.get(payee_id=vendors[0].pk)
    assert (part.base_minor, part.rate_bps, part.amount_minor) == (3600, 1000, 3240)


def test_it_is_shared_out_once_however_often_it_is_told(order: Order) -> None:
    pay(order)
    assert not shares.share_out(order_id=order.pk)
    assert LedgerTransaction.objects.filter(kind="sale").count() == 1
    assert Due.objects.count() == 2


def test_after_refunds_of_all_of_it_nothing_is_left_anywhere(
    order: Order, vendors: list[Vendor]
) -> None:
    pay(order)
    for minor in (1, 2500, 333, 2488):
        refund(order, minor)
        assert balance("receivable:order") == {}
    for account in (*map(vendor_account, vendors), "revenue:commission", "shipping", "tax"):
        assert balance(account) == {}, account
    assert balance("gateway:stripe") == {}


def test_a_refund_told_twice_takes_once(order: Order, vendors: list[Vendor]) -> None:
    pay(order)
    refund(order, 2661, FIRST)
    half = balance(vendor_account(vendors[0]))
    refund(order, 2661, FIRST)
    assert balance(vendor_account(vendors[0])) == half == {"EUR": -1620}


def test_a_refund_the_bank_sent_back_gives_the_shares_again(
    order: Order, vendors: list[Vendor]
) -> None:
    pay(order)
    refund(order, 2661, FIRST)
    tell("payment.refund_failed", order, refund_id=FIRST)
    work_off(Queue.MONEY)
    assert balance(vendor_account(vendors[0])) == {"EUR": -3240}
    assert balance("revenue:commission") == {"EUR": -472}
    owed = Due.objects.filter(payee_id=vendors[0].pk).aggregate(sum=Sum("amount_minor"))
    assert owed == {"sum": 3240}


def disputed(order: Order, minor: int = 5322) -> Dispute:
    """The payment of an order, with an open dispute."""
    payment = Payment.objects.create(
        id=order.payment_id,
        purpose="order",
        purpose_id=order.pk,
        email=order.email,
        amount_minor=order.total_minor,
        currency=order.currency,
        gateway="stripe",
    )
    attempt = PaymentAttempt.objects.create(
        payment=payment,
        gateway="stripe",
        amount_minor=order.total_minor,
        currency=order.currency,
        idempotency_key=str(payment.pk),
        expires_at=datetime.now(UTC),
    )
    dispute = Dispute.objects.create(
        payment=payment,
        attempt=attempt,
        gateway="stripe",
        gateway_ref=f"dp_{payment.pk}",
        amount_minor=minor,
        currency=order.currency,
        state="needs_response",
        withdrawn_currency=order.currency,
        fee_currency=order.currency,
        opened_at=datetime.now(UTC),
        as_of=datetime.now(UTC),
    )
    hear(order, dispute, "needs_response")
    return dispute


def hear(order: Order, dispute: Dispute, state: str) -> None:
    """The gateway's word on a dispute, booked and told as the money floor does."""
    was_lost, now_lost = dispute.state == "lost", state == "lost"
    dispute.state = state
    dispute.closed_at = None if state == "needs_response" else datetime.now(UTC)
    dispute.save()
    if was_lost != now_lost:
        lost = dispute.amount if now_lost else -dispute.amount
        post(
            kind="dispute",
            source=str(uuid4()),
            entries=moved(lost, to=DISPUTE_LOSSES, out_of=at_gateway("stripe")),
        )
    open_ = state == "needs_response"
    kind = "payment.disputed" if open_ else "payment.dispute_closed"
    tell(kind, order, dispute_id=str(dispute.pk), outcome=state)
    work_off(Queue.MONEY)


def frozen(order: Order) -> bool:
    return Sale.objects.get(source_id=order.pk).frozen_at is not None


def test_a_lost_dispute_is_borne_like_a_refund(order: Order, vendors: list[Vendor]) -> None:
    pay(order)
    dispute = disputed(order)
    assert frozen(order)
    assert balance(vendor_account(vendors[0])) == {"EUR": -3240}
    hear(order, dispute, "lost")
    assert not frozen(order)
    for account in (*map(vendor_account, vendors), "revenue:commission", "shipping", "tax"):
        assert balance(account) == {}, account
    assert balance("dispute_losses") == balance("receivable:order") == {}


def test_a_lost_dispute_told_twice_takes_once(order: Order, vendors: list[Vendor]) -> None:
    pay(order)
    dispute = disputed(order, minor=2661)
    hear(order, dispute, "lost")
    hear(order, dispute, "lost")
    assert balance(vendor_account(vendors[0])) == {"EUR": -1620}


def test_a_dispute_won_late_gives_the_shares_again(order: Order, vendors: list[Vendor]) -> None:
    pay(order)
    dispute = disputed(order)
    for state in ("lost", "won", "lost", "won"):
        hear(order, dispute, state)
        left = {} if state == "lost" else {"EUR": -3240}
        assert balance(vendor_account(vendors[0])) == left
        assert balance("dispute_losses") == {}
        assert not frozen(order)


def test_while_one_of_two_disputes_is_open_the_order_stays_frozen(order: Order) -> None:
    pay(order)
    first = disputed(order, minor=1000)
    second = Dispute.objects.get(pk=first.pk)
    second.pk, second.gateway_ref, second._state.adding = uuid4(), "dp_2", True
    second.save()
    hear(order, first, "won")
    assert frozen(order)
    hear(order, second, "won")
    assert not frozen(order)


def test_money_of_a_second_payment_was_nobodys_share(order: Order, vendors: list[Vendor]) -> None:
    pay(order)
    tell("payment.refunded", order, payment_id=str(uuid4()), refund_id=FIRST, refund_minor=5322)
    work_off(Queue.MONEY)
    assert balance(vendor_account(vendors[0])) == {"EUR": -3240}


def test_an_order_that_costs_nothing_is_nobodys(vendors: list[Vendor]) -> None:
    free = make_order(subtotal_minor=0, total_minor=0)
    add_line(free, vendors[0], 0)
    record_payment(order_id=free.pk, payment_id=None, amount=free.total)
    work_off(Queue.MONEY)
    assert not SalePart.objects.exists()


def test_the_buyers_referrer_earns_on_goods_after_discount(order: Order) -> None:
    rule()
    referral = brought()
    order.user = referral.referred
    order.save()
    pay(order)
    commission = Commission.objects.get()
    assert (commission.base_minor, commission.amount_minor) == (4499, 449)
    refund(order, 5322)
    assert balance(f"payable:referrer:{referral.referrer_id}") == {}
    assert balance("referral_cost") == {}


@st.composite
def baskets(draw: st.DrawFn) -> dict[str, Any]:
    """An order of several vendors in any currency, and the refunds it may see."""
    lines = draw(st.lists(st.tuples(st.integers(0, 3), AMOUNTS), min_size=1, max_size=6))
    subtotal = sum(total for _, total in lines)
    discount = draw(st.integers(0, subtotal))
    shipping, tax = draw(AMOUNTS), draw(AMOUNTS)
    total = subtotal - discount + shipping + tax
    cuts = sorted(draw(st.lists(st.integers(0, total), max_size=5)))
    return {
        "currency": draw(CURRENCIES),
        "lines": lines,
        "rates": draw(st.lists(st.integers(0, 10_000), min_size=4, max_size=4)),
        "figures": {
            "subtotal_minor": subtotal,
            "discount_minor": discount,
            "shipping_minor": shipping,
            "tax_minor": tax,
            "total_minor": total,
        },
        "refunds": [high - low for low, high in zip([0, *cuts], [*cuts, total], strict=True)],
    }


class Baskets(TestCase):
    """Each example in a transaction of its own."""

    @given(baskets())
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def test_parts_are_the_total_and_refunds_leave_nothing(self, basket: dict[str, Any]) -> None:
        vendors = [make_vendor(commission_bps=rate) for rate in basket["rates"]]
        order = make_order(
            currency=basket["currency"],
            payment_status="paid",
            paid_at=datetime.now(UTC),
            payment_id=uuid4(),
            **basket["figures"],
        )
        for vendor, total in basket["lines"]:
            add_line(order, vendors[vendor], total)
        share_figures(order)
        shares.share_out(order_id=order.pk)
        parts = SalePart.objects.filter(sale__source_id=order.pk)
        assert sum(part.amount_minor for part in parts) == order.total_minor
        assert all(part.amount_minor > 0 for part in parts)
        for number, minor in enumerate(basket["refunds"]):
            before = {part.pk: part.returned_minor for part in parts.all()}
            assert order.payment_id
            shares.take_back(
                order_id=order.pk,
                payment_id=order.payment_id,
                amount=Money(minor, order.currency),
                cause=f"refund:{number}",
            )
            for part in parts.all():
                assert before[part.pk] <= part.returned_minor <= part.amount_minor
            assert set(trial_balance().values()) <= {0}
        assert not [part for part in parts.all() if part.left]
        for vendor in vendors:
            owed = Due.objects.filter(payee_id=vendor.pk).aggregate(sum=Sum("amount_minor"))
            assert not owed["sum"]
            assert balance(vendor_account(vendor)) == {}


def test_a_member_sees_what_the_vendor_is_owed_and_nobody_elses(
    order: Order, vendors: list[Vendor]
) -> None:
    from core.identity import Identity, Role, acting_as

    pay(order)
    member = User.objects.create_user(email="kyoto@vendors.example")
    vendors[0].members.add(member)
    stranger = User.objects.create_user(email="eve@vendors.example")
    for user, seen in ((member, {vendor_account(vendors[0])}), (stranger, set())):
        with acting_as(Identity(Role.SHOPPER, user.pk)), transaction.atomic():
            assert {b.code for b in balances()} == seen
            assert {due.amount_minor for due in Due.objects.all()} == ({3240} if seen else set())
