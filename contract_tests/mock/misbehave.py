"""What each fault does on the wire: one small function per fault, over a connection and an exchange."""

import asyncio
import gzip
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from contract_tests.mock.engine import Exchange, refusal
from contract_tests.mock.messages import HttpReply

_PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1><hr>edge</body></html>"
_CHUNK_BYTES = 64 * 1024


class Wire(Protocol):
    """What a fault may do with a connection."""

    writer: asyncio.StreamWriter

    async def work(self, exchange: Exchange) -> HttpReply:
        """Let the carrier work on the request; its effects are in the ledger when this returns."""

    async def gone(self, timeout_s: float) -> None:
        """Wait until the client has gone away, the mock stops or the time is over."""

    def late(self, exchange: Exchange, after_s: float) -> None:
        """Let the carrier work on the request later, answering nobody."""

    def partner(self, exchange: Exchange, reply: HttpReply, wait_s: float) -> Awaitable[HttpReply]:
        """Give away a reply and get another request's."""

    async def deliver_early(self, exchange: Exchange) -> bool:
        """Let what is pending happen and deliver its callbacks now; gives whether one arrived."""

    def played(self, exchange: Exchange) -> None:
        """Count that the request's fault was played."""


@dataclass(slots=True)
class Struck:
    """A fault about to happen: on which connection, to which request, how much of it."""

    wire: Wire
    exchange: Exchange
    params: dict[str, Any]
    keep_alive: bool

    async def send(self, data: bytes) -> None:
        """Write bytes."""
        self.wire.writer.write(data)
        await self.wire.writer.drain()

    async def honest(self) -> HttpReply:
        """The ordinary course of the request."""
        return await self.wire.work(self.exchange)

    def happened(self) -> None:
        """Say that the fault was played: those of `NEED_MORE` alone say so themselves."""
        self.wire.played(self.exchange)


