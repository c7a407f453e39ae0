"""The options of `sorted(..)` and `values(..)` behind their separator, as the arguments of the functions that join."""

import re
from dataclasses import dataclass, field

from cli.codegen.plan.frame import Refused
from cli.mapping.tree import Layer
from gateway.wire.sign import BLANKS, CHANGES, IN_CHARSET, NESTED

_FLAGS = {"fold": "fold", "descending": "descending", "deep": "deep"}
_CHANGED = {"name": "names", "value": "values"}
_NAMES = ("without", "only")
_WORDS = (*BLANKS, *_FLAGS, "by_name", *(f"{name}=" for name in (*_NAMES, "kv", *_CHANGED, "nested", "with")))


@dataclass(slots=True)
class Join:
    """The function that joins, its arguments as source, and the fields that are added, name against part."""

    helper: str
    arguments: str = ""
    more: list[tuple[str, str]] = field(default_factory=list)


def join_options(function: str, pieces: list[str], layer: Layer, own: str | None, charset: str) -> Join:
    """What `sorted(wire;&;drop;without=a b)` says behind `wire`; the signature's own field stays out by itself."""
    join = Join("sorted_pairs" if function == "sorted" else "sorted_values")
    without = [own] if own is not None else []
    keywords: dict[str, str] = {}
    separator, blanks = (pieces[0] if pieces else None), ""
    for word in pieces[1:]:
        name, equals, value = word.partition("=")
        if word in BLANKS:
            blanks = word
        elif word in _FLAGS:
            keywords[word] = "True"
        elif word == "by_name" and function == "values":
            join.helper = "values_by_name"
        elif equals and name == "without":
            without += value.split()
        elif equals:
            _option(join, keywords, name, value, function, layer)
        else:
            raise _unknown(function, word, layer)
    if charset.lower() != "utf-8" and any(
        keywords.get(name, "''") in map(repr, IN_CHARSET) for name in _CHANGED.values()
    ):
        keywords["charset"] = repr(charset)
    positional = [] if separator is None else [unquoted(separator)]
    positional += [blanks] if blanks else []
    if without:
        keywords["without"] = repr(tuple(without))
    join.arguments = "".join(f", {each!r}" for each in positional)
    join.arguments += "".join(f", {name}={value}" for name, value in keywords.items())
    return join


def _option(join: Join, keywords: dict[str, str], name: str, value: str, function: str, layer: Layer) -> None:
    if name == "only" and value.split():
        keywords["only"] = repr(tuple(value.split()))
    elif name == "kv" and function == "sorted":
        keywords["kv"] = repr(unquoted(value))
    elif name in _CHANGED and value in CHANGES and (function == "sorted" or name == "value"):
        keywords[_CHANGED[name]] = repr(value)
    elif name == "nested" and value in NESTED and (function == "sorted" or value != "same"):
        keywords["nested"] = repr(value)
    elif name == "with" and re.fullmatch(r"[^:]+:.+", value):
        added, _, part = value.partition(":")
        join.more.append((added, part))
    else:
        raise _unknown(function, f"{name}={value}", layer)


def unquoted(text: str) -> str:
    """An argument without the single quotes that keep `;` and brackets in it together."""
    return text[1:-1] if re.fullmatch(r"'[^']*'", text) else text


def _unknown(function: str, word: str, layer: Layer) -> Refused:
    changes, nested = "|".join(CHANGES), "|".join(NESTED)
    hint = f"name= and value= take {changes}, nested= takes {nested}"
    return Refused("E266", layer.mark, f"{function}() has no option '{word}'; it has {', '.join(_WORDS)}; {hint}")
