"""Which gateways a payer may choose from."""

import pytest
from django.test import Client

from core.outbound.breaker_stores import SharedStore
from payments.services.offers import STARTING

pytestmark = pytest.mark.django_db
PATH = "/api/v1/payments/gateways/"


@pytest.fixture(autouse=True)
def _keys(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_offers"
    settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET = "rzp_test_offers", "x"
    settings.PAYSTACK_SECRET_KEYS = ["sk_test_offers"]
    for name in STARTING:  # breakers are shared by all who test at this moment
        monkeypatch.setitem(STARTING, name, (f"offers-{name}", "POST page"))


def offered(client: Client, query: str) -> dict[str, str]:
    """Reasons by gateway, "" for those that can be used."""
    answer = client.get(f"{PATH}?{query}")
    assert answer.status_code == 200
    return {one["gateway"]: one["reason"] for one in answer.json()["data"]}


def test_a_currency_is_offered_where_the_gateway_lists_it(client: Client) -> None:
    naira = offered(client, "currency=NGN")
    assert naira["paystack"] == ""
    assert (
        "not offered" in offered(client, "currency=UGX")["stripe"]
        or "cannot" in (offered(client, "currency=UGX")["stripe"])
    )


def test_an_amount_the_gateway_cannot_express_is_no_offer(client: Client) -> None:
    assert offered(client, "currency=KWD&amount=5.120")["stripe"] == ""
    assert "digits" in offered(client, "currency=KWD&amount=5.124")["stripe"]


def test_a_gateway_without_keys_is_not_offered_and_stands_last(client: Client, settings) -> None:
    settings.STRIPE_SECRET_KEY = ""
    reasons = offered(client, "currency=USD")
    assert reasons["stripe"] == "Stripe is not set up here."
    assert list(reasons)[-1] == "stripe"


def test_a_gateway_that_stopped_answering_is_not_offered_and_the_others_are(
    client: Client,
) -> None:
    SharedStore().trip(":".join(STARTING["stripe"]), 5.0)
    reasons = offered(client, "currency=USD")
    assert reasons["stripe"] == "Stripe does not answer at the moment."
    assert reasons["paystack"] == ""


@pytest.mark.parametrize(
    "query", ["", "currency=usd", "currency=USD&amount=x", "currency=USD&amount=0"]
)
def test_what_cannot_be_asked_is_named(client: Client, query: str) -> None:
    answer = client.get(f"{PATH}?{query}")
    assert answer.status_code == 400
    assert set(answer.json()["error"]["details"]) <= {"currency", "amount"}
