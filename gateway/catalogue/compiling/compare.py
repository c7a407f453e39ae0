"""Comparisons: checked against what each side can be, written so that an absent side is simply not equal."""

import ast
from dataclasses import replace
from itertools import pairwise

from gateway.catalogue.compiling.kinds import (
    BOOL,
    INT,
    TEXT,
    Kind,
    Nothing,
    Tree,
    Wrong,
    comparable,
    family,
    is_open,
    ordered,
    word,
)
from gateway.catalogue.compiling.value import (
    AND,
    ATOM,
    COMPARE,
    SUM,
    Value,
    as_test,
    as_value,
    at,
    literal,
    together,
    under,
    unless,
)
from gateway.catalogue.compiling.work import WRONG_VALUE, Work
from gateway.model.reflect import EnumType, ListType, MoneyType, suggest

_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip
_SHOWN_VALUES = 4


def compare(work: Work, node: ast.Compare) -> Value:
    """One comparison, or a chain of them joined by `and`."""
    sides = [node.left, *node.comparators]
    parts = [_pair(work, sign, *pair) for sign, pair in zip(node.ops, pairwise(sides), strict=True)]
    if len(parts) == 1:
        return parts[0]
    facts = tuple(fact for part in parts for fact in part.if_true)
    return Value(" and ".join(as_test(part, AND) for part in parts), BOOL, AND, if_true=facts)


def _pair(work: Work, operator: ast.cmpop, left: ast.expr, right: ast.expr) -> Value:
    sign = _SIGNS[type(operator)]
    if sign in ("is", "is not"):
        return _identity(work, sign, left, right)
    if sign in ("in", "not in"):
        return _membership(work, sign, left, right)
    one, other = work.value(left), work.value(right)
    for value, node in ((one, left), (other, right)):
        if isinstance(value.kind, Nothing):
            return work.fault("E309", node, f"'{sign} None'", "write 'is None' or 'is not None'")
    if sign in ("==", "!="):
        return _equality(work, sign, (left, one), (right, other))
    if not ordered(one.kind, other.kind):
        hint = 'read a wire value first: decode(x, "int"), date(x, "yyyyMMdd")' if is_open(one.kind) else None
        return work.fault("E309", left, f"{word(one.kind)} and {word(other.kind)} have no order", hint)
    one, other = work.present(one), work.present(other)
    return under(together(one, other), f"{at(one.bare, one.level, SUM)} {sign} {at(other.bare, other.level, SUM)}")


Side = tuple[ast.expr, Value]


def _equality(work: Work, sign: str, left: Side, right: Side) -> Value:
    can_be = _can_equal(work, left, right) and _can_equal(work, right, left)
    if not can_be or isinstance(left[1].kind, Wrong) or isinstance(right[1].kind, Wrong):
        return WRONG_VALUE
    one, other = _as_texts(work, left[1], right)
    other, one = _as_texts(work, other, (left[0], one))
    # Two absent values are equal: only whole values compare so, guards joined by `and` would say no.
    if one.may_be_absent and other.may_be_absent and together(one, other):
        return Value(f"{as_value(one, SUM)} {sign} {as_value(other, SUM)}", BOOL, COMPARE)
    source = f"{at(one.bare, one.level, SUM)} {sign} {at(other.bare, other.level, SUM)}"
    return (under if sign == "==" else unless)(together(one, other), source)


def _as_texts(work: Work, subject: Value, other: Side) -> tuple[Value, Value]:
    """A carrier's value beside ours: compared as texts, as in tables and cases, so that a JSON 1 equals "1"."""
    node, value = other
    if not _is_carriers(subject) or (plain := _written_as_text(node, value)) is None:
        return subject, value
    return _text_of(work, subject), plain


def _is_carriers(value: Value) -> bool:
    return isinstance(value.kind, Tree) and value.kind.origin in ("wire", "JSON")


def _text_of(work: Work, value: Value) -> Value:
    if work.scope.texts_only:
        return replace(value, kind=TEXT)
    work.imports.add("text_of")
    return replace(value, bare=f"text_of({value.bare})", kind=TEXT, level=ATOM, stable=False, digs=None)


