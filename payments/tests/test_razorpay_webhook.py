"""Razorpay's webhooks: who may speak, what is kept of it, what a repetition is."""

import hashlib
import json
from typing import Any

import pytest
import razorpay as sdk

from core.intake import SignatureRefused
from core.models import Event
from payments.gateways.razorpay import BILLING, MOVING
from payments.gateways.razorpay.webhook import check_signature, read_envelope
from payments.models import Payment, PaymentEvent
from payments.tests.house import attempt_of, booked
from payments.tests.razorpay_house import RazorpayHouse, signed, wrapped

SECRET = "the_secret_in_use"
BODY = wrapped("payment.captured", payment={"id": "pay_1"})


def signature(body: bytes, secret: str = SECRET) -> str:
    return signed(body, secret)["X-Razorpay-Signature"]


class TestSignature:
    """The header alone."""

    def refused(self, given: str, body: bytes = BODY, secrets: list[str] | None = None) -> str:
        with pytest.raises(SignatureRefused) as caught:
            check_signature(given, body, [SECRET] if secrets is None else secrets)
        return str(caught.value)

    def test_it_is_the_hex_digest_of_the_raw_body(self) -> None:
        check_signature(signature(BODY), BODY, [SECRET])
        sdk.Utility().verify_webhook_signature(BODY.decode(), signature(BODY), SECRET)

    def test_razorpays_own_check_cannot_take_the_bytes_that_were_signed(self) -> None:
        with pytest.raises(TypeError):
            sdk.Utility().verify_webhook_signature(BODY, signature(BODY), SECRET)

    def test_while_rotating_both_secrets_count(self) -> None:
        for secret in ("old", "new"):
            check_signature(signature(BODY, secret), BODY, ["new", "old"])

    def test_no_other_secret_counts(self) -> None:
        assert self.refused(signature(BODY, "thief")) == "no secret of ours fits"
        assert self.refused(signature(BODY), secrets=[]) == "no secret is configured"
        assert self.refused("") == "no signature"

    @pytest.mark.parametrize(
        "body",
        [
            BODY + b" ",
            BODY.replace(b"pay_1", b"pay_2"),
            json.dumps(json.loads(BODY), indent=1).encode(),  # parsed and written again
        ],
    )
    def test_a_changed_byte_is_noticed(self, body: bytes) -> None:
        self.refused(signature(BODY), body=body)

    @pytest.mark.parametrize(
        "given",
        ["0" * 64, "é" * 64, "\udcff", "a" * 100_000, "\x00", signature(BODY).upper(),
         signature(BODY)[:-1], signature(BODY) + "0"],
        ids=["zeroes", "accents", "surrogate", "long", "NUL", "capitals", "short", "one more"],
    )  # fmt: skip
    def test_odd_headers_are_refused_and_nothing_else(self, given: str) -> None:
        self.refused(given)

    def test_a_body_that_is_no_text_can_be_signed(self) -> None:
        body = b"\xff\xfe" + BODY
        check_signature(signature(body), body, [SECRET])


class TestEnvelope:
    """What is kept beside the raw body."""

    def subject(self, event: str = "payment.captured", **entities: Any) -> str:
        return read_envelope(wrapped(event, **entities), {}).subject

    def test_an_event_of_ours_is_about_our_reference(self) -> None:
        ours = {"tradewind_reference": "tw-abc"}
        assert self.subject(payment={"id": "pay_1", "notes": ours}) == "razorpay:tw-abc"
        assert (
            self.subject(refund={"id": "r", "notes": []}, payment={"id": "p", "notes": ours})
            == "razorpay:tw-abc"
        )

    @pytest.mark.parametrize("notes", [[], {}, None, "x", {"tradewind_reference": 5}])
    def test_without_our_notes_it_is_about_the_order(self, notes: Any) -> None:
        payment = {"id": "pay_1", "order_id": "order_9", "notes": notes}
        assert self.subject(payment=payment) == "razorpay:order_9"

    def test_charges_and_invoices_of_a_subscription_are_about_it(self) -> None:
        payment = {"id": "pay_1", "order_id": "order_9", "notes": []}
        charged = self.subject("subscription.charged", subscription={"id": "sub_1", "notes": []},
                               payment=payment)  # fmt: skip
        invoice = {"id": "inv_1", "order_id": "order_9", "subscription_id": "sub_1"}
        order = {"id": "order_9", "notes": []}
        paid = self.subject("invoice.paid", payment=payment, order=order, invoice=invoice)
        assert charged == paid == "razorpay:sub_1"

    def test_the_key_is_the_bodys_and_not_the_unsigned_headers(self) -> None:
        arrival = read_envelope(BODY, {"x-razorpay-event-id": "evt_1"})
        assert arrival.key == "sha256:" + hashlib.sha256(BODY).hexdigest()
        assert arrival.key == read_envelope(BODY, {"x-razorpay-event-id": "evt_2"}).key

    @pytest.mark.parametrize(
        "body",
        [
            b"", b"null", b"[]", b"{}", b'{"event": 5, "payload": {}}', b'{"event": "a"}',
            b'{"event": "A B", "payload": {}}', b'{"event": "", "payload": {}}', b"\xff\xfe",
            b'{"event": "a", "payload": 5}', b'{"event": "a", "payload": {"payment": 5}}',
            b'{"event": "a", "payload": {"payment": {"entity": []}}}', b"[" * 9_999,
            b'{"event": "a", "payload": {"x": {"entity": {"notes": ' + b"[" * 5_000,
        ],
    )  # fmt: skip
    def test_signed_bytes_that_are_no_event_are_kept_under_their_digest(self, body: bytes) -> None:
        arrival = read_envelope(body, {})
        assert arrival.type == "razorpay.unreadable"
        assert arrival.key == "sha256:" + hashlib.sha256(body).hexdigest()


