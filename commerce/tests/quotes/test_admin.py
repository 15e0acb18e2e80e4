"""Staff set taxes, ways of sending and codes, and try what they come to."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.services.demo import create_demo_users
from commerce.models import (
    Coupon,
    CouponRedemption,
    CouponScope,
    CouponTerms,
    ShippingRate,
    TaxRate,
    Variant,
)
from commerce.tests.quotes.shop import (
    make_amount_off,
    make_coupon,
    make_method,
    make_rate,
    make_zone,
)
from commerce.tests.shop import make_vendor
from commerce.tests.shopper import Shopper
from core.models import AuditEntry
from payments.tests.house import House
from tests.cost import queries_of

pytestmark = pytest.mark.django_db
SUBMIT = {"_form_submitted": "on"}  # what a dialog's button sends
MODELS = ["coupon", "shippingzone", "shippingmethod", "taxrate"]


@pytest.fixture
def desks(db: None) -> dict[str, Client]:
    """A browser for each role of staff."""
    made = {}
    for role, user in create_demo_users().items():
        made[role] = Client()
        made[role].force_login(user)
    return made


def page(model: str, *args: Any, kind: str = "changelist") -> str:
    return reverse(f"admin:commerce_{model}_{kind}", args=args)


def seen(answer: HttpResponse) -> str:
    assert answer.status_code == 200, answer.content[:2000]
    return answer.content.decode()


def rows(prefix: str, *given: dict[str, Any]) -> dict[str, Any]:
    """An inline's part of a form."""
    form: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": 0}
    for place, row in enumerate(given):
        form |= {f"{prefix}-{place}-{name}": value for name, value in row.items()}
    return form


@pytest.mark.parametrize("model", MODELS)
def test_lists_and_pages_open_for_all_staff(desks: dict[str, Client], model: str) -> None:
    made = {
        "coupon": make_amount_off("FIVE", 500),
        "shippingzone": make_zone("FR"),
        "taxrate": make_rate(),
    }
    made["shippingmethod"] = make_method(made["shippingzone"])  # type: ignore[arg-type]  # a zone
    for role in ("admin", "manager", "agent", "readonly"):
        seen(desks[role].get(page(model)))
        seen(desks[role].get(page(model, made[model].pk, kind="change")))
        added = desks[role].get(page(model, kind="add")).status_code
        assert added == (200 if role in {"admin", "manager"} else 403)


def test_a_coupon_is_made_with_sums_as_people_write_them(desks: dict[str, Client]) -> None:
    form = {"code": " spring ", "kind": "fixed", "is_active": "on", "name": "Spring"}
    terms = rows("terms", {"currency": "KWD", "off_minor": "1,250", "least_order_minor": "",
                           "most_off_minor": ""})  # fmt: skip
    answer = desks["manager"].post(page("coupon", kind="add"), form | terms | rows("scopes"))
    assert answer.status_code == 302, answer.content[:3000]
    coupon = Coupon.objects.get(code="SPRING")
    terms_row = coupon.terms.get()
    assert (terms_row.off_minor, terms_row.least_order_minor, terms_row.most_off_minor) == (
        1250, 0, None,
    )  # fmt: skip
    assert AuditEntry.objects.filter(action="coupon.create").exists()


@pytest.mark.parametrize(
    ("form", "terms", "complaint"),
    [
        ({"kind": "percent", "percent": ""}, {}, "Percent off takes a percentage"),
        ({"code": "=HYPERLINK()"}, {}, "Letters, digits"),
        ({"kind": "fixed", "percent": ""}, {"off_minor": "1.234", "currency": "EUR"}, "has more"),
        ({"kind": "fixed", "percent": ""}, {"off_minor": "-1", "currency": "EUR"}, "below zero"),
        ({"kind": "fixed", "percent": ""}, {"off_minor": "1", "currency": "QQQ"}, "currency"),
    ],
)
def test_a_coupon_that_makes_no_sense_is_explained(
    desks: dict[str, Client], form: dict[str, str], terms: dict[str, str], complaint: str
) -> None:
    given = {"code": "X", "kind": "percent", "percent": "10", "is_active": "on"} | form
    inline = rows("terms", *([terms] if terms else []))
    answer = desks["manager"].post(page("coupon", kind="add"), given | inline | rows("scopes"))
    assert complaint in seen(answer)
    assert not Coupon.objects.exists()


def test_a_copy_is_off_and_has_the_same_terms(desks: dict[str, Client]) -> None:
    coupon = make_amount_off("FIVE", 500)
    CouponScope.objects.create(coupon=coupon, vendor=make_vendor())
    desks["manager"].post(page("coupon", coupon.pk, kind="copy"), SUBMIT)
    copy = Coupon.objects.exclude(pk=coupon.pk).get()
    assert (copy.is_active, copy.code.startswith("FIVE-")) == (False, True)
    assert copy.terms.get().off_minor == 500
    assert copy.scopes.get().vendor is not None


