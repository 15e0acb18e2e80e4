"""Orders come in as history, each whole or not at all, and go out to come in again."""

import pytest
from django.db import transaction

from commerce.locks import take_order_numbers
from commerce.models import Order, Variant
from commerce.tests.shop import make_variant, make_vendor
from core.errors import Invalid
from core.models import Event
from core.tests.bulk.rows import (
    as_csv,
    bring_in,
    figures,
    reasons,
    table,
    take_out,
    try_out,
    upload,
    write,
)
from crm.models import Customer

pytestmark = pytest.mark.django_db

HEAD = ["Invoice", "Date", "Email", "SKU", "Description", "Qty", "Price", "Shipping", "Country"]
FIRST = ["A1", "2024-05-01 10:00", "ada@example.com", "TEA", "Tea", "2", "7.50", "4.90", "France"]
SECOND = ["A1", "", "", "CUP", "Cup", "1", "3.00", "", ""]
OTHER = ["A2", "2024-05-02", "bob@example.com", "TEA", "Tea", "1", "7.50", "", "DE"]
HOW = {"vendor": "tea-house", "currency": "EUR", "platform": "old-shop"}


@pytest.fixture(autouse=True)
def tea_house() -> None:
    variant = make_variant(make_vendor(name="Tea House", slug="tea-house"))
    Variant.objects.filter(pk=variant.pk).update(sku="TEA")


def test_rows_of_one_number_are_one_order_wherever_they_stand() -> None:
    job = bring_in("orders", [HEAD, FIRST, OTHER, SECOND], **HOW)
    assert figures(job) == (3, 0, 0, 0), reasons(job)
    one, two = Order.objects.order_by("external_id")
    assert (one.external_id, one.total_minor, one.country) == ("A1", 2290, "FR")
    assert (one.status, one.payment_status, one.source) == ("delivered", "paid", "import")
    assert one.placed_at.isoformat() == "2024-05-01T10:00:00+00:00"
    assert [line.sku for line in one.lines.order_by("position")] == ["TEA", "CUP"]
    assert one.lines.get(sku="TEA").variant is not None
    assert one.lines.get(sku="CUP").variant is None
    assert two.customer is not None
    assert two.customer.email == "bob@example.com"
    assert Customer.objects.count() == 2
    assert [event.data["history"] for event in Event.objects.filter(type="order.placed")] == [
        True, True,
    ]  # fmt: skip
    before = list(Order.objects.order_by("pk").values())
    assert figures(bring_in("orders", [HEAD, FIRST, OTHER, SECOND], **HOW)) == (0, 0, 3, 0)
    assert list(Order.objects.order_by("pk").values()) == before


BAD = {
    "a line without pieces": (["A1", "", "", "CUP", "Cup", "0", "3.00", "", ""], "Quantity is 0"),
    "a price in words": (["A1", "", "", "CUP", "Cup", "1", "three", "", ""], "not a number"),
    "a comma": (["A1", "", "", "CUP", "Cup", "1", "3,00", "", ""], "a point, no comma"),
    "too many digits": (["A1", "", "", "CUP", "Cup", "1", "3.005", "", ""], "digits after"),
    "another address": (["A1", "", "x@y.zz", "CUP", "Cup", "1", "3.00", "", ""], "E-mail is"),
    "no country": (["A1", "", "", "CUP", "Cup", "1", "3.00", "", "Atlantis"], "Country"),
    "a negative price": (["A1", "", "", "CUP", "Cup", "1", "-3.00", "", ""], "below zero"),
    "no number": (["", "", "", "CUP", "Cup", "1", "3.00", "", ""], "No order number"),
}


@pytest.mark.parametrize("what", BAD)
def test_an_order_with_a_bad_line_stays_out_whole_and_harms_no_other(what: str) -> None:
    row, reason = BAD[what]
    job = bring_in("orders", [HEAD, FIRST, row, OTHER], **HOW)
    told = reasons(job)
    assert reason in " ".join(told.values())
    if row[0]:
        assert set(told) == {2, 3}
        assert [order.external_id for order in Order.objects.all()] == ["A2"]
    else:
        assert set(told) == {3}


