"""`Idempotency-Key`: one effect, however often, by whomever and in whatever moment it is sent."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from accounts.models.user import User
from core.api.idempotency import store
from core.identity import acting_as_system
from core.models import AuditEntry, IdempotencyKey

pytestmark = [pytest.mark.django_db, pytest.mark.urls("core.tests.api_doors")]
BOTH = pytest.mark.parametrize("door", ["/api/v1/buy/", "/api/v1/buy-outside/"])


def buy(door: str, key: str | None, email: str = "", **body: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    if email:
        headers["Authorization"] = f"Test {email}"
    client = Client(raise_request_exception=False)
    return client.post(door, body or {"what": "x"}, "application/json", headers=headers)


def bought() -> int:
    with transaction.atomic():  # identities are bound to transactions
        return AuditEntry.objects.filter(action="bought").count()


@BOTH
def test_the_same_request_is_done_once_and_answered_the_same(door: str) -> None:
    first, second = buy(door, "k-1"), buy(door, "k-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert second["X-Request-ID"] == second.json()["requestId"]
    assert bought() == 1


@BOTH
def test_another_body_under_the_same_key_is_422(door: str) -> None:
    buy(door, "k-1")
    response = buy(door, "k-1", what="y")
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "unprocessable"
    assert "Idempotency-Key" in response.json()["error"]["details"]
    assert bought() == 1


@BOTH
@pytest.mark.parametrize(
    "key",
    [None, "", " ", "a b", "a\tb", "é", "🐫", "a" * 256, "a\x00b", "one,two"],
    ids=["none", "empty", "blank", "space", "tab", "accent", "emoji", "256", "NUL", "two headers"],
)
def test_a_key_that_is_none_is_refused_before_anything_happens(door: str, key: str | None) -> None:
    response = buy(door, key)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "validation_error"
    assert "Idempotency-Key" in response.json()["error"]["details"]
    assert bought() == 0


@BOTH
def test_keys_of_255_visible_characters_are_fine(door: str) -> None:
    assert buy(door, "".join(chr(33 + n % 11) for n in range(255))).status_code == 201


@BOTH
def test_another_caller_has_keys_of_his_own(door: str) -> None:
    for email in ("a@example.com", "b@example.com"):
        User.objects.create_user(email)
        assert buy(door, "k-1", email).status_code == 201
    assert buy(door, "k-1").status_code == 201
    assert bought() == 3
    assert set(IdempotencyKey.objects.values_list("actor", flat=True)) == {
        *(f"user:{pk}" for pk in User.objects.values_list("pk", flat=True)),
        "ip:" + IdempotencyKey.objects.latest("id").actor.removeprefix("ip:"),
    }


def test_a_key_counts_per_door() -> None:
    assert buy("/api/v1/buy/", "k-1").status_code == 201
    assert "Idempotent-Replayed" not in buy("/api/v1/buy-outside/", "k-1")


def test_a_refusal_that_the_same_body_will_always_earn_is_kept() -> None:
    first = buy("/api/v1/buy/", "k-1", what="x", strict={"odd": 1})
    second = buy("/api/v1/buy/", "k-1", what="x", strict={"odd": 1})
    assert (first.status_code, second.status_code) == (400, 400)
    assert second["Idempotent-Replayed"] == "true"
    assert bought() == 0


@pytest.mark.parametrize(("fail", "status"), [("conflict", 409), ("crash", 500)])
def test_what_may_end_differently_next_time_is_run_again(fail: str, status: int) -> None:
    assert buy("/api/v1/buy/", "k-1", what="x", fail=fail).status_code == status
    assert bought() == 0
    assert not IdempotencyKey.objects.exists()
    again = buy("/api/v1/buy/", "k-1", what="x", fail=fail)
    assert again.status_code == status
    assert "Idempotent-Replayed" not in again


def test_a_crash_after_the_effect_does_not_repeat_the_effect() -> None:
    for _ in range(3):
        assert buy("/api/v1/buy-outside/", "k-1", what="x", fail="crash").status_code == 500
    assert bought() == 1


@BOTH
def test_while_it_is_worked_on_the_repetition_is_told_to_wait(door: str) -> None:
    buy(door, "k-1")
    IdempotencyKey.objects.update(state="started", status=None, response=None)
    response = buy(door, "k-1")
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "conflict"
    assert 1 <= int(response["Retry-After"]) <= 60
    assert bought() == 1


@BOTH
def test_a_run_that_was_killed_is_taken_over_when_its_lock_ends(door: str) -> None:
    buy(door, "k-1")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_idempotencykey SET state = 'started', status = NULL, response = NULL,"
            " locked_until = clock_timestamp() - interval '1 second'"
        )
    response = buy(door, "k-1")
    assert response.status_code == 201
    assert "Idempotent-Replayed" not in response
    assert buy(door, "k-1")["Idempotent-Replayed"] == "true"


def test_a_crash_after_the_lock_has_passed_is_a_conflict_not_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store.Claim, "release", lose)
    assert buy("/api/v1/buy-outside/", "k-1", what="x", fail="crash").status_code == 409


def lose(claim: store.Claim) -> None:
    raise store.LostClaim


def test_what_was_remembered_survives_and_spares_the_effect() -> None:
    ours = {"actor": "a", "operation": "o", "key": "k", "fingerprint": b"f", "seconds": 0}
    claim = store.claim(**ours)
    assert isinstance(claim, store.Claim)
    claim.remember({"order": "o-1"})
    later = store.claim(**ours | {"seconds": 60})
    assert isinstance(later, store.Claim)
    assert later.recovered == {"order": "o-1"}
    assert later.token == claim.token
    with pytest.raises(store.LostClaim):
        claim.remember({"order": "o-2"})
    with pytest.raises(store.LostClaim):
        claim.finish(store.Stored(200, b"", {}))
    assert isinstance(store.claim(**ours), store.InProgress)


def test_stored_answers_are_not_readable_in_a_dump() -> None:
    buy("/api/v1/buy/", "k-1", what="canary-in-the-answer")
    with connection.cursor() as cursor:
        cursor.execute("SELECT k::text FROM core_idempotencykey k")
        dumped = str(cursor.fetchall())
    assert "canary" not in dumped
    assert b"canary".hex() not in dumped


@pytest.mark.django_db(transaction=True)
@BOTH
def test_64_equal_requests_at_once_have_one_effect(door: str) -> None:
    gate = threading.Barrier(64)
    answers: list[Any] = []

    def send() -> None:
        gate.wait()
        try:
            answers.append(buy(door, "k-64"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {201, 409}, statuses
    assert sum(statuses.values()) == 64
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert sum("Idempotent-Replayed" not in a for a in answers if a.status_code == 201) == 1
    assert bought() == 1


SENDER = """
import os, sys
import django
django.setup()
from django.test import Client
from django.test.utils import override_settings
with override_settings(ROOT_URLCONF="core.tests.api_doors", ALLOWED_HOSTS=["*"]):
    Client().post(sys.argv[1], {"what": "x", "fail": sys.argv[2]}, "application/json",
                  headers={"Idempotency-Key": "k-killed"})
