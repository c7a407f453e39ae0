"""One exchange as it went by: bytes both ways, when, and where."""

import hashlib
from datetime import datetime

from msgspec import Struct

Headers = tuple[tuple[str, str], ...]

EXCHANGES_MAX = 500
BODY_BYTES_MAX = 10 * 1024 * 1024


class Exchange(Struct, frozen=True, kw_only=True):
    """A request and its reply; `target` is the raw path with its query, `host` whom it was sent to."""

    at: datetime
    host: str
    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    status: int = 200
    reply_headers: Headers = ()
    reply_body: bytes = b""

    @property
    def sha256(self) -> str:
        """The hash of the original, all of it: who keeps that can show what an example was made of."""
        head = f"{self.method} {self.target}\n{_lines(self.headers)}\n\n".encode()
        reply = f"\n\n{self.status}\n{_lines(self.reply_headers)}\n\n".encode()
        return hashlib.sha256(b"".join((head, self.body, reply, self.reply_body))).hexdigest()


def _lines(headers: Headers) -> str:
    return "\n".join(f"{name}: {value}" for name, value in headers)
