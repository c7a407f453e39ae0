"""One side of a case: any of some texts, a capture `$name [as codec]`, present `$_`, or absent `$-`."""

import ast
import re
from dataclasses import replace

from cli.mapping.codecs import parse_codec
from cli.mapping.grammar import SyntaxFault
from cli.mapping.tree import Path, Pattern, Text
from cli.mapping.words import Words, code_of, key_path, text_of
from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import ListNode, MapNode, Node, ScalarNode
from gateway.catalogue.values import Faults

TEXTS_MAX = 200

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?")
_QUOTED = re.compile(r"""'[^'\\\n]*'|"[^"\\\n]*["]""")
_CAPTURE = re.compile(r"\$([A-Za-z][A-Za-z0-9_]*)(?:\s+as\s+(.+))?")

Matches = tuple[tuple[Path, Pattern], ...]


def read_is(words: Words) -> Matches:
    """`is`: canonical paths against patterns; a bare pattern tests the row's own field, under the path `.`."""
    node = words.need("is")
    if node is None:
        return ()
    if isinstance(node, MapNode):
        return _matches(node, words.faults, codes=False)
    pattern = read_pattern(node, words.faults, codes=False)
    return () if pattern is None else ((Path(".", node.mark), pattern),)


def read_wire(words: Words) -> Matches:
    """`wire` of a case: wire paths against patterns."""
    inner = words.map("wire")
    return () if inner is None else _matches(inner.node, words.faults, codes=True)


def _matches(node: MapNode, faults: Faults, *, codes: bool) -> Matches:
    found = [(key_path(key, faults), read_pattern(value, faults, codes=codes)) for key, value in node]
    return tuple((path, pattern) for path, pattern in found if path is not None and pattern is not None)


def read_pattern(node: Node, faults: Faults, *, codes: bool) -> Pattern | None:
    """A pattern; `codes` says that its texts are a carrier's, which other YAML tools must not retype."""
    if isinstance(node, ScalarNode) and node.text.startswith("$"):
        return _capture(node, faults)
    nodes = node.items if isinstance(node, ListNode) else (node,)
    if not 0 < len(nodes) <= TEXTS_MAX:
        faults.add(node.mark, f"a pattern lists between 1 and {TEXTS_MAX} texts", code="E115")
        return None
    read = code_of if codes else text_of
    found = [text for each in nodes if (text := read(each, faults, "a pattern")) is not None]
    texts = tuple(text for each in found if (text := _constant(each, faults)) is not None)
    return Pattern("texts", node.mark, texts) if len(texts) == len(nodes) else None


def _constant(text: Text, faults: Faults) -> Text | None:
    """The value behind `=`, as in `send`: a number, a flag, or a text in quotes; every other text as it is."""
    if not text.value.startswith("="):
        return text
    source = text.value[1:].strip()
    if is_number(source) or source in ("True", "False"):
        return replace(text, value=source.lower(), typed=True)
    if _QUOTED.fullmatch(source):
        return replace(text, value=str(ast.literal_eval(source)))
    hint = "a case compares: =1, =True, =0.5, ='\"a text\"'; `when:` beside it takes expressions"
    faults.add(text.mark, f"'{text.value}' is no constant", hint, code="E115")
    return None


def _capture(node: ScalarNode, faults: Faults) -> Pattern | None:
    mark, text = node.text_mark, node.text.strip()
    if text in ("$_", "$-"):
        return Pattern("present" if text == "$_" else "absent", mark)
    found = _CAPTURE.fullmatch(text)
    if found is None:
        hint = "$name, $name as codec, $_ for present, $- for absent"
        faults.add(mark, f"'{text}' is no pattern", hint, code="E115")
        return None
    if found[2] is None:
        return Pattern("capture", mark, capture=found[1])
    return _with_codec(found, mark, faults)


def _with_codec(found: "re.Match[str]", mark: Mark, faults: Faults) -> Pattern | None:
    place = mark.shifted(found.start(2))
    try:
        return Pattern("capture", mark, capture=found[1], codec=parse_codec(found[2], place))
    except SyntaxFault as fault:
        faults.add(fault.place(place), f"no codec: {fault}", fault.hint, code="E114")
        return None


def is_number(text: str) -> bool:
    """Whether a text is a number as JSON writes it: no sign but a minus, no leading zero."""
    return _NUMBER.fullmatch(text) is not None


def texts_of(pattern: Pattern) -> tuple[str, ...]:
    """The values of the texts a pattern lists."""
    return tuple(text.value for text in pattern.texts)


__all__ = ["Matches", "Text", "is_number", "read_is", "read_pattern", "read_wire", "texts_of"]
