"""Level 1: the adapter behind the channel's own client stack, with a router in memory where the carrier would be."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.example import Exchange
from contract_tests.examples.flow import exchange_for, wanting
from contract_tests.examples.frozen import STILL, context_of
from contract_tests.examples.proof import Proof
from contract_tests.examples.twins import HANGING, TWINS, response
from contract_tests.runner.canonical import compare_result
from contract_tests.runner.checks_reply import compare_outcome
from contract_tests.runner.checks_request import compare_request
from gateway.channel import Channel, ChannelSettings
from gateway.channel import Exchange as Sent
from gateway.model.outcome import OutcomeKind
from gateway.ports import FrozenWorld
from gateway.wire.contract import Context, Operation, Reply, Secret, Step, WireReply, WireRequest
from gateway.wire.errors import WireError
from gateway.wire.replies import merge
from gateway.wire.session import answered

DEADLINE_S = 20.0
HANGING_DEADLINE_S = 0.5


def channel_of(run: Run, transport: httpx.AsyncBaseTransport, *, seed: int = 0) -> Channel:
    """The example's carrier as a channel: settings from the example, transport and chance from the caller."""
    example = run.example
    secrets = {name: Secret(text) for name, text in example.secrets.items()}
    settings = ChannelSettings(config=example.config, secrets=secrets)
    world = FrozenWorld(example.begins_at or STILL, seed=seed)
    return Channel("contract", run.subject.adapter, settings, transport, world)


class Course:
    """An operation sent through a channel step by step, as the service does it."""

    def __init__(self, run: Run, channel: Channel, **changed: Any) -> None:
        """`changed` replaces members of every step's context."""
        self.run, self.channel, self.changed = run, channel, changed
        self.before_send: Callable[[Context], Awaitable[None] | None] = lambda _context: None
        self.contexts: list[Context] = []
        self.sent: list[tuple[Step, WireRequest]] = []
        self.replies: list[Reply] = []
        self.raw: list[WireReply | None] = []

    @property
    def reply(self) -> Reply:
        """What the operation came to."""
        return self.replies[-1]

    def told(self, operation: Operation) -> Any:
        """What all replies together have told, as callers read it."""
        found = None
        for (step, wire), context, reply in zip(self.sent, self.contexts, self.replies, strict=False):
            told = merge(found, reply.result)
            found = wanting(operation, step, answered(context, wire), reply, self.run.example.request, told)
        return found

    @property
    def answered(self) -> list[tuple[str, Reply, WireReply | None]]:
        """Each step that was answered: its name, the reply as it was read, and as it came."""
        return [
            (step.name, reply, raw) for (step, _), reply, raw in zip(self.sent, self.replies, self.raw, strict=False)
        ]

    @property
    def result(self) -> Any:
        """What was read of all replies together."""
        found = None
        for reply in self.replies:
            found = merge(found, reply.result)
        return found

    @property
    def step(self) -> Step:
        """The step it ended with."""
        return self.sent[-1][0]

    async def go(self, operation: Operation) -> None:
        """Every step, until one does not say yes. Raises WireError for a request that cannot be built."""
        steps: dict[str, Any] = {}
        for step in operation.steps:
            context = self._context(step, operation, steps)
            if step.when is not None and not step.when(self.run.example.request, context):
                continue
            wire = step.build(self.run.example.request, context)
            self.sent.append((step, wire))
            self.contexts.append(context)
            waits = self.before_send(context)
            if waits is not None:
                await waits
            answer = await self.channel.send(self.exchange(step, context, wire))
            self.replies.append(answer.reply)
            self.raw.append(answer.raw)
            if answer.reply.outcome.kind is not OutcomeKind.accepted:
                return
            steps[step.name] = answer.reply.wire or {}

    def again(self, operation: Operation) -> tuple[Context, WireRequest]:
        """The last message under a fresh nonce, as the gateway resends it; as it was sent where it would differ."""
        step, sent = self.sent[-1]
        earlier = {done.name: reply.wire or {} for (done, _), reply in zip(self.sent[:-1], self.replies, strict=False)}
        context = replace(self._context(step, operation, earlier), nonce=lambda characters: "z" * characters)
        wire = step.build(self.run.example.request, context)
        same = (wire.method, wire.url, wire.body) == (sent.method, sent.url, sent.body)
        return context, wire if same else sent

    def exchange(self, step: Step, context: Context, wire: WireRequest) -> Sent:
        """One attempt, with a deadline that does not make a test wait."""
        fault = self.run.example.fault
        hangs = fault is not None and fault.name in HANGING
        return Sent(
            channel="contract",
            attempt_id="att_contract",
            step=step,
            request=self.run.example.request,
            context=context,
            wire=wire,
            deadline_s=HANGING_DEADLINE_S if hangs else min(step.timeout.total_s, DEADLINE_S),
        )

    def _context(self, step: Step, operation: Operation, steps: dict[str, Any]) -> Context:
        given = exchange_for(self.run.example, step, single=len(operation.steps) == 1)
        freeze = given.freeze if given is not None else self.run.example.freeze
        return context_of(self.run.example, freeze, steps, **self.changed)


