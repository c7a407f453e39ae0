"""C19 on a socket: callbacks doubled, out of order, lost, forged or early change nothing in what comes of it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.proof import Proof
from contract_tests.mock import MockCarrier
from contract_tests.mock.faults import FAULTS
from contract_tests.runner.callback_port import CallbackPort, Heard
from contract_tests.runner.checks_reply import compare_outcome
from contract_tests.runner.inquired import compare_inquiry
from contract_tests.runner.level1 import Course, struck_at
from contract_tests.runner.level2 import Played, no_fault_of_its_own, staged
from contract_tests.runner.pairs import beside
from contract_tests.runner.prior import common_words
from gateway.wire.contract import Notice
from gateway.wire.errors import WireError

TIMERS_MAX = 50
"""How many things may fall due at the carrier before a callback is given up."""


class Told(Struct, frozen=True):
    """What was sent, what the carrier said of it unasked, and the deliveries as the carrier counts them."""

    played: Played
    courses: tuple[Course, ...]
    heard: Sequence[Heard]

    @property
    def believed(self) -> list[Heard]:
        """What was believed, in the order it came in."""
        return [each for each in self.heard if each.is_believed]

    def about(self, course: Course) -> list[Heard]:
        """What was believed about one of the operations."""
        return [each for each in self.believed if is_about(each.notice, course)]

    def deliveries(self, *states: str) -> int:
        """How many deliveries ended so at the carrier."""
        return sum(each.state in states for each in self.played.mock.dispatcher.deliveries if each.url)


async def called(run: Run, proof: Proof) -> None:
    """The operation is sent and the carrier calls back as the fault says: what is believed is what the example says."""
    fault = run.example.fault
    assert fault is not None
    async with staged(run) as played:
        courses = (played.course, await beside(played)) if fault.name == "reorder_callback" else (played.course,)
        async with CallbackPort(run, played.mock.world().now, lambda: _waits(played.course)) as port:
            played.mock.dispatcher.address = port.url
            before = len(played.mock.ledger())
            await played.mock.plan(_rule(run))
            for course in courses:
                if not await _sent(played, course, proof):
                    return
            expect = replace(run.example.expect, words=common_words(run.example))
            compare_outcome(proof, expect, played.course.reply, played.course.step.safety)
            await _let_happen(played.mock, len(courses))
            told = Told(played, courses, tuple(port.heard))
            wrong = "; ".join(port.wrong)
            proof.holds(not wrong, at="callback", mark=fault.mark, expected="one that can be read", actual=wrong)
        _compare(told, proof)
        _no_doubled_effect(played, proof, before)
        await compare_inquiry(played, proof)
        no_fault_of_its_own(played, proof)


def _rule(run: Run) -> dict[str, Any]:
    fault = run.example.fault
    assert fault is not None
    rule: dict[str, Any] = {"fault": fault.name, "with": dict(fault.params)}
    if fault.name == "reorder_callback":
        rule["nth"] = 1
    elif FAULTS[fault.name].stage == "exchange" and len(run.example.exchanges) > 1:
        rule["nth"] = struck_at(run) + 1
    return rule


async def _sent(played: Played, course: Course, proof: Proof) -> bool:
    try:
        await course.go(played.operation_of(course))
    except WireError as refusal:
        proof.raised(refusal, at="request", mark=course.run.example.mark, expected="a request")
        return False
    return bool(course.replies)


def _waits(course: Course) -> bool:
    """Whether a request is under way."""
    return len(course.replies) < len(course.sent)


async def _let_happen(mock: MockCarrier, wanted: int) -> None:
    """Move the carrier's clock to what falls due until it has called as often as it was sent something."""
    timers = mock.world().timers
    for _ in range(TIMERS_MAX):
        if len(mock.dispatcher.deliveries) >= wanted or timers.soonest_s is None:
            break
        timers.advance(timers.soonest_s)
    await mock.dispatcher.idle()


