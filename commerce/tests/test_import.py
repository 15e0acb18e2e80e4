"""A real shop's history comes in whole, once, and tells nobody."""

import csv
import gzip
import os
from itertools import islice
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from commerce.imports.online_retail import COLUMNS
from commerce.models import Order, OrderLine, Product, Variant
from commerce.tests.bulk.counted import counted_from_orders, counted_from_rows
from core.models import BulkJob, Event
from crm.models import Customer

SAMPLE = Path(__file__).parent / "data" / "online-retail-sample.csv.gz"

pytestmark = pytest.mark.django_db
minutes = pytest.mark.skipif(
    not os.environ.get("WHOLE_LEDGER"), reason="takes minutes; WHOLE_LEDGER=1 runs it"
)


def first_lines(path: Path, lines: int) -> Path:
    """As many of the sample's rows under its headings, packed as it is."""
    with gzip.open(SAMPLE, "rb") as whole, gzip.open(path, "wb") as part:
        part.writelines(islice(whole, lines + 1))
    return path


@pytest.mark.parametrize(
    ("lines", "not_sales"),
    [
        pytest.param(3_000, 5, id="its beginning"),
        pytest.param(30_000, 37, id="all of it", marks=[pytest.mark.slow, minutes]),
    ],
)
def test_totals_per_country_and_day_equal_those_of_the_file(
    lines: int, not_sales: int, tmp_path: Path
) -> None:
    report = tmp_path / "report.csv"
    sample = first_lines(tmp_path / "sample.csv.gz", lines)
    call_command(
        "import_orders", sample, "--format=online-retail", f"--report={report}", verbosity=0
    )

    with gzip.open(sample, "rt", encoding="utf-8", newline="") as file:
        by_country, by_day, _ = counted_from_rows(file)
    assert counted_from_orders() == (by_country, by_day)

    with report.open(encoding="utf-8") as file:
        decisions = list(csv.DictReader(file))
    left_out = [row for row in decisions if row["decision"] == "left out"]
    assert len(left_out) == not_sales
    assert OrderLine.objects.count() == lines - not_sales
    assert all(row["reason"] and row["line"].isdigit() for row in decisions)
    # guests keep their orders; buyers with a number are customers, each once
    assert Order.objects.filter(customer=None).exists()
    numbers = Customer.objects.values_list("external_id", flat=True)
    assert (
        len(numbers)
        == len(set(numbers))
        == Customer.objects.filter(orders__isnull=False).distinct().count()
    )
    # and numbers of ours run without a gap
    for year in (2010, 2011):
        ours_of_year = Order.objects.filter(number__startswith=f"TW-{year}-").count()
        assert Order.objects.filter(number=f"TW-{year}-{ours_of_year:06d}").exists()
    # the second run adds nothing
    before = Order.objects.count()
    call_command(
        "import_orders", sample, "--format=online-retail", "--from-start",
        f"--report={report}", verbosity=0,
    )  # fmt: skip
    assert Order.objects.count() == before


def small_file(tmp_path: Path, rows: list[str]) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return path


GOOD = "536{n:03d},2222,TEA CUP,2,2011-03-0{d} 10:00:00,1.25,1280{d},France"


def ten(tmp_path: Path) -> Path:
    return small_file(tmp_path, [GOOD.format(n=n, d=n % 5 + 1) for n in range(10)])


def run(path: Path, *more: str) -> Path:
    """Bring a file in; where what was decided about its odd rows stands."""
    report = path.parent / "report.csv"
    call_command(
        "import_orders", path, "--format=online-retail", f"--report={report}", *more, verbosity=0
    )
    return report


def decisions(path: Path, rows: list[str]) -> list[dict[str, str]]:
    with run(small_file(path, rows)).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_file_that_was_brought_in_is_known_by_its_content(tmp_path: Path) -> None:
    path = ten(tmp_path)
    run(path)
    assert Order.objects.count() == 10
    assert Customer.objects.count() == 5
    run(path)
    assert BulkJob.objects.count() == 1
    BulkJob.objects.all().delete()  # as if the checkpoint had been lost
    run(path)
    again = BulkJob.objects.get()
    assert (again.new, again.unchanged, Order.objects.count()) == (0, 10, 10)


