"""Compile a mock.yaml into a Definition, section by section, collecting every fault with its place."""

import re
from collections.abc import Mapping
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

from contract_tests.language.expression import Compiler, Evaluate, always
from contract_tests.language.places import Node, Report
from contract_tests.language.reader import read, read_text
from contract_tests.language.template import compile_template
from contract_tests.mock.definition import Callback, Code, Definition, Effect, Form, Kind, Once, Operation, State
from contract_tests.mock.form import FORM
from contract_tests.mock.functions import CONTEXTUAL, FUNCTIONS
from contract_tests.mock.shape import Shapes
from contract_tests.mock.steps import StepCompiler, seconds

_SECTIONS = (
    "mock", "carrier", "tls", "timezone", "charset", "lengths", "lag", "horizon", "per_second", "constants", "tables",
    "shapes",
    "decode", "code", "before", "operations", "records", "procedures", "reply", "forms", "codes", "says", "callbacks",
    "effects", "givens", "once",
)  # fmt: skip
_OPERATION = ("at", "code", "key", "let", "open", "once", "shape", "steps", "form", "unlimited")
_ONCE = ("name", "key", "on_duplicate", "same", "fail", "conflict", "expired", "for")
_DUPLICATES = ("return_same", "reject", "empty_reply", "create_second")
_SAYS = ("unreadable", "unknown_operation", "invalid_field", "illegal_state", "rate_limit", "auth_expired", "busy")
_ALWAYS = (
    "request", "secret", "ok", "code", "text", "body", "field", "said", "reply", "index", "operation",
    "sent", "replayed", "lag_s", "null",
)  # fmt: skip
_ZONE = re.compile(r"([+-])(\d\d):(\d\d)")


def load_definition(path: Path) -> Definition:
    """Read `mock.yaml` (or the folder that holds it). Raises MockFileError with every fault found."""
    file = path / "mock.yaml" if path.is_dir() else path
    report = Report()
    return _Loader(read(file, report), report, str(file)).load()


def load_text(text: str, file: str = "mock.yaml") -> Definition:
    """Compile a mock.yaml given as text."""
    report = Report()
    return _Loader(read_text(text.encode(), file, report), report, file).load()


