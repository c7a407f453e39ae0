"""An example carried out: step by step, as the gateway does it, with the carrier's words from the example."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from contract_tests.examples.example import Example, Exchange
from contract_tests.examples.frozen import context_of
from contract_tests.examples.subject import Subject
from gateway.model.operations import OPERATIONS
from gateway.model.outcome import Outcome, OutcomeKind, SafetyClass
from gateway.wire.contract import Context, Operation, Reply, Step, WireRequest
from gateway.wire.errors import WireError
from gateway.wire.replies import merge
from gateway.wire.session import answered


class Played(Struct, frozen=True, kw_only=True):
    """One step as it went: the bytes or the refusal to build them, and the reply as it was understood."""

    step: Step
    exchange: Exchange
    context: Context
    wire: WireRequest | None = None
    refusal: Exception | None = None
    reply: Reply | None = None


class Flow(Struct, frozen=True, kw_only=True):
    """All steps that were reached; `missing` names one that the mapping sends and the example does not give."""

    operation: Operation
    played: tuple[Played, ...]
    missing: str = ""

    @property
    def reply(self) -> Reply | None:
        """What the operation came to, or None where a reply was not given."""
        return self.played[-1].reply if self.played else None

    def of(self, step: str) -> Played | None:
        """How a step went; the only one when no name is given."""
        return next((each for each in self.played if step in ("", each.step.name)), None)


def exchange_for(example: Example, step: Step, *, single: bool) -> Exchange | None:
    """What the example gives for a step."""
    found = (each for each in example.exchanges if each.step == step.name or (single and not each.step))
    return next(found, None)


def play(example: Example, subject: Subject, **changed: Any) -> Flow:
    """Carry the example out without a network; `changed` replaces members of the context. Raises AdapterMissing."""
    operation = subject.operation(example, context_of(example, example.freeze, {}, **changed))
    played: list[Played] = []
    steps: dict[str, Any] = {}
    result = None
    for step in operation.steps:
        exchange = exchange_for(example, step, single=len(operation.steps) == 1)
        context = context_of(example, exchange.freeze if exchange else example.freeze, steps, **changed)
        if step.when is not None and not step.when(example.request, context):
            continue
        if exchange is None and len(operation.steps) > 1 and example.expect.word("cannot_send") is None:
            return Flow(operation=operation, played=tuple(played), missing=step.name)
        done = _play_step(example, step, exchange or Exchange(mark=example.mark), context)
        if done.reply is not None:
            result = wanting(
                operation, done.step, done.context, done.reply, example.request, merge(result, done.reply.result)
            )
            done = replace(done, reply=replace(done.reply, result=result))
        played.append(done)
        if done.reply is None or done.reply.outcome.kind is not OutcomeKind.accepted:
            break
        steps[step.name] = done.reply.wire or {}
    return Flow(operation=operation, played=tuple(played))


def wanting(operation: Operation, step: Step, context: Context, reply: Reply, request: Any, result: Any) -> Any:
    """The result with what is needed of the caller, where the carrier asks for it (again), as callers read it."""
    needs = step.needs
    if needs is None or reply.outcome.then != "answer":
        return result
    needed = needs.ask(request, context)
    return merge(result, OPERATIONS[operation.name].result(needed=(needed,)))


def _play_step(example: Example, step: Step, exchange: Exchange, context: Context) -> Played:
    played = Played(step=step, exchange=exchange, context=context)
    try:
        wire = step.build(example.request, context)
    except WireError as refusal:
        return replace(played, refusal=refusal)
    reply = None
    if exchange.reply is not None:
        reply = step.parse(exchange.reply.reply, example.request, answered(context, wire))
    return replace(played, context=answered(context, wire), wire=wire, reply=reply)


_AFTER_UNKNOWN: Mapping[SafetyClass, str] = {
    SafetyClass.read: "retry",
    SafetyClass.write_replay: "resend",
    SafetyClass.write_inquiry: "inquiry",
    SafetyClass.write_blind: "review",
}


def next_step(outcome: Outcome, safety: SafetyClass) -> str | None:
    """What the gateway does next: the carrier's own word if there is one, else what the safety class allows."""
    if outcome.then is not None:
        return outcome.then
    if outcome.kind is OutcomeKind.unknown:
        return _AFTER_UNKNOWN[safety]
    return "retry" if outcome.kind is OutcomeKind.not_executed else None
