"""The boundary map: every exception of the lower libraries has the name of a fault.

The class of an exception only *names* the fault. Whether the request was sent is known from how far the call had come,
never from an exception: the same reset can come before and after the carrier has acted.
"""

import errno
import ssl
from collections.abc import Iterator, Mapping

import httpx
from aiohttp import client_exceptions as lower
from aiohttp import http_exceptions

from gateway.transport.errors import Ambiguous, Fault, NoReply, NotSent
from gateway.transport.reach import AddressRefused

AIOHTTP_FAULTS: Mapping[type[BaseException], Fault] = {
    lower.ClientError: Fault.other,
    lower.ClientConnectionError: Fault.reset,
    lower.ClientConnectionResetError: Fault.reset,
    lower.ClientOSError: Fault.reset,
    lower.ClientConnectorError: Fault.unreachable,
    lower.ClientProxyConnectionError: Fault.unreachable,
    lower.UnixClientConnectorError: Fault.unreachable,
    lower.ClientConnectorDNSError: Fault.dns,
    lower.ClientSSLError: Fault.tls,
    lower.ClientConnectorSSLError: Fault.tls,
    lower.ClientConnectorCertificateError: Fault.tls,
    lower.ServerFingerprintMismatch: Fault.tls,
    lower.ServerConnectionError: Fault.reset,
    lower.ServerDisconnectedError: Fault.closed,
    lower.ServerTimeoutError: Fault.total_timeout,
    lower.SocketTimeoutError: Fault.total_timeout,
    lower.ConnectionTimeoutError: Fault.connect_timeout,
    lower.ClientResponseError: Fault.garbage,
    lower.ContentTypeError: Fault.garbage,
    lower.WSServerHandshakeError: Fault.garbage,
    lower.ClientHttpProxyError: Fault.garbage,
    lower.TooManyRedirects: Fault.garbage,
    lower.ClientPayloadError: Fault.truncated,
    lower.UploadAbortedError: Fault.reset,
    lower.InvalidURL: Fault.invalid_request,
    lower.InvalidUrlClientError: Fault.invalid_request,
    lower.NonHttpUrlClientError: Fault.invalid_request,
    lower.RedirectClientError: Fault.other,
    lower.InvalidUrlRedirectClientError: Fault.other,
    lower.NonHttpUrlRedirectClientError: Fault.other,
}
"""The public tree of aiohttp's client; a class added by a later version falls to its nearest ancestor."""

CAUSE_FAULTS: Mapping[type[BaseException], Fault] = {
    http_exceptions.LineTooLong: Fault.headers_too_large,
    http_exceptions.ContentLengthError: Fault.truncated,
    http_exceptions.TransferEncodingError: Fault.truncated,
    ConnectionRefusedError: Fault.refused,
    AddressRefused: Fault.forbidden_address,
    ssl.SSLError: Fault.tls_alert,
}
"""What lies beneath an aiohttp error and names the fault better than the error itself."""

REASON_FAULTS: Mapping[str, Fault] = {
    "chunk": Fault.bad_chunk,
    "Too many headers": Fault.headers_too_large,
}
"""Words in the first line of the parser's own reason; the lines after it quote the message and are never read."""

HTTPX_NOT_SENT: Mapping[type[BaseException], Fault] = {
    httpx.ConnectError: Fault.refused,
    httpx.ConnectTimeout: Fault.connect_timeout,
    httpx.PoolTimeout: Fault.pool,
    httpx.UnsupportedProtocol: Fault.invalid_request,
}
"""What a foreign transport (a test's mock) raises before anything is sent."""

HTTPX_AMBIGUOUS: Mapping[type[BaseException], Fault] = {
    httpx.TimeoutException: Fault.total_timeout,
    httpx.ReadTimeout: Fault.total_timeout,
    httpx.WriteTimeout: Fault.total_timeout,
    httpx.NetworkError: Fault.reset,
    httpx.ReadError: Fault.reset,
    httpx.WriteError: Fault.reset,
    httpx.CloseError: Fault.reset,
    httpx.ProtocolError: Fault.garbage,
    httpx.LocalProtocolError: Fault.garbage,
    httpx.RemoteProtocolError: Fault.garbage,
    httpx.ProxyError: Fault.other,
    httpx.DecodingError: Fault.bad_gzip,
    httpx.TooManyRedirects: Fault.other,
    httpx.TransportError: Fault.other,
    httpx.RequestError: Fault.other,
}
"""What it raises otherwise. A protocol error of our own side may come in mid-request, so it proves nothing."""


def name_of(exc: BaseException) -> Fault:
    """The fault behind an exception of aiohttp: what lies beneath it if that says more, else its nearest ancestor."""
    fault = _nearest(exc, AIOHTTP_FAULTS)
    if fault in (Fault.dns, Fault.tls):
        return fault
    for cause in _beneath(exc):
        if (better := _nearest(cause, CAUSE_FAULTS)) is not Fault.other:
            return better
        if isinstance(cause, http_exceptions.BadHttpMessage):
            return _by_reason(cause, fault)
    return fault


def from_httpx(exc: httpx.RequestError) -> NoReply:
    """Our error for one raised by a transport that is not ours; one of ours stays itself."""
    if isinstance(exc, NoReply):
        return exc
    if (fault := _nearest(exc, HTTPX_NOT_SENT)) is not Fault.other:
        return NotSent(fault, type(exc).__name__)
    return Ambiguous(_nearest(exc, HTTPX_AMBIGUOUS), type(exc).__name__)


def detail_of(exc: BaseException) -> str:
    """The class of an exception and its errno: all of it that is safe to show."""
    number = getattr(exc, "errno", None)
    sign = errno.errorcode.get(number, "") if isinstance(number, int) else ""
    return f"{type(exc).__name__} {sign}".rstrip()


def _nearest(exc: BaseException, table: Mapping[type[BaseException], Fault]) -> Fault:
    return next((table[cls] for cls in type(exc).__mro__ if cls in table), Fault.other)


def _by_reason(exc: http_exceptions.BadHttpMessage, otherwise: Fault) -> Fault:
    reason = exc.message.partition("\n")[0]
    return next((fault for words, fault in REASON_FAULTS.items() if words in reason), otherwise)


def _beneath(exc: BaseException) -> Iterator[BaseException]:
    seen = getattr(exc, "os_error", None) or exc.__cause__
    while seen is not None:
        yield seen
        seen = seen.__cause__
