"""A mail of a draft to oneself: asked for here, sent by a worker."""

from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from core.audit import record_audit
from core.errors import Invalid, NotFound
from core.events import publish
from core.limits import Limit
from notifications.choices.links import sample_ways_out
from notifications.enums import TemplateChannel
from notifications.kinds import kind_named, kind_or_none
from notifications.models import Notification, TemplateVersion
from notifications.rendering.lint import Finding, Level, findings_of
from notifications.rendering.render import MASK, filled_mail
from notifications.rendering.wording import FIELDS, Wording

TEST_ASKED = "notification.test_asked"
TESTS = Limit("wording-tests", "30/hour")


@transaction.atomic
def send_test(*, version_id: UUID, to: UUID, record: str = "") -> None:
    """Have a version's mail sent to the user `to`, with the values of a real notification
    (`record`, its id) or made-up ones; links with secrets lead nowhere.

    Raises NotFound, Invalid (what is not mail, or would fail), RateLimited.
    """
    version = TemplateVersion.objects.select_related("template").filter(pk=version_id).first()
    if version is None or kind_or_none(version.template.key) is None:
        raise NotFound("There is no such version.")
    if version.template.channel != TemplateChannel.EMAIL:
        raise Invalid("Only mails can be tried like this.")
    kind = kind_named(version.template.key)
    errors: list[Finding] = [
        one
        for one in findings_of(kind, TemplateChannel.EMAIL, _wording(version))
        if one.level is Level.ERROR
    ]
    if errors:
        details = {one.part: [one.message] for one in errors}
        raise Invalid("This cannot be sent: something in it would fail.", details=details)
    TESTS.spend(str(to))
    record_audit(action="wording.test", resource=version)
    publish(
        type=TEST_ASKED,
        subject=f"wording:{version.pk}",
        data={"version_id": str(version.pk), "record": record, "user_id": str(to)},
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
    try:
        fact = Notification.objects.filter(pk=UUID(record), kind=kind.key).first()
    except ValueError:
        fact = None
    context = kind.bare_context() | fact.context if fact else kind.sample_context()
    mail = filled_mail(
        kind,
        _wording(version),
        context | dict.fromkeys(kind.secrets, MASK),
        sample_ways_out(kind.key),
    )
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


def _wording(version: TemplateVersion) -> Wording:
    words = {name: getattr(version, name) for name in FIELDS[version.template.channel]}
    return Wording(version.template.key, version.language, **words)
