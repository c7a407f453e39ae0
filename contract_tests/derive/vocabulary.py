"""What a mapping knows of the values of its fields: codes, words its conditions ask for, lengths, statuses."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from cli.mapping.tree import CarrierTree, Case, Codec, CodeTable, Expression, Message, OutcomeRow, Path, Row
from contract_tests.derive.nodes import evenly, nodes

KIND = "kind"
_NUMBER = re.compile(r"\b(?:request_no|attempt_no)\((\d+)\)")
_REQUESTED = re.compile(r"\breq\.([\w.]+)")
Values = Mapping[str, tuple[Any, ...]]


class Vocabulary(Struct, frozen=True, kw_only=True):
    """Values by the last name of the field they belong to.

    `codes` are what stands on the wire, `told` what stands in canonical messages, `lengths` how many bytes a text may
    have. `asked` are the words conditions compare with, `together` the fields that the conditions of one row ask for;
    `kinds` those of list items that rows and conditions choose by; `numbers` the lengths the hub's own numbers are cut
    to; `defaults` the fields that are sent in the place of another that is missing; `statuses` the HTTP statuses an
    outcome is said of.
    """

    codes: Values
    told: Values
    lengths: Mapping[str, tuple[int, ...]]
    asked: Values
    together: tuple[tuple[str, ...], ...]
    kinds: tuple[str, ...]
    numbers: tuple[int, ...]
    defaults: tuple[tuple[str, tuple[str, ...]], ...]
    statuses: tuple[int, ...]


def vocabulary_of(tree: CarrierTree) -> Vocabulary:
    """Everything the mapping says about values, wherever it stands."""
    codes, told, asked = (defaultdict[str, dict[Any, None]](dict) for _ in range(3))
    lengths: defaultdict[str, dict[int, None]] = defaultdict(dict)
    statuses: dict[int, None] = {}
    together: dict[tuple[str, ...], None] = {}
    kinds: dict[str, None] = {}
    numbers: dict[int, None] = {}
    defaults: dict[tuple[str, tuple[str, ...]], None] = {}
    for node in nodes(tree):
        match node:
            case Row():
                _of_row(node, tree.carrier.tables, codes, told)
                _captured(node, tree.carrier.tables, codes, told)
                lengths[_last(node.canonical)] |= dict.fromkeys(_lengths(node))
                asked[_last(node.canonical)] |= dict.fromkeys(_of_own_cases(node))
                together[_together(node)] = None
                defaults |= dict.fromkeys(_defaults(node))
            case Message():
                together[_together(node)] = None
            case Case():
                _of_case(node, codes, told)
            case Path():
                kinds |= dict.fromkeys(_kinds(node))
            case Expression():
                numbers |= {int(length): None for length in _NUMBER.findall(node.source)}
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
        together=tuple(names for names in together if len(names) > 1),
        kinds=tuple(dict.fromkeys((*kinds, *(each for each in asked.get(KIND, ()) if isinstance(each, str))))),
        numbers=tuple(numbers),
        defaults=tuple(defaults),
        statuses=tuple(statuses),
    )


def _frozen(found: Mapping[str, Mapping[Any, None]]) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(values) for name, values in found.items()}


def _defaults(row: Row) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(row.default, Expression):
        yield from ((_last(row.canonical), tuple(path.split("."))) for path in _REQUESTED.findall(row.default.source))


def _kinds(path: Path) -> Iterator[str]:
    for segment in path.segments:
        yield from (selector.value for selector in segment.selectors if selector.key == KIND)


def _together(node: Row | Message) -> tuple[str, ...]:
    """The fields that decide between the cases of a row: its own, and those their conditions ask for."""
    own = [_last(node.canonical)] if isinstance(node, Row) and any(_of_own_cases(node)) else []
    asked = [name for case in node.cases if case.when is not None for name, _ in compared(case.when.source)]
    return tuple(sorted({*own, *asked}))


def _last(path: Path) -> str:
    return path.attribute or (path.segments[-1].name if path.segments else ".")


def _of_row(row: Row, tables: Mapping[str, CodeTable], codes: Any, told: Any) -> None:
    for table in _named(row.codec, tables):
        pairs = spread((*table.pairs, *table.read_also))
        own = row.to or row.list_to
        for one, other in pairs:
            # `pairs` are canonical first, `read_also` the code first: either may stand on either side.
            if own is not None:
                codes[_last(own)] |= {one.value: None, other.value: None}
            told[_last(row.canonical)] |= {one.value: None, other.value: None}


def _captured(row: Row, tables: Mapping[str, CodeTable], codes: Any, told: Any) -> None:
    """The entries of tables that the cases of a row translate by."""
    for case in row.cases:
        for path, pattern in case.wire:
            for table in _named(pattern.codec, tables):
                for one, other in spread((*table.pairs, *table.read_also)):
                    codes[_last(path)] |= {one.value: None, other.value: None}
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


def _named(codec: Codec | None, tables: Mapping[str, CodeTable]) -> Iterator[CodeTable]:
    names = [str(codec.arguments[0])] if codec is not None and codec.name == "enum" else []
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
            name = _name_of(node.left)
            for each in ast.walk(node):
                if name and isinstance(each, ast.Constant) and isinstance(each.value, str | int | bool):
                    yield name, each.value


def _name_of(node: ast.expr) -> str:
    match node:
        case ast.Attribute():
            return node.attr
        case ast.Name():
            return node.id
        case ast.Call(args=[ast.Constant(value=str(path)), *_]):
            return path.rpartition(".")[2]
        case ast.Call(args=[first, *_]):
            return _name_of(first)
    return ""
