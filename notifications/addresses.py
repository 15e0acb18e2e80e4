"""An e-mail address as a key that says nothing: what people without a login said is kept by it.

The key comes from SECRET_KEY. While that is exchanged, the former one in SECRET_KEY_FALLBACKS
still finds what was said under it.
"""

import hashlib
import hmac

from accounts.keys import derived_keys
from notifications.services.suppression.hashing import normal_address

PURPOSE = "address-of-choices.v1"
DIGITS = 32  # hexadecimal, 128 bits


def address_keys(email: str) -> list[str]:
    """The keys under which an address may be found, the newest first; none for an empty one."""
    if not email.strip():
        return []
    text = normal_address(email).encode()
    return [
        hmac.new(key, text, hashlib.sha256).hexdigest()[:DIGITS] for key in derived_keys(PURPOSE)
    ]


def address_key(email: str) -> str:
    """The key under which something new is written. The address must not be empty."""
    return address_keys(email)[0]
