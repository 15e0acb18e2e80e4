"""One order through each gateway, and a gateway that is away."""

import uuid
from typing import Any

import pytest

from tests.product import Product
from tests.story.shopper import Shopper, something_to_buy, until
from tests.story.test_main_job import ledger_transactions

GATEWAYS = ["stripe", "razorpay", "paystack"]


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_an_order_is_paid_once_whatever_its_gateway_repeats(product: Product, gateway: str) -> None:
    rehearsal = product.rehearsal
    shopper = Shopper(product)
    shopper.sign_up()
    variant, currency = something_to_buy(product, "USD")
    token = shopper.fill_cart(variant=variant, currency=currency, quantity=1)
    placed = shopper.check_out(token, gateway=gateway)
    order, payment = placed["order"], placed["payment"]

    rehearsal.webhook_faults(face=gateway, duplicate=3, hold=1000, seed=11)
    shopper.pay(payment["authorization_url"])
    assert rehearsal.release_webhooks(face=gateway) > 0
    rehearsal.end_webhook_faults(face=gateway)

    paid = until(
        lambda: (
            (o := shopper.call("GET", f"orders/{order['id']}/"))["payment_status"] == "paid" and o
        ),
        what=f"The order is paid through {gateway}",
    )
    assert paid["total"] == order["total"]
    rehearsal.wait_until_sent()
    until(lambda: nothing_waits(product, payment["reference"]), what="All reactions end")
    thanks = rehearsal.wait_for_mail(to=shopper.email, subject="hank", timeout=30)
    assert len(thanks) == 1
    assert ledger_transactions(product, payment["reference"]) == 1
    assert books_of(product, payment["reference"], "gateway_fee") == 1
    receipt = shopper.call("GET", f"payments/{payment['reference']}/receipt/")
    document = product.http.get(receipt["pdf"])
    assert document.headers["Content-Type"] == "application/pdf"
    assert document.content.startswith(b"%PDF-")


def test_a_gateway_that_is_away_is_a_502_with_a_sentence_and_the_others_go_on(
    product: Product,
) -> None:
    rehearsal = product.rehearsal
    fault = rehearsal.add_fault("status", face="paystack", path="/*", status=503)
    try:
        key = uuid.uuid4().hex
        away = start(product, "paystack", key)
        assert away.status_code == 502
        error = away.json()["error"]
        assert error["code"] == "upstream_unavailable"
        assert "Nothing was lost" in error["message"]
        reference = error["details"]["reference"][0]
        for other in ("stripe", "razorpay"):
            assert start(product, other, uuid.uuid4().hex).status_code == 201
    finally:
        rehearsal.clear_faults()
    assert fault
    again = until(
        lambda: (answer := start(product, "paystack", key)).status_code == 201 and answer,
        seconds=60,  # the breaker lets one through after its rest
        what="Paystack is asked again",
    )
    assert again.json()["data"]["reference"] == reference
    assert again.json()["data"]["authorization_url"]


def start(product: Product, gateway: str, key: str) -> Any:
    """A payment without an order."""
    return product.http.post(
        "/api/v1/payments/",
        headers={"Idempotency-Key": key},
        json={
            "email": "ada@example.com", "amount": "12.34", "currency": "USD", "gateway": gateway,
        },
    )  # fmt: skip


def nothing_waits(product: Product, reference: str) -> bool:
    """Every delivery about a payment is done."""
    return not product.query(
        "SELECT 1 FROM core_delivery d JOIN core_event e ON e.id = d.event_id "
        "JOIN payments_payment p ON e.subject = 'payment:' || p.id "
        f"WHERE p.reference = '{reference}' AND d.state IN ('ready', 'leased')"
    )


def books_of(product: Product, reference: str, kind: str) -> int:
    """How often something of a payment stands in the books."""
    rows = product.query(
        "SELECT count(*) FROM payments_ledgertransaction t JOIN payments_payment p "
        f"ON p.id = t.payment_id WHERE t.kind = '{kind}' AND p.reference = '{reference}'"
    )
    return int(rows[0][0])


def test_a_payment_nobody_told_us_of_is_found_by_a_command_beside_the_running_product(
    product: Product,
) -> None:
    rehearsal = product.rehearsal
    payment = start(product, "stripe", uuid.uuid4().hex).json()["data"]
    rehearsal.webhook_faults(face="stripe", drop=1.0)
    try:
        Shopper(product).pay(payment["authorization_url"])
    finally:
        rehearsal.end_webhook_faults(face="stripe")
    assert ledger_transactions(product, payment["reference"]) == 0
    said = product.manage("reconcile", "--gateway", "stripe")
    assert ledger_transactions(product, payment["reference"]) == 1, said