def test_history_tells_nobody(tmp_path: Path) -> None:
    run(ten(tmp_path))
    placed = Event.objects.filter(type="order.placed")
    assert placed.count() == 10
    assert all(event.data["history"] for event in placed)


def test_products_come_as_drafts_with_their_newest_price(tmp_path: Path) -> None:
    rows = [
        "1,2222,tea cup,1,2011-05-01 10:00:00,2.00,1,France",
        "2,2222,TEA CUP,1,2011-01-01 10:00:00,1.00,1,France",
        "3,2222,TEA CUP,1,2011-02-01 10:00:00,1.50,1,France",
    ]
    run(small_file(tmp_path, rows))
    variant = Variant.objects.get()
    assert (variant.sku, variant.product.name, variant.product.status) == (
        "2222", "TEA CUP", "draft",
    )  # fmt: skip
    assert variant.prices.get().amount_minor == 200
    assert Product.objects.count() == 1


ODD = {
    "1,A,TEA,1,2011-01-01 10:00:00,0.0,1,France": "price is zero",
    "1,A,TEA,1,2011-01-01 10:00:00,-5.00,1,France": "price is negative",
    "1,A,TEA,1,2011-01-01 10:00:00,1.005,1,France": "digits after the point",
    "1,A,TEA,1,2011-01-01 10:00:00,NaN,1,France": "not a usable amount",
    "1,A,TEA,1,2011-01-01 10:00:00,abc,1,France": "not a decimal",
    "1,A,TEA,0,2011-01-01 10:00:00,1.00,1,France": "quantity is zero",
    "1,A,TEA,-1,2011-01-01 10:00:00,1.00,1,France": "negative quantity outside",
    "C1,A,TEA,1,2011-01-01 10:00:00,1.00,1,France": "positive quantity in a cancellation",
    "1,A,TEA,1.5,2011-01-01 10:00:00,1.00,1,France": "not a whole number",
    "1,A,TEA,1,01/02/2011,1.00,1,France": "date",
    ",A,TEA,1,2011-01-01 10:00:00,1.00,1,France": "no invoice number",
    "1,A,TEA": "3 cells instead of 8",
}


@pytest.mark.parametrize("row", ODD, ids=list(ODD.values()))
def test_a_row_that_is_no_sale_is_left_out_with_its_line_and_reason(
    row: str, tmp_path: Path
) -> None:
    good = "2,A,TEA,1,2011-01-01 10:00:00,1.00,1,France"
    (remark,) = decisions(tmp_path, [good, row])
    assert (remark["line"], remark["decision"]) == ("3", "left out")
    assert ODD[row] in remark["reason"]
    assert Order.objects.count() == 1


def test_an_odd_row_is_left_out_of_its_order_and_the_rest_of_it_stays(tmp_path: Path) -> None:
    rows = [
        "1,A,TEA,2,2011-01-01 10:00:00,1.00,1,France",
        "1,B,GIFT,1,2011-01-01 10:00:00,0.0,1,France",
    ]
    (remark,) = decisions(tmp_path, rows)
    assert "price is zero" in remark["reason"]
    assert Order.objects.get().total_minor == 200


def test_odd_rows_that_are_sales_are_kept_and_mentioned(tmp_path: Path) -> None:
    rows = [
        "1,A,TEA,1,2011-01-01 10:00:00,1.00,,France",
        "1,A,TEA,1,2011-01-01 10:00:00,1.00,,France",
        "1,A,,1,2011-01-01 10:01:00,1.00,,Atlantis",
    ]
    found = decisions(tmp_path, rows)
    assert [remark["decision"] for remark in found] == ["kept", "kept"]
    assert "charged twice" in found[0]["reason"]
    assert "no description" in found[1]["reason"]
    assert "country not known" in found[1]["reason"]
    order = Order.objects.get()
    assert [line.name for line in order.lines.all()] == ["TEA", "TEA", "TEA"]
    assert order.customer is None


def test_what_is_no_such_file_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_bytes(b"\xff\xfe not a csv")
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(gzip.compress(b"x" * 1000)[:-20])
    for path in (wrong, other, broken, tmp_path / "none"):
        with pytest.raises(CommandError):
            run(path)
    assert not Order.objects.exists()
