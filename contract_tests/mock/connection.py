"""One connection to a mock carrier: requests in turn, each answered honestly or as the plan says."""

import asyncio
from typing import Any

from contract_tests.mock.callbacks import Delivery
from contract_tests.mock.engine import Exchange, perform, recognise
from contract_tests.mock.faults import Plan, Rule
from contract_tests.mock.messages import BadRequest, HttpReply, HttpRequest, read_body, read_head
from contract_tests.mock.misbehave import ACTS, NEED_MORE, Struck, influence, reset

IDLE_WAIT_S = 75.0


class Connection:
    """Serves a connection until either side ends it; what faults may do with it is its public methods."""

    def __init__(self, mock: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        self.mock, self.reader, self.writer, self.number = mock, reader, writer, number
        self._callbacks: list[Delivery] = []

    async def serve(self) -> None:
        """Answer requests until one of them ends the connection."""
        while True:
            try:
                async with asyncio.timeout(IDLE_WAIT_S):
                    head = await self.reader.readuntil(b"\r\n\r\n")
                request = read_head(head)
                if await self._cut_off(request):
                    return
                await read_body(request, self.reader)
            except (BadRequest, asyncio.LimitOverrunError, ValueError):
                self.writer.write(HttpReply(400).whole(keep_alive=False))
                return
            if not await self._answer(request):
                return

    async def _cut_off(self, request: HttpRequest) -> bool:
        """Faults that strike before the body is read."""
        plan: Plan = self.mock.plan_of(request.namespace)
        rule = plan.strike("head", {"path": request.path})
        if rule is not None:
            self.mock.note(self.number, request, "unread", rule.fault)
            self.mock.count(rule.fault, request.namespace)
            reset(self.writer)
        return rule is not None

    async def _answer(self, request: HttpRequest) -> bool:
        world = self.mock.world(request.namespace)
        exchange = recognise(world, request)
        plan: Plan = self.mock.plan_of(request.namespace)
        rule = plan.strike("exchange", self._facts(exchange, request, plan)) if plan.rules else None
        exchange.fault = rule.fault if rule else None
        self.mock.note(self.number, request, exchange.name, exchange.fault)
        try:
            if rule is None:
                return await self._honest(exchange, keep_alive=request.keep_alive)
            return await self._faulty(exchange, rule, keep_alive=request.keep_alive)
        finally:
            for delivery in self._callbacks:
                self.mock.dispatcher.start(delivery)
            self._callbacks = []

    def _facts(self, exchange: Exchange, request: HttpRequest, plan: Plan) -> dict[str, Any]:
        key = exchange.key if plan.wants_keys() and exchange.readable else None
        return {"operation": exchange.name, "path": request.path, "key": key, "now": exchange.world.clock.now()}

    async def _honest(self, exchange: Exchange, *, keep_alive: bool) -> bool:
        reply = await self.work(exchange)
        self.writer.write(reply.whole(keep_alive=keep_alive))
        await self.writer.drain()
        return keep_alive

    async def _faulty(self, exchange: Exchange, rule: Rule, *, keep_alive: bool) -> bool:
        act = ACTS.get(rule.fault)
        if act is not None:
            if rule.fault not in NEED_MORE:
                self.played(exchange)
            return await act(Struck(self, exchange, rule.params, keep_alive))
        happened, refused = influence(rule.fault, rule.params, exchange)
        if happened:
            self.played(exchange)
        reply = refused or await self.work(exchange)
        self.writer.write(reply.whole(keep_alive=keep_alive))
        await self.writer.drain()
        return keep_alive

    def played(self, exchange: Exchange) -> None:
        """Count the request's fault by its name."""
        self.mock.count(exchange.fault, exchange.world.name)

    async def work(self, exchange: Exchange) -> HttpReply:
        """Let the carrier work on the request; its effects are on the disk when this returns."""
        with self.mock.dispatcher.collect() as callbacks:
            reply = perform(exchange)
        self._callbacks += callbacks
        await self.mock.ledger_file.durable()
        return reply

    def late(self, exchange: Exchange, after_s: float) -> None:
        """Let the carrier work on the request later, by its own clock; the answer goes nowhere."""
        exchange.world.timers.after(after_s, lambda: _discard(perform(exchange)))

    async def gone(self, timeout_s: float) -> None:
        """Wait until the client has gone away or the time is over."""
        clock = asyncio.get_running_loop().time
        until = clock() + timeout_s
        while (left_s := until - clock()) > 0:
            try:
                async with asyncio.timeout(left_s):
                    if not await self.reader.read(65536):
                        return
            except TimeoutError:
                return

    async def partner(self, exchange: Exchange, reply: HttpReply, wait_s: float) -> HttpReply:
        """Give away this reply and take another request's; when none comes, keep it."""
        swaps: dict[str, tuple[HttpReply, asyncio.Future[HttpReply]]] = self.mock.swaps
        waiting = swaps.pop(exchange.world.name, None)
        if waiting is not None:
            other, theirs = waiting
            theirs.set_result(reply)
            return other
        mine: asyncio.Future[HttpReply] = asyncio.get_running_loop().create_future()
        swaps[exchange.world.name] = (reply, mine)
        done, _ = await asyncio.wait([mine], timeout=wait_s)
        if done:
            return mine.result()
        swaps.pop(exchange.world.name, None)
        return reply

    async def deliver_early(self, exchange: Exchange) -> bool:
        """Let what the request made pending come to its end, and deliver the callbacks before the reply.

        Gives whether any of them arrived.
        """
        world = exchange.world
        with self.mock.dispatcher.collect() as callbacks:
            for thing in exchange.scope.get("touched", ()):
                rules = world.definition.kinds[thing.kind].states[thing["state"]]
                if rules.after_s is not None:
                    world.progress(thing, thing["state"], rules.run)
        await self.mock.ledger_file.durable()
        early, self._callbacks = self._callbacks + callbacks, []
        for delivery in early:
            if delivery.url:
                await self.mock.dispatcher.attempt(delivery)
        return any(delivery.has_arrived for delivery in early)


def _discard(_: HttpReply) -> None:
    """The client of a late commit has long gone."""
