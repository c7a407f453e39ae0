"""A statement file: its layers, its header, every kind of line and every total, against the model."""

from dataclasses import replace

from cli.mapping.capabilities import is_statement_wire
from cli.mapping.checks.expressions import check_expression
from cli.mapping.checks.layers import check_layers
from cli.mapping.checks.records import check_record_rows, is_grouped, known_paths
from cli.mapping.checks.rows import check_message
from cli.mapping.checks.surroundings import Checking, Place, wire_facts
from cli.mapping.layers import Layers
from cli.mapping.layouts import LayoutFault
from cli.mapping.tree import Message, Path, Row, StatementDecl
from gateway.catalogue.values import did_you_mean
from gateway.model.reflect import StructType, describe
from gateway.model.statement import Statement, StatementRecord, StatementTotals

_FIXED = {"records", "skipped", "faults", "line", "kind"}


def check_statement(checking: Checking, declared: StatementDecl) -> None:
    """Everything of `statement.yaml` beyond its form."""
    checking.begin()
    check_layers(checking, declared.wire)
    if checking.is_broken(declared.file):
        return
    if not is_statement_wire([layer.name for layer in declared.wire]):
        hint = "wire: [charset: GBK, pipe: { records: [..] }]"
        checking.say("E475", declared.mark, "the layers of a statement are gzip, charset, and pipe or fixed", hint)
        return
    if is_grouped(declared.wire[-1]):
        checking.say("E475", declared.mark, "the lines of a statement are no groups: each is one record by itself")
        return
    place = _place(checking, declared, describe(Statement), "statement")
    _message(checking, declared.head, place, declared.wire)
    for rows in declared.rows:
        if not _list(checking, rows.items, declared.wire):
            continue
        if rows.when is not None:
            inside = replace(place, element=True)
            check_expression(checking, rows.when, inside, wanted="test", reply=True)
        under = _place(checking, declared, describe(StatementRecord), "a record of the statement")
        _message(checking, _below(rows.message, rows.items), under, declared.wire)
    for check in declared.checks:
        totals = _place(checking, declared, describe(StatementTotals), "a check of the statement")
        _message(checking, check.message, totals, declared.wire)


def _place(checking: Checking, declared: StatementDecl, kind: StructType, title: str) -> Place:
    del checking
    return Place(side="read", kind=kind, root=kind, title=title, wire=wire_facts(declared.wire))


def _message(checking: Checking, message: Message, place: Place, layers: Layers) -> None:
    check_message(checking, message, place)
    check_record_rows(checking, message, (layers,))
    for row in message.rows:
        name = row.canonical.segments[0].name if row.canonical.segments else ""
        if name in _FIXED:
            checking.say("E471", row.mark, f"'{name}' is known by itself: no row fills it")


def _below(message: Message, items: Path) -> Message:
    """The rows of a line with their paths in the whole file, for the look-up of fields."""
    return replace(message, rows=tuple(_moved(row, items) for row in message.rows))


def _moved(row: Row, items: Path) -> Row:
    if row.to is None or row.to.anchor:
        return row
    to = replace(row.to, text=f"{items.text}.{row.to.text}", segments=(*items.segments, *row.to.segments))
    return replace(row, to=to)


def _list(checking: Checking, items: Path, layers: Layers) -> bool:
    try:
        lists = {".".join(path) for path in known_paths(layers[-1], lists=True)}
    except LayoutFault:
        return False
    if items.text not in lists:
        hint = did_you_mean(items.text, lists)
        checking.say("E473", items.mark, f"no record of the file is among '{items.text}'", hint)
    return items.text in lists


__all__ = ["check_statement"]