@pytest.mark.django_db
class TestDoor:
    """/webhooks/razorpay/ as the outside sees it."""

    def test_what_nobody_signed_is_401_and_leaves_nothing(self, razorpay: RazorpayHouse) -> None:
        for headers in ({"User-Agent": "x"}, signed(BODY, "thief"), signed(b"{}", razorpay.secret)):
            assert razorpay.post(BODY, **headers).status_code == 401
        assert not Event.objects.filter(source="razorpay").exists()

    def test_the_same_body_is_one_event_under_whatever_id(self, razorpay: RazorpayHouse) -> None:
        for event_id in ("evt_a", "evt_a", "evt_b", ""):
            sent = signed(BODY, razorpay.secret, event_id=event_id)
            assert razorpay.post(BODY, **sent).status_code == 200
        event = Event.objects.get(source="razorpay")
        assert event.duplicates == 3
        assert event.headers["x-razorpay-event-id"] == "evt_a"

    def test_nobody_can_have_a_coming_event_taken_for_a_repetition(
        self, razorpay: RazorpayHouse
    ) -> None:
        """An old body is sent under the id of an event that is still on its way."""
        payment = razorpay.submitted()
        razorpay.post(BODY, **signed(BODY, razorpay.secret, event_id="evt_coming"))
        razorpay.there.link(razorpay.link_of(payment), "pay")
        real = razorpay.body_of("payment_link.paid")
        razorpay.post(real, **signed(real, razorpay.secret, event_id="evt_coming"))
        razorpay.work()
        payment.refresh_from_db()
        assert payment.is_paid

    def test_a_retry_signed_with_the_secret_of_yesterday_counts(
        self, razorpay: RazorpayHouse, settings
    ) -> None:
        settings.RAZORPAY_WEBHOOK_SECRETS = ["of today", razorpay.secret]
        assert razorpay.post(BODY, **signed(BODY, razorpay.secret)).status_code == 200

    def test_events_nobody_here_knows_are_kept(self, razorpay: RazorpayHouse) -> None:
        body = wrapped("settlement.processed", settlement={"id": "setl_1"})
        assert razorpay.post(body).status_code == 200
        assert Event.objects.get(source="razorpay").type == "razorpay.settlement.processed"


@pytest.mark.django_db
def test_replays_of_everything_under_new_ids_do_nothing_twice(razorpay: RazorpayHouse) -> None:
    """Byte for byte, and as Razorpay writes a replay anew: another second, signed again."""
    payment = razorpay.paid()
    said = [str(one["body"]) for one in razorpay.there.deliveries(face="razorpay", body="1")]
    for body in said:
        for again in (body, json.dumps(json.loads(body) | {"created_at": 1_900_000_000})):
            assert razorpay.post(again.encode()).status_code == 200
    razorpay.work()
    payment.refresh_from_db()
    assert payment.is_paid
    assert (booked(payment), booked(payment, "gateway_fee")) == (1, 1)
    assert Event.objects.filter(type="payment.succeeded").count() == 1
    assert [e.type for e in PaymentEvent.objects.all()] == ["submitted", "captured"]
    assert attempt_of(payment).state == "captured"


@pytest.mark.django_db
def test_shuffled_and_doubled_events_end_in_one_paid_payment(razorpay: RazorpayHouse) -> None:
    payment = razorpay.submitted()
    link = razorpay.link_of(payment)
    razorpay.there.link(link, "decline")
    razorpay.there.link(link, "late")
    bodies = [str(one["body"]).encode() for one in razorpay.waiting()]
    for body in [*reversed(bodies), *bodies]:
        razorpay.post(body)
    razorpay.work()
    payment.refresh_from_db()
    assert payment.is_paid
    assert booked(payment) == 1


def test_every_event_of_razorpays_list_has_somebody_who_reads_it() -> None:
    families = {"payment_link", "payment", "order", "refund", "subscription", "invoice"}
    assert {kind.split(".")[1] for kind in MOVING + BILLING} == families
    assert not set(MOVING) & set(BILLING)


@pytest.mark.django_db
def test_an_event_about_a_payment_of_somebody_else_is_ignored(razorpay: RazorpayHouse) -> None:
    made = razorpay.there.http.post(
        "/razorpay/v1/payment_links",
        json={"amount": 5000, "currency": "INR"},
        auth=("rzp_test_x", "razorpay_rehearsal_not_a_secret"),
    ).json()
    razorpay.there.link(made["id"], "pay")
    razorpay.told()
    told = Event.objects.filter(source="razorpay").prefetch_related("deliveries")
    assert {d.state for event in told for d in event.deliveries.all()} == {"ignored"}
    assert not Payment.objects.exists()
