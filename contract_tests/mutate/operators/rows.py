"""Rows and what is sent beside them: dropped, turned to another path, in another order, with other words."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cli.mapping.tree import Message, Path, Row, Segment, Send, Text
from contract_tests.mutate.certain import is_asked_for, is_there, never_both
from contract_tests.mutate.mutant import Change, operator
from contract_tests.mutate.operators.changed import dropped, put, swapped, with_field
from contract_tests.mutate.order import stands_alike
from contract_tests.mutate.walk import Site
from gateway.catalogue.marks import Mark

BOGUS = "Mutant"


def bogus(path: Path) -> Path:
    """The path with another last name."""
    if path.attribute is not None:
        return replace(path, text=f"{path.text}{BOGUS}", attribute=f"{path.attribute}{BOGUS}")
    *before, last = path.segments
    segment = Segment(f"{last.name}{BOGUS}", last.selectors)
    return replace(path, text=f"{path.text}{BOGUS}", segments=(*before, segment))


def _names_a_place(path: Path | None) -> bool:
    return path is not None and (path.attribute is not None or bool(path.segments))


@operator("drop-row", Message)
def drop_row(node: Message, _site: Site) -> Iterator[Change]:
    """A row is not there."""
    for row, rows in dropped(node.rows):
        yield Change(row.mark, f"the row of {row.canonical.text} dropped", replace(node, rows=rows))


@operator("drop-send", Message)
def drop_send(node: Message, site: Site) -> Iterator[Change]:
    """A line of `send` is not there."""
    for send, sends in dropped(node.send):
        wrong = replace(node, send=sends)
        # A line that only keeps a place keeps none where the rows come in this order anyway.
        if send.value is not None or not site.sent or not stands_alike(site, wrong):
            yield Change(send.mark, f"send {send.to.text} dropped", wrong)


@operator("drop-blank", Message)
def drop_blank(node: Message, _site: Site) -> Iterator[Change]:
    """An element that is sent blank is not sent."""
    for path, paths in dropped(node.blank):
        yield Change(path.mark, f"blank {path.text} dropped", replace(node, blank=paths))


@operator("drop-read", Message)
def drop_read(node: Message, _site: Site) -> Iterator[Change]:
    """What is read by an expression is not read."""
    for line, lines in dropped(node.read):
        yield Change(line[0].mark, f"read {line[0].text} dropped", replace(node, read=lines))


@operator("drop-case", Message, Row)
def drop_case(node: Message | Row, _site: Site) -> Iterator[Change]:
    """One of the cases is not there."""
    for case, cases in dropped(node.cases):
        if cases:
            yield Change(case.mark, "the case dropped", replace(node, cases=cases))


@operator("swap-order", Message)
def swap_order(node: Message, site: Site) -> Iterator[Change]:
    """Two neighbours change places on the wire."""
    if not site.sent:
        return
    for at, (row, after) in enumerate(zip(node.rows, node.rows[1:], strict=False)):
        words = f"{after.canonical.text} before {row.canonical.text}"
        if not never_both(row, after, site):
            yield from _told(site, row.mark, words, rows=swapped(node.rows, at))
    for at, (send, following) in enumerate(zip(node.send, node.send[1:], strict=False)):
        yield from _told(site, send.mark, f"{following.to.text} before {send.to.text}", send=swapped(node.send, at))


def _told(site: Site, mark: Mark, words: str, **lines: Any) -> Iterator[Change]:
    """The message with other lines, where their order is to be seen on the wire."""
    wrong = replace(site.node, **lines)
    if not stands_alike(site, wrong):
        yield Change(mark, words, wrong)


def _alike(one: Row, other: Row) -> bool:
    """Whether two rows hold values of one kind: the same conversion, and neither an object nor a list."""
    plain = all(not row.cases and row.body is None and not row.joined and row.to is not None for row in (one, other))
    names = [row.codec and (row.codec.name, row.codec.arguments) for row in (one, other)]
    shapes = [row.shape.value if row.shape is not None else None for row in (one, other)]
    return plain and names[0] == names[1] and shapes[0] == shapes[1] and one.canonical.text != other.canonical.text


def _pairs(rows: tuple[Row, ...]) -> Iterator[tuple[int, Row, Row]]:
    """Each row with the next one of its kind."""
    for at, row in enumerate(rows):
        found = next((other for other in rows[at + 1 :] if _alike(row, other)), None)
        if found is not None:
            yield at, row, found


@operator("source-sibling", Message)
def source_sibling(node: Message, _site: Site) -> Iterator[Change]:
    """A row is about the canonical field of its sibling."""
    for at, row, other in _pairs(node.rows):
        wrong = replace(row, canonical=other.canonical)
        words = f"{other.canonical.text} in the place of {row.canonical.text}"
        yield Change(row.mark, words, replace(node, rows=put(node.rows, at, wrong)))


@operator("swap-targets", Message)
def swap_targets(node: Message, _site: Site) -> Iterator[Change]:
    """Two rows of one kind write each other's element."""
    for at, row, other in _pairs(node.rows):
        assert row.to is not None
        assert other.to is not None
        beyond = node.rows.index(other)
        rows = put(put(node.rows, at, replace(row, to=other.to)), beyond, replace(other, to=row.to))
        words = f"{row.canonical.text} and {other.canonical.text} swapped on the wire"
        if row.to.text != other.to.text:
            yield Change(row.mark, words, replace(node, rows=rows))


