"""Where a message may go whose receiver names the address: the public internet over TLS, and what an operator allows.

An address is judged on the socket that is about to connect to it. A name is looked up once and never again in between,
so an answer that changes, an address in another writing or a name that hides one gains nothing.
"""

import errno
import re
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpx
from msgspec import Struct

PORTS = frozenset({443, 8443})
"""Where a public receiver may listen; any other port would make the gateway a scanner of other people's hosts."""

URL_CHARS_MAX = 2048

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
AddressInfo = tuple[Any, Any, int, str, Any]
"""A row of `getaddrinfo`: family, type, protocol, canonical name, socket address."""

_GLOBAL_UNICAST = ip_network("2000::/3")
_NEVER = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # protocol assignments; a cloud's metadata lives here
            "192.88.99.0/24",  # 6to4 relays
            "168.63.129.16/32",  # a cloud's host agent, on a public address
            "2001::/23",  # Teredo and other assignments: an IPv4 address may hide inside
            "2002::/16",  # 6to4: an IPv4 address hides inside
            "3fff::/20",  # documentation
        ),
    )
)
"""What counts as global, or did in some table, and is no receiver of anybody's."""

_PLAIN = re.compile(r"[!-~]+", re.ASCII)
_NUMERIC = re.compile(r"(0[xX][0-9a-fA-F]*|\d+)", re.ASCII)


class UrlRefused(ValueError):
    """An address that is not taken, with what is wrong about it in one sentence."""


class AddressRefused(OSError):
    """The address a name led to is not one that may be connected to; no byte was sent."""

    def __init__(self) -> None:
        """One text for every address: it is told to whoever named it, and what is inside is nobody's business."""
        super().__init__(errno.EACCES, "this address may not be connected to")


class Reach(Struct, frozen=True):
    """The addresses that may be connected to; `allow` are networks an operator adds, on any port and without TLS."""

    allow: tuple[Network, ...] = ()

    def admits(self, address: str, port: int, *, tls: bool) -> bool:
        """Whether a socket may connect there."""
        found = _plain(ip_address(address))
        if any(found in network for network in self.allow if network.version == found.version):
            return True
        return tls and port in PORTS and _is_public(found)

    def sockets(self, *, tls: bool) -> Callable[[AddressInfo], socket.socket]:
        """What makes the sockets of connections: none for an address out of reach (`AddressRefused`)."""

        def make(info: AddressInfo) -> socket.socket:
            family, kind, protocol, _, where = info
            if family not in (socket.AF_INET, socket.AF_INET6) or not self.admits(where[0], where[1], tls=tls):
                raise AddressRefused
            return socket.socket(family, kind, protocol)

        return make

    def must_take(self, url: str) -> None:
        """Raise UrlRefused for an address that could never be connected to, before anything is stored."""
        parsed = _parsed(url)
        if parsed.scheme not in ("https", "http") or not parsed.host:
            raise UrlRefused("it is not an https:// address")
        if parsed.userinfo or "@" in parsed.netloc.decode("ascii", "replace"):
            raise UrlRefused("it holds a user name or password: the signature proves who sends")
        if parsed.fragment or "#" in url:
            raise UrlRefused("it has a fragment, which is never sent")
        if parsed.scheme == "http" and not self.allow:
            raise UrlRefused("it is not an https:// address")
        self._must_take_host(parsed)

    def _must_take_host(self, parsed: httpx.URL) -> None:
        tls = parsed.scheme == "https"
        port = parsed.port or (443 if tls else 80)
        try:
            literal = ip_address(parsed.host)
        except ValueError:
            if _NUMERIC.fullmatch(parsed.host.rstrip(".").rpartition(".")[2]):
                raise UrlRefused("its host is an IP address in an uncommon writing") from None
            if port not in PORTS and not self.allow:
                raise UrlRefused(f"its port is none of {', '.join(map(str, sorted(PORTS)))}") from None
            return
        if not self.admits(str(literal), port, tls=tls):
            raise UrlRefused("its host, port or scheme is not one that may be connected to")


def network(text: str) -> Network:
    """A network or a single address of the settings. Raises ValueError."""
    return ip_network(text.strip(), strict=False)


def _parsed(url: str) -> httpx.URL:
    if len(url) > URL_CHARS_MAX or not _PLAIN.fullmatch(url) or "\\" in url:
        raise UrlRefused(f"it is not at most {URL_CHARS_MAX} printable ASCII characters without a backslash")
    try:
        return httpx.URL(url)
    except httpx.InvalidURL:
        raise UrlRefused("it cannot be read as an address") from None


def _plain(address: Address) -> Address:
    """An IPv4 address written as IPv6 is that IPv4 address."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_public(address: Address) -> bool:
    if address.is_multicast or not address.is_global:
        return False
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return not any(address in network for network in _NEVER if network.version == address.version)
