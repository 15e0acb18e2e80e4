"""Six refreshes with one token at the same moment, on real connections, with a control."""

import secrets
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import RefreshToken, TokenFamily
from accounts.services import tokens as service

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 6


def refresh_at_once(token: str) -> list[str]:
    """The successors that six threads were given."""
    gate, given, failed = threading.Barrier(THREADS), [], []

    def run() -> None:
        try:
            gate.wait(timeout=10)
            given.append(service.refresh_login(token=token).refresh)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert failed == []
    return given


def test_simultaneous_refreshes_get_one_and_the_same_successor(
    log_in_as: Callable[..., Any],
) -> None:
    for _ in range(5):
        _, tokens = log_in_as()
        successors = refresh_at_once(tokens.refresh)
        assert len(successors) == THREADS
        assert len(set(successors)) == 1
        with transaction.atomic():
            assert RefreshToken.objects.filter(family_id=tokens.family_id).count() == 2
            assert TokenFamily.objects.get(pk=tokens.family_id).ended_at is None


def test_control_asking_before_writing_hands_out_several_successors(
    log_in_as: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What token libraries do: look whether it was used, then mark it, then make a random one."""
    meet = threading.Barrier(THREADS)

    def naive(token: str) -> Any:
        row = service._find(token)
        assert row is not None
        if row.used_at is not None:
            return None
        meet.wait(timeout=10)
        RefreshToken.objects.filter(pk=row.pk).update(used_at=row.created_at)
        fresh = service.PREFIX + service._text(secrets.token_bytes(32))
        now = service.timezone.now()
        return service._tokens(
            row.family.user, row.family, fresh, service._keep(row.family, fresh, now)
        )

    monkeypatch.setattr(service, "_rotate", naive)
    _, tokens = log_in_as()
    successors = refresh_at_once(tokens.refresh)
    assert len(set(successors)) == THREADS
    with transaction.atomic():
        assert RefreshToken.objects.filter(family_id=tokens.family_id).count() == 1 + THREADS
