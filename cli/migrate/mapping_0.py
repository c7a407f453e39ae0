"""mapping/0 to mapping/1: rows keyed by their canonical path, and three words with better names. See the README."""

from collections.abc import Iterator

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from cli.migrate.codemod import Codemod, Document, Migration, maps, renaming


def _messages(document: Document) -> Iterator[CommentedMap]:
    """The maps with constants: not the code tables, whose keys are values."""
    return (node for node in maps(document) if isinstance(node.get("constants"), CommentedMap))


def _rows(document: Document) -> Iterator[CommentedMap]:
    for node in maps(document):
        for value in _values(node.get("fields")):
            several = value if isinstance(value, CommentedSeq) else (value,)
            yield from (row for row in several if isinstance(row, CommentedMap))


def _values(fields: Document) -> Iterator[Document]:
    if isinstance(fields, CommentedSeq):
        yield from fields
    elif isinstance(fields, CommentedMap):
        yield from fields.values()


def _outcome_rows(document: Document) -> Iterator[CommentedMap]:
    for node in maps(document):
        rows = node.get("outcome")
        if isinstance(rows, CommentedSeq):
            yield from (row for row in rows if isinstance(row, CommentedMap))


def _lists(document: Document) -> list[CommentedMap]:
    """The maps whose rows are a list; the fields of a record layer are a list of names, and stay one."""
    return [node for node in maps(document) if _are_rows(node.get("fields"))]


def _are_rows(fields: Document) -> bool:
    rows = fields if isinstance(fields, CommentedSeq) else ()
    return len(rows) > 0 and all(isinstance(row, CommentedMap) and "from" in row for row in rows)


def _keyed(document: Document) -> None:
    """Rows under their canonical path, the innermost first: a row may hold rows."""
    for node in reversed(_lists(document)):
        node["fields"] = _as_map(node["fields"], node.lc.col + 2)


def _as_map(rows: CommentedSeq, column: int) -> CommentedMap:
    found = CommentedMap()
    if rows.fa.flow_style():
        found.fa.set_flow_style()
    found.ca.comment = rows.ca.comment
    found.ca.end = rows.ca.end
    for index, row in enumerate(rows):
        _add(found, row, rows.ca.items.get(index), column)
    return found


def _add(found: CommentedMap, row: CommentedMap, comment: list[object] | None, column: int) -> None:
    path = row["from"]
    lost = row.ca.items.pop("from", None)
    del row["from"]
    if path not in found:
        found[path] = row
        _keep(found, path, column, comment, lost)
        return
    first = found[path]
    several = first if isinstance(first, CommentedSeq) else CommentedSeq([first])
    several.append(row)
    if isinstance(first, CommentedMap) and first.fa.flow_style():
        several.fa.set_flow_style()
    found[path] = several
    _keep(found, path, column, comment, lost)


def _keep(found: CommentedMap, path: str, column: int, *places: list[object] | None) -> None:
    """Comments of a row that was an item: the one behind a row of one line stays there, others go before its key."""
    tokens = [token for place in places for token in _tokens(place) if _text(token)]
    if len(tokens) == 1 and path not in found.ca.items and _is_one_line(found[path]):
        found.ca.items[path] = [None, None, tokens[0], None]
    elif tokens:
        found.yaml_set_comment_before_after_key(path, before="\n".join(map(_text, tokens)), indent=column)


def _is_one_line(row: Document) -> bool:
    return isinstance(row, CommentedMap) and bool(row.fa.flow_style())


def _tokens(comment: object) -> Iterator[object]:
    """The comment tokens of one place, whichever of its slots they stand in."""
    for each in comment if isinstance(comment, list) else ():
        yield from each if isinstance(each, list) else (each,)


def _text(token: object) -> str:
    value = getattr(token, "value", "")
    lines = [line.strip().removeprefix("#").strip() for line in str(value).split("\n")]
    return "\n".join(line for line in lines if line)


def _left(document: Document) -> str | None:
    return "rows are still a list" if _lists(document) else None


MIGRATION = Migration(
    "mapping/0",
    "mapping/1",
    (
        Codemod("rows stand under their canonical path", lambda document: bool(_lists(document)), _keyed, _left),
        renaming("codec", "as", _rows),
        renaming("constants", "send", _messages),
        renaming("default", "else", _outcome_rows),
    ),
)
