"""Callers: they call, lose the connection, repeat under the same key, ask, cancel; and note all that they saw."""

import asyncio
import json
from collections import Counter
from datetime import timedelta
from typing import Any, cast

from contract_tests.checker.batches import said_of
from contract_tests.checker.history import Call, Seen
from contract_tests.checker.invariants.reading import numbers_told
from contract_tests.simulate.cluster import Cluster
from contract_tests.simulate.loop import VirtualLoop, outside
from contract_tests.simulate.orders import PRICES, cancel_body, claim_body, holder_id, issue_body
from contract_tests.simulate.plan import Order
from contract_tests.simulate.process import ConnectionLost
from contract_tests.simulate.trace import Trace
from contract_tests.simulate.world import BEGINS_AT
from gateway.errors import HubError, NotFound
from gateway.model import PolicyGetBody, PolicyIssueBatchBody, PolicyIssueBody, PolicyRef
from gateway.model.base import Model
from gateway.service.answers import Answer, problem
from gateway.service.entrance.submit import request_hash
from gateway.service.gateway import SCOPES
from gateway.service.parts import Caller

CLIENT = "shop"
PATIENCE_S = 65.0
FOLLOWS_FOR_S = 100.0


class Intent:
    """One key of a caller: what it is for, and the body that belongs to it."""

    def __init__(
        self, order: Order, operation: str, key: str, body: Model, target: str | None = None, items: "Items" = ()
    ) -> None:
        """`target`: the carrier's number of a policy that is there already; `items`: the orders of a batch."""
        self.items = items
        self.order, self.operation, self.key, self.body, self.target = order, operation, key, body, target
        self.body_hash = request_hash(body)
        is_order = operation == "policy.issue"
        self.identity = f"order-{order.serial}" if is_order else target or key
        self.canaries = frozenset({holder_id(order.serial)}) if is_order else frozenset()
        self.premium = PRICES[order.carrier] if is_order else None


Items = tuple[Intent, ...]


