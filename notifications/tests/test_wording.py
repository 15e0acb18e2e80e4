"""Wording in the database: drafts, publishing, what it overrides, and the way back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from core.errors import Conflict, Invalid, NotFound
from core.identity import Identity, Role, acting_as
from core.models import AuditEntry
from notifications.admin.wording.overview import channels_of
from notifications.kinds import KINDS
from notifications.models import Notification, SentCopy, TemplateVersion
from notifications.rendering.lint import findings_of
from notifications.rendering.wording import shipped_wording
from notifications.services.inbox import inbox_of
from notifications.services.notify import notify
from notifications.services.sent_copies import drop_old_copies, keep_copy
from notifications.services.wording.drafts import discard_draft, draft_from, save_draft
from notifications.services.wording.publish import publish, use_shipped
from notifications.tests.asking import render
from notifications.tests.test_notify import THANKS

pytestmark = pytest.mark.django_db

MAIL = {
    "subject": "Danke für {{ amount | money }}",
    "preheader": "",
    "html": "<h1>Danke {{ name }}</h1><p>{{ reference }}</p>",
    "text": "Danke {{ name }}: {{ reference }}",
}
PUSH = {"push_title": "Danke", "push_body": "{{ amount | money }}"}


def written(language: str = "de", channel: str = "email", **words: str) -> TemplateVersion:
    base = MAIL if channel == "email" else PUSH
    return save_draft(
        kind="payment_thank_you", channel=channel, language=language, words=base | words, by=None
    )


def published(language: str = "de", channel: str = "email", **words: str) -> TemplateVersion:
    return publish(version_id=written(language, channel, **words).pk)


def told(language: str, user_id: UUID | None = None, **context: Any) -> Notification:
    return notify(
        kind="payment_thank_you",
        dedupe_key=f"thanks:{language}:{Notification.objects.count()}",
        context=THANKS | context,
        email="buyer@example.com",
        user_id=user_id,
        language=language,
    )


def subject_in(language: str) -> str:
    return " ".join(render(told(language)).subject.split())


def test_a_draft_is_sent_to_nobody_and_a_published_version_to_everybody_at_once() -> None:
    shipped = subject_in("fr")
    draft = written("fr", subject="Merci bien")
    assert subject_in("fr") == shipped
    publish(version_id=draft.pk)
    assert subject_in("fr") == "Merci bien"
    use_shipped(kind="payment_thank_you", channel="email", language="fr")
    assert subject_in("fr") == shipped


def test_a_language_nobody_shipped_is_reached_from_its_variants_and_else_falls_back() -> None:
    english = subject_in("de-AT")
    published("de")
    assert subject_in("de-AT") == subject_in("de") == "Danke für 12,00 €"
    published("de-at", subject="Dankschön")
    assert (subject_in("de-AT"), subject_in("de-CH")) == ("Dankschön", "Danke für 12,00 €")
    assert subject_in("pt") == english


def test_mail_and_push_are_published_apart(shopper: User) -> None:
    published("de", "push")
    made = render(told("de"))
    assert (made.push_title, made.language) == ("Danke", "en")


def test_the_list_in_the_app_has_the_published_words_and_asks_once(
    shopper: User, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        told("de", shopper.pk)
    published("de", "push")
    me = Identity(role=Role.SHOPPER, user_id=shopper.pk)
    with acting_as(me), transaction.atomic(), django_assert_num_queries(1):
        rows = list(inbox_of(shopper.pk).values_list("own_words", flat=True))
    assert [row[0]["push_title"] for row in rows] == ["Danke"] * 5


def test_a_new_version_replaces_the_former_and_all_are_kept() -> None:
    first, second = published(subject="Eins"), published(subject="Zwei")
    first.refresh_from_db()
    assert (first.number, first.state, second.number) == (1, "replaced", 2)
    again = draft_from(version_id=first.pk, by=None)
    publish(version_id=again.pk)
    assert subject_in("de") == "Eins"
    with pytest.raises(Conflict, match="already"):
        publish(version_id=again.pk)
    actions = AuditEntry.objects.filter(action__startswith="wording.")
    assert [one.details["version"] for one in actions.order_by("id")] == [1, 2, 3]


def test_there_is_one_draft_per_language_which_is_written_over() -> None:
    assert written(subject="A").pk == written(subject="B").pk
    assert TemplateVersion.objects.get().subject == "B"
    discard_draft(kind="payment_thank_you", channel="email", language="de")
    with pytest.raises(NotFound):
        discard_draft(kind="payment_thank_you", channel="email", language="de")
    version = published()
    with pytest.raises(IntegrityError), transaction.atomic():  # whatever code forgets
        TemplateVersion.objects.filter(pk=version.pk).update(published_at=None)


@pytest.mark.parametrize(
    ("part", "source", "complaint"),
    [
        ("subject", "", "without a subject"),
        ("subject", "{{ password }}", "no variable 'password'"),
        ("html", "", "HTML is missing"),
        ("html", "<p>a<script>b</script></p>", "may not hold <script>"),
        ("html", '<p onclick="x">{{ reference }}</p>', "may not have 'onclick'"),
        ("html", '<a href="javascript:x">a</a>', "would be taken out"),
        ("html", '<img src="http://a.de/x.png" alt="x">', "must begin with https"),
        ("text", "", "plain text is missing"),
        ("text", "{{ name }}", "Nothing is left"),
        ("text", "{% for a in (1..9) %}{% endfor %}", "Ranges"),
    ],
)
def test_what_would_fail_is_kept_as_a_draft_and_not_published(
    part: str, source: str, complaint: str
) -> None:
    draft = written(**{part: source})
    assert any(complaint in one["message"] for one in draft.findings if one["part"] == part)
    with pytest.raises(Invalid) as refused:
        publish(version_id=draft.pk)
    assert any(complaint in message for message in refused.value.details[part])
    assert not AuditEntry.objects.filter(action="wording.publish").exists()


@pytest.mark.parametrize(
    ("part", "source", "complaint"),
    [
        ("subject", "x" * 80, "many devices cut"),
        ("html", '<p>{{ reference }} <a href="https://shop.example.com">a</a></p>', ""),
        ("html", '<p>{{ reference }} <a href="https://example.com">a</a></p>', "looks dead"),
        ("html", '<p>{{ reference }} <a href="#">a</a></p>', "leads nowhere"),
        ("html", "<p>{{ reference }} <b>a</p>", "<b> is not closed"),
        ("html", '<p class="red">{{ reference }}</p>', "no class 'red'"),
        ("html", "<p>a</p>", "'reference' stands in the plain text only"),
        ("text", "a", "'reference' stands in the HTML only"),
    ],
)
def test_what_readers_stumble_over_is_said_and_may_be_published(
    part: str, source: str, complaint: str
) -> None:
    version = published(**{part: source})
    said = [one["message"] for one in version.findings]
    assert any(complaint in message for message in said) if complaint else "dead" not in str(said)


def test_a_mail_that_needs_a_secret_link_is_not_published_without_it() -> None:
    words = {"subject": "Neu", "html": "<p>Klick</p>", "text": "Klick {{ link }}"}
    draft = save_draft(kind="password_reset", channel="email", language="de", words=words, by=None)
    with pytest.raises(Invalid) as refused:
        publish(version_id=draft.pk)
    assert "Without 'link'" in refused.value.details["html"][0]


def test_a_push_that_is_too_long_is_refused() -> None:
    draft = written("de", "push", push_body="x" * 700)
    with pytest.raises(Invalid):
        publish(version_id=draft.pk)


@pytest.mark.parametrize(
    ("kind", "channel", "language"),
    [("nothing", "email", "de"), ("welcome", "fax", "de"), ("welcome", "email", "../de")],
)
def test_templates_that_are_not_there(kind: str, channel: str, language: str) -> None:
    with pytest.raises(NotFound):
        save_draft(kind=kind, channel=channel, language=language, words={}, by=None)


def test_a_name_in_template_syntax_or_with_line_breaks_stays_a_name() -> None:
    published("de")
    name = "{{ link }}\r\nBcc: all@example.com <b>"
    made = render(told("de", name=name))
    assert "{{ link }}" in made.text
    assert "&lt;b&gt;" in made.html
    published("de", subject="Hallo {{ name }}")
    assert render(told("de", name=name)).subject == "Hallo {{ link }} Bcc: all@example.com <b>"


@pytest.mark.parametrize("language", ["ar", "en", "fr"])
@pytest.mark.parametrize("key", KINDS)
def test_what_ships_would_be_published(key: str, language: str) -> None:
    wording = shipped_wording(key, language)
    assert wording is not None
    for channel in channels_of(KINDS[key]):
        assert findings_of(KINDS[key], channel, wording) == []


class TestAsSent:
    def test_the_mail_is_kept_as_it_went_out_with_its_version(
        self, outside: Any, work: Any
    ) -> None:
        version = published("de")
        fact = told("de", name="Ömer")
        work()
        (mail,) = outside.client.mails()
        kept = SentCopy.objects.get(delivery__notification=fact)
        assert (kept.version, kept.subject) == (version, mail["subject"])
        assert len(kept.digest) == 64
        published("de", subject="Ganz anders")
        kept.refresh_from_db()
        assert "Danke Ömer" in kept.html

    def test_no_secret_link_is_kept(self, outside: Any, work: Any, shopper: User) -> None:
        notify(
            kind="password_reset",
            dedupe_key="reset:1",
            context={"name": "Amina"},
            email=shopper.email,
            user_id=shopper.pk,
            category="essential",
        )
        work()
        (mail,) = outside.client.mails()
        kept = SentCopy.objects.get()
        assert "/password" in mail["text"]
        assert "/password" not in kept.text + kept.html
        assert "hidden.example" in kept.text
        assert "hidden.example" in kept.html

    def test_a_second_try_writes_over_the_copy_and_old_ones_go(self) -> None:
        delivery = told("de").deliveries.get(channel="email")
        keep_copy(delivery, render(delivery.notification))
        published("de")
        keep_copy(delivery, render(delivery.notification))
        kept = SentCopy.objects.get()
        assert kept.language == "de"
        assert drop_old_copies() == 0
        SentCopy.objects.update(created_at=timezone.now() - timedelta(days=181))
        assert drop_old_copies() == 1
        delivery.refresh_from_db()  # that it was sent stays
