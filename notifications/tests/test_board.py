"""Pages for staff: the delivery board, what a person was told, why they did or didn't get it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.identity import Role
from core.ids import earliest_id
from core.models import AuditEntry
from notifications.figures import board
from notifications.models import DayFigure, Delivery, Notification, Suppression
from notifications.services.day_figures import count_days
from notifications.services.notify import notify
from notifications.services.old_messages import delete_old_messages
from notifications.services.suppression import record_suppression
from notifications.tests.asking import suppression_of
from notifications.tests.provider import Provider
from notifications.tests.test_admin import page, staff
from notifications.told import told_to

pytestmark = pytest.mark.django_db


def told(email: str = "anna@example.com", state: str = "sent", **columns: Any) -> Delivery:
    """A message that stands as asked; `at` puts it into the past, id and all."""
    at = columns.pop("at", timezone.now())
    channel = columns.pop("channel", "email")
    notification = Notification(
        pk=_id(at),
        kind="order_status_changed",
        category="service",
        email=email,
        context={"number": "TW-1", "status": "shipped"},
        dedupe_key=str(uuid4()),
    )
    notification.save()
    delivery = Delivery.objects.create(
        pk=_id(at), notification=notification, channel=channel, target=email, state=state, **columns
    )
    Notification.objects.filter(pk=notification.pk).update(created_at=at)
    Delivery.objects.filter(pk=delivery.pk).update(created_at=at)
    return delivery


def _id(at: datetime) -> UUID:
    return UUID(int=earliest_id(at).int | (uuid4().int % 2**60))


TODAY = datetime.now(UTC).date()


class TestFigures:
    def test_counted_days_and_today_add_up_as_if_all_were_counted_now(self) -> None:
        for ago in (0, 1, 1, 2):
            told(state="delivered", at=timezone.now() - timedelta(days=ago))
        told(state="failed", reason="The mail server said 550: x@example.com", provider="smtp")
        told(state="suppressed", reason="Staff stopped mail to this address on 3 Nov 2026.",
             at=timezone.now() - timedelta(days=2))  # fmt: skip
        told(state="sent", opened_at=timezone.now())
        live = board(last=7, today=TODAY)
        count_days(today=TODAY)
        assert DayFigure.objects.exists()
        stored = board(last=7, today=TODAY)
        assert stored == live
        assert (stored.total.told, stored.total.arrived, stored.total.lost) == (7, 4, 1)
        assert (stored.total.suppressed, stored.total.opened) == (1, 1)
        told(state="sent", at=timezone.now() - timedelta(days=20))
        count_days(today=TODAY)
        assert board(last=30, today=TODAY).total.told == 8
        assert list(stored.lost_why) == ["The mail server said 550"]
        assert list(stored.suppressed_why) == ["Staff stopped mail to this address on …."]

    def test_counting_again_counts_what_was_told_meanwhile(self) -> None:
        late = told(state="sent", at=timezone.now() - timedelta(days=3))
        count_days(today=TODAY)
        late.move_to("bounced", reason="Came back for good: no such user")
        count_days(today=TODAY)
        assert board(last=7, today=TODAY).total.lost == 1

    def test_a_page_costs_the_same_however_much_was_sent(
        self, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(30):
            told(f"{number}@example.com")
        with django_assert_max_num_queries(3):
            board(last=90, channel="email", today=TODAY)


class TestPages:
    def test_the_board_has_charts_and_leads_to_the_messages(self) -> None:
        told(state="failed", reason="The mail server said 550 no such user")
        shown = page(staff(Role.READONLY), "notifications_delivery_changelist")
        assert "550 no such user" in shown
        response = staff(Role.MANAGER).get(reverse("delivery-board"), {"days": "7"})
        shown = response.content.decode()
        assert shown.count('data-type="line"') == 1
        assert "The mail server said 550 no s" in shown
        assert "state__in=failed" in shown

    def test_an_empty_board_says_so(self) -> None:
        shown = staff(Role.MANAGER).get(reverse("delivery-board")).content.decode()
        assert "Nobody was told anything in this time" in shown

    @pytest.mark.parametrize("name", ["delivery-board", "told-to-person"])
    def test_agents_see_none_of_it(self, name: str) -> None:
        assert staff(Role.AGENT).get(reverse(name)).status_code == 403
        assert Client().get(reverse(name)).status_code == 302

    @pytest.mark.parametrize("asked", ["AMINA@example.com", "mina"])
    def test_a_person_is_found_by_address_and_name_with_everything_they_were_told(
        self, asked: str
    ) -> None:
        user = User.objects.create_user("amina@example.com", full_name="Amina Diallo")
        notify(
            kind="order_status_changed", dedupe_key="a", user_id=user.pk, email="amina@example.com",
            context={"number": "TW-1", "status": "shipped"},
        )  # fmt: skip
        told("Amina@Example.com")
        told("somebody@example.com")
        record_suppression(email="amina@example.com", reason="complaint", source="resend")  # type: ignore[arg-type]
        response = staff(Role.READONLY).get(reverse("told-to-person"), {"q": asked})
        shown = response.content.decode()
        assert shown.count("/admin/told/0") == 2
        assert "somebody@example.com" not in shown
        assert "Called spam" in shown

    def test_searching_costs_the_same_however_much_they_were_told(
        self, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(20):
            told("anna@example.com")
        with django_assert_max_num_queries(6):
            assert len(told_to("anna@example.com").messages) == 20

    def test_why_shows_the_whole_way_of_one_fact(self, provider: Provider) -> None:
        delivery = provider.sent("bounced@example.com", "service")
        shown = (
            staff(Role.MANAGER)
            .get(reverse("why-told", args=[delivery.notification_id]))
            .content.decode()
        )
        for part in (
            "Came back for good",
            "Handed over",
            "/admin/core/event/",
            "The mail as it was sent",
            "It would not be sent. Mail to this address came back for good",
            "There was no account, only an address.",
        ):
            assert part in shown
        shown = page(staff(Role.READONLY), "notifications_delivery_change", delivery.pk)
        assert "hard bounce message" in shown

    def test_why_of_nothing_is_not_found(self) -> None:
        assert staff(Role.ADMIN).get(reverse("why-told", args=[uuid4()])).status_code == 404


class TestLifting:
    def lift(self, client: Client, row: Suppression, because: str) -> Any:
        url = reverse("admin:notifications_suppression_because", args=[row.pk])
        return client.post(url, {"because": because}, follow=True)

    @pytest.fixture
    def row(self) -> Suppression:
        return record_suppression(
            email="anna@example.com",
            reason="hard_bounce",  # type: ignore[arg-type]
            source="resend",
        )

    def test_by_staff_who_say_why(self, row: Suppression) -> None:
        client = staff(Role.MANAGER)
        found = page(client, "notifications_suppression_changelist", q="Anna@example.com")
        assert str(row.pk) in found
        assert str(row.pk) not in page(
            client, "notifications_suppression_changelist", q="b@x.example"
        )
        assert "Say why." in self.lift(client, row, "ok").content.decode()
        self.lift(client, row, "She called and has a new box")
        assert suppression_of("anna@example.com", "service") is None
        entry = AuditEntry.objects.get(action="suppression.lift")
        assert entry.details["because"] == "She called and has a new box"

    def test_not_by_readers(self, row: Suppression) -> None:
        self.lift(staff(Role.READONLY), row, "I would like to")
        assert suppression_of("anna@example.com", "service")


class TestRetention:
    def test_old_messages_go_and_the_figures_stay(self, settings: Any, capsys: Any) -> None:
        settings.NOTIFICATIONS_KEPT_DAYS = 30
        old = told(at=timezone.now() - timedelta(days=31))
        record_suppression(
            email="anna@example.com",
            reason="hard_bounce",  # type: ignore[arg-type]
            source="resend",
            delivery_id=old.pk,
        )
        kept = told(at=timezone.now() - timedelta(days=29))
        count_days(today=TODAY - timedelta(days=7))
        call_command("delete_old_messages", "--dry-run")
        assert "1 messages from before" in capsys.readouterr().out
        assert Delivery.objects.count() == 2
        assert delete_old_messages() == 1
        assert list(Delivery.objects.values_list("pk", flat=True)) == [kept.pk]
        assert suppression_of("anna@example.com", "service")
        assert board(last=90, today=TODAY).total.told == 2

    def test_counting_again_lowers_nothing_when_messages_are_kept_as_shortly_as_may_be(
        self, settings: Any
    ) -> None:
        settings.NOTIFICATIONS_KEPT_DAYS = 30
        for days in (27, 29, 31, 33, 35):
            told(at=timezone.now() - timedelta(days=days))
        for age in range(9, -1, -1):  # each was counted when it was younger
            count_days(today=TODAY - timedelta(days=age))
        assert delete_old_messages() == 3
        count_days(today=TODAY)
        assert board(last=90, today=TODAY).total.told == 5
