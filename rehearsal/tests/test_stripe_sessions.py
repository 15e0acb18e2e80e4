"""Checkout Sessions through the official SDK."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from rehearsal.testing import RunningRehearsal


def item(unit_amount: int, currency: str = "eur", quantity: int = 1) -> dict[str, Any]:
    return {
        "quantity": quantity,
        "price_data": {
            "currency": currency,
            "unit_amount": unit_amount,
            "product_data": {"name": "A thing"},
        },
    }


def test_a_session_adds_up_its_items_and_carries_what_it_was_given(
    server: RunningRehearsal, new_session: Callable[..., Any]
) -> None:
    session = new_session(
        line_items=[item(1234, quantity=2), item(500)],
        client_reference_id="T-1001",
        customer_email="anna@example.com",
        metadata={"order": "1001"},
        payment_intent_data={"metadata": {"payment": "p1"}, "description": "Order 1001"},
    )
    assert session.amount_total == 2968
    assert session.currency == "eur"
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.client_reference_id == "T-1001"
    assert session.metadata.to_dict() == {"order": "1001"}
    assert session.payment_intent is None
    assert session.url == f"{server.base_url}/stripe/pay/{session.id}"
    assert session.id.startswith("cs_test_")
    assert session.livemode is False
    server.client.pay(session.id)
    intent = server.client.stripe_book()["charges"][0]
    assert intent["metadata"] == {"payment": "p1"}
    assert intent["description"] == "Order 1001"


def test_a_session_is_found_again_with_its_items_expanded(
    sdk: stripe.StripeClient, new_session: Callable[..., Any]
) -> None:
    session = new_session()
    plain = sdk.v1.checkout.sessions.retrieve(session.id)
    assert "line_items" not in plain
    found = sdk.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    assert [line.description for line in found.line_items.data] == ["A book"]
    assert found.line_items.data[0].price.unit_amount == 1234
    listed = sdk.v1.checkout.sessions.line_items.list(session.id)
    assert [line.amount_total for line in listed.data] == [2468]


def test_expanding_goes_through_several_levels(
    server: RunningRehearsal, sdk: stripe.StripeClient, new_session: Callable[..., Any]
) -> None:
    session = new_session()
    server.client.pay(session.id)
    found = sdk.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )
    balance = found.payment_intent.latest_charge.balance_transaction
    assert (balance.amount, balance.fee, balance.net) == (2468, 102, 2366)
    page = sdk.v1.payment_intents.list({"expand": ["data.latest_charge"]})
    assert page.data[0].latest_charge.paid is True


def test_a_property_that_cannot_be_expanded_is_refused_before_any_work(
    server: RunningRehearsal, new_session: Callable[..., Any]
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        new_session(expand=["line_items.nonsense"])
    assert server.client.stripe_book()["sessions"] == []


def test_lists_are_newest_first_and_go_on_after_an_id(
    sdk: stripe.StripeClient, new_session: Callable[..., Any]
) -> None:
    made = [new_session(client_reference_id=str(n)).id for n in range(5)]
    newest_first = made[::-1]
    first = sdk.v1.checkout.sessions.list({"limit": 2})
    assert [s.id for s in first.data] == newest_first[:2]
    assert first.has_more is True
    rest = sdk.v1.checkout.sessions.list({"limit": 3, "starting_after": newest_first[1]})
    assert [s.id for s in rest.data] == newest_first[2:]
    assert rest.has_more is False
    back = sdk.v1.checkout.sessions.list({"limit": 2, "ending_before": newest_first[3]})
    assert [s.id for s in back.data] == newest_first[1:3]
    assert back.has_more is True
    everything = [s.id for s in first.auto_paging_iter()]
    assert everything == newest_first


def test_an_expired_session_can_no_longer_be_paid(
    server: RunningRehearsal, sdk: stripe.StripeClient, new_session: Callable[..., Any]
) -> None:
    session = new_session()
    expired = sdk.v1.checkout.sessions.expire(session.id)
    assert (expired.status, expired.url) == ("expired", None)
    assert server.client.pay(session.id)["payment_status"] == "unpaid"
    with pytest.raises(stripe.InvalidRequestError, match="status of expired"):
        sdk.v1.checkout.sessions.expire(session.id)


def test_an_expiry_must_lie_between_half_an_hour_and_a_day(
    new_session: Callable[..., Any],
) -> None:
    soon = int(time.time()) + 1800
    assert new_session(expires_at=soon).expires_at == soon
    with pytest.raises(stripe.InvalidRequestError, match="expires_at"):
        new_session(expires_at=int(time.time()) + 60)


def test_customers_are_made_changed_and_found(
    sdk: stripe.StripeClient, new_session: Callable[..., Any]
) -> None:
    customer = sdk.v1.customers.create(
        {"email": "anna@example.com", "name": "Anna", "metadata": {"a": "1", "b": "2"}}
    )
    changed = sdk.v1.customers.update(customer.id, {"name": "Anna B", "metadata": {"a": ""}})
    assert changed.metadata.to_dict() == {"b": "2"}
    found = sdk.v1.customers.retrieve(customer.id)
    assert (found.name, found.email) == ("Anna B", "anna@example.com")
    assert [c.id for c in sdk.v1.customers.list({"email": "anna@example.com"}).data] == [found.id]
    assert new_session(customer=customer.id).customer == customer.id
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        new_session(customer="cus_nobody")


@pytest.mark.parametrize(
    ("what", "object_id"),
    [
        ("payment_intents", "pi_nothing"),
        ("charges", "ch_nothing"),
        ("refunds", "re_nothing"),
        ("events", "evt_nothing"),
        ("balance_transactions", "txn_nothing"),
    ],
)
def test_an_unknown_id_is_stripes_404(sdk: stripe.StripeClient, what: str, object_id: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such") as refused:
        getattr(sdk.v1, what).retrieve(object_id)
    assert refused.value.http_status == 404
    assert refused.value.code == "resource_missing"
    assert refused.value.request_id.startswith("req_")
