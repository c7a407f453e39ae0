"""Operations carried out one after the other at a sandbox, each with what the earlier ones gave, then tidied away."""

from collections.abc import Callable, Iterable
from itertools import chain, repeat
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.example import Example
from contract_tests.live.renew import Renewal
from contract_tests.runner.level1 import Course
from contract_tests.runner.prior import AFTER_MAX, Known, find_example
from contract_tests.runner.run import Unprepared
from gateway.channel import Channel
from gateway.model.outcome import OutcomeKind
from gateway.ports import World
from gateway.wire.contract import Context, Inquiry, Operation, Step

UNSEEN_MAX_S = 60.0
_NOTHING_LEFT = (OutcomeKind.declined, OutcomeKind.refused, OutcomeKind.not_executed)


class LiveCourse(Course):
    """An operation sent to a sandbox: numbers, nonces and the clock are the world's and not the example's."""

    def __init__(self, run: Run, channel: Channel, name: str, new_id: Callable[[str], str]) -> None:
        """`name` makes the operation's number at the carrier, `new_id` those of its attempts."""
        super().__init__(run, channel)
        self.name, self._new_id = name, new_id
        self.drawn: dict[int, list[str]] = {}
        self.wait_s = 0.0

    def _context(self, step: Step, operation: Operation, steps: dict[str, Any]) -> Context:
        example = self.run.example
        context = self.channel.context(
            operation_id=self.name,
            attempt_id=self._new_id("att"),
            binding=example.binding,
            refs=example.refs,
            steps=steps,
        )
        # An instant as an example can say it: carriers' clocks know no microseconds.
        return self._noted(replace(context, now=context.now.replace(microsecond=0)))

    def _noted(self, context: Context) -> Context:
        """The context, whose nonces are written down as they are drawn."""
        drawn: list[str] = []

        def nonce(characters: int) -> str:
            drawn.append(context.nonce(characters))
            return drawn[-1]

        noted = replace(context, nonce=nonce)
        self.drawn[id(noted)] = drawn
        return noted


class Done(Struct, frozen=True):
    """An example that was sent, as it was sent."""

    example: Example
    course: LiveCourse
    inquiry: Inquiry | None


class Chain:
    """One run: what was sent so far, what it gave, and what is left to undo."""

    def __init__(self, run: Run, channel: Callable[[], Channel], renewal: Renewal, world: World) -> None:
        """Nothing is sent yet."""
        self._run, self._open, self._renewal, self._world = run, channel, renewal, world
        self._channel: Channel | None = None
        self._names: dict[str, str] = {}
        self.known = Known()
        self.done: list[Done] = []

    async def bring_about(self) -> None:
        """Carry out what must go before. Raises Unprepared where one does not come to what it says."""
        given = self._run.example.given
        for name in given.after[:AFTER_MAX] if given is not None else ():
            earlier = find_example(self._run, name)
            if not earlier.is_live:
                raise Unprepared(f"given.after {name} does not say live: {{ safe: true }}")
            course = await self.play(earlier)
            kind = course.reply.outcome.kind.value
            if earlier.outcome not in (None, kind):
                told = f"{kind} ({course.reply.outcome.code})"
                raise Unprepared(f"given.after {name} came to {told} at the sandbox, not to {earlier.outcome}")

    async def play(self, example: Example) -> LiveCourse:
        """Send one example, made new for this run; an inquiry is repeated while its carrier may not see the write."""
        left_s, waits = self._unseen_for_s(example)
        course = await self._send(example)
        for wait_s in waits:
            if left_s <= 0 or _came_about(self.done[-1]):
                break
            await self._world.sleep(min(wait_s, left_s))
            left_s -= wait_s
            course = await self._send(example)
        return course

    def _unseen_for_s(self, example: Example) -> tuple[float, Iterable[float]]:
        """How long an earlier write of this run may not be seen by this read, and the gaps between questions."""
        asked = [done.inquiry for done in self.done if done.inquiry and done.inquiry.operation == example.operation]
        if not asked:
            return 0.0, ()
        every_s = asked[-1].every_s
        return min(asked[-1].visibility_lag_s, UNSEEN_MAX_S), chain(every_s, repeat(every_s[-1]))

    async def _send(self, example: Example) -> LiveCourse:
        here = self.known.named_in(self._renewal.of(example))
        run = Run(self._run.file, here, self._run.subject)
        channel = await self._ready()
        course = LiveCourse(run, channel, self._number_of(example), self._world.new_id)
        operation = run.subject.operation(here, channel.context())
        # Before it is sent: whatever becomes of it, it may have to be undone.
        self.done.append(Done(example, course, operation.inquiry))
        began = self._world.monotonic()
        await course.go(operation)
        course.wait_s = self._world.monotonic() - began
        for reply in course.replies:
            self.known.hear(reply.result)
        return course

    def _number_of(self, example: Example) -> str:
        """The operation's own number; an inquiry by our reference bears that of what it asks after."""
        frozen = next((each.freeze.request_no for each in example.exchanges), "") or example.freeze.request_no
        name = self._world.new_id("op")
        return self._names.setdefault(frozen, name) if frozen else name

    async def tidy(self) -> list[str]:
        """Undo what was done, the latest first, whatever happened; gives what is left behind, in words."""
        left = []
        for done in reversed(tuple(self.done)):
            cleanup = done.example.live.cleanup if done.example.live is not None else ()
            if not cleanup or _left_nothing(done.course) or self._is_undone(cleanup[-1]):
                continue
            told = await self._undone(cleanup)
            if told:
                left.append(f"what {done.example.operation}/{done.example.id} made is left at the sandbox: {told}")
        return left

    def _is_undone(self, name: str) -> bool:
        """Whether what would undo it was carried out already: it may be the very example that is looked at."""
        asked = find_example(self._run, name, "live.cleanup")
        return any(done.example.mark == asked.mark and _came_about(done) for done in self.done)

    async def _undone(self, names: tuple[str, ...]) -> str:
        """Empty when each of these came to what it says, else why not."""
        for name in names:
            if told := await self._carried_out(name):
                return told
        return ""

    async def _carried_out(self, name: str) -> str:
        try:
            example = find_example(self._run, name, "live.cleanup")
            if not example.is_live:
                return f"{name} does not say live: {{ safe: true }}"
            unheard = self.known.unheard_in(example)
            if unheard:
                return f"{name} needs the number of the {', '.join(unheard)}, which no reply gave"
            course = await self.play(example)
        except Exception as error:  # noqa: BLE001 - the others must still be undone, and this one told
            return f"{name}: {type(error).__name__}: {error}"
        kind = course.reply.outcome.kind.value
        return "" if example.outcome in (None, kind) else f"{name} came to {kind} ({course.reply.outcome.code})"

    async def _ready(self) -> Channel:
        if self._channel is None:
            self._channel = self._open()
        if self._channel.adapter.carrier.token is not None:
            await self._channel.fetch_token()
        return self._channel


def _came_about(done: Done) -> bool:
    return bool(done.course.replies) and done.course.reply.outcome.kind.value == done.example.outcome


def _left_nothing(course: LiveCourse) -> bool:
    """Whether it certainly made nothing: it was not sent, or the carrier said no."""
    if not course.sent:
        return True
    return bool(course.replies) and course.reply.outcome.kind in _NOTHING_LEFT
