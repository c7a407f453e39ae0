"""What a set of conditions leaves out: the values of the fields they ask for under which none of them holds.

Each field has a few values that matter (those of its enum, those it is compared with, another one, none), and each
condition is carried out on all combinations. What cannot be judged so may be true or false, whatever the fields hold.
"""

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

COMBINATIONS_MAX = 5_000
OTHER = "\0another"
"""A value that no condition names."""

Values = Sequence[object]
Known = Callable[[str], tuple[Values, bool]]
"""The values a field can have, none where they are without number, and whether it may be absent."""

_ROOTS = ("item", "up", "req", "config", "binding")


@dataclass(slots=True)
class _Terms:
    """What conditions ask for: fields by path with the constants they are compared with, and all else by its text."""

    fields: dict[str, list[object]] = field(default_factory=dict)
    opaque: set[str] = field(default_factory=set)


def left_out(conditions: Iterable[str], known: Known) -> list[dict[str, object]]:
    """The combinations under which no condition holds; none also where there are too many to look at."""
    try:
        trees = [ast.parse(text.strip(), mode="eval").body for text in conditions]
    except SyntaxError:
        return []
    terms = _Terms()
    for tree in trees:
        _collect(tree, terms)
    universe = {path: _values(path, constants, known) for path, constants in terms.fields.items()}
    universe |= dict.fromkeys(sorted(terms.opaque), (True, False))
    size = 1
    for values in universe.values():
        size *= len(values)
    if size > COMBINATIONS_MAX:
        return []
    found = (dict(zip(universe, chosen, strict=True)) for chosen in product(*universe.values()))
    return _without_moot([each for each in found if not any(_holds(tree, each) for tree in trees)], universe)


def _without_moot(left: list[dict[str, object]], universe: Mapping[str, Values]) -> list[dict[str, object]]:
    """The combinations without the fields whose value changes nothing about them."""
    for path, values in universe.items():
        others = [tuple((name, value) for name, value in each.items() if name != path) for each in left]
        if others and len(universe) > 1 and all(others.count(each) == len(values) for each in others) and others[0]:
            left = [dict(each) for each in dict.fromkeys(others)]
    return left


def _values(path: str, constants: list[object], known: Known) -> Values:
    values, may_be_absent = known(path)
    absent = (None,) if may_be_absent else ()
    named = [each for each in dict.fromkeys(constants) if each is not None]
    return (*(values or [*named, OTHER]), *absent)


def _collect(node: ast.expr, terms: _Terms) -> None:
    if isinstance(node, ast.BoolOp):
        for value in node.values:
            _collect(value, terms)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        _collect(node.operand, terms)
    elif (asked := _comparison(node)) is not None:
        terms.fields.setdefault(asked[0], []).extend(asked[1])
    elif (path := _path(node)) is not None:
        terms.fields.setdefault(path, [])
    else:
        terms.opaque.add(ast.unparse(node))


def _path(node: ast.expr) -> str | None:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    is_field = isinstance(node, ast.Name) and node.id in _ROOTS and bool(names)
    return ".".join([node.id, *reversed(names)]) if is_field and isinstance(node, ast.Name) else None


def _comparison(node: ast.expr) -> tuple[str, list[object]] | None:
    """The field and the constants of a comparison that can be judged; of two fields, the item's own and nothing."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return None
    left, right, op = node.left, node.comparators[0], node.ops[0]
    if _path(left) is None and isinstance(op, ast.Eq | ast.NotEq):
        left, right = right, left
    path = _path(left)
    if path is None or not isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot | ast.In | ast.NotIn):
        return None
    if isinstance(right, ast.Constant):
        return path, [right.value]
    if isinstance(right, ast.Tuple) and all(isinstance(each, ast.Constant) for each in right.elts):
        return path, [each.value for each in right.elts if isinstance(each, ast.Constant)]
    other = _path(right)
    if other is not None and isinstance(op, ast.Eq) and {path[:3], other[:3]} == {"ite", "up."}:
        return (path if path.startswith("item") else other), []
    return None


def _holds(node: ast.expr, chosen: Mapping[str, object]) -> bool:
    if isinstance(node, ast.BoolOp):
        results = [_holds(value, chosen) for value in node.values]
        return all(results) if isinstance(node.op, ast.And) else any(results)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return not _holds(node.operand, chosen)
    asked = _comparison(node)
    if asked is None:
        path = _path(node)
        return bool(chosen[path if path is not None else ast.unparse(node)])
    assert isinstance(node, ast.Compare)
    value, constants, op = chosen[asked[0]], asked[1], node.ops[0]
    if not constants:
        # Every object around is met once: what names one is there with the one it names.
        return value is not None
    found = value in constants
    return found if isinstance(op, ast.Eq | ast.Is | ast.In) else not found
