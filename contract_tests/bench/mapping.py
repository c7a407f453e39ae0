"""What generated code costs beside a hand-written function for the same message."""

import importlib
from typing import Any

import msgspec

import adapters
from contract_tests.bench import handwritten
from contract_tests.bench.figures import Figure, microseconds, paired_ratio
from contract_tests.bench.message import WORKSPACE, context, leaves, reply, request
from gateway.wire.contract import WireReply, WireRequest

LIMIT = 1.3


def run() -> list[Figure]:
    """Request and reply of about ninety leaves, both ways; the bytes and the results are compared first."""
    module = benchmark_adapter()
    asked, known = request(), context()
    step = module.OPERATION.steps[0]
    ours, theirs = step.build(asked, known), handwritten.build(asked, known)
    assert ours.body == theirs.body, "the hand-written function gives other bytes"
    assert dict(ours.headers)["X-Sign"] == dict(theirs.headers)["X-Sign"], "the hand-written signature differs"
    answer = reply(ours.body)
    read, wanted = step.parse(answer, asked, known), handwritten.parse(answer, asked, known)
    assert read.outcome.kind == wanted.outcome.kind, "the outcomes differ"
    assert msgspec.json.encode(read.result) == msgspec.json.encode(wanted.result), "the results differ"
    count = leaves(msgspec.json.decode(ours.body))
    sending = paired_ratio(lambda: step.build(asked, known), lambda: handwritten.build(asked, known))
    reading = paired_ratio(lambda: step.parse(answer, asked, known), lambda: handwritten.parse(answer, asked, known))
    both = paired_ratio(
        lambda: step.parse(reply_of(step.build(asked, known), answer), asked, known),
        lambda: handwritten.parse(reply_of(handwritten.build(asked, known), answer), asked, known),
    )
    spent = microseconds(lambda: step.build(asked, known)) + microseconds(lambda: step.parse(answer, asked, known))
    return [
        Figure(name="mapping.leaves", value=count, unit="leaves", note="of the request"),
        Figure(name="mapping.both_ways_us", value=round(spent, 1), unit="us", note="build, sign, parse, generated"),
        Figure(name="mapping.request_ratio", value=round(sending, 2), unit="x hand-written", note="build and sign"),
        Figure(name="mapping.reply_ratio", value=round(reading, 2), unit="x hand-written", note="classify and read"),
        Figure(name="mapping.ratio", value=round(both, 2), unit="x hand-written", limit=LIMIT),
    ]


def reply_of(_sent: WireRequest, answer: WireReply) -> WireReply:
    """The reply to what was just built."""
    return answer


def benchmark_adapter() -> Any:
    """The benchmark carrier's generated module, found beside the shipped adapters."""
    folder = str(WORKSPACE / "adapters")
    if folder not in adapters.__path__:
        adapters.__path__.append(folder)
    return importlib.import_module("adapters.benchmark.policy_issue")
