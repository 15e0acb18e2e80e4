"""API keys: make, rotate, revoke, find. The key itself leaves this file once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.key_format import digest_of, is_digest_of, new_key, parse
from accounts.lookups import api_key_by_public_id, forget_user, looking_up
from accounts.models import ApiKey, User
from accounts.scopes import SCOPES, scopes_of
from core.audit import record_audit
from core.errors import Conflict, Invalid

OVERLAP = timedelta(hours=24)  # how long the former secret still counts after a rotation
LONGEST_OVERLAP = timedelta(days=7)
MOST_LIVE_KEYS = 50
TOUCH_EVERY = timedelta(minutes=1)
NOBODYS_DIGEST = bytes(32)


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key and its text, which is shown once and stored nowhere."""

    row: ApiKey
    text: str = field(repr=False)


@transaction.atomic
def create_api_key(
    *,
    owner: User,
    name: str,
    scopes: list[str],
    allowed: frozenset[str] | None = None,
    expires_at: datetime | None = None,
) -> MadeKey:
    """A key that acts for `owner`.

    `allowed` are the scopes of whoever asks (an API key cannot make a wider one); without it the
    owner's role counts. Raises Invalid for unknown scopes, scopes beyond `allowed`, an end in the
    past; Conflict for the fifty-first live key.
    """
    owners = scopes_of(owner.role)
    _refuse_scopes(scopes, owners if allowed is None else owners & allowed)
    if expires_at is not None and expires_at <= timezone.now():
        raise Invalid("The end is in the past.", details={"expires_at": ["Give a later time."]})
    live = ApiKey.objects.filter(owner=owner, revoked_at=None)
    if live.filter(_not_expired()).count() >= MOST_LIVE_KEYS:
        raise Conflict(f"There are {MOST_LIVE_KEYS} live keys already. Revoke one first.")
    key = new_key()
    row = ApiKey.objects.create(
        owner=owner,
        name=name.strip(),
        public_id=key.public_id,
        digest=digest_of(key.secret),
        last4=key.text[-4:],
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    _record("create", row, {"scopes": row.scopes, "name": row.name})
    return MadeKey(row, key.text)


@transaction.atomic
def rotate_api_key(*, key: ApiKey, overlap: timedelta = OVERLAP) -> MadeKey:
    """A new secret for a key; the former one counts until `overlap` has passed (0: at once).

    Raises Conflict for a key that is revoked or expired, Invalid for an overlap beyond a week.
    """
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise Invalid("Choose 0 to 7 days.", details={"overlap_hours": ["0 to 168."]})
    row = ApiKey.objects.select_for_update().get(pk=key.pk)
    if not row.is_live:
        raise Conflict("This key is revoked or expired. Make a new one.")
    made = new_key(row.public_id)
    row.former_digest = row.digest if overlap else None
    row.former_until = timezone.now() + overlap if overlap else None
    row.digest, row.last4 = digest_of(made.secret), made.text[-4:]
    row.save(update_fields=["digest", "last4", "former_digest", "former_until", "updated_at"])
    _record("rotate", row, {"overlap_seconds": int(overlap.total_seconds())})
    return MadeKey(row, made.text)


@transaction.atomic
def revoke_api_key(*, key: ApiKey) -> bool:
    """Shut a key; it is refused within five seconds everywhere. False if it was shut already."""
    revoked = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(
        revoked_at=timezone.now(), former_digest=None, former_until=None
    )
    if revoked:
        _record("revoke", key, {})
    return bool(revoked)


def find_api_key(text: str) -> ApiKey | None:
    """The live key that `text` is, with its owner; None for everything else.

    A typing mistake costs no query, an unknown key the same comparison as a known one.
    """
    written = parse(text)
    if written is None:
        return None
    row = api_key_by_public_id(written.public_id)
    matches = is_digest_of(bytes(row.digest) if row else NOBODYS_DIGEST, written.secret)
    if row is not None and not matches and row.former_digest and row.former_until:
        in_overlap = row.former_until > timezone.now()
        matches = is_digest_of(bytes(row.former_digest), written.secret) and in_overlap
    if row is None or not matches or not row.is_live or not row.owner.is_active:
        return None
    _touch(row)
    return row


def scopes_of_key(key: ApiKey) -> frozenset[str]:
    """What the key was given, as far as its owner still has it and the word still exists."""
    return frozenset(key.scopes) & scopes_of(key.owner.role)


def _touch(row: ApiKey) -> None:
    """Note the use, at most once a minute; of simultaneous requests one writes, none waits."""
    now = timezone.now()
    if row.last_used_at is not None and now - row.last_used_at < TOUCH_EVERY:
        return
    row.last_used_at = now  # the remembered row: this process does not try again for a minute
    with looking_up():
        due = Q(last_used_at=None) | Q(last_used_at__lt=now - TOUCH_EVERY)
        free = ApiKey.objects.filter(due, pk=row.pk).select_for_update(skip_locked=True)
        if free.values_list("pk").first():
            ApiKey.objects.filter(pk=row.pk).update(last_used_at=now)


def _refuse_scopes(scopes: list[str], allowed: frozenset[str]) -> None:
    wanted = set(scopes)
    if not wanted:
        raise Invalid("A key needs scopes.", details={"scopes": ["Give at least one."]})
    unknown = sorted(wanted - set(SCOPES))
    if unknown:
        raise Invalid(
            "There are no such scopes.", details={"scopes": [f"Not known: {', '.join(unknown)}."]}
        )
    beyond = sorted(wanted - allowed)
    if beyond:
        raise Invalid(
            "A key cannot do more than you.",
            details={"scopes": [f"Beyond your own: {', '.join(beyond)}."]},
        )


def _not_expired() -> Q:
    return Q(expires_at=None) | Q(expires_at__gt=timezone.now())


def _record(deed: str, row: ApiKey, details: dict[str, object]) -> None:
    record_audit(action=f"apikey.{deed}", resource=f"apikey:{row.pk}", details=details)
    owner_id = row.owner_id
    transaction.on_commit(lambda: forget_user(owner_id))
