"""A request as it will leave: the same bytes that were built, or none."""

import io
import re
from typing import Any

import httpx
from yarl import URL

from gateway import __version__
from gateway.transport.errors import Fault, NotSent
from gateway.transport.limits import STREAMED_FROM_BYTES

USER_AGENT = f"insurehub/{__version__}"

_FORBIDDEN = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def target_of(url: httpx.URL) -> URL:
    """The same URL for aiohttp, not encoded a second time.

    Raises `NotSent` for credentials in it (they would become a header nobody built) and for a target that would change.
    """
    if url.userinfo:
        raise NotSent(Fault.invalid_request, "credentials in the URL")
    target = URL(str(url), encoded=True)
    if target.raw_path_qs.encode() != url.raw_path:
        raise NotSent(Fault.invalid_request, "target")
    return target


def headers_of(request: httpx.Request, body: bytes) -> list[tuple[str, str]]:
    """The request's headers in their order and case, with our name and `identity` where it is silent.

    Raises `NotSent` for what would break the framing of the message: a control character, a length that is not the
    body's, a transfer coding.
    """
    headers = [(name.decode("ascii"), value.decode("utf-8")) for name, value in request.headers.raw]
    given = {name.lower(): value for name, value in headers}
    if _FORBIDDEN.search("".join([part for header in headers for part in header])):
        raise NotSent(Fault.invalid_request, "control character in a header")
    if "transfer-encoding" in given or given.get("content-length", str(len(body))) != str(len(body)):
        raise NotSent(Fault.invalid_request, "framing header")
    if "accept-encoding" not in given:
        headers.append(("Accept-Encoding", "identity"))
    if "user-agent" not in given:
        headers.append(("User-Agent", USER_AGENT))
    return headers


def body_of(body: bytes) -> Any:
    """The body for aiohttp: large ones as a stream, so that writing them does not hold the event loop."""
    if len(body) > STREAMED_FROM_BYTES:
        return io.BytesIO(body)
    return body or None
