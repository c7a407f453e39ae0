"""Code tables at run time: dicts that say clearly which code they do not know.

A generated module looks codes up with `TABLE_OUT[value]` and `TABLE_IN[code]`; saying what is missing costs nothing
until it is missing.
"""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from gateway.wire.errors import CannotSend, Unreadable
from gateway.wire.shown import shown_code
from gateway.wire.trees import text_of

Value = TypeVar("Value")


class SendTable(dict[Any, str]):
    """Canonical value to carrier code; `other` is the code for values not listed, None makes them an error."""

    def __init__(self, name: str, pairs: Mapping[Any, str], other: str | None = None) -> None:
        """Take the pairs of the mapping's table `name`."""
        super().__init__(pairs)
        self.name = name
        self.other = other

    def __missing__(self, value: Any) -> str:
        if self.other is not None:
            return self.other
        raise CannotSend(f"table {self.name} has no code for {shown_code(str(value))}")


class SendTables(dict[str, SendTable]):
    """The table one stands for, by the value that chooses it: a product line, a partner."""

    def __init__(self, name: str, tables: Mapping[str, SendTable]) -> None:
        """Take the tables of the mapping's table `name`."""
        super().__init__(tables)
        self.name = name

    def __missing__(self, key: str) -> SendTable:
        raise CannotSend(f"table {self.name} has no codes for {shown_code(key)}")


def choice_of(request: Any, *path: str) -> str:
    """The text of a value of the request that chooses a code table; of a product its code, without the version."""
    value = request
    for name in path:
        if isinstance(value, tuple | list):
            value = value[int(name)] if name.isdigit() and int(name) < len(value) else None
        else:
            value = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
    text = text_of(value) or ""
    return text.partition("@")[0] if path == ("product",) else text


class ReadTable(dict[str, Value], Generic[Value]):
    """Carrier code to canonical value; `other` is the value for codes not listed, None makes them an error.

    A code that is a number on the wire is looked up as its text, as everywhere.
    `code in table` tells whether a code is listed, for keeping the others in `ext.raw`.
    """

    def __init__(self, name: str, pairs: Mapping[str, Value], other: Value | None = None) -> None:
        """Take the pairs of the mapping's table `name`, `read_also` included."""
        super().__init__(pairs)
        self.name = name
        self.other = other

    def __missing__(self, code: Any) -> Value:
        if code.__class__ is not str and (text := str(text_of(code))) in self:
            return self[text]
        if self.other is not None:
            return self.other
        raise Unreadable(f"unknown {self.name} code {shown_code(code)}")


class ReadTables(dict[str, ReadTable[Value]], Generic[Value]):
    """The same for reading."""

    def __init__(self, name: str, tables: Mapping[str, ReadTable[Value]]) -> None:
        """Take the tables of the mapping's table `name`."""
        super().__init__(tables)
        self.name = name

    def __missing__(self, key: str) -> ReadTable[Value]:
        raise Unreadable(f"table {self.name} has no codes for {shown_code(key)}")
