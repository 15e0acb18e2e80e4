"""The page after paying: it knows at once, names nobody, and survives a silent gateway."""

import pytest
from django.test import Client

from payments.tests.house import House

pytestmark = pytest.mark.django_db


def test_the_returning_payer_is_thanked_before_any_webhook(house: House, client: Client) -> None:
    payment = house.submitted(description="Tea <b>for two</b>")
    path = f"/payments/{payment.reference}/"
    waiting = client.get(path).content.decode()
    assert "We are waiting" in waiting
    assert payment.authorization_url in waiting
    house.stripe.pay(house.session_of(payment))
    shown = client.get(path)
    assert "Thank you" in shown.content.decode()
    assert "Tea &lt;b&gt;for two" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert "amina" not in shown.content.decode()


def test_a_silent_gateway_leaves_the_page_waiting(house: House, client: Client) -> None:
    payment = house.submitted()
    house.stripe.add_fault("status", face="stripe", status=500)
    assert "We are waiting" in client.get(f"/payments/{payment.reference}/").content.decode()


def test_a_closed_page_says_that_nothing_was_charged(house: House, client: Client) -> None:
    payment = house.submitted()
    house.stripe.expire(house.session_of(payment))
    shown = client.get(f"/payments/{payment.reference}/").content.decode()
    assert "Nothing was charged" in shown
    assert client.get(f"/payments/{payment.reference}/").status_code == 200


def test_a_reference_nobody_has_is_not_found(house: House, client: Client) -> None:
    assert client.get("/payments/tw-nothing/").status_code == 404
    assert client.post("/payments/tw-nothing/").status_code == 405
