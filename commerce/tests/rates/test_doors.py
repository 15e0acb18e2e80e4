"""Rates over HTTP and in the admin."""

from datetime import date

import pytest
from django.test import Client

from accounts.services.demo import create_demo_users
from commerce.enums import RateSource, RateState
from commerce.models import ExchangeRate
from commerce.tests.shopper import Shopper

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 1, 9)
LIST = "/admin/commerce/exchangerate/"


@pytest.fixture
def rates() -> None:
    for code, figure in (("USD", "1.0850"), ("JPY", "162.31")):
        ExchangeRate.objects.create(
            day=FRIDAY, currency=code, per_euro=figure, source=RateSource.ECB
        )
    ExchangeRate.objects.create(
        day=FRIDAY, currency="GBP", per_euro="8.5", source=RateSource.ECB, state=RateState.HELD,
        reason="Moved by +900.0 %.",
    )  # fmt: skip


@pytest.fixture
def desk(client: Client) -> dict[str, Client]:
    """A browser per role."""
    found = {}
    for role, user in create_demo_users().items():
        found[role] = Client()
        found[role].force_login(user)
    return found


@pytest.mark.usefixtures("rates")
def test_anybody_reads_the_rates_in_force_and_nothing_of_why(shop: Shopper) -> None:
    answer = shop.get("exchange-rates/", date="2026-01-09").json()
    assert {row["currency"] for row in answer["data"]} == {"USD", "JPY"}
    (dollar,) = shop.get("exchange-rates/", currency="USD").json()["data"]
    assert dollar == {
        "date": "2026-01-09", "currency": "USD", "per_euro": "1.085", "source": "ecb",
    }  # fmt: skip


@pytest.mark.usefixtures("rates")
def test_an_amount_on_a_sunday_takes_fridays_rate(shop: Shopper) -> None:
    asked = {"amount": "1000", "from": "JPY", "to": "USD", "date": "2026-01-11"}
    found = shop.get("exchange-rates/convert/", **asked).json()["data"]
    assert found["converted"] == {"amount": "6.68", "currency": "USD"}
    assert found["date"] == "2026-01-09"


@pytest.mark.usefixtures("rates")
@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({"amount": "1e3"}, 400, "amount"), ({"amount": "1.5"}, 400, "amount"),
        ({"from": "??"}, 400, "from"), ({"to": "ZZZ"}, 400, "to"),
        ({"date": "soon"}, 400, "date"), ({"date": "2099-01-01"}, 400, "date"),
        ({"date": "2026-13-01"}, 400, "date"), ({"date": "2001-01-01"}, 404, ""),
        ({"to": "GBP"}, 404, ""),
    ],
)  # fmt: skip
def test_what_cannot_be_converted_is_refused_by_name(
    shop: Shopper, wrong: dict[str, str], status: int, field: str
) -> None:
    good = {"amount": "1000", "from": "JPY", "to": "USD", "date": "2026-01-11"}
    answer = shop.get("exchange-rates/convert/", **(good | wrong))
    assert answer.status_code == status, answer.content
    if field:
        assert list(answer.json()["error"]["details"]) == [field]


@pytest.mark.usefixtures("rates")
def test_the_page_draws_a_currency_converts_and_tells_what_is_held(
    desk: dict[str, Client],
) -> None:
    asked = {"q": "USD", "amount": "10", "from": "eur", "to": "usd", "on": "2026-01-11"}
    page = desk["manager"].get(LIST, asked).content.decode()
    assert "10.85 USD" in page
    assert "One euro in USD" in page
    assert "1 published rate moved too far" in page
    refused = desk["manager"].get(LIST, asked | {"on": "x"}).content.decode()
    assert "Give a day such as" in refused


@pytest.mark.usefixtures("rates")
def test_staff_set_approve_refuse_and_take_back(desk: dict[str, Client]) -> None:
    given = {"day": "2026-01-09", "currency": "usd", "per_euro": "1.1", "reason": "contract"}
    page = desk["manager"].post(f"{LIST}set/", given, follow=True)
    assert "The rate is in force" in page.content.decode()
    manual = ExchangeRate.objects.get(source=RateSource.MANUAL)
    assert manual.set_by is not None
    jump = desk["manager"].post(f"{LIST}set/", given | {"per_euro": "11"}, follow=True)
    assert "Say that you are sure" in jump.content.decode()
    decide = f"{LIST}{manual.pk}/decide/"
    empty = desk["manager"].post(decide, {"deed": "withdraw"}, follow=True)
    assert "Say why" in empty.content.decode()
    desk["manager"].post(decide, {"deed": "withdraw", "decision_reason": "ended"})
    manual.refresh_from_db()
    assert manual.state == RateState.WITHDRAWN
    held = ExchangeRate.objects.get(state=RateState.HELD)
    assert "Let it into force" in desk["manager"].get(f"{LIST}{held.pk}/change/").content.decode()
    desk["manager"].post(
        f"{LIST}{held.pk}/decide/", {"deed": "approve", "decision_reason": "devalued"}
    )
    held.refresh_from_db()
    assert held.state == RateState.IN_FORCE


@pytest.mark.usefixtures("rates")
@pytest.mark.parametrize("role", ["agent", "readonly"])
def test_who_only_looks_sets_nothing(desk: dict[str, Client], role: str) -> None:
    before = list(ExchangeRate.objects.order_by("pk").values())
    given = {"day": "2026-01-09", "currency": "USD", "per_euro": "1.1", "reason": "x"}
    held = ExchangeRate.objects.get(state=RateState.HELD)
    assert desk[role].post(f"{LIST}set/", given).status_code == 403
    approve = {"deed": "approve", "decision_reason": "x"}
    assert desk[role].post(f"{LIST}{held.pk}/decide/", approve).status_code == 403
    assert "Set a rate by hand" not in desk[role].get(LIST).content.decode()
    assert list(ExchangeRate.objects.order_by("pk").values()) == before


@pytest.mark.usefixtures("rates")
@pytest.mark.parametrize(
    "wrong",
    [{"per_euro": "much"}, {"per_euro": "NaN"}, {"day": "x"}, {"currency": "EUR"}, {"reason": ""}],
    ids=str,
)
def test_nonsense_at_the_desk_is_told_and_changes_nothing(
    desk: dict[str, Client], wrong: dict[str, str]
) -> None:
    given = {"day": "2026-01-09", "currency": "USD", "per_euro": "1.1", "reason": "x"}
    answer = desk["admin"].post(f"{LIST}set/", given | wrong, follow=True)
    assert answer.status_code == 200
    assert not ExchangeRate.objects.filter(source=RateSource.MANUAL).exists()
