"""Health answers truthfully, also when what it looks at is away."""

import pytest
from django.test import Client

from core.health import Reading, Status, probe
from core.health.probes import PROBES


@pytest.fixture
def only_database() -> object:
    """Without workers in the suite the other probes are down; put them aside."""
    aside = {name: PROBES.pop(name) for name in list(PROBES) if name != "database"}
    yield
    for name in list(PROBES):
        if name != "database":
            del PROBES[name]
    PROBES.update(aside)


@pytest.mark.django_db
def test_live_asks_nobody(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert Client().get("/health/live/").json() == {"status": "ok"}


@pytest.mark.django_db(transaction=True)
def test_ready_names_the_database_and_its_latency(only_database: None) -> None:
    answer = Client().get("/health/ready/")
    assert answer.status_code == 200
    assert answer.json()["services"]["database"]["status"] == "ok"
    assert answer.json()["services"]["database"]["latency_ms"] > 0


@pytest.mark.django_db(transaction=True)
def test_a_required_service_that_is_down_closes_the_door(only_database: None) -> None:
    @probe("test store", required=True)
    def broken() -> None:
        raise ConnectionError("secret address 10.0.0.1")

    answer = Client().get("/health/ready/")
    assert answer.status_code == 503
    assert answer.json()["status"] == "down"
    assert "10.0.0.1" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_an_optional_service_that_is_down_only_degrades(only_database: None) -> None:
    @probe("test helper")
    def broken() -> Reading:
        return Reading(Status.DOWN, detail="away")

    answer = Client().get("/health/")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert Client().get("/health/ready/").json()["status"] == "ok"


@pytest.mark.django_db
def test_health_is_for_reading_only() -> None:
    assert Client().post("/health/").status_code == 405
