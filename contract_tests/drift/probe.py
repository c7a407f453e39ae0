"""Ask a sandbox: every safe example carried out, and what came back held against mapping and example."""

import asyncio
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from contract_tests.drift.compare import Beside
from contract_tests.drift.declared import declared_of
from contract_tests.drift.finding import Finding, Kind, Severity, sorted_findings
from contract_tests.drift.forms import Forms, forms_of, together
from contract_tests.drift.headers import header_findings
from contract_tests.drift.reading import UNMAPPED, read_findings
from contract_tests.examples.check import Run
from contract_tests.examples.proof import Proof
from contract_tests.examples.shown import masked_fields
from contract_tests.examples.subject import Subject
from contract_tests.live.chain import LiveCourse
from contract_tests.live.checks import carried_out
from contract_tests.live.sandbox import Sandbox
from contract_tests.runner.run import Unprepared
from gateway.channel import TokenUnavailable
from gateway.model.outcome import OutcomeKind
from gateway.transport import NoReply
from gateway.wire.classified import Forged
from gateway.wire.contract import Headers, Reply
from gateway.wire.errors import WireError

_REFUSED = (401, 403)


class Probed(Struct, frozen=True, kw_only=True):
    """What one example showed; `wait_s` is how long the carrier took, None where it did not answer."""

    example: str
    findings: tuple[Finding, ...]
    wait_s: float | None = None


def probe(
    subject: Subject,
    sandbox: Sandbox,
    keep: Callable[[str], bool] = lambda _: True,
    listen: Callable[[str], None] = lambda _: None,
) -> tuple[Probed, ...]:
    """Every safe example of a carrier whose name is kept, one after the other; `listen` hears which one is next."""
    found = []
    for file in subject.files:
        for example in file.examples:
            name = f"{example.operation}/{example.id}"
            if example.is_live and keep(name):
                listen(name)
                found.append(_Probe(Run(file, example, subject), sandbox).ask())
    return tuple(found)


