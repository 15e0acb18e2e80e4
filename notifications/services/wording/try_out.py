"""A draft to oneself: a mail is asked for here and sent by a worker, a push goes as any push."""

from email.utils import parseaddr
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from core.audit import record_audit
from core.errors import Invalid, NotFound
from core.events import publish
from core.limits import Limit
from notifications.choices.links import sample_ways_out
from notifications.enums import TemplateChannel
from notifications.kinds import Kind, kind_named, kind_or_none
from notifications.models import Notification, TemplateVersion
from notifications.rendering.lint import Finding, Level, findings_of
from notifications.rendering.render import MASK, filled_mail, filled_push
from notifications.rendering.wording import FIELDS, Wording
from notifications.services.devices.reach import devices_of
from notifications.services.notify import notify
from notifications.services.pushes_by_staff import KIND, TITLE_LENGTH

TEST_ASKED = "notification.test_asked"
TESTS = Limit("wording-tests", "30/hour")


@transaction.atomic
def send_test(*, version_id: UUID, to: UUID, record: str = "") -> None:
    """Have a version sent to the user `to`: the mail to their address, the push to their devices
    and into their list in the app. With the values of a real notification (`record`, its id) or
    made-up ones; links with secrets lead nowhere.

    Raises NotFound, Invalid (it would fail, or there is no device), RateLimited.
    """
    version = TemplateVersion.objects.select_related("template").filter(pk=version_id).first()
    if version is None or kind_or_none(version.template.key) is None:
        raise NotFound("There is no such version.")
    channel = version.template.channel
    kind = kind_named(version.template.key)
    errors: list[Finding] = [
        one for one in findings_of(kind, channel, _wording(version)) if one.level is Level.ERROR
    ]
    if errors:
        details = {one.part: [one.message] for one in errors}
        raise Invalid("This cannot be sent: something in it would fail.", details=details)
    if channel == TemplateChannel.PUSH and not devices_of([to]).exists():
        raise Invalid("You have no device that takes pushes; log in to the shop's app with one.")
    TESTS.spend(str(to))
    record_audit(action="wording.test", resource=version)
    if channel == TemplateChannel.PUSH:
        _push(version, kind, to=to, record=record)
        return
    publish(
        type=TEST_ASKED,
        subject=f"wording:{version.pk}",
        data={"version_id": str(version.pk), "record": record, "user_id": str(to)},
    )


def _push(version: TemplateVersion, kind: Kind, *, to: UUID, record: str) -> None:
    context = context_of(kind, record)
    title, body = filled_push(kind, _wording(version), context)
    notify(
        kind=KIND,
        dedupe_key=f"wording_test:{version.pk}:{uuid4()}",
        context={"title": f"[Test] {title}"[:TITLE_LENGTH], "body": body},
        user_id=to,
        category="essential",  # whatever they chose to hear
    )


def trial_mail(
    *, version_id: UUID, record: str, to: str, name: str
) -> EmailMultiAlternatives | None:
    """The mail itself, with a Message-ID made of `name`; None when the version is gone.

    Raises TemplateRefused.
    """
    version = TemplateVersion.objects.select_related("template").filter(pk=version_id).first()
    if version is None or kind_or_none(version.template.key) is None:
        return None
    kind = kind_named(version.template.key)
    context = context_of(kind, record)
    mail = filled_mail(kind, _wording(version), context, sample_ways_out(kind.key))
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    message = EmailMultiAlternatives(
        subject=f"[Test] {mail.subject}",
        body=mail.text,
        to=[to],
        headers={
            "Message-ID": f"<{name}@{domain}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": mail.language,
        },
    )
    message.attach_alternative(mail.html, "text/html")
    return message


def context_of(kind: Kind, record: str) -> dict[str, Any]:
    """A real fact's values with its secrets masked, else made-up ones."""
    try:
        fact = Notification.objects.filter(pk=UUID(record), kind=kind.key).first()
    except ValueError:
        fact = None
    if fact is None:
        return kind.sample_context() | dict.fromkeys(kind.secrets, MASK)
    stored = kind.bare_context() | fact.context  # a variable may be younger than the fact
    return stored | dict.fromkeys(kind.secrets, MASK)


def _wording(version: TemplateVersion) -> Wording:
    words = {name: getattr(version, name) for name in FIELDS[version.template.channel]}
    return Wording(version.template.key, version.language, **words)
