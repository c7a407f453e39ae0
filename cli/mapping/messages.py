"""Messages, rows and cases: what stands in a request, response, shape or callback, and inside rows.

Rows hold messages, messages hold rows: the two readers call each other, which is why they share a file.
"""

from dataclasses import replace

from cli.mapping.codecs import print_codec
from cli.mapping.outcomes import read_outcome
from cli.mapping.patterns import read_is, read_wire
from cli.mapping.tree import Case, Codec, Expression, Message, Path, Row, Send, Text
from cli.mapping.words import (
    Words,
    code_value_of,
    codec_of,
    entries,
    key_path,
    path_of,
    text_of,
    value_of,
    with_codec,
)
from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import KeyNode, ListNode, MapNode, Node, ScalarNode
from gateway.catalogue.values import Faults, as_map

ROWS_MAX = 2_000
CASES_MAX = 500
MAX_BYTES_MAX = 1_000_000
PIECES_MAX = 6

_INLINE = ("fields", "send", "cases", "blank", "read")


def read_message(words: Words, *, of_item: bool = False) -> Message:
    """The message words of a map; the caller asks for its own words and then says that it is done.

    `of_item`: the outcome that stands there is that of one item of a reply's list.
    """
    cases, cases_mark = read_cases(words)
    outcome, outcome_mark = read_outcome(words) if of_item else ((), None)
    return Message(
        mark=words.mark,
        of=words.text("of"),
        extends=words.text("extends"),
        missing=words.text("missing"),
        send=_sends(words),
        rows=_rows(words),
        cases=cases,
        blank=_blank(words),
        read=_read(words),
        ignore=_ignore(words),
        cases_mark=cases_mark,
        outcome=outcome,
        outcome_mark=outcome_mark,
    )


def _inline(words: Words, *, with_cases: bool, of_item: bool = False) -> Message | None:
    """The message inside a row or case, or None when nothing of one is written there."""
    outcome, outcome_mark = read_outcome(words) if of_item else ((), None)
    names = _INLINE if with_cases else tuple(name for name in _INLINE if name != "cases")
    if not any(name in words.node for name in names) and outcome_mark is None:
        words.asked.update(names)
        return None
    cases, cases_mark = read_cases(words) if with_cases else ((), None)
    return Message(
        mark=words.mark,
        send=_sends(words),
        rows=_rows(words),
        cases=cases,
        blank=_blank(words),
        read=_read(words),
        cases_mark=cases_mark,
        outcome=outcome,
        outcome_mark=outcome_mark,
    )


def _sends(words: Words) -> tuple[Send, ...]:
    found = []
    for key, node in entries(words, "send", ROWS_MAX):
        path = key_path(key, words.faults)
        is_place = isinstance(node, ScalarNode) and node.is_null
        value = None if is_place else code_value_of(node, words.faults, f"'{key.text}'")
        if path is not None and (is_place or value is not None):
            found.append(Send(key.mark, path, value))
    return tuple(found)


def _blank(words: Words) -> tuple[Path, ...]:
    found = (path_of(node, words.faults, "blank") for node in words.items("blank"))
    return tuple(path for path in found if path is not None)


def _read(words: Words) -> tuple[tuple[Path, Expression], ...]:
    found = []
    for key, node in entries(words, "read", ROWS_MAX):
        path, value = key_path(key, words.faults), value_of(node, words.faults, f"'{key.text}'")
        if value is not None and not isinstance(value, Expression):
            hint = "write =expression; a constant is ='text'"
            words.faults.add(value.mark, f"read: '{key.text}' must be an expression", hint)
        elif path is not None and value is not None:
            found.append((path, value))
    return tuple(found)


def _ignore(words: Words) -> tuple[tuple[Path, Text], ...]:
    found = []
    for key, node in entries(words, "ignore", ROWS_MAX):
        path, reason = key_path(key, words.faults), text_of(node, words.faults, f"the reason to ignore '{key.text}'")
        if path is not None and reason is not None:
            found.append((path, reason))
    return tuple(found)


def _rows(words: Words) -> tuple[Row, ...]:
    found: list[Row] = []
    for key, node in entries(words, "fields", ROWS_MAX):
        path = key_path(key, words.faults)
        several = node.items if isinstance(node, ListNode) else (node,)
        if not several:
            words.faults.add(node.mark, f"row '{key.text}' is an empty list", code="E116")
        if path is not None:
            for each in several:
                found += _row(key, path, each, words.faults, alone=len(several) == 1)
    return tuple(found)


def _row(key: KeyNode, canonical: Path, node: Node, faults: Faults, *, alone: bool) -> tuple[Row, ...]:
    what = f"row '{key.text}'"
    if isinstance(node, ScalarNode):
        faults.add(node.mark, f"{what} must be a map", f"write {{ to: {node.text or 'WirePath'} }}")
        return ()
    inner = as_map(node, faults, what)
    if inner is None:
        return ()
    words = Words(inner, faults, what)
    spread = inner.get("to")
    pieces = _pieces(words, spread) if isinstance(spread, ListNode) else ()
    row = _read_row(words, key.mark if alone else inner.mark, canonical, pieces)
    words.done()
    _check_form(row, words)
    return _spread(row, pieces, words) if pieces else (row,)