class Clients:
    """All callers of a run, with their notes."""

    def __init__(self, loop: VirtualLoop, cluster: Cluster, trace: Trace) -> None:
        self.loop, self.cluster, self.trace = loop, cluster, trace
        self.calls: list[Call] = []
        self.seen: list[Seen] = []
        self.intents: list[Intent] = []
        self.met: Counter[str] = Counter()
        self.surprises: list[str] = []

    async def all(self, orders: tuple[Order, ...], batches: tuple[tuple[Order, ...], ...] = ()) -> None:
        """Every order, side by side."""
        alone = [outside(self.loop, self.place(order)) for order in orders]
        together = [outside(self.loop, self.place_together(batch)) for batch in batches]
        await asyncio.gather(*alone, *together)

    async def place_together(self, orders: tuple[Order, ...]) -> None:
        """Several orders under one key, from its first call to as far as its caller has patience."""
        first = orders[0]
        await asyncio.sleep(first.at)
        ref = f"batch-{first.serial}"
        items = tuple(
            Intent(each, "policy.issue", f"{ref}/{each.serial}", issue_body(each, f"order-{each.serial}", BEGINS_AT))
            for each in orders
        )
        body = PolicyIssueBatchBody(client_ref=ref, items=tuple(cast("PolicyIssueBody", each.body) for each in items))
        intent = self._intent(Intent(first, "policy.issue_batch", ref, body, items=items))
        self.met["batch"] += 1
        side = [outside(self.loop, self._twin(intent, after)) for after in first.twins_after]
        await self.follow(intent)
        await asyncio.gather(*side)

    async def place(self, order: Order) -> None:
        """One order, from its first call to as far as its caller has patience."""
        await asyncio.sleep(order.at)
        first = self._issue(order, "0")
        side = [outside(self.loop, self._twin(first, after)) for after in order.twins_after]
        side += self._other_calls(order, first)
        answer = await self.follow(first)
        for attempt in range(order.retries):
            if answer is None or answer.status != 503:
                break
            await asyncio.sleep(1.0)
            self.met["new key after a no"] += 1
            answer = await self.follow(self._issue(order, str(attempt + 1)))
        if answer is not None and answer.status == 201:
            side += self._served(order, json.loads(answer.body))
        if order.cancels_after is not None and answer is not None and answer.status == 201:
            await asyncio.sleep(order.cancels_after)
            await self._cancel(order, answer)
        await asyncio.gather(*side)

    def _served(self, order: Order, policy: dict[str, Any]) -> "list[asyncio.Task[None]]":
        """What is asked of a policy that is there."""
        tasks = [outside(self.loop, self._read(policy, after)) for after in order.reads_after]
        if order.claims_after is not None:
            tasks.append(outside(self.loop, self._claim(order, policy, order.claims_after)))
        return tasks

    async def _claim(self, order: Order, policy: dict[str, Any], after_s: float) -> None:
        await asyncio.sleep(after_s)
        number = next(iter(numbers_told(policy)))
        body = claim_body(order, policy["policy_id"], BEGINS_AT + timedelta(seconds=self.loop.time()))
        intent = Intent(order, "claim.report", f"claim-{order.serial}", body, target=number)
        self.met["claim reported"] += 1
        await self.follow(self._intent(intent))

    async def _read(self, policy: dict[str, Any], after_s: float) -> None:
        """A policy as its insurer has it now, or as it was last known: always the one that was asked for."""
        await asyncio.sleep(after_s)
        body = PolicyGetBody(policy=PolicyRef(policy_id=policy["policy_id"]), refresh=True)
        caller = Caller(client=CLIENT, scopes=frozenset(SCOPES))
        try:
            replica = self.cluster.anyone()
            async with asyncio.timeout(PATIENCE_S):
                answer = await replica.process.call("call", lambda: replica.service.read("policy.get", caller, body))
        except (ConnectionLost, TimeoutError, HubError) as no:
            self.met[f"read: no answer ({type(no).__name__})"] += 1
            return
        told = json.loads(answer.body)
        is_last_known = any(each["code"] == "channel.last_known" for each in told.get("reasons", ()))
        self.met["read: as last known" if is_last_known else "read: from the insurer"] += 1
        if numbers_told(told) != numbers_told(policy):
            self.surprises.append(f"{policy['policy_id']} was read with {sorted(numbers_told(told))}")

    def _issue(self, order: Order, attempt: str, note: str | None = None, key: str | None = None) -> Intent:
        ref = f"order-{order.serial}"
        body = issue_body(order, ref, BEGINS_AT, note)
        return self._intent(Intent(order, "policy.issue", key or f"{ref}-{attempt}", body))

    def _intent(self, intent: Intent) -> Intent:
        self.intents.append(intent)
        return intent

    def _other_calls(self, order: Order, first: Intent) -> "list[asyncio.Task[None]]":
        """Later repetitions, and what a confused caller does: another body, another key."""
        planned: list[tuple[str, Intent, float | None]] = [
            ("later duplicate", first, order.again_after),
            (
                "same key, another body",
                Intent(order, "policy.issue", first.key, issue_body(order, first.identity, BEGINS_AT, "another")),
                order.other_body_after,
            ),
        ]
        if order.other_key_after is not None:
            planned.append(("another key, same order", self._issue(order, "other"), order.other_key_after))
        return [
            outside(self.loop, self._later(what, intent, after)) for what, intent, after in planned if after is not None
        ]

    async def _twin(self, intent: Intent, after_s: float) -> None:
        self.met["concurrent duplicate"] += 1
        await asyncio.sleep(after_s)
        await self.call(intent)

    async def _later(self, what: str, intent: Intent, after_s: float) -> None:
        self.met[what] += 1
        await asyncio.sleep(after_s)
        await self.call(intent)

    async def _cancel(self, order: Order, answer: Answer) -> None:
        policy = json.loads(answer.body)
        number = next(each["no"] for each in policy["numbers"] if each["kind"] == "policy")
        body = cancel_body(policy["policy_id"], BEGINS_AT + timedelta(seconds=self.loop.time()))
        intent = Intent(order, "cancellation.submit", f"cancel-{order.serial}", body, target=number)
        await self.follow(self._intent(intent))

    async def follow(self, intent: Intent) -> Answer | None:
        """Call, and repeat under the same key until there is an end or the caller's patience is over."""
        until = self.loop.time() + FOLLOWS_FOR_S
        answer, wait_s = None, 0.5
        while self.loop.time() < until:
            answer = await self.call(intent)
            if answer is not None and answer.status != 202 and b'"gateway.unavailable"' not in answer.body:
                return answer
            await asyncio.sleep(wait_s + self.cluster.chance.random() * wait_s)
            wait_s = min(wait_s * 2, 15.0)
            if answer is not None and answer.status == 202 and self.cluster.chance.random() < 0.5:
                await self.look(json.loads(answer.body)["operation_id"])
        return answer

    async def call(self, intent: Intent) -> Answer | None:
        """One call, with a note of what came of it; None when the connection broke."""
        caller = Caller(client=CLIENT, scopes=frozenset(SCOPES), wait_s=intent.order.wait_s)
        began = self.loop.time()
        try:
            replica = self.cluster.anyone()
            async with asyncio.timeout(PATIENCE_S):
                answer: Answer | None = await replica.process.call(
                    "call", lambda: replica.service.write(intent.operation, caller, intent.body, intent.key)
                )
        except HubError as error:
            answer = problem(error)
        except (ConnectionLost, TimeoutError) as error:
            self.met[f"no answer ({type(error).__name__})"] += 1
            answer = None
        except Exception as error:  # noqa: BLE001 - whatever escapes the service is a finding
            self.surprises.append(f"{intent.operation} raised {type(error).__name__}: {error}")
            answer = None
        self._note(intent, began, answer)
        return answer

    def _note(self, intent: Intent, began: float, answer: Answer | None) -> None:
        status = answer.status if answer else None
        self.trace.note("answer", intent.key, str(status))
        self._keep(intent, began, status, answer.body if answer else b"")
        if intent.items:
            document = json.loads(answer.body) if answer else {}
            for item in intent.items:
                self._keep(item, began, *said_of(document, item.identity), within=intent.key)

    def _keep(self, intent: Intent, began: float, status: int | None, said: bytes, within: str | None = None) -> None:
        self.calls.append(
            Call(
                client=CLIENT,
                operation=intent.operation,
                key=intent.key,
                body_hash=intent.body_hash,
                identity=intent.identity,
                at=began,
                answered_at=None if status is None else self.loop.time(),
                status=status,
                answer=said,
                canaries=intent.canaries,
                target=intent.target,
                premium=intent.premium,
                within=within,
            )
        )

    async def look(self, operation_id: str) -> None:
        """Read an operation, and note its state."""
        caller, began = Caller(client=CLIENT, scopes=frozenset(SCOPES)), self.loop.time()
        try:
            replica = self.cluster.anyone()
            async with asyncio.timeout(PATIENCE_S):
                answer = await replica.process.call("call", lambda: replica.service.operation(caller, operation_id))
        except (ConnectionLost, TimeoutError):
            return
        except NotFound:
            self.surprises.append(f"{operation_id} was acknowledged and cannot be read")
            return
        except HubError:
            return
        self.met["operation read"] += 1
        state = json.loads(answer.body)["state"]
        self.seen.append(Seen(since=began, at=self.loop.time(), operation_id=operation_id, state=state))
