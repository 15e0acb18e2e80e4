"""What people want to hear: said, read, and written into the record of consents."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from core.audit import record_audit
from core.errors import Invalid, NotFound
from core.identity import acting_as_system, current_identity
from notifications.addresses import address_keys
from notifications.choices.tokens import Whose
from notifications.enums import Channel, Source, Subject
from notifications.kinds import KINDS
from notifications.kinds.manners import ESSENTIAL, MANNERS, SWITCHABLE, told_about
from notifications.models import ChoiceRecord, Notification, Preference
from notifications.services.decide import Word, wants
from notifications.services.people import latest

About = tuple[str, str]  # subject and channel


@dataclass(frozen=True, slots=True)
class Choice:
    """What holds for one subject: per channel, as far as the subject uses it."""

    subject: Subject
    wanted: Mapping[str, bool]
    locked: bool = False  # essential only: nobody can switch it off


def _channels(subject: Subject) -> list[Channel]:
    found: set[Channel] = set()
    for key, manner in MANNERS.items():
        if manner.subject is subject and manner.importance != ESSENTIAL:
            found |= KINDS[key].channels if key in KINDS else {Channel.EMAIL}
    return [channel for channel in Channel if channel in found]


CHANNELS: dict[Subject, list[Channel]] = {subject: _channels(subject) for subject in SWITCHABLE}
"""On which channels each subject can be switched off."""


FEW = frozenset({Subject.VENDOR, Subject.SHOP})
"""Subjects that most people never hear of: shown to those who have, or have said something."""


@transaction.atomic
def choices_of(whose: Whose, *, also: Collection[str] = ()) -> list[Choice]:
    """All subjects in their order; by a link without a user only mail can be chosen.

    `also`: subjects of FEW that are shown in any case.
    """
    with acting_as_system("choices"):
        words = _words(whose)
        heard = {*also, *(subject for subject, _ in words)}
        hidden = {one for one in FEW if one not in heard and not _was_told(whose, one)}
    found = []
    for subject in Subject:
        if subject in hidden:
            continue
        channels = CHANNELS.get(subject, [])
        if whose.user_id is None:
            channels = [channel for channel in channels if channel is Channel.EMAIL]
        wanted = {channel.value: wants(subject, channel, words) for channel in channels}
        if wanted or subject not in SWITCHABLE:
            found.append(Choice(subject, wanted, locked=subject not in SWITCHABLE))
    return found


@transaction.atomic
def say(*, whose: Whose, choices: Mapping[About, bool], source: Source) -> int:
    """Write down what somebody wants; returns how many choices are new.

    Saying the same again changes nothing and leaves no record. By a link, mail is chosen for the
    address, so that it holds for orders without a login too. Raises Invalid naming the field.
    """
    _refuse_unknown(choices, whose)
    with acting_as_system("choices"):
        words = _words(whose)
        new = {
            about: wanted
            for about, wanted in choices.items()
            if about not in words or words[about].wanted != wanted
        }
        for about, wanted in new.items():
            _write(whose, about, wanted, by_link=source in {Source.LINK, Source.ONE_CLICK})
        _record(whose, new, source)
    if new and source == Source.STAFF:
        details = {f"{subject}.{channel}": wanted for (subject, channel), wanted in new.items()}
        record_audit(action="choices.set", resource=f"user:{whose.user_id}", details=details)
    return len(new)


@transaction.atomic
def of_link(whose: Whose) -> Whose:
    """The person behind a link: its user only while the link's address is still theirs.

    Then the address is known, and with it all its keys; of another link only its own key is.
    """
    if whose.user_id is None:
        return whose
    with acting_as_system("choices"):
        email = User.objects.filter(pk=whose.user_id).values_list("email", flat=True).first()
    if email is None or whose.address_key not in address_keys(email):
        return Whose(address_key=whose.address_key)
    return _both(whose.user_id, email)


def of_user(user_id: UUID) -> Whose:
    """A user, with the address they have. Raises NotFound."""
    with acting_as_system("choices"), transaction.atomic():
        email = User.objects.filter(pk=user_id).values_list("email", flat=True).first()
    if email is None:
        raise NotFound("There is no such user.")
    return _both(user_id, email)


def of_address(email: str) -> Whose | None:
    """Somebody without a login, by their address; None without one."""
    return _both(None, email) if email.strip() else None


def _both(user_id: UUID | None, email: str) -> Whose:
    newest, *former = address_keys(email)
    return Whose(user_id, newest, tuple(former))


def _words(whose: Whose) -> dict[About, Word]:
    """What user and address said, whichever was later."""
    rows = Preference.objects.filter(
        Q(user_id=whose.user_id, user_id__isnull=False) | Q(address_key__in=whose.keys)
    )
    return latest(*({(row.subject, row.channel): Word(row.wanted, row.said_at)} for row in rows))


def _was_told(whose: Whose, subject: Subject) -> bool:
    """Whether a user was ever told about it. Of addresses alone that cannot be known."""
    if whose.user_id is None:
        return False
    told = Notification.objects.filter(told_about(subject), user_id=whose.user_id)
    return told.exists()


def _refuse_unknown(choices: Mapping[About, bool], whose: Whose) -> None:
    wrong: dict[str, list[str]] = {}
    for subject, channel in choices:
        if subject not in SWITCHABLE:
            known = ", ".join(one.value for one in SWITCHABLE)
            wrong["subject"] = [f"{subject!r} cannot be switched off; these can: {known}."]
        elif channel not in CHANNELS[Subject(subject)]:
            used = ", ".join(one.value for one in CHANNELS[Subject(subject)])
            wrong["channel"] = [f"News about {subject} come by {used}."]
        elif whose.user_id is None and channel != Channel.EMAIL:
            wrong["channel"] = ["Without a login, only mail can be chosen."]
    if wrong:
        raise Invalid("This cannot be chosen.", details=wrong)


def _write(whose: Whose, about: About, wanted: bool, *, by_link: bool) -> None:
    """One row per person, subject and channel; the last word replaces the former."""
    subject, channel = about
    of_address = whose.user_id is None or (by_link and channel == Channel.EMAIL)
    row = Preference(subject=subject, channel=channel, wanted=wanted, said_at=timezone.now())
    if of_address:
        row.address_key = whose.address_key
    else:
        row.user_id = whose.user_id
    Preference.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["address_key" if of_address else "user", "subject", "channel"],
        update_fields=["wanted", "said_at", "updated_at"],
    )


def _record(whose: Whose, said: Mapping[About, bool], source: Source) -> None:
    """The proof of a consent given or taken back."""
    ChoiceRecord.objects.bulk_create(
        ChoiceRecord(
            user_id=whose.user_id,
            address_key=whose.address_key,
            subject=subject,
            channel=channel,
            wanted=wanted,
            source=source,
            actor_id=current_identity().user_id,
        )
        for (subject, channel), wanted in said.items()
    )
