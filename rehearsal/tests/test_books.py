"""Refunds, fees and the gateway's own ledger."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from rehearsal.client import Rehearsal
from rehearsal.stripe.balance import fee_of
from rehearsal.testing import RunningRehearsal
from rehearsal.tests.receiver import Receiver
from rehearsal.tests.test_stripe_sessions import item


@pytest.fixture
def paid(
    control: Rehearsal, sdk: stripe.StripeClient, new_session: Callable[..., Any]
) -> Callable[..., Any]:
    def pay(unit_amount: int = 10_000, currency: str = "eur") -> Any:
        session = new_session(line_items=[item(unit_amount, currency)])
        intent = control.pay(session.id)["payment_intent"]
        return sdk.v1.payment_intents.retrieve(intent)

    return pay


def test_money_goes_back_in_parts_and_never_more_than_came(
    sdk: stripe.StripeClient, paid: Callable[..., Any]
) -> None:
    intent = paid(10_000)
    first = sdk.v1.refunds.create(
        {"payment_intent": intent.id, "amount": 3_000, "reason": "requested_by_customer"}
    )
    assert (first.status, first.amount, first.reason) == (
        "succeeded",
        3_000,
        "requested_by_customer",
    )
    with pytest.raises(stripe.InvalidRequestError, match=r"greater than unrefunded amount"):
        sdk.v1.refunds.create({"payment_intent": intent.id, "amount": 7_001})
    rest = sdk.v1.refunds.create({"charge": intent.latest_charge})
    assert rest.amount == 7_000
    charge = sdk.v1.charges.retrieve(intent.latest_charge, {"expand": ["refunds"]})
    assert (charge.refunded, charge.amount_refunded) == (True, 10_000)
    assert [refund.id for refund in charge.refunds.data] == [rest.id, first.id]
    with pytest.raises(stripe.InvalidRequestError) as again:
        sdk.v1.refunds.create({"charge": intent.latest_charge})
    assert again.value.code == "charge_already_refunded"


def test_a_refund_is_told_by_two_events(
    server: RunningRehearsal,
    receiver: Receiver,
    sdk: stripe.StripeClient,
    paid: Callable[..., Any],
) -> None:
    intent = paid(10_000)
    receiver.wait_for(3)
    options: Any = {"idempotency_key": "refund-1"}
    refund = sdk.v1.refunds.create({"payment_intent": intent.id, "amount": 1_000}, options)
    told = [posted.event(server.webhook_secret) for posted in receiver.wait_for(5)[3:]]
    by_type = {event.type: event for event in told}
    assert set(by_type) == {"refund.created", "charge.refunded"}
    assert by_type["refund.created"].data.object.id == refund.id
    assert by_type["refund.created"].request.idempotency_key == "refund-1"
    assert by_type["charge.refunded"].data.previous_attributes.amount_refunded == 0


@pytest.mark.parametrize(("amount", "fee"), [(10_000, 320), (100, 33), (50, 31), (1_017, 59)])
def test_the_fee_is_2_9_percent_and_30(amount: int, fee: int) -> None:
    assert fee_of(amount) == fee


@pytest.mark.parametrize(
    ("amount", "currency", "fee"), [(5_120, "kwd", 180), (70_000, "isk", 2100)]
)
def test_a_fee_is_an_amount_of_its_currency(amount: int, currency: str, fee: int) -> None:
    assert fee_of(amount, currency) == fee


def test_the_ledger_adds_up_per_currency(
    control: Rehearsal, sdk: stripe.StripeClient, paid: Callable[..., Any]
) -> None:
    paid(10_000)
    sdk.v1.refunds.create({"payment_intent": paid(5_000).id, "amount": 2_000})
    paid(800, "jpy")
    book = control.stripe_book()
    assert book["totals"]["eur"] == {
        "charged": 15_000,
        "charges": 2,
        "refunded": 2_000,
        "refunds": 1,
    }
    assert book["balance"]["eur"] == {
        "charge": 15_000,
        "refund": -2_000,
        "fees": 320 + 175,
        "net": 15_000 - 2_000 - 320 - 175,
    }
    assert book["totals"]["jpy"]["charged"] == 800
    lines = sdk.v1.balance_transactions.list({"currency": "eur"}).data
    assert sum(line.net for line in lines) == book["balance"]["eur"]["net"]
    assert [line.type for line in lines] == ["refund", "charge", "charge"]
    assert all(line.net == line.amount - line.fee for line in lines)
    of_source = sdk.v1.balance_transactions.list({"source": book["charges"][0]["id"]})
    assert [line.fee for line in of_source.data] == [320]


def test_a_declined_charge_is_in_the_book_but_not_in_the_totals(
    control: Rehearsal, new_session: Callable[..., Any]
) -> None:
    control.decline(new_session().id)
    book = control.stripe_book()
    assert [charge["status"] for charge in book["charges"]] == ["failed"]
    assert book["totals"] == {}
    assert book["balance_transactions"] == []
