"""The rows of a request or reply in two versions: which came, went, or say something else now."""

from collections.abc import Iterator, Mapping

from cli.diff.change import Breaks, Change, what_of
from cli.mapping.flat import Leaf, flatten
from cli.mapping.tree import Message

Key = tuple[str, str, str, str]
Side = tuple[Message, Mapping[str, Message]]


def row_changes(area: str, old: Side, new: Side, *, sent: bool) -> Iterator[Change]:
    """The differences between two messages, each with the shapes of its version."""
    before, after = _keyed(flatten(*old), sent=sent), _keyed(flatten(*new), sent=sent)
    gone = [leaf for key, leaf in before.items() if key not in after]
    come = [leaf for key, leaf in after.items() if key not in before]
    for key, leaf in after.items():
        if key in before and _said(before[key]) != _said(leaf):
            yield _change(area, before[key], leaf, sent=sent)
    for leaf in gone:
        moved = next((other for other in come if _same_end(leaf, other)), None)
        if moved is not None:
            come.remove(moved)
        yield _change(area, leaf, moved, sent=sent)
    for leaf in come:
        yield _change(area, None, leaf, sent=sent)


def _keyed(leaves: tuple[Leaf, ...], *, sent: bool) -> dict[Key, Leaf]:
    """The leaves by what they connect; places of their own, and what only the other direction uses, are left out."""
    found: dict[Key, Leaf] = {}
    for leaf in leaves:
        if leaf.kind in ("ignored", "object") or (leaf.kind == "place" and not leaf.case):
            continue
        if not sent and leaf.kind in ("constant", "expression", "blank") and not leaf.case:
            continue
        found.setdefault((leaf.kind, leaf.canonical, leaf.wire, leaf.case), leaf)
    return found


def _same_end(leaf: Leaf, other: Leaf) -> bool:
    """Whether one row became the other: the same canonical field, or the same wire field."""
    same = leaf.canonical == other.canonical if leaf.canonical else leaf.wire == other.wire
    return same and leaf.case == other.case


def _said(leaf: Leaf) -> str:
    lossy = (f"lossy: {leaf.lossy}",) if leaf.lossy else ()
    notes = tuple(note for note in leaf.notes if not note.startswith("draft:"))
    return "  ".join(part for part in (leaf.codec, leaf.value, *notes, *lossy) if part)


def _full(leaf: Leaf) -> str:
    ends = " <-> ".join(part for part in (leaf.canonical, leaf.wire) if part)
    case = f"  case {leaf.case}" if leaf.case else ""
    return f"{ends}{case}  {_said(leaf)}".strip()


def _change(area: str, old: Leaf | None, new: Leaf | None, *, sent: bool) -> Change:
    leaf = new or old
    assert leaf is not None
    name = leaf.canonical or leaf.wire
    what = what_of(was=old, now=new)
    breaks = _judged(old, new, sent=sent)
    before, after = "" if old is None else _full(old), "" if new is None else _full(new)
    return Change(area, name, what, breaks, before, after, str(leaf.mark))


def _judged(old: Leaf | None, new: Leaf | None, *, sent: bool) -> Breaks:
    if not sent:
        # A result that holds more is one every caller can still read.
        return "nobody" if old is None else "caller"
    if old is not None and new is not None and _wire_said(old) == _wire_said(new):
        # What is sent is the same; what may be sent can have become narrower: such a request is refused now.
        return "caller" if _is_narrower(old, new) else "nobody"
    return "carrier"


_LIMITS = ("missing: error", "max_bytes:")


def _wire_said(leaf: Leaf) -> tuple[str, ...]:
    notes = tuple(note for note in leaf.notes if not note.startswith((*_LIMITS, "draft:")))
    return (leaf.canonical, leaf.wire, leaf.codec, leaf.value, *notes)


def _is_narrower(old: Leaf, new: Leaf) -> bool:
    limits = [{note for note in leaf.notes if note.startswith(_LIMITS)} for leaf in (old, new)]
    return bool(limits[1] - limits[0])
