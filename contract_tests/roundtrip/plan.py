"""What of an object a shape carries, as a tree of canonical names; rows marked lossy are carried and not compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from cli.mapping.tree import Case, Codec, Message, Path, Pattern, Row

MANY = 3


@dataclass(slots=True)
class Leaf:
    """One single value: how it is written, and whether it must come back."""

    codec: Codec | None = None
    bytes_max: int | None = None
    choices: tuple[str, ...] = ()
    compared: bool = True
    is_rounded: bool = False
    has_own_currency: bool = True
    is_absent: bool = False


@dataclass(slots=True)
class Branch:
    """An object, or a list of at most `items`: what is carried inside it, and the cases of which one holds."""

    inside: dict[str, "Leaf | Branch"] = field(default_factory=dict)
    alternatives: "list[list[Branch]]" = field(default_factory=list)
    items: int = 0
    compared: bool = True

    def at(self, name: str, items: int = 0) -> "Branch":
        """The branch of a name, made where there is none."""
        found = self.inside.get(name)
        if not isinstance(found, Branch):
            found = self.inside[name] = Branch()
        found.items = max(found.items, items)
        return found


def carried(message: Message, shapes: Mapping[str, Message]) -> Branch:
    """The tree of a shape whose `extends` are resolved."""
    root = Branch()
    _message(root, message, shapes, compared=True)
    return root


def _message(branch: Branch, message: Message, shapes: Mapping[str, Message], *, compared: bool) -> None:
    for row in message.rows:
        _row(branch, row, shapes, compared=compared)
    if message.cases:
        branch.alternatives.append([_case(case, message.cases, shapes) for case in message.cases])


def _row(branch: Branch, row: Row, shapes: Mapping[str, Message], *, compared: bool) -> None:
    target = _target(branch, row.canonical)
    if target is None:
        return
    at, name = target
    told = compared and row.lossy is None and row.when is None
    inner = shapes.get(row.shape.value) if row.shape is not None else row.body
    if row.list_to is not None:
        listed = at.at(name, 1 if _is_single(row.codec) else MANY)
        listed.compared = listed.compared and told
        _item(listed, inner, shapes, told=told)
    elif row.cases:
        _cases(at, name, row, shapes)
    elif inner is not None:
        _message(at if name == "." else at.at(name), inner, shapes, compared=told)
    elif name != ".":
        _leaf(at, name, row, told=told)


def _item(listed: Branch, inner: Message | None, shapes: Mapping[str, Message], *, told: bool) -> None:
    if inner is not None:
        _message(listed, inner, shapes, compared=told)
    else:
        listed.inside["."] = Leaf(codec=None, compared=told)


def _leaf(at: Branch, name: str, row: Row, *, told: bool) -> None:
    if isinstance(at.inside.get(name), Leaf):
        # Several rows write one value; the first that yields one is read.
        return
    shared = row.currency is not None and row.currency.value[:1] in ("/", "^")
    at.inside[name] = Leaf(
        row.codec, row.max_bytes, compared=told, is_rounded=row.rounding is not None, has_own_currency=not shared
    )


def _cases(at: Branch, name: str, row: Row, shapes: Mapping[str, Message]) -> None:
    found = []
    for case in row.cases:
        branch = Branch()
        inner = branch if name == "." else branch.at(name)
        _fill(inner, branch, name, case, shapes, told=_is_sure(case, row.cases))
        found.append(branch)
    at.alternatives.append(found)


def _case(case: Case, cases: Iterable[Case], shapes: Mapping[str, Message]) -> Branch:
    branch = Branch()
    _fill(branch, branch, ".", case, shapes, told=_is_sure(case, cases))
    return branch


def _is_sure(case: Case, cases: Iterable[Case]) -> bool:
    """Whether the case loses nothing, and no lossy one takes its values where its `when` does not hold."""
    return case.lossy is None and (case.when is None or all(each.lossy is None for each in cases))


def _fill(
    inner: Branch, around: Branch, name: str, case: Case, shapes: Mapping[str, Message], *, told: bool
) -> None:  # fmt: skip
    for path, pattern in case.matches:
        if path.text == ".":
            around.inside[name] = _matched(case, pattern, told=told)
        elif (target := _target(inner, path)) is not None:
            target[0].inside[target[1]] = _matched(case, pattern, told=told)
    body = shapes.get(case.shape.value) if case.shape is not None else case.body
    if body is not None and isinstance(inner, Branch):
        _message(inner, body, shapes, compared=told)


def _matched(case: Case, pattern: Pattern, *, told: bool) -> Leaf:
    choices = tuple(text.value for text in pattern.texts)
    codec = next(
        (wire.codec for _, wire in case.wire if wire.capture is not None and wire.capture == pattern.capture), None
    )
    # Of several canonical values under one case the wire tells one.
    single = told and len(choices) < 2 and pattern.kind != "present"
    return Leaf(codec, choices=choices, compared=single, is_absent=pattern.kind == "absent")


def _target(branch: Branch, path: Path) -> tuple[Branch, str] | None:
    """The branch a path leads to and its last name; None for what stands outside of the object, or is chosen."""
    if path.text == ".":
        return branch, "."
    if path.anchor or any(segment.selectors for segment in path.segments):
        return None
    names = [segment.name for segment in path.segments]
    for name, following in pairwise(names):
        if not name.isdigit():
            branch = branch.at(name, int(following.isdigit()))
    return branch, "." if names[-1].isdigit() else names[-1]


def _is_single(codec: Codec | None) -> bool:
    return codec is not None and codec.name in ("one", "first")
