"""What comes to a webhook door is verified, stored as it is, answered; nothing makes it fall."""

import pytest
from django.test import Client

from core.events import subscriptions
from core.intake.door import MOST_BYTES
from core.intake.sources import SOURCES, register_source
from core.models import Event
from core.tests.intake_helpers import SECRET, TestSender, new_key, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sender(monkeypatch) -> None:
    monkeypatch.setitem(SOURCES, "test", TestSender())


def post(client: Client, body: bytes, path: str = "/webhooks/test/", **headers: str):
    sent = {"X-Word": SECRET} | headers
    return client.post(path, body, content_type="application/json", headers=sent)


def test_a_signed_body_is_stored_byte_for_byte(client: Client) -> None:
    key = new_key()
    body = key.encode() + b'\n{"a": 1e100000, "b": "\xff\x00"}'
    answer = post(client, body, **{"X-Note": "kept"})
    (event,) = stored(key)
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "data": {"stored": True}}
    assert answer.headers["X-Request-ID"]
    assert bytes(event.body) == body
    assert event.headers == {"note": "kept"}
    assert (event.type, event.source) == ("test.told", "test")


def test_a_repetition_is_answered_200_and_counted(client: Client) -> None:
    key = new_key()
    answers = [post(client, key.encode()).json()["data"] for _ in range(3)]
    (event,) = stored(key)
    assert answers == [{"stored": True}] + 2 * [{"stored": True, "duplicate": True}]
    assert event.duplicates == 2


def test_a_wrong_signature_is_refused_and_nothing_is_stored(client: Client) -> None:
    answer = post(client, b"key", **{"X-Word": "guess"})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not_authenticated"
    assert not Event.objects.filter(source="test").exists()


def test_other_methods_are_refused(client: Client) -> None:
    for method in (client.get, client.put, client.delete, client.patch, client.options):
        answer = method("/webhooks/test/")
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_sender_nobody_registered_is_not_found(client: Client) -> None:
    for path in ("/webhooks/nobody/", "/webhooks/test/more/", "/webhooks/%00/"):
        assert post(client, b"x", path).status_code == 404


def test_the_slash_at_the_end_may_be_missing(client: Client) -> None:
    assert post(client, new_key().encode(), "/webhooks/test").status_code == 200


def test_a_body_above_the_cap_is_refused_and_one_below_is_not(client: Client) -> None:
    key = new_key().encode()
    assert post(client, key + b"\n" + b"x" * MOST_BYTES).status_code == 413
    assert post(client, key + b"\n" + b"x" * (MOST_BYTES - 100)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"\x00key",
        b"\xff\xfe\xfd",
        b"\xed\xa0\x80",
        b"key \xed\xb0\x80 after",
        b"k" * 5000,
        "ключ".encode(),
        b"[" * 100_000,
    ],
    ids=["empty", "nul", "nul-first", "not-utf8", "surrogate", "low", "long", "cyrillic", "deep"],
)
@pytest.mark.parametrize("note", ["", "plain", "\x00", "\udcff", "\xff\xfe", "n" * 9000])
def test_odd_bytes_never_make_it_fall(client: Client, body: bytes, note: str) -> None:
    answer = client.generic("POST", "/webhooks/test/", body, HTTP_X_WORD=SECRET, HTTP_X_NOTE=note)
    assert answer.status_code == 200
    assert bytes(Event.objects.get(source="test").body) == body


def test_odd_lengths_are_refused(client: Client) -> None:
    for length in ("-1", "abc", "1e3", "²"):
        answer = client.generic(
            "POST", "/webhooks/test/", b"key", CONTENT_LENGTH=length, HTTP_X_WORD=SECRET
        )
        assert answer.status_code == 400


def test_an_arrival_rings_for_those_who_wait(client: Client, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr("core.intake.views.ring_after_commit", asked.append)
    key = new_key().encode()
    post(client, key)
    post(client, key)
    assert asked == ["test.told"]  # the repetition wakes nobody


def test_one_name_belongs_to_one_kind_of_sender() -> None:
    class Other(TestSender):
        pass

    with pytest.raises(ValueError, match="test"):
        register_source("test", Other())
    register_source("test", TestSender())
    assert subscriptions.queues_of("test.told") == set()
