"""Rules of `manage.py up` that need no running house (tests/fresh_machine has those)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from core.management.commands.up import is_only_for_looking
from core.processes.house import (
    REHEARSAL_SECRETS,
    Address,
    Rehearsal,
    beat,
    wants_rehearsal,
    web,
    worker,
)

HERE = Address("127.0.0.1", 8000)
ANYBODY = Address("0.0.0.0", 8000)  # noqa: S104 - the case that must be refused


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("STRIPE_SECRET_KEY", REHEARSAL_SECRETS["STRIPE_SECRET_KEY"])
    monkeypatch.setenv("BASE_URL", "http://127.0.0.1:8000")
    return monkeypatch


@pytest.mark.parametrize("name", ["STRIPE_SECRET_KEY", "RAZORPAY_KEY_ID", "PAYSTACK_SECRET_KEY"])
def test_with_one_real_gateway_nothing_is_played(name: str) -> None:
    assert wants_rehearsal({})
    assert wants_rehearsal({name: " "})
    assert not wants_rehearsal({name: "live"})


def test_demo_logins_are_made_where_all_is_played_and_only_this_machine_reaches_it(
    played: pytest.MonkeyPatch,
) -> None:
    assert is_only_for_looking(HERE)


def test_demo_logins_are_not_made_with_a_real_gateway(played: pytest.MonkeyPatch) -> None:
    played.setenv("STRIPE_SECRET_KEY", "sk_live_1")
    assert not is_only_for_looking(HERE)


def test_demo_logins_are_not_made_where_other_machines_reach_them(
    played: pytest.MonkeyPatch,
) -> None:
    assert not is_only_for_looking(ANYBODY)
    played.setenv("BASE_URL", "https://shop.example.com")
    assert not is_only_for_looking(HERE)


@pytest.mark.parametrize(
    ("option", "value"),
    [("--port", "0"), ("--port", "65536"), ("--port", "http"), ("--web-workers", "0")],
)
def test_a_wrong_number_is_refused_before_anything_starts(option: str, value: str) -> None:
    with pytest.raises(CommandError, match=option):
        call_command("up", option, value)


def test_the_worker_serves_every_queue_and_web_has_its_time_limits() -> None:
    command = " ".join(worker().command)
    assert "--queues money,default,bulk" in command
    assert "statement_timeout=5s" in web(HERE, 2).environment["PGOPTIONS"]
    assert "--workers 3" in " ".join(web(HERE, 3).command)
    assert "beat" in beat().command


def test_no_secret_stands_on_a_command_line(tmp_path: Path) -> None:
    rehearsal = Rehearsal(port=8001, smtp_port=8002, data=tmp_path)
    commands = [web(HERE, 2), worker(), beat(), rehearsal.program(HERE)]
    said = " ".join(part for program in commands for part in program.command)
    assert not any(secret in said for secret in REHEARSAL_SECRETS.values())


def test_the_rehearsal_is_told_where_webhooks_go_and_the_house_where_it_is(tmp_path: Path) -> None:
    rehearsal = Rehearsal(port=8001, smtp_port=8002, data=tmp_path)
    assert (
        "--webhook-url=stripe=http://127.0.0.1:8000/webhooks/stripe/"
        in rehearsal.program(HERE).command
    )
    environment = rehearsal.environment(HERE)
    assert environment["STRIPE_API_BASE"] == "http://127.0.0.1:8001/stripe"
    assert environment["EMAIL_URL"] == "smtp://127.0.0.1:8002"
    assert environment["RESEND_API_URL"] == "http://127.0.0.1:8001/resend/"
    assert "resend=http://127.0.0.1:8000/webhooks/mail/" in " ".join(
        rehearsal.program(HERE).command
    )
    assert environment["OUTBOUND_ALLOW_PRIVATE"] == "127.0.0.1:8001"
    assert '"service_account"' in environment["FIREBASE_CREDENTIALS"]
