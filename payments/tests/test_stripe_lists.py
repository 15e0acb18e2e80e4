"""Stripe's own lists, for the reconciliation: complete, page by page, nothing twice."""

from datetime import UTC, datetime, timedelta

import pytest

from core.money import Money
from payments.gateways.interface import Seen
from payments.gateways.stripe import lists
from payments.gateways.stripe.lists import created_between
from payments.tests.stripe_side import StripeSide


@pytest.fixture
def side(stripe_keys) -> StripeSide:
    return StripeSide(stripe_keys.client)


def today() -> tuple[datetime, datetime]:
    now = datetime.now(UTC)
    return now - timedelta(hours=1), now + timedelta(hours=1)


def calls(side: StripeSide, path: str) -> int:
    log = side.stripe.call("GET", "/control/stripe/requests")["requests"]
    return sum(line["path"] == path for line in log)


def test_payments_come_with_fee_refunds_and_time(side: StripeSide) -> None:
    start, intent = side.paid()
    side.refund(start, intent, Money(1000, "EUR"))
    (seen,) = side.gateway.payments_between(*today())
    assert (seen.state, seen.reference, seen.payment_ref) == (
        Seen.CAPTURED, start.reference, intent,
    )  # fmt: skip
    assert (seen.amount, seen.fee, seen.refunded, seen.settled) == (
        Money(4250, "EUR"), Money(153, "EUR"), Money(1000, "EUR"), None,
    )  # fmt: skip
    assert seen.attempt_id == start.attempt_id
    assert seen.created_at is not None
    assert abs(seen.created_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_tries_that_failed_moved_no_money(side: StripeSide) -> None:
    start = side.start(Money(4250, "EUR"))
    session = side.gateway.start(start).gateway_ref
    side.stripe.decline(session)
    assert list(side.gateway.payments_between(*today())) == []
    side.stripe.pay(session)
    assert [seen.state for seen in side.gateway.payments_between(*today())] == [Seen.CAPTURED]


def test_money_we_did_not_ask_for_is_listed_without_a_reference(side: StripeSide) -> None:
    side.subscribed(2900)
    (seen,) = side.gateway.payments_between(*today())
    assert (seen.reference, seen.amount) == ("", Money(2900, "EUR"))


def test_refunds_come_with_the_reference_of_their_payment(side: StripeSide) -> None:
    start, intent = side.paid()
    ours = side.refund(start, intent, Money(1000, "EUR"))
    side.api("POST", "refunds", payment_intent=intent, amount="500")
    theirs, mine = side.gateway.refunds_between(*today())  # newest first
    assert mine == ours
    assert (theirs.reference, theirs.refund_id) == (start.reference, None)


def test_pages_are_fetched_when_they_are_needed(
    side: StripeSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    paid = {side.paid()[1] for _ in range(5)}
    listing = side.gateway.payments_between(*today())
    assert calls(side, "/v1/charges") == 0
    next(listing)
    next(listing)
    assert calls(side, "/v1/charges") == 1
    rest = {seen.payment_ref for seen in listing}
    assert calls(side, "/v1/charges") == 3
    assert len(rest) == 3
    assert {s.payment_ref for s in side.gateway.payments_between(*today())} == paid


def test_two_windows_that_meet_hold_every_second_once() -> None:
    """Stripe counts whole seconds; a bound between two of them belongs to one side."""
    start = datetime(2026, 11, 20, 10, 0, 0, tzinfo=UTC)
    for cut in (0, 1, 250_000, 999_999):
        middle = start + timedelta(seconds=5, microseconds=cut)
        before = created_between(start, middle)
        after = created_between(middle, start + timedelta(seconds=10))
        assert before["lt"] == after["gte"]
        for second in range(int(start.timestamp()), int(start.timestamp()) + 10):
            made = datetime.fromtimestamp(second, UTC)
            assert (before["gte"] <= second < before["lt"]) == (start <= made < middle)


def test_what_is_outside_the_window_is_not_in_it(side: StripeSide) -> None:
    side.paid()
    now = datetime.now(UTC)
    assert list(side.gateway.payments_between(now + timedelta(hours=1), now + timedelta(2))) == []
    assert list(side.gateway.payments_between(now - timedelta(2), now - timedelta(hours=1))) == []


def test_one_charge_that_cannot_be_read_does_not_end_the_list(side: StripeSide) -> None:
    """Another program on the account takes shillings of Uganda, which we do not book."""
    _, before = side.paid()
    session = side.api(
        "POST", "checkout/sessions",
        **{"mode": "payment", "success_url": "http://other.test/",
           "line_items[0][quantity]": "1", "line_items[0][price_data][currency]": "ugx",
           "line_items[0][price_data][unit_amount]": "500000",
           "line_items[0][price_data][product_data][name]": "Coffee"},
    )  # fmt: skip
    intent = side.stripe.pay(session["id"])["payment_intent"]
    side.api("POST", "refunds", payment_intent=intent)
    _, after = side.paid()
    assert [seen.payment_ref for seen in side.gateway.payments_between(*today())] == [after, before]
    assert list(side.gateway.refunds_between(*today())) == []
