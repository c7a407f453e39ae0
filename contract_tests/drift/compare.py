"""Two shapes beside each other: what examples show of a reply, and what the carrier sends now."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from contract_tests.drift.declared import Declared, Field
from contract_tests.drift.finding import Finding, Kind, Severity
from contract_tests.drift.forms import Form, Forms, names_of, parent, shown_path
from contract_tests.examples.places import segments, value_at
from gateway.wire.shown import shown_code

_CONTAINERS = frozenset({"object", "list"})
_NOTHING = frozenset({"null", "empty"})


class Beside:
    """Comparing for one operation of a carrier; in XML an element that comes once is no list, and no drift."""

    def __init__(
        self, carrier: str, operation: str, declared: Declared, *, example: str = "", is_xml: bool = False
    ) -> None:
        """Take what the mapping says."""
        self._declared, self._is_xml = declared, is_xml
        self._about = {"carrier": carrier, "operation": operation, "example": example}
        self._names = names_of(declared)

    def missing(self, written: Forms, now: Forms) -> Iterator[Finding]:
        """Fields that were there and are not; of a whole part that is gone, only the part is told."""
        for path, forms in written.items():
            if path in now or not path or parent(path) not in now or _types(forms) <= _NOTHING:
                continue
            field = self._field(path)
            severity: Severity = "info" if field is None or not field.is_read else "warn"
            if field is not None and field.is_required:
                severity = "break"
            yield self.told(severity, "missing field", path, f"a {_words(forms)} is not there any more")

    def changed(self, written: Forms, now: Forms) -> Iterator[Finding]:
        """New fields, other types, other formats, null where there was a value."""
        names = names_of(written)
        for path, forms in now.items():
            if path not in written:
                known = self._field(path) is not None or any(each.startswith(f"{path}.") for each in self._declared)
                if not known and parent(path) in written:
                    said = f"a {_words(forms)} that no row names and no example has"
                    yield self.told("info", "new field", self.shown(path, names), said)
                continue
            yield from self._changed_at(path, written[path], forms)

    def _changed_at(self, path: str, written: frozenset[Form], now: frozenset[Form]) -> Iterator[Finding]:
        field = self._field(path)
        is_read = field is not None and field.is_read
        before, after = _types(written) - _NOTHING, _types(now) - _NOTHING
        if self._is_xml:
            before, after = before - _CONTAINERS, after - _CONTAINERS
        if before and after - before:
            words = f"was {_words(written)}, is {_words(now)}"
            yield self.told("break" if is_read else "info", "type", path, words)
        elif "null" in _types(now) - _types(written):
            yield self.told("warn" if is_read else "info", "null", path, "null, where examples have a value")
        old, new = _formats(written), _formats(now)
        if old and new and new - old and not after - before:
            yield self.told("warn" if is_read else "info", "format", path, f"was {_either(old)}, is {_either(new)}")

    def constants(self, wire: Mapping[str, Any]) -> Iterator[Finding]:
        """What the mapping declares to be constant and is not."""
        for path, field in self._declared.items():
            value = value_at(wire, path) if field.constant is not None else None
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value) != field.constant:
                yield self.told(
                    "warn", "constant", path, f"is '{field.constant}' in the mapping, and another value here"
                )

    def codes(self, wire: Mapping[str, Any]) -> Iterator[Finding]:
        """Codes that a table does not list and reads as another value."""
        for path, field in self._declared.items():
            for value in values_at(wire, path) if field.codes else ():
                if isinstance(value, str | int) and value != "" and str(value) not in field.codes:
                    at = f"{field.table} {shown_code(str(value))}"
                    said = f"the table {field.table} does not list it and reads another value"
                    yield self.told("warn", "unknown code", at, said, field.place)

    def shown(self, path: str, names: Collection[str]) -> str:
        """A path of a reply: the names that the mapping or these `names` have, and of the others what is no value."""
        return shown_path(path, self._names.union(names))

    def told(self, severity: Severity, kind: Kind, at: str, said: str, mapping: str = "") -> Finding:
        """A finding of this operation, with the line that reads the path."""
        field = self._field(at)
        place = mapping or (field.place if field is not None else "")
        return Finding(severity=severity, kind=kind, at=at, said=said, mapping=place, **self._about)

    def _field(self, path: str) -> Field | None:
        return self._declared.get(path)


def _types(forms: frozenset[Form]) -> frozenset[str]:
    return frozenset(form.type for form in forms)


def _formats(forms: frozenset[Form]) -> frozenset[str]:
    return frozenset(form.format for form in forms if form.format)


def _words(forms: frozenset[Form]) -> str:
    return " or ".join(sorted(map(str, forms)))


def _either(words: frozenset[str]) -> str:
    return " or ".join(sorted(words))


def values_at(node: Any, path: str) -> Iterator[Any]:
    """Every value at a path of a decoded message; the items of a list share one."""
    yield from _values(node, segments(path))


def _values(node: Any, way: list[str]) -> Iterator[Any]:
    if isinstance(node, list | tuple):
        for inner in node:
            yield from _values(inner, way)
    elif not way:
        yield node
    elif isinstance(node, dict) and way[0] in node:
        yield from _values(node[way[0]], way[1:])
