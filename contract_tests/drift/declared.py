"""What a mapping says of a reply: the paths its rows read, which must be there, which are constant."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from contract_tests.examples.subject import Subject
from gateway.catalogue.values import Faults

_READ = ("value", "list", "object")


class Field(Struct, frozen=True, kw_only=True):
    """One path of a reply: whether its value is read, whether it must be there, the constant it is declared to be.

    `table` names the code table it is looked up in where an unlisted code is read without a word, `codes` its codes.
    """

    place: str
    is_read: bool = False
    is_required: bool = False
    constant: str | None = None
    table: str = ""
    codes: frozenset[str] = frozenset()


Declared = Mapping[str, Field]


def declared_of(subject: Subject, operation: str, variant: str, step: str) -> Declared:
    """By wire path, for one step of an operation; nothing for a carrier that speaks our own interface."""
    from cli.mapping.flat import flatten  # noqa: PLC0415 - brings the mapping's reader along
    from cli.mapping.resolve import resolve  # noqa: PLC0415

    if subject.tree is None or subject.is_native:
        return {}
    resolved = resolve(subject.tree, Faults())
    files = [each for each in resolved.operations if each.name == operation and each.variant == variant]
    steps = [each for file in files for each in file.steps if len(file.steps) == 1 or each.name == step]
    leaves = (leaf for each in steps for leaf in flatten(each.response.message, resolved.shapes))
    return _fields(leaves, subject.tree.carrier.tables)


def _fields(leaves: Iterable[Any], tables: Mapping[str, Any]) -> Declared:
    found: dict[str, Field] = {}
    for leaf in leaves:
        if not leaf.wire:
            continue
        required = leaf.row is not None and leaf.row.missing is not None and leaf.row.missing.value == "error"
        table, codes = _quiet_table(leaf, tables)
        field = Field(
            table=table,
            codes=codes,
            place=f"{leaf.mark.file}:{leaf.mark.line}",
            is_read=leaf.kind in _READ,
            is_required=required and not leaf.case,
            constant=leaf.value if leaf.kind == "constant" and not leaf.case and leaf.value else None,
        )
        # Several rows may read one path: what any of them says holds.
        before = found.get(leaf.wire)
        if before is None or (field.is_read and not before.is_read):
            found[leaf.wire] = field
    return found


def _quiet_table(leaf: Any, tables: Mapping[str, Any]) -> tuple[str, frozenset[str]]:
    """The table of a code that is read as another value where it is not listed: the reply itself tells nothing."""
    codec = leaf.codec_of
    if codec is None or codec.name != "enum" or not codec.arguments or not isinstance(codec.arguments[0], str):
        return "", frozenset()
    table = tables.get(codec.arguments[0])
    if table is None or table.by is not None or table.read_other is None or table.read_other.value == "error":
        return "", frozenset()
    listed = {wire.value for _, wire in table.pairs} | {wire.value for wire, _ in table.read_also}
    return table.name, frozenset(listed)
