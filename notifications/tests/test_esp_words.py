"""Providers besides Resend: each one's proof at the door, and what its words mean to us.

The bodies follow the samples in the providers' own documentation.
"""

import base64
import hashlib
import hmac
import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from core.enums import Queue
from core.events.worker import work_off
from core.models import Event
from notifications.models import Delivery
from notifications.services.notify import notify

pytestmark = pytest.mark.django_db

BASIC = {"Authorization": "Basic " + base64.b64encode(b"hook:secret").decode()}
MAILGUN_KEY = "mailgun-key"


def mailgun(delivery: str, severity: str, code: str) -> dict[str, Any]:
    signature = hmac.new(MAILGUN_KEY.encode(), b"1529006854tok", hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": "1529006854", "token": "tok", "signature": signature},
        "event-data": {
            "event": "failed", "severity": severity, "id": f"e-{uuid4()}",
            "timestamp": 1521472262.908181, "reason": "bounce", "recipient": "a@example.com",
            "delivery-status": {"code": int(code[:3]), "message": code, "description": ""},
            "user-variables": {"delivery": delivery},
            "message": {"headers": {"message-id": "1@mailgun"}},
        },
    }  # fmt: skip


def postmark(delivery: str, kind: str) -> dict[str, Any]:
    return {
        "RecordType": "Bounce", "ID": 42, "Type": kind, "TypeCode": 1, "MessageID": "m1",
        "Description": "told", "Details": "smtp;", "Email": "a@example.com",
        "BouncedAt": "2026-11-01T16:33:54Z", "Metadata": {"delivery": delivery},
    }  # fmt: skip


def sendgrid(delivery: str, event: str, kind: str, status: str) -> list[dict[str, Any]]:
    return [
        {
            "email": "a@example.com", "event": event, "type": kind, "status": status,
            "reason": "told", "timestamp": 1513299569, "sg_event_id": f"e-{uuid4()}",
            "sg_message_id": "m1", "delivery": delivery, "anymail_id": "m1",
        },
        {
            "email": "b@example.com", "event": "delivered", "timestamp": 1513299570,
            "sg_event_id": f"e-{uuid4()}", "delivery": str(uuid4()), "response": "250 OK",
        },
    ]  # fmt: skip


def brevo(delivery: str, event: str) -> dict[str, Any]:
    return {
        "event": event, "email": "a@example.com", "id": 26224, "date": "2026-11-01 10:00:00",
        "ts": 1598034509, "message-id": "<m1@x>", "ts_event": 1598034509, "reason": "told",
        "X-Mailin-custom": json.dumps({"delivery": delivery}),
    }  # fmt: skip


CASES = {
    "mailgun hard": ("mailgun", lambda id_: mailgun(id_, "permanent", "550 5.1.1 no user"), True),
    "mailgun full": ("mailgun", lambda id_: mailgun(id_, "permanent", "552 5.2.2 full"), False),
    "postmark hard": ("postmark", lambda id_: postmark(id_, "HardBounce"), True),
    "postmark soft": ("postmark", lambda id_: postmark(id_, "SoftBounce"), False),
    "sendgrid hard": ("sendgrid", lambda id_: sendgrid(id_, "bounce", "bounce", "5.1.1"), True),
    "sendgrid blocked": ("sendgrid", lambda id_: sendgrid(id_, "bounce", "blocked", ""), False),
    "brevo hard": ("brevo", lambda id_: brevo(id_, "hard_bounce"), True),
    "brevo soft": ("brevo", lambda id_: brevo(id_, "soft_bounce"), False),
}


@pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid")
@pytest.mark.parametrize("case", CASES)
def test_a_bounce_is_for_good_or_for_now_in_each_ones_words(case: str, settings: Any) -> None:
    provider, body, for_good = CASES[case]
    settings.EMAIL_PROVIDER = provider
    settings.ANYMAIL = {"WEBHOOK_SECRET": ["hook:secret"], "MAILGUN_API_KEY": MAILGUN_KEY}
    told = notify(
        kind="order_status_changed", dedupe_key="x", email="a@example.com",
        context={"number": "TW-1", "status": "shipped"},
    )  # fmt: skip
    delivery = told.deliveries.get()
    Delivery.objects.filter(pk=delivery.pk).update(state="sent")
    sent = json.dumps(body(str(delivery.pk)))
    door = Client()

    def post(headers: dict[str, str]) -> int:
        return door.post(
            "/webhooks/mail/", sent, content_type="application/json", headers=headers
        ).status_code

    assert post({}) == 401
    assert post({"Authorization": "Basic " + base64.b64encode(b"hook:wrong").decode()}) == 401
    assert not Event.objects.filter(source="mail").exists()
    assert post(BASIC) == 200
    assert post(BASIC) == 200, "once more"
    assert Event.objects.filter(source="mail").count() == 1
    work_off(Queue.DEFAULT)
    delivery.refresh_from_db()
    kinds = list(delivery.events.values_list("kind", flat=True))
    assert kinds == ["hard_bounce" if for_good else "soft_bounce"]
    assert delivery.state == "bounced"


@pytest.mark.django_db(transaction=True)
def test_amazon_is_answered_outside_any_transaction(settings: Any, monkeypatch: Any) -> None:
    from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView as Amazon

    confirmed: list[tuple[str, bool]] = []

    class Sns:
        def confirm_subscription(self, **given: str) -> None:
            confirmed.append((given["Token"], connection.in_atomic_block))

        def close(self) -> None:
            pass

    monkeypatch.setattr(Amazon, "get_boto_client", lambda self, name, **given: Sns())
    settings.EMAIL_PROVIDER = "amazon_ses"
    settings.ANYMAIL = {"WEBHOOK_SECRET": ["hook:secret"]}
    asked = {
        "Type": "SubscriptionConfirmation", "MessageId": "m-1", "Token": "t-1",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:mail",
    }  # fmt: skip
    names = {"X-Amz-Sns-Message-Type": asked["Type"], "X-Amz-Sns-Message-Id": "m-1"}
    posted = Client().post(
        "/webhooks/mail/", json.dumps(asked), content_type="text/plain", headers=BASIC | names
    )
    assert posted.status_code == 200
    assert confirmed == [], "not at the door"
    work_off(Queue.DEFAULT)
    assert confirmed == [("t-1", False)]


def test_amazons_news_of_a_mail_is_read(settings: Any) -> None:
    settings.EMAIL_PROVIDER = "amazon_ses"
    settings.ANYMAIL = {"WEBHOOK_SECRET": ["hook:secret"]}
    told = notify(
        kind="order_status_changed", dedupe_key="x", email="a@example.com",
        context={"number": "TW-1", "status": "shipped"},
    )  # fmt: skip
    delivery = told.deliveries.get()
    Delivery.objects.filter(pk=delivery.pk).update(state="sent", provider_message_id="ses-1")
    news = {
        "eventType": "Delivery", "delivery": {"recipients": ["a@example.com"]},
        "mail": {"messageId": "ses-1", "destination": ["a@example.com"], "headers": []},
    }  # fmt: skip
    sent = {
        "Type": "Notification", "MessageId": "m-2", "Timestamp": "2026-11-01T16:33:54Z",
        "Message": json.dumps(news),
    }  # fmt: skip
    names = {"X-Amz-Sns-Message-Type": "Notification", "X-Amz-Sns-Message-Id": "m-2"}
    Client().post(
        "/webhooks/mail/", json.dumps(sent), content_type="text/plain", headers=BASIC | names
    )
    work_off(Queue.DEFAULT)
    delivery.refresh_from_db()
    assert delivery.state == "delivered"
