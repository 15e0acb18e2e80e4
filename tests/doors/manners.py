"""What every answer must be, whatever was asked: below 500, enveloped, quick, tight-lipped."""

import re
from typing import Any

from jsonschema import Draft202012Validator

from core.api.envelope import CODES, JSON
from core.api.schema.views import document

SLOWEST_SECONDS = 4.5  # on a busy machine; nonsense that made the database sleep would take 5
MOST_WORK_SECONDS = 1.5  # of the processor, which a busy machine does not lengthen as much
# what only the inside of the house would say
TELLTALES = re.compile(
    r"Traceback|File \"|\.py\b|site-packages|psycopg|django\.|rest_framework|"
    r"SELECT .* FROM|INSERT INTO|UPDATE .* SET|DELETE FROM|WHERE |relation \"|column \"|"
    r"null value in|violates|tw_system|tradewind_app|/root/|/home/|/usr/|"
    r"object at 0x|Exception\b|DoesNotExist|KeyError|TypeError|ValueError",
)
ERROR_FIELDS = {"code", "message", "details"}


def assert_well_mannered(response: Any, *, echoes: str = "") -> None:
    """The common assertion. `echoes` is what was sent: an answer may repeat the caller's words."""
    status = response.status_code
    text = response.content.decode("utf-8", "replace")
    told = f"{status} {text[:600]}"
    assert status < 500, told
    assert response["X-Request-ID"], told
    assert_single_line_headers(response)
    if status in {204, 304} or response.wsgi_request.method == "HEAD":
        assert not response.content, told
        return
    assert response["Content-Type"] == "application/json", told
    answer = response.json()
    assert answer["requestId"] == response["X-Request-ID"], told
    assert answer["timestamp"], told
    if status < 400:
        assert answer["success"] is True, told
        return
    assert answer["success"] is False, told
    assert set(answer["error"]) == ERROR_FIELDS, told
    assert answer["error"]["code"] in CODES.values(), told
    assert answer["error"]["message"], told
    assert isinstance(answer["error"]["details"], dict), told
    assert_tight_lipped(text, echoes=echoes)


def assert_tight_lipped(text: str, *, echoes: str = "") -> None:
    """Nothing of the inside is told: no stack, no SQL, no path."""
    for found in TELLTALES.finditer(text):
        assert found[0] in echoes, f"tells {found[0]!r}: {text[:600]}"


def assert_single_line_headers(response: Any) -> None:
    """Nobody outside writes our headers."""
    for name, value in response.items():
        assert "\r" not in value, name
        assert "\n" not in value, name
    assert "X-Injected" not in response


def assert_quick(seconds: float, work: float) -> None:
    """Neither the caller nor the processor was kept long."""
    assert seconds <= SLOWEST_SECONDS, f"took {seconds:.1f} s"
    assert work <= MOST_WORK_SECONDS, f"{work:.1f} s of work"


def assert_allowed_by_the_document(method: str, path: str, body: Any) -> None:
    """What was accepted fits what the document says a door takes."""
    described = document("config.urls")
    operation = described["paths"][path][method.lower()]
    shape = operation["requestBody"]["content"][JSON]["schema"]
    validator = Draft202012Validator({**shape, "components": described["components"]})
    problems = [problem.message[:200] for problem in validator.iter_errors(body)]
    assert not problems, f"accepted, though {problems[0]}"
