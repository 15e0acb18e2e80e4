"""Which addresses may be called. Guards against requests forged to reach the inside (SSRF).

A name is resolved here, every address it has must be public, and the connection is made to that
very address (core/outbound/network.py): a name that answers differently the second time gains
nothing. The way a number is written (decimal, octal, IPv4 inside IPv6) does not matter, because
what is judged is what the resolver made of it.
"""

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from django.conf import settings

from core.outbound.errors import AddressRefused

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]

WRAPPING_IPV4 = (
    ipaddress.IPv6Network("64:ff9b::/96"),  # NAT64, RFC 6052
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # NAT64 for local use, RFC 8215
    ipaddress.IPv6Network("::/96"),  # IPv4-compatible, RFC 4291, deprecated
)
DEFAULT_PORTS = {"http": 80, "https": 443}


def resolve(host: str, port: int) -> list[str]:
    """The system resolver. Raises OSError when the name has no address."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """What one client may reach. `trusted` are host:port pairs named by the operator."""

    trusted: frozenset[str] = frozenset()
    resolver: Resolver = resolve

    def trusts(self, host: str, port: int) -> bool:
        """Whether the operator named this very place."""
        name = f"{host}:{port}"
        return name in self.trusted or name in settings.OUTBOUND_ALLOW_PRIVATE

    def addresses(self, host: str, port: int) -> list[str]:
        """Where to connect to. Raises AddressRefused unless all of them are public."""
        try:
            found = self.resolver(host, port)
        except UnicodeError:
            raise AddressRefused(f"{host!r} is not a host name.") from None
        if not self.trusts(host, port):
            for address in found:
                if not is_public(address):
                    raise AddressRefused(f"{host} is not on the public internet.")
        return found


def check_url(url: str | httpx.URL, guard: Guard | None = None) -> httpx.URL:
    """A URL somebody typed, judged by its looks; the address is judged when it is called.

    https only (http where the operator named the place), no user:password@, a host.
    Raises AddressRefused.
    """
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError):
        raise AddressRefused("This is not a web address.") from None
    if parsed.scheme not in DEFAULT_PORTS or not parsed.host:
        raise AddressRefused("Only https:// addresses are called.")
    if parsed.userinfo:
        raise AddressRefused("An address with a user name in it is not called.")
    port = port_of(parsed)
    if parsed.scheme == "http" and not (guard or Guard()).trusts(parsed.host, port):
        raise AddressRefused("Only https:// addresses are called.")
    return parsed


def port_of(url: httpx.URL) -> int:
    """The port, spelled out or the scheme's own."""
    return url.port or DEFAULT_PORTS[url.scheme]


def is_public(address: str) -> bool:
    """Whether an address literal leads to the public internet, also wrapped in another one."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(
        one.is_global
        and not one.is_multicast
        and not one.is_unspecified
        and (one.version == 6 or not one.is_reserved)
        for one in _unwrapped(parsed)
    )


def _unwrapped(address: IPAddress) -> list[IPAddress]:
    """Where an address leads. A mapped or translated one leads only to the IPv4 address inside
    (names get such addresses on IPv6-only networks); a tunnel is judged with its ends."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if any(address in network for network in WRAPPING_IPV4):
        return [ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)]
    ends = [address.sixtofour, *(address.teredo or ())]
    return [address, *(end for end in ends if end is not None)]
