"""Products come in by file as they would by hand, and go out to come in again."""

from decimal import Decimal

import pytest
from django.db import transaction

from commerce.enums import FieldType, MovementKind
from commerce.models import (
    Category,
    OptionValue,
    Price,
    Product,
    StockItem,
    StockMovement,
    Variant,
    Vendor,
)
from commerce.services.catalogue import place_category
from commerce.services.custom_fields.definitions import add_field
from commerce.tests.shop import make_vendor
from core.tests.bulk.rows import (
    as_csv,
    bring_in,
    figures,
    reasons,
    take_out,
    try_out,
    upload,
    write,
)

pytestmark = pytest.mark.django_db

HEAD = ["Handle", "Title", "Category", "Status", "SKU", "Options", "Price EUR", "Price USD",
        "Stock", "Weight"]  # fmt: skip
TEA = ["tea", "Green tea", "home/kitchen", "active", "TEA-1", "Size=M; Colour=red", "7.50", "8.00",
       "10", "100"]  # fmt: skip
TEA_L = ["tea", "", "", "", "TEA-2", "Size=L; Colour=red", "9.50", "", "0", ""]
CUP = ["cup", "Cup", "", "", "CUP", "", "3", "", "", ""]
HOW = {"vendor": "tea-house"}


@pytest.fixture(autouse=True)
def house() -> Vendor:
    home = place_category(Category(name="Home", slug="home"))
    place_category(Category(name="Kitchen", slug="kitchen", parent=home))
    return make_vendor(name="Tea House", slug="tea-house")


def everything() -> dict[str, list[dict[str, object]]]:
    return {
        "products": list(Product.objects.order_by("slug").values(
            "slug", "name", "description", "status", "service", "category__path", "vendor__slug",
            "tax_class", "custom_fields",
        )),
        "variants": list(Variant.objects.order_by("sku").values(
            "sku", "options", "barcode", "position", "is_active", "tracks_stock",
            "requires_shipping", "weight_grams", "product__slug",
        )),
        "prices": list(Price.objects.at().order_by("variant__sku", "currency").values(
            "variant__sku", "currency", "amount_minor",
        )),
        "stock": list(StockItem.objects.order_by("variant__sku").values("variant__sku", "on_hand")),
        "words": list(OptionValue.objects.order_by("option__product__slug", "option__position",
                                                   "position").values("option__name", "value")),
    }  # fmt: skip


def test_rows_of_one_product_become_its_variants() -> None:
    job = bring_in("products", [HEAD, TEA, CUP, TEA_L], **HOW)
    assert figures(job) == (3, 0, 0, 0), reasons(job)
    tea = Product.objects.get(slug="tea")
    assert (tea.name, tea.status, str(tea.category)) == ("Green tea", "active", "home/kitchen")
    one, two = tea.variants.order_by("position")
    assert (one.sku, one.options, one.weight_grams) == (
        "TEA-1", {"Size": "M", "Colour": "red"}, 100,
    )  # fmt: skip
    assert two.sku == "TEA-2"
    assert {(p.currency, p.amount_minor) for p in one.prices.all()} == {("EUR", 750), ("USD", 800)}
    assert [v.value for v in OptionValue.objects.filter(option__name="Size")] == ["M", "L"]
    movement = StockMovement.objects.get()
    assert (movement.kind, movement.on_hand_change) == (MovementKind.RECEIVE, 10)
    assert movement.source == f"import:{job.pk}"
    assert Product.objects.get(slug="cup").status == "draft"
    before = everything()
    assert figures(bring_in("products", [HEAD, TEA, CUP, TEA_L], **HOW)) == (0, 0, 3, 0)
    assert everything() == before
    assert StockMovement.objects.count() == 1


def test_what_differs_is_told_and_written_through_the_services() -> None:
    bring_in("products", [HEAD, TEA, TEA_L, CUP], **HOW)
    dearer = ["tea", "Green tea", "home", "active", "TEA-1", "Size=M; Colour=red", "8.25", "8.00",
              "7", "120"]  # fmt: skip
    job = try_out(upload("products", as_csv([HEAD, dearer, CUP])), **HOW)
    assert figures(job) == (0, 1, 1, 0), reasons(job)
    changes = job.rows.get(outcome="changed").changes
    assert changes == {
        "category": ["home/kitchen", "home"],
        "TEA-1 weight_grams": [100, 120],
        "TEA-1 price EUR": ["7.50", "8.25"],
        "TEA-1 stock": [10, 7],
    }
    assert Variant.objects.get(sku="TEA-1").weight_grams == 100
    write(job)
    variant = Variant.objects.get(sku="TEA-1")
    assert Price.objects.at().get(variant=variant, currency="EUR").amount_minor == 825
    assert variant.prices.filter(currency="EUR").count() == 2  # the former one ended
    assert StockItem.objects.get(variant=variant).on_hand == 7
    assert StockMovement.objects.filter(kind=MovementKind.ADJUST).get().on_hand_change == -3


def test_a_new_variant_joins_a_product_that_is_there() -> None:
    bring_in("products", [HEAD, TEA, CUP], **HOW)
    job = bring_in("products", [HEAD, TEA, TEA_L], **HOW)
    assert figures(job) == (1, 0, 1, 0), reasons(job)
    assert Product.objects.get(slug="tea").variants.count() == 2


