"""How commands speak: one JSON document on stdout with `--json`, tables for people otherwise, all else on stderr.

Exit codes: 0 all is right; 1 what was examined is not; 2 wrong use; 3 something that is needed is not there;
130 a person stopped it with Ctrl-C.
"""

import os
import sys
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import typer
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

_PIPE_COLUMNS = 120
out = Console(highlight=False, width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else _PIPE_COLUMNS)
err = Console(stderr=True, highlight=False)


class Exit(IntEnum):
    """What a command's exit code says."""

    ok = 0
    wrong = 1
    usage = 2
    missing = 3
    stopped = 130


def emit_json(document: Any) -> None:
    """Print exactly one JSON document on stdout, at once: who reads it through a pipe may wait for it."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n")
    sys.stdout.flush()


def write_json(document: Any, file: str) -> None:
    """Write one JSON document to a file; `-` is stdout. Ends the command where it cannot be written."""
    if file == "-":
        emit_json(document)
        return
    write_file(Path(file), msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n")


def write_file(path: Path, text: str) -> None:
    """Write what a person asked for where they asked; ends the command where that cannot be done."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        leave(Exit.usage, f"{path} cannot be written: {error.strerror}")


def must_take(file: str | Path) -> None:
    """Before what takes long: ends the command where what it finds could not be written at its end."""
    path = Path(file)
    if str(file) == "-":
        return
    try:
        was_there = path.exists()
        path.open("ab").close()
        if not was_there:
            path.unlink()
    except OSError as error:
        leave(Exit.usage, f"{path} cannot be written: {error.strerror}")


def must_be_file(path: Path) -> None:
    """Ends the command where a file it was told to read cannot be read."""
    try:
        path.open("rb").close()
    except OSError as error:
        leave(Exit.usage, f"{path} cannot be read: {error.strerror}")


def leave(code: Exit, text: str, hint: str | None = None) -> NoReturn:
    """Say on stderr why the command ends, and end it."""
    err.print(text, style="red" if code else "", markup=False, soft_wrap=True)
    if hint:
        err.print(hint, style="dim", markup=False, soft_wrap=True)
    raise typer.Exit(int(code))


def table(title: str | None, columns: list[str], rows: list[list[Any]], *, right: tuple[int, ...] = ()) -> None:
    """Print a table; columns whose positions are in `right` are aligned to the right."""
    drawn = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for index, column in enumerate(columns):
        # What a person copies, an id, stays on one line.
        justify: JustifyMethod = "right" if index in right else "left"
        drawn.add_column(column, justify=justify, overflow="fold", no_wrap=index == 0)
    for row in rows:
        drawn.add_row(*map(_cell, row))
    out.print(drawn)


def styled(text: str, style: str) -> Text:
    """A cell of ours in a colour; every other text is shown as it is, whatever brackets a carrier put into it."""
    return Text(text, style=style)


def _cell(value: Any) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, datetime):
        return Text(f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z")
    return Text("" if value is None else plain(str(value)))


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with what it counts: `1 error`, `2 errors`, `1 policy`, `1,200 policies`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def plain(text: str) -> str:
    """A text that came from elsewhere, without what would steer a terminal."""
    return "".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in text)
