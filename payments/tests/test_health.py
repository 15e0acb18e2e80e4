"""The gateway's health is looked at through our own key, and rarely."""

from core.health.probes import Status
from payments import health
from payments.tests.house import House
from payments.tests.paystack_house import PaystackHouse
from payments.tests.razorpay_house import RazorpayHouse


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


def test_paystack_is_looked_at_in_the_same_way(
    paystack: PaystackHouse, settings, monkeypatch
) -> None:
    monkeypatch.setattr(health, "_seen", {})
    assert health.paystack() is None
    settings.PAYSTACK_SECRET_KEYS = ["sk_test_another"]
    paystack.there.add_fault("status", face="paystack", path="/*", status=500)
    found = health.paystack()
    assert found is not None
    assert (found.status, found.detail) == (Status.DEGRADED, "Paystack failed to do it.")
    settings.PAYSTACK_SECRET_KEYS = []
    found = health.paystack()
    assert found is not None
    assert found.status is Status.OFF


def test_razorpay_is_looked_at_in_the_same_way(
    razorpay: RazorpayHouse, settings, monkeypatch
) -> None:
    monkeypatch.setattr(health, "_seen", {})
    assert health.razorpay() is None
    settings.RAZORPAY_KEY_ID = "rzp_test_another"
    razorpay.there.add_fault("status", face="razorpay", status=500)
    found = health.razorpay()
    assert found is not None
    assert (found.status, found.detail) == (Status.DEGRADED, "Razorpay failed to do it.")
    settings.RAZORPAY_KEY_ID = ""
    found = health.razorpay()
    assert found is not None
    assert found.status is Status.OFF
