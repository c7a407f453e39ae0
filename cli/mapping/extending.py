"""`extends`: one message written on top of another.

A row with the same canonical path, or with the same wire path, replaces; everything else of both stays, the base
first, so that elements keep the place their base gave them.
"""

from dataclasses import replace
from typing import TypeVar

from cli.mapping.tree import Message, Path, Row, Send

Named = TypeVar("Named")


def extended(base: Message, over: Message) -> Message:
    """The message `over` written on top of `base`, its `extends` resolved."""
    return replace(
        over,
        of=over.of or base.of,
        extends=None,
        missing=over.missing or base.missing,
        send=_sends(base.send, over),
        rows=_rows(base.rows, over),
        cases=base.cases + over.cases,
        blank=_blanks(base, over),
        read=_by_path(base.read, over.read),
        ignore=_by_path(base.ignore, over.ignore),
        outcome=over.outcome or base.outcome,
        outcome_mark=over.outcome_mark or base.outcome_mark,
    )


def _wire_path(row: Row) -> str | None:
    path = row.to or row.list_to
    # Filtered list rows share one wire list, and "." writes no path of its own.
    return None if path is None or path.text == "." or row.when is not None else path.text


def _rows(base: tuple[Row, ...], over: Message) -> tuple[Row, ...]:
    keys = {row.canonical.text for row in over.rows} - {"."}
    paths = {_wire_path(row) for row in over.rows} | {send.to.text for send in over.send}
    paths.discard(None)
    replaced = [row for row in base if row.canonical.text in keys or _wire_path(row) in paths]
    kept: list[Row] = []
    pending = list(over.rows)
    for row in base:
        if row not in replaced:
            kept.append(row)
            continue
        # The first replaced row gives its place to all rows of the same canonical path.
        successors = [new for new in pending if new.canonical.text == row.canonical.text or _same_wire(new, row)]
        kept += successors
        pending = [new for new in pending if new not in successors]
    return (*kept, *pending)


def _same_wire(new: Row, old: Row) -> bool:
    return _wire_path(new) is not None and _wire_path(new) == _wire_path(old)


def _sends(base: tuple[Send, ...], over: Message) -> tuple[Send, ...]:
    written = {send.to.text: send for send in over.send}
    row_paths = {_wire_path(row) for row in over.rows}
    kept = [written.pop(send.to.text, send) for send in base if send.to.text not in row_paths]
    return (*kept, *written.values())


def _blanks(base: Message, over: Message) -> tuple[Path, ...]:
    known = {path.text for path in over.blank} | {send.to.text for send in over.send}
    known |= {path for path in map(_wire_path, over.rows) if path}
    return (*(path for path in base.blank if path.text not in known), *over.blank)


def _by_path(
    base: tuple[tuple[Path, Named], ...], over: tuple[tuple[Path, Named], ...]
) -> tuple[tuple[Path, Named], ...]:
    known = {entry[0].text for entry in over}
    return (*(entry for entry in base if entry[0].text not in known), *over)
