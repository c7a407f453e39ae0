"""How commands speak: one JSON document on stdout with `--json`, tables for people otherwise, all else on stderr.

Exit codes: 0 all is right; 1 what was examined is not; 2 wrong use; 3 something that is needed is not there.
"""

import os
import sys
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.table import Table

_PIPE_COLUMNS = 120
out = Console(highlight=False, width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else _PIPE_COLUMNS)
err = Console(stderr=True, highlight=False)


class Exit(IntEnum):
    """What a command's exit code says."""

    ok = 0
    wrong = 1
    usage = 2
    missing = 3


def emit_json(document: Any) -> None:
    """Print exactly one JSON document on stdout."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n")


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
        drawn.add_column(column, justify="right" if index in right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*("" if cell is None else str(cell) for cell in row))
    out.print(drawn)
