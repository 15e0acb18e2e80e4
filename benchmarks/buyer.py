"""A process that checks carts out and has them paid, one after another: `open` or `paid`, and a
file of carts' tokens. Prints when it was at work as JSON.

Each purchase is what a shop does: the order with its lines, part and held stock and a pending
payment in one transaction; then, as the gateway's news would, the payment settled in the ledger,
and the order paid and its stock taken.
"""

import json
import os
import sys
import time
from pathlib import Path

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from benchmarks.processor import of_process  # noqa: E402
from commerce.addresses import Address  # noqa: E402
from commerce.services.orders.checkout import check_out  # noqa: E402
from commerce.services.orders.paid import record_payment  # noqa: E402
from core.identity import acting_as_system  # noqa: E402
from core.money import Money  # noqa: E402
from payments.enums import AttemptState  # noqa: E402
from payments.gateways.interface import GatewayPayment, Seen  # noqa: E402
from payments.models import Payment, PaymentAttempt  # noqa: E402
from payments.services import settle as settling  # noqa: E402

HOME = Address(name="Ada Lovelace", line1="1 Rue", city="Lyon", postal_code="69001", country="FR")


def main() -> None:
    """Work the tokens off."""
    pays = sys.argv[1] == "paid"
    tokens = Path(sys.argv[2]).read_text().split()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        processes = [os.getpid(), cursor.fetchone()[0]]
    began = time.time()
    before = sum(map(of_process, processes))
    for number, token in enumerate(tokens):
        order = check_out(
            cart_token=token, gateway="stripe", email=f"buyer{number % 500}@example.com",
            shipping_address=HOME,
        )  # fmt: skip
        if pays:
            settled(order.payment_id)
            with acting_as_system("benchmark"):
                record_payment(
                    order_id=order.pk,
                    payment_id=order.payment_id,
                    amount=Money(order.total_minor, order.currency),
                )
    spent = sum(map(of_process, processes)) - before
    print(json.dumps({"began": began, "ended": time.time(), "processor": spent}))


def settled(payment_id: object) -> None:
    """The gateway shows the money."""
    with acting_as_system("benchmark"), transaction.atomic():
        payment = Payment.objects.get(pk=payment_id)
        attempt = payment.attempts.get()
        PaymentAttempt.objects.filter(pk=attempt.pk).update(
            state=AttemptState.SUBMITTED, livemode=False
        )
    amount = Money(payment.amount_minor, payment.currency)
    seen = GatewayPayment(
        Seen.CAPTURED, payment.reference, amount, False, gateway_ref=f"cs_{attempt.pk}",
        payment_ref=f"pi_{attempt.pk}", attempt_id=attempt.pk,
    )  # fmt: skip
    settling.settle(attempt_id=attempt.pk, seen=seen, source="benchmark")


main()
