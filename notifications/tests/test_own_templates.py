"""Templates that staff make for campaigns: written, published, chosen, told in, thrown away."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from core.enums import Queue
from core.errors import Conflict, Invalid, NotFound
from core.events.worker import work_off
from core.identity import Role
from notifications import subscribers
from notifications.kinds import kind_named, title_of
from notifications.kinds.manners import MANNERS, manner_of
from notifications.models import (
    Campaign,
    Delivery,
    Notification,
    Preference,
    Template,
    TemplateVersion,
)
from notifications.rendering.wording import FIELDS
from notifications.services.campaigns import steering
from notifications.services.campaigns.trying import send_trial
from notifications.services.inbox import inbox_of
from notifications.services.wording.drafts import save_draft
from notifications.services.wording.own import create_template, remove_template
from notifications.services.wording.publish import publish, use_shipped
from notifications.tests.test_admin import page, staff
from notifications.tests.test_campaigns import people, work
from rehearsal.testing import RunningRehearsal

pytestmark = pytest.mark.django_db

WORDS = {
    "subject": "Spring for {{ name | default: 'you' }}",
    "html": "<h1>Spring</h1><p>Dear {{ name }}</p><p><a href='{{ url }}'>Tea</a></p>",
    "text": "Dear {{ name }}, tea: {{ url }}",
}


def template(channel: str = "email", **words: dict[str, str]) -> Template:
    """One that is published in the languages named."""
    made = create_template(name="Spring sale", channel=channel, language="en", by=None)
    for language, parts in words.items():
        draft = save_draft(kind=made.key, channel=channel, language=language, words=parts, by=None)
        publish(version_id=draft.pk)
    return made


def campaign_with(made: Template, **more: Any) -> Campaign:
    given = {"name": "Spring", "audience": "users", "channel": made.channel, "per_minute": 10_000}
    return Campaign.objects.create(**(given | more), template=made)


def run(campaign: Campaign) -> None:
    steering.prepare(campaign_id=campaign.pk)
    work()
    steering.start(campaign_id=campaign.pk)
    work()
    work_off(Queue.DEFAULT)


def test_a_campaign_says_what_its_template_says_in_each_language(
    outside: RunningRehearsal,
) -> None:
    german = {name: source.replace("Spring", "Frühling") for name, source in WORDS.items()}
    users = people(3)
    User.objects.filter(pk=users[1].pk).update(language="de-AT")
    User.objects.filter(pk=users[2].pk).update(full_name="{{ 7 | times: 7 }}\r\nBcc: x@y.example")
    made = template(en=WORDS, de=german)
    run(campaign_with(made, url="https://shop.example/spring"))
    mails = {mail["recipients"][0]: mail for mail in outside.client.mails()}
    first, second, third = (mails[user.email] for user in users)
    assert first["subject"] == "Spring for Person 0"
    assert "tea: https://shop.example/spring" in first["text"]
    assert "list-unsubscribe" in first["headers"], "it is an offer like every campaign"
    assert second["subject"] == "Frühling for Person 1"
    assert "{{ 7 | times: 7 }} Bcc: x@y.example" in third["subject"], "a name stays a name"
    assert len(mails) == 3
    assert set(Notification.objects.values_list("kind", flat=True)) == {made.key}


def test_whoever_wants_no_offers_gets_none_of_it(outside: RunningRehearsal) -> None:
    users = people(2)
    Preference.objects.filter(user=users[0]).update(wanted=False)
    run(campaign_with(template(en=WORDS)))
    assert [mail["recipients"][0] for mail in outside.client.mails()] == [users[1].email]
    assert manner_of("own_email_spring_sale") == MANNERS["campaign"]


def test_a_reader_whose_language_is_missing_gets_one_there_is(outside: RunningRehearsal) -> None:
    people(1, language="fr")
    run(campaign_with(template(de=WORDS)))  # not even English
    (mail,) = outside.client.mails()
    assert mail["headers"]["content-language"] == "de"


def test_a_push_template_is_read_in_the_app_too() -> None:
    (reader,) = people(1)
    Preference.objects.create(user=reader, subject="offers", channel="in_app", wanted=True)
    made = template("push", en={"push_title": "Spring, {{ name }}", "push_body": "Tea is here"})
    run(campaign_with(made))
    (told,) = inbox_of(reader.pk)
    assert told.kind == "own_push_spring_sale"
    assert title_of(told.kind) == "Spring sale"


@pytest.mark.parametrize("fault", ["not published", "another channel", "words beside it"])
def test_a_template_that_cannot_be_used_is_refused_before_anybody_is_written_to(
    fault: str,
) -> None:
    people(1)
    made = template(**({} if fault == "not published" else {"en": WORDS}))
    spring = campaign_with(made, channel="push" if fault == "another channel" else "email")
    if fault == "words beside it":
        spring.texts.create(language="en", subject="x", body="y")
    with pytest.raises(Invalid) as refused:
        steering.prepare(campaign_id=spring.pk)
    assert list(refused.value.details) == ["template"]


def test_a_trial_of_it_goes_to_staff(outside: RunningRehearsal) -> None:
    send_trial(campaign=campaign_with(template(en=WORDS)), language="en", email="boss@example.com")
    work_off(Queue.DEFAULT)
    (mail,) = outside.client.mails(to="boss@example.com")
    assert mail["subject"] == "Spring for Amina"


def test_it_can_read_only_what_campaigns_give() -> None:
    made = template()
    stolen = WORDS | {"text": "{{ password }}"}
    draft = save_draft(kind=made.key, channel="email", language="en", words=stolen, by=None)
    with pytest.raises(Invalid) as refused:
        publish(version_id=draft.pk)
    assert "text" in refused.value.details


@pytest.mark.parametrize("name", ["", "★", "x" * 61])
def test_a_name_that_makes_no_key_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        create_template(name=name, channel="email", language="en", by=None)
    assert list(refused.value.details) == ["name"]


def test_one_that_a_campaign_names_stays_and_another_goes() -> None:
    made = template(en=WORDS)
    spring = campaign_with(made)
    with pytest.raises(Conflict, match="Spring"):
        remove_template(key=made.key)
    spring.delete()
    remove_template(key=made.key)
    assert not TemplateVersion.objects.exists()
    with pytest.raises(NotFound):
        remove_template(key="payment_thank_you")


def test_words_are_never_written_to_a_template_nobody_made() -> None:
    with pytest.raises(NotFound):
        save_draft(kind="own_email_nobody", channel="email", language="en", words=WORDS, by=None)
    made = template(en=WORDS)
    with pytest.raises(Conflict):
        use_shipped(kind=made.key, channel="email", language="en")


def test_staff_make_write_choose_and_delete_one_in_the_admin() -> None:
    client = staff(Role.MANAGER)
    assert "New template for campaigns" in page(client, "notifications_template_changelist")
    new = {"name": "Spring sale", "channel": "email", "language": "fr"}
    shown = client.post(reverse("admin:notifications_wording_own"), new, follow=True).text
    assert "Here is a first draft" in shown
    here = reverse("admin:notifications_wording", args=["own_email_spring_sale", "email", "fr"])
    assert "Published as version 1" in client.post(
        here, {"deed": "publish"} | WORDS, follow=True
    ).text  # fmt: skip
    assert "Spring sale" in page(client, "notifications_template_changelist", q="spring")
    english = here.replace("/fr/", "/en/")
    assert "newest words of another language" in client.get(english).text
    made = Template.objects.get()
    answer = client.post(
        reverse("admin:notifications_campaign_add"),
        {
            "name": "Spring", "channel": "push", "template": str(made.pk), "audience": "users",
            "url": "", "per_minute": "1000", "texts-TOTAL_FORMS": "0", "texts-INITIAL_FORMS": "0",
        },
    )  # fmt: skip
    assert "It is for e-mail." in answer.text
    gone = client.post(
        reverse("admin:notifications_wording_remove", args=[made.key]), follow=True
    ).text
    assert "are gone" in gone
    assert client.get(here).status_code == 404


def test_a_reader_is_offered_no_new_template() -> None:
    client = staff(Role.READONLY)
    assert "New template" not in page(client, "notifications_template_changelist")
    new = {"name": "Spring sale", "channel": "email", "language": "fr"}
    assert client.post(reverse("admin:notifications_wording_own"), new).status_code == 403
    removed = reverse("admin:notifications_wording_remove", args=["own_email_spring_sale"])
    assert client.post(removed).status_code == 403
    assert not Template.objects.exists()


@pytest.mark.parametrize("channel", FIELDS)
def test_the_first_draft_of_a_template_can_be_published_as_it_is(channel: str) -> None:
    create_template(name="New", channel=channel, language="en", by=None)
    draft = TemplateVersion.objects.get()
    assert draft.findings == []
    assert publish(version_id=draft.pk).state == "published"
    assert kind_named(draft.template.key).title == "New"


@pytest.mark.parametrize("step", ["held_back", "render_with_copy", "build_message"])
def test_an_offer_that_could_not_even_be_written_is_sent_when_it_can(
    outside: RunningRehearsal, monkeypatch: Any, step: str
) -> None:
    people(1)
    spring = campaign_with(template(en=WORDS))
    steering.prepare(campaign_id=spring.pk)
    work()
    with monkeypatch.context() as broken:
        broken.setattr(subscribers, step, _broken)
        steering.start(campaign_id=spring.pk)
        work(pauses=True)
    waits = Delivery.objects.get()
    assert (waits.state, waits.attempts) == ("queued", 0), "nothing left the house"
    work()
    assert len(outside.client.mails()) == 1


def _broken(*_: Any) -> None:
    raise RuntimeError("a mistake of ours")
