"""What a condition says of a reply that says nothing at all: an empty object, another page, an answer cut short."""

import ast

_UNKNOWN = object()
_COUNTING = ("count", "any", "all", "sum", "answer", "text", "length")


def holds_for_nothing(source: str) -> bool:
    """Whether a condition surely holds where every value of the reply is absent."""
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except SyntaxError:
        return False
    return _test(tree) is True


def _test(node: ast.expr) -> bool | None:
    """True, false, or None where it depends on something else."""
    if isinstance(node, ast.BoolOp):
        wanted = isinstance(node.op, ast.Or)
        found = [_test(value) for value in node.values]
        return wanted if wanted in found else None if None in found else not wanted
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inside = _test(node.operand)
        return None if inside is None else not inside
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compared(_value(node.left), _value(node.comparators[0]), node.ops[0])
    value = _value(node)
    return None if value is _UNKNOWN else bool(value)


def _compared(left: object, right: object, op: ast.cmpop) -> bool | None:
    if (
        left is _UNKNOWN
        or right is _UNKNOWN
        or not isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot | ast.In | ast.NotIn)
    ):
        return None
    found = left in right if isinstance(op, ast.In | ast.NotIn) and isinstance(right, tuple) else left == right
    return found if isinstance(op, ast.Eq | ast.Is | ast.In) else not found


def _value(node: ast.expr) -> object:
    """None for what the reply would say; the constants of the mapping are themselves."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Tuple):
        values = tuple(_value(each) for each in node.elts)
        return _UNKNOWN if _UNKNOWN in values else values
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
        # A function of nothing is nothing.
        of_nothing = node.func.id == "wire" or (node.func.id not in _COUNTING and _value(node.args[0]) is None)
        return None if of_nothing else _UNKNOWN
    while isinstance(node, ast.Attribute):
        node = node.value
    return None if isinstance(node, ast.Name) and node.id == "wire" else _UNKNOWN