def test_many_codes_of_one_use_each_are_made_and_downloaded(desks: dict[str, Client]) -> None:
    coupon = make_amount_off("FIVE", 500)
    url = page("coupon", coupon.pk, kind="make_codes")
    desks["manager"].post(url, SUBMIT | {"count": "300", "begins": "mail"})
    made = Coupon.objects.exclude(pk=coupon.pk)
    assert made.count() == 300 == CouponTerms.objects.filter(coupon__in=made, off_minor=500).count()
    assert set(made.values_list("most_uses", "is_active")) == {(1, True)}
    batch = made[0].batch
    file = desks["manager"].get(reverse("admin:commerce_coupon_batch", args=[batch]))
    lines = file.content.decode().splitlines()
    assert (lines[0], len(lines)) == ("code,used", 301)
    assert all(line.startswith("MAIL-") and line.endswith(",no") for line in lines[1:])
    assert AuditEntry.objects.filter(action="coupon.download").exists()
    readonly = desks["readonly"].post(url, SUBMIT | {"count": "5", "begins": ""})
    assert readonly.status_code in (302, 403)
    assert made.count() == 300


def test_a_coupons_page_shows_its_uses(
    desks: dict[str, Client], house: House, shop: Shopper, variant: Variant
) -> None:
    coupon = make_coupon("SPRING")
    token = shop.cart(variant)
    shop.post(f"carts/{token}/coupon/", {"code": "SPRING"})
    number = shop.check_out(token).json()["data"]["order"]["number"]
    text = seen(desks["manager"].get(page("coupon", coupon.pk, kind="change")))
    assert number in text
    assert "1.25 EUR" in text
    assert CouponRedemption.objects.count() == 1
    assert "SPRING" in seen(desks["manager"].get(page("coupon")))


def test_a_second_rate_of_a_place_is_explained_and_the_next_year_is_not(
    desks: dict[str, Client],
) -> None:
    make_rate("FR", "20")
    form = {"country": "FR", "tax_class": "standard", "name": "VAT", "percent": "21",
            "treatment": "taxed", "valid_from": "2027-01-01", "region": "",
            "region_spellings": ""}  # fmt: skip
    refused = desks["manager"].post(page("taxrate", kind="add"), form)
    assert "Another rate of this place and class is valid then." in seen(refused)
    TaxRate.objects.update(valid_to="2026-12-31")
    assert desks["manager"].post(page("taxrate", kind="add"), form).status_code == 302


def test_a_way_is_made_with_prices_as_people_write_them(desks: dict[str, Client]) -> None:
    zone = make_zone("FR")
    form = {"zone": str(zone.pk), "code": "post", "name": "Post", "names": "{}", "position": "0",
            "is_active": "on", "tax_class": "standard"}  # fmt: skip
    rate = {"currency": "JPY", "from_weight_grams": "0", "from_order_minor": "",
            "price_minor": "490", "free_from_minor": "5000"}  # fmt: skip
    answer = desks["manager"].post(page("shippingmethod", kind="add"), form | rows("rates", rate))
    assert answer.status_code == 302, answer.content[:3000]
    made = ShippingRate.objects.get()
    assert (made.price_minor, made.from_order_minor, made.free_from_minor) == (490, 0, 5000)


def test_staff_try_what_something_would_cost(desks: dict[str, Client]) -> None:
    make_rate("FR", "20")
    make_method(make_zone("FR"), "standard", 490)
    url = reverse("what-would-it-cost")
    seen(desks["manager"].get(url))
    asked = {"country": "fr", "currency": "eur", "amount": "100.00", "tax_class": "standard"}
    text = seen(desks["manager"].get(url, asked))
    assert "104.90 EUR" in text
    assert "17.49 EUR" in text  # 16.67 and 0.82
    assert "No way of sending" in seen(desks["manager"].get(url, asked | {"country": "JP"}))
    for wrong in ({"country": "XX"}, {"amount": "much"}, {"amount": "-1"}, {"currency": "XXX"},
                  {"weight": "-5"}, {"tax_class": "none"}):  # fmt: skip
        assert "text-red-600" in seen(desks["manager"].get(url, asked | wrong))
    shopper = Client()
    assert shopper.get(url).status_code == 302


def test_lists_cost_no_more_queries_with_more_rows(desks: dict[str, Client]) -> None:
    zone = make_zone("FR")
    desk = desks["manager"]

    def costs() -> list[int]:
        return [len(queries_of(lambda m=model: desk.get(page(m)))) for model in MODELS]

    make_amount_off("A", 1)
    make_method(zone, "a")
    make_rate("FR")
    few = costs()
    for n in range(5):
        make_amount_off(f"B{n}", 1)
        make_method(make_zone(f"{'ABCDE'[n]}A"), "b")
        make_rate(f"{'ABCDE'[n]}T")
    assert costs() == few
