"""Read mock.yaml into nodes that know their place, and report every fault at file:line:column.

An own reader: this room shares no code with the mappings', so that a fault of one is not repeated by the other.
"""

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
    root = None
    try:
        if len(data) > FILE_BYTES_MAX:
            report.fault("E650", Place(file), f"longer than {FILE_BYTES_MAX} bytes")
        else:
            # Scalars are typed below, by rules of this file's own: YAML's resolver would be asked for nothing.
            root = yaml.compose(data.decode(), Loader=yaml.CBaseLoader)
    except UnicodeDecodeError as error:
        report.fault("E650", Place(file, data.count(b"\n", 0, error.start) + 1), "not UTF-8 text")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        report.fault("E650", place, f"not YAML: {error.problem}")
    if root is None and not report.faults:
        report.fault("E650", Place(file), "the file says nothing")
    report.close()
    return _Nodes(file, report).of(root)


class _Nodes:
    """Makes nodes of YAML's; a value shared by an alias, and nesting beyond reason, are faults."""

    def __init__(self, file: str, report: Report) -> None:
        self.file, self.report, self.seen = file, report, set[int]()

    def of(self, raw: Any, depth: int = 1) -> Node:
        place = self._place(raw)
        if not isinstance(raw, yaml.CollectionNode):
            return Node(raw.value if raw.style else _plain(raw.value), place)
        if id(raw) in self.seen:
            self.report.fault("E650", place, "an anchor and its alias", "write it out; once, forms and shapes share")
            return Node(None, place)
        self.seen.add(id(raw))
        if depth > DEPTH_MAX:
            self.report.fault("E650", place, f"nested deeper than {DEPTH_MAX} levels")
            return Node(None, place)
        if isinstance(raw, yaml.MappingNode):
            return self._map(raw, place, depth)
        return Node([self.of(item, depth + 1) for item in raw.value], place)

    def _map(self, raw: yaml.MappingNode, place: Place, depth: int) -> Node:
        value: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        for key, item in raw.value:
            at = self._place(key)
            if not isinstance(key, yaml.ScalarNode):
                self.report.fault("E650", at, "a key must be a text")
            elif key.value in value:
                self.report.fault("E650", at, f"duplicate key '{key.value}' (first at line {keys[key.value].line})")
            else:
                value[key.value] = self.of(item, depth + 1)
                keys[key.value] = at
        return Node(value, place, keys)

    def _place(self, raw: Any) -> Place:
        return Place(self.file, raw.start_mark.line + 1, raw.start_mark.column + 1)


def _plain(text: str) -> Any:
    """An unquoted scalar: integers, decimals, true, false and null are typed, the rest is text (0012 too)."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text
