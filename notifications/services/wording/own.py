"""Templates of staff's own, for campaigns: made, and thrown away while none needs them."""

from uuid import UUID

from django.db import transaction

from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound
from notifications.enums import TemplateChannel, VersionState
from notifications.kinds.own import own_key, own_kind
from notifications.models import Campaign, Template
from notifications.rendering.wording import FIELDS
from notifications.services.wording.drafts import save_draft

LONGEST_NAME = 60
HELLO = 'Hello{% if name != "" %} {{ name }}{% endif %},'
START = {
    "subject": "A word to {{ name | default: 'you' }}",
    "preheader": "What is new in the shop",
    "html": f'<h1>News</h1>\n<p>{HELLO}</p>\n<p>Write here.</p>\n{{% if url != "" %}}'
    '<p class="action"><a class="button" href="{{ url }}">Look</a></p>{% endif %}',
    "text": f"{HELLO}\n\nWrite here.\n\n{{{{ url }}}}",
    "push_title": "News",
    "push_body": "Write here.",
}


@transaction.atomic
def create_template(*, name: str, channel: str, language: str, by: UUID | None) -> Template:
    """A template with a first draft in one language; campaigns may use it once it is published.

    Raises Invalid naming the field, Conflict when there is one of that name.
    """
    if channel not in TemplateChannel.values:
        raise Invalid("There is no such channel.", details={"channel": ["E-mail or push."]})
    key = own_key(channel, name)
    if not key or len(name) > LONGEST_NAME:
        reason = f"Letters or digits (a to z, 0 to 9), at most {LONGEST_NAME} characters."
        raise Invalid("This is no name for a template.", details={"name": [reason]})
    template, is_new = Template.objects.get_or_create(key=key, channel=channel)
    if not is_new:
        raise Conflict("There is a template of that name; choose another.")
    words = {part: START[part] for part in FIELDS[channel]}
    save_draft(kind=key, channel=channel, language=language, words=words, by=by)
    record_audit(action="wording.create", resource=template, details={"key": key})
    return template


@transaction.atomic
def remove_template(*, key: str) -> None:
    """Throw it away with its history. Raises NotFound, Conflict while a campaign names it."""
    template = Template.objects.select_for_update().filter(key=key).first()
    if template is None or own_kind(key) is None:
        raise NotFound("There is no such template of your own.")
    if campaign := Campaign.objects.filter(template=template).first():
        raise Conflict(f"The campaign “{campaign}” uses it.")
    record_audit(action="wording.remove", resource=template, details={"key": key})
    template.delete()


def is_published(template: Template) -> bool:
    """Whether it can go out in any language."""
    return template.versions.filter(state=VersionState.PUBLISHED).exists()
