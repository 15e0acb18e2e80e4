"""The keys, newest first: the first encrypts, all of them decrypt (Fernet: AES-CBC and HMAC)."""

import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

ID_LENGTH = 8  # hex digits; enough to tell a handful of keys apart, says nothing about them


class DecryptionFailed(Exception):
    """No key in FIELD_ENCRYPTION_KEYS opens this; one that is still needed was taken away."""


def encrypt(data: bytes) -> bytes:
    """Seal bytes with the newest key. The same bytes never look the same twice."""
    return _multi().encrypt(data)


def decrypt(token: bytes) -> bytes:
    """Open what any of the keys sealed. Raises DecryptionFailed otherwise."""
    try:
        return _multi().decrypt(token)
    except InvalidToken:
        raise DecryptionFailed("No key in FIELD_ENCRYPTION_KEYS opens this value.") from None


def key_ids() -> list[str]:
    """Short names of the keys, newest first: safe to print and to log."""
    return [key_id for key_id, _ in _ring()]


def sealed_by(token: bytes) -> str | None:
    """The name of the key that sealed `token`; None when it is none of ours."""
    for key_id, fernet in _ring():
        try:
            fernet.decrypt(token)
        except InvalidToken:
            continue
        return key_id
    return None


def _ring() -> tuple[tuple[str, Fernet], ...]:
    return _ring_of(tuple(settings.FIELD_ENCRYPTION_KEYS))


def _multi() -> MultiFernet:
    return _multi_of(tuple(settings.FIELD_ENCRYPTION_KEYS))


@lru_cache(maxsize=4)
def _ring_of(keys: tuple[str, ...]) -> tuple[tuple[str, Fernet], ...]:
    ring = []
    for position, key in enumerate(keys, start=1):
        try:
            fernet = Fernet(key)
        except ValueError:
            raise ImproperlyConfigured(
                f"Key {position} in FIELD_ENCRYPTION_KEYS is not 32 bytes in URL-safe base64."
            ) from None
        ring.append((hashlib.sha256(key.encode()).hexdigest()[:ID_LENGTH], fernet))
    return tuple(ring)


@lru_cache(maxsize=4)
def _multi_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([fernet for _, fernet in _ring_of(keys)])
