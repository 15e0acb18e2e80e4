"""Keys of this floor, each derived from SECRET_KEY for one purpose (HKDF, RFC 5869).

No purpose can be used for another, and SECRET_KEY itself signs nothing here. While SECRET_KEY is
exchanged, the former one stands in SECRET_KEY_FALLBACKS and still verifies.
"""

import hashlib
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

ACCESS_TOKENS = "access-token.v1"
REFRESH_TOKENS = "refresh-successor.v1"
API_KEYS = "api-key-pepper.v1"


def derived_keys(purpose: str) -> list[bytes]:
    """The 32-byte keys of `purpose`, the one to sign with first."""
    return [
        _derive(str(secret), purpose)
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]


def key_id(key: bytes) -> str:
    """A name for a key that says nothing about it (`kid` of RFC 7515)."""
    return hashlib.sha256(b"kid:" + key).hexdigest()[:12]


@lru_cache(maxsize=32)
def _derive(secret: str, purpose: str) -> bytes:
    info = f"tradewind.{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())
