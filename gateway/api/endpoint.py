"""What answers a request: a row of the table behind its API key, a carrier's callback, or a page."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from msgspec.structs import replace

from gateway.api.body import read_body
from gateway.api.inputs import Input
from gateway.api.limits import API_KEY_CHARS_MAX, Limits
from gateway.api.port import StandardInsurer
from gateway.api.reply import Reply, answered, page
from gateway.api.request import Request, preferred_wait_s
from gateway.api.row import Row
from gateway.errors import Forbidden, KeyMissing, Unauthorized
from gateway.service.parts import Caller
from gateway.wire.contract import Inbound


class Endpoint(Protocol):
    """A way to answer; `name` stands for it in metrics and the log."""

    name: str

    async def __call__(self, request: Request, /) -> Reply:
        """Answer. Raises HubError."""


class RowEndpoint:
    """A row of the table: who asks, may they, what do they ask, ask the service."""

    def __init__(self, row: Row, service: StandardInsurer, limits: Limits) -> None:
        """Prepare the row's decoder; nothing is looked up per request."""
        self.name = row.name
        self._row = row
        self._service = service
        self._input = Input(row, limits)

    async def __call__(self, request: Request) -> Reply:
        """The service's answer to the row's call."""
        request.scan()
        caller = await self._caller(request)
        body = await self._input.read(request)
        key = idempotency_key(request) if self._row.needs_key else None
        prefer = request.text(b"prefer") if self._row.needs_key else None
        wait_s = preferred_wait_s(prefer) if prefer else None
        if wait_s is None:
            return answered(await self._row.call(self._service, caller, body, key))
        answer = await self._row.call(self._service, replace(caller, wait_s=wait_s), body, key)
        reply = answered(answer)
        return replace(reply, headers=(*reply.headers, (b"preference-applied", b"wait=%d" % wait_s)))

    async def _caller(self, request: Request) -> Caller:
        caller = await self._service.caller_for(api_key(request))
        request.client = caller.client
        if self._row.scope is not None and self._row.scope not in caller.scopes:
            raise Forbidden(f"this needs an API key with the scope '{self._row.scope}'")
        return caller


def api_key(request: Request) -> str:
    """The key of an Authorization header (RFC 6750). Raises Unauthorized."""
    scheme, _, key = (request.text(b"authorization") or "").partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key or len(key) > API_KEY_CHARS_MAX or not key.isascii():
        raise Unauthorized("the request carries no API key")
    return key


def idempotency_key(request: Request) -> str | None:
    """The key of a write; whether one is needed, and how long it may be, the service says. Raises KeyMissing."""
    key = request.text(b"idempotency-key")
    if key and not (key.isascii() and key.isprintable()):
        raise KeyMissing("an Idempotency-Key consists of printable ASCII characters")
    return key


class CallbackEndpoint:
    """A carrier's call: proven by its signature, answered in its own format."""

    name = "callback"

    def __init__(self, service: StandardInsurer, limits: Limits) -> None:
        """Take the service, which keeps the bytes before it answers."""
        self._service = service
        self._limits = limits

    async def __call__(self, request: Request) -> Reply:
        """The acknowledgement the carrier demands."""
        request.scan()
        body = await read_body(request, self._limits.callback_bytes_max, self._limits.body_wait_s)
        inbound = Inbound(method=request.method, target=request.target(), headers=request.raw_headers(), body=body)
        answer = await self._service.callback(request.params["channel"], request.params["name"], inbound)
        return page(answer.body, answer.content_type or "text/plain; charset=utf-8", status=answer.status)


class PageEndpoint:
    """A page that asks nothing of its caller."""

    def __init__(self, name: str, make: Callable[[], Awaitable[Reply]]) -> None:
        """Take what makes the page."""
        self.name = name
        self._make = make

    async def __call__(self, _request: Request) -> Reply:
        """The page."""
        return await self._make()
