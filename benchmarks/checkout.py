"""Checkouts and payments per second, through the real web server, worker and gateway (rehearsal).

* Checkout: POST carts/{token}/checkout/ of a cart with two things. One request is the whole door:
  the idempotency key, the order with its lines, event, history and sum in the house's currency,
  held stock and its movements, customer, payment; then the call to the gateway for its page,
  answered by the rehearsal over HTTP. Baseline: pgbench inserting the same order's rows, one
  transaction each.
* Paid: the gateway's signed webhook for each of those orders, until the last is paid, its stock
  taken and its ledger entries written. Baseline: the checkouts of this run.

Web server, worker, database, rehearsal and load generator share the machine's cores.
"""

import json
import os
import re
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.db import connection

from benchmarks.ground import asking, empty_event_log, program
from benchmarks.intake import pgbench_program
from benchmarks.load import drive, waited_for
from benchmarks.table import Result
from commerce.enums import ProductStatus, VendorStatus
from commerce.models import Cart, CartLine, Order, Variant, Vendor
from commerce.services.carts import token_digest
from commerce.services.catalogue import add_variant, create_product
from commerce.services.stock import receive_stock
from core.ids import new_id
from core.money import Money
from core.processes.house import Address, web, worker
from core.processes.ready import free_port
from payments.enums import PaymentStatus
from payments.models import Payment
from rehearsal.client import Rehearsal

CONNECTIONS = 8
ROUNDS = 3
ORDERS = 300  # a round
VARIANTS = 60
SHELF = 1_000_000
CURRENCY = "EUR"
ADDRESS = {"name": "Ada Byron", "line1": "12 Rue des Arts", "city": "Lyon", "country": "FR"}


def run() -> list[Result]:
    """Rounds in turns, the median of each."""
    from django.conf import settings

    port, bank_port, smtp_port = free_port(8700), free_port(8720), free_port(8740)
    os.environ["STRIPE_API_BASE"] = f"http://127.0.0.1:{bank_port}/stripe"
    settings.STRIPE_API_BASE = os.environ["STRIPE_API_BASE"]
    shelf = _shelf()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(
            program("rehearsal", "--port", str(bank_port), "--smtp-port", str(smtp_port),
                    "--data", folder, "--stripe-webhook-secret", settings.STRIPE_WEBHOOK_SECRETS[0],
                    "--webhook-url", f"stripe=http://127.0.0.1:{port}/webhooks/stripe/")
        )  # fmt: skip
        stack.enter_context(waited_for(bank_port))
        stack.enter_context(program(*list(web(Address("127.0.0.1", port), 2).command)[2:]))
        stack.enter_context(waited_for(port))
        stack.enter_context(program(*list(worker().command)[2:]))
        bank = stack.enter_context(Rehearsal(f"http://127.0.0.1:{bank_port}"))
        bank.webhook_faults(hold=True)
        _check_out(port, shelf, 60)  # everybody has imported and connected
        _pay(bank)
        checkouts, plain, paid = [], [], []
        for _ in range(ROUNDS):
            empty_event_log()
            plain.append(_plain_rate())
            checkouts.append(_check_out(port, shelf, ORDERS))
            paid.append(_pay(bank))
    middle = ROUNDS // 2
    ours = sorted(checkouts)[middle]
    return [
        Result("checkout over HTTP, page opened at the gateway", ours, sorted(plain)[middle],
               "pgbench, the same rows", "1/s", at_least=0.04),
        Result("webhook to paid order with ledger", sorted(paid)[middle], ours,
               "checkouts of this run", "1/s", at_least=0.5),
    ]  # fmt: skip


def _shelf() -> list[Variant]:
    """Enough different things that orders do not all wait for one shelf."""
    with asking():
        vendor, is_new = Vendor.objects.get_or_create(
            slug="bench", defaults={"name": "Bench", "status": VendorStatus.ACTIVE}
        )
        if is_new:
            for place in range(VARIANTS):
                product = create_product(
                    vendor=vendor, name=f"Thing {place}", status=ProductStatus.ACTIVE
                )
                variant = add_variant(
                    product=product, sku=f"BENCH-{place}", prices=[Money(1250, CURRENCY)]
                )
                receive_stock(variant_id=variant.pk, quantity=SHELF, source="bench")
        return list(Variant.objects.filter(vendor=vendor).order_by("sku"))


def _check_out(port: int, shelf: list[Variant], count: int) -> float:
    """Orders a second; every answer must be an order with a page to pay on."""
    requests = iter(list(_requests(_carts(shelf, count))))
    load = drive(port, requests, connections=CONNECTIONS, seconds=300)
    ordered = load.answers.get(201, 0)
    if set(load.answers) != {201} or ordered < count - CONNECTIONS:
        raise AssertionError(f"Not every cart became an order: {load.answers}")
    return ordered / load.seconds


def _carts(shelf: list[Variant], count: int) -> list[str]:
    tokens, carts, lines = [], [], []
    for place in range(count):
        token = uuid.uuid4().hex
        cart = Cart(id=new_id(), token_hash=token_digest(token), currency=CURRENCY)
        tokens.append(token)
        carts.append(cart)
        lines += [
            CartLine(cart=cart, variant=shelf[(2 * place + more) % len(shelf)], quantity=1,
                     unit_price_minor=1250, currency=CURRENCY)
            for more in (0, 1)
        ]  # fmt: skip
    with asking():
        Cart.objects.bulk_create(carts)
        CartLine.objects.bulk_create(lines)
    return tokens


