"""What a wording looks like filled in, while it is being written."""

from collections.abc import Mapping
from typing import Any

from notifications.choices.links import sample_ways_out
from notifications.enums import TemplateChannel
from notifications.kinds import Kind, title_of
from notifications.models import Notification
from notifications.rendering.environment import TemplateRefused
from notifications.rendering.formats import direction_of
from notifications.rendering.layout import in_scheme
from notifications.rendering.lint import findings_of
from notifications.rendering.render import filled_mail, filled_push
from notifications.rendering.wording import FIELDS, Wording
from notifications.services.wording.try_out import context_of

RECORDS = 10


def recent_records(kind: Kind) -> list[tuple[str, str]]:
    """Real facts to try the words on: (id, how staff recognise it), newest first."""
    facts = Notification.objects.filter(kind=kind.key).order_by("-id")[:RECORDS]
    return [
        (str(fact.pk), f"{fact.created_at:%d %b %H:%M} · {fact.email or title_of(fact.kind)}")
        for fact in facts
    ]


def shown(
    kind: Kind, channel: str, language: str, words: Mapping[str, str], *, record: str, scheme: str
) -> dict[str, Any]:
    """The filled-in message and the findings per part, as the page's script takes it."""
    parts = {name: words.get(name, "") for name in FIELDS[TemplateChannel(channel)]}
    wording = Wording(kind.key, language, **parts)
    findings: dict[str, list[dict[str, str]]] = {}
    for one in findings_of(kind, channel, wording):
        findings.setdefault(one.part, []).append(one.as_json())
    made: dict[str, Any] = {"findings": findings, "direction": direction_of(language)}
    context = context_of(kind, record)
    try:
        if channel == TemplateChannel.PUSH:
            title, body = filled_push(kind, wording, context)
            return made | {"push_title": title, "push_body": body}
        mail = filled_mail(kind, wording, context, sample_ways_out(kind.key))
    except TemplateRefused as refused:
        return made | {"problem": str(refused)}
    html = in_scheme(mail.html, scheme)
    return made | {"subject": mail.subject, "html": html, "text": mail.text}
