"""Node by node from Python's grammar to Python source: what is not listed here is not allowed."""

import ast
import re

from gateway.catalogue.compiling.calls import call
from gateway.catalogue.compiling.compare import compare
from gateway.catalogue.compiling.elsewhere import NODES_ELSEWHERE
from gateway.catalogue.compiling.kinds import (
    ANYTHING,
    BOOL,
    DECIMAL,
    INT,
    NOTHING,
    TEXT,
    Tree,
    Wrong,
    family,
    is_open,
    joined,
    word,
)
from gateway.catalogue.compiling.names import chain, header, used
from gateway.catalogue.compiling.value import (
    AND,
    ATOM,
    CHOICE,
    NOT,
    OR,
    SUM,
    Value,
    as_test,
    as_value,
    at,
    literal,
    together,
)
from gateway.catalogue.compiling.work import WRONG_VALUE, Work

DIGITS_MAX = 18
_ATTRIBUTE = re.compile(r"(wire|req)\.(\w+(?:\.\w+)*@\w+)")
_HEADER = re.compile(r"header\.[A-Za-z0-9_]+(-[A-Za-z0-9_]+)+")


def value(work: Work, node: ast.expr) -> Value:
    """Compile a node for its value."""
    match node:
        case ast.Constant():
            return _constant(work, node)
        case ast.Name() | ast.Attribute():
            return _name(work, node)
        case ast.Compare():
            return compare(work, node)
        case ast.BoolOp():
            return _bool_op(work, node)
        case ast.UnaryOp():
            return _unary(work, node)
        case ast.IfExp():
            return _choice(work, node)
        case ast.BinOp():
            return _arithmetic(work, node)
        case ast.Call():
            return call(work, node)
        case ast.Tuple():
            return work.fault("E308", node, "a tuple stands behind 'in' only")
        case _:
            name = type(node).__name__
            hint = NODES_ELSEWHERE.get(name, "put it in the hooks file")
            return work.fault("E308", node, f"{name} is not allowed in a mapping expression", hint)


def test(work: Work, node: ast.expr) -> Value:
    """Compile a node as a condition; its facts say what is known once it was found true or false."""
    match node:
        case ast.BoolOp(op=ast.And()):
            return _both(work, node)
        case ast.BoolOp():
            return _either(work, node)
        case _:
            found = value(work, node)
            holds = tuple(guard.holds for guard in found.guards)
            there = (f"{found.bare} is not None",) if found.nullable and found.stable else ()
            if found.kind == BOOL and not found.may_be_absent:
                return found
            return Value(
                as_test(found), ANYTHING, AND if holds else found.level, if_true=(*holds, *there, *found.if_true)
            )


def _both(work: Work, node: ast.BoolOp) -> Value:
    facts: tuple[str, ...] = ()
    parts = []
    for each in node.values:
        with work.knowing(facts):
            parts.append(test(work, each))
        facts += parts[-1].if_true
    kind = BOOL if all(part.kind == BOOL for part in parts) else ANYTHING
    return Value(" and ".join(as_test(part, AND) for part in parts), kind, AND, if_true=facts)


def _either(work: Work, node: ast.BoolOp) -> Value:
    facts: tuple[str, ...] = ()
    parts = []
    for each in node.values:
        with work.knowing(facts):
            parts.append(test(work, each))
        facts += parts[-1].if_false
    kind = BOOL if all(part.kind == BOOL for part in parts) else ANYTHING
    return Value(" or ".join(as_test(part, OR) for part in parts), kind, OR, if_false=facts)


def _constant(work: Work, node: ast.Constant) -> Value:
    match node.value:
        case None:
            return Value("None", NOTHING, nullable=True, stable=True)
        case bool():
            return Value(literal(node.value), BOOL, stable=True)
        case str():
            return Value(literal(node.value), TEXT, stable=True)
        case int() if abs(node.value) < 10**DIGITS_MAX:
            return Value(literal(node.value), INT, stable=True)
        case float() if re.fullmatch(r"[0-9]{1,18}\.[0-9]{1,18}", work.written(node)):
            work.imports.add("Decimal")
            return Value(f'Decimal("{work.written(node)}")', DECIMAL)
        case _:
            return work.fault("E308", node, "a constant is a text, a plain number, True, False or None")


def _bool_op(work: Work, node: ast.BoolOp) -> Value:
    """`a or b` as a value: the first that is there; conditions alone stay a condition."""
    if _is_condition(node):
        return test(work, node)
    parts = [value(work, each) for each in node.values]
    kind = parts[0].kind
    for part in parts[1:]:
        kind = joined(kind, part.kind)
    is_or = isinstance(node.op, ast.Or)
    source = (" or " if is_or else " and ").join(as_value(part, AND if is_or else NOT) for part in parts)
    absent = parts[-1].may_be_absent if is_or else any(part.may_be_absent for part in parts)
    return Value(source, kind, OR if is_or else AND, nullable=absent)


