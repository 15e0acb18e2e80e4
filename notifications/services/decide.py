"""Whether a message goes now, waits, or is not sent: the one place where that is decided.

Asked when a notification is written (notify.py) and again when a worker is about to send it. The
decision itself reads nothing: services/people.py brings what it needs, for any number of people
with the same number of queries.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from notifications.choices.quiet import Quiet, zone_named
from notifications.enums import Category, Channel, Subject
from notifications.kinds.manners import ASKED_FIRST, Throttle, manner_of


class Action(StrEnum):
    SEND = "send"
    DEFER = "defer"
    SUPPRESS = "suppress"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do, and why in words that support can read out. `until`: the end of a deferral."""

    action: Action
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """The last thing somebody said about a subject on a channel."""

    wanted: bool
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Everything about one recipient that a decision can depend on."""

    user_id: UUID | None = None
    words: Mapping[tuple[str, str], Word] = field(default_factory=dict)  # (subject, channel)
    suppressed: str = ""  # why their address may not be written to
    quiet: Quiet | None = None
    told: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (kind, channel) of late


SEND = Verdict(Action.SEND)


def decide(
    kind: str, importance: str, channel: str, person: Person, *, at: datetime, again: bool = False
) -> Verdict:
    """Whether one message goes to one person by one channel. `again`: it was written before, so
    that the throttle has counted it already."""
    manner = manner_of(kind)
    if channel == Channel.EMAIL and person.suppressed:
        return _no(person.suppressed)
    if importance == Category.ESSENTIAL:
        return SEND
    if manner.chosen:
        refused = _refusal(manner.subject, channel, person)
        if refused:
            return _no(refused)
    if manner.throttle and not again and _too_many(kind, channel, manner.throttle, person):
        return _no(f"They were told {manner.throttle.most} of this kind lately; more is too much.")
    if channel != Channel.IN_APP and person.quiet is not None and person.user_id is not None:
        until = person.quiet.until(at)
        if until is not None:
            return Verdict(Action.DEFER, _waiting(person.quiet, until), until)
    return SEND


def wants(subject: str, channel: str, words: Mapping[tuple[str, str], Word]) -> bool:
    """What was said last, or what holds while nobody said anything."""
    word = words.get((subject, channel))
    return subject not in ASKED_FIRST if word is None else word.wanted


def _refusal(subject: Subject, channel: str, person: Person) -> str:
    """Why they do not want to hear of it, "" when they do."""
    if wants(subject, channel, person.words):
        return ""
    about = f"{Channel(channel).label} about {subject.label.lower()!r}"
    word = person.words.get((subject, channel))
    if word is None:
        return f"{about} needs their yes, which they never gave."
    return f"They switched off {about} on {word.said_at:%Y-%m-%d}."


def _too_many(kind: str, channel: str, throttle: Throttle, person: Person) -> bool:
    return person.told.get((kind, channel), 0) >= throttle.most


def _waiting(quiet: Quiet, until: datetime) -> str:
    local = until.astimezone(zone_named(quiet.zone))
    return f"Their quiet hours last until {local:%Y-%m-%d %H:%M} ({quiet.zone})."


def _no(reason: str) -> Verdict:
    return Verdict(Action.SUPPRESS, reason)