class _Loader:
    def __init__(self, root: Node, report: Report, file: str) -> None:
        self.root, self.report = root, report
        FORM(root, report)
        report.close()  # what a value means is asked of a file whose values have their form
        self.compiler = Compiler(FUNCTIONS, CONTEXTUAL, report)
        self.compiler.bind(*_ALWAYS)
        self.definition = Definition(carrier=str(self._value("carrier", "")), file=file)
        names = {name: set(self._map(section)) for name, section in _TABLES.items()}
        names["form"] |= {"default"}
        kinds = {kind: rules.get("states") for kind, rules in self._map("records").items()}
        states = {kind: set(node.value) for kind, node in kinds.items() if node is not None}
        self.steps = StepCompiler(self.compiler, names, states)
        self.steps.fail_with = lambda scope, code: scope.world.definition.fail(scope, code)
        lengths = self._value("lengths", "characters")
        self.shapes = Shapes(report, str(self._value("charset", "utf-8")), count_bytes=lengths == "bytes")

    def load(self) -> Definition:
        """Compile all sections, then raise when anything was wrong."""
        self._allow(self.root, _SECTIONS)
        if not self.definition.carrier:
            self.report.fault("E652", self.root.place, "'carrier' is missing")
        self._plain()
        self._constants()
        self._records()
        self._wire()
        self._replies()
        self._behaviour()
        self._operations()
        self.compiler.check_names()
        self.report.close()
        self.definition.index_operations()
        return self.definition

    def _value(self, key: str, default: Any = None) -> Any:
        node = self.root.get(key)
        return default if node is None else node.value

    def _map(self, key: str) -> Mapping[str, Node]:
        node = self.root.get(key)
        return node.value if node is not None else {}

    def _allow(self, node: Node, keys: tuple[str, ...]) -> None:
        for key, place in node.keys.items():
            if key not in keys:
                self.report.unknown(place, "key", key, keys)

    def _template(self, node: Node | None, default: Any = None) -> Evaluate:
        return compile_template(self.compiler, node) if node else always(default)

    def _seconds(self, node: Node | None) -> float | None:
        return seconds(node, self.report) if node else None

    def _plain(self) -> None:
        made, zone = self.definition, self.root.get("timezone")
        if zone is not None:
            fits = _ZONE.fullmatch(str(zone.value))
            if fits is None:
                self.report.fault("E655", zone.place, f"'{zone.value}' is not an offset such as +08:00")
            else:
                offset = timedelta(hours=int(fits[2]), minutes=int(fits[3]))
                made.zone = timezone(-offset if fits[1] == "-" else offset)
        made.charset = str(self._value("charset", "utf-8"))
        tls = self.root.get("tls")
        if tls is not None and tls.value != "mutual":
            self.report.fault("E655", tls.place, f"'{tls.value}' is no tls: write tls: mutual")
        made.mutual_tls = tls is not None
        made.lag_s = self._seconds(self.root.get("lag")) or 0.0
        made.horizon_s = self._seconds(self.root.get("horizon"))
        made.per_second_max = self._value("per_second")
        made.says = {name: str(node.value) for name, node in self._map("says").items()}
        for name, node in self._map("says").items():
            if name not in _SAYS:
                self.report.unknown(node.place, "key", name, _SAYS)
            if str(node.value) not in self.steps.known["code"]:
                self.report.unknown(node.place, "code", str(node.value), self.steps.known["code"])
        for name in ("unreadable", "unknown_operation", "illegal_state"):
            if name not in made.says:
                self.report.fault("E652", self.root.place, f"'says.{name}' is missing: the code for it")

    def _constants(self) -> None:
        for name, node in self._map("constants").items():
            self.definition.constants[name] = _plain_tree(node)
            self.compiler.bind(name)
        self.shapes.add_tables(self.root.get("tables"))
        self.shapes.add_shapes(self.root.get("shapes"))

    def _records(self) -> None:
        self.compiler.bind(*self._map("records"))
        for name, node in self._map("records").items():
            self._allow(node, ("no", "index", "states"))
            states, index = node.get("states"), node.get("index")
            if states is None:
                self.report.fault("E652", node.place, f"record '{name}' has no states")
                continue
            self.definition.kinds[name] = Kind(
                number=self._template(node.get("no")),
                index=("no", *(str(item.value) for item in (index.value if index else ()))),
                states={state: self._state(name, rules, states) for state, rules in states.value.items()},
            )

    def _state(self, kind: str, node: Node, states: Node) -> State:
        """A list of next states, or a map with `to` and what makes the state end by itself."""
        rules = node.value if isinstance(node.value, dict) else {"to": node}
        if isinstance(node.value, dict):
            self._allow(node, ("to", "after", "after_polls", "run", "manual"))
        to = list(rules["to"].value or ()) if "to" in rules else []
        for item in to:
            if str(item.value) not in states.value:
                self.report.unknown(item.place, f"state of {kind}", str(item.value), set(states.value))
        run = self._procedure(rules.get("run"))
        ways = rules["manual"].value if "manual" in rules else {}
        manual = {name: self._procedure(value) or "" for name, value in ways.items()}
        if ("after" in rules or "after_polls" in rules) and run is None:
            self.report.fault("E652", node.place, "a state that ends by itself needs 'run', a procedure")
        polls = rules.get("after_polls")
        return State(
            to=tuple(str(item.value) for item in to),
            after_s=self._seconds(rules.get("after")),
            after_polls=polls.value if polls else None,
            run=run,
            manual=manual,
        )

    def _procedure(self, node: Node | None) -> str | None:
        if node is not None and str(node.value) not in self.steps.known["procedure"]:
            self.report.unknown(node.place, "procedure", str(node.value), self.steps.known["procedure"])
        return str(node.value) if node else None

    def _named(self, node: Node | None) -> tuple[tuple[str, Evaluate], ...]:
        """An ordered map of names and values; a value sees the names before it."""
        made = tuple((name, self._template(value)) for name, value in (node.value if node else {}).items())
        self.compiler.bind(*(name for name, _ in made))
        return made

    def _wire(self) -> None:
        self.definition.decode = self._named(self.root.get("decode"))
        code = self.root.get("code")
        self.definition.code = self._template(code) if code else None

    def _replies(self) -> None:
        reply = self.root.get("reply")
        if reply is None:
            self.report.fault("E652", self.root.place, "'reply' is missing: how an answer becomes bytes")
            return
        success = reply.get("code")
        self.definition.success_code = str(success.value) if success else ""
        text = reply.get("text")
        self.definition.success_text = str(text.value) if text else ""
        self.definition.forms = {"default": self._form(reply)}
        self.definition.forms |= {name: self._form(node, ()) for name, node in self._map("forms").items()}
        for name, node in self._map("codes").items():
            self.definition.codes[name] = self._code(node)

    def _form(self, node: Node, more: tuple[str, ...] = ("code", "text")) -> Form:
        # Success has one code and text, those of `reply`: another form writes its own into its `success` tree.
        self._allow(node, (*more, "success", "failure", "encode", "body", "headers", "status", "charset"))
        if node.get("body") is None:
            self.report.fault("E652", node.place, "'body' is missing: the bytes of an answer")
        success, status, charset = node.get("success"), node.get("status"), node.get("charset")
        return Form(
            success=self._template(success),
            failure=self._template(node.get("failure") or success),
            encode=self._named(node.get("encode")),
            body=self._template(node.get("body")),
            headers=self._template(node.get("headers"), {}),
            status=int(status.value) if status else 200,
            charset=str(charset.value) if charset else self.definition.charset,
        )

    def _code(self, node: Node) -> Code:
        """A text, or a map with `code` (shown for the name), `text`, `status`, `headers`, `processed`, `form`."""
        if not isinstance(node.value, dict):
            return Code(None, self._template(node), None, self._template(None, {}), processed=True, form=None)
        self._allow(node, ("code", "text", "status", "headers", "processed", "form"))
        status, processed, form = node.get("status"), node.get("processed"), node.get("form")
        shown = node.get("code")
        return Code(
            shown=str(shown.value) if shown else None,
            text=self._template(node.get("text"), ""),
            status=int(status.value) if status else None,
            headers=self._template(node.get("headers"), {}),
            processed=processed is None or bool(processed.value),
            form=str(form.value) if form else None,
        )

    def _behaviour(self) -> None:
        for name, node in self._map("procedures").items():
            self.definition.procedures[name] = self.steps.steps(node)
        for name, node in self._map("givens").items():
            self.definition.givens[name] = self.steps.steps(node)
        self.compiler.bind("given")
        for name, node in self._map("effects").items():
            effect = node.get("effect")
            fields = Node({k: v for k, v in node.value.items() if k != "effect"}, node.place, node.keys)
            self._allow(node, ("effect", "number", "request_no", "business_key", "premium", "canaries", "policy_no"))
            self.definition.effects[name] = Effect(str(effect.value) if effect else name, self._template(fields))
        for name, node in self._map("callbacks").items():
            self.definition.callbacks[name] = self._callback(node)
        self.definition.before = self.steps.steps(self.root.get("before"))

    def _callback(self, node: Node) -> Callback:
        self._allow(node, ("let", "message", "encode", "body", "headers", "acknowledged", "retry"))
        retry = node.get("retry")
        return Callback(
            let=self.steps.steps(node.get("let")),
            message=self._template(node.get("message")),
            encode=self._named(node.get("encode")),
            body=self._template(node.get("body")),
            headers=self._template(node.get("headers"), {}),
            acknowledged=self._template(node.get("acknowledged"), default=True),
            retry_s=self._retry(retry) if retry else (),
        )

    def _retry(self, node: Node) -> tuple[float, ...]:
        """A list of waits, or `{every, times}`."""
        if isinstance(node.value, list):
            return tuple(seconds(item, self.report) for item in node.value)
        every, times = node.get("every"), node.get("times")
        if every is None or times is None:
            self.report.fault("E655", node.place, "a retry is a list of waits, or {every, times}")
            return ()
        return (seconds(every, self.report),) * int(times.value)

    def _operations(self) -> None:
        if not self._map("operations"):
            self.report.fault("E652", self.root.place, "'operations' is missing")
        for name, node in self._map("operations").items():
            self._allow(node, _OPERATION)
            at = node.get("at")
            method, _, path = str(at.value if at else "").partition(" ")
            if not path.startswith("/"):
                self.report.fault("E655", node.place, f"'at' of {name} is a method and a path: POST /gateway.do")
            self.definition.operations[name] = self._operation(name, node, method, path)

    def _operation(self, name: str, node: Node, method: str, path: str) -> Operation:
        pattern = _path_pattern(path) if "{" in path else None
        once, shape, code, form = node.get("once"), node.get("shape"), node.get("code"), node.get("form")
        if form is not None and str(form.value) not in self.steps.known["form"]:
            self.report.unknown(form.place, "form", str(form.value), self.steps.known["form"])
        return Operation(
            name=name,
            method=method,
            path=path,
            pattern=pattern,
            code=str(code.value) if code else None,
            key=self._template(node.get("key")),
            let=self.steps.steps(node.get("let")),
            open=bool(node.get("open")),
            once=self._once(once) if once else None,
            shape=self.shapes.compile(shape) if shape else None,
            steps=self.steps.steps(node.get("steps")),
            form=str(form.value) if form else "default",
            per_second=node.get("unlimited") is None,
        )

    def _once(self, node: Node) -> Once | None:
        """A map of its own, or the name of an entry of the file's `once`."""
        if not isinstance(node.value, dict):
            shared = self._map("once")
            if str(node.value) not in shared:
                self.report.unknown(node.place, "once", str(node.value), dict(shared))
                return None
            node = shared[str(node.value)]
        self._allow(node, _ONCE)
        kind, name, lasts = node.get("on_duplicate"), node.get("name"), node.get("for")
        on_duplicate = str(kind.value) if kind else "reject"
        if on_duplicate not in _DUPLICATES and kind:
            self.report.unknown(kind.place, "kind of duplicate", on_duplicate, _DUPLICATES)
        codes = {key: self._code_name(node.get(key)) for key in ("fail", "conflict", "expired")}
        if on_duplicate == "reject" and codes["fail"] is None:
            self.report.fault("E652", node.place, "'fail' is missing: the code of a rejected duplicate")
        return Once(
            name=str(name.value) if name else "request",
            key=self._template(node.get("key")),
            on_duplicate=on_duplicate,
            same=self._template(node.get("same")),
            fail=codes["fail"],
            conflict=codes["conflict"],
            expired=codes["expired"],
            lasts_s=self._seconds(lasts) or float("inf"),
        )

    def _code_name(self, node: Node | None) -> str | None:
        if node is not None and str(node.value) not in self.steps.known["code"]:
            self.report.unknown(node.place, "code", str(node.value), self.steps.known["code"])
        return str(node.value) if node else None


_TABLES = {
    "kind": "records", "code": "codes", "procedure": "procedures", "effect": "effects", "callback": "callbacks",
    "form": "forms",
}  # fmt: skip


def _path_pattern(path: str) -> re.Pattern[str]:
    """`/policies/{no}` as an expression; a name holds one segment."""
    parts = re.split(r"\{(\w+)\}", path)
    return re.compile("".join(f"(?P<{part}>[^/]+)" if odd % 2 else re.escape(part) for odd, part in enumerate(parts)))


def _plain_tree(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: _plain_tree(item) for key, item in node.value.items()}
    if isinstance(node.value, list):
        return [_plain_tree(item) for item in node.value]
    return node.value
