"""The list functions: `item` is the element, `up` what was around; an absent list is an empty one."""

import ast

from gateway.catalogue.compiling.kinds import BOOL, DECIMAL, INT, Kind, Tree, family, is_open, word
from gateway.catalogue.compiling.value import ATOM, OR, Value, as_test, as_value, at, clauses
from gateway.catalogue.compiling.work import WRONG_VALUE, Work
from gateway.model.reflect import ListType

LIST_FUNCTIONS = ("count", "first", "any", "all", "sum")


def list_call(work: Work, name: str, node: ast.Call) -> Value:
    """`count`, `first` (condition optional), `any`, `all` (condition), `sum` (value) over a list."""
    listed = work.value(node.args[0])
    kind = _item(listed.kind)
    if kind is None:
        hint = "name the list itself" if not isinstance(listed.kind, Tree) else None
        return work.fault("E307", node.args[0], f"{name}() takes a list, not {word(listed.kind)}", hint)
    if len(node.args) == 1:
        return _whole(work, name, listed, kind)
    with work.element(kind, listed.path) as element:
        inner = work.value(node.args[1]) if name == "sum" else work.test(node.args[1])
        loop = _loop(work, listed, element.bare)
        return _sum(work, node, inner, loop) if name == "sum" else _conditional(work, name, element, inner, loop)


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
        case _:
            return Value(f"{name}({as_test(test, OR)} {loop})", BOOL)


def _sum(work: Work, node: ast.Call, value: Value, loop: str) -> Value:
    if family(value.kind) != "number":
        hint = "sum its .amount" if family(value.kind) == "money" else None
        work.fault("E307", node.args[1], f"sum() adds numbers, not {word(value.kind)}", hint)
        return WRONG_VALUE
    there = work.present(value)
    condition = f" if {' and '.join(guard.holds for guard in there.guards)}" if there.guards else ""
    terms = f"{at(there.bare, there.level, ATOM)} {loop}{condition}"
    if value.kind == DECIMAL:
        work.imports.add("Decimal")
        return Value(f"sum(({terms}), start=Decimal(0))", DECIMAL)
    return Value(f"sum({terms})", INT)
