"""Nothing leaves this machine: while examples run, a connection beyond loopback or a look-up of a name is a failure."""

import ipaddress
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

NOBODY = ".no-such-host.invalid"
"""Under this no host has a name (RFC 6761): what examples look up whose carrier's name is not found."""


class Outside(ConnectionError):
    """An example made a connection beyond loopback."""


class _Guard:
    """Armed while examples run. The hook stays for the life of the process: Python has no way to take one out."""

    def __init__(self) -> None:
        self.armed = 0
        self.installed = False
        self.seen: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.armed or not event.startswith("socket."):
            return
        host = _host_of(event, arguments)
        if host is not None and host.endswith(NOBODY):
            raise socket.gaierror(socket.EAI_NONAME, f"no host is called {host}")
        if host is not None and not is_loopback(host):
            self.seen.append(host)
            raise Outside(f"a connection to {host}: examples stay on this machine")


_GUARD = _Guard()


@contextmanager
def on_loopback() -> Iterator[list[str]]:
    """Refuse connections beyond loopback inside; gives the hosts that were tried, for a failure to name."""
    if not _GUARD.installed:
        sys.addaudithook(_GUARD)
        _GUARD.installed = True
    before = len(_GUARD.seen)
    tried: list[str] = []
    _GUARD.armed += 1
    try:
        yield tried
    finally:
        _GUARD.armed -= 1
        tried += _GUARD.seen[before:]
        del _GUARD.seen[before:]


@contextmanager
def anywhere() -> Iterator[list[str]]:
    """No watch: for a live run, whose transport sends to hosts of its list only."""
    yield []


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host in ("localhost", "", "testserver"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _host_of(event: str, arguments: tuple[Any, ...]) -> str | None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
        return host.decode() if isinstance(host, bytes) else host
    if event == "socket.connect":
        address = arguments[1]
        return str(address[0]) if isinstance(address, tuple) and address else None
    return None
