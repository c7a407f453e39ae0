"""What a request must look like, field by field, as the carrier's document says: compiled checks that name the culprit.

A field's rule is one line: `[optional|nullable|blank] kind [argument] [range]`. `optional` may be absent or empty,
`nullable` also null, `blank` must be present and may be empty. Fields that the shape does not know are ignored, unless
its entry `"*"` is `none`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from contract_tests.language.functions import moment_of
from contract_tests.language.places import Node, Place, Report

Check = Callable[[Any], str | None]
"""Gives the path of the first wrong field below the value, "" for the value itself, None when all is right."""

_RANGE = re.compile(r"(?:(\d+)\.\.)?(\d+)")
_AMOUNT = re.compile(r"-?(0|[1-9]\d*)(?:\.(\d+))?")


def _anything(_: Any) -> str | None:
    return None


class Shapes:
    """The named shapes and tables of one mock.yaml."""

    def __init__(self, report: Report, charset: str, *, count_bytes: bool) -> None:
        self.report, self.charset, self.count_bytes = report, charset, count_bytes
        self.tables: dict[str, frozenset[str]] = {}
        self.named: dict[str, Check] = {}

    def add_tables(self, node: Node | None) -> None:
        """Read `tables: {name: [code, ...]}`; a map's keys are its codes."""
        for name, codes in (node.value if node else {}).items():
            listed = codes.value if isinstance(codes.value, dict) else [str(item.value) for item in codes.value]
            self.tables[name] = frozenset(listed)

    def add_shapes(self, node: Node | None) -> None:
        """Read `shapes: {name: {field: rule}}`; a shape may be used before it stands in the file."""
        for name in node.value if node else ():
            if hasattr(self, f"_kind_{name}"):
                place = node.keys[name] if node else Place("")
                self.report.fault("E655", place, f"'{name}' is a kind of field already", "give the shape another name")
            self.named[name] = self._later(name)
        self._compiled = {name: self.compile(fields) for name, fields in (node.value if node else {}).items()}

    def _later(self, name: str) -> Check:
        def check(value: Any) -> str | None:
            return self._compiled[name](value)

        return check

    def compile(self, node: Node) -> Check:
        """Compile a map of rules, a rule, or the name of a shape."""
        if isinstance(node.value, dict):
            closed = node.get("*") is not None
            rules = {field: self._field(rule) for field, rule in node.value.items() if field != "*"}
            return self._object(rules, frozenset(rules) if closed else None)
        if isinstance(node.value, str) and node.value in self.named:
            return self.named[node.value]
        return self._rule(str(node.value), node.place)

    def _field(self, node: Node) -> tuple[str, Check]:
        text = node.value if isinstance(node.value, str) else ""
        presence, _, rest = text.partition(" ")
        if presence in ("optional", "nullable", "blank"):
            return presence, self._rule(rest, node.place)
        return "required", self.compile(node)

    def _object(self, fields: Mapping[str, tuple[str, Check]], known: frozenset[str] | None) -> Check:
        def check(value: Any) -> str | None:
            if not isinstance(value, dict):
                return ""
            if known is not None and (unknown := next((name for name in value if name not in known), None)):
                return str(unknown)
            for name, (presence, test) in fields.items():
                held = value.get(name)
                if held is None or held == "":
                    null = held is None and name in value and presence != "nullable"
                    if null or presence == "required" or (presence == "blank" and held is None):
                        return name
                elif (path := test(held)) is not None:
                    return f"{name}.{path}" if path else name
            return None

        return check

    def _rule(self, text: str, place: Place) -> Check:
        kind, _, argument = text.strip().partition(" ")
        build = getattr(self, f"_kind_{kind}", None)
        if build is None:
            if kind in self.named and not argument:
                return self.named[kind]
            known = {name.removeprefix("_kind_") for name in dir(self) if name.startswith("_kind_")} | set(self.named)
            self.report.unknown(place, "kind of field", kind, known)
            return _anything
        made: Check = build(argument.strip(), place)
        return made

    def _limits(self, text: str, place: Place, *, exact: bool = False) -> tuple[int, int]:
        fits = _RANGE.fullmatch(text) if text else None
        if text and not fits:
            self.report.fault("E655", place, f"'{text}' is not a length or a range such as 1..50")
        if not fits:
            return (0, 2**63)
        high = int(fits[2])
        return (int(fits[1]) if fits[1] else (high if exact else 0), high)

    def _kind_text(self, argument: str, place: Place) -> Check:
        low, high = self._limits(argument, place)
        size = self._size
        return lambda value: None if isinstance(value, str) and low <= size(value) <= high else ""

    def _size(self, text: str) -> int:
        if not self.count_bytes:
            return len(text)
        return len(text.encode(self.charset, "replace"))

    def _kind_digits(self, argument: str, place: Place) -> Check:
        low, high = self._limits(argument, place, exact=True)
        return lambda value: (
            None if isinstance(value, str) and value.isascii() and value.isdigit() and low <= len(value) <= high else ""
        )

    def _kind_pattern(self, argument: str, place: Place) -> Check:
        try:
            fits = re.compile(argument).fullmatch
        except re.error as error:
            self.report.fault("E655", place, f"'{argument}' is not a regular expression: {error}")
            return _anything
        return lambda value: None if isinstance(value, str) and fits(value) else ""

    def _kind_int(self, argument: str, place: Place) -> Check:
        low, high = self._limits(argument, place)
        return lambda value: None if type(value) is int and low <= value <= high else ""

    def _kind_amount(self, argument: str, place: Place) -> Check:
        """A decimal text with exactly so many places."""
        _, places = self._limits(argument or "2", place)

        def check(value: Any) -> str | None:
            fits = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
            return None if fits and len(fits[2] or "") == places else ""

        return check

    def _kind_number(self, _: str, __: Place) -> Check:
        """A JSON number of either kind."""
        return lambda value: None if isinstance(value, int | Decimal) and not isinstance(value, bool) else ""

    def _kind_decimal(self, _: str, __: Place) -> Check:
        """A number written as text, with any number of places."""

        def check(value: Any) -> str | None:
            try:
                return None if isinstance(value, str) and Decimal(value).is_finite() else ""
            except InvalidOperation:
                return ""

        return check

    def _kind_code(self, argument: str, place: Place) -> Check:
        if argument not in self.tables:
            self.report.unknown(place, "table", argument, dict(self.tables))
        codes = self.tables.get(argument, frozenset())
        return lambda value: None if isinstance(value, str) and value in codes else ""

    def _kind_const(self, argument: str, _: Place) -> Check:
        return lambda value: None if value == argument else ""

    def _kind_date(self, argument: str, _: Place) -> Check:
        """A date or time in a strftime pattern, written exactly so."""

        def check(value: Any) -> str | None:
            try:
                moment_of(value, argument)
            except (TypeError, ValueError):
                return ""
            return None

        return check

    def _kind_instant(self, _: str, __: Place) -> Check:
        def check(value: Any) -> str | None:
            try:
                return None if datetime.fromisoformat(value).tzinfo else ""
            except (TypeError, ValueError):
                return ""

        return check

    def _kind_bool(self, _: str, __: Place) -> Check:
        return lambda value: None if isinstance(value, bool) else ""

    def _kind_any(self, _: str, __: Place) -> Check:
        return _anything

    def _kind_list(self, argument: str, place: Place) -> Check:
        """`list <shape or rule> <range>`: a list whose items all fit."""
        rule, _, span = argument.rpartition(" ")
        test, (low, high) = self._rule(rule or span, place), self._limits(span if rule else "", place)

        def check(value: Any) -> str | None:
            if not isinstance(value, list) or not low <= len(value) <= high:
                return ""
            for index, item in enumerate(value):
                if (path := test(item)) is not None:
                    return f"{index}.{path}".rstrip(".")
            return None

        return check

    def _kind_keyed(self, argument: str, place: Place) -> Check:
        """`keyed <shape> <range>`: a list written as a map keyed "0", "1", ... without gaps."""
        inner = self._kind_list(argument, place)

        def check(value: Any) -> str | None:
            if not isinstance(value, dict) or list(value) != [str(index) for index in range(len(value))]:
                return ""
            return inner(list(value.values()))

        return check
