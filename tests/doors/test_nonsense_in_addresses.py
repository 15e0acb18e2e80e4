"""Paths, query strings and methods nobody asked for."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from zlib import crc32

import pytest

from core.api.schema.views import document
from tests.doors.caller import Caller
from tests.doors.errands import ALL, Errand
from tests.doors.manners import assert_well_mannered
from tests.doors.nonsense import PLACES, QUERIES, QUERY_VALUES
from tests.doors.tries import Try, assert_all_well_mannered

READS = [errand for errand in ALL if errand.method == "GET"]
WITH_PLACES = [errand for errand in ALL if errand.places]
PATHS = sorted({errand.path: errand for errand in ALL}.items())
METHODS = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND",
    "BREW", "X" * 200, "GET\u00e9",
]  # fmt: skip


SHORT = ["NUL", "SQL", "huge", "no day", "long"]


def by_lot(what: str) -> bool:
    """One in three, the same ones in every run; all of them with TRADEWIND_FUZZ."""
    return "TRADEWIND_FUZZ" in os.environ or crc32(what.encode()) % 3 == 0


def parameters_of(errand: Errand) -> dict[str, str]:
    """The query parameters the document names, and of what kind they are."""
    operation = document("config.urls")["paths"][errand.path][errand.method.lower()]
    return {
        p["name"]: f"{p['schema']} {p['name'].rpartition('__')[2] if '__' in p['name'] else ''}"
        for p in operation.get("parameters", [])
        if p["in"] == "query"
    }


def asked(caller: Caller, errand: Errand, query: str) -> Any:
    """The errand with another question; the test client is given the raw bytes."""
    path = caller.address(errand).partition("?")[0]
    return caller.send(errand.method, path, who="admin", QUERY_STRING=query)


@pytest.mark.parametrize("errand", READS, ids=lambda errand: errand.operation)
def test_no_value_of_any_parameter_does_harm(caller: Caller, errand: Errand) -> None:
    def tries() -> Iterator[Try]:
        tried = set()
        for parameter, kind in parameters_of(errand).items():
            # of parameters of one kind the first is tried with everything, at one door in three
            all_of_it = kind not in tried and by_lot(f"{errand.operation} {kind}")
            names = QUERY_VALUES if all_of_it else SHORT
            tried.add(kind)
            for name in names:
                value = QUERY_VALUES[name]
                query = f"{quote(parameter)}={quote(value)}"
                yield Try(
                    f"{parameter}={name}",
                    lambda query=query: asked(caller, errand, query),
                    echoes=value,
                )

    assert_all_well_mannered(tries())


@pytest.mark.parametrize("errand", READS, ids=lambda errand: errand.operation)
def test_no_query_string_does_harm(caller: Caller, errand: Errand) -> None:
    assert_all_well_mannered(
        Try(name, lambda query=query: asked(caller, errand, query), echoes=query)
        for name, query in QUERIES.items()
    )


@pytest.mark.parametrize(
    "errand", [e for e in READS if "limit" in parameters_of(e)], ids=lambda e: e.operation
)
def test_a_list_names_what_it_does_not_know(caller: Caller, errand: Errand) -> None:
    response = asked(caller, errand, "surprise=1&user__password__startswith=a&limit=0")
    assert response.status_code == 400
    assert set(response.json()["error"]["details"]) == {
        "surprise", "user__password__startswith", "limit",
    }  # fmt: skip


@pytest.mark.parametrize("errand", WITH_PLACES, ids=lambda errand: errand.operation)
def test_no_part_of_a_path_does_harm(caller: Caller, errand: Errand) -> None:
    true = {name: caller.world.thing(t.name, whose="shop") for name, t in errand.places.items()}

    def tries() -> Iterator[Try]:
        for place in errand.places:
            for name, part in PLACES.items():
                path = errand.path.format(**(true | {place: part}))
                yield Try(
                    f"{place} = {name}",
                    lambda path=path: caller.send(
                        errand.method, path, caller.body(errand), who="admin",
                        headers=caller.own_headers(errand),
                    ),
                    echoes=part,
                )  # fmt: skip

    assert_all_well_mannered(tries())


@pytest.mark.parametrize(("path", "errand"), PATHS, ids=[path for path, _ in PATHS])
def test_a_method_that_is_not_offered_is_405_with_those_that_are(
    caller: Caller, path: str, errand: Errand
) -> None:
    offered = {e.method for e in ALL if e.path == path}
    address = caller.address(errand).partition("?")[0]

    def tries() -> Iterator[Try]:
        for method in METHODS:
            for who in ("anonymous", "admin"):
                if method in offered or (method == "HEAD" and "GET" in offered):
                    continue
                yield Try(
                    f"{method} as {who}",
                    lambda method=method, who=who: caller.send(method, address, b"{}", who=who),
                )

    assert_all_well_mannered(tries(), refused=True)
    response = caller.send("BREW", address)
    assert response.status_code == 405
    assert offered <= set(response["Allow"].split(", "))


@pytest.mark.parametrize(
    "trick",
    [
        {"headers": {"X-HTTP-Method-Override": "DELETE"}},
        {"headers": {"X-HTTP-Method": "DELETE"}},
        {"headers": {"X-Method-Override": "DELETE"}},
        {"QUERY_STRING": "_method=DELETE"},
        {"QUERY_STRING": "method=DELETE"},
    ],
    ids=str,
)
def test_a_method_cannot_be_smuggled(caller: Caller, trick: dict[str, Any]) -> None:
    device = caller.world.thing("device", whose="shop", caller="shopper")
    path = f"/api/v1/devices/{device}/"
    for method in ("GET", "POST"):
        assert_well_mannered(caller.send(method, path, who="shopper", **trick))
    assert caller.send("GET", path, who="shopper").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api/", "/api/v1", "/api/v2/orders/", "/api/v1/orders", "/api/v1//orders/", "/api/v1/../",
        "/api/v1/%2e%2e/admin/", "/api/v1/orders/\u00e9/", "/api/v1/" + "x/" * 500, "/api/v1/%00/",
        "/api/v1/orders/;a=b/", "/api/v1/orders.json", "/api/v1/schema/../orders/", "/api/v1/%/",
        "/API/V1/ORDERS/", "/api/v1/orders/%0d%0aX-Injected:%20yes/", "/api/v1/" + "x" * 20_000,
    ],
    ids=lambda path: path[:40],
)  # fmt: skip
def test_a_path_that_does_not_exist_is_told_so(caller: Caller, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        response = caller.send(method, path, b"{}", who="admin")
        assert response.status_code < 500
        if path.startswith("/api/") and response.status_code >= 400:
            assert_well_mannered(response, echoes=path)
