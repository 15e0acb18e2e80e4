"""The OpenAPI document tells the truth about what is sent."""

import re
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from accounts.models.user import User
from core.api.checks import api_views
from core.api.lists import ListView
from core.api.schema.views import document
from core.api.testing import assert_matches_schema
from core.models import AuditEntry

DOORS = "core.tests.api_doors"
pytestmark = [pytest.mark.django_db, pytest.mark.urls(DOORS)]
READ = {"Authorization": "Test a@example.com things:read things:write"}


@pytest.fixture
def entries() -> None:
    owner = User.objects.create_user("a@example.com", is_superuser=True)
    for number in range(3):
        AuditEntry.objects.create(action=f"act-{number}", actor_id=owner.pk, reason="EUR")
    AuditEntry.objects.create(action="act-3", reason="JPY", ip="192.0.2.1")


@pytest.mark.usefixtures("entries")
@pytest.mark.parametrize(
    "path",
    [
        "entries/", "entries/?limit=2", "entries/?offset=1&limit=1", "entries/?fields=id,price",
        "entries/?expand=actor", "entries/?action=none", "people/?expand=acts", "me/",
    ],
)  # fmt: skip
def test_what_is_sent_is_what_is_described(path: str) -> None:
    response = Client().get(f"/api/v1/{path}", headers=READ)
    assert response.status_code == 200, response.content
    assert_matches_schema(response)


@pytest.mark.usefixtures("entries")
def test_one_thing_is_sent_as_described() -> None:
    pk = AuditEntry.objects.latest("id").pk
    for query in ("", "?expand=actor", "?fields=id"):
        response = Client().get(f"/api/v1/entries/{pk}/{query}", headers=READ)
        assert response.status_code == 200
        assert_matches_schema(response)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "me/", b"", 401),
        ("GET", "entries/?odd=1", b"", 401),
        ("GET", "entries/999999/", b"", 401),
        ("POST", "echo/", b"{", 400),
        ("POST", "echo/", b'{"nested": {"odd": 1}}', 400),
        ("POST", "echo/", b'{"name": "' + b"x" * 100_001 + b'"}', 413),
        ("POST", "echo/", b'{"name": "x"}', 201),
        ("POST", "buy/", b"{}", 400),
        ("GET", "fail/invalid/", b"", 400),
        ("GET", "fail/conflict/", b"", 409),
        ("GET", "fail/crash/", b"", 500),
        ("GET", "fail/away/", b"", 503),
    ],
)
def test_refusals_are_sent_as_described(method: str, path: str, body: bytes, status: int) -> None:
    client = Client(raise_request_exception=False)
    response = client.generic(method, f"/api/v1/{path}", body, "application/json")
    assert response.status_code == status
    if status == 409:
        with pytest.raises(AssertionError, match="described are"):
            assert_matches_schema(response)  # a GET that conflicts: the tool notices
    else:
        assert_matches_schema(response)


def test_the_tool_notices_an_answer_that_does_not_fit() -> None:
    response = Client().post("/api/v1/echo/", {"name": "x"}, "application/json")
    body = response.json() | {"surprise": 1}
    response.json = lambda: body
    with pytest.raises(AssertionError, match="surprise"):
        assert_matches_schema(response)


def parameters_of(path: str, method: str = "get") -> dict[str, Any]:
    operation = document(DOORS)["paths"][path][method]
    return {parameter["name"]: parameter for parameter in operation.get("parameters", [])}


def test_everything_a_list_understands_is_described() -> None:
    found = parameters_of("/api/v1/entries/")
    assert {
        "limit", "cursor", "offset", "ordering", "search", "fields", "expand",
        "action", "action__in", "action__icontains", "action__isnull",
        "at", "at__gte", "at__lte", "at__in", "at__isnull", "success", "success__isnull",
        "actor", "actor__in", "actor__isnull", "id", "id__gte", "id__lte",
    } <= found.keys()  # fmt: skip
    assert "at__icontains" not in found
    assert found["expand"]["schema"]["items"]["enum"] == ["actor"]
    assert "-at" in found["ordering"]["schema"]["items"]["enum"]


def test_the_idempotency_key_is_described_where_it_is_needed() -> None:
    assert parameters_of("/api/v1/buy/", "post")["Idempotency-Key"]["required"] is True
    assert "Idempotency-Key" not in parameters_of("/api/v1/echo/", "post")


def test_public_doors_are_described_as_open_and_others_with_their_scope() -> None:
    paths = document(DOORS)["paths"]
    assert {} in paths["/api/v1/echo/"]["post"]["security"]
    assert {} not in paths["/api/v1/entries/"]["get"].get("security", [])
    assert paths["/api/v1/entries/"]["get"]["x-scope"] == "things:read"


def walk(node: Any) -> Any:
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from walk(child)


def assert_sound(described: dict[str, Any]) -> None:
    """References lead somewhere, shapes are valid JSON Schema, ids are unique."""
    for node in walk(described):
        if isinstance(node.get("$ref"), str):
            place: Any = described
            for step in node["$ref"].removeprefix("#/").split("/"):
                place = place[step]
    for shape in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(shape)
    ids = [
        operation["operationId"]
        for operations in described["paths"].values()
        for operation in operations.values()
    ]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("urlconf", [DOORS, "config.urls"])
def test_the_document_is_sound(urlconf: str) -> None:
    assert_sound(document(urlconf))


@pytest.mark.urls("config.urls")
def test_the_document_and_its_pages_are_served_without_a_cdn() -> None:
    response = Client().get("/api/v1/schema/")
    assert response.status_code == 200
    assert response.json()["openapi"].startswith("3.1")
    assert Client().get("/api/v1/schema/", headers={"Accept": "application/yaml"}).status_code in {
        200,
        406,
    }
    page = Client().get("/api/v1/docs/").content.decode()
    assert "swagger-ui" in page
    assert "https://" not in page
    script = Client().get("/api/v1/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")


@pytest.mark.urls("config.urls")
def test_every_door_of_the_house_is_described() -> None:
    paths = document("config.urls")["paths"]
    described = {path for path in paths if path.startswith("/api/v1/")}
    assert len(described) >= len({route for route, _ in api_views()})


@pytest.mark.urls("config.urls")
def test_every_list_knows_its_model_and_describes_its_filters() -> None:
    paths = document("config.urls")["paths"]
    for route, view in api_views():
        if not issubclass(view, ListView) or not view.filters:
            continue
        path = "/" + re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", route)
        names = {parameter["name"] for parameter in paths[path]["get"]["parameters"]}
        assert set(view.filters) <= names, f"{path}: give its Rows a `model`"
