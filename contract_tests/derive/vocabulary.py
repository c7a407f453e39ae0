"""What a mapping knows of the values of its fields: codes, words its conditions ask for, lengths, statuses."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from msgspec import Struct

from cli.mapping.tree import CarrierTree, Case, CodeTable, Expression, OutcomeRow, Path, Row, WireSchema
from contract_tests.mutate.operators.tables import evenly
from gateway.catalogue.marks import Mark

Values = Mapping[str, tuple[Any, ...]]


class Vocabulary(Struct, frozen=True, kw_only=True):
    """Values by the last name of the field they belong to.

    `codes` are what stands on the wire, `told` what stands in canonical messages, `lengths` how many bytes a text may
    have. `asked` are the words conditions compare with; `statuses` the HTTP statuses an outcome is said of.
    """

    codes: Values
    told: Values
    lengths: Mapping[str, tuple[int, ...]]
    asked: Values
    statuses: tuple[int, ...]


def vocabulary_of(tree: CarrierTree) -> Vocabulary:
    """Everything the mapping says about values, wherever it stands."""
    codes, told, asked = (defaultdict[str, dict[Any, None]](dict) for _ in range(3))
    lengths: defaultdict[str, dict[int, None]] = defaultdict(dict)
    statuses: dict[int, None] = {}
    for node in _nodes(tree):
        match node:
            case Row():
                _of_row(node, tree.carrier.tables, codes, told)
                lengths[_last(node.canonical)] |= dict.fromkeys(_lengths(node))
                asked[_last(node.canonical)] |= dict.fromkeys(_of_own_cases(node))
            case Case():
                _of_case(node, codes, told)
            case Expression():
                for name, value in compared(node.source):
                    asked[name][value] = None
            case OutcomeRow():
                statuses |= dict.fromkeys(node.http)
    for name, values in asked.items():
        codes[name] |= values
        told[name] |= values
    return Vocabulary(
        codes=_frozen(codes),
        told=_frozen(told),
        lengths=_frozen(lengths),
        asked=_frozen(asked),
        statuses=tuple(statuses),
    )


def _frozen(found: Mapping[str, Mapping[Any, None]]) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(values) for name, values in found.items()}


def _nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, Mark | WireSchema):
        return
    if is_dataclass(node) and not isinstance(node, type):
        yield node
        for each in fields(node):
            yield from _nodes(getattr(node, each.name))
    elif isinstance(node, tuple):
        for item in node:
            yield from _nodes(item)
    elif isinstance(node, Mapping):
        for item in node.values():
            yield from _nodes(item)


def _last(path: Path) -> str:
    return path.attribute or (path.segments[-1].name if path.segments else ".")


def _of_row(row: Row, tables: Mapping[str, CodeTable], codes: Any, told: Any) -> None:
    for table in _tables(row, tables):
        pairs = spread((*table.pairs, *table.read_also))
        own = row.to or row.list_to
        for one, other in pairs:
            # `pairs` are canonical first, `read_also` the code first: either may stand on either side.
            if own is not None:
                codes[_last(own)] |= {one.value: None, other.value: None}
            told[_last(row.canonical)] |= {one.value: None, other.value: None}


def _lengths(row: Row) -> Iterator[int]:
    if row.max_bytes is not None:
        yield row.max_bytes
    for argument in row.codec.arguments if row.codec is not None and row.codec.name in ("cut", "pad") else ():
        if isinstance(argument, str) and argument.isdigit():
            yield int(argument)


def _of_own_cases(row: Row) -> Iterator[str]:
    """The values the cases of a row tell apart."""
    for case in row.cases:
        for path, pattern in case.matches:
            yield from (text.value for text in pattern.texts if path.text == ".")


def _tables(row: Row, tables: Mapping[str, CodeTable]) -> Iterator[CodeTable]:
    names = [str(row.codec.arguments[0])] if row.codec is not None and row.codec.name == "enum" else []
    while names:
        table = tables.get(names.pop())
        if table is not None:
            yield table
            names += [name.value for _, name in table.tables]


def spread(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """The entries that are made wrong in mutants of a long table, with their neighbours."""
    at = {number + more for number in evenly(len(items)) for more in (0, 1)}
    return tuple(items[number] for number in sorted(at) if number < len(items))


def _of_case(case: Case, codes: Any, told: Any) -> None:
    for sides, into in ((case.wire, codes), (case.matches, told)):
        for path, pattern in sides:
            into[_last(path)] |= {text.value: None for text in pattern.texts}


def compared(source: str) -> Iterator[tuple[str, Any]]:
    """The names an expression compares, each with a constant beside it."""
    try:
        tree = ast.parse(source.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            name = _named(node.left)
            for each in ast.walk(node):
                if name and isinstance(each, ast.Constant) and isinstance(each.value, str | int | bool):
                    yield name, each.value


def _named(node: ast.expr) -> str:
    match node:
        case ast.Attribute():
            return node.attr
        case ast.Name():
            return node.id
        case ast.Call(args=[ast.Constant(value=str(path)), *_]):
            return path.rpartition(".")[2]
        case ast.Call(args=[first, *_]):
            return _named(first)
    return ""
