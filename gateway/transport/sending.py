"""Sending over any httpx transport, ours or a test's mock, with our errors only."""

import functools
import re

import httpx

from gateway.transport.errors import Fault, NoReply, NotSent
from gateway.transport.faults import from_httpx
from gateway.transport.limits import PARSED_URLS_MAX
from gateway.wire.contract import Framing, Headers, WireReply

_TARGET = re.compile(r"[^:/?#]+://[^/?#]*([^#]*)")


async def send(
    transport: httpx.AsyncBaseTransport,
    method: str,
    url: str,
    headers: Headers = (),
    body: bytes = b"",
    *,
    deadline_s: float = 30.0,
    fresh: bool = True,
    connect_s: float | None = None,
    framing: Framing | None = None,
) -> WireReply:
    """Send one request through `transport` and return the reply's status, headers and undecoded body.

    `url` is absolute and percent-encoded; its target, the headers and the body leave as they are. `fresh` (a
    connection of its own) is for writes, reads may say no; over `tcp://`, always fresh, `framing` tells where the reply
    ends. Header values of the reply are Latin-1 text, which keeps
    every byte. Raises `NotSent` or `Ambiguous`, nothing else.
    """
    request = _request(method, url, headers, body)
    request.extensions = {"deadline_s": deadline_s, "fresh_connection": fresh}
    if connect_s is not None:
        request.extensions["connect_s"] = connect_s
    if framing is not None:
        request.extensions["framing"] = framing
    failure: NoReply
    try:
        response = await transport.handle_async_request(request)
        content = await response.aread()
    except NoReply:
        raise
    except httpx.RequestError as exc:
        failure = from_httpx(exc)
    else:
        names = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
        return WireReply(status=response.status_code, headers=names, body=content)
    raise failure


def _request(method: str, url: str, headers: Headers, body: bytes) -> httpx.Request:
    fields = [(name.encode(), value.encode()) for name, value in headers]
    return httpx.Request(method, _fixed(url) if "?" not in url else _parsed(url), headers=fields, content=body)


def _parsed(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = None
    if parsed is None:
        raise NotSent(Fault.invalid_request, "URL")
    # httpx encodes what it thinks should be: a target signed as it stood would no longer match.
    target = _TARGET.match(url)
    if target is None or (target[1] if target[1].startswith("/") else "/" + target[1]).encode() != parsed.raw_path:
        raise NotSent(Fault.invalid_request, "target is not percent-encoded")
    return parsed


# Carriers have few addresses, and parsing one costs as much as sending to it. A query may hold personal data: not kept.
_fixed = functools.lru_cache(maxsize=PARSED_URLS_MAX)(_parsed)
