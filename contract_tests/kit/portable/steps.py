"""Steps of a test, compiled: each is one verb with its words; what they do is done through the course of the test."""

from collections.abc import Callable, Mapping
from typing import Any

from contract_tests.kit.portable.claims import claim_of
from contract_tests.kit.portable.course import Course, broken
from contract_tests.kit.portable.definition import Claim, Names, Request, Step
from contract_tests.kit.portable.kinds import items, members, number, texts
from contract_tests.kit.portable.limits import EACH_MAX, STEPS_DONE_MAX, WAIT_S_MAX
from contract_tests.kit.portable.results import Broken, Failed, NotCheckable, Skipped
from contract_tests.kit.portable.shapes import difference
from contract_tests.kit.portable.world import seconds
from contract_tests.language.expression import Compiler, Evaluate, Scope
from contract_tests.language.places import Node, Report
from contract_tests.language.template import compile_template

Act = Callable[[Course, Scope], None]
_SENDING = frozenset({"as", "with", "drop", "but", "then", "standing"})
VERBS: Mapping[str, frozenset[str]] = {
    "send": _SENDING, "again": _SENDING, "holds": frozenset({"says"}), "let": frozenset(), "keep": frozenset(),
    "run": frozenset(), "do": frozenset(), "wait": frozenset(), "until": frozenset({"within", "every", "do"}),
    "each": frozenset({"as", "do"}), "like": frozenset({"of", "except"}), "refuse": frozenset({"times"}),
    "callback": frozenset({"where", "within", "every"}), "no_callback": frozenset({"within"}),
    "setting": frozenset(),
}  # fmt: skip


