"""Scalars into values: durations, flags, numbers, days, plain data. Each helper gives the value or says the fault.

A helper takes the node and a `Faults` to add to, and answers None when there is nothing usable, so that a reader of a
file goes on and finds the next fault. E110 is a text that is no value of the wanted kind, E109 a node of another shape.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, TypeVar

from gateway.catalogue.marks import Diagnostic, Mark
from gateway.catalogue.nodes import KeyNode, ListNode, MapNode, Node, ScalarNode, kind_of
from gateway.catalogue.reader import retyped_warning

DURATION_S_MAX = 400 * 86_400
INTEGER_DIGITS_MAX = 18
DECIMAL_LENGTH_MAX = 40


Number = TypeVar("Number", int, Decimal)


class Faults:
    """Diagnostics of one file or folder, gathered while reading goes on."""

    def __init__(self, code: str = "E110") -> None:
        """`code` is used for faults that say none themselves."""
        self.code = code
        self._found: list[Diagnostic] = []

    def add(self, mark: Mark, message: str, hint: str | None = None, *, code: str | None = None) -> None:
        """Note a fault."""
        self._found.append(Diagnostic(code or self.code, mark, message, hint))

    def extend(self, found: Iterable[Diagnostic | None]) -> None:
        """Note what another reader found; None is nothing."""
        self._found.extend(diagnostic for diagnostic in found if diagnostic is not None)

    @property
    def has_errors(self) -> bool:
        """True when something was found that is more than a warning."""
        return any(found.severity == "error" for found in self._found)

    def __len__(self) -> int:
        return len(self._found)

    def all(self) -> tuple[Diagnostic, ...]:
        """Everything found, by place, each once."""
        return tuple(sorted(dict.fromkeys(self._found), key=lambda found: (found.mark, found.code)))


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """`did you mean 'x'?` for the nearest known name, else the list of them when it is short."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"one of {', '.join(names)}" if 0 < len(names) <= 12 else None


def as_map(node: Node, faults: Faults, what: str) -> MapNode | None:
    """The node as a map; a null one counts as empty."""
    if isinstance(node, MapNode):
        return node
    if isinstance(node, ScalarNode) and node.is_null:
        return MapNode((), node.mark)
    faults.add(node.mark, f"{what} must be a map, not {kind_of(node)}")
    return None


def as_list(node: Node, faults: Faults, what: str) -> ListNode | None:
    """The node as a list."""
    if isinstance(node, ListNode):
        return node
    faults.add(node.mark, f"{what} must be a list, not {kind_of(node)}")
    return None


def as_text(node: Node, faults: Faults, what: str) -> str | None:
    """The node's text as typed; nothing is a fault."""
    if isinstance(node, ScalarNode) and not node.is_null:
        return node.text
    faults.add(node.mark, f"{what} must be a text, not {kind_of(node)}")
    return None


def as_word(node: Node, faults: Faults, what: str, words: Iterable[str]) -> str | None:
    """One of some words."""
    text, known = as_text(node, faults, what), tuple(words)
    if text is None or text in known:
        return text
    faults.add(node.mark, f"{what} cannot be '{text}'", did_you_mean(text, known))
    return None


def as_flag(node: Node, faults: Faults, what: str) -> bool | None:
    """`true` or `false`, nothing else."""
    text = as_text(node, faults, what)
    if text is not None and text not in ("true", "false"):
        faults.add(node.mark, f"{what} is true or false, not '{text}'")
        return None
    return None if text is None else text == "true"


def as_integer(
    node: Node, faults: Faults, what: str, *, least: int | None = None, most: int | None = None
) -> int | None:
    """A whole number within bounds, in plain digits."""
    text = as_text(node, faults, what)
    if text is None:
        return None
    if not re.fullmatch(r"-?(0|[1-9][0-9]*)", text) or len(text) > INTEGER_DIGITS_MAX:
        faults.add(node.mark, f"{what} must be a whole number, not '{text}'")
        return None
    return _within(int(text), node, faults, what, least, most)


