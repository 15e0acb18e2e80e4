"""One running product for the stories; they share it and use their own people and orders."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from tests.product import Product, running_product
from tests.story.browser import Visitor, chromium, running_browser, visiting
from tests.story.shopper import Shopper, something_to_buy, until


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The whole house with demo data, as `make run` gives it."""
    with running_product(demo=True) as running:
        yield running


@dataclass(frozen=True)
class PaidOrder:
    """What a story needs to find it again."""

    id: str
    number: str
    email: str
    reference: str


@pytest.fixture(scope="session")
def paid(product: Product) -> PaidOrder:
    """An order that was placed by a registered shopper and paid by webhooks, all reactions done."""
    shopper = Shopper(product)
    shopper.sign_up()
    shopper.call("POST", "devices/", json={"token": f"p-{shopper.email}", "platform": "ios"})
    variant, currency = something_to_buy(product)
    placed = shopper.check_out(shopper.fill_cart(variant=variant, currency=currency))
    shopper.pay(placed["payment"]["authorization_url"])
    order = placed["order"]
    until(
        lambda: shopper.call("GET", f"orders/{order['id']}/")["payment_status"] == "paid",
        what="The order is paid",
    )
    product.rehearsal.wait_until_sent()
    until(
        lambda: product.query("SELECT 1 WHERE NOT EXISTS (SELECT FROM core_delivery "
                              "WHERE state IN ('ready', 'leased'))"),
        what="All reactions end",
    )  # fmt: skip
    return PaidOrder(
        id=order["id"],
        number=order["number"],
        email=shopper.email,
        reference=placed["payment"]["reference"],
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, closed after each file: its loop would trouble other tests of this process."""
    if chromium() is None:
        pytest.skip("Chromium is not installed (apt-get install chromium); pages go unseen.")
    with running_browser() as running:
        yield running


def _visitor(browser: Browser, product: Product, who: str) -> Iterator[Visitor]:
    with visiting(browser, product.url) as visitor:
        visitor.log_in(f"{who}@example.com")
        yield visitor


@pytest.fixture(scope="module")
def admin(browser: Browser, product: Product) -> Iterator[Visitor]:
    """The demo's admin, logged in."""
    yield from _visitor(browser, product, "admin")


@pytest.fixture(scope="module")
def agent(browser: Browser, product: Product) -> Iterator[Visitor]:
    """The demo's agent, who looks after twenty customers."""
    yield from _visitor(browser, product, "agent")


@pytest.fixture(scope="module")
def readonly(browser: Browser, product: Product) -> Iterator[Visitor]:
    """The demo's reader."""
    yield from _visitor(browser, product, "readonly")


@pytest.fixture(scope="module")
def manager(browser: Browser, product: Product) -> Iterator[Visitor]:
    """The demo's manager."""
    yield from _visitor(browser, product, "manager")
