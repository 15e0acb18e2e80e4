"""What the editor's buttons do. Each keeps what stands in the fields first, so nothing is lost."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from core.errors import Invalid
from notifications.models import TemplateVersion
from notifications.rendering.wording import FIELDS
from notifications.services.wording.drafts import discard_draft, draft_from, save_draft
from notifications.services.wording.publish import publish, use_shipped
from notifications.services.wording.try_out import send_test

EDIT, PUBLISH = "notifications.change_templateversion", "notifications.publish_templateversion"
Do = Callable[[HttpRequest, str, str, str], str]


@dataclass(frozen=True, slots=True)
class Deed:
    """`do` returns what staff are told."""

    permission: str
    do: Do


def _saved(request: HttpRequest, key: str, channel: str, language: str) -> TemplateVersion:
    words = {name: request.POST.get(name, "") for name in FIELDS[channel]}
    return save_draft(
        kind=key, channel=channel, language=language, words=words, by=_person(request)
    )


def _save(request: HttpRequest, key: str, channel: str, language: str) -> str:
    draft = _saved(request, key, channel, language)
    if draft.findings:
        return f"Saved as a draft, with {len(draft.findings)} remarks at its fields."
    return "Saved as a draft. It is sent to nobody until it is published."


def _publish(request: HttpRequest, key: str, channel: str, language: str) -> str:
    version = publish(version_id=_saved(request, key, channel, language).pk)
    return f"Published as version {version.number}: the next message has these words."


def _discard(request: HttpRequest, key: str, channel: str, language: str) -> str:
    discard_draft(kind=key, channel=channel, language=language)
    return "The draft is gone."


def _use_shipped(request: HttpRequest, key: str, channel: str, language: str) -> str:
    use_shipped(kind=key, channel=channel, language=language)
    return "The words that ship go out again; yours are in the history."


def _restore(request: HttpRequest, key: str, channel: str, language: str) -> str:
    try:
        version = UUID(request.POST.get("version", ""))
    except ValueError:
        raise Invalid("This names no version.") from None
    draft_from(version_id=version, by=_person(request))
    return "That version is the draft now. Publish it to send it."


def _test(request: HttpRequest, key: str, channel: str, language: str) -> str:
    draft = _saved(request, key, channel, language)
    send_test(version_id=draft.pk, to=_person(request), record=request.POST.get("record", ""))
    return f"Saved as a draft, and on its way to {request.user}."


def _person(request: HttpRequest) -> UUID:
    return request.user.pk  # type: ignore[return-value]  # staff are logged in


DEEDS = {
    "save": Deed(EDIT, _save),
    "publish": Deed(PUBLISH, _publish),
    "discard": Deed(EDIT, _discard),
    "shipped": Deed(PUBLISH, _use_shipped),
    "restore": Deed(EDIT, _restore),
    "test": Deed(EDIT, _test),
}
