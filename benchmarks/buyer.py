"""A process that checks carts out and has them paid, one after another: `open` or `paid`, how many
carts are its warming up, and a file of carts' tokens. Prints how long it was at work as JSON.

Each purchase is what a shop does: the order with its lines, part and held stock and a pending
payment in one transaction; then, as the gateway's news would, the payment settled in the ledger,
and the order paid and its stock taken. What the gateway does between (its page is opened and paid)
is not counted, nor are the first purchases of a process: a server's processes live for long.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction

from benchmarks.processor import of_process
from commerce.addresses import Address
from commerce.models import Order
from commerce.services.orders.checkout import check_out
from commerce.services.orders.paid import record_payment
from core.identity import acting_as_system
from payments.enums import AttemptState
from payments.gateways.interface import GatewayPayment, Seen
from payments.models import Payment, PaymentAttempt
from payments.services import settle as settling

HOME = Address(name="Ada Lovelace", line1="1 Rue", city="Lyon", postal_code="69001", country="FR")


def main() -> None:
    """Work the tokens off."""
    pays, warm = sys.argv[1] == "paid", int(sys.argv[2])
    tokens = Path(sys.argv[3]).read_text().split()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        processes = [os.getpid(), cursor.fetchone()[0]]
    purchases(tokens[:warm], pays=pays, clock=Clock(processes))
    clock = Clock(processes)
    purchases(tokens[warm:], pays=pays, clock=clock)
    print(json.dumps({"took": clock.took, "processor": clock.processor}))


class Clock:
    """Seconds and milliseconds of processor that the blocks it times took together."""

    def __init__(self, processes: list[int]) -> None:
        self.processes = processes
        self.took = self.processor = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Time this block."""
        began, before = time.perf_counter(), sum(map(of_process, self.processes))
        yield
        self.processor += sum(map(of_process, self.processes)) - before
        self.took += time.perf_counter() - began


def purchases(tokens: list[str], *, pays: bool, clock: Clock) -> None:
    """Check all out, then have all paid."""
    with clock.running():
        orders = [
            check_out(
                cart_token=token, gateway="stripe", email=f"buyer{number % 500}@example.com",
                shipping_address=HOME,
            )
            for number, token in enumerate(tokens)
        ]  # fmt: skip
    if not pays:
        return
    news = at_the_gateway(orders)
    with clock.running():
        for order, seen in zip(orders, news, strict=True):
            assert seen.attempt_id  # noqa: S101
            settling.settle(attempt_id=seen.attempt_id, seen=seen, source="benchmark")
            with acting_as_system("benchmark"):
                record_payment(order_id=order.pk, payment_id=order.payment_id, amount=order.total)


def at_the_gateway(orders: list[Order]) -> list[GatewayPayment]:
    """Its pages were opened and paid: what it shows of each."""
    with acting_as_system("benchmark"), transaction.atomic():
        payments = Payment.objects.in_bulk([order.payment_id for order in orders])
        attempts = {one.payment_id: one for one in PaymentAttempt.objects.filter(
            payment_id__in=payments)}  # fmt: skip
        PaymentAttempt.objects.filter(payment_id__in=payments).update(
            state=AttemptState.SUBMITTED, livemode=False
        )
    return [
        GatewayPayment(
            Seen.CAPTURED, payments[key].reference, payments[key].amount, False,
            gateway_ref=f"cs_{attempts[key].pk}", payment_ref=f"pi_{attempts[key].pk}",
            attempt_id=attempts[key].pk,
        )
        for key in (order.payment_id for order in orders) if key
    ]  # fmt: skip
