"""Outcome tables and the result words they share with the error table."""

from collections.abc import Iterator

from cli.mapping.tree import Expression, OutcomeRow, Result, Text, Value
from cli.mapping.words import Words, expression_of, one_or_many
from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import ListNode, MapNode, Node, ScalarNode
from gateway.catalogue.values import Faults, as_duration_s, as_integer
from gateway.model.outcome import OutcomeKind

OUTCOME_ROWS_MAX = 200

KINDS = tuple(kind.value for kind in OutcomeKind)
NEXT_STEPS = ("inquiry", "callback", "answer", "file")


def read_outcome(words: Words) -> tuple[tuple[OutcomeRow, ...], Mark | None]:
    """The `outcome` of a response, callback or list shape, and where its list begins."""
    node = words.get("outcome")
    if node is None:
        return (), None
    if not isinstance(node, ListNode) or len(node) > OUTCOME_ROWS_MAX:
        words.faults.add(node.mark, f"outcome must be a list of at most {OUTCOME_ROWS_MAX} rows")
        return (), node.mark
    rows = (_row(item, words.faults) for item in node)
    return tuple(row for row in rows if row is not None), node.mark


def _row(node: Node, faults: Faults) -> OutcomeRow | None:
    if not isinstance(node, MapNode):
        faults.add(node.mark, "an outcome row is a map: { when: .., is: .. }")
        return None
    words = Words(node, faults, "outcome row")
    row = _else_row(words) if "else" in node else _when_row(words)
    words.done()
    return row


def _else_row(words: Words) -> OutcomeRow:
    return OutcomeRow(words.mark, result=read_result(words, "else"), is_else=True)


def _when_row(words: Words) -> OutcomeRow:
    row = OutcomeRow(
        mark=words.mark,
        http=_statuses(words),
        when=words.expression("when"),
        by_code=words.expression("by_code"),
        result=read_result(words, "is") if "is" in words.node or "by_code" not in words.node else None,
    )
    if "when" not in words.node and "http" not in words.node:
        words.faults.add(words.mark, "an outcome row needs 'when' or 'http', or is the 'else' row", code="E112")
    if row.by_code is not None and row.result is not None:
        hint = "the outcome of a by_code row is found in errors"
        words.faults.add(row.result.kind.mark, "an outcome row has both 'is' and 'by_code'", hint, code="E116")
    return row


def _statuses(words: Words) -> tuple[int, ...]:
    node = words.get("http")
    if node is None:
        return ()
    nodes = one_or_many(node)
    found = (as_integer(each, words.faults, "http", least=100, most=599) for each in nodes)
    return tuple(status for status in found if status is not None)


def read_result(words: Words, kind_word: str = "is") -> Result | None:
    """What a row says of the outcome; None, with its fault, when it does not say which one."""
    if words.need(kind_word) is None:
        return None
    kind = words.word(kind_word, KINDS)
    result = Result(
        mark=words.mark,
        kind=kind or Text("unknown", words.mark),
        then=words.word("then", NEXT_STEPS),
        every_s=words.duration_s("every"),
        for_s=words.duration_s("for"),
        after=_after(words),
        once=words.flag("once"),
        because=words.text("because"),
        code=words.text("code"),
        zh=words.text("zh"),
        field=words.text("field"),
        message=words.expression("message"),
        alert=words.flag("alert"),
        disclose=words.flag("disclose", otherwise=True),
    )
    return result if kind is not None else None


def of_whole_reply(row: OutcomeRow) -> Iterator[tuple[Mark, str]]:
    """What an item's outcome row says that only the whole reply can have: a status, a next step, another try."""
    if row.http:
        yield row.mark, "http is the whole reply's: name it with http.status in when"
    result = row.result
    if result is None:
        return
    for word in ("then", "every_s", "for_s", "after", "once", "field"):
        if getattr(result, word):
            yield result.mark, f"{word.removesuffix('_s')} belongs to the whole reply: an item has its outcome only"


def _after(words: Words) -> Value | None:
    """`5s`, or an expression such as `header.Retry-After` that gives seconds."""
    node = words.get("after")
    if node is None:
        return None
    if isinstance(node, ScalarNode) and node.text[:1].isdigit():
        return words.text("after") if as_duration_s(node, words.faults, "after") is not None else None
    found: Expression | None = expression_of(node, words.faults, "after")
    return found
