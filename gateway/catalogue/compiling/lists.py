"""The list functions: `item` is the element, `up` what was around; an absent list is an empty one."""

import ast

from gateway.catalogue.compiling.kinds import BOOL, DECIMAL, INT, TEXT, WRONG, Kind, Tree, family, is_open, word
from gateway.catalogue.compiling.value import ATOM, OR, Value, as_test, as_value, at, clauses, literal, together
from gateway.catalogue.compiling.work import WRONG_VALUE, Work
from gateway.model.reflect import ListType

LIST_FUNCTIONS = ("count", "first", "any", "all", "sum", "position", "min", "max", "join", "allot")
_ORDERED = ("number", "date", "datetime")


def list_call(work: Work, name: str, node: ast.Call) -> Value:
    """`count`, `first` (condition optional), `any`, `all`, `position` (condition); the others take a value."""
    at_list = 1 if name == "allot" else 0
    listed = work.value(node.args[at_list])
    kind = _item(listed.kind)
    if kind is None:
        hint = "name the list itself" if not isinstance(listed.kind, Tree) else None
        return work.fault("E307", node.args[at_list], f"{name}() takes a list, not {word(listed.kind)}", hint)
    if len(node.args) == 1:
        return _whole(work, name, listed, kind)
    if name == "join":
        return _join(work, node, listed, kind)
    if name == "allot":
        return _allot(work, node, listed, kind)
    with work.element(kind, listed.path) as element:
        of_value = name in ("sum", "min", "max")
        inner = work.value(node.args[1]) if of_value else work.test(node.args[1])
        loop = _loop(work, listed, element.bare)
        if name == "sum":
            return _sum(work, node, inner, loop)
        return _extreme(work, name, node, inner, loop) if of_value else _conditional(work, name, element, inner, loop)


def _item(kind: Kind) -> Kind | None:
    if isinstance(kind, ListType):
        return kind.item
    if is_open(kind):
        return kind if isinstance(kind, Tree) else Tree("JSON")
    return None


def _whole(work: Work, name: str, listed: Value, kind: Kind) -> Value:
    if name == "count" and not listed.may_be_absent and isinstance(listed.kind, ListType):
        return Value(f"len({listed.bare})", INT)
    work.imports.add(name)
    source = f"{name}({as_value(listed)})"
    return Value(source, INT) if name == "count" else Value(source, kind, nullable=True, path=listed.path)


def _loop(work: Work, listed: Value, element: str) -> str:
    if isinstance(listed.kind, ListType):
        there = work.present(listed)
        return clauses(there, element, walks=there.bare)
    work.imports.add("items_of")
    return clauses(listed, element, walks=f"items_of({listed.bare})")


def _conditional(work: Work, name: str, element: Value, test: Value, loop: str) -> Value:
    match name:
        case "count":
            return Value(f"sum(1 {loop} if {as_test(test, OR)})", INT)
        case "first":
            work.imports.add("first")
            source = f"first({element.bare} {loop} if {as_test(test, OR)})"
            return Value(source, element.kind, nullable=True, path=element.path)
        case "position":
            work.imports.add("position_of")
            return Value(f"position_of([{as_test(test, OR)} {loop}])", INT, nullable=True)
        case _:
            return Value(f"{name}({as_test(test, OR)} {loop})", BOOL)


def _sum(work: Work, node: ast.Call, value: Value, loop: str) -> Value:
    if family(value.kind) != "number":
        hint = "sum its .amount" if family(value.kind) == "money" else None
        work.fault("E307", node.args[1], f"sum() adds numbers, not {word(value.kind)}", hint)
        return WRONG_VALUE
    terms = _terms(work, value, loop)
    if value.kind == DECIMAL:
        work.imports.add("Decimal")
        return Value(f"sum(({terms}), start=Decimal(0))", DECIMAL)
    return Value(f"sum({terms})", INT)


def _terms(work: Work, value: Value, loop: str) -> str:
    """The values that are there, as what stands inside a generator."""
    there = work.present(value)
    condition = f" if {' and '.join(guard.holds for guard in there.guards)}" if there.guards else ""
    return f"{at(there.bare, there.level, ATOM)} {loop}{condition}"


def _extreme(work: Work, name: str, node: ast.Call, value: Value, loop: str) -> Value:
    """`min` and `max`: None for no value at all."""
    if family(value.kind) not in _ORDERED or is_open(value.kind):
        hint = "take its .amount" if family(value.kind) == "money" else None
        work.fault("E307", node.args[1], f"{name}() compares numbers, days or instants, not {word(value.kind)}", hint)
        return WRONG_VALUE
    return Value(f"{name}(({_terms(work, value, loop)}), default=None)", value.kind, nullable=True)


def _each(work: Work, node: ast.expr, listed: Value, kind: Kind, families: tuple[str, ...]) -> str | None:
    """One value of every element, None where it is absent, as a list in source."""
    with work.element(kind, listed.path) as element:
        inner = work.value(node)
        if not is_open(inner.kind) and family(inner.kind) not in families:
            work.fault("E307", node, f"{' or '.join(families)} is wanted of every element, not {word(inner.kind)}")
            return None
        return f"[{as_value(inner, OR)} {_loop(work, listed, element.bare)}]"


def _join(work: Work, node: ast.Call, listed: Value, kind: Kind) -> Value:
    separator = node.args[2]
    if not (isinstance(separator, ast.Constant) and isinstance(separator.value, str)):
        return work.fault("E307", separator, "join() takes its separator as a constant text")
    values = _each(work, node.args[1], listed, kind, ("text", "number"))
    work.imports.add("joined")
    return (
        WRONG_VALUE if values is None else Value(f"joined({values}, {literal(separator.value)})", TEXT, nullable=True)
    )


def _allot(work: Work, node: ast.Call, listed: Value, kind: Kind) -> Value:
    total, number = work.value(node.args[0]), work.value(node.args[3])
    for each, value in ((node.args[0], total), (node.args[3], number)):
        if value.kind not in (INT, WRONG):
            return work.fault("E307", each, f"allot() takes a whole number here, not {word(value.kind)}")
    weights = _each(work, node.args[2], listed, kind, ("number",))
    if weights is None:
        return WRONG_VALUE
    work.imports.add("allot")
    whole, which = work.present(total), work.present(number)
    guards = together(whole, which)
    return Value(f"allot({whole.bare}, {weights}, {which.bare})", INT, nullable=True, guards=guards)
