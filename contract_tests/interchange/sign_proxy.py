"""A proxy on this machine that signs again: a verifier replays what an example sent, and a carrier wants it signed now.

A Pact file holds the bytes of an example, with its clock, its nonce and a test key's signature. The proxy knows the
example by them, has the mapping build the same message under today's clock, a fresh nonce and the channel's own keys,
sends that to the sandbox and gives back its reply as it came. Numbers stay as they are written. Guarded as a live run
is: a flag, a host on the list, and `live: { safe: true }` on the example.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any, Self
from urllib.parse import parse_qsl

from msgspec import Struct
from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.example import Exchange, WantedRequest
from contract_tests.examples.flow import Played
from contract_tests.examples.subject import Subject
from contract_tests.live.sandbox import Sandbox, opened
from contract_tests.mock.messages import BadRequest, HttpReply, HttpRequest, read_body, read_head
from contract_tests.mock.port import Port
from contract_tests.runner.run import Unprepared
from gateway.channel import Channel, TokenUnavailable
from gateway.channel import Exchange as Sent
from gateway.wire.contract import WireReply
from gateway.wire.errors import WireError

HOST = "127.0.0.1"
_OF_THE_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"})
_UNKNOWN, _FORBIDDEN, _FAILED = 404, 403, 502


class Written(Struct, frozen=True):
    """A request as an example writes it, with the example behind it."""

    run: Run
    exchange: Exchange

    @property
    def request(self) -> WantedRequest:
        """What is on the wire."""
        assert self.exchange.request is not None
        return self.exchange.request

    def is_sent_by(self, request: HttpRequest) -> bool:
        """Whether a request is this one: a verifier writes JSON and queries anew, and no headers are looked at."""
        method, target, body = self.request.method, self.request.target, self.request.body
        if method is None or target is None or method.value != request.method:
            return False
        return _same_target(target.value, request.target) and _same_body(body.value if body else b"", request.body)


class SignProxy:
    """Serves while it is open; `sent` counts what went to the sandbox."""

    def __init__(self, subject: Subject, sandbox: Sandbox, port: int = 0) -> None:
        """Nothing listens yet. Raises Unprepared where no example may be sent."""
        self.subject, self.sandbox, self.sent = subject, sandbox, 0
        self.known = tuple(_written(subject))
        self._safe = [each for each in self.known if each.run.example.is_live]
        if not self._safe:
            raise Unprepared(f"no example of {subject.carrier} says live: {{ safe: true }}: nothing may be sent")
        self._wanted_port, self._port = port, Port(self._serve)
        self._stack = AsyncExitStack()
        self._channel: Channel | None = None
        self._open: Callable[[], Channel] | None = None

    async def __aenter__(self) -> Self:
        first = self._safe[0].run.example
        self._open = await self._stack.enter_async_context(
            opened(self.subject, self.sandbox, dict(first.secrets), first.config)
        )
        await self._port.open(HOST, self._wanted_port)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._port.close()
        await self._stack.aclose()

    @property
    def url(self) -> str:
        """Where a verifier finds it."""
        return f"http://{HOST}:{self._port.number}"

    @property
    def safe(self) -> int:
        """How many of the requests it knows may be sent."""
        return len(self._safe)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = read_head(await reader.readuntil(b"\r\n\r\n"))
            await read_body(request, reader)
        except (BadRequest, asyncio.LimitOverrunError, ValueError):
            reply = _told(400, "no HTTP request that can be read")
        else:
            reply = await self._answer(request)
        writer.write(reply.whole(keep_alive=False))
        await writer.drain()

    async def _answer(self, request: HttpRequest) -> HttpReply:
        fitting = [each for each in self.known if each.is_sent_by(request)]
        if not fitting:
            what = f"{request.method} {request.target.partition('?')[0]}"
            return _told(_UNKNOWN, f"no example of {self.subject.carrier} sends this {what}: export them again")
        safe = [each for each in fitting if each.run.example.is_live]
        if not safe:
            names = ", ".join(each.run.example.id for each in fitting)
            return _told(_FORBIDDEN, f"not sent: {names} does not say live: {{ safe: true }}")
        try:
            return await self._signed_again(safe[0])
        except (WireError, LookupError, TokenUnavailable) as error:
            return _told(_FAILED, f"not sent: {error}")

    async def _signed_again(self, written: Written) -> HttpReply:
        run = written.run
        played = run.flow.of(written.exchange.step)
        assert played is not None
        channel = await self._ready()
        context = self._now(channel, played, run)
        wire = channel.build(played.step, run.example.request, context)
        exchange = Sent(
            channel=channel.name,
            attempt_id=self.sandbox.world.new_id("att"),
            step=played.step,
            request=run.example.request,
            context=context,
            wire=wire,
            deadline_s=played.step.timeout.total_s,
        )
        self.sent += 1
        answer = await channel.send(exchange)
        if answer.raw is None:
            return _told(_FAILED, f"the sandbox gave no reply: {answer.reply.outcome.code}")
        return _passed_on(answer.raw)

    def _now(self, channel: Channel, played: Played, run: Run) -> Any:
        """The context of this moment: the channel's clock, nonces, keys and token; the example's numbers."""
        written = played.context
        fresh = channel.context(binding=run.example.binding, refs=run.example.refs, steps=written.steps)
        return replace(
            fresh,
            now=fresh.now.replace(microsecond=0),
            request_no=written.request_no,
            attempt_no=written.attempt_no,
        )

    async def _ready(self) -> Channel:
        if self._channel is None:
            assert self._open is not None
            self._channel = self._open()
        if self._channel.adapter.carrier.token is not None:
            await self._channel.fetch_token()
        return self._channel


def _written(subject: Subject) -> Iterator[Written]:
    """Every request that a Pact file of the carrier may hold."""
    for file in subject.files:
        for example in file.examples:
            if example.fault is not None or example.callback is not None:
                continue
            for exchange in example.exchanges:
                if exchange.reply is not None and exchange.request is not None:
                    yield Written(Run(file, example, subject), exchange)


def _same_target(written: str, sent: str) -> bool:
    path, _, query = written.partition("?")
    other_path, _, other_query = sent.partition("?")
    pairs = (sorted(parse_qsl(each, keep_blank_values=True)) for each in (query, other_query))
    return path == other_path and next(pairs) == next(pairs)


def _same_body(written: bytes, sent: bytes) -> bool:
    if written == sent:
        return True
    try:
        return bool(json.loads(written) == json.loads(sent))
    except ValueError:
        return False


def _passed_on(raw: WireReply) -> HttpReply:
    """The sandbox's reply for the verifier: what belongs to the other connection stays there."""
    headers: dict[str, str] = {}
    for name, value in raw.headers:
        if name.lower() not in _OF_THE_HOP:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return HttpReply(raw.status, headers, raw.body)


def _told(status: int, text: str) -> HttpReply:
    """The proxy's own words."""
    headers = {"Content-Type": "text/plain; charset=utf-8", "X-Sign-Proxy": "refused"}
    return HttpReply(status, headers, text.encode())