def router_in_memory() -> Any:
    """A router of our own; the package comes with `insurehub[test]` and is needed at this level only."""
    import respx  # noqa: PLC0415

    return respx.Router(assert_all_called=False, assert_all_mocked=True)


async def client_stack(run: Run, proof: Proof) -> None:
    """What leaves the client is what was built, and the reply means the same after the way back."""
    router = router_in_memory()
    answers = [each.reply for each in run.example.exchanges if each.reply is not None]
    route = router.route().mock(side_effect=[response(each.reply) for each in answers])
    course = Course(run, channel_of(run, httpx.MockTransport(router.async_handler)))
    if not await _went(run, proof, course):
        return
    expected = len(course.sent)
    proof.same(expected, route.call_count, at="calls", mark=run.example.mark)
    for (step, wire), call in zip(course.sent, route.calls, strict=False):
        _compare_sent(proof, run, step, wire, call.request)
    compare_outcome(proof, run.example.expect, course.reply, course.step.safety)
    compare_result(proof, run.example, run.example.operation, course.told(run.flow.operation), run.subject)


async def fault_in_memory(run: Run, proof: Proof) -> None:
    """The fault's twin: the same outcome as on a socket, and one request only."""
    fault = run.example.fault
    assert fault is not None
    twin = TWINS[fault.name]
    router = router_in_memory()
    honest = [each.reply.reply if each.reply else WireReply(status=200) for each in run.example.exchanges]
    struck = struck_at(run)
    before = [response(reply) for reply in honest[:struck]]
    reply = honest[struck] if struck < len(honest) else WireReply(status=200)
    route = router.route().mock(side_effect=[*before, twin(reply, fault.params)])
    course = Course(run, channel_of(run, httpx.MockTransport(router.async_handler)))
    if not await _went(run, proof, course):
        return
    proof.same(struck + 1, route.call_count, at="calls", mark=fault.mark)
    compare_outcome(proof, run.example.expect, course.reply, course.step.safety)
    _compare_horizon(run, proof)


def _compare_horizon(run: Run, proof: Proof) -> None:
    """How long the carrier answers the same number alike, where the example says it: a later resend is none."""
    stated = run.example.expect.words.get("resend_for_s")
    if stated is not None:
        operation = run.subject.operation(run.example, context_of(run.example, run.example.freeze, {}))
        proof.same(float(stated.value), operation.idempotency.ttl_s, at="resend_for_s", mark=stated.mark)


def struck_at(run: Run) -> int:
    """Which of the example's exchanges the fault strikes: the one named, else the last."""
    fault = run.example.fault
    exchanges: tuple[Exchange, ...] = run.example.exchanges
    steps = [each.step for each in exchanges]
    if fault is not None and fault.step in steps:
        return steps.index(fault.step)
    return max(len(steps) - 1, 0)


async def _went(run: Run, proof: Proof, course: Course) -> bool:
    """Send it; a request that cannot be built, or more calls than replies, is a finding."""
    operation = run.subject.operation(run.example, context_of(run.example, run.example.freeze, {}))
    try:
        await course.go(operation)
    except WireError as refusal:
        proof.raised(refusal, at="request", mark=run.example.mark, expected="a request")
        return False
    except (StopAsyncIteration, StopIteration, RuntimeError):
        actual = f"the mapping sends {course.step.name}, the example gives no response to it"
        proof.fails(at="calls", mark=run.example.mark, expected="a response for every call", actual=actual)
        return False
    return bool(course.replies)


def _compare_sent(proof: Proof, run: Run, step: Step, wire: WireRequest, request: httpx.Request) -> None:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
    left = WireRequest(method=request.method, url=str(request.url), headers=headers, body=request.content)
    given = exchange_for(run.example, step, single=len(run.flow.operation.steps) == 1)
    if given is not None and given.request is not None:
        compare_request(proof, run, given.request, left)
    proof.same_bytes(wire.body, left.body, at="body as it leaves", mark=run.example.mark)
