"""One request, one try: what keeps the HTTP library from sending anything a second time.

aiohttp resends GET, PUT, DELETE and others by itself when a connection breaks, fresh or not. A cancellation by PUT
would reach the carrier twice.
"""

import asyncio

import aiohttp
from aiohttp import http_exceptions
from aiohttp.client_middlewares import ClientHandlerType

from gateway.transport.limits import EARLY_ANSWERS_MAX


class BrokeOff(Exception):
    """An error of aiohttp in a coat it does not know, so that it does not try again; `cause` is the error itself."""

    def __init__(self, cause: BaseException) -> None:
        """Keep the error out of sight."""
        super().__init__(type(cause).__name__)
        self.cause = cause


class EarlyAnswer(Exception):
    """A reply was waiting on the connection before the request was sent: it answers somebody else's."""


class OneTryRequest(aiohttp.ClientRequest):
    """A request that refuses a connection with an answer already on it."""

    async def send(self, conn: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        """Send the request, unless the connection holds bytes that nobody asked for."""
        if conn.protocol is None or conn.protocol.should_close:
            raise EarlyAnswer
        return await super().send(conn)


async def one_try(request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
    """Client middleware: pass the request on once; only a connection refused by `OneTryRequest` is replaced."""
    for _ in range(EARLY_ANSWERS_MAX):
        try:
            return await handler(request)
        except EarlyAnswer:
            continue
        except (aiohttp.ClientError, OSError) as exc:
            raise BrokeOff(exc) from None
    raise EarlyAnswer


def fail_when_connection_ends(response: aiohttp.ClientResponse) -> None:
    """Make sure that a body whose connection ends also ends, complete or not.

    aiohttp closes the connection at a malformed chunk but does not tell the body's reader, which would wait out the
    whole deadline.
    """
    body, connection = response.content, response.connection
    if body.is_eof() or connection is None or connection.protocol is None:
        return

    def end(closed: asyncio.Future[None]) -> None:
        if not closed.cancelled():
            closed.exception()  # looked at, or the loop would log it as never retrieved
        if not body.is_eof() and body.exception() is None:
            body.set_exception(aiohttp.ClientPayloadError(), http_exceptions.BadHttpMessage("chunk"))

    if (closed := connection.protocol.closed) is not None:
        closed.add_done_callback(end)
