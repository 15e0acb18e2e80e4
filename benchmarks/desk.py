"""The lists people work in: until the first byte of a page of the admin's products and orders.

BENCH_ORDERS says another number than a million.
"""

import os
import socket
import statistics
import time

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client

from benchmarks import orders, shelf
from benchmarks.ground import asking, program
from benchmarks.load import waited_for
from benchmarks.products import _command
from benchmarks.table import Result
from core.processes.ready import free_port

PRODUCTS = 10_000
ORDERS = int(os.environ.get("BENCH_ORDERS", "1000000"))
ROUNDS = 9
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
    """Medians; the first round warms up, and the pages take turns."""
    shelf.fill(PRODUCTS)
    orders.fill(ORDERS)
    cookie = _signed_in()
    port = free_port(8860)
    took: dict[str, list[float]] = {}
    with program(*_command(port)), waited_for(port):
        for measured in range(ROUNDS + 1):
            for name, path in PAGES.items():
                milliseconds = first_byte(port, path, cookie)
                if measured:
                    took.setdefault(name, []).append(milliseconds)
    return [
        Result(f"admin: {name}", statistics.median(times), PROMISED,
               f"promised; best {min(times):.0f}", "ms", at_most=1.0)
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
