"""What an API key looks like: `tw_live_<public id>_<secret><checksum>`.

The prefix lets secret scanners find leaked keys, the checksum lets a mistyped one be refused
without asking the database.
"""

import hmac
import re
import secrets
import zlib
from dataclasses import dataclass, field
from hashlib import sha256

from accounts.base62 import DIGITS, encode
from accounts.keys import API_KEYS, derived_keys

PREFIX = "tw_live_"
PUBLIC_LENGTH = 8
SECRET_BYTES = 32
SECRET_LENGTH = 43  # 256 bits in base 62
CHECKSUM_LENGTH = 6  # CRC-32 in base 62

SHAPE = re.compile(
    rf"{PREFIX}(?P<public>[0-9A-Za-z]{{{PUBLIC_LENGTH}}})_"
    rf"(?P<secret>[0-9A-Za-z]{{{SECRET_LENGTH}}})(?P<checksum>[0-9A-Za-z]{{{CHECKSUM_LENGTH}}})"
)


@dataclass(frozen=True, slots=True)
class WrittenKey:
    """A key taken apart. `secret` stays out of logs and reprs."""

    public_id: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        """The whole key, as it is shown once."""
        body = f"{PREFIX}{self.public_id}_{self.secret}"
        return body + _checksum(body)


def new_key(public_id: str = "") -> WrittenKey:
    """A new random key; with `public_id` a new secret for an existing key."""
    public_id = public_id or "".join(secrets.choice(DIGITS) for _ in range(PUBLIC_LENGTH))
    number = int.from_bytes(secrets.token_bytes(SECRET_BYTES))
    return WrittenKey(public_id, encode(number, width=SECRET_LENGTH))


def parse(text: str) -> WrittenKey | None:
    """The parts of a well-formed key; None for anything else, also for a typing mistake."""
    match = SHAPE.fullmatch(text)
    if match is None:
        return None
    body, checksum = text[:-CHECKSUM_LENGTH], match["checksum"]
    if not hmac.compare_digest(_checksum(body), checksum):
        return None
    return WrittenKey(match["public"], match["secret"])


def digest_of(secret: str) -> bytes:
    """What is stored: HMAC-SHA256 under the pepper, useless without the running house."""
    return _digest(derived_keys(API_KEYS)[0], secret)


def is_digest_of(stored: bytes, secret: str) -> bool:
    """Compare in constant time, under the current pepper and those being exchanged."""
    matches = False
    for pepper in derived_keys(API_KEYS):  # to the end, whichever of them matches
        matches |= hmac.compare_digest(stored, _digest(pepper, secret))
    return matches


def _digest(pepper: bytes, secret: str) -> bytes:
    return hmac.new(pepper, secret.encode(), sha256).digest()


def _checksum(body: str) -> str:
    return encode(zlib.crc32(body.encode()), width=CHECKSUM_LENGTH)