def as_decimal(
    node: Node, faults: Faults, what: str, *, least: Decimal | None = None, most: Decimal | None = None
) -> Decimal | None:
    """An exact decimal within bounds, in plain digits with a point."""
    text = as_text(node, faults, what)
    if text is None:
        return None
    if not re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", text) or len(text) > DECIMAL_LENGTH_MAX:
        faults.add(node.mark, f"{what} must be a number such as 0.025, not '{text}'")
        return None
    return _within(Decimal(text), node, faults, what, least, most)


def _within(
    value: Number, node: Node, faults: Faults, what: str, least: Number | None, most: Number | None
) -> Number | None:
    if (least is not None and value < least) or (most is not None and value > most):
        limits = " and ".join(
            word for word in (least is not None and f"at least {least}", most is not None and f"at most {most}") if word
        )
        faults.add(node.mark, f"{what} must be {limits}, not {value}")
        return None
    return value


def as_day(node: Node, faults: Faults, what: str) -> date | None:
    """A calendar day, `2026-01-31`."""
    text = as_text(node, faults, what)
    if text is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    faults.add(node.mark, f"{what} must be a day such as 2026-01-31, not '{text}'")
    return None


_UNIT_S = {"ms": Decimal("0.001"), "s": Decimal(1), "m": Decimal(60), "h": Decimal(3600), "d": Decimal(86_400)}


def as_duration_s(node: Node, faults: Faults, what: str) -> float | None:
    """A length of time in seconds: `500ms`, `30s`, `10m`, `24h`, `1d`."""
    text = as_text(node, faults, what)
    if text is None:
        return None
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)(ms|s|m|h|d)", text)
    if found is None:
        faults.add(node.mark, f"{what} must be a duration such as 30s, 10m, 24h or 1d, not '{text}'")
        return None
    seconds = Decimal(found[1]) * _UNIT_S[found[2]]
    if seconds > DURATION_S_MAX:
        faults.add(node.mark, f"{what} is longer than 400 days")
        return None
    return float(seconds)


_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")


def plain_data(node: Node, faults: Faults) -> Any:
    """A sub-tree as JSON-like data (form schemas, bindings): unquoted numbers, true, false and null get their type.

    What JSON would not read as a number stays text, with W101 where other tools would retype it.
    """
    match node:
        case MapNode():
            return {key.text: plain_data(value, faults) for key, value in node}
        case ListNode():
            return [plain_data(item, faults) for item in node]
        case _:
            return _plain_scalar(node, faults)


def _plain_scalar(node: ScalarNode, faults: Faults) -> Any:
    if node.quoted:
        return node.text
    if node.is_null or node.text == "null":
        return None
    if node.text in ("true", "false"):
        return node.text == "true"
    if (number := _JSON_NUMBER.fullmatch(node.text)) and len(node.text) <= INTEGER_DIGITS_MAX:
        return float(node.text) if number[2] or number[3] else int(node.text)
    faults.extend([retyped_warning(node)])
    return node.text


def unknown_keys(node: MapNode, known: Iterable[str], faults: Faults, what: str, *, code: str | None = None) -> None:
    """A fault for every key of the map that nothing reads."""
    names = tuple(known)
    for key, _ in node:
        if key.text not in names:
            faults.add(key.mark, f"{what} has no '{key.text}'", did_you_mean(key.text, names), code=code)


def needed(node: MapNode, key: str, faults: Faults, what: str) -> Node | None:
    """The value under a key that must be there."""
    value = node.get(key)
    if value is None:
        faults.add(node.mark, f"{what} needs '{key}'")
    return value


def key_text(key: KeyNode, pattern: str, faults: Faults, what: str) -> str | None:
    """A key that must look like `pattern` (a code, an id)."""
    if re.fullmatch(pattern, key.text):
        return key.text
    faults.add(key.mark, f"{what} '{key.text}' must match {pattern}")
    return None
