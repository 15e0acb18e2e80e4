"""The mail provider as a shop sees it: API, idempotency keys, refusals, signed webhooks."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from rehearsal.client import Rehearsal
from rehearsal.testing import RunningRehearsal
from rehearsal.tests.receiver import Posted, Receiver

SECRET = "whsec_" + base64.b64encode(b"a key of the test").decode()


@pytest.fixture
def api(server: RunningRehearsal) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=server.client.resend_base,
        headers={"Authorization": "Bearer re_test"},
        trust_env=False,
    ) as client:
        yield client


@pytest.fixture
def door(control: Rehearsal) -> Iterator[Receiver]:
    receiver = Receiver()
    control.send_webhooks_to(receiver.url, secret=SECRET, face="resend")
    yield receiver
    control.send_webhooks_to("", face="resend")
    receiver.close()


def letter(to: str = "anna@example.com", **more: Any) -> dict[str, Any]:
    return {"from": "Shop <shop@example.com>", "to": [to], "subject": "Hello", "text": "T"} | more


def genuine(posted: Posted) -> bool:
    """As Svix documents it, written down once more."""
    signed = b".".join(
        [posted.headers["svix-id"].encode(), posted.headers["svix-timestamp"].encode(), posted.body]
    )
    digest = hmac.new(b"a key of the test", signed, hashlib.sha256).digest()
    return posted.headers["svix-signature"] == "v1," + base64.b64encode(digest).decode()


def test_one_key_is_one_mail_whatever_became_of_the_answer(
    api: httpx.Client, control: Rehearsal
) -> None:
    control.add_fault("lost_answer", face="resend", path="/emails", times=1)
    key = {"Idempotency-Key": "k1"}
    with pytest.raises(httpx.TransportError):
        api.post("emails", json=letter(), headers=key)
    again = api.post("emails", json=letter(), headers=key)
    assert again.status_code == 200
    assert [one["id"] for one in control.letters()] == [again.json()["id"]]
    assert len(control.mails(to="anna@")) == 1
    other = api.post("emails", json=letter(subject="Other"), headers=key)
    assert (other.status_code, other.json()["name"]) == (409, "invalid_idempotent_request")


@pytest.mark.parametrize(
    ("call", "status", "name"),
    [
        ({"json": letter("nobody")}, 422, "validation_error"),
        ({"json": letter(subject="a\nBcc: b@example.com")}, 422, "validation_error"),
        ({"content": b"{"}, 422, "validation_error"),
        ({"json": {"from": "a@b.example"}}, 422, "missing_required_field"),
        ({"json": letter(), "headers": {"Authorization": "Bearer sk"}}, 403, "invalid_api_key"),
    ],
)
def test_what_is_wrong_is_refused_in_resends_words(
    api: httpx.Client, control: Rehearsal, call: dict[str, Any], status: int, name: str
) -> None:
    answer = api.post("emails", **call)
    assert (answer.status_code, answer.json()["name"]) == (status, name)
    assert control.mails() == []


def test_patience_is_asked_for_with_a_time(api: httpx.Client, control: Rehearsal) -> None:
    control.add_fault("status", face="resend", path="/emails", status=429, retry_after=7)
    answer = api.post("emails", json=letter())
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.json()["name"] == "rate_limit_exceeded"


@pytest.mark.parametrize(
    ("to", "news"),
    [
        ("anna@example.com", ["sent", "delivered"]),
        ("bounced-1@example.com", ["sent", "bounced"]),
        ("late@example.com", ["sent", "delivery_delayed", "delivered"]),
        ("complained@example.com", ["sent", "delivered", "complained"]),
    ],
)
def test_what_becomes_of_a_mail_is_told_signed(
    api: httpx.Client, door: Receiver, to: str, news: list[str]
) -> None:
    sent = api.post("emails", json=letter(to, headers={"X-Metadata": '{"delivery": "1"}'}))
    posted = door.wait_for(len(news))
    events = [json.loads(one.body) for one in posted]
    assert sorted(event["type"] for event in events) == sorted(f"email.{one}" for one in news)
    assert all(genuine(one) for one in posted)
    assert {event["data"]["email_id"] for event in events} == {sent.json()["id"]}
    assert events[0]["data"]["headers"] == [{"name": "X-Metadata", "value": '{"delivery": "1"}'}]


def test_the_buttons_of_the_mailbox_tell_what_happens(
    api: httpx.Client, control: Rehearsal, door: Receiver, server: RunningRehearsal
) -> None:
    api.post("emails", json=letter("silent@example.com", html='<a href="https://x.example/a">'))
    (mail,) = control.mails(to="silent@")
    page = httpx.get(f"{server.base_url}/mail/{mail['id']}", trust_env=False).text
    assert "Follow the first link" in page
    httpx.post(
        f"{server.base_url}/mail/{mail['id']}/happens", data={"what": "clicked"}, trust_env=False
    )
    clicked = json.loads(door.wait_for(2)[-1].body)
    assert (clicked["type"], clicked["data"]["click"]["link"]) == (
        "email.clicked",
        "https://x.example/a",
    )
