"""`statement.yaml`: a carrier's daily file as a mapping; its lines, what they mean, what must add up."""

from cli.mapping.files import Folder
from cli.mapping.layers import read_wire
from cli.mapping.messages import read_message
from cli.mapping.operations import read_format
from cli.mapping.tree import Message, StatementCheckDecl, StatementDecl, StatementRowsDecl, Text
from cli.mapping.words import Words, one_or_many, path_of, text_of
from gateway.catalogue.nodes import Node
from gateway.catalogue.values import as_map, did_you_mean
from gateway.model.statement import StatementKind

STATEMENT = "statement.yaml"
RECORDS_MAX = 50
CHECKS_MAX = 20

KINDS = tuple(kind.value for kind in StatementKind)


def read_statement(folder: Folder) -> StatementDecl | None:
    """The statement of a carrier, or None where it has none."""
    if not (folder.path / STATEMENT).is_file():
        return None
    node = folder.read_map(STATEMENT)
    if node is None:
        return None
    words = Words(node, folder.faults, "statement")
    read_format(words)
    words.need("wire")
    words.need("records")
    wire = read_wire(words) or ()
    head = read_message(words)
    rows = [_rows(each, words) for each in _items(words, "records", RECORDS_MAX)]
    checks = [_check(each, words) for each in _items(words, "checks", CHECKS_MAX)]
    words.done()
    return StatementDecl(
        mark=words.mark,
        file=folder.shown(STATEMENT),
        wire=wire,
        head=head,
        rows=tuple(each for each in rows if each is not None),
        checks=tuple(each for each in checks if each is not None),
    )


def _items(words: Words, key: str, count_max: int) -> tuple[Node, ...]:
    found = words.items(key)
    if len(found) > count_max:
        words.faults.add(words.node.mark_of(key), f"{key}: more than {count_max} entries", code="E119")
        return ()
    return found


def _rows(node: Node, around: Words) -> StatementRowsDecl | None:
    inner = as_map(node, around.faults, "a record of a statement")
    if inner is None:
        return None
    words = Words(inner, around.faults, "a record of a statement")
    words.need("list")
    path, kind, skip = words.read("list", path_of), words.word("kind", KINDS), words.text("skip")
    when = words.expression("when")
    message = read_message(words)
    words.done()
    if skip is not None and (message.rows or kind is not None):
        words.faults.add(skip.mark, "a record that is skipped has no kind and no fields", code="E116")
    if skip is None and kind is None:
        words.faults.add(words.mark, "a record of a statement needs 'kind', or 'skip' with the reason", code="E112")
    return None if path is None else StatementRowsDecl(words.mark, path, kind, when, skip, message)


def _check(node: Node, around: Words) -> StatementCheckDecl | None:
    inner = as_map(node, around.faults, "a check of a statement")
    if inner is None:
        return None
    words = Words(inner, around.faults, "a check of a statement")
    words.need("fields")
    kinds = _kinds(words)
    message: Message = read_message(words)
    words.done()
    return StatementCheckDecl(words.mark, kinds, message)


def _kinds(words: Words) -> tuple[Text, ...]:
    node = words.get("kinds")
    if node is None:
        return ()
    found = [text_of(each, words.faults, "kinds") for each in one_or_many(node)]
    for text in found:
        if text is not None and text.value not in KINDS:
            words.faults.add(text.mark, f"kinds cannot be '{text.value}'", did_you_mean(text.value, KINDS))
    return tuple(text for text in found if text is not None)


__all__ = ["KINDS", "STATEMENT", "read_statement"]
