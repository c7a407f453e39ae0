"""Bytes to a host and back, and whether they left.

    async with CarrierTransport(tls=context) as transport:
        reply = await send(transport, "POST", url, headers, body, deadline_s=12.0)

`send` works over any `Transport` (`httpx.AsyncBaseTransport`); a test hands in `httpx.MockTransport`. It raises
`NotSent` or `Ambiguous`, nothing else. A caller with an `httpx.Request` may call `transport.handle_async_request`.
"""

from httpx import AsyncBaseTransport as Transport

from gateway.transport.carrier import CarrierTransport
from gateway.transport.errors import UNREACHED, Ambiguous, Fault, NoReply, NotSent
from gateway.transport.guarded import GuardedTransport
from gateway.transport.limits import Limits
from gateway.transport.reach import Reach, UrlRefused
from gateway.transport.sending import send
from gateway.transport.tls import TlsInvalid, client_context

__all__ = [
    "UNREACHED",
    "Ambiguous",
    "CarrierTransport",
    "Fault",
    "GuardedTransport",
    "Limits",
    "NoReply",
    "NotSent",
    "Reach",
    "TlsInvalid",
    "Transport",
    "UrlRefused",
    "client_context",
    "send",
]
