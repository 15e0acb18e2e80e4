"""What decides about recipients, read for all of them at once: five queries, however many."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from accounts.emails import normalise_email
from accounts.models import User
from core.ids import earliest_id
from notifications.addresses import address_keys
from notifications.choices.quiet import Quiet
from notifications.enums import Category, DeliveryState
from notifications.kinds.manners import Throttle, manner_of
from notifications.models import Delivery, Preference, QuietHours
from notifications.services.decide import Person, Word
from notifications.services.suppression import suppressions_of

NOT_TOLD = (DeliveryState.SUPPRESSED, DeliveryState.FAILED, DeliveryState.DEAD)


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a message is for: a user, an address, or both."""

    user_id: UUID | None
    email: str


def people(targets: Sequence[Target], *, kind: str, importance: str, at: datetime) -> list[Person]:
    """One Person per target, in their order. Runs under an identity that sees all rows.

    An address whose user proved it is theirs counts as that user, also when the message names
    no user. Essential messages ask nobody but the list of dead addresses.
    """
    blocked = _suppressed(targets, importance)
    if importance == Category.ESSENTIAL:
        return [Person(one.user_id, suppressed=blocked.get(one.email, "")) for one in targets]
    users = _users(targets)
    owners = {user["email"]: user["id"] for user in users.values() if user["email_confirmed_at"]}
    who = [one.user_id or owners.get(normalise_email(one.email)) for one in targets]
    keys = [address_keys(one.email) for one in targets]
    words_of_user, words_of_key = _words(who, chain.from_iterable(keys))
    quiet = _quiet_hours(who, users)
    told = _told(targets, kind, at)
    return [
        Person(
            user_id=user_id,
            words=latest(words_of_user.get(user_id), *map(words_of_key.get, own_keys)),
            suppressed=blocked.get(one.email, ""),
            quiet=quiet.get(user_id),
            told=told.get(one.user_id or one.email, {}),
        )
        for one, user_id, own_keys in zip(targets, who, keys, strict=True)
    ]


def _users(targets: Sequence[Target]) -> dict[UUID, dict[str, Any]]:
    ids = {one.user_id for one in targets if one.user_id}
    emails = {normalise_email(one.email) for one in targets if one.email and not one.user_id}
    asked = Q(pk__in=ids) | Q(email__in=emails, email_confirmed_at__isnull=False)
    columns = ("id", "email", "email_confirmed_at", "time_zone")
    return {row["id"]: row for row in User.objects.filter(asked).values(*columns)}


Words = dict[tuple[str, str], Word]


def _words(
    users: Iterable[UUID | None], keys: Iterable[str]
) -> tuple[dict[UUID | None, Words], dict[str, Words]]:
    """What users and addresses said."""
    by_user: dict[UUID | None, Words] = defaultdict(dict)
    by_key: dict[str, Words] = defaultdict(dict)
    said = Preference.objects.filter(
        Q(user_id__in={one for one in users if one}) | Q(address_key__in=set(keys))
    )
    for row in said:
        word = Word(row.wanted, row.said_at)
        if row.address_key:
            by_key[row.address_key][(row.subject, row.channel)] = word
        else:
            by_user[row.user_id][(row.subject, row.channel)] = word
    return by_user, by_key


def latest(*said: Words | None) -> Words:
    """Of several words about the same, the last."""
    merged: Words = {}
    for words in said:
        for about, word in (words or {}).items():
            known = merged.get(about)
            if known is None or known.said_at < word.said_at:
                merged[about] = word
    return merged


def _quiet_hours(
    who: Iterable[UUID | None], users: dict[UUID, dict[str, Any]]
) -> dict[UUID | None, Quiet]:
    rows = QuietHours.objects.filter(user_id__in={one for one in who if one})
    return {
        row.user_id: Quiet(row.starts, row.ends, users[row.user_id]["time_zone"])
        for row in rows
        if row.user_id in users
    }


def _told(
    targets: Sequence[Target], kind: str, at: datetime
) -> dict[Any, dict[tuple[str, str], int]]:
    """How often each was told of a throttled kind lately. Bounded by the kind's own time."""
    throttle: Throttle | None = manner_of(kind).throttle
    if throttle is None:
        return {}
    since = earliest_id(at - throttle.within)
    users = {one.user_id for one in targets if one.user_id}
    emails = {one.email for one in targets if one.email and not one.user_id}
    rows = (
        Delivery.objects.filter(
            Q(notification__user_id__in=users) | Q(notification__email__in=emails),
            notification__kind=kind,
            notification_id__gte=since,
        )
        .exclude(state__in=NOT_TOLD)
        .values("notification__user_id", "notification__email", "channel")
        .annotate(times=Count("notification_id", distinct=True))
    )
    found: dict[Any, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        whose = row["notification__user_id"] or row["notification__email"]
        found[whose][(kind, row["channel"])] += row["times"]
    return found


def _suppressed(targets: Sequence[Target], importance: str) -> dict[str, str]:
    """Addresses that may not be written to, and why."""
    return suppressions_of({one.email for one in targets if one.email}, importance)
