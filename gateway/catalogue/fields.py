"""Reading one map of a file field by field: every key is asked for by name, what nobody asked for is a fault.

Each method gives the value, or a neutral one after noting the fault: what is read from a file with faults is never
used, but its other faults are still found.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from gateway.catalogue.currencies import as_currency
from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import KeyNode, ListNode, MapNode, Node
from gateway.catalogue.values import (
    Faults,
    as_day,
    as_decimal,
    as_flag,
    as_integer,
    as_list,
    as_map,
    as_text,
    as_word,
    plain_data,
    unknown_keys,
)
from gateway.model import Money
from gateway.model.money import MINOR_UNITS_MAX


class Fields:
    """One map; `what` is how messages call it (`channel lotus_main`)."""

    def __init__(self, node: Node, faults: Faults, what: str) -> None:
        """Take the map; a node of another shape is a fault, and then as good as an empty map."""
        self.map = as_map(node, faults, what) or MapNode((), node.mark)
        self.faults, self.what = faults, what
        self._asked: list[str] = []
        self._usable = isinstance(node, MapNode)

    def __iter__(self) -> Iterator[tuple[KeyNode, Node]]:
        """The entries as they stand, for maps whose keys are names of the file's own."""
        return iter(self.map)

    @property
    def mark(self) -> Mark:
        """The place of the map."""
        return self.map.mark

    def mark_of(self, key: str) -> Mark:
        """The place of a key, or of the map."""
        return self.map.mark_of(key)

    def node(self, key: str) -> Node | None:
        """What stands under a key, or None."""
        self._asked.append(key)
        return self.map.get(key)

    def needed(self, key: str) -> Node | None:
        """What stands under a key that must be there."""
        node = self.node(key)
        # A map that is none has been reported once; its missing keys are no further faults.
        if node is None and self._usable:
            self.faults.add(self.mark, f"{self.what} needs '{key}'")
        return node

    def fault(self, key: str, message: str, hint: str | None = None, *, code: str | None = None) -> None:
        """Note a fault at the value of a key."""
        node = self.map.get(key)
        self.faults.add(node.mark if node else self.mark, message, hint, code=code)

    def inner(self, key: str) -> "Fields | None":
        """The map under a key, if there is one."""
        node = self.node(key)
        return None if node is None else Fields(node, self.faults, f"{self.what}: {key}")

    def items(self, key: str) -> ListNode | tuple[Node, ...]:
        """The list under a key; nothing is an empty list."""
        node = self.node(key)
        return (as_list(node, self.faults, self._name(key)) or ()) if node is not None else ()

    def text(self, key: str) -> str:
        """A text that must be there."""
        node = self.needed(key)
        return (as_text(node, self.faults, self._name(key)) or "") if node is not None else ""

    def maybe_text(self, key: str) -> str | None:
        """A text, or None."""
        node = self.node(key)
        return None if node is None else as_text(node, self.faults, self._name(key))

    def word(self, key: str, words: Iterable[str], default: str | None = None) -> str:
        """One of some words; without a default it must be there."""
        known = tuple(words)
        node = self.node(key) if default is not None else self.needed(key)
        found = None if node is None else as_word(node, self.faults, self._name(key), known)
        return found or default or known[0]

    def integer(self, key: str, *, least: int | None = None, most: int | None = None) -> int | None:
        """A whole number, or None."""
        node = self.node(key)
        return None if node is None else as_integer(node, self.faults, self._name(key), least=least, most=most)

    def decimal(self, key: str, *, least: Decimal | None = None, most: Decimal | None = None) -> Decimal | None:
        """An exact decimal, or None."""
        node = self.node(key)
        return None if node is None else as_decimal(node, self.faults, self._name(key), least=least, most=most)

    def day(self, key: str) -> date | None:
        """A calendar day, or None."""
        node = self.node(key)
        return None if node is None else as_day(node, self.faults, self._name(key))

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        node = self.node(key)
        found = None if node is None else as_flag(node, self.faults, self._name(key))
        return default if found is None else found

    def money(self, key: str) -> Money | None:
        """`{ amount: 2500, currency: CNY }` in minor units, or None."""
        node = self.node(key)
        if node is None:
            return None
        fields = Fields(node, self.faults, self._name(key))
        amount = fields.needed("amount")
        minor = as_integer(amount, self.faults, "amount in minor units", least=0, most=MINOR_UNITS_MAX) if amount else 0
        code = fields.needed("currency")
        currency = None if code is None else as_currency(code, self.faults, "currency")
        fields.done()
        return Money(amount=minor or 0, currency=currency or "")

    def currency(self, key: str) -> str | None:
        """The code of a currency in use, or None."""
        node = self.node(key)
        return None if node is None else as_currency(node, self.faults, self._name(key))

    def data(self, key: str) -> Any:
        """A sub-tree as plain data, None when there is none."""
        node = self.node(key)
        return None if node is None else plain_data(node, self.faults)

    def done(self) -> None:
        """Report every key nobody asked for."""
        unknown_keys(self.map, self._asked, self.faults, self.what, code="E502")

    def _name(self, key: str) -> str:
        return f"{self.what}: {key}"
