"""What can go wrong between a host and us, split by the only question that matters: may the carrier have seen it?

httpx.TransportError
 └─ NoReply                    .fault, .sent, .detail
     ├─ NotSent     sent=False  certainly no byte of the request left this host: another channel may be tried
     └─ Ambiguous   sent=True   everything else: a write is unknown and must be asked after, never resent

An error's text is the fault's own sentence. It never holds a URL, a header or a byte of a message: those may carry
personal data, and the lower library's texts do, so its exceptions are not chained either.
"""

from enum import StrEnum
from typing import ClassVar

import httpx


class Fault(StrEnum):
    """The stable name of a fault, for logs, metrics and evidence. Its sentence is in `SENTENCES`."""

    # Before the first byte.
    refused = "refused"
    unreachable = "unreachable"
    dns = "dns"
    forbidden_address = "forbidden_address"
    tls = "tls"
    connect_timeout = "connect_timeout"
    pool = "pool"
    deadline_passed = "deadline_passed"
    early_answer = "early_answer"
    invalid_request = "invalid_request"
    shut_down = "shut_down"
    # After it.
    reset = "reset"
    closed = "closed"
    tls_alert = "tls_alert"
    total_timeout = "total_timeout"
    garbage = "garbage"
    headers_too_large = "headers_too_large"
    truncated = "truncated"
    bad_chunk = "bad_chunk"
    bad_gzip = "bad_gzip"
    bad_coding = "bad_coding"
    too_large = "too_large"
    inflated_too_large = "inflated_too_large"
    # At any time.
    other = "other"


SENTENCES: dict[Fault, str] = {
    Fault.refused: "the host refused the connection",
    Fault.unreachable: "no connection could be made to the host",
    Fault.dns: "the host's name could not be resolved",
    Fault.forbidden_address: "the host's address is not one that may be connected to",
    Fault.tls: "the TLS handshake failed",
    Fault.connect_timeout: "no connection (TCP or TLS) was made in time",
    Fault.pool: "all connections were in use",
    Fault.deadline_passed: "the deadline had passed before the call began",
    Fault.early_answer: "the host answered before it was asked",
    Fault.invalid_request: "the request cannot be put on the wire exactly as built",
    Fault.shut_down: "the transport is closed",
    Fault.reset: "the connection was reset",
    Fault.closed: "the connection was closed before a reply came",
    Fault.tls_alert: "the host broke off the TLS session after the handshake",
    Fault.total_timeout: "no complete reply came before the deadline",
    Fault.garbage: "the reply is not HTTP",
    Fault.headers_too_large: "the reply's headers exceed the limit",
    Fault.truncated: "the reply's body ended early",
    Fault.bad_chunk: "the reply's chunked body is malformed",
    Fault.bad_gzip: "the reply's body does not inflate",
    Fault.bad_coding: "the reply's content coding is not one we read",
    Fault.too_large: "the reply's body exceeds the limit",
    Fault.inflated_too_large: "the reply's inflated body exceeds the limit",
    Fault.other: "the HTTP library failed in a way not seen before",
}


UNREACHED = frozenset({Fault.refused, Fault.unreachable, Fault.dns, Fault.tls, Fault.connect_timeout})
"""No connection came about: whatever was to be said, the host as a whole cannot be reached."""


class NoReply(httpx.TransportError):
    """No usable reply came back; `sent` says whether the carrier may have seen the request.

    `detail` is the class name of the lower error, nothing more.
    """

    sent: ClassVar[bool]

    def __init__(self, fault: Fault, detail: str = "") -> None:
        """Name the fault; the text follows from it."""
        super().__init__(f"{fault}: {SENTENCES[fault]}" + (f" ({detail})" if detail else ""))
        self.fault = fault
        self.detail = detail


class NotSent(NoReply):
    """Certainly no byte of the request left this host: also a write may be tried again, here or elsewhere."""

    sent = False


class Ambiguous(NoReply):
    """The carrier may have seen, and done, what was asked: a write is `unknown`, ask before anything else."""

    sent = True


def no_reply(fault: Fault, detail: str = "", *, sent: bool) -> NoReply:
    """The error for a fault: the sent flag alone decides which kind it is."""
    return Ambiguous(fault, detail) if sent else NotSent(fault, detail)
