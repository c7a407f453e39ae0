"""The verbs of mock.yaml: each step of an operation is one of them, compiled to a function of the scope.

A step gives an Answer to end the operation, or None to go on.
"""

from collections.abc import Callable, Mapping
from typing import Any

from contract_tests.language.expression import Compiler, Evaluate, ExpressionError, Scope, always
from contract_tests.language.places import Node, Place, Report
from contract_tests.language.template import NULL, compile_template
from contract_tests.mock.world import Answer, Thing

Step = Callable[[Scope], Answer | None]
Replies = Mapping[str, Any]


class StepCompiler:
    """Compiles steps; knows the file's kinds, procedures, codes and effects, so that a wrong name is found at load."""

    def __init__(self, compiler: Compiler, known: Mapping[str, set[str]], states: Mapping[str, set[str]]) -> None:
        self.compiler, self.known, self.states = compiler, known, states
        self.report: Report = compiler.report
        self.fail_with: Callable[[Scope, str], Answer] = _fail
        self._kind_of: dict[str, str] = {}

    def steps(self, node: Node | None) -> Step:
        """Compile a list of steps into one."""
        if node is not None and not isinstance(node.value, list):
            self.report.fault("E655", node.place, "steps are a list")
            return always(None)
        made = [self._step(item) for item in (node.value if node else ())]

        def run(scope: Scope) -> Answer | None:
            for step in made:
                if (answer := step(scope)) is not None:
                    return answer
            return None

        return run

    def _step(self, node: Node) -> Step:
        fields = node.value if isinstance(node.value, dict) else {}
        verb = next((key for key in fields if hasattr(self, f"_verb_{key}")), None)
        if verb is None:
            known = {name.removeprefix("_verb_") for name in dir(self) if name.startswith("_verb_")}
            self.report.fault("E652", node.place, "a step needs a verb", "one of " + ", ".join(sorted(known)))
            return always(None)
        step: Step = getattr(self, f"_verb_{verb}")(node)
        condition = fields.get("when")
        if condition is None:
            return step
        test = self.compiler.expression(str(condition.value).removeprefix("="), condition.place)
        return lambda scope: step(scope) if test(scope) else None

    def _allow(self, node: Node, *keys: str) -> None:
        for key, place in node.keys.items():
            if key not in keys and key != "when":
                self.report.unknown(place, "key", key, set(keys) | {"when"})

    def _template(self, node: Node | None, default: Any = None) -> Evaluate:
        return compile_template(self.compiler, node) if node else always(default)

    def _name(self, kind: str, node: Node | None, place: Place) -> str:
        """A name out of one of the file's own tables."""
        if node is None or not isinstance(node.value, str | int):
            self.report.fault("E652", place, f"the name of a {kind} is missing")
            return ""
        if str(node.value) not in self.known[kind]:
            self.report.unknown(node.place, kind, str(node.value), self.known[kind])
        return str(node.value)

    def _seconds(self, node: Node | None) -> float:
        return seconds(node, self.report) if node else 0.0

    def _verb_let(self, node: Node) -> Step:
        """Give names to values, in order."""
        self._allow(node, "let")
        names = node.value["let"]
        for name, place in names.keys.items():
            if not name.isidentifier():
                hint = "a comma inside { } ends the value: quote the whole expression"
                self.report.fault("E655", place, f"'{name}' is no name", hint)
        made = [(name, self._template(value)) for name, value in names.value.items()]
        self.compiler.bind(*(name for name, _ in made))

        def run(scope: Scope) -> None:
            for name, value in made:
                scope[name] = value(scope)

        return run

    def _verb_fail(self, node: Node) -> Step:
        """Answer with one of the carrier's codes; `with` gives names to the code's text."""
        self._allow(node, "fail", "with")
        given = node.value["fail"]
        names = self._template(node.get("with"), {})
        dynamic = isinstance(given.value, str) and given.value.startswith("=")
        code = self._template(given) if dynamic else None
        fixed = "" if dynamic else self._name("code", given, node.place)
        self._bind_with(node)

        def run(scope: Scope) -> Answer:
            scope.update(names(scope))
            return self.fail_with(scope, str(code(scope)) if code else fixed)

        return run

    def _bind_with(self, node: Node) -> None:
        given = node.get("with")
        if given is not None and isinstance(given.value, dict):
            self.compiler.bind(*given.value)

    def _verb_reply(self, node: Node) -> Step:
        """Answer with success; `but` is the code sent this once although the answer is kept for repetitions."""
        self._allow(node, "reply", "status", "headers", "form", "but", "code")
        body, headers = self._template(node.value["reply"]), self._template(node.get("headers"), {})
        status, code = self._template(node.get("status")), self._template(node.get("code"))
        form = self._name("form", node.get("form"), node.place) if node.get("form") else None
        but = self._template(node.get("but"))

        def run(scope: Scope) -> Answer:
            instead = but(scope)
            return Answer(
                code=code(scope) or scope.world.definition.success_code,
                ok=True,
                text=scope.world.definition.success_text,
                body=body(scope),
                status=status(scope),
                headers=headers(scope),
                form=form,
                instead=self.fail_with(scope, str(instead)) if instead not in (None, NULL) else None,
            )

        return run

    def _verb_empty(self, node: Node) -> Step:
        """Answer with a status and no body at all."""
        self._allow(node, "empty")
        status = int(node.value["empty"].value or 200)
        return always(Answer("", ok=False, status=status, empty=True))

    def _verb_find(self, node: Node) -> Step:
        """Look a record up; `lagged` reads the copy, `poll` counts the inquiry, `else` is the code for none."""
        self._allow(node, "find", "by", "as", "states", "lagged", "poll", "else")
        fields = node.value
        kind = self._name("kind", fields["find"], node.place)
        name = str(fields["as"].value) if "as" in fields else kind
        by, states = self._template(fields.get("by"), {}), self._states(kind, fields.get("states"))
        lagged, poll = bool(node.get("lagged")), bool(node.get("poll"))
        missing = self._name("code", fields["else"], node.place) if "else" in fields else None
        self.compiler.bind(name)
        self._kind_of[name] = kind

        def run(scope: Scope) -> Answer | None:
            world = scope.world
            lag_s = scope.get("lag_s", world.lag_s) if lagged else 0.0
            found = world.find(kind, by(scope), states, lag_s)
            if found is not None and poll and (actual := world.actual(kind, found)):
                world.polled(actual)
                found = world.find(kind, by(scope), states, lag_s)
            scope[name] = found
            return self.fail_with(scope, missing) if found is None and missing is not None else None

        return run

    def _states(self, kind: str, node: Node | None) -> list[str] | None:
        if node is None:
            return None
        for item in node.value:
            if str(item.value) not in self.states.get(kind, set()):
                self.report.unknown(item.place, f"state of {kind}", str(item.value), self.states.get(kind, set()))
        return [str(item.value) for item in node.value]

    def _verb_create(self, node: Node) -> Step:
        """Make a record; its number comes from the kind's `no`."""
        self._allow(node, "create", "state", "fields", "as")
        kind = self._name("kind", node.value["create"], node.place)
        name = str(node.value["as"].value) if "as" in node.value else kind
        if "state" not in node.value:
            self.report.fault("E652", node.place, "a record is created in a 'state'")
        state, fields = self._template(node.get("state"), ""), self._template(node.get("fields"), {})
        self._check_state(kind, node.get("state"))
        self.compiler.bind(name)
        self._kind_of[name] = kind

        def run(scope: Scope) -> None:
            rules = scope.world.definition.kinds[kind]
            held = dict(fields(scope))  # what has no fields must not share the number of the one before
            if "no" not in held:
                held["no"] = rules.number(scope)
            request = scope.get("request")
            held["request_sha256"] = request["sha256"] if request else None
            scope[name] = thing = scope.world.create(kind, state(scope), held)
            _touch(scope, thing)

        return run

    def _check_state(self, kind: str, node: Node | None) -> None:
        text = str(node.value) if node else "="
        if not text.startswith("=") and node and text not in self.states.get(kind, {text}):
            self.report.unknown(node.place, f"state of {kind}", text, self.states[kind])

    def _verb_move(self, node: Node) -> Step:
        """Move a record to a state; a move the machine does not know is answered with `else`."""
        self._allow(node, "move", "to", "else")
        name = str(node.value["move"].value)
        kind = self._kind_of.get(name, name)
        state = self._template(node.get("to"), "")
        self._check_state(kind, node.get("to"))
        illegal = self._name("code", node.get("else"), node.place) if node.get("else") else None

        def run(scope: Scope) -> Answer | None:
            thing = _record(scope, name)
            if scope.world.move(thing, state(scope)):
                _touch(scope, thing)
                return None
            return self.fail_with(scope, illegal or scope.world.definition.says["illegal_state"])

        return run

    def _verb_set(self, node: Node) -> Step:
        """Give records new fields: `set: {policy: {field: value}}`."""
        self._allow(node, "set")
        made = [(name, self._template(fields)) for name, fields in node.value["set"].value.items()]

        def run(scope: Scope) -> None:
            for name, fields in made:
                scope.world.change(_record(scope, name), fields(scope))

        return run

    def _verb_count(self, node: Node) -> Step:
        """Count how often a key was met: `as` gets 1 the first time."""
        self._allow(node, "count", "key", "as")
        name, key = str(node.value["count"].value), self._template(node.get("key"), "")
        given = str(node.value["as"].value) if "as" in node.value else name
        self.compiler.bind(given)

        def run(scope: Scope) -> None:
            entry = (name, str(key(scope)))
            scope.world.counts[entry] += 1
            scope[given] = scope.world.counts[entry]

        return run

    def _verb_fresh(self, node: Node) -> Step:
        """Refuse a key that was met within `for` (a replayed nonce)."""
        self._allow(node, "fresh", "key", "for", "else")
        name, key = str(node.value["fresh"].value), self._template(node.get("key"), "")
        lasts_s, code = self._seconds(node.get("for")), self._name("code", node.get("else"), node.place)

        def run(scope: Scope) -> Answer | None:
            fresh = scope.world.first_time(name, str(key(scope)), lasts_s)
            return None if fresh else self.fail_with(scope, code)

        return run

    def _verb_effect(self, node: Node) -> Step:
        """Write one of the `effects` to the ledger."""
        self._allow(node, "effect")
        name = self._name("effect", node.value["effect"], node.place)
        return lambda scope: scope.world.definition.write_effect(name, scope)

    def _verb_callback(self, node: Node) -> Step:
        """Send one of the `callbacks`, after the reply or `after` so long."""
        self._allow(node, "callback", "after", "with")
        name, names = self._name("callback", node.value["callback"], node.place), self._template(node.get("with"), {})
        after_s = self._seconds(node.get("after"))
        self._bind_with(node)

        def run(scope: Scope) -> None:
            held = {**scope, **names(scope)}
            world = scope.world
            if after_s:
                world.timers.after(after_s, lambda: world.on_callback(world, name, held))
            else:
                world.on_callback(world, name, held)

        return run

    def _verb_run(self, node: Node) -> Step:
        """Run a procedure in this scope."""
        self._allow(node, "run", "with")
        name, names = self._name("procedure", node.value["run"], node.place), self._template(node.get("with"), {})
        self._bind_with(node)

        def run(scope: Scope) -> Answer | None:
            scope.update(names(scope))
            procedure: Step = scope.world.definition.procedures[name]
            return procedure(scope)

        return run

    def _verb_do(self, node: Node) -> Step:
        """Several steps under one `when`."""
        self._allow(node, "do")
        return self.steps(node.value["do"])

    def _verb_each(self, node: Node) -> Step:
        """Run steps once per item of a list; an answer ends it."""
        self._allow(node, "each", "as", "do")
        items, name = self._template(node.value["each"]), str(node.value["as"].value)
        self.compiler.bind(name)
        steps = self.steps(node.value["do"])

        def run(scope: Scope) -> Answer | None:
            for item in items(scope) or ():
                scope[name] = item
                if (answer := steps(scope)) is not None:
                    return answer
            return None

        return run

    def _verb_invalidate(self, node: Node) -> Step:
        """Move every record of a kind to a state, whatever state it is in."""
        self._allow(node, "invalidate", "to")
        kind, state = self._name("kind", node.value["invalidate"], node.place), self._template(node.get("to"), "")
        self._check_state(kind, node.get("to"))

        def run(scope: Scope) -> None:
            for thing in scope.world.things[kind]:
                scope.world.change(thing, {"state": state(scope)})

        return run


def _fail(_: Scope, code: str) -> Answer:
    return Answer(code, ok=False)


def _touch(scope: Scope, thing: Any) -> None:
    """Note a record that this request made or moved: what it now waits for may come early."""
    touched = scope.setdefault("touched", [])
    if not any(each is thing for each in touched):
        touched.append(thing)


def _record(scope: Scope, name: str) -> Thing:
    held = scope.get(name)
    if held is not None and not isinstance(held, Thing):
        held = next((scope.world.actual(k, held) for k in scope.world.things if scope.world.actual(k, held)), None)
    if not isinstance(held, Thing):
        raise ExpressionError(f"'{name}' is no record here")
    return held


def seconds(node: Node, report: Report) -> float:
    """A duration such as `5s`, `10m`, `24h` or `7d`, in seconds."""
    text, units = str(node.value), {"s": 1, "m": 60, "h": 3600, "d": 86400}
    number = text[:-1]
    if text[-1:] not in units or not number.replace(".", "", 1).isdigit():
        report.fault("E655", node.place, f"'{text}' is not a duration", "write 5s, 10m, 24h or 7d")
        return 0.0
    return float(number) * units[text[-1]]
