"""A reply as the engine takes it: what was never sent, what cannot be said, a yes that lacks its proof."""

from msgspec.structs import replace

from gateway.model.outcome import Outcome, OutcomeKind, SafetyClass
from gateway.service.use_case import UseCase
from gateway.wire.contract import Operation, Reply, Step
from gateway.wire.errors import WireError


def judged(step: Step, operation: Operation, use_case: UseCase, reply: Reply) -> Reply:
    """A yes without what makes it one (an issue without a policy number) is not known to be a yes."""
    last = operation.steps[-1]
    if reply.outcome.kind is OutcomeKind.accepted and step is last and not use_case.is_complete(reply):
        text = "the carrier said yes, but its reply lacks what proves it"
        return replace(
            reply, outcome=Outcome(kind=OutcomeKind.unknown, code="carrier.incomplete", text=text, alert=True)
        )
    return _read_again(step, reply)


def _read_again(step: Step, reply: Reply) -> Reply:
    """A read that nobody answered had no effect: another channel may be asked."""
    if step.safety is SafetyClass.read and reply.outcome.kind is OutcomeKind.unknown:
        text = reply.outcome.text
        return replace(reply, outcome=Outcome(kind=OutcomeKind.not_executed, code=reply.outcome.code, text=text))
    return reply


def unsent(text: str, code: str = "channel.not_executed") -> Reply:
    """The reply that stands for a call which was never made."""
    return Reply(outcome=Outcome(kind=OutcomeKind.not_executed, code=code, text=text))


def cannot_be_said(error: WireError) -> Reply:
    """The reply that stands for a call whose message the wire cannot carry."""
    where = f" (at {error.path})" if error.path else ""
    text = f"this cannot be said to the insurer: {error.message}{where}"
    return Reply(outcome=Outcome(kind=OutcomeKind.refused, code="request.invalid", text=text, field=error.path))
