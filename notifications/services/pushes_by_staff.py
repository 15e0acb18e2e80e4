"""Pushes that staff write by hand: to people, or to whoever follows a topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts.models import User
from core.audit import record_audit
from core.errors import Invalid
from core.identity import acting_as_system
from notifications.channels.push.message import TO_TOPIC
from notifications.enums import Category, Channel
from notifications.kinds import kind_named
from notifications.models import Delivery, Notification, Topic
from notifications.services.known import check_known
from notifications.services.notify import Recipient, announce, notify_many

KIND = "staff_push"
TITLE_LENGTH, BODY_LENGTH = 150, 600  # characters
TOPIC_BYTES = 1_500  # FCM takes 2,048 to a topic; the rest is tag, link and quotes
MOST_PEOPLE = 500  # by hand; more are a campaign


@dataclass(frozen=True, slots=True)
class Words:
    """What the phone shows; `url` is where a tap leads."""

    title: str
    body: str = ""
    url: str = ""

    def check(self, *, topic: bool = False) -> dict[str, str]:
        """The context of the kind. Raises Invalid naming the field."""
        wrong: dict[str, list[str]] = {}
        for name, text, cap in (
            ("title", self.title, TITLE_LENGTH), ("body", self.body, BODY_LENGTH),
        ):  # fmt: skip
            if len(text) > cap:
                wrong[name] = [f"At most {cap} characters."]
        if not self.title.strip():
            wrong["title"] = ["Say something."]
        if self.url and not self.url.startswith("https://"):
            wrong["url"] = ["A web address that begins with https://."]
        if topic and len((self.title + self.body + self.url).encode()) > TOPIC_BYTES:
            wrong["body"] = [f"Title, text and link of a push to a topic: {TOPIC_BYTES:,} bytes."]
        if wrong:
            raise Invalid("The push cannot be sent.", details=wrong)
        title, body = " ".join(self.title.split()), " ".join(self.body.split())
        return {"title": title, "body": body, "url": self.url}


@transaction.atomic
def push_to_users(
    *, user_ids: Sequence[UUID], words: Words, dedupe_key: str, language: str = "en"
) -> int:
    """Send to every device of the people, and into their list in the app; returns how many people.

    `dedupe_key` is made with the form: pressing the button twice sends once. Raises Invalid.
    """
    context = words.check()
    if not user_ids:
        raise Invalid("Nobody is chosen.", details={"people": ["Name at least one person."]})
    if len(user_ids) > MOST_PEOPLE:
        raise Invalid(
            "Too many people.", details={"people": [f"At most {MOST_PEOPLE}; use a campaign."]}
        )
    check_known(user_ids)
    notify_many(
        kind=KIND,
        recipients=[
            Recipient(f"{dedupe_key}:{user_id}", context, user_id=user_id, language=language)
            for user_id in dict.fromkeys(user_ids)
        ],
    )
    record_audit(action="push.send", resource=dedupe_key, details={"people": len(user_ids)})
    return len(user_ids)


@transaction.atomic
def push_to_topic(*, topic: Topic, words: Words, dedupe_key: str) -> Delivery:
    """Send once to the topic; FCM hands it to everybody who joined. Raises Invalid."""
    context = kind_named(KIND).check(words.check(topic=True))
    with acting_as_system("push to topic"):
        told, is_new = Notification.objects.get_or_create(
            dedupe_key=dedupe_key,
            defaults={"kind": KIND, "category": Category.SERVICE, "context": context},
        )
        if is_new:
            announce(
                Delivery.objects.create(
                    notification=told, channel=Channel.PUSH, target=f"{TO_TOPIC}{topic.key}"
                )
            )
        delivery = told.deliveries.get()
    if is_new:
        record_audit(action="push.send_to_topic", resource=topic)
    return delivery


def users_named(addresses: str) -> list[UUID]:
    """Ids of active users by e-mail address, one a line or with commas.

    Raises Invalid naming every address that nobody has.
    """
    wanted = {word.strip().lower() for word in addresses.replace(",", "\n").split("\n")} - {""}
    if len(wanted) > MOST_PEOPLE:
        raise Invalid(
            "Too many people.", details={"people": [f"At most {MOST_PEOPLE}; use a campaign."]}
        )
    found = dict(User.objects.filter(email__in=wanted, is_active=True).values_list("email", "pk"))
    if missing := sorted(wanted - set(found)):
        told = ", ".join(missing[:10])
        raise Invalid("Some are unknown.", details={"people": [f"Nobody has {told}."]})
    return list(found.values())
