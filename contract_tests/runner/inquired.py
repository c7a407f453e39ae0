"""An operation asked after at the mock, as the gateway asks: by our reference, then by the numbers it was given."""

from typing import Any, cast

from msgspec.structs import replace

from contract_tests.examples.frozen import context_of
from contract_tests.examples.proof import Proof
from contract_tests.runner.level2 import Played
from gateway.channel.registry import AdapterMissing
from gateway.model.outcome import OutcomeKind
from gateway.wire.contract import Inquiry, Reply
from gateway.wire.errors import WireError

_PROVES = (OutcomeKind.accepted, OutcomeKind.declined)


async def asked_after(played: Played, inquiry: Inquiry) -> Reply:
    """What the carrier's own record says of what was sent. Raises WireError where it cannot be asked."""
    whole = _request(played, inquiry)
    numbers = getattr(whole, "numbers", ())
    try:
        return await _ask(played, inquiry, replace(whole, numbers=()) if numbers else whole)
    except (AdapterMissing, WireError):
        if not numbers:
            raise
    return await _ask(played, inquiry, whole)


def _request(played: Played, inquiry: Inquiry) -> Any:
    from gateway.service.gateway import use_cases  # noqa: PLC0415 - all services are loaded; few examples ask

    example = played.course.run.example
    # What a use case knows of its operation's row, no inquiry is made of.
    return use_cases()[example.operation].inquiry_request(cast("Any", None), example.request, inquiry.operation)


async def _ask(played: Played, inquiry: Inquiry, request: Any) -> Reply:
    course, example = played.course, played.course.run.example
    asked = str(len(played.mock.requests))
    context = context_of(
        example,
        replace(example.freeze, now=played.mock.world().now()),
        {},
        request_no=course.contexts[-1].request_no,
        attempt_no=f"A{asked:0>25}",
        # A carrier refuses a nonce it has seen.
        nonce=lambda characters: (asked + "q" * characters)[:characters],
        **course.changed,
    )
    step = played.run.subject.adapter.operation(inquiry.operation, request, lambda: context).steps[0]
    wire = step.build(request, context)
    sent = replace(course.exchange(step, context, wire), request=request)
    return (await course.channel.send(sent)).reply


async def compare_inquiry(played: Played, proof: Proof) -> None:
    """The inquiry comes to what the example says of it."""
    stated, inquiry = played.run.example.expect.words.get("inquiry"), played.operation.inquiry
    if stated is None:
        return
    if inquiry is None:
        told = f"{played.operation.name} declares no inquiry"
        proof.fails(at="inquiry", mark=stated.mark, expected=stated.value, actual=told)
        return
    reply = await asked_after(played, inquiry)
    told = "; ".join((str(reply.outcome.code), *reply.problems))
    kind = reply.outcome.kind.value
    proof.holds(kind == stated.value, at="inquiry", mark=stated.mark, expected=stated.value, actual=f"{kind}, {told}")


async def proves_nothing(played: Played, proof: Proof) -> None:
    """An inquiry that meets the same fault is no answer to what happened."""
    inquiry = played.operation.inquiry
    if inquiry is None:
        return
    kind = (await asked_after(played, inquiry)).outcome.kind
    proof.holds(
        kind not in _PROVES,
        at="an inquiry meanwhile",
        mark=played.run.example.mark,
        expected="an answer that proves nothing",
        actual=kind.value,
    )
