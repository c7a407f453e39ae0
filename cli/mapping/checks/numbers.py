"""`{n}` in a wire path: the number of an item, where there is an item to be numbered."""

from collections.abc import Iterator

from cli.mapping.checks.surroundings import Checking, Place
from cli.mapping.paths import is_numbered
from cli.mapping.tree import Message, Path, Row


def check_numbers(checking: Checking, message: Message, place: Place) -> None:
    """E229 for `{n}` outside of a list row, and for one in a selector, which compares with a text."""
    for path, own in _paths(message):
        names = [segment.name for segment in path.segments] + [path.attribute or ""]
        # The last name of a list's own path numbers its elements.
        counted = place.counted or (own and not any(map(is_numbered, [*names[:-2], names[-1]])))
        if not counted and any(map(is_numbered, names)):
            hint = 'a list row numbers its items: insureds: { list: ., fields: { ref: { to: "p{n}" } } }'
            checking.say("E229", path.mark, f"'{path.text}': there is no item here whose number that would be", hint)
        chosen = [text for segment in path.segments for each in segment.selectors for text in (each.key, each.value)]
        if any(map(is_numbered, chosen)):
            hint = "number the element itself, or write `=n` into a field of it"
            checking.say("E229", path.mark, f"'{path.text}': a selector compares with a text, not with a number", hint)


def _paths(message: Message) -> Iterator[tuple[Path, bool]]:
    """The wire paths of a message's own lines, and whether each is where the items of a list stand."""
    yield from ((send.to, False) for send in message.send)
    yield from ((path, False) for path in message.blank)
    for row in message.rows:
        yield from _row_paths(row)
    for case in (*message.cases, *(case for row in message.rows for case in row.cases)):
        yield from ((path, False) for path, _ in case.wire)
        if case.to is not None:
            yield case.to, False
        if case.list_to is not None:
            yield case.list_to, True


def _row_paths(row: Row) -> Iterator[tuple[Path, bool]]:
    yield from ((path, False) for path in row.joined or ((row.to,) if row.to is not None else ()))
    if row.list_to is not None:
        yield row.list_to, True