class StepCompiler:
    """Compiles steps; requests and procedures are known by name, what is unknown goes to the report."""

    def __init__(self, compiler: Compiler, report: Report, requests: Mapping[str, Request], samples: Any) -> None:
        self.compiler, self.report, self.requests, self.samples = compiler, report, requests, samples
        self.procedures: dict[str, list[Step]] = {}
        self.sends_of: dict[str, int] = {}
        self.sends = self.callbacks = 0

    def steps(self, node: Node | None) -> tuple[Step, ...]:
        """A list of steps."""
        return tuple(step for item in items(node, self.report) if (step := self._step(item)) is not None)

    def _step(self, node: Node) -> Step | None:
        words = node.value if isinstance(node.value, dict) else {}
        verbs = [name for name in words if name in VERBS]
        verb = next((each for each in ("send", "again", "until", "each", "callback") if each in verbs), None)
        verb = verb or (verbs[0] if verbs else None)
        if verb is None:
            self.report.fault("E682", node.place, "a step has one verb", "verbs: " + ", ".join(VERBS))
            return None
        for name in words:
            if name not in (verb, "when") and name not in VERBS[verb]:
                self.report.unknown(node.keys.get(name, node.place), "key", name, {*VERBS[verb], "when"})
        when = self._expression(words["when"]) if "when" in words else None
        act: Act = getattr(self, "_" + verb)(words, node)
        return Step(verb, node.place, when, act)

    def _expression(self, node: Node) -> Evaluate:
        text = str(node.value)
        return self.compiler.expression(text.removeprefix("="), node.place)

    def names(self, node: Node | None) -> Names:
        """A map of names, or of dotted paths, to templates."""
        return tuple((name, compile_template(self.compiler, each)) for name, each in members(node, self.report).items())

    def claims(self, node: Node | None) -> tuple[Claim, ...]:
        """One expression, or a list of them."""
        if node is None:
            return ()
        claims = node.value if isinstance(node.value, list) else [node]
        return tuple(claim_of(self.compiler, each) for each in claims)

    def _texts(self, node: Node | None) -> tuple[str, ...]:
        return texts(node, self.report)

    def _send(self, words: dict[str, Node], node: Node) -> Act:
        name = str(words["send"].value)
        if name not in self.requests:
            self.report.unknown(words["send"].place, "request", name, self.requests)
        changes, drops = self.names(words.get("with")), self._texts(words.get("drop"))
        dispatch, kept = self._dispatch(words, name)

        def act(course: Course, scope: Scope) -> None:
            course.send(self.requests[name], scope, kept, changes=changes, drops=drops)
            dispatch(course, scope)

        return act

    def _again(self, words: dict[str, Node], node: Node) -> Act:
        earlier = str(words["again"].value)
        changes, drops = self.names(words.get("with")), self._texts(words.get("drop"))
        dispatch, kept = self._dispatch(words, earlier + "_again")

        def act(course: Course, scope: Scope) -> None:
            course.repeat(earlier, kept, scope, changes=changes, drops=drops)
            dispatch(course, scope)

        return act

    def _dispatch(self, words: dict[str, Node], default: str) -> tuple[Act, str]:
        self.sends += 1
        name = str(words["as"].value) if "as" in words else default
        self.compiler.bind(name)
        but, then = dict(self.names(words.get("but"))), self.claims(words.get("then"))
        standing = words["standing"].value is not False if "standing" in words else True

        def act(course: Course, scope: Scope) -> None:
            course.dispatch(name, scope, but, standing=standing)
            for claim in then:
                course.claim(claim, scope)

        return act, name

    def _holds(self, words: dict[str, Node], _: Node) -> Act:
        claims = self.claims(words["holds"])

        def act(course: Course, scope: Scope) -> None:
            for claim in claims:
                course.claim(claim, scope)

        return act

    def _let(self, words: dict[str, Node], _: Node) -> Act:
        names = self.names(words["let"])
        self.compiler.bind(*(name for name, _ in names))

        def act(_: Course, scope: Scope) -> None:
            for name, evaluate in names:
                scope[name] = evaluate(scope)

        return act

    def _keep(self, words: dict[str, Node], _: Node) -> Act:
        names = self.names(words["keep"])
        self.compiler.bind(*(name for name, _ in names))

        def act(course: Course, scope: Scope) -> None:
            for name, evaluate in names:
                scope[name] = course.running.kept[name] = evaluate(scope)

        return act

    def _run(self, words: dict[str, Node], _: Node) -> Act:
        name = str(words["run"].value)
        steps = self.procedures.get(name)
        if steps is None:
            self.report.unknown(words["run"].place, "procedure", name, self.procedures)
            return lambda _, __: None
        self.sends += self.sends_of.get(name, 0)
        return lambda course, scope: follow(steps, course, scope)

    def _do(self, words: dict[str, Node], _: Node) -> Act:
        steps = self.steps(words["do"])
        return lambda course, scope: follow(steps, course, scope)

    def _each(self, words: dict[str, Node], _: Node) -> Act:
        many, name = self._expression(words["each"]), str(words["as"].value) if "as" in words else "each"
        self.compiler.bind(name)
        steps = self.steps(words.get("do"))

        def act(course: Course, scope: Scope) -> None:
            for item in list(many(scope) or ())[:EACH_MAX]:
                scope[name] = item
                follow(steps, course, scope)

        return act

    def _seconds(self, node: Node | None, default: float) -> float:
        if node is None:
            return default
        try:
            found = seconds(node.value)
        except ValueError as error:
            self.report.fault("E655", node.place, str(error))
            return default
        return min(found, WAIT_S_MAX)

    def _wait(self, words: dict[str, Node], _: Node) -> Act:
        wait_s = self._seconds(words["wait"], 0.0)
        return lambda course, _: course.running.world.clock.wait(wait_s)

    def _until(self, words: dict[str, Node], _: Node) -> Act:
        claim = claim_of(self.compiler, words["until"])
        within_s, every_s = self._seconds(words.get("within"), 60.0), self._seconds(words.get("every"), 1.0)
        steps = self.steps(words.get("do"))

        def act(course: Course, scope: Scope) -> None:
            def met() -> bool:
                follow(steps, course, scope)
                # A reply without the member that is waited for is one that does not say it yet.
                return not broken(claim, scope)

            course.checks += 1
            if not _within(course, met, within_s, every_s):
                raise Failed(f"within {within_s:.0f} s it never came true that {claim.text}")

        return act

    def _like(self, words: dict[str, Node], _: Node) -> Act:
        name, of = str(words["like"].value), str(words["of"].value) if "of" in words else "reply"
        if name not in self.samples:
            self.report.unknown(words["like"].place, "sample", name, self.samples)
        aside = frozenset(self._texts(words.get("except")))

        def act(course: Course, scope: Scope) -> None:
            course.checks += 1
            if found := difference(self.samples[name], (scope.get(of) or {}).get("said"), aside):
                raise Failed(f"{of}: {found}")

        return act

    def _setting(self, words: dict[str, Node], _: Node) -> Act:
        name = str(words["setting"].value)

        def act(_: Course, scope: Scope) -> None:
            if not (scope.get("settings") or {}).get(name):
                raise Skipped(f"needs the setting '{name}'")

        return act

    def _refuse(self, words: dict[str, Node], _: Node) -> Act:
        which, times = self._expression(words["refuse"]), int(number(words.get("times"), self.report, 1))
        return lambda course, scope: course.running.refusals.append([which, scope, times])

    def _callback(self, words: dict[str, Node], _: Node) -> Act:
        self.callbacks += 1
        name = str(words["callback"].value)
        self.compiler.bind(name)
        where = self._expression(words["where"]) if "where" in words else (lambda _: True)
        within_s, every_s = self._seconds(words.get("within"), 60.0), self._seconds(words.get("every"), 1.0)

        def act(course: Course, scope: Scope) -> None:
            _listens(course)
            course.checks += 1

            def met() -> bool:
                event = course.next_event(where, scope)
                if event is not None:
                    scope[name] = event
                return event is not None

            if not _within(course, met, within_s, every_s):
                raise Failed(f"no such callback within {within_s:.0f} s")
            course.heard(scope[name], scope)

        return act

    def _no_callback(self, words: dict[str, Node], _: Node) -> Act:
        self.callbacks += 1
        where, within_s = self._expression(words["no_callback"]), self._seconds(words.get("within"), 60.0)

        def act(course: Course, scope: Scope) -> None:
            _listens(course)
            course.checks += 1
            if _within(course, lambda: course.next_event(where, scope) is not None, within_s, within_s):
                raise Failed("a callback came that was not to come")

        return act


def _listens(course: Course) -> None:
    if course.running.listener is None:
        raise Skipped("needs a place for callbacks: --callback-listen, registered with the carrier")
    if course.kit.callbacks is None:
        raise NotCheckable("this kit does not say how callbacks are read")


def _within(course: Course, met: Callable[[], bool], within_s: float, every_s: float) -> bool:
    """Whether something comes true in time; between two looks the clock goes on."""
    clock = course.running.world.clock
    end = clock.now() + within_s
    while True:
        if met():
            return True
        if clock.now() >= end:
            return met()
        clock.wait(min(every_s, max(end - clock.now(), 0.001)))


def follow(steps: Any, course: Course, scope: Scope) -> None:
    """Carry out steps one after the other."""
    running = course.running
    for step in steps:
        running.steps += 1
        if running.steps > STEPS_DONE_MAX:
            raise Broken(f"a run makes at most {STEPS_DONE_MAX:,} steps")
        if step.when is None or step.when(scope):
            step.act(course, scope)
