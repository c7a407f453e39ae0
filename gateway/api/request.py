"""One HTTP request as the interface sees it: its headers scanned once, its body not yet read."""

import re

from starlette.types import Receive, Scope

from gateway.api.limits import PREFER_CHARS_MAX
from gateway.errors import BodyUnreadable

_WANTED = frozenset({
    b"authorization", b"content-type", b"content-length", b"content-encoding", b"idempotency-key", b"prefer",
    b"traceparent",
})  # fmt: skip
_ONCE = frozenset({b"authorization", b"idempotency-key", b"content-type"})
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)")
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,6})\"?\s*(?=[,;]|$)", re.IGNORECASE)
_ASYNC = re.compile(r"(?:^|[,;\s])respond-async\s*(?=[,;]|$)", re.IGNORECASE)


class Request:
    """A request under way; `client` and `code` are filled in as they become known, for the log."""

    __slots__ = ("client", "code", "headers", "method", "params", "query", "receive", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        """Take what the server gives; reads nothing yet."""
        self.scope = scope
        self.receive = receive
        self.method: str = scope["method"]
        self.query: bytes = scope["query_string"]
        self.params: dict[str, str] = {}
        self.headers: dict[bytes, bytes] = {}
        self.client: str | None = None
        self.code: str | None = None

    def scan(self) -> None:
        """Pick the headers that mean something here. Raises BodyUnreadable when one that must be single is not."""
        headers = self.headers
        for name, value in self.scope["headers"]:
            if name in _WANTED:
                if name in headers and name in _ONCE and headers[name] != value:
                    raise BodyUnreadable(f"the header {name.decode()} came twice, with different values")
                headers[name] = value

    def text(self, name: bytes) -> str | None:
        """A scanned header as text, or None."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1").strip()

    @property
    def trace_id(self) -> str | None:
        """The trace this request belongs to (W3C Trace Context), if its header is well-formed."""
        value = self.headers.get(b"traceparent")
        found = _TRACEPARENT.match(value) if value else None
        return found[1].decode() if found else None

    def raw_headers(self) -> tuple[tuple[str, str], ...]:
        """All headers as they came, for who must verify a signature over them."""
        return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in self.scope["headers"])

    def target(self) -> str:
        """Path and query as they came over the wire, not unquoted."""
        path: bytes = self.scope.get("raw_path") or self.scope["path"].encode()
        query = b"?" + self.query if self.query else b""
        return (path + query).decode("latin-1")


def preferred_wait_s(prefer: str) -> float | None:
    """How long the caller would wait (RFC 7240 `wait`, `respond-async`), or None; an unreadable wish is no wish."""
    if len(prefer) > PREFER_CHARS_MAX:
        return None
    found = _WAIT.search(prefer)
    if found:
        return float(found[1])
    return 0.0 if _ASYNC.search(prefer) else None
