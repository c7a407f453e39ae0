"""What goes back: an answer of the service with its headers, written in two messages."""

import msgspec
from starlette.types import Send

from gateway.api.refusals import MethodNotAllowed
from gateway.errors import Forbidden, HubError, Unauthorized
from gateway.service.answers import JSON, PROBLEM, Answer, problem

Header = tuple[bytes, bytes]

_NOSNIFF: Header = (b"x-content-type-options", b"nosniff")
# Answers hold personal data: no cache between us and the caller may keep them.
_NO_STORE: Header = (b"cache-control", b"no-store")
_BASE: dict[str, tuple[Header, ...]] = {
    media_type: ((b"content-type", media_type.encode()), _NOSNIFF, _NO_STORE) for media_type in (JSON, PROBLEM)
}
_REPLAYED: Header = (b"idempotency-replayed", b"true")


class Reply(msgspec.Struct, frozen=True):
    """Status, headers and body, ready to write."""

    status: int
    headers: tuple[Header, ...]
    body: bytes


def page(body: bytes, media_type: str, *, status: int = 200, headers: tuple[Header, ...] = ()) -> Reply:
    """A reply that is no answer of the service: a document, a probe, metrics."""
    return Reply(status, ((b"content-type", media_type.encode("latin-1")), _NOSNIFF, *headers), body)


def answered(answer: Answer) -> Reply:
    """The service's answer with the headers it asks for."""
    headers = _BASE[answer.media_type]
    if answer.location is not None:
        headers = (*headers, (b"location", answer.location.encode("latin-1")))
    if answer.retry_after_s is not None:
        headers = (*headers, (b"retry-after", b"%d" % answer.retry_after_s))
    if answer.replayed:
        headers = (*headers, _REPLAYED)
    return Reply(answer.status, headers, answer.body)


def refused(error: HubError) -> Reply:
    """A refusal as a problem document, with the header its status demands."""
    reply = answered(problem(error, error.extra.get("operation_id")))
    more = _demanded(error)
    return msgspec.structs.replace(reply, headers=(*reply.headers, more)) if more else reply


def failed() -> Reply:
    """The answer to what nobody foresaw; it tells nothing of the inside."""
    return refused(HubError("an unforeseen error; it is in the gateway's log"))


def _demanded(error: HubError) -> Header | None:
    if isinstance(error, Unauthorized):
        return (b"www-authenticate", b'Bearer realm="insurehub"')
    if isinstance(error, Forbidden):
        return (b"www-authenticate", b'Bearer realm="insurehub", error="insufficient_scope"')
    if isinstance(error, MethodNotAllowed):
        return (b"allow", ", ".join(error.methods).encode())
    return None


async def write(send: Send, reply: Reply, *, bodiless: bool) -> None:
    """Send a reply; `bodiless` answers HEAD, which has the headers of GET alone."""
    length = (b"content-length", b"%d" % len(reply.body))
    await send({"type": "http.response.start", "status": reply.status, "headers": [*reply.headers, length]})
    await send({"type": "http.response.body", "body": b"" if bodiless else reply.body})
