"""The hosted payment page, used as a browser without JavaScript would."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import stripe

from rehearsal.testing import RunningRehearsal
from rehearsal.tests.receiver import Receiver


def press(session: Any, action: str, **more: str) -> httpx.Response:
    return httpx.post(session.url, data={"action": action, **more})


def test_the_page_says_what_is_paid_and_has_three_buttons(new_session: Callable[..., Any]) -> None:
    shown = httpx.get(new_session(client_reference_id="T-7", customer_email="a@example.com").url)
    assert shown.status_code == 200
    for piece in ("24.68 EUR", "A book", "T-7", 'value="a@example.com"', 'id="pay"',
                  'id="decline"', 'id="cancel"'):  # fmt: skip
        assert piece in shown.text
    assert "<script" not in shown.text


def test_names_from_the_shop_cannot_become_html(new_session: Callable[..., Any]) -> None:
    session = new_session(client_reference_id='"><script>alert(1)</script>')
    assert "<script" not in httpx.get(session.url).text


def test_paying_leads_back_to_the_shop_and_sends_signed_news(
    server: RunningRehearsal, receiver: Receiver, new_session: Callable[..., Any]
) -> None:
    session = new_session(client_reference_id="T-8")
    paid = press(session, "pay", email="anna@example.com")
    assert paid.status_code == 303
    assert paid.headers["location"] == f"http://shop.test/thanks?session={session.id}"
    events = {
        event.type: event
        for event in (posted.event(server.webhook_secret) for posted in receiver.wait_for(3))
    }
    assert set(events) == {
        "checkout.session.completed",
        "payment_intent.succeeded",
        "charge.succeeded",
    }
    completed = events["checkout.session.completed"].data.object
    assert (completed.status, completed.payment_status) == ("complete", "paid")
    assert completed.client_reference_id == "T-8"
    assert completed.customer_details.email == "anna@example.com"
    intent = events["payment_intent.succeeded"].data.object
    assert completed.payment_intent == intent.id
    assert intent.amount_received == 2468
    assert intent.latest_charge == events["charge.succeeded"].data.object.id
    assert events["charge.succeeded"].api_version == "2026-10-28.endive"
    assert events["charge.succeeded"].request.id is None


def test_paying_twice_is_one_charge(
    server: RunningRehearsal, new_session: Callable[..., Any]
) -> None:
    session = new_session()
    assert [press(session, "pay").status_code for _ in range(3)] == [303, 303, 303]
    assert len(server.client.stripe_book()["charges"]) == 1
    assert 'id="paid"' in httpx.get(session.url).text


def test_a_declined_card_leaves_the_session_open(
    server: RunningRehearsal,
    receiver: Receiver,
    sdk: stripe.StripeClient,
    new_session: Callable[..., Any],
) -> None:
    session = new_session()
    declined = httpx.post(session.url, data={"action": "decline"}, follow_redirects=True)
    assert 'id="declined"' in declined.text
    event = receiver.wait_for(1)[0].event(server.webhook_secret)
    assert event.type == "payment_intent.payment_failed"
    assert event.data.object.last_payment_error.code == "card_declined"
    found = sdk.v1.checkout.sessions.retrieve(session.id)
    assert (found.status, found.payment_status) == ("open", "unpaid")
    assert press(session, "pay").status_code == 303
    charges = sdk.v1.charges.list({"payment_intent": event.data.object.id})
    assert [charge.status for charge in charges.data] == ["succeeded", "failed"]


def test_cancelling_leads_to_the_cart_and_changes_nothing(
    server: RunningRehearsal, new_session: Callable[..., Any]
) -> None:
    session = new_session()
    cancelled = press(session, "cancel")
    assert (cancelled.status_code, cancelled.headers["location"]) == (303, "http://shop.test/cart")
    assert server.client.stripe_book()["sessions"][0]["status"] == "open"


def test_a_page_of_nothing_is_404_and_an_expired_one_says_so(
    server: RunningRehearsal, sdk: stripe.StripeClient, new_session: Callable[..., Any]
) -> None:
    assert httpx.get(f"{server.stripe_base}/pay/cs_test_nothing").status_code == 404
    assert httpx.post(f"{server.stripe_base}/pay/cs_test_nothing").status_code == 404
    session = new_session()
    sdk.v1.checkout.sessions.expire(session.id)
    assert 'id="expired"' in httpx.get(session.url).text
    assert press(session, "pay").status_code == 200
    assert server.client.stripe_book()["charges"] == []


@pytest.mark.parametrize("action", ["", "steal"])
def test_an_unknown_button_does_nothing(
    server: RunningRehearsal, new_session: Callable[..., Any], action: str
) -> None:
    assert press(new_session(), action).status_code == 200
    assert server.client.stripe_book()["charges"] == []


def test_slow_money_is_complete_but_unpaid_until_it_arrives(
    server: RunningRehearsal, receiver: Receiver, new_session: Callable[..., Any]
) -> None:
    session = new_session()
    assert press(session, "promise").headers["location"].startswith("http://shop.test/thanks")
    completed = receiver.wait_for(1)[0].event(server.webhook_secret)
    assert completed.type == "checkout.session.completed"
    assert (completed.data.object.status, completed.data.object.payment_status) == (
        "complete",
        "unpaid",
    )
    assert 'id="promised"' in httpx.get(session.url).text
    assert server.client.stripe_book()["charges"] == []
    for _ in range(2):
        assert press(session, "arrive").status_code == 303
    server.client.wait_until_sent()
    later = [posted.event(server.webhook_secret) for posted in receiver.posted[1:]]
    assert sorted(event.type for event in later) == [
        "charge.succeeded",
        "checkout.session.async_payment_succeeded",
        "payment_intent.succeeded",
    ]
    assert [charge["amount"] for charge in server.client.stripe_book()["charges"]] == [2468]
    assert 'id="paid"' in httpx.get(session.url).text


def test_slow_money_may_never_come(
    server: RunningRehearsal, receiver: Receiver, new_session: Callable[..., Any]
) -> None:
    session = new_session()
    server.client.promise(session.id)
    server.client.bounce(session.id)
    server.client.wait_until_sent()
    types = sorted(posted.type for posted in receiver.posted)
    assert types == [
        "checkout.session.async_payment_failed",
        "checkout.session.completed",
        "payment_intent.payment_failed",
    ]
    assert 'id="bounced"' in httpx.get(session.url).text
    assert server.client.stripe_book()["totals"] == {}
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        server.client.arrive(session.id)
