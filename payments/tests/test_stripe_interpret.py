"""What Stripe's events of payments mean: the traps of its protocol, each with a real object."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import stripe as sdk

from core.errors import Invalid
from core.models import Event
from core.money import Money
from payments.enums import PaymentStatus
from payments.gateways.interface import GatewayDispute, GatewayPayment, NotOurs, Seen
from payments.gateways.reading import Unreadable
from payments.gateways.stripe import adapter
from payments.gateways.stripe.lists import listed
from payments.gateways.stripe.payments import read
from payments.tests.house import House
from payments.tests.stripe_side import StripeSide


@pytest.fixture
def side(stripe_keys) -> StripeSide:
    return StripeSide(stripe_keys.client)


def only(side: StripeSide, kind: str) -> GatewayPayment:
    (payment,) = side.hears(kind)
    assert isinstance(payment, GatewayPayment)
    return payment


class TestSlowMethods:
    """ "completed" is not "paid"."""

    def promised(self, side: StripeSide) -> str:
        session = side.gateway.start(side.start(Money(4250, "EUR"))).gateway_ref
        side.stripe.promise(session)
        return session

    def test_a_completed_session_that_is_not_paid_is_on_its_way(self, side: StripeSide) -> None:
        self.promised(side)
        assert only(side, "checkout.session.completed").state is Seen.PROCESSING

    def test_it_is_captured_when_the_money_arrives(self, side: StripeSide) -> None:
        side.stripe.arrive(self.promised(side))
        assert only(side, "checkout.session.async_payment_succeeded").state is Seen.CAPTURED

    def test_it_has_failed_when_the_money_does_not_come(self, side: StripeSide) -> None:
        side.stripe.bounce(self.promised(side))
        seen = only(side, "checkout.session.async_payment_failed")
        assert (seen.state, seen.declined) == (Seen.FAILED, "Your card was declined.")

    def test_the_old_promise_told_again_after_the_money_came_takes_nothing_back(
        self, side: StripeSide
    ) -> None:
        """Its body says unpaid, and settling only goes forward."""
        side.stripe.arrive(self.promised(side))
        assert only(side, "checkout.session.completed").state is Seen.PROCESSING
        assert only(side, "payment_intent.succeeded").state is Seen.CAPTURED

    @pytest.mark.django_db
    @pytest.mark.parametrize(
        ("press", "status"), [("arrive", PaymentStatus.SUCCESS), ("bounce", PaymentStatus.FAILED)]
    )
    def test_a_payment_waits_for_the_money(
        self, house: House, press: str, status: PaymentStatus
    ) -> None:
        payment = house.submitted()
        session = house.session_of(payment)
        house.stripe.promise(session)
        house.deliver()
        house.work()
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.PROCESSING
        getattr(house.stripe, press)(session)
        house.deliver()
        house.work()
        payment.refresh_from_db()
        assert payment.status == status


class TestVersions:
    """Fields that moved are not read where they were."""

    def test_an_intent_has_no_list_of_charges_any_more(self, side: StripeSide) -> None:
        _, ref = side.paid()
        raw = side.api("GET", f"payment_intents/{ref}")
        assert "charges" not in raw
        bare = read(raw)  # latest_charge is an id here
        assert (bare.state, bare.fee, bare.refunded) == (Seen.CAPTURED, None, None)
        whole = side.gateway.fetch(payment_ref=ref)
        assert (whole.fee, whole.refunded) == (Money(153, "EUR"), Money(0, "EUR"))

    def test_a_body_in_another_form_is_asked_about(self, side: StripeSide) -> None:
        start, ref = side.paid()
        old = {"id": ref, "object": "payment_intent", "amount": "4250", "status": "succeeded"}
        with pytest.raises(Unreadable):
            read(old)
        (seen,) = side.hears_of("payment_intent.succeeded", old)
        assert isinstance(seen, GatewayPayment)
        assert (seen.reference, seen.amount) == (start.reference, start.amount)

    def test_nothing_of_the_sdk_comes_over_the_border(self, side: StripeSide) -> None:
        """A StripeObject is no dict since version 15, and its `.get` raises."""
        _, ref = side.paid()
        client, expand = side.gateway.sdk.v1, adapter.EXPAND_INTENT
        one = side.gateway._one(client.payment_intents.retrieve, ref, expand)
        for raw in (one, *listed(client.charges.list, {"expand": ["data.balance_transaction"]})):
            assert not list(_foreign(raw))
        with pytest.raises(AttributeError):
            client.payment_intents.retrieve(ref).get("id")  # type: ignore[attr-defined]


def _foreign(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [bad for inner in value.values() for bad in _foreign(inner)]
    if isinstance(value, list):
        return [bad for inner in value for bad in _foreign(inner)]
    return [value] if isinstance(value, sdk.StripeObject) else []


class TestNotOurs:
    def test_a_page_for_subscriptions_is_billings(self, side: StripeSide) -> None:
        session = side.subscribed()
        assert session["client_reference_id"]  # filled in, and no reference of a payment
        for kind in ("checkout.session.completed", "payment_intent.succeeded"):
            with pytest.raises(NotOurs):
                side.hears(kind)

    @pytest.mark.parametrize(
        "body", [b"", b"[]", b"{}", b'{"data": {}}', b'{"object": "v2.core.event"}', b"\xff"]
    )
    def test_a_body_that_is_no_event_is_nobodys(self, side: StripeSide, body: bytes) -> None:
        with pytest.raises(NotOurs):
            side.gateway.interpret(kind="payment_intent.succeeded", body=body)


class TestCurrencies:
    @pytest.mark.parametrize(
        ("minor", "currency", "number"),
        [(500, "JPY", 500), (5120, "KWD", 5120), (700, "ISK", 70_000), (1234, "EUR", 1234)],
    )
    def test_they_arrive_as_they_were_asked_for(
        self, side: StripeSide, minor: int, currency: str, number: int
    ) -> None:
        amount = Money(minor, currency)
        _, ref = side.paid(amount)
        assert side.api("GET", f"payment_intents/{ref}")["amount"] == number
        assert only(side, "payment_intent.succeeded").amount == amount
        assert only(side, "checkout.session.completed").amount == amount
        assert next(iter(side.gateway.payments_between(*_ever()))).amount == amount

    def test_an_unsure_one_is_neither_sent_nor_believed(self, side: StripeSide) -> None:
        with pytest.raises(Invalid):
            side.gateway.start(side.start(Money(50_000, "UGX")))
        assert side.api("GET", "checkout/sessions")["data"] == []
        _, ref = side.paid()
        raw = side.api("GET", f"payment_intents/{ref}") | {"currency": "ugx"}
        with pytest.raises(Unreadable):
            read(raw)


def _ever() -> tuple[Any, Any]:
    return datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class TestThinEvents:
    """The same news as a snapshot's, by asking."""

    def thin(self, kind: str, about: dict[str, Any], **more: Any) -> bytes:
        event = {
            "id": "evt_thin", "object": "v2.core.event", "type": f"v1.{kind}", "livemode": False,
            "created": "2026-11-20T10:00:00Z", "context": None,
            "related_object": {"id": about["id"], "type": about["object"], "url": "/"},
        }  # fmt: skip
        return json.dumps(event | more).encode()

    def test_each_kind_of_object_is_asked_about(self, side: StripeSide) -> None:
        start, ref = side.paid()
        side.refund(start, ref, Money(1000, "EUR"))
        for kind in (
            "checkout.session.completed", "payment_intent.succeeded", "charge.refunded",
            "refund.created",
        ):  # fmt: skip
            about = side.told(kind)[-1]["data"]["object"]
            news = side.gateway.interpret(kind=kind, body=self.thin(kind, about))
            snapshot = side.hears(kind)
            assert news[1:] == snapshot[1:]
            asked, said = news[0], snapshot[0]
            assert isinstance(asked, GatewayPayment)
            assert isinstance(said, GatewayPayment)
            assert (asked.reference, asked.state, asked.amount) == (
                said.reference, said.state, said.amount,
            )  # fmt: skip

    def test_a_dispute_is_asked_about_anyway(self, side: StripeSide) -> None:
        _, ref = side.paid()
        made = side.stripe.dispute(ref)
        kind = "charge.dispute.created"
        asked = side.gateway.interpret(kind=kind, body=self.thin(kind, made))
        heard = side.hears(kind)
        assert asked[0] == heard[0]
        assert isinstance(asked[1], GatewayDispute)
        assert asked[1].dispute_ref == made["id"]
        assert replace(asked[1], as_of=None) == replace(heard[1], as_of=None)

    @pytest.mark.django_db
    def test_beside_its_snapshot_it_is_the_same_event(self, house: House) -> None:
        payment = house.submitted()
        house.stripe.pay(house.session_of(payment))
        snapshot = next(e for e in house.events() if e["type"] == "checkout.session.completed")
        about = snapshot["data"]["object"]
        linked = self.thin(snapshot["type"], about, snapshot_event=snapshot["id"])
        for body in (linked, json.dumps(snapshot).encode(), linked):
            assert house.post(body).status_code == 200
        (event,) = Event.objects.filter(type="stripe.checkout.session.completed")
        assert event.duplicates == 2
        house.work()
        payment.refresh_from_db()
        assert payment.status == PaymentStatus.SUCCESS


def test_what_is_read_twice_is_the_same(side: StripeSide) -> None:
    """Session, intent and charge tell one story; only their names differ."""
    start, ref = side.paid()
    session = side.gateway.find(reference=start.reference, since=_ever()[0])
    assert session is not None
    by_page = side.gateway.fetch(gateway_ref=session.gateway_ref)
    by_intent = side.gateway.fetch(payment_ref=ref)
    (charge,) = side.api("GET", "charges")["data"]
    by_charge = side.gateway.fetch(payment_ref=charge["id"])
    assert replace(by_page, gateway_ref="", created_at=None) == replace(by_intent, created_at=None)
    assert replace(by_charge, created_at=None) == replace(by_intent, created_at=None)
