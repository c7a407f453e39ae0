"""Level 2: the adapter against the carrier's mock on a socket, whose ledger has the last word."""

import hashlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.example import Example
from contract_tests.examples.flow import next_step
from contract_tests.examples.frozen import STILL, context_of
from contract_tests.examples.proof import Proof
from contract_tests.examples.subject import MOCK_FILE
from contract_tests.examples.twins import COMMITTING, HARMLESS, TLS, UNASKED
from contract_tests.loopback import NOBODY
from contract_tests.mock import MockCarrier, Settings, load_definition
from contract_tests.mock.certificates import bad_context
from contract_tests.mock.definition import Definition
from contract_tests.runner.arrived import compare_arrived
from contract_tests.runner.checks_reply import compare_outcome
from contract_tests.runner.level1 import Course, channel_of, struck_at
from contract_tests.runner.matched import compare_matches
from contract_tests.runner.prior import AFTER_MAX, Known, common_words, find_example, led_to
from gateway.model.outcome import OutcomeKind, SafetyClass
from gateway.transport import CarrierTransport, client_context
from gateway.wire.contract import Context, Operation, WireRequest
from gateway.wire.errors import WireError

NO_HOST = f"http://carrier{NOBODY}"


class Played:
    """A mock carrier in the example's state, and the operation sent to it."""

    def __init__(self, run: Run, mock: MockCarrier, transport: CarrierTransport, course: Course) -> None:
        self.run, self.mock, self.transport, self.course = run, mock, transport, course

    @property
    def operation(self) -> Operation:
        """The variant that serves the example."""
        return self.operation_of(self.course)

    def operation_of(self, course: Course) -> Operation:
        """The variant that serves a course's own example."""
        example = course.run.example
        return self.run.subject.operation(example, context_of(example, example.freeze, {}))


async def against_mock(run: Run, proof: Proof) -> None:
    """The mock takes our request as it was built, its signature included, and says what the example expects."""
    async with staged(run) as played:
        if not await went(played, proof):
            return
        reply = played.course.reply
        expect = replace(run.example.expect, words=common_words(run.example))
        compare_outcome(proof, expect, reply, played.course.step.safety)
        compare_matches(proof, run.example, played.course.answered)
        sent = [wire for _, wire in played.course.sent]
        arrived = [noted.raw for noted in played.mock.requests][-len(sent) :]
        compare_arrived(proof, run.example.mark, sent, arrived)
        no_fault_of_its_own(played, proof)


async def fault_on_socket(run: Run, proof: Proof) -> None:
    """The fault on a real connection: the outcome, one request, one effect, and a resend only where it is safe."""
    fault = run.example.fault
    assert fault is not None
    async with staged(run, tls=_tls_of(fault.name)) as played:
        rule: dict[str, Any] = {"fault": fault.name, "with": dict(fault.params)}
        if len(run.example.exchanges) > 1:
            rule["nth"] = struck_at(run) + 1
        played.mock.requests.clear()
        before = len(played.mock.ledger())
        if fault.name not in UNASKED:
            await played.mock.plan(rule)
        if not await went(played, proof):
            return
        expect = replace(run.example.expect, words=common_words(run.example))
        compare_outcome(proof, expect, played.course.reply, played.course.step.safety)
        _one_effect(played, proof, before)
        await resent(played, proof, before)
        no_fault_of_its_own(played, proof)


@asynccontextmanager
async def staged(run: Run, tls: ssl.SSLContext | None = None) -> AsyncIterator[Played]:
    """A mock with the example's keys, clock and state, and a channel whose addresses lead to it."""
    example = run.example
    still = example.begins_at or STILL
    async with mock_of(run, tls) as mock:
        world = mock.world()
        world.lag_s = 0.0
        world.timers.freeze(still.timestamp())
        async with CarrierTransport(tls=shown_certificate(run, mock)) as transport:
            course = await _bring_about(run, mock, transport)
            if tls is not None or (example.fault is not None and example.fault.name in TLS):
                course = _elsewhere(course, "http://", "https://")
            if example.fault is not None and example.fault.name in UNASKED:
                course = _elsewhere(course, mock.base_url, NO_HOST)
            yield Played(run, mock, transport, course)


def shown_certificate(run: Run, mock: MockCarrier) -> ssl.SSLContext | None:
    """The certificate the mock has made for its client, where the mapping says that one is shown."""
    wanted = run.subject.adapter.carrier.tls
    if mock.mutual is None or wanted is None:
        return None
    return client_context(mock.mutual.client, ca=mock.mutual.ca, version=wanted.version)


def mock_of(run: Run, tls: ssl.SSLContext | None) -> MockCarrier:
    """A mock with no memory; what it would say is compiled once per file."""
    file = run.subject.folder / MOCK_FILE
    definition = _definition(file, file.stat().st_mtime_ns)
    return MockCarrier(copy(definition), dict(run.example.secrets), Settings(tls=tls, limits=False))


@lru_cache(maxsize=16)
def _definition(file: Path, _changed_ns: int) -> Definition:
    return load_definition(file)


async def _bring_about(run: Run, mock: MockCarrier, transport: CarrierTransport) -> Course:
    given = run.example.given
    known = Known()
    if given is not None:
        mock.world().numbers.give(dict(given.serials), list(given.nonces))
        for name in given.after[:AFTER_MAX]:
            earlier = known.named_in(find_example(run, name))
            course = await course_of(Run(run.file, earlier, run.subject), mock, transport)
            await course.go(run.subject.operation(earlier, context_of(earlier, earlier.freeze, {})))
            for reply in course.replies:
                known.hear(reply.result)
            _must_have_come_about(name, earlier, course)
        if given.state is not None:
            mock.given(given.state, given.params)
    return await course_of(Run(run.file, known.named_in(run.example), run.subject), mock, transport)


