"""Why a PostgreSQL cannot be opened, in a sentence that says where and what to do; never with a password."""

import socket
from urllib.parse import urlsplit

import asyncpg

CONNECT_S = 15.0
_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (ConnectionRefusedError, "nobody listens there: start PostgreSQL, or correct the address"),
    (socket.gaierror, "there is no host of this name: correct the address"),
    (
        TimeoutError,
        "nobody answered as PostgreSQL does: is this the right host and port, and is no firewall between?",
    ),
    (
        asyncpg.InvalidCatalogNameError,
        "there is no such database: make it with createdb, or correct the address",
    ),
    (asyncpg.InvalidPasswordError, "the password is not this user's: correct the address"),
    (
        asyncpg.InvalidAuthorizationSpecificationError,
        "this user is not let in: correct its name, or make it with createuser; pg_hba.conf says who may",
    ),
    (asyncpg.CannotConnectNowError, "the server is starting or stopping: try again in a moment"),
    (asyncpg.TooManyConnectionsError, "it has no connection left: raise max_connections, or end who holds them"),
    (
        asyncpg.InsufficientPrivilegeError,
        "this user may not do that there: grant it what the database's owner has",
    ),
    (FileNotFoundError, "there is no socket: start PostgreSQL, or name the folder its socket is in"),
    (ValueError, "the address cannot be read: write postgresql://user:password@host:5432/name"),
    (OSError, "it cannot be reached: is it the right host and port, and is the network up?"),
)
"""The first that fits counts: what is more particular stands in front."""


def not_opened(dsn: str, error: BaseException) -> str:
    """The sentence for an error; a database's own text may quote values, so only its class and code are told."""
    code = getattr(error, "sqlstate", None)
    kind = f"{type(error).__name__}{f' ({code})' if code else ''}"
    words = next((words for made, words in _WORDS if isinstance(error, made)), "")
    return f"the journal at {place_of(dsn)} cannot be opened: {words or kind}{f' [{kind}]' if words else ''}"


def place_of(dsn: str) -> str:
    """Where it is, without who and with which password."""
    try:
        parts = urlsplit(dsn)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "INSUREHUB_JOURNAL"
    return f"{parts.hostname or 'the local socket'}{port}{parts.path}"
