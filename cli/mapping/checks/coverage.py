"""E240: every canonical field is mapped, used in an expression, or ignored with a reason; E241: never both.

Judged for the request and the result as a whole. Inside an object that a message takes apart field by field
(`period.start`), the fields that are always there must be told as well.
"""

from collections.abc import Iterator

from cli.mapping.checks.surroundings import Checking
from cli.mapping.tree import Case, Message, Path, Row
from gateway.catalogue.marks import Mark
from gateway.model.reflect import Field, StructType

# The caller's wishes for routing stay here; a result's refs, reasons and ext come with some replies only.
_EXCUSED = {"send": frozenset({"routing"}), "read": frozenset({"ext", "reasons", "refs"})}

Way = tuple[str, ...]


def check_coverage(
    checking: Checking, messages: tuple[Message, ...], kind: StructType, *, side: str, title: str, mark: Mark
) -> None:
    """The messages of all steps of one operation, on one side, against its request or result."""
    mapped = [way for message in messages for way in _mapped(message, ())]
    mapped += _rooted(checking, messages)
    ignored = [(_way(path), path) for message in messages for path, _ in message.ignore]
    used = _used(checking.uses) if side == "send" else []
    told = [*mapped, *used, *(way for way, _ in ignored)]
    left = list(_left(kind, told, mapped, side))
    if left:
        _say_left(checking, left, side, title, mark)
    for way, path in ignored:
        if any(each[: len(way)] == way for each in mapped):
            hint = "leave one of the two out"
            checking.say("E241", path.mark, f"'{path.text}' is ignored, and a row maps it", hint)


def _say_left(checking: Checking, left: list[str], side: str, title: str, mark: Mark) -> None:
    names = ", ".join(f"'{name}'" for name in left)
    fields = f"canonical field {names} is" if len(left) == 1 else f"canonical fields {names} are"
    what = f"{fields} never {'sent' if side == 'send' else 'filled'}"
    checking.say("E240", mark, f"{title}: {what}; map it or list it under ignore with a reason")


def _left(kind: StructType, told: list[Way], mapped: list[Way], side: str) -> Iterator[str]:
    for name, field in kind.fields.items():
        if name in _EXCUSED[side] or field.context:
            continue
        if not any(way[:1] == (name,) for way in told):
            yield name
        else:
            yield from _left_inside((name,), field, told, mapped)


def _left_inside(way: Way, field: Field, told: list[Way], mapped: list[Way]) -> Iterator[str]:
    """Required fields of an object that is mapped in pieces only."""
    if not isinstance(field.type, StructType) or any(way[: len(each)] == each for each in told):
        return
    if not any(each[: len(way)] == way for each in mapped):
        return
    for name, inner in field.type.fields.items():
        deeper = (*way, name)
        if any(each[: len(deeper)] == deeper for each in told):
            yield from _left_inside(deeper, inner, told, mapped)
        elif inner.required:
            yield ".".join(deeper)


def _used(uses: set[str]) -> list[Way]:
    ways = (tuple(use.split(".")[1:]) for use in uses if use.startswith("req."))
    return [way for way in ways if way]


def _mapped(message: Message, base: Way) -> Iterator[Way]:
    for row in message.rows:
        yield from _row(row, base)
    for case in message.cases:
        yield from _case(case, base)
    for path, _ in message.read:
        yield _below(base, path)


def _rooted(checking: Checking, messages: tuple[Message, ...]) -> Iterator[Way]:
    """What shapes map of the whole request or result (`/beneficiaries` in the shape of an insured), each once."""
    met: set[str] = set()
    left = [(message, False) for message in messages]
    while left:
        message, is_shape = left.pop()
        for row in message.rows:
            if is_shape and row.canonical.anchor == "/":
                yield from _row(row, ())
            if row.body is not None:
                left.append((row.body, is_shape))
            name = "" if row.shape is None else row.shape.value
            if name in checking.shapes and name not in met:
                met.add(name)
                left.append((checking.shapes[name], True))


def _row(row: Row, base: Way) -> Iterator[Way]:
    here = _below(base, row.canonical)
    if row.shape is not None or row.list_to is not None or (row.to is not None and row.body is None and not row.cases):
        yield here
    if row.body is not None:
        yield from _mapped(row.body, here)
    for case in row.cases:
        yield from _case(case, here)


def _case(case: Case, base: Way) -> Iterator[Way]:
    for path, _ in case.matches:
        yield _below(base, path)
    if case.body is not None:
        yield from _mapped(case.body, base)
    if case.shape is not None or case.list_to is not None:
        yield base


def _below(base: Way, path: Path) -> Way:
    if path.anchor == "/":
        return _way(path)
    return (*base[: len(base) - len(path.anchor)], *_way(path))


def _way(path: Path) -> Way:
    return tuple(segment.name for segment in path.segments)
