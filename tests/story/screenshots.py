"""Makes the README's pictures: `.venv/bin/python -m tests.story.screenshots` (needs Chromium).

Starts a product of its own with demo data, lets somebody order and pay, and photographs the
dashboard and that order.
"""

import sys
from pathlib import Path

import tests.services  # noqa: F401  - the environment a product needs, before anything reads it
from tests.product import ROOT, Product, running_product
from tests.story.browser import Visitor, running_browser, visiting
from tests.story.shopper import Shopper, something_to_buy, until

FOLDER = ROOT / "docs" / "images"
WIDTH = 1440


def an_order(product: Product) -> str:
    """Placed and paid; its id."""
    shopper = Shopper(product, email="ada.buyer@example.com")
    shopper.sign_up()
    variant, currency = something_to_buy(product)
    placed = shopper.check_out(shopper.fill_cart(variant=variant, currency=currency))
    shopper.pay(placed["payment"]["authorization_url"])
    order = placed["order"]["id"]
    paid = lambda: shopper.call("GET", f"orders/{order}/")["payment_status"] == "paid"  # noqa: E731
    until(paid, what="The order is paid")
    product.rehearsal.wait_for_mail(to=shopper.email, subject="hank")
    return str(order)


def photograph(visitor: Visitor, path: str, to: Path, *, height: int) -> None:
    """One picture of what fits a window of that height."""
    visitor.page.set_viewport_size({"width": WIDTH, "height": height})
    visitor.open(path).screenshot(path=to)
    sys.stdout.write(f"{to.relative_to(ROOT)}: {to.stat().st_size // 1024} KB\n")


def main() -> None:
    """Both pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_product(demo=True) as product, running_browser() as browser:
        order = an_order(product)
        with visiting(browser, product.url) as visitor:
            visitor.log_in("admin@example.com")
            photograph(visitor, "/admin/", FOLDER / "dashboard.png", height=1000)
            there = f"/admin/commerce/order/{order}/change/"
            photograph(visitor, there, FOLDER / "order.png", height=1700)


if __name__ == "__main__":
    main()
