"""Code tables: entries dropped, altered, swapped, and what is done about a code that is in none."""

from collections.abc import Iterator
from dataclasses import replace

from cli.mapping.tree import CodeTable, Text
from contract_tests.mutate.mutant import Change, operator
from contract_tests.mutate.operators.changed import dropped, put, with_field, without
from contract_tests.mutate.walk import Site

ERROR = "error"
ENTRIES_MAX = 20
"""Of a longer table as many entries, evenly spread: thousands of codes of one kind say no more than these."""


def evenly(length: int) -> tuple[int, ...]:
    """Which entries of a table are made wrong."""
    if length <= ENTRIES_MAX:
        return tuple(range(length))
    return tuple(sorted({at * (length - 1) // (ENTRIES_MAX - 1) for at in range(ENTRIES_MAX)}))


@operator("table-drop", CodeTable)
def table_drop(node: CodeTable, _site: Site) -> Iterator[Change]:
    """An entry is not there."""
    for at in evenly(len(node.pairs)):
        value, code = node.pairs[at]
        words = f"{node.name}: {value.value} ({code.value}) dropped"
        yield Change(value.mark, words, replace(node, pairs=without(node.pairs, at)))
    for (code, value), also in dropped(node.read_also):
        words = f"{node.name}: read_also {code.value} ({value.value}) dropped"
        yield Change(code.mark, words, replace(node, read_also=also))


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
        if said is not None:
            wrong = replace(said, value=ERROR if said.value != ERROR else instead.value)
            yield Change(said.mark, f"{node.name}: {name}: {wrong.value}", with_field(node, name, wrong))
