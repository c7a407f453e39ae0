"""Paths in a text, `wire("Risk(RiskCode=01).Prem@code")`: split, and walked like the dots of an expression."""

import ast
import re
from dataclasses import dataclass, replace

from gateway.catalogue.compiling.kinds import Tree, Wrong, is_open
from gateway.catalogue.compiling.names import after_dot, dig
from gateway.catalogue.compiling.value import Guard, Value, as_value, clauses, literal
from gateway.catalogue.compiling.work import Work
from gateway.model.reflect import ListType

_NAME = re.compile(r"(?:\\\.|[\w:-])+")
_SELECTOR = re.compile(r"\(([^()=]+)=([^()]*)\)")
LENGTH_MAX = 300


@dataclass(frozen=True, slots=True)
class Step:
    """One segment of a path: a name, `@name`, or a position, and the selectors behind it."""

    name: str
    selectors: tuple[tuple[str, str], ...] = ()


def split_path(text: str) -> tuple[Step, ...]:
    """The segments of a path from the root; raises ValueError with what is wrong with it."""
    if not text or len(text) > LENGTH_MAX:
        raise ValueError(f"a path has 1 to {LENGTH_MAX} characters")
    if text.startswith("^"):
        raise ValueError("'^' has no meaning in an expression: name the whole path")
    steps, at = [], 1 if text.startswith("/") else 0
    while at < len(text):
        attribute = text[at] == "@"
        at += attribute
        found = _NAME.match(text, at)
        if found is None:
            raise ValueError(f"a name is missing at '{text[at:]}'")
        at, selectors = found.end(), []
        while selector := _SELECTOR.match(text, at):
            selectors.append((selector[1], selector[2]))
            at = selector.end()
        steps.append(Step("@" * attribute + found[0].replace("\\.", "."), tuple(selectors)))
        if at < len(text):
            at = _separator(text, at)
    return tuple(steps)


def _separator(text: str, at: int) -> int:
    if text[at] == "@":
        return at
    if text[at] != "." or at + 1 == len(text):
        raise ValueError(f"'{text[at:]}' does not continue the path")
    return at + 1


def follow(work: Work, start: Value, text: str, node: ast.expr) -> Value:
    """The value at a path below `start`."""
    try:
        steps = split_path(text)
    except ValueError as error:
        return work.fault("E307", node, str(error))
    value = start
    for step in steps:
        value = _position(work, value, step, node) if step.name.isdecimal() else _named(work, value, step, node)
        for key, wanted in step.selectors:
            if wanted.startswith((".", "^", "/")):
                return work.fault("E307", node, f"({key}={wanted}): only a text can be asked for in an expression")
        if step.selectors and not isinstance(value.kind, Wrong):
            value = _selected(work, value, step, node)
    return value


def _named(work: Work, value: Value, step: Step, node: ast.expr) -> Value:
    if is_open(value.kind) and not (isinstance(value.kind, Tree) and value.digs is None and "." not in value.path):
        return dig(work, value, step.name)
    return after_dot(work, value, step.name, node)


def _position(work: Work, value: Value, step: Step, node: ast.expr) -> Value:
    at = int(step.name)
    if is_open(value.kind):
        return dig(work, value, at)
    if not isinstance(value.kind, ListType):
        return after_dot(work, value, step.name, node)
    # A position asserts nothing here: a shorter list gives None.
    there = work.present(value)
    holds = (
        (there.bare, f"not {there.bare}") if at == 0 else (f"len({there.bare}) > {at}", f"len({there.bare}) <= {at}")
    )
    item = work.guarded(there, Guard(*holds), f"{there.bare}[{at}]")
    return replace(item, kind=value.kind.item, path=f"{value.path}.{at}")


def _selected(work: Work, value: Value, step: Step, node: ast.expr) -> Value:
    """`name(key=value)`: the first element that has those values."""
    if is_open(value.kind):
        return _found(work, value, step)
    if not isinstance(value.kind, ListType):
        return work.fault("E307", node, f"'{value.path}' is no list: nothing to select from")
    with work.element(value.kind.item, value.path) as element:
        tests = []
        for key, wanted in step.selectors:
            found = follow(work, element, key, node)
            if isinstance(found.kind, Wrong):
                return found
            tests.append(f"{as_value(found)} == {literal(wanted)}")
        loop = clauses(work.present(value), element.bare, walks=work.present(value).bare)
        work.imports.add("first")
        return Value(
            f"first({element.bare} {loop} if {' and '.join(tests)})", value.kind.item, nullable=True, path=value.path
        )


def _found(work: Work, value: Value, step: Step) -> Value:
    base, keys = value.digs or (value.bare, ())
    above = f"dig({base}, {', '.join(map(literal, keys[:-1]))})" if keys[:-1] else base
    asked = ", ".join(
        f"(({', '.join(literal(_key(each.name)) for each in split_path(key))},), {literal(wanted)})"
        for key, wanted in step.selectors
    )
    work.imports.update(["dig", "find"] if keys[:-1] else ["find"])
    source = f"find({above}, {literal(keys[-1])}, {asked})"
    return Value(source, value.kind, nullable=True, guards=value.guards, path=value.path, digs=(source, ()))


def _key(name: str) -> str | int:
    return int(name) if name.isdecimal() else name