def _is_condition(node: ast.expr) -> bool:
    match node:
        case ast.BoolOp(values=parts):
            return all(map(_is_condition, parts))
        case ast.Compare() | ast.UnaryOp(op=ast.Not()) | ast.Call(func=ast.Name(id="any" | "all")):
            return True
        case _:
            return False


def _unary(work: Work, node: ast.UnaryOp) -> Value:
    if isinstance(node.op, ast.Not):
        inner = test(work, node.operand)
        return Value(f"not {as_test(inner, NOT)}", BOOL, NOT, if_true=inner.if_false, if_false=inner.if_true)
    if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        inner = _constant(work, node.operand)
        if family(inner.kind) == "number":
            return Value(f"-{inner.bare}", inner.kind, SUM)
    return work.fault("E308", node, "a sign stands before a number only")


def _choice(work: Work, node: ast.IfExp) -> Value:
    condition = test(work, node.test)
    _warn_of_unasked(work, node.test)
    with work.knowing(condition.if_true):
        body = value(work, node.body)
    with work.knowing(condition.if_false):
        other = value(work, node.orelse)
    if isinstance(body.kind, Wrong) or isinstance(other.kind, Wrong) or isinstance(condition.kind, Wrong):
        return WRONG_VALUE
    source = f"{as_value(body, OR)} if {as_test(condition, OR)} else {as_value(other, CHOICE)}"
    return Value(source, joined(body.kind, other.kind), CHOICE, nullable=body.may_be_absent or other.may_be_absent)


def _warn_of_unasked(work: Work, node: ast.expr) -> None:
    """W310: a choice by something that may be neither true nor false, without saying what then."""
    match node:
        case ast.BoolOp(values=parts):
            for part in parts:
                _warn_of_unasked(work, part)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            _warn_of_unasked(work, inner)
        case ast.Call(func=ast.Name(id="answer")) | ast.Attribute() if work.written(node) not in work.asked_for_none:
            if isinstance(node, ast.Attribute):
                found = chain(work, node)
                if found.kind != BOOL or not found.may_be_absent:
                    return
            hint = f"say what then: ... if {work.written(node)} is None else ..."
            work.fault("W310", node, f"{work.written(node)} is None when nobody said", hint)


def _arithmetic(work: Work, node: ast.BinOp) -> Value:
    if _HEADER.fullmatch(work.written(node)):
        chain(work, ast.copy_location(ast.Name(id="header"), node))
        return used(work, header(work.written(node).removeprefix("header.")))
    if isinstance(node.op, ast.MatMult) and (found := _ATTRIBUTE.fullmatch(work.written(node))) is not None:
        name, path = found.groups()
        return work.fault("E308", node, "a path with @ is no name here", f'write {name}("{path}")')
    if not isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
        hint = "divide(a, b, places) divides and says how to round"
        return work.fault("E308", node, "only + - and * are worked out here", hint)
    left, right = value(work, node.left), value(work, node.right)
    if isinstance(left.kind, Wrong) or isinstance(right.kind, Wrong):
        return WRONG_VALUE
    sign = {ast.Add: "+", ast.Sub: "-"}.get(type(node.op), "*")
    kind = joined(left.kind, right.kind)
    texts = [is_open(each.kind) or family(each.kind) == "text" for each in (left, right)]
    if all(texts) and sign == "+":
        kind = TEXT
    elif family(left.kind) != "number" or family(right.kind) != "number" or is_open(left.kind) or is_open(right.kind):
        hint = "text(x) makes a number a text" if any(texts) else "use .amount, days(), months(), years()"
        return work.fault("E309", node, f"{word(left.kind)} {sign} {word(right.kind)} has no meaning", hint)
    left, right = work.present(left), work.present(right)
    tighter = ATOM if sign == "*" else SUM
    source = f"{at(left.bare, left.level, tighter)} {sign} {at(right.bare, right.level, ATOM)}"
    return Value(source, kind, SUM, guards=together(left, right))


def _name(work: Work, node: ast.expr) -> Value:
    found = used(work, chain(work, node))
    if isinstance(found.kind, Tree) and found.path in (
        "http",
        "header",
        "config",
        "binding",
        "refs",
        "step",
        "constant",
        "hook",
    ):
        return work.fault("E303", node, f"'{found.path}' alone is no value", f"name what of it: {found.path}.x")
    return found
