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
            root = yaml.compose(data.decode(), Loader=yaml.CSafeLoader)
    except UnicodeDecodeError as error:
        report.fault("E650", Place(file, data.count(b"\n", 0, error.start) + 1), "not UTF-8 text")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        report.fault("E650", place, f"not YAML: {error.problem}")
    if root is None and not report.faults:
        report.fault("E650", Place(file), "the file says nothing")
    report.close()
    return _node(root, file, report)


def _node(raw: Any, file: str, report: Report) -> Node:
    place = Place(file, raw.start_mark.line + 1, raw.start_mark.column + 1)
    if isinstance(raw, yaml.MappingNode):
        return _map(raw, place, report)
    if isinstance(raw, yaml.SequenceNode):
        return Node([_node(item, file, report) for item in raw.value], place)
    return Node(raw.value if raw.style else _plain(raw.value), place)


def _map(raw: yaml.MappingNode, place: Place, report: Report) -> Node:
    value: dict[str, Node] = {}
    keys: dict[str, Place] = {}
    for key, item in raw.value:
        at = Place(place.file, key.start_mark.line + 1, key.start_mark.column + 1)
        if not isinstance(key, yaml.ScalarNode):
            report.fault("E650", at, "a key must be a text")
        elif key.value in value:
            report.fault("E650", at, f"duplicate key '{key.value}' (first at line {keys[key.value].line})")
        else:
            value[key.value] = _node(item, place.file, report)
            keys[key.value] = at
    return Node(value, place, keys)


def _plain(text: str) -> Any:
    """An unquoted scalar: integers, decimals, true, false and null are typed, the rest is text (0012 too)."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text
