"""OAuth as Google does it for service accounts: a signed assertion in, a bearer token out."""

from __future__ import annotations

import hashlib
import hmac
import time
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from rehearsal.fcm.credentials import EMAIL, private_key

LIFETIME = 3600  # seconds, as Google's
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
BROAD_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
GOOGLE_AUDIENCE = "https://oauth2.googleapis.com/token"
"""What google-auth writes into every assertion, whatever the account's own token_uri is."""

PREFIX = "ya29.rehearsal"


class InvalidGrant(Exception):
    """The assertion does not earn a token; the text says why."""


class TokenOffice:
    """Checks assertions and gives out tokens that outlive a restart (they are only signed)."""

    def __init__(self, data: Path, token_uri: str) -> None:
        self.data = data
        self.token_uri = token_uri

    def exchange(self, assertion: str) -> str:
        """A bearer token for an assertion signed with the key of our service account."""
        public = _public_key(private_key(self.data).encode())
        try:
            claims = jwt.decode(
                assertion, public, algorithms=["RS256"], issuer=EMAIL, leeway=300,
                audience=[self.token_uri, GOOGLE_AUDIENCE],
            )  # fmt: skip
        except jwt.InvalidTokenError as error:
            raise InvalidGrant(f"Invalid JWT: {error}") from error
        if not {SCOPE, BROAD_SCOPE} & set(str(claims.get("scope", "")).split()):
            raise InvalidGrant(f"The scope must hold {SCOPE}")
        expires = str(int(time.time()) + LIFETIME)
        return f"{PREFIX}.{expires}.{self._mark(expires)}"

    def accepts(self, token: str) -> bool:
        """Whether the token is ours and has not run out."""
        prefix, _, rest = token.rpartition(f"{PREFIX}.")
        expires, _, mark = rest.partition(".")
        if prefix or not expires.isdecimal() or int(expires) < time.time():
            return False
        return hmac.compare_digest(mark, self._mark(expires))

    def _mark(self, expires: str) -> str:
        secret = hashlib.sha256(private_key(self.data).encode()).digest()
        return hmac.new(secret, expires.encode(), hashlib.sha256).hexdigest()


def _public_key(pem: bytes) -> RSAPublicKey:
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("firebase-key.pem in the data folder is not an RSA key; delete it")
    return key.public_key()