def _must_have_come_about(name: str, earlier: Example, course: Course) -> None:
    kind = course.reply.outcome.kind.value if course.replies else "nothing"
    if earlier.outcome not in (None, kind):
        code = course.reply.outcome.code if course.replies else None
        raise LookupError(f"given.after {name} came to {kind} ({code}) at the mock, not to {earlier.outcome}")


async def course_of(run: Run, mock: MockCarrier, transport: CarrierTransport) -> Course:
    """The example's course against the mock: its addresses, and a token the mock gave."""
    config = led_to(run.example.config, mock.base_url)
    here = Run(run.file, replace(run.example, config=config), run.subject)
    # A carrier refuses a nonce it has seen, so no two log-ins draw the same.
    channel = channel_of(here, transport, seed=len(mock.requests))
    token = ""
    mock.world().timers.go_to((run.example.begins_at or STILL).timestamp())
    if run.subject.adapter.carrier.token is not None:
        await channel.fetch_token()
        token = channel.context().token
    course = Course(here, channel, **({"token": token} if token else {}))
    course.before_send = lambda context: _at(mock, context)
    return course


def _at(mock: MockCarrier, context: Context) -> None:
    """The carrier's clock is the example's: what falls due on the way to it happens."""
    mock.world().timers.go_to(context.now.timestamp())


def _elsewhere(course: Course, was: str, now: str) -> Course:
    """The course with its addresses led somewhere else."""
    config = {
        name: value.replace(was, now) if isinstance(value, str) else value
        for name, value in course.run.example.config.items()
    }
    run = Run(course.run.file, replace(course.run.example, config=config), course.run.subject)
    elsewhere = Course(run, course.channel, **course.changed)
    elsewhere.before_send = course.before_send
    return elsewhere


def _tls_of(fault: str) -> ssl.SSLContext | None:
    return bad_context(expired=fault == "tls_expired") if fault in ("tls_untrusted", "tls_expired") else None


async def went(played: Played, proof: Proof) -> bool:
    """Send the operation; a request that cannot be built is a finding."""
    try:
        await played.course.go(played.operation)
    except WireError as refusal:
        proof.raised(refusal, at="request", mark=played.run.example.mark, expected="a request")
        return False
    return bool(played.course.replies)


def _one_effect(played: Played, proof: Proof, before: int) -> None:
    """A write that was done is in the ledger once; one that was not is not there."""
    fault = played.run.example.fault
    step, wire = played.course.sent[-1]
    if fault is None or step.safety is SafetyClass.read:
        return
    effects = effects_of(played, wire, before)
    told = ", ".join(str(each.get("effect")) for each in effects) or "nothing"
    arrived = sum(_is_same(noted.raw, wire) for noted in played.mock.requests)
    proof.holds(arrived <= 1, at="requests", mark=fault.mark, expected="one", actual=str(arrived))
    if fault.name in COMMITTING | HARMLESS:
        proof.holds(
            len(effects) == 1, at="ledger", mark=fault.mark, expected="exactly one effect of this request", actual=told
        )
    else:
        proof.holds(len(effects) <= 1, at="ledger", mark=fault.mark, expected="at most one effect", actual=told)


def effects_of(played: Played, wire: WireRequest, before: int) -> list[dict[str, Any]]:
    """What the ledger says came of a request."""
    shas = {hashlib.sha256(noted.raw).hexdigest() for noted in played.mock.requests if _is_same(noted.raw, wire)}
    return [line for line in played.mock.ledger()[before:] if line.get("request_sha256") in shas]


def _is_same(raw: bytes, wire: WireRequest) -> bool:
    return raw.startswith(wire.method.encode()) and raw.endswith(b"\r\n\r\n" + wire.body)


async def resent(played: Played, proof: Proof, before: int) -> None:
    """A carrier that replays is sent the request again, under its key: it says yes, and has done it once."""
    step = played.course.step
    if step.safety is not SafetyClass.write_replay or next_step(played.course.reply.outcome, step.safety) != "resend":
        return
    await played.mock.plan()
    await sent_again(played, proof, before)


async def sent_again(played: Played, proof: Proof, before: int) -> None:
    """The same message once more: the result of the first, and one effect."""
    step, wire = played.course.sent[-1]
    mark = played.run.example.mark
    context, again = played.course.again(played.operation)
    exchange = replace(played.course.exchange(step, context, again), deadline_s=5.0, resend=True)
    answer = await played.course.channel.send(exchange)
    kind = answer.reply.outcome.kind
    proof.holds(
        kind in (OutcomeKind.accepted, OutcomeKind.pending),
        at="a resend",
        mark=mark,
        expected="the result of the first",
        actual=f"{kind.value}, {answer.reply.outcome.code}",
    )
    # Where the nonce stands in the body, the two sends are different bytes.
    sent = {each.body: each for each in (wire, again)}
    effects = sum(len(effects_of(played, each, before)) for each in sent.values())
    proof.holds(effects <= 1, at="ledger after the resend", mark=mark, expected="one effect", actual=str(effects))


def no_fault_of_its_own(played: Played, proof: Proof) -> None:
    """A fault of mock.yaml itself proves nothing about the mapping."""
    wrong = played.mock.errors()
    told = wrong[0] if wrong else ""
    proof.holds(not wrong, at="mock.yaml", mark=played.run.example.mark, expected="no fault of its own", actual=told)
