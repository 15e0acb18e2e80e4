"""What the doors of this floor answer."""

from typing import Any

from core.api import Rows, made
from notifications.enums import Subject
from notifications.kinds import title_of
from notifications.kinds.manners import manner_of
from notifications.models import Device, Notification, Topic, TopicSubscription
from notifications.rendering.environment import TemplateRefused
from notifications.rendering.render import in_app_words
from notifications.rendering.wording import NoWording

DEVICES = Rows(
    model=Device,
    columns={
        "id": "id",
        "platform": "platform",
        "kind": "token_kind",
        "token_end": made(
            lambda token: token[-6:],
            "token",
            schema={"type": "string", "description": "The last six characters"},
        ),
        "app_version": "app_version",
        "locale": "locale",
        "time_zone": "time_zone",
        "active": "active",
        "last_seen_at": "last_seen_at",
        "created_at": "created_at",
    },
)


def _words(kind: str, language: str, context: dict[str, Any], own: Any) -> tuple[str, str]:
    """Title and body; a wording that cannot be filled must not take the list away."""
    try:
        return in_app_words(kind, language, context, own)
    except (TemplateRefused, NoWording, LookupError):
        return title_of(kind), ""


def _title(kind: str, language: str, context: dict[str, Any], own: Any) -> str:
    return _words(kind, language, context, own)[0]


def _body(kind: str, language: str, context: dict[str, Any], own: Any) -> str:
    return _words(kind, language, context, own)[1]


_SOURCES = ("kind", "language", "context", "own_words")
NOTIFICATIONS = Rows(
    model=Notification,
    columns={
        "id": "id",
        "kind": "kind",
        "subject": made(
            lambda kind: manner_of(kind).subject.value,
            "kind",
            schema={"type": "string", "enum": Subject.values},
        ),
        "title": made(_title, *_SOURCES, schema={"type": "string"}),
        "body": made(_body, *_SOURCES, schema={"type": "string"}),
        "url": made(
            lambda context: context.get("url", ""),
            "context",
            schema={"type": "string", "description": "Where it leads, or empty"},
        ),
        "read_at": "read_at",
        "created_at": "created_at",
    },
)
TOPICS = Rows(
    model=Topic,
    columns={
        "id": "id",
        "key": "key",
        "title": "title",
        "description": "description",
        "open_to_all": "open_to_all",
        "created_at": "created_at",
    },
)
SUBSCRIPTIONS = Rows(
    model=TopicSubscription,
    columns={
        "id": "id",
        "topic": "topic_id",
        "key": "topic__key",
        "device": "device_id",
        "wanted": "wanted",
        "actual": "actual",
        "error": "error",
        "created_at": "created_at",
    },
)
