"""Sending other words from now on, and going back to those that ship."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.audit import record_audit
from core.errors import Conflict, Invalid, NotFound
from notifications.enums import VersionState
from notifications.kinds import kind_named, kind_or_none
from notifications.kinds.own import own_kind
from notifications.models import Template, TemplateVersion
from notifications.rendering.lint import findings_of, has_errors
from notifications.rendering.wording import FIELDS, Wording


@transaction.atomic
def publish(*, version_id: UUID) -> TemplateVersion:
    """Every message rendered after the commit has these words, in whichever process.

    Looked through once more: kinds change with a release. Raises NotFound, Conflict when it is no
    draft, Invalid (with the findings per part) when something in it would fail.
    """
    version = TemplateVersion.objects.select_related("template").filter(pk=version_id).first()
    if version is None or kind_or_none(version.template.key) is None:
        raise NotFound("There is no such draft.")
    _hold(version.template)
    version.refresh_from_db()
    if version.state != VersionState.DRAFT:
        raise Conflict("This version was published already; make a draft of it.")
    channel = version.template.channel
    words = {name: getattr(version, name) for name in FIELDS[channel]}
    kind = kind_named(version.template.key)
    found = findings_of(kind, channel, Wording(kind.key, version.language, **words))
    if has_errors(found):
        details: dict[str, list[str]] = {}
        for one in found:
            details.setdefault(one.part, []).append(one.message)
        raise Invalid("This is not published: something in it would fail.", details=details)
    replaced = _retire(version.template, version.language)
    version.state, version.published_at = VersionState.PUBLISHED, timezone.now()
    version.findings = [one.as_json() for one in found]
    version.save()
    _audit("wording.publish", version.template, version.language, version.number, replaced)
    return version


@transaction.atomic
def use_shipped(*, kind: str, channel: str, language: str) -> None:
    """Back to the words that ship. Raises NotFound when these go out already, Conflict for a
    template of staff's own, of which nothing ships."""
    if own_kind(kind):
        raise Conflict("Nothing ships for a template of your own; publish other words instead.")
    template = Template.objects.filter(key=kind, channel=channel).first()
    if template is None:
        raise NotFound("What ships goes out already.")
    _hold(template)
    replaced = _retire(template, language)
    if not replaced:
        raise NotFound("What ships goes out already.")
    _audit("wording.use_shipped", template, language, None, replaced)


def _hold(template: Template) -> None:
    """One at a time per template."""
    Template.objects.select_for_update(no_key=True).get(pk=template.pk)


def _retire(template: Template, language: str) -> int | None:
    """The number of the version that went out until now."""
    going_out = template.versions.filter(language=language, state=VersionState.PUBLISHED)
    number = going_out.values_list("number", flat=True).first()
    going_out.update(state=VersionState.REPLACED, updated_at=timezone.now())
    return number


def _audit(
    action: str, template: Template, language: str, number: int | None, replaced: int | None
) -> None:
    details = {
        "key": template.key, "channel": template.channel, "language": language,
        "version": number, "replaced": replaced,
    }  # fmt: skip
    record_audit(action=action, resource=template, details=details)
