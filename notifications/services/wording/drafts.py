"""Writing other words than those that ship: a draft that nobody is sent until it is published."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from core.audit import record_audit
from core.errors import Invalid, NotFound
from notifications.enums import TemplateChannel, VersionState
from notifications.kinds import kind_named, kind_or_none
from notifications.kinds.own import own_kind
from notifications.models import Template, TemplateVersion
from notifications.rendering.formats import is_language
from notifications.rendering.lint import findings_of
from notifications.rendering.wording import FIELDS, Wording

PART_CAP = 50_000  # characters


@transaction.atomic
def save_draft(
    *, kind: str, channel: str, language: str, words: Mapping[str, str], by: UUID | None
) -> TemplateVersion:
    """Keep the words as the draft of that language; there is one, which is written over.

    The draft is looked through, and kept whatever is found. `words` has the parts of the channel
    (rendering/wording.FIELDS); missing ones are empty. Raises NotFound, Invalid.
    """
    template = _locked(kind, channel, language)
    parts = {name: words.get(name, "").replace("\r\n", "\n") for name in FIELDS[channel]}
    too_long = {
        name: [f"At most {PART_CAP} characters."]
        for name, source in parts.items()
        if len(source) > PART_CAP
    }
    nul = {
        name: ["It holds a character that no text has."] for name in parts if "\0" in parts[name]
    }
    if too_long or nul:
        raise Invalid("These words cannot be kept.", details=too_long | nul)
    found = findings_of(kind_named(kind), channel, Wording(kind, language, **parts))
    findings = [one.as_json() for one in found]
    versions = template.versions.filter(language=language)
    draft = versions.filter(state=VersionState.DRAFT).first()
    if draft is None:
        last = versions.aggregate(last=Max("number"))["last"] or 0
        draft = TemplateVersion(template=template, language=language, number=last + 1)
    for name, source in parts.items():
        setattr(draft, name, source)
    draft.author_id, draft.findings = by, findings
    draft.save()
    return draft


@transaction.atomic
def discard_draft(*, kind: str, channel: str, language: str) -> None:
    """Throw the draft away. Raises NotFound when there is none."""
    template = _locked(kind, channel, language)
    drafts = template.versions.filter(language=language, state=VersionState.DRAFT)
    if not drafts.delete()[0]:
        raise NotFound("There is no draft.")
    record_audit(action="wording.discard", resource=template, details={"language": language})


@transaction.atomic
def draft_from(*, version_id: UUID, by: UUID | None) -> TemplateVersion:
    """The words of an earlier version, as a draft. Raises NotFound."""
    old = TemplateVersion.objects.select_related("template").filter(pk=version_id).first()
    if old is None:
        raise NotFound("There is no such version.")
    channel = old.template.channel
    return save_draft(
        kind=old.template.key,
        channel=channel,
        language=old.language,
        words={name: getattr(old, name) for name in FIELDS[channel]},
        by=by,
    )


def _locked(kind: str, channel: str, language: str) -> Template:
    """The template's row, made if need be, held until the end. Raises NotFound."""
    known = kind_or_none(kind) and channel in TemplateChannel.values and is_language(language)
    if known and own_kind(kind) is None:
        Template.objects.bulk_create([Template(key=kind, channel=channel)], ignore_conflicts=True)
    held = Template.objects.select_for_update(no_key=True).filter(key=kind, channel=channel)
    template = held.first() if known else None
    if template is None:
        raise NotFound("There is no such template.")
    return template
