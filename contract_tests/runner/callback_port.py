"""Our side of a carrier's callbacks: a port that reads each with the adapter, and answers as the gateway does."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.frozen import context_of
from contract_tests.mock.messages import HttpReply, HttpRequest, read_body, read_head
from contract_tests.mock.port import Port
from gateway.wire.contract import Inbound, Notice

_HOST = "127.0.0.1"


class Heard(Struct, frozen=True, kw_only=True):
    """A callback as it was read; `early` when the carrier had not answered yet."""

    notice: Notice
    event: str
    early: bool

    @property
    def is_believed(self) -> bool:
        """Whether it is of the kind its address says, and proven."""
        return self.notice.matched and self.notice.genuine


class CallbackPort:
    """Takes callbacks while it is open; `wrong` tells of those that the adapter could not read."""

    def __init__(self, run: Run, now: Callable[[], datetime], is_early: Callable[[], bool]) -> None:
        """`now` is the carrier's clock, by which its signatures are judged."""
        self._run, self._now, self._is_early = run, now, is_early
        self._port = Port(self._serve)
        self.heard: list[Heard] = []
        self.wrong: list[str] = []

    async def __aenter__(self) -> Self:
        await self._port.open(_HOST, 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._port.close()

    @property
    def url(self) -> str:
        """Where the carrier sends them: its own name of the callback ends the path."""
        return f"http://{_HOST}:{self._port.number}/{{callback}}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = read_head(await reader.readuntil(b"\r\n\r\n"))
        await read_body(request, reader)
        writer.write(self._answer(request).whole(keep_alive=False))
        await writer.drain()

    def _answer(self, request: HttpRequest) -> HttpReply:
        try:
            return self._read(request)
        except Exception as error:  # noqa: BLE001 - told by the check, not by a connection that ends
            self.wrong.append(f"{type(error).__name__}: {error}")
            return HttpReply(500)

    def _read(self, request: HttpRequest) -> HttpReply:
        """Read, keep, answer: what is not believed is told so, as the gateway tells it."""
        name = request.path.removeprefix("/")
        callback = self._run.subject.adapter.callback(name)
        if callback is None:
            raise LookupError(f"the mapping has no callback '{name}', which the mock sends")
        headers = tuple(request.headers.items())
        inbound = Inbound(method=request.method, target=request.target, headers=headers, body=request.body)
        example = self._run.example
        context = context_of(example, replace(example.freeze, now=self._now()), {}, nonce="n".__mul__)
        notice = callback.read(inbound, context)
        event = notice.event_id or hashlib.sha256(request.body).hexdigest()
        heard = Heard(notice=notice, event=event, early=self._is_early())
        self.heard.append(heard)
        if not heard.is_believed:
            return HttpReply(401 if notice.matched else 400)
        sent = callback.answer(notice, context)
        return HttpReply(sent.status, dict(sent.headers), sent.body)
