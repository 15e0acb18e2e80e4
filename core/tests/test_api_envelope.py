"""Every answer has one shape, whatever went wrong, and tells nothing of the inside."""

import json
import re
from datetime import datetime
from typing import Any

import pytest
from django.contrib.sites.models import Site
from django.test import Client
from django.test.utils import override_settings

from core.api import envelope
from core.tests.api_failures import FAILURES, STATUS

pytestmark = [pytest.mark.django_db, pytest.mark.urls("core.tests.api_doors")]

CODES = {
    400: "validation_error", 401: "not_authenticated", 403: "permission_denied", 404: "not_found",
    409: "conflict", 413: "payload_too_large", 422: "unprocessable", 429: "rate_limited",
    500: "internal_error", 502: "upstream_unavailable", 503: "unavailable",
}  # fmt: skip


def assert_envelope(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    body: dict[str, Any] = response.json()
    assert body["requestId"] == response["X-Request-ID"]
    assert datetime.fromisoformat(body["timestamp"]).utcoffset() is not None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["timestamp"])
    if status < 400:
        assert body["success"] is True
        assert set(body) - {"meta"} == {"success", "data", "timestamp", "requestId"}
    else:
        assert body["success"] is False
        assert set(body) == {"success", "error", "timestamp", "requestId"}
        assert set(body["error"]) == {"code", "message", "details"}
        assert body["error"]["message"]
    return body


@pytest.mark.parametrize("kind", FAILURES)
def test_every_failure_is_told_in_the_envelope_without_particulars(kind: str) -> None:
    response = Client().get(f"/api/v1/fail/{kind}/")
    body = assert_envelope(response, STATUS[kind])
    assert body["error"]["code"] == CODES[STATUS[kind]]
    told = response.content.decode()
    for inside in ("hunter22", "SELECT", "/srv", "Traceback", "secret.example.com", "pg_authid"):
        assert inside not in told
    if STATUS[kind] == 503:
        assert int(response["Retry-After"]) > 0


def test_what_was_written_before_a_failure_is_undone() -> None:
    Client().get("/api/v1/fail/twice/")
    assert not Site.objects.filter(domain="secret.example.com").exists()


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("drf_field", "email: Not an address."),
        ("drf_nested", "lines.sku: Unknown."),
        ("model", "email: Not an address."),
        ("drf_list", "All wrong."),
        ("model_all", "All wrong."),
    ],
)
def test_the_message_is_the_first_reason_a_person_can_read(kind: str, message: str) -> None:
    error = Client().get(f"/api/v1/fail/{kind}/").json()["error"]
    assert error["message"] == message
    assert error["details"]


def test_how_long_to_wait_is_told() -> None:
    assert Client().get("/api/v1/fail/limited/")["Retry-After"] == "7"
    assert int(Client().get("/api/v1/fail/throttled/")["Retry-After"]) >= 3


@pytest.mark.parametrize(
    "path", ["/api/v1/nowhere/", "/api/nowhere", "/api/v1/entries/abc/", "/api/v1/fail/"]
)
@pytest.mark.parametrize("debug", [True, False])
def test_an_unknown_path_is_told_in_the_envelope(path: str, debug: bool) -> None:
    with override_settings(DEBUG=debug):
        body = assert_envelope(Client().get(path), 404)
    assert body["error"]["code"] == "not_found"


def test_a_page_outside_the_api_is_no_json() -> None:
    assert Client().get("/nowhere/")["Content-Type"].startswith("text/html")


def test_a_method_that_is_not_offered_is_405_and_names_those_that_are() -> None:
    for method in ("DELETE", "PATCH", "PURGE", "OPTIONS"):
        response = Client().generic(method, "/api/v1/echo/", b"{}", "application/json")
        assert assert_envelope(response, 405)["error"]["code"] == "method_not_allowed"
        assert response["Allow"] == "POST"


def test_a_caller_who_does_not_take_json_is_told_406_in_json() -> None:
    response = Client().post(
        "/api/v1/echo/", "{}", "application/json", headers={"Accept": "text/csv"}
    )
    assert assert_envelope(response, 406)["error"]["code"] == "not_acceptable"


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/*;q=0.5, text/html"])
def test_a_caller_who_takes_json_gets_it(accept: str) -> None:
    response = Client().post(
        "/api/v1/echo/", '{"name": "x"}', "application/json", headers={"Accept": accept}
    )
    assert_envelope(response, 201)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_forgotten_slash_loses_neither_method_nor_body(method: str) -> None:
    response = Client().generic(method, "/api/v1/echo?a=1", b'{"name": "x"}', "application/json")
    assert (response.status_code, response["Location"]) == (308, "/api/v1/echo/?a=1")
    again = Client().post("/api/v1/echo", {"name": "x"}, "application/json", follow=True)
    assert again.status_code == 201


@override_settings(ALLOWED_HOSTS=["shop.example.com"])
def test_a_wrong_host_is_refused_in_the_envelope() -> None:
    assert_envelope(Client().get("/api/v1/entries/", headers={"Host": "evil.example.com"}), 400)


@pytest.mark.parametrize("given", ["abcdef-123", "a" * 64, "0197f3a0-1111-7000-8000-000000000001"])
def test_a_well_formed_request_id_is_taken_over(given: str) -> None:
    response = Client().get("/api/v1/nowhere/", headers={"X-Request-ID": given})
    assert response["X-Request-ID"] == response.json()["requestId"] == given


@pytest.mark.parametrize(
    "given", ["short", "a" * 65, "with space", "new\nline-xx", "<script>alert", "", "abcdefgh\n"]
)
def test_any_other_request_id_is_replaced(given: str) -> None:
    response = Client().get("/api/v1/nowhere/", headers={"X-Request-ID": given})
    assert response["X-Request-ID"] != given
    assert re.fullmatch(r"[0-9a-f-]{36}", response["X-Request-ID"])


def test_a_dataclass_is_not_shown_by_accident() -> None:
    from core.identity import Identity, Role

    with pytest.raises(TypeError, match="not made to be shown"):
        envelope.success({"who": Identity(Role.ADMIN)})


def test_texts_that_are_translated_later_are_written_now() -> None:
    from django.utils.safestring import mark_safe
    from django.utils.translation import gettext_lazy

    body = json.loads(envelope.success([gettext_lazy("Yes"), mark_safe("<b>")]))
    assert body["data"] == ["Yes", "<b>"]
