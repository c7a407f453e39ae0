"""CSV tables beside a mapping: a header and rows of equal length, every cell a text with its place."""

import csv
import io
import re
from dataclasses import dataclass

from cli.mapping.files import Folder
from cli.mapping.tree import Text
from gateway.catalogue.marks import Mark

CSV_BYTES_MAX = 8 * 1024 * 1024
CSV_ROWS_MAX = 50_000
CSV_COLUMNS_MAX = 50
CELL_LENGTH_MAX = 2_000

_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}\.csv")


@dataclass(frozen=True, slots=True)
class Cells:
    """A table as read: its header, and its rows of texts."""

    header: tuple[str, ...] = ()
    rows: tuple[tuple[Text, ...], ...] = ()


def read_csv(folder: Folder, file: Text, *, columns_least: int) -> Cells:
    """The table a mapping names; every fault of it is reported with the CSV file's own line (E120)."""
    if not _FILE_NAME.fullmatch(file.value):
        folder.faults.add(file.mark, f"'{file.value}' is no name of a .csv file in this folder", code="E120")
        return Cells()
    text = folder.read_text(file.value, file.mark, CSV_BYTES_MAX)
    return Cells() if text is None else _parse(text, folder, folder.shown(file.value), columns_least)


def _parse(text: str, folder: Folder, shown: str, columns_least: int) -> Cells:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[Text, ...]] = []
    header: tuple[str, ...] = ()
    try:
        for cells in reader:
            mark = Mark(shown, reader.line_num)
            if not header:
                header = tuple(cells)
                if not _is_good_header(header, mark, folder, columns_least):
                    return Cells()
            elif cells:
                rows += _row(cells, header, mark, folder)
            if len(rows) > CSV_ROWS_MAX:
                folder.faults.add(mark, f"more than {CSV_ROWS_MAX} rows", code="E119")
                break
    except csv.Error as error:
        folder.faults.add(Mark(shown, reader.line_num or 1), f"not CSV: {error}", code="E120")
    if not header:
        folder.faults.add(Mark(shown, 1), "an empty table: the first line names the columns", code="E120")
    return Cells(header, tuple(rows))


def _is_good_header(header: tuple[str, ...], mark: Mark, folder: Folder, columns_least: int) -> bool:
    if not columns_least <= len(header) <= CSV_COLUMNS_MAX or not all(header) or len(set(header)) != len(header):
        message = f"the first line names {columns_least} to {CSV_COLUMNS_MAX} different columns"
        folder.faults.add(mark, message, code="E120")
        return False
    return True


def _row(cells: list[str], header: tuple[str, ...], mark: Mark, folder: Folder) -> list[tuple[Text, ...]]:
    if len(cells) != len(header):
        folder.faults.add(mark, f"{len(cells)} cells, but the header names {len(header)}", code="E120")
        return []
    if any(len(cell) > CELL_LENGTH_MAX for cell in cells):
        folder.faults.add(mark, f"a cell longer than {CELL_LENGTH_MAX} characters", code="E119")
        return []
    return [tuple(Text(cell, mark, quoted=True) for cell in cells)]