def _pieces(words: Words, node: ListNode) -> tuple[Path, ...]:
    """The wire fields one value is spread over: `to: [day, hour]`."""
    words.asked.add("to")
    found = (path_of(each, words.faults, "to") for each in node.items)
    paths = tuple(path for path in found if path is not None)
    if not 2 <= len(node.items) <= PIECES_MAX:
        words.faults.add(node.mark, f"to lists between 2 and {PIECES_MAX} fields", code="E116")
    return paths


def _spread(row: Row, pieces: tuple[Path, ...], words: Words) -> tuple[Row, ...]:
    """One row for every field, each with its piece of what the codec makes; the first reads them all."""
    codec = row.codec
    if codec is None or print_codec(codec).count("|") != len(pieces) - 1:
        hint = "as: datetime(yyyy-MM-dd|HH) divides the value at its bars"
        message = f"{words.what} goes to {len(pieces)} fields: its codec needs {len(pieces) - 1} '|'"
        words.faults.add(row.mark if codec is None else codec.mark, message, hint, code="E116")
        return (row,)
    # `number(codec)`: each piece is a number of the wire.
    inner = codec.arguments[0] if codec.name == "number" and len(codec.arguments) == 1 else codec
    form = () if inner is codec else ("number",)
    made = [
        replace(row, to=path, codec=Codec("piece", codec.mark, (str(at), *form, inner)))
        for at, path in enumerate(pieces)
    ]
    return (replace(made[0], joined=pieces), *made[1:])


def _read_row(words: Words, mark: Mark, canonical: Path, pieces: tuple[Path, ...]) -> Row:
    # Beside rows, and in a list row, the cases are those of the message inside; alone they are about the field itself.
    within = any(word in words.node for word in ("list", "fields", "send", "blank", "read"))
    cases, cases_mark = ((), None) if within else read_cases(words)
    currency, currency_codec = _currency(words)
    return Row(
        mark=mark,
        canonical=canonical,
        to=pieces[0] if pieces else words.path("to"),
        list_to=words.path("list"),
        codec=words.read("as", codec_of),
        shape=words.text("shape"),
        body=_inline(words, with_cases=within, of_item="list" in words.node),
        cases=cases,
        when=words.expression("when"),
        default=words.value("default"),
        missing=words.text("missing"),
        max_bytes=words.whole("max_bytes", least=1, most=MAX_BYTES_MAX),
        currency=currency,
        currency_codec=currency_codec,
        rounding=words.text("round"),
        lossy=words.text("lossy"),
        draft=words.text("draft"),
        cases_mark=cases_mark,
    )


def _currency(words: Words) -> tuple[Text | None, Codec | None]:
    """Where an amount's currency stands, or which it is; `Amount.unit as lower` says how the carrier writes it."""
    text = words.text("currency")
    found = (text, None) if text is None else with_codec(text, words.faults)
    return (None, None) if found is None else found


def _check_form(row: Row, words: Words) -> None:
    """Words that exclude one another, or that a row cannot be without."""
    if "to" in words.node and "list" in words.node:
        words.faults.add(words.node.mark_of("list"), f"{words.what} has both 'to' and 'list'", code="E116")
    if not any(word in words.node for word in ("to", "list", *_INLINE)):
        words.faults.add(words.mark, f"{words.what} needs 'to', 'list', 'cases' or rows", code="E112")
    if row.shape is not None and (row.body is not None or row.cases):
        hint = "name a shape that extends the other, or write all rows here"
        words.faults.add(row.shape.mark, f"{words.what} has both a shape and rows of its own", hint, code="E116")


def read_cases(words: Words) -> tuple[tuple[Case, ...], Mark | None]:
    """The `cases` of a message or row, and where their list begins."""
    node = words.get("cases")
    if node is None:
        return (), None
    if not isinstance(node, ListNode) or not 0 < len(node) <= CASES_MAX:
        words.faults.add(node.mark, f"cases must be a list of 1 to {CASES_MAX} cases")
        return (), None
    found = (_case(item, words.faults) for item in node)
    return tuple(case for case in found if case is not None), node.mark


def _case(node: Node, faults: Faults) -> Case | None:
    if not isinstance(node, MapNode):
        faults.add(node.mark, "a case is a map: { is: .., wire: .. }")
        return None
    words = Words(node, faults, "case")
    case = Case(
        mark=node.mark,
        matches=read_is(words),
        wire=read_wire(words),
        when=words.expression("when"),
        to=words.path("to"),
        list_to=words.path("list"),
        shape=words.text("shape"),
        lossy=words.text("lossy"),
        missing=words.text("missing"),
        body=_inline(words, with_cases=True),
    )
    words.done()
    if not any(word in node for word in ("wire", "to", "list", *_INLINE, "shape")):
        faults.add(node.mark, "a case needs 'wire', 'to', 'list' or rows", code="E112")
    return case


__all__ = ["ROWS_MAX", "read_cases", "read_message"]
