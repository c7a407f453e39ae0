"""Code tables: entries dropped, altered, swapped, and what is done about a code that is in none."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cli.mapping.tree import CarrierTree, Codec, CodeTable, Text
from contract_tests.derive.nodes import evenly, names_in, nodes
from contract_tests.mutate.mutant import Change, operator
from contract_tests.mutate.operators.changed import dropped, put, with_field, without
from contract_tests.mutate.walk import Site
from gateway.model.reflect import NoSuchPath, enum_named

ERROR = "error"


@operator("table-drop", CodeTable)
def table_drop(node: CodeTable, site: Site) -> Iterator[Change]:
    """An entry is not there."""
    for at in evenly(len(node.pairs)):
        value, code = node.pairs[at]
        words = f"{node.name}: {value.value} ({code.value}) dropped"
        if not _is_other(node, code) or _is_read(node, site):
            yield Change(value.mark, words, replace(node, pairs=without(node.pairs, at)))
    for (code, value), also in dropped(node.read_also):
        words = f"{node.name}: read_also {code.value} ({value.value}) dropped"
        yield Change(code.mark, words, replace(node, read_also=also))


def _is_other(node: CodeTable, code: Text) -> bool:
    """Whether an entry says what is sent for everything in no entry."""
    return not node.columns and node.send_other is not None and node.send_other.value == code.value


def _is_read(node: CodeTable, site: Site) -> bool:
    """Whether a reply may be read by it: what is in no entry is told beside what it is taken for."""
    tree: CarrierTree = site.around[0]
    replies = [step.response for file in tree.operations for step in file.steps]
    codecs = _codecs((*replies, *tree.carrier.callbacks, tree.statement), tree, set())
    return any(node.name in names_in(each.arguments) for each in codecs)


def _codecs(found: Any, tree: CarrierTree, seen: set[str]) -> Iterator[Codec]:
    """The conversions of some messages and of the shapes they are made of."""
    for each in nodes(found):
        if isinstance(each, Codec):
            yield each
        for named in (getattr(each, "shape", None), getattr(each, "extends", None)):
            if named is not None and named.value in tree.carrier.shapes and named.value not in seen:
                seen.add(named.value)
                yield from _codecs(tree.carrier.shapes[named.value], tree, seen)


def _is_full(node: CodeTable) -> bool:
    """Whether every value of the canonical code list has an entry: none is left to be sent otherwise."""
    try:
        values = enum_named((node.of or Text(node.name, node.mark)).value).values
    except NoSuchPath:
        return False
    return {value.value for value, _ in node.pairs} >= set(values)


@operator("table-alter", CodeTable)
def table_alter(node: CodeTable, _site: Site) -> Iterator[Change]:
    """An entry has another code."""
    for at in evenly(len(node.pairs)):
        value, code = node.pairs[at]
        wrong = replace(code, value=f"{code.value}9")
        pairs = put(node.pairs, at, (value, wrong))
        yield Change(value.mark, f"{node.name}: {value.value} is {wrong.value}", replace(node, pairs=pairs))


@operator("table-swap", CodeTable)
def table_swap(node: CodeTable, _site: Site) -> Iterator[Change]:
    """Two entries have each other's code."""
    for at in evenly(len(node.pairs))[:-1]:
        (one, mine), (other, yours) = node.pairs[at], node.pairs[at + 1]
        pairs = put(put(node.pairs, at, (one, yours)), at + 1, (other, mine))
        if mine.value != yours.value:
            words = f"{node.name}: {one.value} and {other.value} swapped"
            yield Change(one.mark, words, replace(node, pairs=pairs))


@operator("table-unknown", CodeTable)
def table_unknown(node: CodeTable, _site: Site) -> Iterator[Change]:
    """What is in no table is translated where it was an error, and the other way round."""
    if not node.pairs:
        return
    value, code = node.pairs[0]
    for name, instead in (("send_other", code), ("read_other", value)):
        said: Text | None = getattr(node, name)
        if said is not None and not (name == "send_other" and _is_full(node)):
            wrong = replace(said, value=ERROR if said.value != ERROR else instead.value)
            yield Change(said.mark, f"{node.name}: {name}: {wrong.value}", with_field(node, name, wrong))
