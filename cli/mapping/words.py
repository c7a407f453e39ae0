"""Reading one map of a mapping word by word: what is asked for is known, what nobody asked for is a fault.

Codes: E111 a word the language does not have here; E112 a word that is missing; E113 a path that is none; E114 a codec
that is none; E115 a case pattern that is none; E117 a word that is not supported yet; E110 any other unusable value.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from cli.mapping.codecs import parse_codec
from cli.mapping.grammar import SyntaxFault
from cli.mapping.paths import parse_path
from cli.mapping.tree import Codec, Expression, Path, Text, Value
from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import KeyNode, ListNode, MapNode, Node, ScalarNode, kind_of
from gateway.catalogue.reader import retyped_warning
from gateway.catalogue.values import Faults, as_duration_s, as_flag, as_integer, as_list, as_map, did_you_mean

EXPRESSION_LENGTH_MAX = 2_000
UNKNOWN_WORDS_MAX = 20

Parsed = TypeVar("Parsed")

# Constants that are meant as JSON values now and then, and how they are written.
_TYPED = {"true": "True", "false": "False", "null": 'json("null")'}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")

WATCHERS: "list[Callable[[Words], None]]" = []
"""Who wants to know which words a reader asked for: the schemas for editors are made of them."""


@dataclass(slots=True)
class Words:
    """One map being read; `what` names it in messages."""

    node: MapNode
    faults: Faults
    what: str
    asked: set[str] = field(default_factory=set)

    @property
    def mark(self) -> Mark:
        """Where the map begins."""
        return self.node.mark

    def get(self, key: str) -> Node | None:
        """The value of a word, or None when it is not there."""
        self.asked.add(key)
        return self.node.get(key)

    def need(self, key: str) -> Node | None:
        """The value of a word that must be there; E112 when it is not."""
        node = self.get(key)
        if node is None:
            self.faults.add(self.mark, f"{self.what} needs '{key}'", code="E112")
        return node

    def read(self, key: str, reader: Callable[[Node, Faults, str], Parsed | None]) -> Parsed | None:
        """A word read by a helper that takes node, faults and the word's name."""
        node = self.get(key)
        return None if node is None else reader(node, self.faults, key)

    def text(self, key: str) -> Text | None:
        """A word whose value is a text."""
        return self.read(key, text_of)

    def word(self, key: str, known: Iterable[str]) -> Text | None:
        """A word whose value is one of some words."""
        text, names = self.text(key), tuple(known)
        if text is None or text.value in names:
            return text
        self.faults.add(text.mark, f"{key} cannot be '{text.value}'", did_you_mean(text.value, names))
        return None

    def flag(self, key: str, *, otherwise: bool = False) -> bool:
        """`true` or `false`."""
        found = self.read(key, as_flag)
        return otherwise if found is None else found

    def whole(self, key: str, *, least: int = 0, most: int = 1_000_000) -> int | None:
        """A whole number within bounds."""
        return self.read(key, lambda node, faults, what: as_integer(node, faults, what, least=least, most=most))

    def duration_s(self, key: str) -> float | None:
        """A length of time."""
        return self.read(key, as_duration_s)

    def expression(self, key: str) -> Expression | None:
        """A condition or another place where only an expression can stand."""
        return self.read(key, expression_of)

    def value(self, key: str) -> Value | None:
        """A constant, or an expression after `=`."""
        node = self.get(key)
        return None if node is None else value_of(node, self.faults, key)

    def path(self, key: str) -> Path | None:
        """A path."""
        return self.read(key, path_of)

    def map(self, key: str) -> "Words | None":
        """A word whose value is a map, to be read the same way."""
        node = self.read(key, as_map)
        return None if node is None else Words(node, self.faults, key)

    def items(self, key: str) -> tuple[Node, ...]:
        """The items of a word whose value is a list."""
        node = self.read(key, as_list)
        return () if node is None else node.items

    def unsupported(self, key: str, why: str = "") -> None:
        """E117 for a word of the language that cannot be generated yet: never silently ignored."""
        if self.get(key) is not None:
            self.faults.add(self.node.mark_of(key), f"'{key}' is not supported yet{why}", code="E117")

    def done(self) -> None:
        """E111 for every word nobody asked for, the first of very many."""
        for watch in WATCHERS:
            watch(self)
        strange = [key for key, _ in self.node if key.text not in self.asked]
        if not strange:
            return
        # A piece of a value that a comma cut off looks like a key; the reader has said so.
        cut_off = {found.mark for found in self.faults.all() if found.code == "E103"}
        for key in [key for key in strange if key.mark not in cut_off][:UNKNOWN_WORDS_MAX]:
            hint = did_you_mean(key.text, self.asked)
            self.faults.add(key.mark, f"{self.what} has no word '{key.text}'", hint, code="E111")


