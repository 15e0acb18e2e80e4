"""Customers as the audience of campaigns: every filter, and never who must not be written to."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.errors import Invalid
from crm.audience import CustomersAudience
from crm.models import Customer

pytestmark = pytest.mark.django_db
AUDIENCE = CustomersAudience()


def customer(name: str, **columns: Any) -> Customer:
    return Customer.objects.create(**({"name": name, "email": f"{name}@example.com"} | columns))


def names(**given: str) -> set[str]:
    return {row["to_name"] for row in AUDIENCE.chosen(given).values("to_name")}


@pytest.fixture
def house(db: None) -> None:
    now = timezone.now()
    customer("ada", country="DE", language="de-AT", last_order_at=now, lifetime_value_minor=50_000)
    customer("bob", country="FR", status="vip", last_order_at=now - timedelta(days=400))
    customer("carla", country="DE")
    customer("blocked", status="blocked")
    customer("nowhere", email=None)
    customer("merged", merged_into=customer("kept", country="IT"))


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, {"ada", "bob", "carla", "kept"}),
        ({"country": "de"}, {"ada", "carla"}),
        ({"country": "FR, IT"}, {"bob", "kept"}),
        ({"status": "vip"}, {"bob"}),
        ({"language": "de"}, {"ada"}),
        ({"spent": "500.00"}, {"ada"}),
        ({"spent": "500.01"}, set()),
        ({"ordered_since": "{month}"}, {"ada"}),
        ({"not_ordered_since": "{month}", "country": "DE"}, {"carla"}),
    ],
)
def test_filters_hold_together(house: None, given: dict[str, str], found: set[str]) -> None:
    month = (timezone.now() - timedelta(days=30)).date().isoformat()
    assert names(**{key: value.format(month=month) for key, value in given.items()}) == found


@pytest.mark.parametrize(
    "given",
    [
        {"status": "blocked"}, {"country": "Germany"}, {"spent": "much"}, {"spent": "1.234"},
        {"ordered_since": "soon"}, {"shoe_size": "43"},
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_by_its_name(given: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        AUDIENCE.check(given)
    assert set(refused.value.details) == set(given)
