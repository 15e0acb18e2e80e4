"""What the admin can do to one row: asked of rows that are not there, and of what is no row."""

from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, reverse
from django.urls.converters import IntConverter, UUIDConverter

from tests.doors.test_nonsense_at_pages import complaints, staff
from tests.doors.writes import nothing_written

__all__ = ["staff"]

NOBODY = UUID(int=0)
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def deeds(model: type[Model]) -> list[URLPattern]:
    """Addresses of the model's admin that name something."""
    patterns = admin.site._registry[model].get_urls()
    return [one for one in patterns if one.name and one.pattern.converters]


def values(converter: object) -> list[Any]:
    """What such a place takes and nothing is called."""
    if isinstance(converter, UUIDConverter):
        return [NOBODY]
    if isinstance(converter, IntConverter):
        return [0, 2**63]
    return [str(NOBODY), "0", "nonsense"]


def addresses(model: type[Model]) -> Iterator[str]:
    for pattern in deeds(model):
        places = pattern.pattern.converters
        for some in product(*(values(one) for one in places.values())):
            yield reverse(f"admin:{pattern.name}", kwargs=dict(zip(places, some, strict=True)))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_no_deed_on_a_row_that_is_not_there_does_harm(staff: Client, model: type[Model]) -> None:
    def answers() -> Iterator[tuple[str, Any]]:
        for address in addresses(model):
            yield f"GET {address}", staff.get(address)
            yield f"POST {address}", staff.post(address, {"because": "x"})

    with nothing_written():
        assert not complaints(answers())
