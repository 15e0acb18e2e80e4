"""What readers were told they had achieved."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from core.ids import earliest_id
from notifications.models import Notification
from notifications.rendering.formats import number_in
from notifications.weekly.sections import Lines, Period, Reader, Row, report_section
from notifications.weekly.words import in_language

TITLE_OF = {"achievement": "title", "workshop_completed": "workshop"}
NAMES = {
    "achievement": {"en": "Achievements", "fr": "Réussites", "ar": "إنجازات"},
    "workshop_completed": {"en": "Workshops completed", "fr": "Ateliers terminés",
                           "ar": "ورش أُنجزت"},
}  # fmt: skip
MOST_NAMED = 3


@report_section
def achieved(readers: Sequence[Reader], period: Period) -> Lines:
    """How many, and which."""
    told = Notification.objects.filter(
        user_id__in=[reader.user_id for reader in readers],
        kind__in=TITLE_OF,
        pk__gte=earliest_id(period.begins),
        pk__lt=earliest_id(period.ends),
    ).order_by("pk")
    titles: dict[tuple[UUID | None, str], list[str]] = defaultdict(list)
    for user_id, kind, context in told.values_list("user_id", "kind", "context"):
        titles[user_id, kind].append(str(context.get(TITLE_OF[kind], "")))
    found: dict[UUID, list[Row]] = defaultdict(list)
    for reader in readers:
        for kind in TITLE_OF:
            if of_kind := titles.get((reader.user_id, kind)):
                name = in_language(NAMES[kind], reader.language)
                value = number_in(reader.language)(len(of_kind))
                found[reader.user_id].append(Row(name, value, ", ".join(of_kind[:MOST_NAMED])))
    return found
