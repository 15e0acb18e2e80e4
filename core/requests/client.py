"""The caller's address, from as many proxies as we were told to trust and no more."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings

UNKNOWN = "0.0.0.0"  # noqa: S104 - "nobody knows", never bound to


def client_address(meta: Mapping[str, Any]) -> str:
    """The address of whoever spoke to our outermost trusted proxy (OWASP ASVS 4.1.3).

    With TRUSTED_PROXIES=0 the header is ignored. With n, the n-th entry of `X-Forwarded-For`
    from the right counts: everything left of it was written by the caller.
    """
    peer = str(meta.get("REMOTE_ADDR") or UNKNOWN)
    hops = settings.TRUSTED_PROXIES
    if not hops:
        return _clean(peer)
    chain = [part.strip() for part in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    chain = [part for part in chain if part]
    if not chain:
        return _clean(peer)
    return _clean(chain[-hops] if len(chain) >= hops else chain[0])


def network_of(address: str) -> str:
    """What limits count by: IPv4 as it is, IPv6 by its /64, which one household has."""
    parsed = ipaddress.ip_address(address)
    if parsed.version == 6:
        return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address) + "/64"
    return address


def _clean(text: str) -> str:
    """An address without port or brackets; what is no address becomes the unknown one."""
    candidate = text.strip().removeprefix("[").split("]")[0]
    if candidate.count(":") == 1:
        candidate = candidate.partition(":")[0]
    try:
        parsed = ipaddress.ip_address(candidate.partition("%")[0])
    except ValueError:
        return UNKNOWN
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped or parsed)
