"""What a migration is made of: rules over a document, each able to say whether it is needed and whether it worked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

Document = Any


@dataclass(frozen=True, slots=True)
class Codemod:
    """One rule: `migrate` rewrites a document in place, `verify` says what is left over."""

    name: str
    should_migrate: Callable[[Document], bool]
    migrate: Callable[[Document], None]
    verify: Callable[[Document], str | None]


@dataclass(frozen=True, slots=True)
class Migration:
    """The rules that lead from one format to the next, in their order."""

    before: str
    after: str
    codemods: tuple[Codemod, ...]


def maps(node: Document) -> Iterator[CommentedMap]:
    """Every map of a document, the outer before the inner."""
    if isinstance(node, CommentedMap):
        yield node
        for value in list(node.values()):
            yield from maps(value)
    elif isinstance(node, CommentedSeq):
        for item in list(node):
            yield from maps(item)


def renamed(node: CommentedMap, old: str, new: str) -> None:
    """Give a key another name in its place; its comments stay with it. Raises KeyError where there is one already."""
    if new in node:
        raise KeyError(new)
    at = list(node).index(old)
    comment = node.ca.items.pop(old, None)
    value = node.pop(old)
    node.insert(at, new, value)
    if comment is not None:
        node.ca.items[new] = comment


def renaming(old: str, new: str, inside: Callable[[Document], Iterator[CommentedMap]]) -> Codemod:
    """The rule that a word has another name in some maps."""

    def found(document: Document) -> list[CommentedMap]:
        return [node for node in inside(document) if old in node]

    def migrate(document: Document) -> None:
        for node in found(document):
            renamed(node, old, new)

    def verify(document: Document) -> str | None:
        return f"'{old}' is still there" if found(document) else None

    return Codemod(f"'{old}' is '{new}'", lambda document: bool(found(document)), migrate, verify)
