"""`insurehub check --release`: what may stand in a mapping while it is written, and not when it goes live.

E461 a drafted row nobody has accepted; E462 a source document that is not the one the mapping was read from; E463 an
example that is still a draft.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from cli.mapping.tree import CarrierTree, Case, Message, Row, SourceDecl
from gateway.catalogue.marks import Diagnostic, Mark
from gateway.catalogue.nodes import ListNode, MapNode, ScalarNode
from gateway.catalogue.reader import read_file

DRAFT_SHOWN_MAX = 80


def check_release(tree: CarrierTree, root: Path) -> tuple[Diagnostic, ...]:
    """What keeps a carrier from being released, sorted by place."""
    found = [*_drafts(tree), *_source(tree, root), *_drafted_examples(tree, root)]
    return tuple(sorted(found, key=lambda each: (each.mark, each.code)))


def _drafts(tree: CarrierTree) -> Iterator[Diagnostic]:
    for message in _messages(tree):
        for row in _rows(message):
            if row.draft is not None:
                why = row.draft.value[:DRAFT_SHOWN_MAX]
                text = f"'{row.canonical.text}' is a draft nobody has accepted ({why})"
                yield Diagnostic(
                    "E461", row.draft.mark, text, "read the row against the document, then take draft: away"
                )


def _drafted_examples(tree: CarrierTree, root: Path) -> Iterator[Diagnostic]:
    folder = (root / tree.carrier.file).parent / "examples"
    for path in sorted(folder.glob("*.yaml")):
        shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
        node = read_file(path, shown)[0]
        items = node.get("examples") if isinstance(node, MapNode) else None
        for item in items.items if isinstance(items, ListNode) else ():
            said = item.get("draft") if isinstance(item, MapNode) else None
            if isinstance(said, ScalarNode) and said.text == "true":
                hint = "write what goes in (canonical) and what must come of it (expect), then take draft: away"
                yield Diagnostic("E463", said.mark, "this example is a draft: it is not run", hint)


def _messages(tree: CarrierTree) -> Iterator[Message]:
    yield from tree.carrier.shapes.values()
    for operation in tree.operations:
        for step in operation.steps:
            yield from (step.request, step.response.message)
    yield from (callback.response.message for callback in tree.carrier.callbacks)


def _rows(message: Message) -> Iterator[Row]:
    for row in message.rows:
        yield row
        if row.body is not None:
            yield from _rows(row.body)
        yield from _in_cases(row.cases)
    yield from _in_cases(message.cases)


def _in_cases(cases: tuple[Case, ...]) -> Iterator[Row]:
    for case in cases:
        if case.body is not None:
            yield from _rows(case.body)


def _source(tree: CarrierTree, root: Path) -> Iterator[Diagnostic]:
    source = tree.carrier.source
    if source is None or source.sha256 is None:
        return
    found = _sha256((root / tree.carrier.file).parent, source.file.value)
    # A document is often confidential and kept elsewhere: only one that is here can be another than it was.
    if found is not None and found != source.sha256.value:
        yield _changed(source.sha256.mark, source, found)


def _sha256(folder: Path, name: str) -> str | None:
    """The hash of a file inside the carrier's folder; None for one outside it, or one that is not there."""
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        return None
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None


def _changed(mark: Mark, source: SourceDecl, found: str) -> Diagnostic:
    text = f"{source.file.value} is not the document this mapping was read from"
    return Diagnostic("E462", mark, text, f"read what changed, then write sha256: {found}")
