"""The main job, lived through: registered, ordered, paid by webhook, told, and seen."""

import time

from tests.product import Product
from tests.story.shopper import Shopper, something_to_buy, until

MAIL_SECONDS = 30.0


def test_an_order_is_placed_paid_by_a_signed_webhook_told_and_seen(product: Product) -> None:
    rehearsal = product.rehearsal
    shopper = Shopper(product)
    shopper.sign_up()
    device = f"phone-{shopper.email}"
    shopper.call("POST", "devices/", json={"token": device, "platform": "android"})

    variant, currency = something_to_buy(product)
    placed = shopper.check_out(shopper.fill_cart(variant=variant, currency=currency))
    order, payment = placed["order"], placed["payment"]
    assert payment["status"] == "pending"

    # Stripe sends each event three times, in random order, and a stranger sends a changed one.
    rehearsal.webhook_faults(duplicate=3, hold=1000, seed=7)
    shopper.pay(payment["authorization_url"])
    assert rehearsal.release_webhooks() > 0
    rehearsal.end_webhook_faults()
    paid_at = time.monotonic()

    seen = until(
        lambda: (
            (o := shopper.call("GET", f"orders/{order['id']}/"))["payment_status"] == "paid" and o
        ),
        what="The order is paid",
    )
    assert seen["total"] == order["total"]
    thanks = rehearsal.wait_for_mail(to=shopper.email, subject="hank", timeout=MAIL_SECONDS)
    assert time.monotonic() - paid_at < MAIL_SECONDS
    rehearsal.wait_until_sent()
    until(lambda: no_open_deliveries(product), what="All reactions end")

    assert len(rehearsal.mails(to=shopper.email, subject="hank")) == len(thanks) == 1
    assert ledger_transactions(product, payment["reference"]) == 1
    pushes = rehearsal.pushes(token=device)
    assert len(pushes) == len({push["title"] for push in pushes}) > 0
    told_vendors = [
        m["recipients"] for m in rehearsal.mails(subject=f"New order {order['number']}")
    ]
    assert len(told_vendors) == len({line["vendor"] for line in placed["order"]["lines"]}) == 1


def test_a_tampered_webhook_is_refused_and_pays_nothing(product: Product) -> None:
    shopper = Shopper(product)
    variant, currency = something_to_buy(product)
    placed = shopper.check_out(shopper.fill_cart(variant=variant, currency=currency, quantity=1))
    product.rehearsal.webhook_faults(tamper=1.0)
    shopper.pay(placed["payment"]["authorization_url"])
    sent = until(
        lambda: refusals(product),
        what="A refusal",
    )
    product.rehearsal.end_webhook_faults()
    assert sent
    reference = placed["payment"]["reference"]
    assert ledger_transactions(product, reference) == 0


def refusals(product: Product) -> list[str]:
    """Webhooks of the rehearsal that were answered 401."""
    sent = product.rehearsal.deliveries()
    return [d["id"] for d in sent if any(a["status"] == 401 for a in d["attempts"])]


def no_open_deliveries(product: Product) -> bool:
    rows = product.query("SELECT count(*) FROM core_delivery WHERE state IN ('ready', 'leased')")
    return rows == [(0,)]


def ledger_transactions(product: Product, reference: str) -> int:
    rows = product.query(
        "SELECT count(*) FROM payments_ledgertransaction t JOIN payments_payment p "
        f"ON p.id = t.payment_id WHERE t.kind = 'payment' AND p.reference = '{reference}'"
    )
    return int(rows[0][0])
