"""Code tables (`codes.yaml`) and the error table: pairs written in YAML, or rows of a CSV file beside it."""

import re
from collections.abc import Iterator, Mapping

from cli.mapping.csv_rows import Cells, read_csv
from cli.mapping.files import Folder
from cli.mapping.outcomes import read_result
from cli.mapping.tree import CodeTable, ErrorTable, Result, Text
from cli.mapping.words import Words, code_of, entries, key_text, text_of
from gateway.catalogue.nodes import KeyNode, MapNode, Node, ScalarNode
from gateway.catalogue.reader import retyped_warning
from gateway.catalogue.values import Faults, as_map

TABLES_MAX = 500
PAIRS_MAX = 5_000
ERRORS_MAX = 5_000

Pairs = tuple[tuple[Text, Text], ...]


def read_code_tables(words: Words, folder: Folder) -> Mapping[str, CodeTable]:
    """`enums`: every code table by its name."""
    found = {}
    for key, node in entries(words, "enums", TABLES_MAX):
        inner = as_map(node, words.faults, f"table '{key.text}'")
        if inner is not None:
            found[key.text] = _table(key, Words(inner, words.faults, f"table '{key.text}'"), folder)
    return found


def _table(key: KeyNode, words: Words, folder: Folder) -> CodeTable:
    if "by" in words.node:
        return _chooser(key, words)
    file = words.text("table")
    if (file is None) == ("map" not in words.node):
        words.faults.add(words.mark, f"{words.what} needs either 'map' or 'table'", code="E112")
    pairs = _pairs(words, "map")
    columns: Mapping[str, Mapping[str, str]] = {}
    if file is not None:
        pairs, columns = _from_csv(read_csv(folder, file, columns_least=2), folder.faults)
    table = CodeTable(
        mark=key.mark,
        name=key.text,
        of=words.text("of"),
        pairs=pairs,
        read_also=_read_also(words),
        send_other=words.read("send_other", code_of),
        read_other=words.text("read_other"),
        columns=columns,
    )
    words.done()
    return table


_BY = re.compile(r"(?:binding|config)\.[a-z][a-z0-9_]*|req\.[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")


def _chooser(key: KeyNode, words: Words) -> CodeTable:
    """A table that stands for one of others, by the product's entry, the channel's settings, or the request."""
    by, of = words.text("by"), words.text("of")
    if by is not None and not _BY.fullmatch(by.value):
        words.faults.add(by.mark, f"{words.what}: by is binding.name, config.name or req.path, not '{by.value}'")
    tables = _pairs(words, "tables")
    if not tables:
        words.faults.add(
            words.mark, f"{words.what} needs 'tables', a table for every value of '{key.text}'", code="E112"
        )
    words.done()
    return CodeTable(mark=key.mark, name=key.text, of=of, pairs=(), by=by, tables=tables)


def _pairs(words: Words, word: str) -> Pairs:
    found = ((key_text(key), code_of(node, words.faults, "a code")) for key, node in entries(words, word, PAIRS_MAX))
    return tuple((canonical, code) for canonical, code in found if code is not None)


def _read_also(words: Words) -> Pairs:
    found = []
    for key, node in entries(words, "read_also", PAIRS_MAX):
        words.faults.extend([retyped_warning(key)])
        canonical = text_of(node, words.faults, "a canonical value")
        if canonical is not None:
            found.append((key_text(key), canonical))
    return tuple(found)


def _from_csv(cells: Cells, faults: Faults) -> tuple[Pairs, Mapping[str, Mapping[str, str]]]:
    pairs: dict[str, tuple[Text, Text]] = {}
    columns: dict[str, dict[str, str]] = {name: {} for name in cells.header[2:]}
    for row in cells.rows:
        canonical, code, *others = row
        if canonical.value in pairs:
            hint = "a second code for reading goes under read_also"
            faults.add(canonical.mark, f"'{canonical.value}' stands in the table twice", hint, code="E120")
            continue
        pairs[canonical.value] = (canonical, code)
        for name, cell in zip(cells.header[2:], others, strict=True):
            columns[name][canonical.value] = cell.value
    return tuple(pairs.values()), columns


def read_errors(words: Words, folder: Folder) -> ErrorTable | None:
    """`errors`: carrier codes with their results, from YAML and a CSV file, and `other`."""
    inner = words.map("errors")
    if inner is None:
        return None
    rows: list[tuple[Text, Result]] = []
    other = None
    for key, node in entries(words, "errors", ERRORS_MAX):
        if key.text == "table" and not key.quoted:
            rows += _error_rows(node, folder)
        elif (result := _result(key, node, words.faults)) is not None:
            if key.text == "other" and not key.quoted:
                other = result
            else:
                rows.append((key_text(key), result))
    return ErrorTable(words.node.mark_of("errors"), tuple(rows), other)


def _result(key: KeyNode, node: Node, faults: Faults) -> Result | None:
    if key.text != "other":
        faults.extend([retyped_warning(key)])
    inner = as_map(node, faults, f"error '{key.text}'")
    if inner is None:
        return None
    words = Words(inner, faults, f"error '{key.text}'")
    result = read_result(words)
    words.done()
    return result


def _error_rows(node: Node, folder: Folder) -> Iterator[tuple[Text, Result]]:
    file = text_of(node, folder.faults, "table")
    if file is None:
        return
    cells = read_csv(folder, file, columns_least=2)
    for code, *others in cells.rows:
        # The header names the result words, so that a row reads like the map it stands for.
        entries_of = tuple(
            (KeyNode(name, True, cell.mark), ScalarNode(cell.value, True, cell.mark))
            for name, cell in zip(cells.header[1:], others, strict=True)
            if cell.value
        )
        words = Words(MapNode(entries_of, code.mark), folder.faults, f"error '{code.value}'")
        result = read_result(words)
        words.done()
        if result is not None:
            yield code, result


__all__ = ["read_code_tables", "read_errors"]
