"""E-mail to a real mail server: what arrives, and what happens when it does not."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from core.events import publish
from core.models import Delivery as CoreDelivery
from core.models import Event
from core.outbound import breaker
from notifications.channels.email import smtp
from notifications.models import Delivery, Notification
from notifications.services.notify import notify
from rehearsal.testing import RunningRehearsal

pytestmark = pytest.mark.django_db


def thank(email: str = "buyer@example.com", **more: Any) -> Delivery:
    told = notify(
        kind="payment_thank_you",
        dedupe_key=str(uuid4()),
        context={
            "reference": "pay_1",
            "amount": {"amount": "1234.50", "currency": "EUR"},
            "name": more.pop("name", "Amina"),
            "number": more.pop("number", "TW-1"),
        },
        email=email,
        **more,
    )
    return told.deliveries.get(channel="email")


def core_delivery(delivery: Delivery) -> CoreDelivery:
    return CoreDelivery.objects.get(
        event__type__endswith="email_queued", event__data__delivery_id=str(delivery.pk)
    )


def test_a_mail_arrives_in_both_forms_and_the_row_says_so(
    outside: RunningRehearsal, work: Callable[[], int]
) -> None:
    delivery = thank()
    work()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.provider, delivery.attempts) == ("sent", "smtp", 1)
    assert delivery.sent_at is not None
    (mail,) = outside.client.mails(to="buyer@example.com")
    assert mail["subject"].strip() == "Thank you: we received €1,234.50 for order TW-1"
    assert mail["headers"]["message-id"] == f"<{delivery.pk}@example.com>"
    assert mail["headers"]["auto-submitted"] == "auto-generated"
    assert "€1,234.50" in mail["text"]
    assert "€1,234.50" in mail["html"]
    assert '<html lang="en" dir="ltr">' in mail["html"]


@pytest.mark.parametrize(
    ("language", "subject", "opening"),
    [
        ("fr-CA", "Merci : nous avons reçu 1 234,50 € pour la commande TW-1", 'dir="ltr"'),
        ("ar", "شكرًا لك: استلمنا", 'lang="ar" dir="rtl"'),
        ("tlh", "Thank you: we received €1,234.50", 'lang="en" dir="ltr"'),
    ],
)
def test_people_are_written_to_in_their_language(
    outside: RunningRehearsal,
    work: Callable[[], int],
    language: str,
    subject: str,
    opening: str,
) -> None:
    thank(language=language)
    work()
    (mail,) = outside.client.mails(to="buyer@example.com")
    assert " ".join(mail["subject"].split()).startswith(subject)
    assert opening in mail["html"]


def test_a_name_cannot_add_a_header_or_markup(
    outside: RunningRehearsal, work: Callable[[], int]
) -> None:
    delivery = thank(name="<script>alert(1)</script>", number="TW-1\r\nBcc: everybody@example.com")
    work()
    delivery.refresh_from_db()
    assert delivery.state == "sent"
    (mail,) = outside.client.mails()
    assert mail["recipients"] == ["buyer@example.com"]
    assert "bcc" not in mail["headers"]
    assert "<script>" not in mail["html"]
    assert "&lt;script&gt;" in mail["html"]


@pytest.mark.parametrize("address", ["nobody", "a@b.example\nBcc: c@d.example", "a b@c.example"])
def test_what_is_no_address_fails_without_calling_anybody(
    outside: RunningRehearsal, work: Callable[[], int], address: str
) -> None:
    delivery = thank(address)
    work()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == ("failed", "This is not an e-mail address.")
    assert outside.client.mails() == []


def test_a_refused_address_is_final_and_the_reason_is_kept(
    outside: RunningRehearsal, work: Callable[[], int]
) -> None:
    outside.client.mail_fault("reject", code=550, text="5.1.1 no such user")
    delivery = thank()
    work()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("failed", 1)
    assert delivery.reason == "The mail server said 550 5.1.1 no such user"
    assert core_delivery(delivery).state == "done"


@pytest.mark.parametrize("at", ["rcpt", "data"])
def test_a_server_asking_for_patience_gets_it(
    outside: RunningRehearsal, work: Callable[..., int], at: str
) -> None:
    outside.client.mail_fault("reject", code=451, text="4.7.1 greylisted", at=at, times=1)
    delivery = thank()
    before = time.time()
    work()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("queued", 1)
    assert "451 4.7.1 greylisted" in delivery.reason
    waiting = core_delivery(delivery)
    assert 20 < waiting.due_at.timestamp() - before < 40, "half a minute before the second try"
    work(skip_pauses=False)
    assert outside.client.mails() == []
    work()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == ("sent", "")
    assert len(outside.client.mails()) == 1


def test_nobody_listening_is_tried_later_and_given_up_in_the_end(
    outside: RunningRehearsal,
    work: Callable[[], int],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(breaker, "LEAST_CALLS", 100)
    settings.EMAIL_PORT = 1
    delivery = thank()
    for _ in range(8):
        work()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("dead", 6)
    assert core_delivery(delivery).state == "dead"
    assert "Given up after 6 tries" in core_delivery(delivery).last_error


def test_a_dead_mail_server_is_left_alone_and_costs_the_waiting_mails_no_try(
    outside: RunningRehearsal, work: Callable[[], int], settings: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.EMAIL_PORT = taken.getsockname()[1]
    deliveries = [thank(f"{number}@example.com") for number in range(8)]
    work()
    for delivery in deliveries:
        delivery.refresh_from_db()
    assert {delivery.state for delivery in deliveries} == {"queued"}
    assert [delivery.attempts for delivery in deliveries] == [1] * 5 + [0] * 3
    assert "left alone" in deliveries[-1].reason
    settings.EMAIL_PORT = outside.smtp_port
    work()
    assert len(outside.client.mails()) == 8


def test_a_lost_answer_is_uncertain_and_an_essential_mail_goes_again_under_the_same_id(
    outside: RunningRehearsal, work: Callable[[], int]
) -> None:
    outside.client.mail_fault("drop", times=1)
    delivery = thank(category="essential")
    work()
    delivery.refresh_from_db()
    assert delivery.state == "uncertain"
    work()
    delivery.refresh_from_db()
    assert delivery.state == "sent"
    ids = {mail["headers"]["message-id"] for mail in outside.client.mails()}
    assert ids == {f"<{delivery.pk}@example.com>"}


def test_a_lost_answer_to_marketing_is_left_uncertain(
    outside: RunningRehearsal, work: Callable[[], int]
) -> None:
    outside.client.mail_fault("drop", times=1)
    delivery = thank(category="marketing")
    work()
    work()
    delivery.refresh_from_db()
    assert delivery.state == "uncertain"
    assert len(outside.client.mails()) == 1


def test_a_mail_known_as_sent_is_not_sent_again(
    outside: RunningRehearsal, work: Callable[[], int]
) -> None:
    delivery = thank()
    work()
    publish(
        type="notification.email_queued",
        subject=f"notification:{delivery.notification_id}",
        data={"delivery_id": str(delivery.pk)},
    )
    work()
    assert len(outside.client.mails()) == 1
    last = CoreDelivery.objects.filter(subscriber="notifications.send_email").latest("id")
    assert (last.state, last.last_error) == ("ignored", "Already sent.")


@pytest.mark.parametrize(
    ("category", "mails"), [("essential", 1), ("service", 1), ("marketing", 0)]
)
def test_a_worker_that_died_in_between(
    outside: RunningRehearsal, work: Callable[[], int], category: str, mails: int
) -> None:
    delivery = thank(category=category)
    Delivery.objects.filter(pk=delivery.pk).update(state="sending")  # what it left behind
    work()
    assert len(outside.client.mails()) == mails


def test_a_dripping_mail_server_is_hung_up_on(
    outside: RunningRehearsal,
    work: Callable[[], int],
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp, "MAIL_SECONDS", 0.6)
    listener = socket.create_server(("127.0.0.1", 0))
    settings.EMAIL_PORT = listener.getsockname()[1]
    threading.Thread(target=_drip, args=(listener,), daemon=True).start()
    delivery = thank()
    began = time.monotonic()
    work()
    assert time.monotonic() - began < 2
    delivery.refresh_from_db()
    assert delivery.state == "queued"
    listener.close()


def _drip(listener: socket.socket) -> None:
    try:
        connection, _ = listener.accept()
        with connection:
            while True:
                connection.sendall(b"2")
                time.sleep(0.05)
    except OSError:
        return


class TestAccountMails:
    def test_the_confirmation_link_is_in_the_mail_and_in_no_table(
        self, outside: RunningRehearsal, work: Callable[[], int], shopper: User
    ) -> None:
        publish(
            type="user.confirmation_requested",
            subject=f"user:{shopper.pk}",
            data={"user_id": str(shopper.pk)},
        )
        work()
        work()
        (mail,) = outside.client.mails(to=shopper.email)
        (link,) = [line for line in mail["text"].splitlines() if "confirm" in line and "//" in line]
        assert link in mail["html"].replace("&amp;", "&")
        key = link.rstrip("/").rpartition("/")[2]
        assert len(key) > 20
        rows = [
            str(list(model.objects.values()))
            for model in (Notification, Delivery, Event, CoreDelivery)
        ]
        assert not any(key in text for text in rows)

    def test_each_reset_request_is_a_mail(
        self, outside: RunningRehearsal, work: Callable[[], int], shopper: User
    ) -> None:
        for _ in range(2):
            publish(
                type="user.password_reset_requested",
                subject=f"user:{shopper.pk}",
                data={"user_id": str(shopper.pk)},
            )
        work()
        work()
        mails = outside.client.mails(to=shopper.email, subject="Choose a new password")
        assert len(mails) == 2

    def test_a_link_for_an_account_that_is_gone_is_not_sent(
        self, outside: RunningRehearsal, work: Callable[[], int], shopper: User
    ) -> None:
        told = notify(
            kind="password_reset",
            dedupe_key="x",
            context={},
            email=shopper.email,
            user_id=shopper.pk,
        )
        User.objects.filter(pk=shopper.pk).update(is_active=False)
        work()
        delivery = told.deliveries.get()
        assert (delivery.state, delivery.reason) == (
            "suppressed",
            "The account is gone or disabled.",
        )
        assert outside.client.mails() == []
