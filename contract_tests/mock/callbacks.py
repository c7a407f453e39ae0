"""Callbacks a mock carrier sends: delivered, repeated until acknowledged, held, doubled, reordered, forged."""

import asyncio
import base64
import itertools
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from contract_tests.language.expression import Scope
from contract_tests.mock.engine import encoded
from contract_tests.mock.faults import Plan, Rule
from contract_tests.mock.forging import wrong_key
from contract_tests.mock.messages import BODY_BYTES_MAX
from contract_tests.mock.world import World

ANSWER_WAIT_S = 10.0
DELIVERIES_KEPT_MAX = 10_000
Post = Callable[[str, dict[str, str], bytes], Awaitable[tuple[int, Mapping[str, str], bytes]]]
"""Sends a body with headers to an address; gives status, headers in lower case, body. Raises OSError and the like."""


@dataclass(slots=True)
class Delivery:
    """One callback with its message; bytes and signature are made anew for every attempt, as carriers do."""

    number: int
    world: World
    name: str
    url: str
    scope: dict[str, Any]
    said: Any
    state: str = "pending"
    attempts: list[dict[str, Any]] = field(default_factory=list)
    forged: bool = False

    @property
    def has_arrived(self) -> bool:
        """Whether the last attempt was answered, however."""
        return bool(self.attempts) and "status" in self.attempts[-1]

    def describe(self) -> dict[str, Any]:
        """The delivery as the admin API shows it."""
        return {
            "id": self.number, "namespace": self.world.name, "callback": self.name, "url": self.url,
            "state": self.state, "forged": self.forged, "attempts": self.attempts,
        }  # fmt: skip


