"""The gateway's health is looked at through our own key, and rarely."""

from core.health.probes import Status
from payments import health
from payments.tests.house import House


def test_a_stripe_that_answers_is_well_and_is_not_asked_each_time(house: House) -> None:
    assert health.stripe() is None
    house.stripe.add_fault("status", face="stripe", status=500)
    assert health.stripe() is None  # known for half a minute


def test_a_stripe_that_fails_or_has_no_key_is_told(house: House, settings, monkeypatch) -> None:
    monkeypatch.setattr(health, "_seen", {})
    house.stripe.add_fault("status", face="stripe", status=500)
    found = health.stripe()
    assert found is not None
    assert found.status is Status.DEGRADED
    settings.STRIPE_SECRET_KEY = ""
    found = health.stripe()
    assert found is not None
    assert found.status is Status.OFF