BAD = {
    "vendor": (["Vendor", *HEAD], ["nobody", *TEA], "no vendor 'nobody'"),
    "category": (HEAD, [*TEA[:2], "attic", *TEA[3:]], "no category 'attic'"),
    "price": (HEAD, [*TEA[:6], "7.505", *TEA[7:]], "digits after the point"),
    "negative": (HEAD, [*TEA[:6], "-1", *TEA[7:]], "below zero"),
    "comma": (HEAD, [*TEA[:6], "7,50", *TEA[7:]], "a point, no comma"),
    "status": (HEAD, [*TEA[:3], "sold", *TEA[4:]], "not one of"),
    "unpriced": (HEAD, [*TEA[:6], "", "", *TEA[8:]], "cannot go on sale"),
    "stock": (HEAD, [*TEA[:8], "-4", "1"], "Stock is -4"),
    "options": (HEAD, [*TEA[:5], "Size", *TEA[6:]], "not such as Size=M"),
    "same options": (HEAD, [*TEA_L[:5], TEA[5], *TEA_L[6:]], "ombination"),
    "name": (HEAD, ["new", "", "", "", "NEW", "", "1", "", "", ""], "Name is needed"),
    "slug": (HEAD, ["no slug!", "X", "", "", "NEW", "", "1", "", "", ""], "slug"),
    "sku": (HEAD, ["x", "X", "", "", "", "", "1", "", "", ""], "SKU is needed"),
    "taken": (HEAD, ["other", "Other", "", "", "THERE", "", "1", "", "", ""], "another product"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_product_that_cannot_be_is_refused_and_harms_no_other(what: str) -> None:
    head, row, reason = BAD[what]
    there = ["there", "There", "", "", "THERE", "", "2", "", "3", ""]
    bring_in("products", [HEAD, there], **HOW)
    extra = [""] * (len(head) - len(HEAD))
    rows = [head, [*extra, *CUP], row]
    if what == "same options":
        rows.append([*extra, *TEA])
    job = bring_in("products", rows, **HOW)
    told = " ".join(reasons(job).values())
    assert reason in told or reason.casefold() in told.casefold(), told
    assert set(Product.objects.values_list("slug", flat=True)) == {"there", "cup"}
    assert job.new == 1


def test_custom_fields_are_read_as_their_type_and_checked_by_their_definition() -> None:
    kitchen = Category.objects.get(path="home/kitchen")
    add_field(category_id=kitchen.pk, key="grams", type=FieldType.NUMBER, label={"en": "Grams"},
              required=True)  # fmt: skip
    add_field(key="organic", type=FieldType.BOOLEAN, label={"en": "Organic"})
    head = [*HEAD, "Grams", "cf.organic"]
    job = bring_in("products", [head, [*TEA, "12.5", "yes"], [*CUP, "3", ""]], **HOW)
    assert figures(job) == (1, 0, 0, 1), reasons(job)
    assert "no such field here" in reasons(job)[3]
    fields = Product.objects.get().custom_fields
    assert fields == {"grams": Decimal("12.5"), "organic": True}
    assert figures(bring_in("products", [head, [*TEA, "12.5", "yes"]], **HOW)) == (0, 0, 1, 0)
    job = bring_in("products", [head, [*TEA, "many", ""]], **HOW)
    assert "not a number" in reasons(job)[2]
    other = ["mug", "Mug", "home/kitchen", "active", "MUG", "", "2", "", "", "", "", ""]
    job = bring_in("products", [head, other], **HOW)
    assert "must say: grams" in reasons(job)[2]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_what_goes_out_comes_in_again_as_it_was(format: str) -> None:
    add_field(key="organic", type=FieldType.BOOLEAN, label={"en": "Organic"})
    with transaction.atomic():  # a shop of its own, gone when its file has been written
        head = [*HEAD, "Description", "Barcode", "On sale", "Is sent", "cf.organic"]
        rows = [
            head,
            [*TEA, "'=1+1\nsecond line", "0012345", "yes", "no", "yes"],
            [*TEA_L, "", "", "no", "", ""],
            [*CUP, "", "", "", "", ""],
            ["odd", "Ödd 'product'", "", "archived", "-SKU", '{"A;=": "x"}', "0", "", "5", "0", "",
             "", "", "", "no"],
        ]  # fmt: skip
        job = bring_in("products", rows, **HOW)
        assert figures(job) == (4, 0, 0, 0), reasons(job)
        content, before = take_out("products", format=format), everything()
        transaction.set_rollback(True)
    assert not Product.objects.exists()
    job = write(try_out(upload("products", content, name=f"products.{format}")))
    assert figures(job) == (4, 0, 0, 0), reasons(job)
    after = everything()
    for name in before:
        assert after[name] == before[name], name


def test_a_file_costs_the_same_statements_for_many_new_products(
    django_assert_max_num_queries,
) -> None:
    rows = [HEAD, *[[f"p{n}", f"P {n}", "", "", f"S{n}", "", "1", "", "3", ""] for n in range(200)]]
    job = try_out(upload("products", as_csv(rows)), **HOW)
    with django_assert_max_num_queries(60):
        write(job)
    assert Product.objects.count() == 200
