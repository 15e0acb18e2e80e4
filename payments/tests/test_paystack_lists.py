"""Paystack's own list, for comparing with our books."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from core.money import Money
from payments.gateways.interface import GatewayPayment, RefundRequest, Seen
from payments.gateways.paystack import client
from payments.gateways.registry import gateway
from payments.models import Difference
from payments.services.history import now
from payments.services.reconcile.book import unexplained_money
from payments.services.reconcile.run import reconcile
from payments.tests.house import attempt_of
from payments.tests.paystack_house import KEY, PaystackHouse, naira

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def listed(since: datetime, until: datetime) -> list[GatewayPayment]:
    return list(gateway("paystack").payments_between(since, until))


def test_every_payment_is_listed_with_its_fee_whoever_started_it(paystack: PaystackHouse) -> None:
    began = now() - SECOND
    paid, waiting = paystack.paid(), paystack.submitted()
    foreign = paystack.there.http.post(
        "/paystack/transaction/initialize",
        json={"email": "x@example.com", "amount": 5000},
        headers={"Authorization": f"Bearer {KEY}"},
    ).json()["data"]["reference"]
    paystack.there.paystack(foreign)
    seen = {one.gateway_ref: one for one in listed(began, now() + SECOND)}
    ours = seen[paystack.page_of(paid)]
    assert (ours.state, ours.reference, ours.fee) == (
        Seen.CAPTURED, paid.reference, Money(16_375, "NGN"),
    )  # fmt: skip
    assert ours.attempt_id == attempt_of(paid).pk
    assert seen[paystack.page_of(waiting)].state is Seen.OPEN
    assert (seen[foreign].reference, seen[foreign].amount) == ("", naira("50.00"))
    assert len(seen) == 3


def test_windows_that_meet_have_every_payment_once(
    paystack: PaystackHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PAGE", 2)
    began = now() - SECOND
    for _ in range(7):
        paystack.submitted(naira("10.00"))
    everything = listed(began, now() + SECOND)
    middle = everything[3].created_at
    assert middle is not None
    earlier, later = listed(began, middle), listed(middle, now() + SECOND)
    assert [one.gateway_ref for one in later + earlier] == [one.gateway_ref for one in everything]
    assert len(everything) == 7


def test_a_payment_in_a_currency_we_do_not_know_hides_no_other(paystack: PaystackHouse) -> None:
    began = now() - SECOND
    paid, strange = paystack.paid(), paystack.submitted()
    paystack.there.paystack_shows(paystack.page_of(strange), currency="TZS")
    assert [one.reference for one in listed(began, now() + SECOND)] == [paid.reference]


def test_our_books_are_paystacks_books_to_the_kobo(paystack: PaystackHouse) -> None:
    for amount in (naira("4250.00"), naira("99.99"), Money(12_345, "GHS"), Money(700, "XOF")):
        paystack.paid(amount)
    totals = paystack.there.paystack_book()["totals"]
    assert {code: (of["charged"], of["fees"]) for code, of in totals.items()} == {
        "NGN": (425_000 + 9_999, 16_375 + 150),
        "GHS": (12_345, 358),
        "XOF": (70_000, 2_100),
    }


def test_the_nightly_comparison_finds_what_nobody_told_us_and_nothing_else(
    paystack: PaystackHouse,
) -> None:
    told, untold, waiting = paystack.paid(), paystack.submitted(), paystack.submitted()
    paystack.there.paystack(paystack.page_of(untold))
    made = gateway("paystack").refund(
        RefundRequest(
            refund_id=uuid4(),
            idempotency_key="x",
            payment_ref=attempt_of(told).gateway_payment_ref or "",
            reference=told.reference,
            amount=naira("50.00"),
        )
    )
    paystack.there.paystack_refund(made.refund_ref, "processed")
    for _ in range(2):
        run = reconcile(gateway="paystack", until=now() + SECOND)
        assert [row for row in run.totals if not row["agrees"]] == []
    for payment in (told, untold, waiting):
        payment.refresh_from_db()
    assert (untold.status, waiting.status) == ("success", "pending")
    assert told.refunded == naira("50.00")
    assert not Difference.objects.filter(state="open").exists()
    assert unexplained_money() == {}