@operator("target-bogus", Row)
def target_bogus(node: Row, _site: Site) -> Iterator[Change]:
    """A row writes and reads an element of another name."""
    for name in ("to", "list_to"):
        path = getattr(node, name)
        if _names_a_place(path) and not node.joined:
            wrong = bogus(path)
            yield Change(node.mark, f"{node.canonical.text} at {wrong.text}", with_field(node, name, wrong))


@operator("send-bogus", Send)
def send_bogus(node: Send, _site: Site) -> Iterator[Change]:
    """A line of `send` writes an element of another name."""
    if _names_a_place(node.to) and node.value is not None:
        wrong = bogus(node.to)
        yield Change(node.mark, f"{wrong.text} in the place of {node.to.text}", replace(node, to=wrong))


@operator("attribute-element", Row, Send)
def attribute_element(node: Row | Send, _site: Site) -> Iterator[Change]:
    """An attribute is written as an element."""
    if node.to is not None and node.to.attribute is not None:
        inner = Segment(node.to.attribute)
        path = replace(node.to, attribute=None, segments=(*node.to.segments, inner))
        yield Change(node.mark, f"{node.to.text} as an element", replace(node, to=path))


@operator("list-first", Row)
def list_first(node: Row, _site: Site) -> Iterator[Change]:
    """Of a list only the first element."""
    path = node.list_to
    if path is None or not _names_a_place(path) or path.attribute is not None or not node.canonical.segments:
        return
    first = replace(path, text=f"{path.text}.0", segments=(*path.segments, Segment("0")))
    only = replace(node.canonical, segments=(*node.canonical.segments, Segment("0")))
    wrong = replace(node, canonical=only, to=first, list_to=None)
    yield Change(node.mark, f"of {node.canonical.text} only the first", wrong)


@operator("flip-missing", Row)
def flip_missing(node: Row, site: Site) -> Iterator[Change]:
    """What must be there may be missing, and the other way round."""
    if is_there(site) or is_asked_for(site):
        return
    said = node.missing
    word = "omit" if said is not None and said.value == "error" else "error"
    missing = Text(word, node.mark if said is None else said.mark)
    yield Change(missing.mark, f"{node.canonical.text} missing: {word}", replace(node, missing=missing))


@operator("default", Row)
def default(node: Row, _site: Site) -> Iterator[Change]:
    """A default is not there."""
    if node.default is not None:
        yield Change(node.default.mark, f"{node.canonical.text} without its default", replace(node, default=None))


@operator("max-bytes", Row)
def max_bytes(node: Row, _site: Site) -> Iterator[Change]:
    """A length is not held to."""
    if node.max_bytes is not None:
        words = f"{node.canonical.text} without max_bytes"
        yield Change(node.mark, words, replace(node, max_bytes=None))


@operator("const-change", Send)
def const_change(node: Send, _site: Site) -> Iterator[Change]:
    """A constant is another one."""
    if isinstance(node.value, Text):
        wrong = replace(node.value, value=f"{node.value.value}9")
        yield Change(node.value.mark, f"{node.to.text}: {wrong.value}", replace(node, value=wrong))
