"""Nothing real in an example: identity numbers of real regions, telephones, bank cards, keys and tokens are refused.

What is made up stands in ranges that belong to nobody: see `contract_tests/personal/detect.py`.
"""

from collections.abc import Iterator

from contract_tests.personal.detect import HINT, KEY_HINT, SECRETS, findings
from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import ListNode, MapNode, Node, ScalarNode
from gateway.catalogue.values import Faults

Only = frozenset[str] | None
"""Of what is found only this, or all of it."""


def refuse_real(node: Node, faults: Faults, only: Only = None) -> None:
    """A fault for every text of a tree that looks like somebody's."""
    for text, mark in _texts(node):
        refuse_real_text(text, mark, faults, only)


def refuse_real_text(text: str, mark: Mark, faults: Faults, only: Only = None) -> None:
    """A fault when a text holds something that looks like somebody's."""
    what = next((found.what for found in findings(text) if only is None or found.what in only), None)
    if what is not None:
        faults.add(mark, f"this looks like {what}", KEY_HINT if what in SECRETS else HINT, code="E705")


def looks_real(text: str) -> str | None:
    """What of somebody's a text seems to hold, or None."""
    return next((found.what for found in findings(text)), None)


def _texts(node: Node) -> Iterator[tuple[str, Mark]]:
    match node:
        case MapNode():
            for key, value in node:
                yield key.text, key.mark
                yield from _texts(value)
        case ListNode():
            for item in node:
                yield from _texts(item)
        case ScalarNode():
            yield node.text, node.mark
