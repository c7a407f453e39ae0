"""What a YAML file says, as a small frozen tree: every scalar is the text as typed, every node knows its place."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.catalogue.marks import Mark


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A value as typed; `quoted` tells `"01"` from `01`. A key without value, or `~`, is null."""

    text: str
    quoted: bool
    mark: Mark
    block: bool = False

    @property
    def is_null(self) -> bool:
        """True for a key without a value and for `~`; the word `null` is text like any other."""
        return not self.quoted and self.text in ("", "~")

    @property
    def text_mark(self) -> Mark:
        """The place of the text's first character: behind the quote of a quoted value."""
        if self.block:
            return Mark(self.mark.file, self.mark.line + 1, self.mark.column)
        return self.mark.shifted(1) if self.quoted else self.mark


@dataclass(frozen=True, slots=True)
class KeyNode:
    """A key of a map, as typed."""

    text: str
    quoted: bool
    mark: Mark

    @property
    def text_mark(self) -> Mark:
        """The place of the key's first character: behind the quote of a quoted key."""
        return self.mark.shifted(1) if self.quoted else self.mark


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list, in order."""

    items: tuple["Node", ...]
    mark: Mark

    def __iter__(self) -> Iterator["Node"]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class MapNode:
    """A map in line order; keys are unique, the reader has refused a second one."""

    entries: tuple[tuple[KeyNode, "Node"], ...]
    mark: Mark

    def __iter__(self) -> Iterator[tuple[KeyNode, "Node"]]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, key: str) -> bool:
        return any(name.text == key for name, _ in self.entries)

    def get(self, key: str) -> "Node | None":
        """The value under `key`, or None when there is no such key."""
        return next((node for name, node in self.entries if name.text == key), None)

    def mark_of(self, key: str) -> Mark:
        """The place of `key`, or of the map itself when there is no such key."""
        return next((name.mark for name, _ in self.entries if name.text == key), self.mark)


Node = MapNode | ListNode | ScalarNode


def kind_of(node: Node) -> str:
    """The node's kind as a message names it."""
    match node:
        case MapNode():
            return "a map"
        case ListNode():
            return "a list"
        case _:
            return "nothing" if node.is_null else "a text"
