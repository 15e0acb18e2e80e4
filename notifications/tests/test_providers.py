"""A mail provider's API in place of SMTP: what its answers mean. A small server plays Resend."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from core.tests.outbound_helpers import Server, server
from notifications.channels.email.send import hand_over
from notifications.channels.outcome import Ending, Outcome


@contextmanager
def resend_says(
    settings: Any, *, status: int = 200, body: Any = None, headers: str = "", wait: float = 0
) -> Iterator[Server]:
    """The API answers like this; `.requests` holds what it was sent."""

    def behave(connection: socket.socket, head: bytes) -> None:
        length = next(
            int(line.partition(b":")[2])
            for line in head.splitlines()
            if line.lower().startswith(b"content-length:")
        )
        got = len(head.partition(b"\r\n\r\n")[2])
        while got < length:
            got += len(connection.recv(65_536))
        time.sleep(wait)
        text = json.dumps(body or {})
        connection.sendall(
            f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nConnection: close\r\n"
            f"Content-Length: {len(text)}\r\n{headers}\r\n{text}".encode()
        )

    with server(behave) as api:
        settings.EMAIL_BACKEND = "notifications.channels.email.resend.EmailBackend"
        settings.ANYMAIL = {
            "RESEND_API_KEY": "re_test",
            "RESEND_API_URL": f"{api.base}/",
            "REQUESTS_TIMEOUT": (1, 1),
        }
        yield api


def send() -> Outcome:
    message = EmailMultiAlternatives(
        "Hello", "text", "shop@example.com", ["a@example.com"], headers={"Message-ID": "<1@x>"}
    )
    message.metadata = {"delivery": "1"}
    return hand_over(message)


def test_a_taken_mail_is_sent_under_the_providers_id(settings: Any) -> None:
    with resend_says(settings, body={"id": "49a3999c"}):
        outcome = send()
    assert (outcome.ending, outcome.provider, outcome.message_id) == (
        Ending.SENT,
        "resend",
        "49a3999c",
    )


def test_every_try_carries_the_same_idempotency_key(settings: Any) -> None:
    with resend_says(settings, status=503) as api:
        send()
        send()
        keys = [
            line
            for head in api.requests
            for line in head.splitlines()
            if line.lower().startswith(b"idempotency-key")
        ]
    assert keys == [b"Idempotency-Key: 1@x"] * 2


@pytest.mark.parametrize(
    ("answer", "ending", "flags"),
    [
        ({"status": 422}, Ending.REFUSED, {}),
        ({"status": 429, "headers": "Retry-After: 17\r\n"}, Ending.LATER, {"after": 17.0}),
        ({"status": 503}, Ending.LATER, {"unreachable": True}),
        ({"status": 401}, Ending.LATER, {"our_fault": True}),
        ({"wait": 2.5}, Ending.UNCERTAIN, {"unreachable": True}),
    ],
    ids=["for good", "patience", "down", "wrong key", "no answer"],
)
def test_what_a_providers_answer_means(
    settings: Any, answer: dict[str, Any], ending: Ending, flags: dict[str, Any]
) -> None:
    with resend_says(settings, **answer):
        outcome = send()
    assert outcome.ending is ending
    assert {name: getattr(outcome, name) for name in flags} == flags
    assert "re_test" not in outcome.reason


def test_a_provider_that_is_not_there_was_not_reached(settings: Any) -> None:
    with resend_says(settings) as api:
        pass
    settings.ANYMAIL = settings.ANYMAIL | {"RESEND_API_URL": f"http://127.0.0.1:{api.port}/"}
    settings.EMAIL_BACKEND = "notifications.channels.email.resend.EmailBackend"
    outcome = send()
    assert (outcome.ending, outcome.unreachable) == (Ending.LATER, True)


def test_settings_that_cannot_be_used_are_our_fault_and_nothing_left(settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.ANYMAIL = "anymail.backends.postmark.EmailBackend", {}
    message = EmailMultiAlternatives("Tea", "It is here.", to=["amina@example.com"])
    outcome = hand_over(message)
    assert (outcome.ending, outcome.our_fault) == (Ending.LATER, True)
    assert "POSTMARK_SERVER_TOKEN" in outcome.reason
