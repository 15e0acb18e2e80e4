"""What every test stands on: real servers, the unprivileged login, a known identity."""

import gc
from collections.abc import Iterator

import pytest
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from hypothesis import HealthCheck, settings

from core.database.owner import owner_login
from core.identity import acting_as_system
from tests.emptying import empty_what_was_filled, remember_standing
from tests.template_database import make_test_database

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_collection_finish() -> None:
    """What was imported stays: garbage is looked for among what tests make, and more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: "pytest_django.DjangoDbBlocker",  # noqa: F821
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Make the test database as the owner of tables; the tests themselves may not."""
    keep = request.config.getvalue("reuse_db") and not request.config.getvalue("create_db")
    with django_db_blocker.unblock(), owner_login():
        if keep:
            made = setup_databases(
                verbosity=0, interactive=False, keepdb=True, serialized_aliases=[]
            )
        else:
            made = make_test_database()
    with django_db_blocker.unblock():
        remember_standing()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(TransactionTestCase, "_fixture_teardown", empty_what_was_filled)
        yield
    if not keep:
        with django_db_blocker.unblock(), owner_login():
            teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True)
def identity() -> Iterator[None]:
    """Tests prepare their data as the house; each HTTP request starts as nobody again."""
    with acting_as_system("tests"):
        yield