Act = Callable[[Struck], Awaitable[bool]]
"""Gives whether the connection can serve another request."""


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST instead of FIN."""
    held = writer.get_extra_info("socket")
    if held is not None:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _rst_before_commit(struck: Struck) -> bool:
    reset(struck.wire.writer)
    return False


async def _fin_before_commit(_: Struck) -> bool:
    return False


async def _commit_then_rst(struck: Struck) -> bool:
    await struck.honest()
    return await _rst_before_commit(struck)


async def _commit_then_fin(struck: Struck) -> bool:
    await struck.honest()
    return False


async def _commit_then_hang(struck: Struck) -> bool:
    await struck.honest()
    await struck.wire.gone(float(struck.params["seconds"]))
    return False


async def _late_commit(struck: Struck) -> bool:
    """A carrier keeps its own horizon: what would come later than it documents does not come at all."""
    given, after_s = struck.params["horizon"], float(struck.params["after"])
    horizon_s = struck.exchange.world.definition.horizon_s if given is None else float(given)
    if horizon_s is None or after_s <= horizon_s:
        struck.wire.late(struck.exchange, after_s)
        struck.happened()
    await struck.wire.gone(3600.0)
    return False


def _error(params: dict[str, Any]) -> HttpReply:
    status = int(params["status"])
    if params.get("html"):
        return _page(status)
    return HttpReply(status, {"Content-Type": "application/json"}, b'{"error":"internal error"}')


def _page(status: int) -> HttpReply:
    body = _PAGE.format("Welcome" if status == 200 else f"{status} Bad Gateway")
    return HttpReply(status, {"Content-Type": "text/html; charset=utf-8", "Server": "edge"}, body.encode())


async def _instead(struck: Struck, reply: HttpReply) -> bool:
    if struck.params.get("commit"):
        await struck.honest()
    await struck.send(reply.whole(keep_alive=struck.keep_alive))
    return struck.keep_alive


async def _error_before_commit(struck: Struck) -> bool:
    return await _instead(struck, _error(struck.params))


async def _error_after_commit(struck: Struck) -> bool:
    await struck.honest()
    return await _instead(struck, _error(struck.params))


async def _html_200(struck: Struck) -> bool:
    return await _instead(struck, _page(200))


async def _html_502(struck: Struck) -> bool:
    return await _instead(struck, _page(502))


async def _empty_200(struck: Struck) -> bool:
    return await _instead(struck, HttpReply(200))


async def _redirect(struck: Struck) -> bool:
    """To the very same address: who follows sends a second request, which the carrier sees."""
    target = str(struck.exchange.scope["request"]["target"])
    return await _instead(struck, HttpReply(int(struck.params["status"]), {"Location": target}))


async def _garbage(struck: Struck) -> bool:
    if struck.params["commit"]:
        await struck.honest()
    await struck.send(b"\x16\x03\x01" + os.urandom(200) + b"\r\n\r\n")
    return False


async def _maintenance(struck: Struck) -> bool:
    reply = _page(int(struck.params["status"]))
    reply.headers["Retry-After"] = str(struck.params["retry_after"])
    return await _instead(struck, reply)


async def _truncate(struck: Struck) -> bool:
    reply = await struck.honest()
    await struck.send(reply.head(length=len(reply.body), keep_alive=struck.keep_alive) + _cut(reply, struck))
    return False


async def _truncate_close(struck: Struck) -> bool:
    reply = await struck.honest()
    await struck.send(reply.head(length=None, keep_alive=False) + _cut(reply, struck))
    return False


def _cut(reply: HttpReply, struck: Struck) -> bytes:
    """At least one byte is missing, whatever the percentage."""
    return reply.body[: min(len(reply.body) * int(struck.params["pct"]) // 100, max(len(reply.body) - 1, 0))]


def _chunked(reply: HttpReply) -> bytes:
    reply.headers["Transfer-Encoding"] = "chunked"
    return reply.head(length=None, keep_alive=True)


async def _truncate_chunked(struck: Struck) -> bool:
    reply = await struck.honest()
    part = _cut(reply, struck)
    await struck.send(_chunked(reply) + f"{len(part):x}\r\n".encode() + part + b"\r\n" if part else _chunked(reply))
    return False


async def _bad_chunk(struck: Struck) -> bool:
    reply = await struck.honest()
    await struck.send(_chunked(reply) + b"zz\r\n" + reply.body + b"\r\n0\r\n\r\n")
    return False


async def _bad_gzip(struck: Struck) -> bool:
    reply = await struck.honest()
    packed = bytearray(gzip.compress(reply.body or b"{}"))
    packed[len(packed) // 2 :] = bytes(byte ^ 0x5A for byte in packed[len(packed) // 2 :])
    reply.headers["Content-Encoding"], reply.body = "gzip", bytes(packed)
    await struck.send(reply.whole(keep_alive=struck.keep_alive))
    return struck.keep_alive


async def _wrong_charset(struck: Struck) -> bool:
    """UTF-8 carriers send GBK and the other way round; a body that would not change gets bytes of neither."""
    reply = await struck.honest()
    said = struck.exchange.world.definition.charset.lower()
    other = "gbk" if said in ("utf-8", "utf8") else "utf-8"
    changed = reply.body.decode(said, "replace").encode(other, "replace")
    middle = len(reply.body) // 2
    reply.body = changed if changed != reply.body else reply.body[:middle] + b"\xff\xfe" + reply.body[middle:]
    await struck.send(reply.whole(keep_alive=struck.keep_alive))
    return struck.keep_alive


async def _bom(struck: Struck) -> bool:
    reply = await struck.honest()
    reply.body = b"\xef\xbb\xbf" + reply.body
    await struck.send(reply.whole(keep_alive=struck.keep_alive))
    return struck.keep_alive


async def _dribble(struck: Struck) -> bool:
    data = (await struck.honest()).whole(keep_alive=struck.keep_alive)
    size = int(struck.params["bytes"])
    for start in range(0, len(data), size):
        await struck.send(data[start : start + size])
        await asyncio.sleep(float(struck.params["interval"]))
    return struck.keep_alive


async def _slow_first_byte(struck: Struck) -> bool:
    reply = await struck.honest()
    await struck.wire.gone(float(struck.params["seconds"]))
    await struck.send(reply.whole(keep_alive=struck.keep_alive))
    return struck.keep_alive


async def _slow(struck: Struck) -> bool:
    await asyncio.sleep(float(struck.params["seconds"]))
    await struck.send((await struck.honest()).whole(keep_alive=struck.keep_alive))
    return struck.keep_alive


async def _dup_response(struck: Struck) -> bool:
    data = (await struck.honest()).whole(keep_alive=True)
    await struck.send(data + data)
    return True


async def _idle_close(struck: Struck) -> bool:
    await struck.send((await struck.honest()).whole(keep_alive=True))
    return False


async def _swap_response(struck: Struck) -> bool:
    own = await struck.honest()
    other = await struck.wire.partner(struck.exchange, own, float(struck.params["wait"]))
    if other is not own:
        struck.happened()
    await struck.send(other.whole(keep_alive=struck.keep_alive))
    return struck.keep_alive


async def _huge_header(struck: Struck) -> bool:
    reply = await struck.honest()
    reply.headers["X-Padding"] = "a" * int(struck.params["bytes"])
    await struck.send(reply.whole(keep_alive=struck.keep_alive))
    return struck.keep_alive


async def _huge_body(struck: Struck) -> bool:
    reply, size = await struck.honest(), int(struck.params["bytes"])
    if struck.params["gzip"]:
        reply.headers["Content-Encoding"], reply.body = "gzip", gzip.compress(bytes(size), compresslevel=9)
        await struck.send(reply.whole(keep_alive=struck.keep_alive))
        return struck.keep_alive
    await struck.send(reply.head(length=size, keep_alive=struck.keep_alive) + reply.body[:size])
    left = size - min(size, len(reply.body))
    while left > 0:
        await struck.send(b" " * min(left, _CHUNK_BYTES))
        left -= _CHUNK_BYTES
    return struck.keep_alive


async def _deep_body(struck: Struck) -> bool:
    reply, depth = await struck.honest(), int(struck.params["depth"])
    is_xml = reply.body.lstrip()[:1] == b"<"
    reply.body = b"<a>" * depth + b"</a>" * depth if is_xml else b'{"a":' * depth + b"1" + b"}" * depth
    await struck.send(reply.whole(keep_alive=struck.keep_alive))
    return struck.keep_alive


async def _early_callback(struck: Struck) -> bool:
    reply = await struck.honest()
    if await struck.wire.deliver_early(struck.exchange):
        struck.happened()
    await struck.send(reply.whole(keep_alive=struck.keep_alive))
    return struck.keep_alive


ACTS: dict[str, Act] = {
    "rst_before_commit": _rst_before_commit, "fin_before_commit": _fin_before_commit,
    "commit_then_rst": _commit_then_rst, "commit_then_fin": _commit_then_fin, "commit_then_hang": _commit_then_hang,
    "late_commit": _late_commit, "error_before_commit": _error_before_commit,
    "error_after_commit": _error_after_commit, "html_200": _html_200, "html_502": _html_502, "empty_200": _empty_200,
    "redirect": _redirect, "garbage": _garbage, "maintenance": _maintenance, "truncate": _truncate,
    "truncate_close": _truncate_close,
    "truncate_chunked": _truncate_chunked, "bad_chunk": _bad_chunk, "bad_gzip": _bad_gzip,
    "wrong_charset": _wrong_charset, "bom": _bom, "dribble": _dribble, "slow_first_byte": _slow_first_byte,
    "slow": _slow, "dup_response": _dup_response, "idle_close": _idle_close,
    "swap_response": _swap_response, "huge_header": _huge_header,
    "huge_body": _huge_body, "deep_body": _deep_body, "early_callback": _early_callback,
}  # fmt: skip
"""Faults of the exchange that act on the wire; the others of that stage act inside the world (see `influence`)."""

NEED_MORE = frozenset({"late_commit", "swap_response", "early_callback"})
"""Faults that come to nothing without something else: time within the horizon, a second request, a callback."""


def _hidden_s(horizon_s: float | None) -> float:
    """How long reads may miss a record: a carrier keeps its own horizon, also for what it began late."""
    return float("inf") if horizon_s is None else horizon_s / 2


def influence(fault: str, params: dict[str, Any], exchange: Exchange) -> tuple[bool, HttpReply | None]:
    """Faults that change what the carrier says rather than how it is sent.

    Gives whether there was anything to change, and a reply when nothing else is to be done.
    """
    world, scope = exchange.world, exchange.scope
    if fault == "query_lag":
        scope["lag_s"] = float(params["seconds"])
    elif fault == "clock_skew":
        scope["skew_s"] = float(params["seconds"])
    elif fault == "query_not_found_then_found":
        entry = ("not found yet", str(exchange.key))
        world.counts[entry] += 1
        if world.counts[entry] > int(params["times"]):
            return False, None
        scope["lag_s"] = _hidden_s(world.definition.horizon_s)
    elif fault == "auth_expired":
        return True, refusal(exchange, "auth_expired", HttpReply(401))
    elif fault == "rate_limit":
        if not world.fault_rate.over(world.clock.now(), int(params["n"])):
            return False, None
        reply = refusal(exchange, "rate_limit", HttpReply(429))
        reply.headers.setdefault("Retry-After", str(params["retry_after"]))
        return True, reply
    return True, None
