"""The lists people work in: until the first byte of a page of the admin's products and orders.

BENCH_ORDERS says another number than a million.
"""

import os
import socket
import statistics
import time

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from benchmarks import orders, shelf
from benchmarks.ground import asking, program
from benchmarks.load import waited_for
from benchmarks.processor import spent
from benchmarks.products import _command
from benchmarks.table import Result
from core.database.owner import owner_login
from core.processes.ready import free_port

PRODUCTS = 10_000
ORDERS = int(os.environ.get("BENCH_ORDERS", "1000000"))
ROUNDS = 3
EACH = 3  # requests for a page before the next one
PROMISED = 150.0  # milliseconds
PAGES = {
    "products": "/admin/commerce/product/",
    "products, two words": "/admin/commerce/product/?q=iron+teapot+99",
    "products, a SKU": "/admin/commerce/product/?q=SKU-77",
    "products, on sale": "/admin/commerce/product/?status__exact=active",
    "products, out of stock": "/admin/commerce/product/?wants=out",
    "orders": "/admin/commerce/order/",
    "orders, to ship": "/admin/commerce/order/?work=to_ship",
    "orders, unpaid": "/admin/commerce/order/?work=unpaid",
    "orders, attention": "/admin/commerce/order/?work=attention",
    "orders, delivered": "/admin/commerce/order/?status__exact=delivered",
    "orders, paid": "/admin/commerce/order/?payment_status__exact=paid",
    "orders, from a shop": "/admin/commerce/order/?source__exact=storefront",
    "orders, in euro": "/admin/commerce/order/?currency=EUR",
    "orders, of a number": "/admin/commerce/order/?q=TW-B-4711",
    "orders, of a buyer": "/admin/commerce/order/?q=buyer4711@example.com",
    "orders, of nobody": "/admin/commerce/order/?q=nobody@example.com",
    "orders, dear ones": "/admin/commerce/order/?o=-4",
    "orders, page 100": "/admin/commerce/order/?p=100",
}


def run() -> list[Result]:
    """Pages in turns, the first round warms up. What is promised is compared with the processor
    time of a page (all of it is made before its first byte); the clock's medians stand beside."""
    shelf.fill(PRODUCTS)
    orders.fill(ORDERS)
    call_command("collectstatic", interactive=False, verbosity=0)  # as `manage.py up` does
    cookie = _signed_in()
    port = free_port(8860)
    took: dict[str, list[float]] = {}
    worked: dict[str, float] = {}
    with program(*_command(port)) as server, waited_for(port), owner_login():
        for measured in range(ROUNDS + 1):
            for name, path in PAGES.items():
                before = spent(server.pid)
                times = [first_byte(port, path, cookie) for _ in range(EACH)]
                if measured:
                    took.setdefault(name, []).extend(times)
                    worked[name] = worked.get(name, 0.0) + spent(server.pid) - before
    return [
        Result(f"admin: {name}", worked[name] / (ROUNDS * EACH), PROMISED,
               f"promised; {statistics.median(times):.0f} by the clock", "ms", at_most=1.0)
        for name, times in took.items()
    ]  # fmt: skip


def first_byte(port: int, path: str, cookie: str) -> float:
    """Milliseconds from the request to the first byte of a 200."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nConnection: close\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        began = time.perf_counter()
        line.sendall(f"{request}\r\n".encode())
        start = line.recv(12)
        took = (time.perf_counter() - began) * 1000
        while line.recv(1 << 16):
            pass
    if start != b"HTTP/1.1 200":
        raise AssertionError(f"{path} was answered {start!r}")
    return took


def _signed_in() -> str:
    with asking():
        user, made = get_user_model().objects.get_or_create(
            email="bench-admin@example.com", defaults={"is_staff": True}
        )
        if made:
            user.groups.add(Group.objects.get(name="admin"))
        client = Client()
        client.force_login(user)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