def _written_as_text(node: ast.expr, value: Value) -> Value | None:
    """Our side as the text a carrier's value is compared with; None where that has no meaning."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int):
        written = str(node.value).lower() if isinstance(node.value, bool) else str(node.value)
        return Value(literal(written), TEXT, stable=True)
    if value.kind == INT:
        there = replace(value, bare=f"str({value.bare})", kind=TEXT, level=ATOM, stable=False)
        return there if not value.nullable else None
    return value if family(value.kind) == "text" and not is_open(value.kind) else None


def _can_equal(work: Work, subject: Side, other: Side) -> bool:
    """E305 at `other` when it can never equal the subject; said once, from the side that knows more."""
    node, value = other
    kind = subject[1].kind
    if isinstance(kind, EnumType) and isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value in kind.values or _never(work, node, node.value, subject[1].path, kind)
    if (
        isinstance(kind, EnumType)
        and isinstance(value.kind, EnumType)
        and not set(kind.values) & set(value.kind.values)
    ):
        work.fault("E305", node, f"{word(value.kind)} of {value.path} can never equal {subject[1].path}")
        return False
    if isinstance(subject[0], ast.Constant) or comparable(kind, value.kind):
        return True
    hint = "compare a field of it" if "object" in (family(kind), family(value.kind)) else _reading_hint(kind)
    work.fault("E305", node, f"{word(value.kind)} can never equal {word(kind)}", hint)
    return False


def _never(work: Work, node: ast.expr, text: str, path: str, kind: EnumType) -> bool:
    values = sorted(kind.values)
    shown = ", ".join(values[:_SHOWN_VALUES]) + (", ..." if len(values) > _SHOWN_VALUES else "")
    near = suggest(text, values)
    message = f"'{text}' can never equal {path or 'this'}; its values are {shown}"
    work.fault("E305", node, message, f"did you mean '{near}'?" if near else None)
    return False


def _reading_hint(kind: Kind) -> str | None:
    if family(kind) in ("date", "datetime"):
        return f'write {family(kind)}("2026-01-31", "yyyy-MM-dd")'
    return "compare its .amount" if isinstance(kind, MoneyType) else None


def _identity(work: Work, sign: str, left: ast.expr, right: ast.expr) -> Value:
    if not isinstance(right, ast.Constant) or not (right.value is None or isinstance(right.value, bool)):
        return work.fault("E308", right, "'is' stands before None, True or False only", "write ==")
    value = work.value(left)
    if isinstance(value.kind, Wrong):
        return WRONG_VALUE
    if right.value is not None:
        if value.kind != BOOL and not is_open(value.kind):
            return work.fault("E305", right, f"{right.value} can never be {word(value.kind)}")
        source = f"{at(value.bare, value.level, SUM)} {sign} {right.value}"
        return (under if sign == "is" else unless)(value.guards, source)
    return _absence(work, value, left, absent=sign == "is")


def _absence(work: Work, value: Value, node: ast.expr, *, absent: bool) -> Value:
    if not value.may_be_absent:
        hint = "an absent list is an empty one" if isinstance(value.kind, ListType) else None
        work.fault("W311", node, f"{value.path or 'this'} is never None", hint)
        return Value("False" if absent else "True", BOOL)
    source = f"{at(value.bare, value.level, SUM)} is {'' if absent else 'not '}None" if value.nullable else None
    made = (unless if absent else under)(value.guards, source)
    fact = (f"{value.bare} is not None",) if value.nullable and value.stable else ()
    if absent:
        return replace(made, if_false=made.if_false + fact)
    return replace(made, if_true=made.if_true + fact)


def _membership(work: Work, sign: str, left: ast.expr, right: ast.expr) -> Value:
    one = work.value(left)
    join = under if sign == "in" else unless
    if isinstance(right, ast.Tuple):
        members = [work.value(each) for each in right.elts]
        fits = [_can_equal(work, (left, one), (node, member)) for node, member in zip(right.elts, members, strict=True)]
        if not all(fits) or isinstance(one.kind, Wrong):
            return WRONG_VALUE
        texts = [_written_as_text(*pair) for pair in zip(right.elts, members, strict=True)]
        if _is_carriers(one) and None not in texts:
            one, members = _text_of(work, one), [text for text in texts if text is not None]
        listed = ", ".join(as_value(member) for member in members) + ("," if len(members) == 1 else "")
        return join(one.guards, f"{at(one.bare, one.level, SUM)} {sign} ({listed})")
    other = work.value(right)
    match other.kind:
        case ListType(item=item):
            if not _can_equal(work, (right, Value("", item, path=other.path)), (left, one)):
                return WRONG_VALUE
            walked = work.present(other).bare
        case kind if kind == TEXT and family(one.kind) == "text":
            if isinstance(right, ast.Constant):
                return work.fault("E309", right, "a text where a tuple is meant", 'a tuple of one is ("a",)')
            one, other = work.present(one), work.present(other)
            walked = other.bare
        case kind if is_open(kind):
            work.imports.add("items_of")
            # One element that came once is no list on the wire, and a text would be searched letter by letter.
            walked, other = f"items_of({as_value(other)})", Value("", other.kind)
        case kind:
            return work.fault("E309", right, f"{word(kind)} holds nothing to look among", 'a tuple is ("a", "b")')
    other = work.present(other)
    return join(together(one, other), f"{at(one.bare, one.level, SUM)} {sign} {walked}")
