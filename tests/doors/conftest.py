"""One inhabited house for all tests of the doors, in a transaction that is never committed."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from core import limits
from core.identity import acting_as_system
from payments.tests.conftest import running, stripe_keys
from rehearsal.testing import RunningRehearsal
from tests.doors.caller import Caller
from tests.doors.world import World, build_world
from tests.doors.writes import a_test_begins, forget_the_world, remember_the_world

__all__ = ["running", "stripe_keys"]


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once; every test undoes what it did (`undone`), the last one leaves nothing."""
    with django_db_blocker.unblock(), acting_as_system("tests"), transaction.atomic():
        made = build_world()
        remember_the_world()
        yield made
        forget_the_world()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def undone(world: World, django_db_blocker: Any) -> Iterator[None]:
    """Each test in a savepoint of the world's transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        a_test_begins()
        yield
        transaction.set_rollback(True)
        connection.run_on_commit.clear()


@pytest.fixture(autouse=True)
def limits_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries are counted in this process: Redis is shared with other tests and keeps its counts."""
    monkeypatch.setattr(limits, "_local_until", math.inf)


@pytest.fixture(autouse=True)
def files_go_nowhere(settings: Any, tmp_path: Path) -> None:
    """What is uploaded is stored in a folder of the test."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def caller(world: World) -> Caller:
    """Somebody at the door."""
    return Caller(world)


@pytest.fixture
def gateway(stripe_keys: RunningRehearsal) -> RunningRehearsal:
    """Stripe's other self, for errands that end at the gateway."""
    return stripe_keys
