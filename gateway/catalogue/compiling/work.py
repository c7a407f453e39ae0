"""The state of one compilation: the scope, the names bound inside lists, the faults, and what was used."""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gateway.catalogue.compiling.kinds import WRONG, Kind
from gateway.catalogue.compiling.scope import Scope
from gateway.catalogue.compiling.value import Guard, Value
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import Faults
from gateway.model.naming import snake
from gateway.model.reflect import EnumType, StructType, UnionType

WRONG_VALUE = Value("None", WRONG, stable=True)
"""Stands for a part with a fault, so that the rest is still checked."""


class Work:
    """One expression being compiled. `text` is the source as parsed, `mark` the place of its first character."""

    def __init__(self, text: str, mark: Mark, scope: Scope, value: "Compile", test: "Compile") -> None:
        """Start with nothing used; `value` and `test` are the compiler's entries for sub-expressions."""
        self.text, self.mark, self.scope = text, mark, scope
        self._value, self._test = value, test
        self.faults = Faults("E309")
        self.names: set[str] = set()
        self.uses: set[str] = set()
        self.imports: set[str] = set()
        self.models: set[str] = set()
        self.hooks: set[str] = set()
        self.asked_for_none: frozenset[str] = frozenset()
        self._bytes = text.encode()
        self._bound: dict[str, Value] = {}
        self._taken: set[str] = set()
        self._depth = 0
        self._facts: frozenset[str] = frozenset()

    def value(self, node: ast.expr) -> Value:
        """Compile a node that is used for its value."""
        return self._value(self, node)

    def test(self, node: ast.expr) -> Value:
        """Compile a node that is used as a condition."""
        return self._test(self, node)

    # --- places and faults ---

    def at(self, offset: int) -> Mark:
        """The place of a byte offset, as `ast` counts, in characters."""
        return self.mark.shifted(len(self._bytes[:offset].decode(errors="ignore")))

    def fault(self, code: str, node: ast.expr, message: str, hint: str | None = None) -> Value:
        """Report a fault at a node and go on with a value that causes no further one."""
        self.faults.add(self.at(node.col_offset), message, hint, code=code)
        return WRONG_VALUE

    def fault_at_end(self, code: str, node: ast.expr, name: str, message: str, hint: str | None = None) -> Value:
        """Report a fault at the last word of a node: the field after the dot."""
        offset = (node.end_col_offset or 0) - len(name.encode())
        self.faults.add(self.at(offset), message, hint, code=code)
        return WRONG_VALUE

    def written(self, node: ast.expr) -> str:
        """The node as its author wrote it."""
        return self._bytes[node.col_offset : node.end_col_offset].decode()

    # --- names ---

    def lookup(self, name: str) -> Value | None:
        """What `item`, `up`, `n` stand for here: the innermost list's, else the scope's."""
        return self._bound.get(name)

    def bound_names(self) -> tuple[str, ...]:
        """The names that mean something here."""
        return tuple(self._bound)

    def bind(self, **values: Value) -> None:
        """Give names their outermost meaning."""
        self._bound.update(values)

    @contextmanager
    def element(self, kind: Kind, path: str) -> Iterator[Value]:
        """Inside, `item` is an element of a list and `up` what was `item` before (or the request)."""
        before = dict(self._bound)
        self._depth += 1
        name = "one" if self._depth == 1 else f"one{self._depth}"
        around = before.get("item") or before.get("req")
        item = self._bound["item"] = Value(name, kind, stable=True, path=path)
        if around is not None:
            self._bound["up"] = around
        try:
            yield item
        finally:
            self._bound = before
            self._depth -= 1

    def fresh(self, kind: Kind) -> str:
        """A new variable, named after what it holds, so that one name never has two types."""
        # Expressions of one function share its variables, and a variable has one type for the type checker.
        stem = f"found_{_stem(kind)}"
        name, number = stem, 2
        while name in self._taken:
            name, number = f"{stem}{number}", number + 1
        self._taken.add(name)
        return name

    # --- absent values ---

    @contextmanager
    def knowing(self, facts: tuple[str, ...]) -> Iterator[None]:
        """Where these guards are known to hold, they are not asked again."""
        before = self._facts
        self._facts = before | set(facts)
        try:
            yield
        finally:
            self._facts = before

    def guarded(self, value: Value, guard: Guard, bare: str) -> Value:
        """The value under one more guard, unless it is known to hold."""
        guards = value.guards if guard.holds in self._facts else (*value.guards, guard)
        return Value(bare, value.kind, stable=True, guards=guards, path=value.path)

    def present(self, value: Value) -> Value:
        """The same value, not None any more: a guard asks for it, binding a name where writing it twice would cost."""
        if not value.nullable:
            return value
        if value.stable:
            return self.guarded(value, Guard(f"{value.bare} is not None", f"{value.bare} is None"), value.bare)
        name = self.fresh(value.kind)
        assigned = f"({name} := {value.bare})"
        guard = Guard(f"{assigned} is not None", f"{assigned} is None", (name, value.bare))
        return self.guarded(value, guard, name)


def _stem(kind: Kind) -> str:
    match kind:
        case StructType(cls=cls):
            return snake(cls.__name__)
        case UnionType():
            return "object"
        case EnumType(name=name):
            return name or "code"
        case _:
            return str(getattr(kind, "kind", "value"))


Compile = Callable[[Work, ast.expr], Value]