def _requests(tokens: list[str]) -> Iterator[bytes]:
    for place, token in enumerate(tokens):
        body = json.dumps(
            {
                "gateway": "stripe",
                "email": f"buyer{place}-{token[:8]}@bench.example",
                "shipping_address": ADDRESS,
            }
        ).encode()
        head = (
            f"POST /api/v1/carts/{token}/checkout/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"Idempotency-Key: {token}\r\n\r\n"
        )
        yield head.encode() + body


def _pay(bank: Rehearsal) -> float:
    """Every open payment is paid at the gateway, the news held back; then the clock runs."""
    with asking():
        refs = list(
            Payment.objects.filter(status=PaymentStatus.PENDING, purpose="order")
            .exclude(attempts__gateway_ref=None)
            .values_list("attempts__gateway_ref", flat=True)
        )
    for ref in refs:
        bank.pay(ref)
    began = time.perf_counter()
    bank.end_webhook_faults()
    _wait_until_paid()
    seconds = time.perf_counter() - began
    bank.webhook_faults(hold=True)
    return len(refs) / seconds


def _wait_until_paid(*, within: float = 300.0) -> None:
    """No delivery is left and every payment's two sides stand in the ledger."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        with asking(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM payments_payment p JOIN payments_paymentattempt a "
                "ON a.payment_id = p.id WHERE p.status = 'pending' AND a.gateway_ref IS NOT NULL) "
                "OR EXISTS (SELECT FROM commerce_order WHERE payment_status = 'unpaid' "
                "AND payment_id IN (SELECT id FROM payments_payment WHERE status = 'success'))"
            )
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise TimeoutError("Not every order was paid.")


# -- the baseline: the rows of one order, again and again ------------------------------------------
# Table → how its rows are found from an order, and what must differ in each copy.
NEW_ID = "gen_random_uuid()"
ROWS: dict[str, tuple[str, dict[str, str]]] = {
    "commerce_order": (
        "id = '{order}'",
        {"id": ":'oid'::uuid", "number": "'B' || substr(:'oid', 1, 18)", "cart_id": "NULL"},
    ),
    "commerce_orderline": ("order_id = '{order}'", {"id": NEW_ID, "order_id": ":'oid'::uuid"}),
    "commerce_reservation": ("order_id = '{order}'", {"id": NEW_ID, "order_id": ":'oid'::uuid"}),
    "commerce_stockmovement": (
        "source = 'order:{order}' AND kind = 'reserve'",
        {"id": None, "source": "'order:' || :'oid'"},
    ),
    "payments_payment": (
        "purpose_id = '{order}'",
        {"id": ":'pid'::uuid", "reference": "'b-' || :'pid'", "purpose_id": ":'oid'::uuid"},
    ),
    "payments_paymentattempt": (
        "payment_id = '{payment}'",
        {"id": NEW_ID, "payment_id": ":'pid'::uuid", "idempotency_key": "'b-' || :'pid'",
         "gateway_ref": "NULL", "gateway_payment_ref": "NULL", "authorization_url": "''"},
    ),
}  # fmt: skip


def _plain_rate() -> float:
    """Transactions a second of pgbench, with as many connections, inserting an order's rows."""
    with asking():
        order = Order.objects.filter(payment_status="unpaid", cart__isnull=False).last() or (
            Order.objects.filter(cart__isnull=False).last()
        )
        assert order is not None  # noqa: S101  - the warm-up placed some
        script = _script(order)
    where = urlsplit(os.environ["DATABASE_URL"])
    query = dict(parse_qsl(where.query))
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        printed = subprocess.run(
            [
                str(pgbench_program()), "-n", "-c", str(CONNECTIONS), "-j", "2", "-T", "6",
                "-f", file.name, "-h", query.get("host") or where.hostname or "",
                "-p", str(where.port or query.get("port") or 5432),
                "-U", unquote(where.username or ""), where.path.lstrip("/"),
            ],
            env={**os.environ, "PGPASSWORD": unquote(where.password or "")},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", printed.stdout)
    if found is None or float(found[1]) == 0:
        raise AssertionError(printed.stdout + printed.stderr)
    return float(found[1])


def _script(order: Order) -> str:
    steps = [
        "SELECT gen_random_uuid() AS oid, gen_random_uuid() AS pid \\gset",
        "BEGIN;",
        "SET LOCAL ROLE tw_system;",
    ]
    for table, (condition, different) in ROWS.items():
        values: dict[str, Any] = {
            name: different.get(name, name)
            for name in _columns(table)
            if different.get(name, name) is not None
        }
        found = condition.format(order=order.pk, payment=order.payment_id)
        steps.append(
            f"INSERT INTO {table} ({', '.join(values)}) "
            f"SELECT {', '.join(values.values())} FROM {table} WHERE {found};"
        )
    return "\n".join([*steps, "COMMIT;\n"])


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
            "AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]
