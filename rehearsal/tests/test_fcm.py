"""Push messages through the official Firebase Admin SDK."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import firebase_admin
import httpx
import jwt
import pytest
import requests
from firebase_admin import credentials, exceptions, messaging

from rehearsal.client import Rehearsal
from rehearsal.fcm.credentials import EMAIL
from rehearsal.testing import RunningRehearsal

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def firebase(server: RunningRehearsal) -> Iterator[firebase_admin.App]:
    """The SDK pointed here: credentials do the tokens, two addresses do the rest."""
    certificate = credentials.Certificate(server.client.firebase_credentials())
    app = firebase_admin.initialize_app(certificate, {"httpTimeout": 10}, name="rehearsal")
    service = messaging._get_messaging_service(app)
    project = f"{server.fcm_base}/v1/projects/{app.project_id}"
    service._fcm_url = f"{project}/messages:send"
    service._fcm_topic_url = f"{project}/registrations"
    service._client.session.mount("http://", requests.adapters.HTTPAdapter(max_retries=0))
    yield app
    service._client.session.close()
    firebase_admin.delete_app(app)


def push(device: str, **more: Any) -> messaging.Message:
    return messaging.Message(
        fid=device, notification=messaging.Notification("Order paid", "Thank you"), **more
    )


def test_a_push_arrives_and_is_kept_as_it_was_sent(
    firebase: firebase_admin.App, control: Rehearsal
) -> None:
    name = messaging.send(push("phone-1", data={"order": "1001"}), app=firebase)
    assert name.startswith(f"projects/{firebase.project_id}/messages/")
    (kept,) = control.pushes()
    assert (kept["target"], kept["result"], kept["name"]) == ("phone-1", "ok", name)
    assert (kept["title"], kept["body"]) == ("Order paid", "Thank you")
    assert kept["message"]["data"] == {"order": "1001"}


@pytest.mark.parametrize(
    ("token", "error", "code"),
    [
        ("dead-1", messaging.UnregisteredError, "UNREGISTERED"),
        ("bad-1", exceptions.InvalidArgumentError, "INVALID_ARGUMENT"),
        ("quota-1", messaging.QuotaExceededError, "QUOTA_EXCEEDED"),
        ("quotaless-1", messaging.QuotaExceededError, "QUOTA_EXCEEDED"),
        ("down-1", exceptions.UnavailableError, "UNAVAILABLE"),
        ("internal-1", exceptions.InternalError, "INTERNAL"),
        ("apns-1", messaging.ThirdPartyAuthError, "THIRD_PARTY_AUTH_ERROR"),
        ("wrong-1", messaging.SenderIdMismatchError, "SENDER_ID_MISMATCH"),
    ],
)
def test_a_token_decides_what_becomes_of_its_messages(
    firebase: firebase_admin.App,
    control: Rehearsal,
    token: str,
    error: type[exceptions.FirebaseError],
    code: str,
) -> None:
    with pytest.raises(error) as refused:
        messaging.send(push(token), app=firebase)
    # a 401 is tried thrice: google-auth fetches a new bearer token in between
    assert {kept["target"] for kept in control.pushes(result=code)} == {token}
    if code == "QUOTA_EXCEEDED":
        asked = refused.value.http_response.headers.get("Retry-After")
        assert asked == ("30" if token == "quota-1" else None)


def test_many_are_sent_at_once_each_with_its_own_result(
    firebase: firebase_admin.App, control: Rehearsal
) -> None:
    devices = ["dead-x" if n % 10 == 0 else f"phone-{n}" for n in range(100)]
    batch = messaging.send_each([push(device) for device in devices], app=firebase)
    assert (batch.success_count, batch.failure_count) == (90, 10)
    kept = {push["name"]: push["target"] for push in control.pushes(result="ok")}
    for device, answer in zip(devices, batch.responses, strict=True):
        if device == "dead-x":
            assert isinstance(answer.exception, messaging.UnregisteredError)
        else:
            assert kept.pop(answer.message_id) == device, "each answer is in its message's place"
    assert kept == {}
    assert len(control.pushes(result="UNREGISTERED")) == 10


def test_a_dry_run_leaves_nothing(firebase: firebase_admin.App, control: Rehearsal) -> None:
    messaging.send(push("phone-1"), dry_run=True, app=firebase)
    assert control.pushes() == []


def test_topics_are_joined_and_left(firebase: firebase_admin.App, server: RunningRehearsal) -> None:
    joined = messaging.subscribe_to_topic(["phone-1", "dead-1"], "offers", app=firebase)
    assert (joined.success_count, joined.errors[0].reason) == (1, "UNREGISTERED")
    topics = f"{server.base_url}/control/fcm/topics"
    assert httpx.get(topics).json() == {"offers": ["phone-1"]}
    messaging.unsubscribe_from_topic(["phone-1"], "offers", app=firebase)
    assert httpx.get(topics).json() == {"offers": []}


def test_what_is_too_big_is_our_mistake_and_not_the_devices(
    firebase: firebase_admin.App,
) -> None:
    with pytest.raises(exceptions.InvalidArgumentError, match="too big") as refused:
        messaging.send(push("phone-1", data={"x": "y" * 5000}), app=firebase)
    detail = refused.value.http_response.json()["error"]["details"][0]
    assert detail["@type"].endswith("google.rpc.BadRequest")


def test_faults_reach_pushes_too(firebase: firebase_admin.App, control: Rehearsal) -> None:
    control.add_fault("status", face="fcm", status=503, times=1)
    with pytest.raises(exceptions.UnavailableError):
        messaging.send(push("phone-1"), app=firebase)
    control.add_fault("lost_answer", face="fcm", times=1)
    with pytest.raises(exceptions.UnavailableError):
        messaging.send(push("phone-1"), app=firebase)
    assert len(control.pushes(token="phone-1")) == 1


def assertion(account: dict[str, Any], **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": EMAIL,
        "aud": account["token_uri"],
        "iat": now,
        "exp": now + 3600,
        "scope": "https://www.googleapis.com/auth/firebase.messaging",
        **changes,
    }
    return jwt.encode(claims, account["private_key"], algorithm="RS256")


def test_tokens_are_given_for_good_assertions_only(server: RunningRehearsal) -> None:
    account = server.client.firebase_credentials()
    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}

    def ask(**claims: Any) -> httpx.Response:
        form = {**grant, "assertion": assertion(account, **claims)}
        return httpx.post(account["token_uri"], data=form)

    assert ask().json()["token_type"] == "Bearer"
    for wrong in ({"exp": 1}, {"iss": "someone"}, {"aud": "https://else.test"}, {"scope": "x"}):
        answer = ask(**wrong)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    garbage = httpx.post(account["token_uri"], data={**grant, "assertion": "x.y.z"})
    assert garbage.json()["error"] == "invalid_grant"
    assert httpx.post(account["token_uri"], data={}).status_code == 400


@pytest.mark.parametrize(
    "token", ["nonsense", "ya29.rehearsal.9999999999.00", "ya29.rehearsal.1.x", "é"]
)
def test_calls_without_our_token_are_401(server: RunningRehearsal, token: str) -> None:
    url = f"{server.fcm_base}/v1/projects/p/messages:send"
    headers = {"authorization": f"Bearer {token}".encode()}
    answer = httpx.post(url, json={"message": {"token": "a"}}, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"message": 1}', b'{"message": {}}',
     b'{"message": {"token": "a", "topic": "b"}}', b'{"message": {"token": "a", "data": [1]}}',
     b'{"message": {"token": "a", "data": {"a": 1}}}',
     b'{"message": {"token": "a", "data": {"from": "x"}}}',
     b'{"message": {"token": {"a": 1}}}', b'{"message": {"token": "a", "notification": 7}}'],
)  # fmt: skip
def test_malformed_messages_are_400(server: RunningRehearsal, body: bytes) -> None:
    account = server.client.firebase_credentials()
    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}
    form = {**grant, "assertion": assertion(account)}
    token = httpx.post(account["token_uri"], data=form).json()["access_token"]
    answer = httpx.post(
        f"{server.fcm_base}/v1/projects/p/messages:send",
        content=body,
        headers={"authorization": f"Bearer {token}"},
    )
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_credentials_can_be_printed_before_the_start(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rehearsal", "--print-firebase-credentials"]
    command += ["--port", "8600", "--data", str(tmp_path)]
    printed = [json.loads(subprocess.check_output(command, cwd=ROOT)) for _ in range(2)]
    assert printed[0] == printed[1]
    assert printed[0]["token_uri"] == "http://127.0.0.1:8600/fcm/token"
    assert (tmp_path / "firebase-key.pem").stat().st_mode & 0o077 == 0


def test_a_token_can_lose_its_answer_after_the_push_arrived(
    firebase: firebase_admin.App, control: Rehearsal
) -> None:
    with pytest.raises(exceptions.UnavailableError):
        messaging.send(push("lost-1"), app=firebase)
    assert [kept["result"] for kept in control.pushes(token="lost-1")] == ["ok"]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("UNREGISTERED", messaging.UnregisteredError),
        ("SENDER_ID_MISMATCH", messaging.SenderIdMismatchError),
        ("INVALID_TOKEN", exceptions.InvalidArgumentError),
        ("BAD_PAYLOAD", exceptions.InvalidArgumentError),
    ],
)
def test_every_refusal_can_be_had_at_a_rate(
    firebase: firebase_admin.App,
    control: Rehearsal,
    code: str,
    error: type[exceptions.FirebaseError],
) -> None:
    control.add_fault("status", face="fcm", code=code, times=1)
    with pytest.raises(error):
        messaging.send(push("phone-1"), app=firebase)
    messaging.send(push("phone-1"), app=firebase)
