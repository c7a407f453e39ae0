"""The way through a request to everything a rule looks at, found out once from the types of the fields."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from inspect import isclass
from itertools import compress
from operator import attrgetter
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec.structs import fields

from gateway.model.base import Model
from gateway.model.validate.fault import Findings, Path
from gateway.model.validate.rules import RULES, Check
from gateway.model.validate.text import LIST_ITEMS_MAX, MAP_KEYS_MAX, check_size, check_text
from gateway.model.validate.values import check_instant, check_number


class Walk(dict[type, Check]):
    """How values of each type are looked at, with all that is inside them; types are added as they are met.

    Without `texts` it passes texts by, and with them every Struct that holds nothing else.
    """

    def __init__(self, *, texts: bool) -> None:
        """Begin with the types that JSON itself has."""
        super().__init__({str: check_text, datetime: check_instant, Decimal: check_number})
        self[tuple] = self[list] = self._list_of(self._any)
        self[dict] = self._map
        self._texts = texts

    def __missing__(self, cls: type) -> Check:
        if issubclass(cls, Model):
            # Known before its fields are looked at: a class may hold itself.
            self[cls] = self._any
            self[cls] = self._struct(cls) or _nothing
        else:
            known = [each for each in (str, datetime, Decimal, tuple, list, dict) if issubclass(cls, each)]
            self[cls] = self[known[0]] if known else _nothing
        return self[cls]

    def _any(self, value: Any, path: Path, found: Findings) -> None:
        self[value.__class__](value, path, found)

    def _map(self, value: dict[Any, Any], path: Path, found: Findings) -> None:
        check_size(len(value), MAP_KEYS_MAX, path, found)
        for key, item in value.items():
            self._any(item, (path, key), found)

    def _list_of(self, check: Check | None) -> Check:
        def walk(items: Sequence[Any], path: Path, found: Findings) -> None:
            if len(items) > LIST_ITEMS_MAX:
                check_size(len(items), LIST_ITEMS_MAX, path, found)
            if check is not None:
                for at, item in enumerate(items):
                    check(item, (path, at), found)

        return walk

    def _struct(self, cls: type[Model]) -> Check | None:
        """The look at a Struct and at those of its fields that can be wrong; None where nothing can."""
        rule = RULES.get(cls)
        wrong = [(each, check) for each in fields(cls) if (check := self._field(each.type)) is not None]
        if not wrong:
            return rule
        ways = [(each.encode_name, check) for each, check in wrong]
        # attrgetter is one call for all of them, but gives a tuple only for two and more.
        parts_of = attrgetter(*(each.name for each, _ in wrong), "__class__")

        def walk(value: Any, path: Path, found: Findings) -> None:
            if rule is not None:
                rule(value, path, found)
            parts = parts_of(value)
            # Most fields of most requests are empty: passed over without a step of the interpreter.
            for part, (name, check) in compress(zip(parts, ways), parts):  # noqa: B905 - the class ends the parts
                check(part, (path, name), found)

        return walk

    def _field(self, hint: Any) -> Check | None:
        """The look at what a field holds; where its type leaves that open, each value tells."""
        kinds = _kinds(hint)
        if not self._texts:
            kinds -= {str}
        if len(kinds) != 1:
            return self._any if kinds else None
        (kind,) = kinds
        if get_origin(kind) is tuple and get_args(kind)[1:] == (...,):
            return self._list_of(self._field(get_args(kind)[0]))
        is_closed = kind in (str, datetime, Decimal) or (
            isclass(kind) and issubclass(kind, Model) and not kind.__subclasses__()
        )
        check = self[kind] if is_closed else self._any
        return None if check is _nothing else check


def _nothing(_value: Any, _path: Path, _found: Findings) -> None:
    """What nothing can be wrong with: numbers, codes, Structs of them."""


def _kinds(hint: Any) -> set[Any]:
    """The types a field may hold, without those that nothing can be wrong with: None, numbers, dates, codes."""
    if get_origin(hint) is Annotated:
        return _kinds(hint.__origin__)
    if get_origin(hint) in (Union, UnionType):
        return set().union(*map(_kinds, get_args(hint)))
    is_code = get_origin(hint) is Literal or (isclass(hint) and issubclass(hint, Enum))
    return set() if is_code or hint in _LEAVES else {hint}


_LEAVES = frozenset({NoneType, int, bool, float, bytes, date})
