"""What stands in the links of a mail: whose choices they open, and about what.

Signed, never out of date, and no address can be read from it: it holds the keyed hash. Changed by
one letter it opens nothing. Whoever holds it can read the mail of that address, which is all that
unsubscribing asks for (RFC 8058: no login, no cookie).
"""

import base64
import binascii
from dataclasses import dataclass
from uuid import UUID

from django.core.signing import BadSignature, Signer

from core.errors import NotFound
from notifications.addresses import address_key
from notifications.kinds.manners import SWITCHABLE

_signer = Signer(salt="notifications.choices", sep=".")
KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Whose:
    """A person whose choices are meant: a user, an address, or both.

    While SECRET_KEY is exchanged, what an address said stands under its former keys as well.
    """

    user_id: UUID | None = None
    address_key: str = ""
    former_keys: tuple[str, ...] = ()

    @property
    def keys(self) -> list[str]:
        """All keys under which the address may have said something; none without an address."""
        return [key for key in (self.address_key, *self.former_keys) if key]


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever came by a link, and the subjects its mail was about."""

    whose: Whose
    subjects: tuple[str, ...]


def token_for(email: str, user_id: UUID | None, subjects: tuple[str, ...] = ()) -> str:
    """The token for one address. `user_id`: the user the mail was for, if any."""
    who = bytes.fromhex(address_key(email)) + (user_id.bytes if user_id else b"")
    return _signer.sign(f"{_encoded(who)}~{'-'.join(subjects)}")


def holder_of(token: str) -> Holder:
    """Whoever comes with `token`. Raises NotFound for one that we did not make."""
    try:
        who, _, about = _signer.unsign(token).partition("~")
        raw = base64.urlsafe_b64decode(who + "=" * (-len(who) % 4))
    except (BadSignature, ValueError, binascii.Error):
        raise NotFound("This link is not good.") from None
    key, user = raw[:KEY_BYTES], raw[KEY_BYTES:]
    asked = about.split("-")
    return Holder(
        Whose(UUID(bytes=user) if user else None, key.hex()),
        tuple(subject.value for subject in SWITCHABLE if subject in asked),
    )


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