def is_about(notice: Notice, course: Course) -> bool:
    """Whether a callback names this operation: by our number, else by one the carrier gave."""
    ours = notice.correlate.get("request_no")
    if ours:
        return course.contexts[-1].request_no.startswith(ours)
    given = {each.kind: each.no for reply in course.replies for each in getattr(reply.result, "numbers", ())}
    return any(given.get(kind) == no for kind, no in notice.correlate.items())


def _compare(told: Told, proof: Proof) -> None:
    """What every fault leaves alike, then what is particular to it."""
    run, fault = told.played.run, told.played.run.example.fault
    assert fault is not None
    strange = [each for each in told.believed if not any(is_about(each.notice, course) for course in told.courses)]
    names = "; ".join(str(dict(each.notice.correlate)) for each in strange)
    proof.holds(not strange, at="callback", mark=fault.mark, expected="one about what was sent", actual=names)
    stated = run.example.expect.words.get("callback")
    for course in told.courses if stated is not None else ():
        events = {each.event: each for each in told.about(course)}
        said = sorted({_word(each.notice) for each in events.values()})
        assert stated is not None
        actual = ", ".join(said) or "no callback that is believed"
        proof.holds(said == [stated.value], at="callback", mark=stated.mark, expected=stated.value, actual=actual)
    expected, actual, holds = _JUDGES[fault.name](told)
    proof.holds(holds, at=fault.name, mark=fault.mark, expected=expected, actual=actual)


def _word(notice: Notice) -> str:
    return notice.reply.outcome.kind.value if notice.reply is not None else "nothing readable"


def _no_doubled_effect(played: Played, proof: Proof, before: int) -> None:
    lines = Counter((line.get("effect"), line.get("request_no")) for line in played.mock.ledger()[before:])
    told = ", ".join(f"{effect} {times} times" for (effect, _), times in lines.items() if times > 1)
    proof.holds(not told, at="ledger", mark=played.run.example.mark, expected="each effect once", actual=told)


Verdict = tuple[str, str, bool]
"""What is expected, what was seen, and whether that is the same."""


def _doubled(told: Told) -> Verdict:
    fault = told.played.run.example.fault
    times = int(fault.params.get("times", 2)) if fault is not None else 0
    events = {each.event for each in told.believed}
    seen = f"{len(told.believed)} deliveries of {len(events)} events, {told.deliveries('acknowledged')} acknowledged"
    holds = (len(told.believed), len(events), told.deliveries("acknowledged")) == (times, 1, 1)
    return f"{times} deliveries of 1 events, 1 acknowledged", seen, holds


def _reordered(told: Told) -> Verdict:
    own = told.courses[0]
    order = ["own" if is_about(each.notice, own) else "other" for each in told.believed]
    holds = order == ["other", "own"] and told.deliveries("acknowledged") == len(told.courses)
    return "other, own, both acknowledged", f"{', '.join(order)}, {told.deliveries('acknowledged')} acknowledged", holds


def _lost(told: Told) -> Verdict:
    seen = f"{len(told.heard)} callbacks came in, {told.deliveries('lost')} lost"
    return "0 callbacks came in, 1 lost", seen, (len(told.heard), told.deliveries("lost")) == (0, 1)


def _forged(told: Told) -> Verdict:
    kinds = ["believed" if each.is_believed else "refused" for each in told.heard]
    holds = kinds == ["refused", "believed"] and told.deliveries("refused", "acknowledged") == len(kinds)
    return "refused, believed", ", ".join(kinds) or "no callback", holds


def _early(told: Told) -> Verdict:
    when = ["before the reply" if each.early else "after the reply" for each in told.believed]
    return "before the reply", ", ".join(when) or "no callback", when == ["before the reply"]


_JUDGES: Mapping[str, Callable[[Told], Verdict]] = {
    "dup_callback": _doubled,
    "reorder_callback": _reordered,
    "lost_callback": _lost,
    "forged_callback": _forged,
    "early_callback": _early,
}
