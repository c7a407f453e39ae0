"""Names that are safe to stand in source text: no text of a mapping becomes an identifier except through here."""

import keyword
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import gateway.wire

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NAME_LENGTH_MAX = 60
NAMES_KEPT_MAX = 16_384

# What generated functions call their parameters and what they use of Python; a local name never hides one.
RESERVED = frozenset(gateway.wire.__all__) | frozenset(
    [
        "src",
        "out",
        "w",
        "wire",
        "req",
        "ctx",
        "item",
        "up",
        "n",
        "n0",
        "v",
        "reply",
        "header",
        "http",
        "carrier",
        "codes",
        "hooks",
        "str",
        "int",
        "len",
        "bool",
        "dict",
        "list",
        "tuple",
        "enumerate",
        "any",
        "all",
        "sum",
        "isinstance",
        "range",
        "zip",
        "max",
        "min",
        "sorted",
        "iter",
        "next",
        "type",
        "id",
        "list",
        "map",
        "filter",
        "object",
        "format",
        "hash",
        "input",
        "print",
        "set",
        "bytes",
        "float",
        "open",
        "vars",
        "dir",
    ]
)


def is_identifier(text: str) -> bool:
    """Whether a text may stand in source as a name, unchanged."""
    return _IDENTIFIER.fullmatch(text) is not None and not keyword.iskeyword(text)


@lru_cache(maxsize=NAMES_KEPT_MAX)
def snake(text: str, *, fallback: str = "field") -> str:
    """A local name for a wire or canonical word: `MainRiskCode` becomes `main_risk_code`; what is not ASCII goes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = [word.lower() for word in _WORDS.findall(plain)]
    name = "_".join(words)[:NAME_LENGTH_MAX].strip("_") or fallback
    if name[0].isdigit():
        name = f"{fallback}_{name}"
    return f"{name}_" if keyword.iskeyword(name) or keyword.issoftkeyword(name) else name


def constant(text: str, *, fallback: str = "CONSTANT") -> str:
    """A name for a module-level constant."""
    return snake(text, fallback=fallback.lower()).rstrip("_").upper()


def plain(text: str, length_max: int = 200) -> str:
    """Free text that may stand in a docstring or a comment: one line, no quotes, backslashes or control characters."""
    kept = "".join(c if c.isprintable() and c not in "\"'\\`#{}%" else " " for c in text)
    return " ".join(kept.split())[:length_max].strip()


class Locals:
    """The names one function uses; asked for a name twice, it gives a second one."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """Start with the parameters' names."""
        self._taken = set(taken) | RESERVED

    def take(self, name: str) -> None:
        """Keep a name for what bears it already."""
        self._taken.add(name)

    def new(self, wish: str) -> str:
        """A name no other statement of the function uses, as near to the wish as can be."""
        name, count = snake(wish), 2
        while name in self._taken:
            name, count = f"{snake(wish)}_{count}", count + 1
        self._taken.add(name)
        return name
