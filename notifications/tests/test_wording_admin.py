"""The wording's pages: the list, the editor, its preview, and who may do what."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.identity import Role
from notifications.models import Device, Notification, TemplateVersion
from notifications.tests.test_admin import page, staff
from notifications.tests.test_wording import MAIL, published, told
from tests.cost import queries_of

pytestmark = pytest.mark.django_db

HERE = ("payment_thank_you", "email", "de")


def at(name: str = "wording", key: tuple[str, str, str] = HERE) -> str:
    return reverse(f"admin:notifications_{name}", args=key)


def press(client: Client, deed: str, key: tuple[str, str, str] = HERE, **words: str) -> Any:
    return client.post(at(key=key), {"deed": deed} | words, follow=True)


@pytest.mark.parametrize(("channel", "language"), [("email", "ar"), ("push", "en")])
def test_the_editor_opens_for_who_may_look(channel: str, language: str) -> None:
    client = staff(Role.READONLY)
    shown = client.get(at(key=("order_placed", channel, language))).content.decode()
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in shown
    assert ("<iframe sandbox" in shown) is (channel == "email")
    assert "changing words needs the right" in shown


def test_the_list_says_what_is_missing_and_asks_the_same_however_much_there_is() -> None:
    client = staff(Role.MANAGER)

    def opened() -> str:
        return page(client, "notifications_template_changelist")

    published("de")
    told("de")
    shown, asked_for_few = opened(), len(queries_of(opened))
    for language in ("es", "it", "nl", "pl", "pt"):
        published(language)
        published(language, "push")
        told(language)
    more = opened()
    assert len(queries_of(opened)) == asked_for_few
    assert at(key=("payment_thank_you", "email", "pl")) in more
    assert at(key=("payment_thank_you", "email", "pl")) not in shown
    assert "Nothing is missing" in shown
    assert "Own words" in shown
    assert "In en" in shown
    found = page(client, "notifications_template_changelist", q="no such message")
    assert "No message fits" in found


def test_a_manager_writes_publishes_and_goes_back() -> None:
    client = staff(Role.MANAGER)
    assert "What ships" not in client.get(at()).content.decode()
    saved = press(client, "save", **MAIL).content.decode()
    assert "Saved as a draft" in saved
    assert "You are looking at the draft" in saved
    assert TemplateVersion.objects.get().author is not None
    assert "Published as version 1" in press(client, "publish", **MAIL).content.decode()
    assert "Own words go out: version 1" in client.get(at()).content.decode()
    assert "go out again" in press(client, "shipped").content.decode()
    old = TemplateVersion.objects.get()
    assert "is the draft now" in press(client, "restore", version=str(old.pk)).content.decode()
    assert "The draft is gone" in press(client, "discard").content.decode()


def test_another_language_is_opened_by_its_code() -> None:
    client = staff(Role.MANAGER)
    assert client.get(at(), {"other": "pt_BR"}).url == at(key=(*HERE[:2], "pt-br"))  # type: ignore[attr-defined]
    assert client.get(at(), {"other": "../x"}).status_code == 200


def test_what_would_fail_is_said_at_its_field_and_kept() -> None:
    client = staff(Role.MANAGER)
    shown = press(client, "publish", **MAIL | {"subject": "{{ passwort }}"}).content.decode()
    assert "something in it would fail" in shown
    assert "has no variable &#x27;passwort&#x27;" in shown
    assert TemplateVersion.objects.get().state == "draft"


def test_the_preview_fills_in_a_real_fact_with_its_secrets_masked() -> None:
    client = staff(Role.MANAGER)
    fact = told("de", name="Ömer & Söhne")
    asked = MAIL | {"record": str(fact.pk), "scheme": "dark"}
    made = client.post(at("wording_preview"), asked).json()
    assert "Ömer &amp; Söhne" in made["html"]
    assert "@media all" in made["html"]
    assert made["findings"] == {}
    assert not TemplateVersion.objects.exists()
    reset = ("password_reset", "email", "de")
    words = {"subject": "Neu", "html": "<p>{{ link }}</p>", "text": "{{ link }}"}
    real = Notification.objects.create(kind="password_reset", dedupe_key="r", context={"name": ""})
    made = client.post(at("wording_preview", reset), words | {"record": str(real.pk)}).json()
    assert "hidden.example" in made["text"]


@pytest.mark.parametrize("record", ["", "nonsense", "0" * 32])
def test_the_preview_takes_whatever_it_is_sent(record: str) -> None:
    client = staff(Role.MANAGER)
    made = client.post(at("wording_preview"), {"html": "{{", "record": record}).json()
    assert "not closed" in made["findings"]["html"][0]["message"]
    assert made["problem"]
    assert client.get(at("wording_preview")).status_code == 405


@pytest.mark.parametrize("deed", ["save", "publish", "shipped", "discard", "test", "restore", "x"])
def test_who_may_only_look_changes_nothing(deed: str) -> None:
    published()
    assert press(staff(Role.READONLY), deed, **MAIL).status_code == 403
    assert TemplateVersion.objects.get().state == "published"
    assert staff(Role.AGENT).get(at()).status_code == 403


@pytest.mark.parametrize(
    "key", [("nothing", "email", "de"), ("welcome", "fax", "de"), ("stock_low", "email", "d")]
)
def test_templates_nobody_declared_are_not_found(key: tuple[str, str, str]) -> None:
    client = staff(Role.ADMIN)
    address = "/admin/notifications/template/edit/{}/{}/{}/".format(*key)
    assert client.get(address).status_code == 404


def test_a_test_mail_of_the_draft_reaches_who_asked(outside: Any, work: Any) -> None:
    client = staff(Role.MANAGER)
    assert "on its way to" in press(client, "test", **MAIL).content.decode()
    work()
    (mail,) = outside.client.mails()
    assert mail["subject"].startswith("[Test] Danke")
    assert mail["recipients"] == [TemplateVersion.objects.get().author.email]  # type: ignore[union-attr]
    refused = press(client, "test", **MAIL | {"html": "{{ x }}"}).content.decode()
    assert "something in it would fail" in refused


def test_a_test_push_of_the_draft_reaches_the_phone_of_who_asked(outside: Any, work: Any) -> None:
    client = staff(Role.MANAGER)
    key = ("order_placed", "push", "en")
    words = {"push_title": "Order {{ number }}", "push_body": "We have it."}
    assert "You have no device" in press(client, "test", key, **words).content.decode()
    me = TemplateVersion.objects.get().author
    Device.objects.create(user=me, platform="ios", token="mine", last_seen_at=timezone.now())
    assert "on its way to" in press(client, "test", key, **words).content.decode()
    work()
    (push,) = outside.client.pushes()
    assert push["target"] == "mine"
    assert Notification.objects.get().context["title"].startswith("[Test] Order ")
    refused = press(client, "test", key, **words | {"push_body": "{{ x }}"}).content.decode()
    assert "something in it would fail" in refused


def test_a_delivery_shows_its_mail_as_it_went_out(outside: Any, work: Any) -> None:
    published("de")
    delivery = told("de", name="<b>Ömer</b>").deliveries.get(channel="email")
    client = staff(Role.READONLY)
    before = page(client, "notifications_delivery_change", delivery.pk)
    assert "Not rendered yet" in before
    work()
    shown = page(client, "notifications_delivery_change", delivery.pk)
    assert "own words, version 1" in shown
    assert "&amp;lt;b&amp;gt;Ömer" in shown, "escaped in the mail, and the mail in the frame"