def entries(words: Words, key: str, count_max: int) -> Iterator[tuple[KeyNode, Node]]:
    """The entries of a map whose keys are names or paths; E119 when there are too many."""
    inner = words.map(key)
    if inner is None:
        return
    if len(inner.node) > count_max:
        words.faults.add(inner.mark, f"{key}: more than {count_max} entries", code="E119")
        return
    yield from inner.node


def text_of(node: Node, faults: Faults, what: str) -> Text | None:
    """The node's text as typed."""
    if isinstance(node, ScalarNode) and (node.quoted or not node.is_null):
        return Text(node.text, node.mark, node.quoted)
    faults.add(node.mark, f"{what} must be a text, not {kind_of(node)}")
    return None


def code_of(node: Node, faults: Faults, what: str) -> Text | None:
    """A carrier's code: a text, with W101 where YAML tools would read something else."""
    if isinstance(node, ScalarNode):
        faults.extend([retyped_warning(node)])
    return text_of(node, faults, what)


def key_text(key: KeyNode) -> Text:
    """A key as a text with its place."""
    return Text(key.text, key.mark, key.quoted)


def value_of(node: Node, faults: Faults, what: str) -> Value | None:
    """A constant, or what stands behind `=`."""
    text = text_of(node, faults, what)
    if text is None or not text.value.startswith("="):
        return text
    assert isinstance(node, ScalarNode)
    return _expression(text.value, 1, node, faults, what)


def code_value_of(node: Node, faults: Faults, what: str) -> Value | None:
    """What goes to the wire: a constant (W101 where it looks like another type), or an expression."""
    warning = retyped_warning(node) if isinstance(node, ScalarNode) else None
    if warning is not None:
        assert isinstance(node, ScalarNode)
        typed = _TYPED.get(node.text.lower(), node.text if _NUMBER.fullmatch(node.text) else None)
        hint = f"it is sent as a text; ={typed} is the JSON value" if typed else None
        faults.add(warning.mark, warning.message, hint, code="W101")
    return value_of(node, faults, what)


def expression_of(node: Node, faults: Faults, what: str) -> Expression | None:
    """A text that is an expression as a whole, written without `=`."""
    text = text_of(node, faults, what)
    if text is None:
        return None
    assert isinstance(node, ScalarNode)
    if text.value.startswith("="):
        faults.add(node.text_mark, f"{what} is an expression as it stands", "leave the '=' out")
        return None
    return _expression(text.value, 0, node, faults, what)


def _expression(text: str, start: int, node: ScalarNode, faults: Faults, what: str) -> Expression | None:
    source = text[start:]
    start += len(source) - len(source.lstrip())
    source = source.strip()
    if not source or len(source) > EXPRESSION_LENGTH_MAX:
        wrong = "is empty" if not source else f"is longer than {EXPRESSION_LENGTH_MAX} characters"
        faults.add(node.text_mark, f"{what}: the expression {wrong}")
        return None
    return Expression(source, node.text_mark.shifted(start))


def path_of(node: Node, faults: Faults, what: str) -> Path | None:
    """A path as a value."""
    text = text_of(node, faults, what)
    if text is None:
        return None
    assert isinstance(node, ScalarNode)
    return _path(text.value, node.text_mark, faults)


def key_path(key: KeyNode, faults: Faults) -> Path | None:
    """A path as a key; a piece of a value that a comma cut off is none, and has been complained of."""
    if any(found.code == "E103" and found.mark == key.mark for found in faults.all()):
        return None
    return _path(key.text, key.text_mark, faults)


def path_in(text: Text, faults: Faults) -> Path | None:
    """A path that is part of a value."""
    return _path(text.value, text.mark.shifted(1) if text.quoted else text.mark, faults)


def with_codec(text: Text, faults: Faults) -> tuple[Text, Codec | None] | None:
    """What stands before ` as ` and the codec behind it; None when that is no codec, which is reported."""
    if " as " not in text.value:
        return text, None
    where, _, codec = text.value.partition(" as ")
    mark = text.mark.shifted(len(where) + len(" as "))
    try:
        return replace(text, value=where.strip()), parse_codec(codec.strip(), mark)
    except SyntaxFault as fault:
        faults.add(fault.place(mark), f"no codec: {fault}", fault.hint, code="E114")
        return None


def _path(text: str, mark: Mark, faults: Faults) -> Path | None:
    try:
        return parse_path(text, mark)
    except SyntaxFault as fault:
        faults.add(fault.place(mark), f"no path: {fault}", fault.hint, code="E113")
        return None


def codec_of(node: Node, faults: Faults, what: str) -> Codec | None:
    """A codec as a value."""
    text = text_of(node, faults, what)
    if text is None:
        return None
    assert isinstance(node, ScalarNode)
    try:
        return parse_codec(text.value, node.text_mark)
    except SyntaxFault as fault:
        faults.add(fault.place(node.text_mark), f"no codec: {fault}", fault.hint, code="E114")
        return None


def one_or_many(node: Node) -> tuple[Node, ...]:
    """The items of a list, or the node itself where a list of one may be left out."""
    return node.items if isinstance(node, ListNode) else (node,)
