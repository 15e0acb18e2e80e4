"""Makes the README's pictures: `.venv/bin/python -m tests.story.screenshots` (needs Chromium).

Starts a product of its own with demo data, lets somebody order and pay, and photographs that
order, its payment, and the pages that a shop's owner looks at.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import django
from django.db.models import Model

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


def a_campaign(visitor: Visitor) -> str:
    """The demo's draft, sent to whom it is for; its page's address."""
    page = visitor.open("/admin/notifications/campaign/")
    page.get_by_role("link", name="First harvest").click()
    there = page.url.removeprefix(visitor.url)
    for deed, then in (("Count its people", "Start"), ("Start", None)):
        page.get_by_role("button", name=deed, exact=True).click()
        until(lambda then=then: _offers(visitor, there, then), what=f"After {deed}", seconds=120)
    return there


def _offers(visitor: Visitor, path: str, button: str | None) -> bool:
    """Whether the page has that button; None: no button any more, for it is done."""
    buttons = visitor.open(path).locator("form[action*='/do/'] button")
    if button is None:
        return buttons.count() == 0
    return buttons.filter(has_text=button).count() > 0


def photograph(visitor: Visitor, path: str, to: Path, *, height: int) -> None:
    """One picture of what fits a window of that height."""
    visitor.page.set_viewport_size({"width": WIDTH, "height": height})
    visitor.open(path).screenshot(path=to)
    sys.stdout.write(f"{to.relative_to(ROOT)}: {to.stat().st_size // 1024} KB\n")


def row_of(product: Product, model: type[Model], where: str) -> Any:
    """The first row that fits, read beside the product."""
    fields = model._meta.concrete_fields
    columns = ", ".join(field.column for field in fields)
    (row,) = product.query(f"SELECT {columns} FROM {model._meta.db_table} WHERE {where} LIMIT 1")
    return model(**{field.attname: value for field, value in zip(fields, row, strict=True)})


def receipt_of(product: Product, language: str) -> Any:
    """A receipt of an order in that language, the largest."""
    from payments.models import Payment, Receipt

    wanted = f"kind = 'receipt' AND language = '{language}'"
    receipt = row_of(product, Receipt, f"{wanted} ORDER BY payment_id IS NULL, total_minor DESC")
    if receipt.payment_id:
        receipt.payment = row_of(product, Payment, f"id = '{receipt.payment_id}'")
    return receipt


def print_out(product: Product, language: str, to: Path) -> None:
    """The first page of a receipt as a picture, set as its PDF is."""
    import typst

    from payments.receipts import pdf
    from payments.receipts.page import shown

    words = json.dumps(shown(receipt_of(product, language)), ensure_ascii=False)
    made = typst.compile(
        str(pdf.TEMPLATE),
        format="png",
        root=str(pdf.HERE),
        font_paths=pdf._fonts(),
        sys_inputs={"shown": words},
        ppi=80.0,
    )
    to.write_bytes(made[0] if isinstance(made, list) else made)
    sys.stdout.write(f"{to.relative_to(ROOT)}: {to.stat().st_size // 1024} KB\n")


def main() -> None:
    """All pictures."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_product(demo=True) as product, running_browser() as browser:
        order = an_order(product)
        for language in ("en", "ar"):
            print_out(product, language, FOLDER / f"receipt-{language}.png")
        with visiting(browser, product.url) as visitor:
            visitor.log_in("admin@example.com")
            photograph(visitor, "/admin/", FOLDER / "dashboard.png", height=1000)
            there = f"/admin/commerce/order/{order}/change/"
            photograph(visitor, there, FOLDER / "order.png", height=1500)
            photograph(visitor, "/admin/money/?days=90", FOLDER / "money.png", height=1000)
            ((payment,),) = product.query(
                f"SELECT id FROM payments_payment WHERE purpose_id = '{order}'"
            )
            there = f"/admin/payments/payment/{payment}/change/"
            photograph(visitor, there, FOLDER / "payment.png", height=1200)
            photograph(visitor, "/admin/webhooks/", FOLDER / "webhooks.png", height=900)
            there = "/admin/notifications/template/edit/order_placed/email/fr/"
            photograph(visitor, there, FOLDER / "wording.png", height=1100)
            photograph(visitor, "/admin/commerce/product/", FOLDER / "products.png", height=900)
            photograph(visitor, a_campaign(visitor), FOLDER / "campaign.png", height=1000)
            there = "/admin/payments/subscription/"
            photograph(visitor, there, FOLDER / "subscriptions.png", height=900)


if __name__ == "__main__":
    main()