class _Probe:
    """One example at a sandbox."""

    def __init__(self, run: Run, sandbox: Sandbox) -> None:
        self.run, self.sandbox = run, sandbox
        example = run.example
        self.name = f"{example.operation}/{example.id}"
        self.beside = Beside(run.subject.carrier, example.operation, {}, example=example.id)

    def ask(self) -> Probed:
        """Carry it out. Never raises for what the sandbox does."""
        proof = Proof()
        findings: list[Finding] = []
        wait_s = None
        try:
            wait_s, findings = asyncio.run(self._asked(proof))
        except Unprepared as reason:
            findings = [self._unknown("data", str(reason))]
        except TokenUnavailable as reason:
            findings = [self._without_token(reason)]
        except (WireError, LookupError, OSError) as reason:
            findings = [self._unknown("data", f"{type(reason).__name__}: {reason}")]
        findings += [self._told("warn", "left behind", each.actual) for each in proof.differences]
        return Probed(example=self.name, findings=sorted_findings(findings), wait_s=wait_s)

    async def _asked(self, proof: Proof) -> tuple[float | None, list[Finding]]:
        async with carried_out(self.run, self.sandbox, proof) as course:
            answered = course.raw[-1] is not None if course.raw else False
            return (course.wait_s if answered else None), list(self._judged(course))

    def _judged(self, course: LiveCourse) -> Iterator[Finding]:
        raw = course.raw[-1] if course.raw else None
        if raw is None:
            yield self._unknown("unreachable", "no answer")
            return
        if raw.status in _REFUSED:
            yield self._refused(raw.status, course)
            return
        for at, reply in enumerate(course.replies):
            step, _ = course.sent[at]
            yield from self._of_step(step.name, reply, course, at)
        yield from self._of_outcome(course.reply)

    def _without_token(self, reason: TokenUnavailable) -> Finding:
        """No token: the carrier's own signature is a difference, keys that are not accepted are none."""
        whys = tuple(_behind(reason))
        if any(isinstance(why, Forged) for why in whys):
            return self._told("break", "signature", str(reason))
        away = any(isinstance(why, NoReply) for why in whys)
        return self._unknown("unreachable" if away else "not allowed", str(reason))

    def _refused(self, status: int, course: LiveCourse) -> Finding:
        """Where a token was given in this run the keys are right: what is refused is how the message is signed."""
        if course.contexts[-1].token:
            said = (
                f"status {status} to a message with a token that was given in this run: its signature is not accepted"
            )
            return self._told("break", "signature", said)
        return self._unknown("not allowed", f"status {status}: are the sandbox's keys still right?")

    def _of_step(self, step: str, reply: Reply, course: LiveCourse, at: int) -> Iterator[Finding]:
        example = self.run.example
        variant = self.run.file.variant
        declared = declared_of(self.run.subject, example.operation, variant, step)
        written = written_forms(self.run, step)
        raw = course.raw[at]
        is_xml = raw is not None and raw.body.lstrip()[:1] == b"<"
        beside = Beside(self.run.subject.carrier, example.operation, declared, example=example.id, is_xml=is_xml)
        shown = shown_forms(self.run.subject, example.operation, step, written)
        # What examples have is no news from a sandbox, whether a row reads it or not.
        yield from (each for each in read_findings(reply, beside, shown) if each.kind != "unread field")
        if reply.outcome.kind.value != example.outcome or reply.wire is None:
            return
        now = forms_of(reply.wire)
        yield from beside.missing(written, now)
        if raw is not None:
            yield from header_findings(written_headers(self.run, step), raw.headers, beside)
        yield from beside.changed(shown, now)
        yield from beside.constants(reply.wire)
        yield from beside.codes(reply.wire)

    def _of_outcome(self, reply: Reply) -> Iterator[Finding]:
        outcome, wanted = reply.outcome, self.run.example.outcome
        if outcome.kind.value == wanted or (outcome.code == UNMAPPED and outcome.carrier_code):
            return
        said = f"came to {outcome.kind.value} ({masked_fields(str(outcome.code))}), the example to {wanted}"
        if outcome.kind in (OutcomeKind.unknown, OutcomeKind.refused):
            yield self._told("break", "outcome", said)
        elif outcome.kind is OutcomeKind.pending or outcome.kind is OutcomeKind.accepted:
            yield self._told("warn", "outcome", said)
        else:
            yield self._unknown("data", said)

    def _told(self, severity: Severity, kind: Kind, said: str) -> Finding:
        return self.beside.told(severity, kind, "", masked_fields(said))

    def _unknown(self, kind: Kind, said: str) -> Finding:
        return self._told("could-not-check", kind, said)


def _behind(reason: BaseException) -> Iterator[BaseException]:
    """What an exception was raised for, the nearest first."""
    why = reason.__context__
    while why is not None:
        yield why
        why = why.__context__


def written_headers(run: Run, step: str) -> Headers:
    """The headers of the reply that an example gives to a step."""
    played = run.flow.of(step)
    given = played.exchange.reply if played is not None else None
    return given.reply.headers if given is not None else ()


def written_forms(run: Run, step: str) -> Forms:
    """The shape of the reply that an example gives to a step."""
    played = run.flow.of(step)
    reply = played.reply if played is not None else None
    return forms_of(reply.wire) if reply is not None and reply.wire is not None else {}


def shown_forms(subject: Subject, operation: str, step: str, first: Forms) -> Forms:
    """The shapes of all replies that examples of an operation give to a step: what has been seen is no news."""
    return together((first, *_all_forms(subject, operation, step)))


def _all_forms(subject: Subject, operation: str, step: str) -> Iterable[Forms]:
    for file in subject.files:
        for example in file.examples if file.operation == operation else ():
            if example.is_answered and example.callback is None:
                try:
                    yield written_forms(Run(file, example, subject), step)
                except Exception:  # noqa: BLE001, S112 - what is wrong with an example, its own checks tell
                    continue
