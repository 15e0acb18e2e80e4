"""All messages and their languages: what ships, what staff wrote, what is missing."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from core.ids import earliest_id
from notifications.enums import Channel, TemplateChannel, VersionState
from notifications.kinds import KINDS, Kind
from notifications.kinds.own import PREFIX, own_kind
from notifications.models import Notification, Template, TemplateVersion
from notifications.rendering.formats import fallbacks
from notifications.rendering.wording import languages_of

LOOKED_BACK = timedelta(days=30)
HOUSE = [code for code, _ in settings.LANGUAGES]
Key = tuple[str, str, str]  # kind, channel, language


@dataclass(frozen=True, slots=True)
class Cell:
    """One message on one channel in one language. `label` is unfold's colour."""

    language: str
    text: str
    label: str
    is_draft: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One message on one channel; `used` is how often in 30 days."""

    kind: Kind
    channel: str
    channel_name: str
    cells: list[Cell]
    used: int
    missing: int


def channels_of(kind: Kind) -> list[TemplateChannel]:
    """The channels a kind has words for."""
    words = [TemplateChannel.EMAIL] if Channel.EMAIL in kind.channels else []
    if kind.channels & {Channel.PUSH, Channel.IN_APP}:
        words.append(TemplateChannel.PUSH)
    return words


def lines() -> list[Line]:
    """Every message, by the order in which kinds are declared, then staff's own templates, newest
    first. Three queries."""
    states = _states()
    used = _used()
    languages = [*HOUSE, *sorted({language for _, _, language in states} - set(HOUSE))]
    found = []
    for kind in [*KINDS.values(), *_own()]:
        shipped = set(languages_of(kind.key))
        for channel in channels_of(kind):
            cells = list(_cells(kind.key, channel, languages, shipped, states))
            missing = sum(cell.label == "danger" for cell in cells)
            count = used.get(kind.key, 0)
            found.append(Line(kind, channel.value, channel.label, cells, count, missing))
    return found


def _cells(
    kind: str, channel: str, languages: list[str], shipped: set[str], states: dict[Key, set[str]]
) -> Iterator[Cell]:
    own = {
        language
        for (key, way, language), there in states.items()
        if (key, way) == (kind, channel) and VersionState.PUBLISHED in there
    }
    for language in languages:
        there = states.get((kind, channel, language), set())
        draft = VersionState.DRAFT in there
        if language in own:
            yield Cell(language, "Own words", "success", draft)
        elif language in shipped:
            yield Cell(language, "As shipped", "default", draft)
        else:
            there_is = [*fallbacks(language), *sorted(own)]  # the order of rendering/wording.py
            instead = next((one for one in there_is if one in own | shipped), "")
            label = "danger" if language in HOUSE and shipped else "warning"
            yield Cell(language, f"In {instead}" if instead else "Not yet", label, draft)


def _own() -> Iterator[Kind]:
    rows = Template.objects.filter(key__startswith=PREFIX).order_by("-id")
    for key in rows.values_list("key", flat=True):
        if kind := own_kind(key):
            yield kind


def _states() -> dict[Key, set[str]]:
    found: dict[Key, set[str]] = defaultdict(set)
    rows = TemplateVersion.objects.exclude(state=VersionState.REPLACED)
    for key, channel, language, state in rows.values_list(
        "template__key", "template__channel", "language", "state"
    ):
        found[key, channel, language].add(state)
    return found


def _used() -> dict[str, int]:
    since = earliest_id(timezone.now() - LOOKED_BACK)
    recent = Notification.objects.filter(pk__gte=since).values_list("kind")
    return dict(recent.annotate(times=Count("pk")))
