"""Read mock.yaml into nodes that know their place, and report every fault at file:line:column.

An own reader: this room shares no code with the mappings', so that a fault of one is not repeated by the other.
"""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from re import compile as pattern
from typing import Any

import yaml

from contract_tests.language.places import Node, Place, Report

FILE_BYTES_MAX = 1024 * 1024
DEPTH_MAX = 60
_INTEGER = pattern(r"-?(0|[1-9]\d{0,17})")
_DECIMAL = pattern(r"-?(0|[1-9]\d{0,17})\.\d{1,9}")
_FORBIDDEN = pattern(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


def read(path: Path, report: Report) -> Node:
    """Read one YAML document; an unreadable file ends the report at once."""
    try:
        data = path.read_bytes()
    except OSError as error:
        report.fault("E650", Place(str(path)), f"cannot be read: {error.strerror}")
        report.close()
    return read_text(data, str(path), report)


def read_text(data: bytes, file: str, report: Report) -> Node:
    """Read a document from bytes; `file` is how places name it."""
    nodes = _Nodes(file, report)
    try:
        if len(data) > FILE_BYTES_MAX:
            report.fault("E650", Place(file), f"longer than {FILE_BYTES_MAX} bytes")
        else:
            # Scalars are typed below, by rules of this file's own: YAML's resolver would be asked for nothing.
            nodes.take_all(yaml.parse(data.decode(), Loader=yaml.CBaseLoader))
    except UnicodeDecodeError as error:
        report.fault("E650", Place(file, data.count(b"\n", 0, error.start) + 1), "not UTF-8 text")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        report.fault("E650", place, f"not YAML: {error.problem}")
    except yaml.YAMLError:
        report.fault("E650", _control_character(data, file), "a control character", 'write it as "\\x.."')
    if nodes.root is None and not report.faults:
        report.fault("E650", Place(file), "the file says nothing")
    report.close()
    return nodes.root or Node(None, Place(file))


def _control_character(data: bytes, file: str) -> Place:
    text = data.decode()
    found = _FORBIDDEN.search(text)
    at = found.start() if found else 0
    return Place(file, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


class _Open:
    """A map or list whose end has not come yet; `key` is the map's key that waits for its value."""

    __slots__ = ("items", "key", "keys", "place", "values")

    def __init__(self, place: Place, *, is_map: bool) -> None:
        self.place, self.key = place, None if is_map else ""
        self.values: dict[str, Node] = {}
        self.keys: dict[str, Place] = {}
        self.items: list[Node] | None = None if is_map else []

    def node(self) -> Node:
        return Node(self.values, self.place, self.keys) if self.items is None else Node(self.items, self.place)


class _Nodes:
    """Makes nodes of YAML's events, without recursion; aliases and nesting beyond reason are faults."""

    def __init__(self, file: str, report: Report) -> None:
        self.file, self.report = file, report
        self.root: Node | None = None
        self.open: list[_Open] = []

    def take_all(self, events: Iterable[Any]) -> None:
        """Read events up to the document's end, or to the first that leads too deep."""
        documents = 0
        for event in events:
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                self.report.fault("E650", self._place(event), "a second document in one file")
                return
            if len(self.open) > DEPTH_MAX:
                self.report.fault("E650", self._place(event), f"nested deeper than {DEPTH_MAX} levels")
                return
            self._take(event)

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._refuse_as_key(event)
            self.open.append(_Open(self._place(event), is_map=isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._put(self.open.pop().node())
        elif isinstance(event, yaml.AliasEvent):
            self._refuse_as_key(event)
            place = self._place(event)
            self.report.fault("E650", place, "an anchor and its alias", "write it out; once, forms and shapes share")
            self._put(Node(None, place))

    def _scalar(self, event: Any) -> None:
        place = self._place(event)
        if self.open and self.open[-1].key is None:
            self._key(self.open[-1], event.value, place)
        else:
            self._put(Node(event.value if event.style else _plain(event.value), place))

    def _key(self, into: _Open, key: str, place: Place) -> None:
        into.key = key
        if key in into.keys:
            self.report.fault("E650", place, f"duplicate key '{key}' (first at line {into.keys[key].line})")
        else:
            into.keys[key] = place

    def _refuse_as_key(self, event: Any) -> None:
        if self.open and self.open[-1].key is None:
            self.report.fault("E650", self._place(event), "a key must be a text")

    def _put(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        into = self.open[-1]
        if into.items is not None:
            into.items.append(node)
        elif into.key is None:
            into.key = ""  # a key that was refused: its value is still to come
        else:
            into.values.setdefault(into.key, node)
            into.key = None

    def _place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)


def _plain(text: str) -> Any:
    """An unquoted scalar: integers, decimals, true, false and null are typed, the rest is text (0012 too)."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text
