"""A provider's webhook in our words: which delivery it is about and what became of it."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from core.events import Event
from notifications.channels.email.bounces import is_hard
from notifications.channels.email.trackers import events_in
from notifications.enums import DeliveryNews, SuppressionReason

K = DeliveryNews
KINDS = {
    EventType.QUEUED: K.SENT,
    EventType.SENT: K.SENT,
    EventType.REJECTED: K.FAILED,
    EventType.FAILED: K.FAILED,
    EventType.DEFERRED: K.DEFERRED,
    EventType.DELIVERED: K.DELIVERED,
    EventType.OPENED: K.OPENED,
    EventType.CLICKED: K.CLICKED,
    EventType.COMPLAINED: K.COMPLAINED,
    EventType.UNSUBSCRIBED: K.UNSUBSCRIBED,
}
UNKNOWN_TO_ANYMAIL = {"email.failed": K.FAILED, "email.suppressed": K.FAILED}  # Resend's
STOPPED_BEFORE = {  # the provider did not even try: why not is what we should know, too
    RejectReason.BOUNCED: SuppressionReason.HARD_BOUNCE,
    RejectReason.INVALID: SuppressionReason.HARD_BOUNCE,
    RejectReason.SPAM: SuppressionReason.COMPLAINT,
    RejectReason.UNSUBSCRIBED: SuppressionReason.UNSUBSCRIBED,
}
ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
LONGEST = 300  # characters of what a provider says


@dataclass(frozen=True, slots=True)
class MailNews:
    """`delivery_id` is ours, sent back by the provider; `message_id` is the provider's."""

    provider: str
    kind: DeliveryNews
    at: datetime
    key: str
    delivery_id: UUID | None
    message_id: str
    recipient: str
    detail: str
    stopped_before: SuppressionReason | None = None


def news_in(arrival: Event) -> list[MailNews]:
    """Everything that one stored webhook tells. Raises whatever a body makes anymail raise."""
    provider = arrival.headers.get("provider", "")
    found = events_in(provider, wsgi_headers(arrival), arrival.body or b"")
    return [_news(one, provider, arrival) for one in found]


def wsgi_headers(arrival: Event) -> dict[str, str]:
    """The headers that were kept of a webhook, under their WSGI names."""
    return {
        "CONTENT_TYPE" if name == "content-type" else f"HTTP_{name.upper().replace('-', '_')}": said
        for name, said in arrival.headers.items()
    }


def without_addresses(text: str) -> str:
    """A provider's words without the people in them."""
    return ADDRESS.sub("(address)", " ".join(text.split()))[:LONGEST]


def _news(told: AnymailTrackingEvent, provider: str, arrival: Event) -> MailNews:
    kind = _kind(told)
    refused = kind is K.FAILED and told.event_type == EventType.REJECTED
    return MailNews(
        provider=provider,
        kind=kind,
        at=told.timestamp or arrival.occurred_at,
        key=_key(told),
        delivery_id=_ours(told.metadata),
        message_id=str(told.message_id or ""),
        recipient=str(told.recipient or ""),
        detail=_detail(told),
        stopped_before=STOPPED_BEFORE.get(told.reject_reason) if refused else None,
    )


def _kind(told: AnymailTrackingEvent) -> DeliveryNews:
    if told.event_type == EventType.BOUNCED:
        hard = is_hard(
            reject_reason=str(told.reject_reason or ""),
            answer=f"{told.mta_response or ''} {told.description or ''}",
            event=told.esp_event,
        )
        return K.HARD_BOUNCE if hard else K.SOFT_BOUNCE
    named = told.esp_event.get("type") if isinstance(told.esp_event, dict) else None
    return KINDS.get(told.event_type) or UNKNOWN_TO_ANYMAIL.get(str(named), K.OTHER)


def _detail(told: AnymailTrackingEvent) -> str:
    if told.click_url:  # no paths: a link's may be a key
        return f"to {urlsplit(told.click_url).hostname or 'a link'}"
    said: list[Any] = [told.description, told.mta_response]
    return without_addresses(" ".join(str(one) for one in said if one))


def _ours(metadata: Any) -> UUID | None:
    try:
        return UUID(str((metadata or {}).get("delivery", "")))
    except (ValueError, AttributeError):
        return None


def _key(told: AnymailTrackingEvent) -> str:
    """The provider's id of the event; where it has none, what tells it from others."""
    if told.event_id:
        return str(told.event_id)[:LONGEST]
    parts = (told.event_type, told.timestamp, told.message_id, told.recipient, told.click_url)
    return hashlib.sha256(repr(parts).encode()).hexdigest()
