"""An author's YAML rewritten with its comments kept: every scalar stays the text typed, nothing is wrapped.

ruamel.yaml reads and writes; what it would make of a scalar (a number, a date, null) is never asked: in a mapping all
are texts. Only the blanks that align values in columns are lost. A comment between the lines of one { } or [ ] would be
lost by ruamel.yaml: it goes before the line they begin in.
"""

import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import yaml as pyyaml
from ruamel.yaml import YAML
from ruamel.yaml.emitter import RoundTripEmitter
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.tag import Tag

WIDTH = 100_000

_COMMENT = re.compile(r"(?:\n[ \t]*|[ \t]+|(?<=\n)|\A)#[^\n]*")
_OPEN = (pyyaml.FlowMappingStartToken, pyyaml.FlowSequenceStartToken)
_CLOSE = (pyyaml.FlowMappingEndToken, pyyaml.FlowSequenceEndToken)
_FIRST = (pyyaml.BlockSequenceStartToken, pyyaml.ValueToken)
_TEXT, _NULL = "tag:yaml.org,2002:str", "tag:yaml.org,2002:null"


class _Resolver(VersionedResolver):
    """Every scalar is a text; nothing, and only that, is null."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        if kind is ScalarNode:
            return Tag(suffix=_NULL if implicit[0] and value in ("", "~") else _TEXT)
        return super().resolve(kind, value, implicit)


class _Emitter(RoundTripEmitter):
    """`{ to: Name }` as people write it, and nothing inside { } as ~."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """As the base, but for how nothing is written inside { }: `null` would be a text to our reader."""
        super().__init__(*arguments, **options)
        self.alt_null = "~"

    def write_indicator(
        self, indicator: Any, need_whitespace: Any, whitespace: bool = False, indention: bool = False
    ) -> None:
        padded = {"{": "{ ", "}": " }"}.get(indicator.strip(), indicator)
        super().write_indicator(padded, need_whitespace, whitespace, indention)


def load(text: str) -> Any:
    """The document with its comments; for text the strict reader has taken."""
    return _yaml().load(_opened(text.replace("\r\n", "\n")))


def dump(document: Any) -> str:
    """The document as text."""
    stream = StringIO()
    _yaml().dump(document, stream)
    return stream.getvalue()


def comments(text: str) -> list[str]:
    """Every comment of a text, in order."""
    return [text[at:end].strip() for _, at, end in _found(text)]


def _opened(text: str) -> str:
    """The text with every comment that would be lost on a line of its own before the { } or [ ] it stands in."""
    pieces: list[str] = []
    done = 0
    for start, at, end in _found(text):
        if start < 0:
            continue
        line = text.rfind("\n", 0, start) + 1
        if line >= done:
            pieces.append(text[done:line])
            held, done = len(pieces), line
        indent = " " * (len(text[line:start]) - len(text[line:start].lstrip()))
        pieces.insert(held, f"{indent}{text[at:end].strip()}\n")
        held += 1
        pieces.append(text[done:at])
        done = end
    return "".join([*pieces, text[done:]])


def _found(text: str) -> Iterator[tuple[int, int, int]]:
    """Each comment, between tokens where nothing else is, with where its { } or [ ] begins; -1 where it is kept."""
    depth, start, last = 0, -1, 0
    before: list[Any] = [None, None]
    is_later_item = False
    for token in pyyaml.scan(text, Loader=pyyaml.SafeLoader):
        for found in _COMMENT.finditer(text, last, token.start_mark.index):
            # Of the comments before and behind a later item of a list ruamel.yaml keeps one.
            behind = is_later_item and isinstance(before[-1], _CLOSE) and found.start() == last and found[0][0] != "\n"
            lost = depth or (behind and _has_comment_before(text, start))
            yield (start if lost else -1), *found.span()
        if isinstance(token, _OPEN) and not depth:
            start = token.start_mark.index
            is_later_item = isinstance(before[-1], pyyaml.BlockEntryToken) and not isinstance(before[-2], _FIRST)
        depth += isinstance(token, _OPEN) - isinstance(token, _CLOSE)
        last, before = token.end_mark.index, [before[-1], token]


def _has_comment_before(text: str, start: int) -> bool:
    return text[: text.rfind("\n", 0, start) + 1].rstrip().rpartition("\n")[2].lstrip().startswith("#")


def _yaml() -> YAML:
    yaml = YAML()
    yaml.Resolver = _Resolver
    yaml.Emitter = _Emitter
    yaml.width = WIDTH
    yaml.preserve_quotes = True
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(type(None), lambda dumper, _: dumper.represent_scalar(_NULL, ""))
    return yaml
