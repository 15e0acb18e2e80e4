"""What log lines look like, and what must never stand in them."""

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
import structlog
from django.db import IntegrityError, connection, transaction
from django.test import Client

from core.identity import Identity, Role, acting_as
from core.ids import new_id
from core.logs.lines import json_formatter
from core.logs.redaction import redact, redact_text
from core.requests.context import set_request_id

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What the shipped formatter writes, read back."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(json_formatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


def test_both_kinds_of_loggers_write_the_same_line(lines: Lines) -> None:
    user_id = new_id()
    set_request_id("request-7")
    with acting_as(Identity(Role.AGENT, user_id)):
        structlog.get_logger("ours").info("order.moved", order="o-1", count=2)
        logging.getLogger("theirs").info("moved %s", "x", extra={"order": "o-1"})
    set_request_id("")
    ours, theirs = lines()
    for line in (ours, theirs):
        assert line["request_id"] == "request-7"
        assert line["user"] == str(user_id)
        assert line["role"] == "tw_agent"
        assert line["level"] == "info"
        assert line["timestamp"].endswith("Z")
        assert line["order"] == "o-1"
    assert (ours["event"], ours["count"], ours["logger"]) == ("order.moved", 2, "ours")
    assert theirs["event"] == "moved x"


CANARIES = {
    "ada.canary@example.com": "an e-mail address",
    "4111 1111 1111 1111": "a card",
    "5555555555554444": "a card",
    "DE89 3704 0044 0532 0130 00": "an IBAN",
    "+49 170 1234567": "a phone number",
    "Bearer abcdefghijklmnop": "a bearer token",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl": "a JWT",
    "sk_live_51H8abcdefgh": "a gateway key",
    "whsec_abcdef123456": "a webhook secret",
    "tw_live_abcd1234efgh5678": "an API key",
    "postgres://app:hunter22@db/x": "a password in an address",
    "password=hunter22": "a password",
    "/api/v1/carts/Zm9vYmFyYmF6cXV4MTIzNDU2/": "a cart token in a path",
}


@pytest.mark.parametrize("canary", CANARIES, ids=CANARIES.values())
def test_secrets_and_persons_are_cut_out_of_any_text(canary: str, lines: Lines) -> None:
    telling = canary.split("://app:")[-1].split("@db")[0].rpartition("password=")[2]
    telling = telling.removeprefix("Bearer ").removeprefix("/api/v1/carts/").rstrip("/")
    log = structlog.get_logger("x")
    log.warning(f"saw {canary} here", why=f"because of {canary}", deep={"list": [canary]})
    try:
        int(f"bad value {canary} given")
    except ValueError:
        log.exception("failed")
    logging.getLogger("y").warning("saw %s here", canary)
    text = json.dumps(lines())
    assert telling not in text
    assert "saw " in text
    assert "Traceback" in text


@pytest.mark.parametrize(
    "name",
    ["password", "new_password1", "api_key", "X-Api-Key", "Authorization", "refresh", "cvc",
     "client_secret", "email", "phone", "full_name", "shipping_address", "line1", "iban"],
)  # fmt: skip
def test_values_are_hidden_by_the_name_they_have(name: str) -> None:
    assert "plainvalue" not in str(redact({name: "plainvalue", "in": {name: ["plainvalue"]}}))


@pytest.mark.parametrize(
    "text",
    [
        "order 0197f3a0-1111-7000-8000-000000000001 paid",
        "/api/v1/orders/0197f3a0-1111-7000-8000-000000000001/",
        "reference 20261120-123456 for 12.34 EUR",
        "pi_3MtwBwLkdIwHu7ix28a3tqPa succeeded at 2026-11-20T08:00:00.123456Z",
        "1234567890123456 is no card number",
        "took 12.5 ms; 3 rows",
    ],
)
def test_what_helps_to_find_a_fault_stays(text: str) -> None:
    assert redact_text(text) == text


@pytest.mark.django_db
def test_a_database_error_does_not_tell_the_row(lines: Lines) -> None:
    row = "INSERT INTO django_site (id, domain, name) VALUES (77, 'ada.example.com', 'Ada Canary')"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(row)
            cursor.execute(row.replace("77", "78"))
    except IntegrityError:
        logging.getLogger("x").exception("failed")
    text = json.dumps(lines())
    assert "unique constraint" in text
    assert "ada.example.com" not in text
    assert "Ada Canary" not in text


@pytest.mark.django_db
def test_each_request_writes_one_line_with_its_route_and_time(lines: Lines) -> None:
    Client().get(
        "/api/v1/nowhere/Zm9vYmFyYmF6cXV4MTIzNDU2/", headers={"X-Request-ID": "given-id-1"}
    )
    (line,) = [line for line in lines() if line["logger"] == "tradewind.access"]
    assert (line["method"], line["status"], line["request_id"]) == ("GET", 404, "given-id-1")
    assert line["ms"] >= 0
    assert "Zm9vYmFyYmF6" not in json.dumps(lines())


def test_a_value_that_cannot_be_written_does_not_stop_the_request(lines: Lines) -> None:
    structlog.get_logger("x").info("odd", thing=object(), deep=[[[[[[[[[[1]]]]]]]]]], bits=b"\xff")
    (line,) = lines()
    assert line["bits"] == "[1 bytes]"
    assert "object object" in line["thing"]
