"""A return from the first word to the money, against the gateway over HTTP."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.services.demo import create_demo_users
from commerce.enums import NEXT_RETURN, ReturnState
from commerce.models import Order, OrderPart, ReturnLine, ReturnRequest
from commerce.services.returns import (
    Finding,
    inspect_return,
    move_return,
    refund_return,
    request_return,
)
from commerce.services.returns.asking import Piece
from commerce.tests.returns.sold import SHIPPING, TOTAL, Sold, accept, settle, sold
from core.errors import Conflict, Invalid, NotFound, PermissionRefused
from core.identity import Identity, Role, acting_as
from notifications.models import Notification
from payments.models import Refund, SalePart
from payments.services.refunds import approve_refund, reject_refund
from payments.services.sharing.owed import owed_to
from payments.tests.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(house: House) -> Sold:
    return sold(house)


def back_at_gateway(house: House) -> list[int]:
    return [one["amount"] for one in house.stripe.stripe_book()["refunds"]]


def owed(vendor) -> int:
    money = owed_to(vendor.pk).get("EUR")
    return money.payable + money.waiting + money.drafted if money else 0


def test_every_state_says_what_may_follow() -> None:
    assert set(NEXT_RETURN) == set(ReturnState)


def test_a_return_is_asked_for_received_inspected_and_refunded(house: House, done: Sold) -> None:
    item = done.pot.stock_items.get()
    assert (item.on_hand, item.allocated) == (7, 0)
    request = done.send_back(pots=1)
    assert (request.state, request.refund_minor) == ("inspected", 318)
    settle(house)
    request.refresh_from_db()
    assert (request.state, request.refund_state) == ("refunded", "succeeded")
    assert back_at_gateway(house) == [318]
    item.refresh_from_db()
    assert item.on_hand == 8
    assert item.movements.last().kind == "restock"
    steps = list(request.changes.values_list("previous", "state"))
    assert steps == [
        ("", "requested"), ("requested", "approved"), ("approved", "received"),
        ("received", "inspected"), ("inspected", "refunded"),
    ]  # fmt: skip
    done.order.refresh_from_db()
    assert done.order.payment_status == "partially_refunded"


def test_everything_in_any_split_gives_back_what_was_paid(house: House, done: Sold) -> None:
    amounts = [
        done.send_back(pots=1).refund_minor,
        done.send_back(pots=1, cups=1).refund_minor,
        done.send_back(pots=1, cups=1, shipping=True).refund_minor,
    ]
    assert amounts == [318, 319 + 500, 319 + 500 + SHIPPING]
    settle(house)
    assert sorted(back_at_gateway(house)) == sorted(amounts)
    done.order.refresh_from_db()
    assert done.order.payment_status == "refunded"
    assert (owed(done.potter), owed(done.cupper)) == (0, 0)
    assert sum(part.left.minor for part in SalePart.objects.all()) == 0


def test_a_returned_line_costs_its_own_vendor_only(house: House, done: Sold) -> None:
    before = owed(done.potter), owed(done.cupper)
    assert before == (810, 722)  # 8.99 less 10 %; 8.33 less 13.33 %
    done.send_back(cups=1)
    settle(house)
    assert owed(done.potter) == before[0]
    assert 0 < owed(done.cupper) < before[1]
    done.send_back(cups=1)
    settle(house)
    assert (owed(done.potter), owed(done.cupper)) == (before[0], 0)
    left = {part.account: part.left.minor for part in SalePart.objects.filter(payee=None)}
    assert left == {"revenue:commission": 89, "shipping": SHIPPING, "tax": 57}


def test_what_is_written_off_is_not_sold_again(house: House, done: Sold) -> None:
    accept(done.ask(pots=2), fate="write_off")
    item = done.pot.stock_items.get()
    assert item.on_hand == 7
    assert list(item.movements.order_by("-id").values_list("kind", "on_hand_change")[:2]) == [
        ("write_off", -2),
        ("restock", 2),
    ]


def test_what_is_not_accepted_is_not_refunded_and_closes_it(house: House, done: Sold) -> None:
    request = done.ask(pots=2)
    move_return(return_id=request.pk, to="approved")
    move_return(return_id=request.pk, to="received")
    row = request.lines.get()
    inspect_return(return_id=request.pk, findings=[Finding(row.pk, 0)])
    request.refresh_from_db()
    assert (request.state, request.refund_id) == ("closed", None)
    assert not Refund.objects.exists()


@pytest.mark.parametrize(("pots", "cups"), [(4, 0), (0, 3)])
def test_no_more_comes_back_than_was_sent(done: Sold, pots: int, cups: int) -> None:
    with pytest.raises(Conflict):
        done.ask(pots=pots, cups=cups)
    done.ask(pots=2)
    with pytest.raises(Conflict) as refused:
        done.ask(pots=2)
    assert refused.value.details["lines"][0]["returnable"] == 1


def test_the_database_holds_it_too(done: Sold) -> None:
    request = done.ask(pots=3)
    row = ReturnLine(
        request=ReturnRequest.objects.create(
            order=done.order, number="R-2", currency="EUR"
        ),
        order=done.order, line=done.pots, vendor_id=done.pots.vendor_id, quantity=1,
        reason="other",
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="no more than what was sent"), transaction.atomic():
        row.save()
    move_return(return_id=request.pk, to="cancelled")
    row.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnLine.objects.filter(pk=row.pk).update(quantity=4)
    with pytest.raises(IntegrityError, match="does not come to life"), transaction.atomic():
        ReturnRequest.objects.filter(pk=request.pk).update(state="requested")


def test_what_was_not_sent_does_not_come_back(house: House) -> None:
    waiting = sold(house, arrived=False)
    with pytest.raises(Conflict):
        waiting.ask(pots=1)


def test_buyers_ask_within_the_window_for_their_own(done: Sold, settings) -> None:
    people = create_demo_users()
    buyer = people["shopper"]
    Order.objects.filter(pk=done.order.pk).update(user_id=buyer.pk)
    pieces = [Piece(done.pots.pk, 1, "changed_mind")]
    with acting_as(Identity(Role.SHOPPER, buyer.pk)):
        made = request_return(order_id=done.order.pk, pieces=pieces)
        with pytest.raises(PermissionRefused):
            move_return(return_id=made.pk, to="approved")
        move_return(return_id=made.pk, to="cancelled")
    stranger = people["agent"]
    with acting_as(Identity(Role.SHOPPER, stranger.pk)), pytest.raises(NotFound):
        request_return(order_id=done.order.pk, pieces=pieces)
    long_ago = timezone.now() - timedelta(days=settings.RETURN_WINDOW_DAYS, minutes=1)
    OrderPart.objects.update(delivered_at=long_ago)
    with acting_as(Identity(Role.SHOPPER, buyer.pk)), pytest.raises(Conflict, match="30 days"):
        request_return(order_id=done.order.pk, pieces=pieces)
    request_return(order_id=done.order.pk, pieces=pieces)  # staff may


@pytest.mark.parametrize("to", ["refunded", "inspected", "received", "closed", "nonsense"])
def test_steps_are_taken_in_their_order(done: Sold, to: str) -> None:
    request = done.ask(pots=1)
    with pytest.raises((Conflict, Invalid)):
        move_return(return_id=request.pk, to=to)
    request.refresh_from_db()
    assert request.state == "requested"


def test_an_inspection_names_every_line_and_no_more_than_came(done: Sold) -> None:
    request = done.ask(pots=2, cups=1)
    move_return(return_id=request.pk, to="approved")
    with pytest.raises(Conflict):
        inspect_return(return_id=request.pk, findings=[])
    move_return(return_id=request.pk, to="received")
    rows = list(request.lines.all())
    for findings in ([], [Finding(rows[0].pk, 1)], [Finding(r.pk, 3) for r in rows]):
        with pytest.raises(Invalid):
            inspect_return(return_id=request.pk, findings=findings)
    assert not Refund.objects.exists()


def test_shipping_is_given_back_once(house: House, done: Sold) -> None:
    done.send_back(pots=1, shipping=True)
    request = done.ask(pots=1)
    with pytest.raises(Conflict):
        accept(request, shipping=True)


def test_a_large_refund_waits_for_a_second_person_and_may_be_asked_for_again(
    house: House, done: Sold, settings
) -> None:
    settings.REFUND_TWO_PEOPLE_ABOVE = {}
    people = create_demo_users()
    request = done.send_back(pots=3)
    request.refresh_from_db()
    assert (request.state, request.refund_state) == ("inspected", "requested")
    with pytest.raises(Conflict):
        refund_return(return_id=request.pk)
    reject_refund(refund_id=request.refund_id, rejected_by=people["admin"].pk, why="No.")
    refund_return(return_id=request.pk)
    request.refresh_from_db()
    assert Refund.objects.count() == 2
    approve_refund(refund_id=request.refund_id, approved_by=people["admin"].pk)
    settle(house)
    request.refresh_from_db()
    assert (request.state, back_at_gateway(house)) == ("refunded", [956])


def test_what_was_given_back_before_is_told_and_not_given_twice(house: House, done: Sold) -> None:
    from payments.services.refunds import request_refund

    request_refund(
        payment_id=done.payment.pk, amount=done.order.money(TOTAL - 100), reason="goodwill",
        requested_by=None,
    )  # fmt: skip
    request = done.send_back(pots=1)
    assert request.state == "inspected"
    assert "can be given back" in request.refund_problem
    move_return(return_id=request.pk, to="closed")


def test_buyer_and_vendor_are_told(house: House, done: Sold) -> None:
    done.send_back(cups=1)
    settle(house)
    told = Notification.objects.filter(kind="return_status_changed").order_by("id")
    assert [n.context["state"] for n in told] == ["requested", "approved", "received", "refunded"]
    assert told.last().context["refund"] == {"amount": "5.00", "currency": "EUR"}
    (vendor,) = Notification.objects.filter(kind="vendor_return_requested")
    assert vendor.email == done.cupper.contact_email
