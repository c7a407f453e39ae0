"""Faults in memory: for each fault of the mock carriers what an HTTP client in one process would have met.

A twin must come to the same outcome as its socket. Faults that the carrier tells in its own words (a rate limit, a
maintenance page of its own) have no twin: only its mock knows them.
"""

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from contract_tests.examples.hostile import DEPTH, deep
from gateway.wire.contract import WireReply

Params = Mapping[str, Any]
Twin = Callable[[WireReply, Params], httpx.Response | Exception]
"""From the honest reply to what arrives instead: a response, or the exception of a client without one."""

_PAGE = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>Welcome</h1><hr>edge</body></html>"


def response(reply: WireReply) -> httpx.Response:
    """The honest reply; its headers as bytes, because a carrier's are not always ASCII."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    return httpx.Response(reply.status, headers=headers, content=reply.body)


def _raises(error: type[httpx.TransportError]) -> Twin:
    return lambda _reply, _params: error("injected")


def _page(status: int) -> Twin:
    headers = {"Content-Type": "text/html; charset=utf-8"}
    return lambda _reply, params: httpx.Response(int(params.get("status", status)), headers=headers, content=_PAGE)


def _redirected(_: WireReply, params: Params) -> httpx.Response:
    return httpx.Response(int(params.get("status", 307)), headers={"Location": "/"})


def _empty(_: WireReply, params: Params) -> httpx.Response:
    return httpx.Response(int(params.get("status", 200)))


def _error(_: WireReply, params: Params) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    return httpx.Response(int(params.get("status", 500)), headers=headers, content=b'{"error":"internal error"}')


def _cut(reply: WireReply, params: Params) -> httpx.Response:
    kept = min(len(reply.body) * int(params.get("pct", 50)) // 100, max(len(reply.body) - 1, 0))
    return _with_body(reply, reply.body[:kept])


def _bom(reply: WireReply, _: Params) -> httpx.Response:
    return _with_body(reply, b"\xef\xbb\xbf" + reply.body)


def _wrong_charset(reply: WireReply, _: Params) -> httpx.Response:
    middle = len(reply.body) // 2
    return _with_body(reply, reply.body[:middle] + b"\xff\xfe" + reply.body[middle:])


def _deep(reply: WireReply, params: Params) -> httpx.Response:
    return _with_body(reply, deep(int(params.get("depth", DEPTH)), reply.body))


def _with_body(reply: WireReply, body: bytes) -> httpx.Response:
    return response(WireReply(status=reply.status, headers=reply.headers, body=body))


_refused, _reset, _closed = _raises(httpx.ConnectError), _raises(httpx.ReadError), _raises(httpx.RemoteProtocolError)
_silent, _broken = _raises(httpx.ReadTimeout), _raises(httpx.DecodingError)  # type: ignore[arg-type]

TWINS: Mapping[str, Twin] = {
    "dns": _refused, "refuse": _refused, "tls_reset": _refused, "tls_untrusted": _refused, "tls_expired": _refused,
    "tls_hang": _raises(httpx.ConnectTimeout), "rst_accept": _reset, "fin_accept": _closed,
    "rst_mid_request": _raises(httpx.WriteError), "rst_before_commit": _reset, "fin_before_commit": _closed,
    "commit_then_rst": _reset, "commit_then_fin": _closed, "commit_then_hang": _silent, "late_commit": _silent,
    "error_before_commit": _error, "error_after_commit": _error, "html_200": _page(200), "html_502": _page(502),
    "empty_200": _empty, "redirect": _redirected, "maintenance": _page(503), "garbage": _closed, "truncate": _closed,
    "truncate_close": _cut,
    "truncate_chunked": _closed, "bad_chunk": _closed, "bad_gzip": _broken, "wrong_charset": _wrong_charset,
    "bom": _bom, "dribble": _silent, "slow_first_byte": _silent, "huge_header": _closed, "huge_body": _closed,
    "deep_body": _deep,
}  # fmt: skip

HANGING = frozenset({"commit_then_hang", "late_commit", "dribble", "slow_first_byte", "tls_hang"})
UNASKED = frozenset({"dns"})
"""Faults that strike before any carrier is asked, so that no mock has them: the name of its host is not found."""
TLS = frozenset({"tls_reset", "tls_hang", "tls_untrusted", "tls_expired"})
COMMITTING = frozenset({
    "commit_then_rst", "commit_then_fin", "commit_then_hang", "error_after_commit", "truncate", "truncate_close",
    "truncate_chunked", "bad_chunk", "bad_gzip", "wrong_charset", "dribble", "slow_first_byte", "huge_header",
    "huge_body", "deep_body",
})  # fmt: skip
"""Faults after which the carrier has done what was asked, if it was going to."""

CALLBACKS = frozenset({"dup_callback", "reorder_callback", "lost_callback", "forged_callback", "early_callback"})
"""Faults of what the carrier sends unasked: the reply is whole, the callback is not as it should be."""

PROMISES: Mapping[str, str] = {
    **dict.fromkeys(("truncate", "truncate_close", "truncate_chunked", "bad_chunk", "bad_gzip"), "C12"),
    **dict.fromkeys(("html_200", "html_502", "empty_200", "garbage"), "C13"),
    **dict.fromkeys(("commit_then_hang", "late_commit", "dribble", "slow_first_byte", "tls_hang"), "C15"),
    **dict.fromkeys(("wrong_charset", "bom"), "C11"),
    **dict.fromkeys(("dup_response", "swap_response"), "C17"),
    **dict.fromkeys(CALLBACKS, "C19"),
    "redirect": "C14",
    "clock_skew": "C02",
    **dict.fromkeys(("huge_header", "huge_body", "deep_body"), "C23"),
}
"""The row of the catalogue a fault shows; any other is about connections in memory, about resending on a socket."""

HARMLESS = frozenset({"slow", "dup_response", "idle_close"})
"""Faults in whose course the carrier does what was asked, and its reply comes whole."""

PAIRED = frozenset({"swap_response", "reorder_callback"})
"""Faults of two operations at one carrier: an example may name the other one."""

SOCKET_FAULTS = frozenset({
    *TWINS, *HARMLESS, *CALLBACKS, "swap_response", "clock_skew", "rate_limit", "auth_expired", "query_lag",
    "query_not_found_then_found",
})  # fmt: skip
"""Faults that an example may name at level 2."""

WITHOUT_TWIN: Mapping[str, str] = {
    "rate_limit": "told in the carrier's own words, which only its mock knows",
    "auth_expired": "told in the carrier's own words, which only its mock knows",
    "clock_skew": "stands inside a reply that is signed again, which only the mock can do",
    "query_lag": "needs the carrier's memory over several requests",
    "query_not_found_then_found": "needs the carrier's memory over several requests",
    "slow": "a wait within the deadline changes no outcome",
    "dup_response": "needs a connection that two requests share",
    "idle_close": "needs a connection that two requests share",
    "swap_response": "needs two requests at one time",
    "early_callback": "is a request of the carrier's, not a reply",
    "dup_callback": "is a request of the carrier's, not a reply",
    "lost_callback": "is a request of the carrier's, not a reply",
    "forged_callback": "is a request of the carrier's, not a reply",
    "reorder_callback": "is a request of the carrier's, not a reply",
}
"""Faults of the mock carriers that one reply in memory cannot show, each with its reason."""
