"""Whether a reply has the shape of the document's sample: the same members and kinds, texts in the same form."""

import re
from decimal import Decimal
from typing import Any

SHOWN_CHARACTERS_MAX = 200
_FORMS = (
    ("an amount with two decimals", re.compile(r"-?\d{1,12}\.\d{2}")),
    ("a date yyyy-MM-dd", re.compile(r"\d{4}-\d{2}-\d{2}")),
    ("a time yyyy-MM-dd HH:mm:ss", re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")),
    ("a time yyyyMMddHHmmss", re.compile(r"20\d{12}")),
    ("an instant with an offset", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)")),
)  # fmt: skip


def difference(sample: Any, actual: Any, aside: frozenset[str] = frozenset(), path: str = "") -> str:
    """Where a value has not the sample's shape, and how; empty when it has. Members beyond the sample's are free."""
    if path in aside:
        return ""
    wanted, found = _kind(sample), _kind(actual)
    if wanted != found:
        return f"{path or 'the reply'} is {found}, the document's sample has {wanted}"
    if isinstance(sample, dict):
        return _of_map(sample, actual, aside, path)
    if isinstance(sample, list):
        return _of_list(sample, actual, aside, path)
    form = next((name for name, pattern in _FORMS if isinstance(sample, str) and pattern.fullmatch(sample)), "")
    if form and not any(pattern.fullmatch(actual) for name, pattern in _FORMS if name == form):
        return f"{path} is {shown(actual)}, not {form}"
    return ""


def _of_map(sample: dict[str, Any], actual: dict[str, Any], aside: frozenset[str], path: str) -> str:
    for name, value in sample.items():
        below = f"{path}.{name}" if path else name
        if below in aside:
            continue
        if name not in actual:
            return f"{below} is not there, the document's sample has it"
        if found := difference(value, actual[name], aside, below):
            return found
    return ""


def _of_list(sample: list[Any], actual: list[Any], aside: frozenset[str], path: str) -> str:
    if sample and not actual:
        return f"{path} is an empty list, the document's sample has items"
    common = _common(sample) if sample else None
    found = (difference(common, item, aside, f"{path}.{index}") for index, item in enumerate(actual) if sample)
    return next((each for each in found if each), "")


def _common(items: list[Any]) -> Any:
    """What all items of a sample's list have: a member that one of them lacks may be left out."""
    first, *others = items
    if not all(isinstance(item, dict) for item in items):
        return first
    names = [name for name in first if all(name in other for other in others)]
    return {name: _common([item[name] for item in items]) for name in names}


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    for kind, name in (
        (str, "a text"),
        (int, "a number"),
        (Decimal, "a number"),
        (dict, "an object"),
        (list, "a list"),
    ):
        if isinstance(value, kind):
            return name
    return "null" if value is None else type(value).__name__


def shown(value: Any) -> str:
    """A value as a message shows it, cut where it is long."""
    text = repr(value) if isinstance(value, str | bytes) else str(value)
    return text if len(text) <= SHOWN_CHARACTERS_MAX else text[:SHOWN_CHARACTERS_MAX] + "..."
