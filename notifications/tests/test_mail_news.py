"""What the mail provider tells by signed webhooks, and what follows from it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.errors import Conflict
from core.models import Delivery as Work
from core.models import Event
from notifications.enums import SuppressionReason
from notifications.models import Delivery, DeliveryEvent, Suppression
from notifications.services.resend import resend
from notifications.services.suppression import lift_suppression, record_suppression
from notifications.tests.asking import suppression_of
from notifications.tests.provider import SECRET, Provider
from rehearsal.resend.webhooks import sign

pytestmark = pytest.mark.django_db


def lines(delivery: Delivery) -> list[str]:
    return sorted(delivery.events.values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("email", "state", "history"),
    [
        ("anna@example.com", "delivered", ["delivered", "sent", "sent"]),
        ("late@example.com", "delivered", ["deferred", "delivered", "sent", "sent"]),
        ("bounced@example.com", "bounced", ["hard_bounce", "sent", "sent"]),
        ("full@example.com", "bounced", ["sent", "sent", "soft_bounce"]),
        ("complained@example.com", "complained", ["complained", "delivered", "sent", "sent"]),
        ("failed@example.com", "failed", ["failed", "sent", "sent"]),
    ],
)
def test_what_became_of_a_mail_is_known(
    provider: Provider, email: str, state: str, history: list[str]
) -> None:
    delivery = provider.sent(email)
    assert (delivery.state, delivery.provider) == (state, "resend")
    assert delivery.sent_at is not None
    assert delivery.provider_message_id == provider.there.letters()[0]["id"]
    assert lines(delivery) == history


def test_a_webhook_faster_than_our_own_commit_is_applied(provider: Provider) -> None:
    """It is told before we wrote down that the mail was sent, and must not be written over."""
    delivery = provider.tell("anna@example.com")
    provider.there.add_fault("lost_answer", face="resend", path="/emails", times=1)
    provider.work()
    delivery.refresh_from_db()
    assert delivery.state == "uncertain"
    provider.hear()
    delivery.refresh_from_db()
    assert delivery.state == "delivered"
    assert delivery.provider_message_id == provider.there.letters()[0]["id"]
    provider.work()  # the retry that was due finds nothing to do
    assert len(provider.there.mails()) == 1


def test_told_twice_out_of_order_and_in_copies_changes_nothing(provider: Provider) -> None:
    provider.there.webhook_faults(face="resend", duplicate=2, hold=6, seed=4)
    delivery = provider.tell("bounced@example.com")
    provider.work()
    provider.hear()
    provider.there.end_webhook_faults(face="resend")
    provider.happens("delivered")
    delivery.refresh_from_db()
    assert delivery.state == "bounced"
    assert lines(delivery) == ["delivered", "hard_bounce", "sent", "sent"]
    assert Event.objects.filter(source="mail").count() == 3


def test_opens_and_clicks_stand_beside_the_state(provider: Provider) -> None:
    delivery = provider.sent("anna@example.com")
    provider.happens("clicked", link="https://shop.example/reset/secret-key?x=1")
    provider.happens("opened")
    delivery.refresh_from_db()
    assert delivery.state == "delivered"
    assert delivery.opened_at == delivery.clicked_at, "who follows a link has opened the mail"
    kept = str(list(DeliveryEvent.objects.values()))
    assert "shop.example" in kept
    assert "secret-key" not in kept


@pytest.mark.parametrize("spoiled", ["wrong_secret", "tamper", "old_timestamp"])
def test_what_nobody_signed_is_not_believed_and_not_kept(provider: Provider, spoiled: str) -> None:
    provider.there.webhook_faults(face="resend", **{spoiled: True})
    provider.tell("bounced@example.com")
    provider.work()
    answers = {provider.post(one.body, one.headers).status_code for one in provider.posted()}
    assert answers == {401}
    assert not Event.objects.filter(source="mail").exists()


def test_without_a_provider_nobody_is_believed(provider: Provider, settings: Any) -> None:
    settings.EMAIL_PROVIDER = ""
    assert provider.post(b"{}", {}).status_code == 401
    settings.EMAIL_PROVIDER = "postmark"
    assert provider.post(b"{}", {}).status_code == 401


def test_signed_nonsense_is_kept_for_staff(provider: Provider) -> None:
    delivery = provider.sent("anna@example.com")
    posted = provider.receiver.posted[0]
    body = b'{"type": 3, "data": []}'
    stamp = int(posted.headers["svix-timestamp"])
    assert provider.post(body, sign(body, SECRET, stamp, "msg_1")).status_code == 200
    provider.work()
    work = Work.objects.get(event__type="mail.unreadable")
    assert (work.state, work.last_error[:15]) == ("dead", "Cannot be read:")
    delivery.refresh_from_db()
    assert delivery.state == "delivered"


class TestSuppression:
    def test_a_hard_bounce_stops_everything_until_it_is_lifted(self, provider: Provider) -> None:
        first = provider.sent("bounced@example.com")
        second = provider.sent("Bounced@example.com")
        assert (first.state, second.state) == ("bounced", "suppressed")
        assert "came back for good" in second.reason
        assert len(provider.there.letters()) == 1
        row = Suppression.objects.get()
        assert (row.source, row.delivery_id) == ("resend", first.pk)
        lift_suppression(suppression_id=row.pk, because="A typing mistake at their provider")
        resend(delivery_id=second.pk)
        provider.work()
        assert len(provider.there.letters()) == 2

    def test_it_is_asked_again_when_the_mail_is_sent(self, provider: Provider) -> None:
        waiting = provider.tell("anna@example.com")
        assert waiting.state == "queued"
        record_suppression(
            email="anna@example.com", reason=SuppressionReason.HARD_BOUNCE, source="resend"
        )
        provider.work()
        waiting.refresh_from_db()
        assert (waiting.state, provider.there.letters()) == ("suppressed", [])
        assert "came back for good" in waiting.reason

    def test_a_complaint_leaves_essential_mail(self, provider: Provider) -> None:
        provider.sent("complained@example.com", "service")
        assert provider.sent("complained@example.com", "service").state == "suppressed"
        assert provider.sent("complained@example.com", "essential").state != "suppressed"

    def test_three_soft_bounces_in_a_week_are_a_weeks_pause(self, provider: Provider) -> None:
        for _ in range(2):
            provider.sent("full@example.com")
        assert suppression_of("full@example.com", "essential") is None
        provider.sent("full@example.com")
        ends = Suppression.objects.get(reason="soft_bounces").expires_at
        assert ends is not None
        assert timedelta(days=6.9) < ends - timezone.now() <= timedelta(days=7)
        assert provider.sent("full@example.com").state == "suppressed"


class TestSendingAgain:
    def test_a_lost_answer_is_one_mail_also_for_marketing(self, provider: Provider) -> None:
        """The provider takes a key: what was perhaps sent can be sent again safely."""
        delivery = provider.tell("silent@example.com", "marketing")
        provider.there.add_fault("lost_answer", face="resend", path="/emails", times=1)
        provider.work()
        provider.work()
        delivery.refresh_from_db()
        assert delivery.state == "sent"
        assert len(provider.there.mails()) == 1

    @pytest.mark.parametrize("kind", ["lost_answer", "cut"])
    def test_an_answer_that_broke_off_is_uncertain(self, provider: Provider, kind: str) -> None:
        delivery = provider.tell("silent@example.com")
        provider.there.add_fault(kind, face="resend", path="/emails", times=1)
        provider.work()
        delivery.refresh_from_db()
        assert delivery.state == "uncertain"

    def test_another_text_under_a_known_key_means_it_was_taken(
        self, provider: Provider, settings: Any
    ) -> None:
        """A link made anew changes the text; the provider then refuses the key it knows."""
        delivery = provider.tell("silent@example.com")
        provider.there.add_fault("lost_answer", face="resend", path="/emails", times=1)
        provider.work()
        settings.BASE_URL = "https://another.example"
        provider.work()
        delivery.refresh_from_db()
        assert delivery.state == "sent"
        assert len(provider.there.mails()) == 1

    def test_staff_sending_a_bounced_mail_again_is_another_mail(self, provider: Provider) -> None:
        delivery = provider.sent("full@example.com")
        resend(delivery_id=delivery.pk)
        provider.work()
        assert len(provider.there.letters()) == 2
        with pytest.raises(Conflict):
            resend(delivery_id=delivery.pk)

    def test_patience_costs_what_the_provider_asks(self, provider: Provider) -> None:
        provider.there.add_fault(
            "status", face="resend", path="/emails", status=429, retry_after=17, times=1
        )
        delivery = provider.tell("anna@example.com")
        before = timezone.now()
        provider.work()
        delivery.refresh_from_db()
        due = Work.objects.get(subscriber="notifications.send_essential_email").due_at
        assert (delivery.state, lines(delivery)) == ("queued", ["later"])
        assert 15 < (due - before).total_seconds() < 25
