"""JSON into nodes that know their line and column, within limits: a kit is an untrusted file."""

import json
import re
from decimal import Decimal
from typing import Any

from contract_tests.kit.portable.limits import JSON_DEPTH_MAX, JSON_VALUES_MAX
from contract_tests.language.places import Fault, FaultyFile, Node, Place

_BLANK = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(\.\d{1,9})?")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}


def read_nodes(text: str, file: str) -> Node:
    """The document as nodes. Raises FaultyFile with the place of what cannot be read."""
    reader = _Reader(text, file)
    try:
        node, end = reader.value(reader.blank(0), JSON_DEPTH_MAX)
        if reader.blank(end) != len(text):
            raise reader.fault(reader.blank(end), "something stands behind the document")
    except IndexError:
        raise reader.fault(len(text), "the document ends in the middle") from None
    return node


def plain(node: Node) -> Any:
    """The value of a node without its places."""
    value = node.value
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


class _Reader:
    """Walks over one text; every method takes and gives positions in it."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self._decode = json.JSONDecoder().raw_decode
        self._line, self._begins, self._counted, self._values = 1, 0, 0, 0

    def place(self, at: int) -> Place:
        """Where a position is; counted on from the one before, so that a long text is counted once."""
        if at < self._counted:
            self._line, self._begins, self._counted = 1, 0, 0
        if lines := self.text.count("\n", self._counted, at):
            self._line += lines
            self._begins = self.text.rfind("\n", self._counted, at) + 1
        self._counted = at
        return Place(self.file, self._line, at - self._begins + 1)

    def fault(self, at: int, what: str) -> FaultyFile:
        return FaultyFile([Fault("E650", self.place(at), what)])

    def blank(self, at: int) -> int:
        found = _BLANK.match(self.text, at)
        return found.end() if found else at

    def value(self, at: int, depth: int) -> tuple[Node, int]:
        if depth == 0:
            raise self.fault(at, f"nested deeper than {JSON_DEPTH_MAX}")
        self._values += 1
        if self._values > JSON_VALUES_MAX:
            raise self.fault(at, f"more than {JSON_VALUES_MAX:,} values")
        first, place = self.text[at], self.place(at)
        if first == "{":
            return self._map(at, place, depth)
        if first == "[":
            return self._list(at, place, depth)
        if first == '"':
            text, end = self._text(at)
            return Node(text, place), end
        for word, meaning in _WORDS.items():
            if self.text.startswith(word, at):
                return Node(meaning, place), at + len(word)
        if (number := _NUMBER.match(self.text, at)) is None:
            raise self.fault(at, "expected a JSON value")
        return Node(Decimal(number[0]) if number[1] else int(number[0]), place), number.end()

    def _text(self, at: int) -> tuple[str, int]:
        try:
            text, end = self._decode(self.text, at)
            str(text).encode()
        except json.JSONDecodeError as error:
            raise self.fault(error.pos, error.msg) from None
        except UnicodeEncodeError:
            raise self.fault(at, "half a character: an escape of a surrogate without the other one") from None
        return str(text), end

    def _map(self, at: int, place: Place, depth: int) -> tuple[Node, int]:
        members: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        at = self.blank(at + 1)
        while self.text[at] != "}":
            if self.text[at] != '"':
                raise self.fault(at, "expected the name of a member")
            name, end = self._text(at)
            if name in members:
                raise self.fault(at, f"member '{name}' stands there twice")
            keys[name] = self.place(at)
            end = self.blank(end)
            if self.text[end] != ":":
                raise self.fault(end, "expected ':'")
            members[name], end = self.value(self.blank(end + 1), depth - 1)
            at = self._next(end, "}")
        return Node(members, place, keys), at + 1

    def _list(self, at: int, place: Place, depth: int) -> tuple[Node, int]:
        items = []
        at = self.blank(at + 1)
        while self.text[at] != "]":
            item, end = self.value(at, depth - 1)
            items.append(item)
            at = self._next(end, "]")
        return Node(items, place), at + 1

    def _next(self, at: int, close: str) -> int:
        """Over a comma to the next item, or to the end."""
        at = self.blank(at)
        if self.text[at] == close:
            return at
        if self.text[at] != ",":
            raise self.fault(at, f"expected ',' or '{close}'")
        at = self.blank(at + 1)
        if self.text[at] == close:
            raise self.fault(at, "a comma with nothing behind it")
        return at