class Dispatcher:
    """Sends the callbacks of all namespaces of one mock carrier."""

    def __init__(
        self,
        address: str | None,
        plan_of: Callable[[World], Plan],
        send: Post | None = None,
        count: Callable[[str, str], None] = lambda _fault, _namespace: None,
    ) -> None:
        """`count` is told the name and namespace of every fault that is played."""
        self.address, self._plan_of, self._post, self._count = address, plan_of, send or post, count
        self.deliveries: list[Delivery] = []
        self.holding: set[str] = set()
        self._numbers = itertools.count(1)
        self._collected: list[Delivery] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(self, world: World, name: str, names: dict[str, Any]) -> None:
        """Take a callback that the carrier's state machine wants to send."""
        rules = world.definition.callbacks[name]
        scope = Scope(world, names)
        rules.let(scope)
        address = (self.address or "").replace("{callback}", name).replace("{carrier}", world.definition.carrier)
        delivery = Delivery(next(self._numbers), world, name, address, dict(scope), rules.message(scope))
        if len(self.deliveries) >= DELIVERIES_KEPT_MAX:
            del self.deliveries[: DELIVERIES_KEPT_MAX // 2]
        self.deliveries.append(delivery)
        if self._collected is not None:
            self._collected.append(delivery)
        else:
            self.start(delivery)

    @contextmanager
    def collect(self) -> Iterator[list[Delivery]]:
        """Keep what is submitted meanwhile, for the caller to start after its reply."""
        self._collected, before = [], self._collected
        try:
            yield self._collected
        finally:
            self._collected = before

    def start(self, delivery: Delivery) -> None:
        """Begin to deliver, as the namespace's plan allows."""
        rule = self._plan_of(delivery.world).strike("callback", {"callback": delivery.name})
        if not delivery.url:
            delivery.state = "no address"
        elif delivery.world.name in self.holding:
            delivery.state = "held"
        elif rule is not None and rule.fault == "lost_callback":
            delivery.state = "lost"
            self._count(rule.fault, delivery.world.name)
        else:
            self.spawn(self._faulty(delivery, rule))

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a delivery in the background."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _faulty(self, delivery: Delivery, rule: Rule | None) -> None:
        fault = rule.fault if rule is not None else None
        happened = False
        if fault == "forged_callback":
            happened = (await self.forge(delivery, {})).has_arrived
        elif rule is not None and fault == "reorder_callback":
            happened = await self._overtaken(delivery, float(rule.params["seconds"]))
        await self.attempt(delivery)
        if rule is not None and fault == "dup_callback":
            for _ in range(int(rule.params["times"]) - 1):
                await self.attempt(delivery)
                happened = happened or delivery.has_arrived
        if fault is not None and happened:
            self._count(fault, delivery.world.name)

    async def _overtaken(self, delivery: Delivery, within_s: float) -> bool:
        """Wait for a younger delivery to be acknowledged, if only by a moment; gives whether one was."""
        for _ in range(int(within_s * 50)):
            younger = itertools.takewhile(lambda other: other.number > delivery.number, reversed(self.deliveries))
            if any(other.state == "acknowledged" for other in younger):
                return True
            await asyncio.sleep(0.02)
        return False

    async def attempt(self, delivery: Delivery) -> bool:
        """Send once; without the acknowledgement the carrier demands, the next attempt is put on its clock."""
        world, rules = delivery.world, delivery.world.definition.callbacks[delivery.name]
        scope = Scope(world, delivery.scope)
        scope["said"] = delivery.said
        body, headers = encoded(scope, rules.encode, rules.body, rules.headers, world.definition.charset)
        note: dict[str, Any] = {"time": world.clock.now(), "body": base64.b64encode(body).decode()}
        delivery.attempts.append(note)
        note["headers"] = headers
        try:
            status, answered, content = await self._post(delivery.url, headers, body)
        except (OSError, ValueError, asyncio.IncompleteReadError, TimeoutError) as error:
            note["error"] = type(error).__name__
            acknowledged = False
        else:
            note.update(status=status, answer=base64.b64encode(content).decode())
            scope["reply"] = {"status": status, "headers": answered, "body": content}
            acknowledged = _acknowledged(rules.acknowledged, scope)
        note["acknowledged"] = acknowledged
        if acknowledged or delivery.state == "acknowledged":
            delivery.state = "acknowledged"
        elif not delivery.forged:
            self._again(delivery, rules.retry_s)
        return acknowledged

    def _again(self, delivery: Delivery, waits_s: tuple[float, ...]) -> None:
        made = len(delivery.attempts)
        if made > len(waits_s):
            delivery.state = "given up"
            return
        delivery.state = "waiting"

        def retry() -> None:
            if delivery.state == "waiting":
                self.spawn(_ignore(self.attempt(delivery)))

        delivery.world.timers.after(waits_s[made - 1], retry)

    async def forge(self, delivery: Delivery, changes: dict[str, Any]) -> Delivery:
        """Send a copy whose signature comes from wrong keys, with some of its message changed (dotted paths)."""
        secrets = {name: wrong_key(str(value)) for name, value in delivery.scope.get("secret", {}).items()}
        said = _changed(delivery.said, changes)
        scope = {**delivery.scope, "secret": secrets}
        forged = Delivery(next(self._numbers), delivery.world, delivery.name, delivery.url, scope, said, forged=True)
        self.deliveries.append(forged)
        acknowledged = await self.attempt(forged)
        forged.state = "acknowledged" if acknowledged else "refused"
        return forged

    def of(self, namespace: str, state: str | None = None) -> list[Delivery]:
        """The deliveries of a namespace, oldest first."""
        found = (one for one in self.deliveries if one.world.name == namespace)
        return [one for one in found if state is None or one.state == state]

    async def release(self, namespace: str, *, backwards: bool = False) -> int:
        """Send what is held, one after the other; from now on nothing is held."""
        self.holding.discard(namespace)
        held = self.of(namespace, "held")
        for delivery in reversed(held) if backwards else held:
            await self.attempt(delivery)
        return len(held)

    async def idle(self) -> None:
        """Wait until nothing is under way: what is repeated later waits on the carrier's clock."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Stop what is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _ignore(work: Awaitable[object]) -> None:
    await work


def _acknowledged(demand: Callable[[Scope], Any], scope: Scope) -> bool:
    """An answer that cannot be read is no acknowledgement."""
    try:
        return bool(demand(scope))
    except ValueError:
        return False


def _changed(tree: Any, changes: dict[str, Any]) -> Any:
    if not isinstance(tree, dict):
        return tree
    copy = dict(tree)
    for path, value in changes.items():
        name, _, rest = path.partition(".")
        copy[name] = _changed(copy.get(name, {}), {rest: value}) if rest else value
    return copy


async def post(url: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
    """A small POST of the mock's own: status, headers in lower case, body."""
    parts = urlsplit(url)
    if parts.hostname is None or parts.scheme not in ("http", "https"):
        raise ValueError("the callback address is no http URL")
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    async with asyncio.timeout(ANSWER_WAIT_S):
        reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=secure or None)
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
            lines += ["Connection: close", *(f"{name}: {value}" for name, value in headers.items())]
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)
            return await _answer(reader)
        finally:
            writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
    status = int(head[0].split(" ")[1])
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = b""
        while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
            body += (await reader.readexactly(size + 2))[:-2]
        return status, headers, body
    if "content-length" in headers:
        return status, headers, await reader.readexactly(min(int(headers["content-length"]), BODY_BYTES_MAX))
    return status, headers, await reader.read(BODY_BYTES_MAX)
