"""`match:` in the words of Pact: matchers by path, and the message without the members that may be absent.

Pact has no word for a member that may be absent: it is left out of one interaction, and a second one has it.
"""

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from msgspec import Struct

from contract_tests.examples.example import Rule
from contract_tests.examples.matching import Member, kind_of, members
from contract_tests.runner.matched import breach

_PLAIN = re.compile(r"[A-Za-z_]\w*")
_KINDS = {"integer": "integer", "number": "number", "boolean": "boolean", "null": "null"}
ANY_TEXT = "^[\\s\\S]*$"
Matchers = dict[str, Any]


class Told(Struct, frozen=True):
    """A reply for a Pact file: what stands in it, the matchers by path, and what was left out."""

    tree: Any
    matchers: Mapping[str, Matchers]
    without: tuple[str, ...] = ()


def body_of(tree: Any, rules: Iterable[Rule], *, whole: bool) -> Told:
    """A JSON reply under its rules; `whole` keeps the members that may be absent."""
    own = [rule for rule in rules if rule.part == "body"]
    left_out = [member for rule in own if rule.optional and not whole for member in _here(tree, rule)]
    kept = _without(tree, left_out)
    found = {
        json_path(member.path): matchers_of(rule, member.value)
        for rule in own
        for member in _here(kept, rule)
        if rule.regex or rule.type or rule.one_of or rule.nullable
    }
    return Told(kept, found, tuple(".".join(member.path) for member in left_out))


def headers_of(headers: Mapping[str, list[str]], rules: Iterable[Rule], *, whole: bool) -> Told:
    """The headers of a reply under their rules."""
    own = {rule.path[0].lower(): rule for rule in rules if rule.part == "headers"}
    left_out = [name for name in headers if (rule := own.get(name.lower())) and rule.optional and not whole]
    kept = {name: values for name, values in headers.items() if name not in left_out}
    found = {
        name: matchers_of(own[name.lower()], values[0])
        for name, values in kept.items()
        if name.lower() in own and (own[name.lower()].regex or own[name.lower()].one_of)
    }
    return Told(kept, found, tuple(left_out))


def json_path(path: Iterable[str]) -> str:
    """A path as Pact writes it."""
    return "$" + "".join(map(_segment, path))


def _segment(name: str) -> str:
    if name.isdigit():
        return f"[{name}]"
    return f".{name}" if _PLAIN.fullmatch(name) else f"['{name}']"


def matchers_of(rule: Rule, value: Any) -> Matchers:
    """One rule: what is said of the value, or that it is null."""
    positive = _positive(rule, value)
    if rule.nullable:
        return {"combine": "OR", "matchers": [positive, {"match": "null"}]}
    return {"combine": "AND", "matchers": [positive]}


def _positive(rule: Rule, value: Any) -> dict[str, Any]:
    """One matcher: Pact joins its matchers by one word alone, and of these the narrowest says all."""
    if rule.one_of:
        kept = [each for each in rule.one_of if not breach(rule, Member((), each))]
        return {"match": "regex", "regex": f"^(?:{'|'.join(re.escape(_text(each)) for each in kept)})$"}
    if rule.regex:
        return {"match": "regex", "regex": _whole(rule.regex)}
    if rule.type == "string" and value is None:
        # Pact's type is that of what is written, and here a null is.
        return {"match": "regex", "regex": ANY_TEXT}
    if rule.type:
        return {"match": _KINDS.get(rule.type, "type")}
    return {"match": "equality"} if kind_of(value) != "null" else {"match": "null"}


def _whole(pattern: str) -> str:
    """A pattern that is found somewhere, for verifiers that hold it against the whole text."""
    is_whole = pattern.startswith("^") and pattern.endswith("$") and "|" not in pattern
    return pattern if is_whole else f"[\\s\\S]*(?:{pattern})[\\s\\S]*"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _here(tree: Any, rule: Rule) -> list[Member]:
    return [member for member in members(tree, rule.path) if member.here]


def _without(tree: Any, left_out: Iterable[Member]) -> Any:
    """The tree without these members; of a list the last goes first, so that none moves."""
    kept = deepcopy(tree)
    for member in sorted(left_out, key=_from_the_end, reverse=True):
        holder = next(iter(members(kept, member.path[:-1]))).value
        holder.pop(int(member.path[-1]) if isinstance(holder, list) else member.path[-1])
    return kept


def _from_the_end(member: Member) -> list[tuple[int, str]]:
    return [(int(name), "") if name.isdigit() else (-1, name) for name in member.path]
