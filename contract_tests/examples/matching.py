"""`match:` read: rules for members of a carrier's reply whose values are its own, each with its place.

A path begins with `response` (in an operation of several calls `steps.NAME.response`), then `body` and the members of
the reply as the mapping sees them, decrypted and decoded, or `headers` and a name; `*` stands for every item of a list.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from msgspec import Struct

from contract_tests.examples.example import Rule
from gateway.catalogue.nodes import ListNode, MapNode, Node
from gateway.catalogue.values import Faults, as_flag, as_map, as_text, as_word, plain_data, unknown_keys
from gateway.wire.expense import check_pattern

CODE = "E712"
RULES_MAX = 200
KINDS = ("string", "integer", "number", "boolean", "array", "object", "null")
_WORDS = ("regex", "type", "one_of", "optional", "nullable")
_HINT = "response.body.head.code, response.headers.X-Sign, or steps.NAME.response.body..."


def read_rules(node: Node | None, faults: Faults) -> tuple[Rule, ...]:
    """The rules of an example; each that is none is told."""
    words = as_map(node, faults, "match") if node is not None else None
    pairs = tuple(words or ())
    if node is not None and len(pairs) > RULES_MAX:
        faults.add(node.mark, f"more than {RULES_MAX} rules", code="E707")
        return ()
    found = [_rule(key, value, faults) for key, value in pairs]
    return tuple(rule for rule in found if rule is not None)


def _rule(key: Any, node: Node, faults: Faults) -> Rule | None:
    step, part, path = _split(key.text)
    if not path:
        faults.add(key.mark, f"'{key.text}' is no path of a reply", _HINT, code=CODE)
        return None
    words = as_map(node, faults, f"the rule of {key.text}")
    if words is None:
        return None
    unknown_keys(words, _WORDS, faults, "a rule", code=CODE)
    rule = Rule(
        mark=key.mark,
        shown=key.text,
        step=step,
        part=part,
        path=path,
        regex=_regex(words.get("regex"), faults),
        type=_word(words.get("type"), faults),
        one_of=_values(words.get("one_of"), faults),
        optional=_flag(words, "optional", faults),
        nullable=_flag(words, "nullable", faults),
    )
    if not (rule.optional or rule.nullable or any(word in words for word in ("regex", "type", "one_of"))):
        faults.add(key.mark, f"the rule of {key.text} says nothing", f"one of {', '.join(_WORDS)}", code=CODE)
    return rule


def _split(text: str) -> tuple[str, str, tuple[str, ...]]:
    """The step, the part of its reply, and the way from there; no way where it is no path of a reply."""
    names = text.split(".")
    step = ""
    if names[0] == "steps" and "response" in names[2:]:
        at = names.index("response", 2)
        step, names = ".".join(names[1:at]), names[at:]
    if len(names) < 3 or names[0] != "response" or not all(names):
        return "", "", ()
    if names[1] == "headers":
        return step, "headers", (".".join(names[2:]),)
    return (step, "body", tuple(names[2:])) if names[1] == "body" else ("", "", ())


def _regex(node: Node | None, faults: Faults) -> str:
    text = as_text(node, faults, "regex") if node is not None else None
    if node is None or text is None:
        return ""
    try:
        check_pattern(text)
    except ValueError as wrong:
        faults.add(node.mark, str(wrong).replace("match: ", "regex: ").replace("match takes", "regex is"), code=CODE)
        return ""
    return text


def _word(node: Node | None, faults: Faults) -> str:
    return (as_word(node, faults, "type", KINDS) or "") if node is not None else ""


def _values(node: Node | None, faults: Faults) -> tuple[Any, ...]:
    if node is None:
        return ()
    if not isinstance(node, ListNode) or not len(node):
        faults.add(node.mark, "one_of is a list of the values there are", '["1", "2"]', code=CODE)
        return ()
    return tuple(plain_data(node, Faults()))


def _flag(words: MapNode, name: str, faults: Faults) -> bool:
    node = words.get(name)
    return node is not None and bool(as_flag(node, faults, name))


def kind_of(value: Any) -> str:
    """What JSON calls a value's kind; a number without a fraction is an integer."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list | tuple):
        return "array"
    if isinstance(value, int | float | Decimal):
        return "integer" if isinstance(value, int) else "number"
    return "string"


class Member(Struct, frozen=True):
    """A member of a reply at a path; `here` is false where there is none."""

    path: tuple[str, ...]
    value: Any = None
    here: bool = True


def members(tree: Any, path: tuple[str, ...], way: tuple[str, ...] = ()) -> Iterable[Member]:
    """Every member a path leads to; one that is not here, where it leads nowhere."""
    if not path:
        return (Member(way, tree),)
    name, rest = path[0], path[1:]
    if name == "*" and isinstance(tree, list | tuple):
        found = [members(each, rest, (*way, str(at))) for at, each in enumerate(tree)]
        return tuple(member for each in found for member in each)
    if isinstance(tree, dict) and name in tree:
        return members(tree[name], rest, (*way, name))
    if isinstance(tree, list | tuple) and name.isdigit() and int(name) < len(tree):
        return members(tree[int(name)], rest, (*way, name))
    return (Member((*way, *path), here=False),)
