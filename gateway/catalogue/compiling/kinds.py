"""What an expression can yield, and which of it may meet which: canonical types, carriers' trees, nothing."""

from dataclasses import dataclass

from gateway.model.reflect import (
    EnumType,
    ListType,
    MapType,
    MoneyType,
    Scalar,
    ScalarKind,
    StructType,
    UnionType,
)
from gateway.model.reflect import Kind as Canonical


@dataclass(frozen=True, slots=True)
class Tree:
    """A decoded message, a setting, a binding, an answer: what it is shows only at run time."""

    origin: str


@dataclass(frozen=True, slots=True)
class Anything:
    """What a hook or a codec gives: its type is its author's business."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """The constant None."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is left of an expression with a fault; says nothing more, so that one fault is reported once."""


Kind = Canonical | Tree | Anything | Nothing | Wrong

TEXT, INT, BOOL = Scalar(ScalarKind.text), Scalar(ScalarKind.int), Scalar(ScalarKind.bool)
DECIMAL, DATE, DATETIME = Scalar(ScalarKind.decimal), Scalar(ScalarKind.date), Scalar(ScalarKind.datetime)
JSON = Scalar(ScalarKind.json)
ANYTHING, NOTHING, WRONG = Anything(), Nothing(), Wrong()


def word(kind: Kind) -> str:
    """The kind as a message names it."""
    match kind:
        case Scalar(kind=ScalarKind.int | ScalarKind.decimal):
            return "a number"
        case Scalar(kind=name):
            return {"bool": "true or false", "json": "any JSON value", "datetime": "an instant"}.get(name, f"a {name}")
        case EnumType():
            return "a code"
        case MoneyType():
            return "a money"
        case ListType():
            return "a list"
        case StructType() | UnionType() | MapType():
            return "an object"
        case Tree(origin=origin):
            return f"a value of {origin}"
        case Nothing():
            return "nothing"
        case _:
            return "a value"


def is_open(kind: Kind) -> bool:
    """True for what is known only at run time (or already reported as wrong)."""
    return isinstance(kind, Tree | Anything | Wrong) or kind == JSON


def family(kind: Kind) -> str:
    """Kinds of one family can be equal: texts and codes, numbers, and each of the others to itself."""
    match kind:
        case Scalar(kind=ScalarKind.int | ScalarKind.decimal):
            return "number"
        case Scalar(kind=name):
            return str(name)
        case EnumType():
            return "text"
        case MoneyType():
            return "money"
        case _:
            return "object"


def comparable(left: Kind, right: Kind) -> bool:
    """True when `==` between the two can be true at all."""
    if is_open(left) or is_open(right):
        return True
    return family(left) == family(right) != "object"


def ordered(left: Kind, right: Kind) -> bool:
    """True when `<` between the two means something: numbers, days, instants, texts."""
    if isinstance(left, Wrong | Anything) or isinstance(right, Wrong | Anything):
        return True
    texts = [is_open(kind) or kind == TEXT for kind in (left, right)]
    if all(texts):
        return not (is_open(left) and is_open(right))
    return not is_open(left) and family(left) == family(right) and family(left) in ("number", "date", "datetime")


def joined(left: Kind, right: Kind) -> Kind:
    """The kind of a value that may be either."""
    if isinstance(left, Nothing | Wrong):
        return right
    if isinstance(right, Nothing | Wrong) or left == right:
        return left
    if not is_open(left) and not is_open(right) and family(left) == family(right) != "object":
        return DECIMAL if family(left) == "number" else TEXT if family(left) == "text" else left
    return ANYTHING


def accepts(wanted: str, kind: Kind) -> bool:
    """True when a function's parameter of that word (`FUNCTIONS`) takes a value of this kind."""
    if isinstance(kind, Wrong | Anything) or wanted in ("item", "condition"):
        return True
    if wanted == "any":
        return not isinstance(kind, Nothing | StructType | UnionType | ListType)
    if wanted == "list":
        return isinstance(kind, ListType) or is_open(kind)
    if wanted == "text":
        return is_open(kind) or family(kind) == "text"
    if wanted == "day":
        return family(kind) in ("date", "datetime") and not is_open(kind)
    if wanted == "int":
        return kind == INT
    return wanted == family(kind)