def test_an_order_that_is_there_is_not_rewritten_by_a_file() -> None:
    bring_in("orders", [HEAD, FIRST, SECOND], **HOW)
    dearer = [*FIRST[:6], "8.50", *FIRST[7:]]
    job = bring_in("orders", [HEAD, dearer, SECOND], **HOW)
    assert figures(job) == (0, 0, 0, 2)
    assert "does not rewrite an order" in reasons(job)[2]
    parcel = [*HEAD, "Tracking number"]
    job = bring_in("orders", [parcel, [*FIRST, "1Z999"], [*SECOND, ""]], **HOW)
    assert figures(job) == (0, 2, 0, 0)
    assert Order.objects.get().tracking_number == "1Z999"


def test_discount_and_tax_are_spread_over_the_lines_to_the_last_unit() -> None:
    head = [*HEAD, "Discount", "Tax"]
    rows = [head, [*FIRST, "1.00", "0.99"], [*SECOND, "", ""]]
    job = bring_in("orders", rows, **HOW)
    assert figures(job) == (2, 0, 0, 0), reasons(job)
    order = Order.objects.get()
    assert order.total_minor == 1800 - 100 + 490 + 99
    assert sum(line.discount_minor for line in order.lines.all()) == 100
    assert sum(line.tax_minor for line in order.lines.all()) == 99


KEPT = (
    "number", "email", "country", "currency", "subtotal_minor", "discount_minor",
    "shipping_minor", "tax_minor", "total_minor", "status", "payment_status", "paid_at",
    "placed_at", "tracking_number", "carrier", "notes", "external_id", "external_platform",
    "customer__email", "lines__sku", "lines__name", "lines__position", "lines__quantity",
    "lines__unit_price_minor", "lines__discount_minor", "lines__tax_minor",
    "lines__vendor__slug", "lines__variant__sku", "shipping_address",
)  # fmt: skip


def all_there_is() -> list[dict[str, object]]:
    return list(Order.objects.order_by("number", "lines__position").values(*KEPT))


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_what_goes_out_comes_in_again_with_its_numbers(format: str) -> None:
    with transaction.atomic():  # a shop of its own, gone when its file has been written
        rows = [[*HEAD, "Discount", "Tax"], [*FIRST, "1.00", "0.99"], [*SECOND, "", ""],
                [*OTHER, "", ""]]  # fmt: skip
        bring_in("orders", rows, **HOW)
        Order.objects.update(
            shipping_address={
                "name": "Böb =1+1", "line1": "-", "line2": "", "city": "Köln", "region": "",
                "postal_code": "00501", "country": "DE",
            },
            notes="two\nlines", tracking_number="+1Z", carrier="@DHL",
        )  # fmt: skip
        content, before = take_out("orders", format=format), all_there_is()
        assert len(before) == 3
        transaction.set_rollback(True)
    assert not Order.objects.exists()

    job = write(try_out(upload("orders", content, name=f"orders.{format}")))
    assert figures(job) == (3, 0, 0, 0), reasons(job)
    assert all_there_is() == before
    # and a number that came in is not given again
    with transaction.atomic():
        (fresh,) = take_order_numbers(2024)
    assert fresh == "TW-2024-000003"


def test_no_more_queries_for_more_orders(django_assert_max_num_queries) -> None:
    rows = [HEAD, *[[f"N{n}", *FIRST[1:]] for n in range(60)]]
    bring_in("orders", rows, **HOW)
    with django_assert_max_num_queries(60):
        assert len(table(take_out("orders"))) == 60


def test_the_currency_and_the_vendor_are_asked_for_before_any_row_is_read() -> None:
    for how, wanted in ({"vendor": "tea-house"}, "currency"), (
        {"vendor": "nobody", "currency": "EUR"}, "vendor",
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            try_out(upload("orders", as_csv([HEAD, FIRST])), **how)
        assert wanted in refused.value.details
