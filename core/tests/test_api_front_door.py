"""The JSON front door: what it refuses, and that it says why."""

import json
import time
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from core.api.parser import MAX_NAMES, parse_object

pytestmark = pytest.mark.urls("core.tests.api_doors")
ECHO = "/api/v1/echo/"


def post(body: bytes, content_type: str = "application/json", **extra: Any) -> Any:
    return Client().generic("POST", ECHO, body, content_type, **extra)


BAD = {
    "cut off": (b'{"name": "x"', "not JSON"),
    "a list": (b"[1]", "must be a JSON object"),
    "a text": (b'"x"', "must be a JSON object"),
    "null": (b"null", "must be a JSON object"),
    "NaN": (b'{"name": NaN}', "NaN is not a JSON number"),
    "Infinity": (b'{"name": -Infinity}', "Infinity is not a JSON number"),
    "a byte order mark": (b'\xef\xbb\xbf{"name": "x"}', "byte order mark"),
    "UTF-16": ('{"name": "x"}'.encode("utf-16"), "byte order mark"),
    "Latin-1": ('{"name": "\u00e9"}'.encode("latin-1"), "not UTF-8"),
    "a name twice": (b'{"name": "x", "name": "y"}', "'name' appears twice"),
    "an inner name twice": (b'{"free": {"a": 1, "a": 2}}', "'a' appears twice"),
    "an escaped NUL": (b'{"name": "a\\u0000b"}', "NUL"),
    "a NUL in a name": (b'{"a\\u0000": 1}', "NUL"),
    "half a surrogate pair": (b'{"name": "\\ud800"}', "surrogate"),
    "half a pair deep inside": (b'{"free": {"a": [{"b": "\\udfff"}]}}', "surrogate"),
    "a long number": (b'{"free": {"a": ' + b"9" * 33 + b"}}", "32 digits"),
    "a very long number": (b'{"free": {"a": ' + b"9" * 50_000 + b"}}", "32 digits"),
    "a long fraction": (b'{"free": {"a": 0.' + b"1" * 40 + b"}}", "32 digits"),
    "a huge exponent": (b'{"free": {"a": 1e100000}}', "exponent"),
    "an endless exponent": (b'{"free": {"a": 1e' + b"9" * 1000 + b"}}", "exponent"),
    "65 levels": (b'{"free":' * 64 + b"{}" + b"}" * 64, "deeper than 64"),
    "100,000 brackets": (b"[" * 99_000, "deeper than 64"),
    "closed brackets": (b'{"free":' + b"[" * 40_000 + b"]" * 40_000 + b"}", "deeper than 64"),
    "too many names": (
        json.dumps({"free": {str(n): 1 for n in range(MAX_NAMES + 1)}}).replace(" ", "").encode(),
        f"{MAX_NAMES} names",
    ),
    "a comment": (b'{"name": "x"} // hi', "not JSON"),
    "two bodies": (b"{}{}", "not JSON"),
    "a single quote": (b"{'name': 'x'}", "not JSON"),
    "a raw control character": (b'{"name": "a\x01"}', "not JSON"),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "reason"), BAD.values(), ids=BAD.keys())
def test_a_bad_body_is_refused_with_its_reason(body: bytes, reason: str) -> None:
    began = time.monotonic()
    response = post(body)
    assert response.status_code == 400, response.content
    assert reason in response.json()["error"]["message"]
    assert response.json()["error"]["code"] == "validation_error"
    assert time.monotonic() - began < 2


@pytest.mark.django_db
def test_more_bytes_than_the_view_takes_are_not_read() -> None:
    response = post(b'{"name": "' + b"x" * 100_001 + b'"}')
    assert response.status_code == 413
    assert response.json()["error"]["code"] == "payload_too_large"


@pytest.mark.django_db
def test_more_bytes_than_announced_are_refused_too() -> None:
    response = post(b'{"name": "' + b"x" * 100_001 + b'"}', CONTENT_LENGTH="20")
    assert response.status_code == 400  # the server hands over 20 of them only


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain", "application/xml", "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x", "application/json; charset=latin-1",
        "application/json; charset=bogus", "application/json; charset=utf-16", "json", ";",
    ],
)  # fmt: skip
def test_other_content_types_and_charsets_are_refused(content_type: str) -> None:
    response = post(b'{"name": "x"}', content_type)
    assert response.status_code == 415, response.content
    assert response.json()["error"]["code"] == "unsupported_media_type"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=UTF-8", "Application/JSON"]
)
def test_json_in_utf8_is_taken(content_type: str) -> None:
    response = post('{"name": "Zoë 🐫"}'.encode(), content_type)
    assert response.status_code == 201, response.content
    assert response.json()["data"]["name"] == "Zoë 🐫"


@pytest.mark.django_db
def test_an_empty_body_is_an_object_without_names() -> None:
    response = post(b"")
    assert response.status_code == 400
    assert response.json()["error"]["details"] == {"name": ["This field is required."]}


def test_numbers_with_a_point_are_decimals_and_exact() -> None:
    assert parse_object(b'{"a": 0.1, "b": 1e2, "c": 12}') == {
        "a": Decimal("0.1"),
        "b": Decimal("1e2"),
        "c": 12,
    }


def test_pairs_of_surrogates_and_64_levels_are_fine() -> None:
    assert parse_object(b'{"a": "\\ud83d\\ude00"}') == {"a": "😀"}
    parse_object(b'{"a":' * 63 + b"{}" + b"}" * 63)


def chunked(body: bytes) -> Any:
    """As WSGI servers hand over a body whose length nobody announced."""
    environ = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_LENGTH": "",
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
    }
    return Client().post(ECHO, content_type="application/json", **environ)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_a_body_of_unannounced_length_is_read_up_to_the_limit() -> None:
    assert chunked(b'{"name": "x"}').status_code == 201
    assert chunked(b'{"name": "' + b"x" * 100_001 + b'"}').status_code == 413
    assert chunked(b"").status_code == 400


@pytest.mark.django_db
def test_a_compressed_body_is_refused_unread() -> None:
    response = post(b"\x1f\x8b", HTTP_CONTENT_ENCODING="gzip")
    assert response.status_code == 415
    assert "gzip" in response.json()["error"]["message"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/fail/a%00b/", "/api/v1/entries/?action=%00"])
def test_nul_in_an_address_is_refused(path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 400
    assert "NUL" in response.json()["error"]["message"]
