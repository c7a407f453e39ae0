"""A mock.yaml, compiled: everything a mock carrier does is in a Definition, everything it remembers in a World."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from contract_tests.language.expression import Evaluate, Scope, always
from contract_tests.mock.shape import Check
from contract_tests.mock.steps import Step
from contract_tests.mock.world import Answer


@dataclass(frozen=True, slots=True)
class State:
    """A state of a kind of record: where it may go, and what makes it go there by itself."""

    to: tuple[str, ...]
    after_s: float | None = None
    after_polls: int | None = None
    run: str | None = None
    manual: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record with its number, its indexed fields and its states."""

    number: Evaluate
    index: tuple[str, ...]
    states: Mapping[str, State]


@dataclass(frozen=True, slots=True)
class Once:
    """How an operation knows a request again, and what it says then."""

    name: str
    key: Evaluate
    on_duplicate: str
    same: Evaluate
    fail: str | None
    conflict: str | None
    expired: str | None
    lasts_s: float


@dataclass(frozen=True, slots=True)
class Operation:
    """One transaction of the carrier. `effect` is true for a write: it may change something."""

    name: str
    method: str
    path: str
    pattern: re.Pattern[str] | None
    code: str | None
    key: Evaluate
    let: Step
    open: bool
    once: Once | None
    shape: Check | None
    steps: Step
    form: str
    per_second: bool


@dataclass(frozen=True, slots=True)
class Form:
    """How answers become bytes: the trees, the named intermediate values, the body and the headers."""

    success: Evaluate
    failure: Evaluate
    encode: tuple[tuple[str, Evaluate], ...]
    body: Evaluate
    headers: Evaluate
    status: int
    charset: str


@dataclass(frozen=True, slots=True)
class Code:
    """One result code: its text, its status, and whether the request then counts as received."""

    shown: str | None
    text: Evaluate
    status: int | None
    headers: Evaluate
    processed: bool
    form: str | None


@dataclass(frozen=True, slots=True)
class Callback:
    """A message this carrier sends: which bytes, what it demands as acknowledgement, how often it repeats."""

    let: Step
    message: Evaluate
    encode: tuple[tuple[str, Evaluate], ...]
    body: Evaluate
    headers: Evaluate
    acknowledged: Evaluate
    retry_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What one kind of effect writes to the ledger."""

    kind: str
    fields: Evaluate


@dataclass(slots=True)
class Definition:
    """A whole mock carrier, without memory."""

    carrier: str
    file: str
    zone: tzinfo = UTC
    charset: str = "utf-8"
    mutual_tls: bool = False
    lag_s: float = 0.0
    horizon_s: float | None = None
    per_second_max: int | None = None
    constants: dict[str, Any] = field(default_factory=dict)
    decode: tuple[tuple[str, Evaluate], ...] = ()
    code: Evaluate | None = None
    before: Step = field(default=always(None))
    operations: dict[str, Operation] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    procedures: dict[str, Step] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    says: dict[str, str] = field(default_factory=dict)
    callbacks: dict[str, Callback] = field(default_factory=dict)
    effects: dict[str, Effect] = field(default_factory=dict)
    givens: dict[str, Step] = field(default_factory=dict)
    success_code: str = ""
    success_text: str = ""
    _exact: dict[tuple[str, str, str | None], Operation] = field(default_factory=dict)
    _patterned: list[Operation] = field(default_factory=list)

    def index_operations(self) -> None:
        """Make the tables by which a request finds its operation."""
        for operation in self.operations.values():
            if operation.pattern is None:
                self._exact[operation.method, operation.path, operation.code] = operation
            else:
                self._patterned.append(operation)

    def find_operation(self, method: str, path: str, code: Any) -> tuple[Operation | None, dict[str, str]]:
        """The operation of a request, and what its path's `{names}` hold."""
        exact = self._exact.get((method, path, code)) or self._exact.get((method, path, None))
        if exact is not None:
            return exact, {}
        for operation in self._patterned:
            if operation.method == method and operation.pattern and (fits := operation.pattern.fullmatch(path)):
                return operation, fits.groupdict()
        return None, {}

    def fail(self, scope: Scope, code: str) -> Answer:
        """An answer with one of the carrier's codes."""
        rules = self.codes.get(code)
        scope["code"] = code
        if rules is None:
            return Answer(code, ok=False)
        scope["code"] = code = rules.shown or code
        return Answer(
            code=code,
            ok=False,
            text=rules.text(scope),
            status=rules.status,
            headers=rules.headers(scope),
            form=rules.form,
            processed=rules.processed,
            field=scope.get("field"),
        )

    def write_effect(self, name: str, scope: Scope) -> None:
        """Write an effect to the ledger."""
        rules = self.effects[name]
        request = scope.get("request")
        line = {"effect": rules.kind, **rules.fields(scope)}
        things = (thing for thing in scope.values() if isinstance(thing, dict) and "request_sha256" in thing)
        origin = request["sha256"] if request else next((thing["request_sha256"] for thing in things), None)
        scope.world.on_effect(scope.world, {**line, "request_sha256": origin})


Fail = Callable[[Scope, str], Answer]
