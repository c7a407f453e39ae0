"""What a place of a kit has to be: a map, a list of texts, a number; another kind is a fault with its place."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from contract_tests.kit.portable.json_nodes import plain
from contract_tests.language.places import Node, Report

_MEMBERS: Mapping[str, Node] = {}


def members(node: Node | None, report: Report) -> Mapping[str, Node]:
    """The members of a map; none where nothing is written."""
    if node is None or isinstance(node.value, dict):
        return node.value if node is not None else _MEMBERS
    report.fault("E681", node.place, "expected a map")
    return _MEMBERS


def items(node: Node | None, report: Report) -> list[Node]:
    """The items of a list; none where nothing is written."""
    if node is None or isinstance(node.value, list):
        return node.value if node is not None else []
    report.fault("E681", node.place, "expected a list")
    return []


def plain_map(node: Node | None, report: Report) -> dict[str, Any]:
    """A map without its places."""
    return {name: plain(each) for name, each in members(node, report).items()}


def texts(node: Node | None, report: Report) -> tuple[str, ...]:
    """A list of texts; a number stands for its digits."""
    return tuple(text(each, report) for each in items(node, report))


def text_map(node: Node | None, report: Report) -> dict[str, str]:
    """A map of texts."""
    return {name: text(each, report) for name, each in members(node, report).items()}


def text(node: Node, report: Report) -> str:
    """A text; a number stands for its digits."""
    if isinstance(node.value, str | int | Decimal) and not isinstance(node.value, bool):
        return str(node.value)
    report.fault("E655", node.place, "expected a text")
    return ""


def number(node: Node | None, report: Report, default: float) -> float:
    """A number from 0 up."""
    if node is None:
        return default
    if isinstance(node.value, int | Decimal) and not isinstance(node.value, bool) and node.value >= 0:
        return float(node.value)
    report.fault("E655", node.place, "expected a number from 0 up")
    return default
