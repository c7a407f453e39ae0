"""Webhooks: a receiver that is now and then down, and what it must have been told in the end (V2)."""

import asyncio
import base64
import hashlib
import hmac
import random
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from msgspec import Struct

from contract_tests.checker.history import Violation
from contract_tests.checker.invariants.reading import TERMINAL
from contract_tests.mock.messages import HttpReply, HttpRequest, read_body, read_head

RETRY = ("1s", "2s", "5s", "10s", "30s", "30s", "60s", "60s", "60s")
FAILS, FORGETS, SLEEPS = 0.12, 0.05, 0.03
TOLD = TERMINAL | {"needs_review"}


class Taken(Struct, frozen=True, kw_only=True):
    """A delivery as it came: the event's id, its body, whether its signature was genuine, and whether it was taken."""

    event_id: str
    body: bytes
    genuine: bool
    taken: bool


class Told(Struct, frozen=True, kw_only=True):
    """An event as the journal keeps it."""

    event_id: str
    object_id: str
    kind: str
    body: bytes


class Receiver:
    """Takes events as the specification says; with `unwell` it fails, forgets to answer, or answers late."""

    def __init__(self, seed: int) -> None:
        """`key` is what the gateway showed when the endpoint was made."""
        self.key, self.url, self.unwell = "", "", True
        self.came: list[Taken] = []
        self._chance = random.Random(seed)
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/events"

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            request = read_head(await reader.readuntil(b"\r\n\r\n"))
            await read_body(request, reader)
            status = await self._answer(request)
            if status:
                writer.write(HttpReply(status).whole(keep_alive=False))
                await writer.drain()
        writer.close()

    async def _answer(self, request: HttpRequest) -> int:
        """The status; none when it has taken the event and goes away without a word."""
        drawn = self._chance.random() if self.unwell else 1.0
        taken = drawn >= FAILS
        headers = {name.lower(): value for name, value in request.headers.items()}
        genuine = is_genuine(self.key, headers, request.body)
        self.came.append(Taken(event_id=headers.get("webhook-id", ""), body=request.body, genuine=genuine, taken=taken))
        if FAILS <= drawn < FAILS + FORGETS:
            return 0
        if drawn < FAILS + FORGETS + SLEEPS:
            await asyncio.sleep(0.5)
        return 204 if taken else 500


def is_genuine(key: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether one of the signatures is the key's, as Standard Webhooks has it."""
    signed = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode() + body
    made = hmac.digest(base64.b64decode(key.removeprefix("whsec_")), signed, hashlib.sha256)
    wanted = "v1," + base64.b64encode(made).decode()
    return any(hmac.compare_digest(each, wanted) for each in headers.get("webhook-signature", "").split())


def everything_told(states: Mapping[str, str], events: Iterable[Told], came: Sequence[Taken]) -> list[Violation]:
    """V2: every end was made an event, every event was taken as it was written, and none says what is not so.

    `states` are the operations' by id.
    """
    found = []
    taken = {each.event_id: each.body for each in came if each.taken and each.genuine}
    kept = {each.event_id: each for each in events}
    said: dict[str, set[str]] = {}
    for event in kept.values():
        if event.event_id not in taken:
            found.append(_broken(event.event_id, f"{event.kind} was never taken by its receiver"))
        elif taken[event.event_id] != event.body:
            found.append(_broken(event.event_id, f"{event.kind} came with another body than was written"))
        if event.kind.startswith("operation."):
            said.setdefault(event.object_id, set()).add(event.kind.removeprefix("operation."))
    for operation_id, state in states.items():
        if state in TOLD and state not in said.get(operation_id, ()):
            found.append(_broken(operation_id, f"ended {state}, and no event says so"))
        if wrong := (said.get(operation_id, set()) & TERMINAL) - {state}:
            found.append(_broken(operation_id, f"was told to be {', '.join(sorted(wrong))}, and is {state}"))
    found += [_broken(each.event_id, "came and was never written") for each in came if each.event_id not in kept]
    found += [_broken(each.event_id, "came with a signature that is not genuine") for each in came if not each.genuine]
    return found


def _broken(subject: str, text: str) -> Violation:
    return Violation(invariant="V2", subject=subject, text=text)
