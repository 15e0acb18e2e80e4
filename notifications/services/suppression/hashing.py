"""An address as a keyed hash: the same for every way of writing it, and no way back.

The key comes from SECRET_KEY. While that is exchanged, the former one in SECRET_KEY_FALLBACKS
still finds what was hashed with it.
"""

import contextlib
import hmac

from accounts.keys import derived_keys

PURPOSE = "suppressed-address.v1"


def normal_address(address: str) -> str:
    """Lower case, the domain as the DNS writes it. Dots and "+tags" stay: they are other boxes."""
    local, _, domain = address.strip().lower().rpartition("@")
    with contextlib.suppress(UnicodeError):  # no domain at all; equal texts are still equal
        domain = domain.encode("idna").decode()
    return f"{local}@{domain}"


def address_hashes(address: str) -> list[bytes]:
    """The hashes under which `address` may stand in the table, the newest key's first."""
    text = normal_address(address).encode()
    return [hmac.digest(key, text, "sha256") for key in derived_keys(PURPOSE)]
