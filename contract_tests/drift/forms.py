"""The shape of a decoded reply without its values: at each path the types and the formats that were there.

Items of a list share one path, as the rows of a mapping name them.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Any

from msgspec import Struct

PATHS_MAX = 2_000
_DAY = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_FORMATS = (
    ("yyyyMMddHHmmss", re.compile(_DAY + r"(?:[01]\d|2[0-3])[0-5]\d[0-5]\d")),
    ("yyyyMMdd", re.compile(_DAY)),
    ("yyyy-MM-dd", re.compile(r"\d{4}-\d{2}-\d{2}")),
    ("yyyy/MM/dd", re.compile(r"\d{4}/\d{2}/\d{2}")),
    ("yyyy-MM-dd HH:mm:ss", re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")),
    ("an instant with its zone", re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})")),
    ("an instant without a zone", re.compile(r"\d{4}-\d{2}-\d{2}T[\d:.]+")),
)  # fmt: skip
_NAME = re.compile(r"[@#]?[A-Za-z_][\w:-]{0,60}", re.ASCII)
_MANY_DIGITS = re.compile(r"\d{5}")
_DECIMAL = re.compile(r"-?\d+\.(\d+)")


class Form(Struct, frozen=True, order=True):
    """What stood at a path: its type, and the format of a date or decimal where it has one."""

    type: str
    format: str = ""

    def __str__(self) -> str:
        return f"{self.type} ({self.format})" if self.format else self.type


Forms = Mapping[str, frozenset[Form]]


def forms_of(wire: Any) -> Forms:
    """The forms of one decoded message."""
    found: dict[str, set[Form]] = {}
    for path, form in _walk(wire, ""):
        if path in found or len(found) < PATHS_MAX:
            found.setdefault(path, set()).add(form)
    return {path: frozenset(forms) for path, forms in found.items()}


def together(many: Iterable[Forms]) -> Forms:
    """The forms of several messages of one kind."""
    found: dict[str, frozenset[Form]] = {}
    for forms in many:
        for path, here in forms.items():
            found[path] = found.get(path, frozenset()) | here
    return found


def parent(path: str) -> str:
    """The path a field stands in; empty for the message itself."""
    return path.rpartition(".")[0]


def names_of(paths: Iterable[str]) -> frozenset[str]:
    """Every name that paths are made of."""
    return frozenset(name for path in paths for name in path.split("."))


def shown_path(path: str, known: Collection[str]) -> str:
    """A path up to the first name that nobody knows and that may be a value (a number, a person, an address): a star.

    What is below such a name is not told either: a point may stand in the value.
    """
    names = path.split(".")
    told = list(takewhile(lambda name: name in known or _is_name(name), names))
    return ".".join(told if len(told) == len(names) else [*told, "*"])


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None and _MANY_DIGITS.search(text) is None


def _walk(node: Any, path: str) -> Iterator[tuple[str, Form]]:
    if isinstance(node, dict):
        yield path, Form("object")
        for name, inner in node.items():
            yield from _walk(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(node, list | tuple):
        yield path, Form("list")
        for inner in node:
            yield from _walk(inner, path) if not isinstance(inner, dict) else _inside(inner, path)
    else:
        yield path, form_of(node)


def _inside(node: dict[str, Any], path: str) -> Iterator[tuple[str, Form]]:
    for name, inner in node.items():
        yield from _walk(inner, f"{path}.{name}" if path else str(name))


def form_of(value: Any) -> Form:
    """The form of a single value."""
    if value is None:
        return Form("null")
    if isinstance(value, bool):
        return Form("flag")
    if not isinstance(value, str):
        return Form("number", _decimals(str(value)))
    format_ = next((name for name, pattern in _FORMATS if pattern.fullmatch(value)), "")
    return Form("text", format_ or _decimals(value)) if value else Form("empty")


def _decimals(text: str) -> str:
    found = _DECIMAL.fullmatch(text)
    return f"{len(found[1])} decimals" if found else ""