os.kill(os.getpid(), 9)  # between the commit and the answer
"""


def killed_server(door: str, fail: str) -> None:
    """A process that answers one request and is killed in the middle of it, or right after."""
    database = connection.settings_dict
    host = quote(str(database["HOST"]), safe="")
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={host}"
    if not str(database["HOST"]).startswith("/"):
        url = (
            f"postgresql://{database['USER']}:{database['PASSWORD']}"
            f"@{database['HOST']}:{database['PORT']}/{database['NAME']}"
        )
    environment = {**os.environ, "DATABASE_URL": url, "TRADEWIND_TEST": "killed"}
    if str(database["PORT"]):
        environment["PGPORT"] = str(database["PORT"])
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    done = subprocess.run(
        [sys.executable, "-c", SENDER, door, fail], env=environment, check=False,
        capture_output=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def end_all_locks() -> None:
    with acting_as_system("test"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_idempotencykey SET locked_until = clock_timestamp() - interval '1 second'"
        )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@BOTH
def test_killed_after_the_commit_the_repetition_is_answered_from_the_store(door: str) -> None:
    killed_server(door, "")
    assert bought() == 1
    response = buy(door, "k-killed", what="x", fail="")
    assert response.status_code == 201
    assert response["Idempotent-Replayed"] == "true"
    assert bought() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@BOTH
def test_killed_in_the_middle_the_repetition_has_one_effect(door: str) -> None:
    killed_server(door, "kill")
    assert bought() == (1 if "outside" in door else 0)
    waiting = buy(door, "k-killed", what="x", fail="kill")
    assert (waiting.status_code, "Retry-After" in waiting) == (409, True)
    end_all_locks()
    assert buy(door, "k-killed", what="x", fail="kill").status_code == 201
    assert bought() == 1
