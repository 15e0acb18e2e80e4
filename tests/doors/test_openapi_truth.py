"""The OpenAPI document tells the truth: every door is in it, every answer is as it says."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_resolver
from drf_spectacular import drainage
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from core.api.checks import METHODS, patterns
from core.api.schema.views import document
from core.api.testing import assert_matches_schema
from tests.doors.caller import Caller
from tests.doors.errands import ALL, BY_OPERATION, Errand
from tests.doors.manners import assert_well_mannered

API = "api/v1/"
NOT_DESCRIBED = {"/api/v1/schema/", "/api/v1/docs/"}  # the document and its pages themselves
_PLACE = re.compile(r"<(?:[^:>]+:)?([^>]+)>")


def offered() -> Iterator[str]:
    """ "GET /api/v1/orders/" of every URL pattern, from the views themselves."""
    for route, callback in patterns(get_resolver().url_patterns):
        path = "/" + _PLACE.sub(r"{\1}", route)
        if route.startswith(API) and path not in NOT_DESCRIBED:
            view = getattr(callback, "cls", None) or callback.view_class
            yield from (f"{m} {path}" for m in METHODS if hasattr(view, m.lower()))


def described() -> dict[str, Any]:
    """The operations of the document by the same names."""
    return {
        f"{method.upper()} {path}": operation
        for path, operations in document("config.urls")["paths"].items()
        for method, operation in operations.items()
        if path.startswith("/" + API)
    }


def test_every_door_stands_in_the_document_and_nothing_else() -> None:
    assert set(offered()) == set(described())


def test_every_door_has_an_errand_so_that_it_is_tried() -> None:
    missing = set(described()) - set(BY_OPERATION)
    assert not missing, f"Write a proper request in tests/doors/errands.py for: {sorted(missing)}"
    assert set(BY_OPERATION) <= set(described()), "errands to doors that are gone"


def test_the_document_is_made_without_a_warning() -> None:
    # At its first use spectacular warns of dj-rest-auth's own sign-up views, which we do not offer
    # and which cannot be imported without social accounts. After that, every warning is about us.
    document("config.urls")
    stats = drainage.GENERATOR_STATS
    drainage.reset_generator_stats()
    made = SchemaGenerator(urlconf="config.urls").get_schema(request=None, public=True)
    assert sorted({*stats._warn_cache, *stats._error_cache}) == []
    validate_schema(made)


def test_the_document_is_served_as_it_was_made(caller: Caller) -> None:
    response = caller.send("GET", "/api/v1/schema/")
    assert response.status_code == 200
    served = response.json()
    validate_schema(served)
    assert served["paths"].keys() == document("config.urls")["paths"].keys()


def test_every_answer_of_an_operation_has_a_shape() -> None:
    for name, operation in described().items():
        for status, told in operation["responses"].items():
            if status.startswith("2") and status != "204":
                data = told["content"]["application/json"]["schema"]["properties"]["data"]
                assert set(data) - {"description"}, f"{name} {status}: give its view an `output`"


@pytest.mark.parametrize("errand", ALL, ids=lambda errand: errand.operation)
def test_success_is_answered_as_described(caller: Caller, errand: Errand, request: Any) -> None:
    if errand.gateway:
        request.getfixturevalue("gateway")
    response = caller.run(errand)
    assert response.status_code == errand.status, response.content
    assert_well_mannered(response)
    assert_matches_schema(response)
