"""Writing to the shop: by page and by API, with a trap for machines."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from core.enums import Queue
from core.events.worker import work_off
from core.models import AuditEntry, Event
from core.redis import client as redis_client
from crm.models import ContactMessage
from crm.panels import panels_of
from crm.services import contact
from crm.tests.factories import make_customer, make_user
from notifications.models import Delivery, Notification
from notifications.tests.asking import render

pytestmark = pytest.mark.django_db
SUBMIT = {"_form_submitted": "on"}  # what the dialog's button sends
API, PAGE = "/api/v1/contact/", "/contact/"


@pytest.fixture(autouse=True)
def _no_limits_left_over() -> None:
    cache.clear()
    for key in redis_client().scan_iter("*contact*"):
        redis_client().delete(key)


def words(**other: Any) -> dict[str, Any]:
    return {
        "name": "Amina Diallo", "email": "amina@example.com", "message": "Do you ship to Dakar?",
    } | other  # fmt: skip


def told() -> dict[str, str]:
    """Kind and address of the mails that follow."""
    work_off(Queue.DEFAULT)
    rows = Notification.objects.filter(kind__startswith="contact")
    return {row.kind: row.deliveries.get().target for row in rows}


def test_a_message_is_kept_and_both_sides_are_told(settings) -> None:
    settings.ADMIN_EMAIL = "office@shop.example"
    answer = APIClient().post(API, words(email=" Amina@Example.com "), format="json")
    assert (answer.status_code, answer.json()["data"]) == (201, {"received": True})
    kept = ContactMessage.objects.get()
    assert (kept.email, kept.state) == ("amina@example.com", "new")
    assert Event.objects.get(type="contact.received").data["contact_id"] == str(kept.pk)
    assert told() == {
        "contact_confirmation": "amina@example.com", "contact_notice": "office@shop.example",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "nobody"}, "email"), ({"name": ""}, "name"), ({"name": "x" * 101}, "name"),
        ({"message": ""}, "message"), ({"message": "x" * 5001}, "message"),
        ({"name": "A\nBcc: all@example.com"}, "name"), ({"phone": "1"}, "phone"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_and_not_kept(wrong: dict[str, Any], field: str) -> None:
    answer = APIClient().post(API, words(**wrong), format="json")
    assert answer.status_code == 400
    assert field in answer.json()["error"]["details"]
    assert not ContactMessage.objects.exists()


def test_a_machine_that_fills_in_the_trap_is_thanked_and_nobody_is_told() -> None:
    answer = APIClient().post(API, words(website="https://spam.example"), format="json")
    assert answer.status_code == 201
    assert ContactMessage.objects.get().state == "spam"
    assert told() == {}


def test_an_address_is_not_pestered_with_confirmations() -> None:
    for _ in range(5):
        assert APIClient().post(API, words(), format="json").status_code == 201
    work_off(Queue.DEFAULT)
    kinds = list(Notification.objects.values_list("kind", flat=True))
    assert kinds.count("contact_confirmation") == 3
    assert kinds.count("contact_notice") == 5


@pytest.mark.parametrize(
    ("name", "repeated"),
    [("Zoë O’Neil-Sørensen", True), ("محمد", True), ("Win at http://evil.example", False),
     ("www.evil.example", False), ("call 0800 123", False)],
)  # fmt: skip
def test_only_a_plain_name_is_repeated_to_an_unproven_address(name: str, repeated: bool) -> None:
    APIClient().post(API, words(name=name), format="json")
    work_off(Queue.DEFAULT)
    context = Notification.objects.get(kind="contact_confirmation").context
    assert context["name"] == (name if repeated else "")


def test_a_known_address_belongs_to_its_customer() -> None:
    customer = make_customer(email="amina@example.com")
    APIClient().post(API, words(), format="json")
    assert ContactMessage.objects.get().customer == customer


def test_the_page_takes_a_message_and_says_so(client: Client) -> None:
    assert "Write to us" in client.get(PAGE).text
    sent = client.post(PAGE, words(website=""))
    assert sent.status_code == 302
    assert "has arrived" in client.get(sent.url).text
    assert ContactMessage.objects.count() == 1


def test_the_page_keeps_what_was_typed_and_names_what_is_wrong(client: Client) -> None:
    answer = client.post(PAGE, words(email="nobody", message="<script>x</script>"))
    assert answer.status_code == 400
    assert "Enter a valid email address." in answer.text
    assert "&lt;script&gt;x" in answer.text
    assert not ContactMessage.objects.exists()


def test_the_page_cannot_be_posted_from_elsewhere() -> None:
    assert Client(enforce_csrf_checks=True).post(PAGE, words()).status_code == 403


def test_after_too_many_messages_the_page_asks_to_wait(client: Client, monkeypatch) -> None:
    from core.limits import Limit
    from crm import limits

    monkeypatch.setattr(limits, "CONTACT", Limit("contact-test", "1/minute"))
    client.post(PAGE, words())
    late = client.post(PAGE, words())
    assert late.status_code == 429
    assert "try again later" in late.text
    assert APIClient().post(API, words(), format="json").status_code == 429


def test_staff_deal_with_a_message_and_may_take_it_back() -> None:
    message = contact.take_message(**words())
    manager, page = Client(), reverse("admin:crm_contactmessage_change", args=[message.pk])
    manager.force_login(make_user("manager"))
    assert "Do you ship to Dakar?" in manager.get(page).text
    for step, state in (("answered", "answered"), ("reopen", "new"), ("spam", "spam")):
        url = reverse(f"admin:crm_contactmessage_{step}", args=[message.pk])
        before = message.state
        assert manager.get(url, follow=True).status_code == 200
        message.refresh_from_db()
        assert message.state == before, "a link only asks"
        assert manager.post(url, SUBMIT, follow=True).status_code == 200
        message.refresh_from_db()
        assert message.state == state
        assert (message.answered_at is not None) == (state == "answered")
    assert AuditEntry.objects.filter(action="contact.deal_with").count() == 3


def test_an_agent_reads_what_their_own_customers_write(agent) -> None:
    make_customer(email="amina@example.com", agents=(agent,))
    contact.take_message(**words())
    contact.take_message(**words(name="Somebody else", email="bob@example.com"))
    staff = Client()
    staff.force_login(agent)
    page = staff.get(reverse("admin:crm_contactmessage_changelist")).text
    assert "Amina Diallo" in page
    assert "Somebody else" not in page


@pytest.mark.parametrize(
    ("language", "title", "thanks", "wrong"),
    [
        ("fr", "Écrivez-nous", "bien parvenu", "Ce champ est obligatoire."),
        ("ar", "راسلنا", "وصلتنا رسالتك", "هذا الحقل مطلوب."),
    ],
)
def test_the_page_speaks_the_readers_language_and_so_does_the_confirmation(
    client: Client, language: str, title: str, thanks: str, wrong: str
) -> None:
    by_browser = client.get(PAGE, headers={"Accept-Language": language}).text
    asked = client.get(f"{PAGE}?language={language}").text
    for page in (by_browser, asked):
        assert title in page
        assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in page
        assert "Write to us" not in page
        assert "Send<" not in page
    assert wrong in client.post(f"{PAGE}?language={language}", words(name="")).text
    sent = client.post(f"{PAGE}?language={language}", words())
    assert thanks in client.get(sent.url).text
    told()
    assert Notification.objects.get(kind="contact_confirmation").language == language


def test_a_language_nobody_speaks_is_answered_in_the_browsers(client: Client) -> None:
    assert "Write to us" in client.get(f"{PAGE}?language=../xx").text


def test_a_dead_mail_server_does_not_fail_the_request(settings) -> None:
    settings.EMAIL_BACKEND = "notifications.channels.email.smtp.WatchedBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens
    assert APIClient().post(API, words(), format="json").status_code == 201
    assert set(told()) == {"contact_confirmation", "contact_notice"}
    waiting = Delivery.objects.filter(notification__kind__startswith="contact")
    assert {one.state for one in waiting} == {"queued"}
    assert ContactMessage.objects.count() == 1


def test_the_notice_keeps_the_lines_and_leads_to_the_message() -> None:
    APIClient().post(API, words(message="First <b>line\nSecond"), format="json")
    told()
    mail = render(Notification.objects.get(kind="contact_notice"))
    assert "First &lt;b&gt;line<br>\nSecond" in mail.html
    kept = ContactMessage.objects.get()
    assert reverse("admin:crm_contactmessage_change", args=[kept.pk]) in mail.text


def test_a_customers_page_shows_what_they_wrote() -> None:
    customer = make_customer(email="amina@example.com")
    APIClient().post(API, words(), format="json")
    panel = next(one for one in panels_of(customer) if "contact form" in one.title)
    assert panel.rows[0][1:] == ["Do you ship to Dakar?", "New"]
