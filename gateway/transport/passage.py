"""How far a call has come: kept by aiohttp's tracing, read when it fails.

`sent` turns true before the first byte of the request is handed to the socket, never after.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from gateway.transport.errors import Fault, NoReply, no_reply
from gateway.transport.faults import detail_of, name_of


class Passage:
    """One call's progress: whether it was sent, and the name of the fault if time ran out now."""

    __slots__ = ("fault_now", "sent")

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.sent = False
        self.fault_now = Fault.connect_timeout

    def out_of_time(self) -> NoReply:
        """The error for a deadline that ends the call here."""
        return no_reply(self.fault_now, sent=self.sent)

    def failed(self, exc: BaseException) -> NoReply:
        """The error for an exception of the lower library that ends the call here."""
        if isinstance(exc, aiohttp.ConnectionTimeoutError):
            return self.out_of_time()
        return no_reply(name_of(exc), detail_of(exc), sent=self.sent)


Handler = Callable[[Any, Any, Any], Awaitable[None]]


def passage_tracing() -> aiohttp.TraceConfig:
    """Tracing that keeps the `Passage` given as `trace_request_ctx` up to date."""
    tracing = aiohttp.TraceConfig()
    tracing.on_connection_queued_start.append(_now(Fault.pool))
    tracing.on_connection_queued_end.append(_now(Fault.connect_timeout))
    tracing.on_dns_resolvehost_start.append(_now(Fault.dns))
    tracing.on_dns_resolvehost_end.append(_now(Fault.connect_timeout))
    tracing.on_request_headers_sent.append(_sent)
    return tracing


def _now(fault: Fault) -> Handler:
    async def note(_session: Any, context: Any, _event: Any) -> None:
        context.trace_request_ctx.fault_now = fault

    return note


async def _sent(_session: Any, context: Any, _event: Any) -> None:
    # aiohttp calls this before it writes the headers: an error between here and the socket still counts as sent.
    context.trace_request_ctx.sent = True
    context.trace_request_ctx.fault_now = Fault.total_timeout
