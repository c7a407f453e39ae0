"""The wire message while it is being read: which element a path means, held in a variable once it is needed."""

from __future__ import annotations

from dataclasses import dataclass, field

from cli.codegen.plan.code import Line
from cli.codegen.plan.elements import key_text, wire_names
from cli.codegen.plan.environment import Environment
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.names import snake
from cli.mapping.paths import is_numbered
from cli.mapping.tree import Path, Segment, Selector


@dataclass(slots=True)
class Node:
    """One element, in the local variable `var`; a missing one is an empty dict there."""

    var: str
    parent: Node | None = None
    children: dict[str, Node] = field(default_factory=dict)


class Wires:
    """The elements one function reads; `forgiving` ones never raise (the problem is noted, the rest is read)."""

    def __init__(self, env: Environment, frame: Frame, root: Node, *, is_message: bool = False) -> None:
        """`root` is the element the function is given."""
        self._env, self._frame = env, frame
        self.root, self.is_message = root, is_message
        self._outside: dict[str, Node] = {}

    def value(self, path: Path, base: Node) -> str:
        """The wire value of a leaf, None where it is missing (blank counts as missing unless the carrier says no)."""
        helper = self._env.use("value_in" if self._env.carrier.blank_is_missing else "leaf")
        return f"{helper}({self.raw(path, base)})"

    def raw(self, path: Path, base: Node) -> str:
        """What stands at a path, as it is."""
        start = self._anchored(path, base)
        if path.attribute is not None:
            return self._attribute(path, start, base)
        if not path.segments:
            return start.var
        last = path.segments[-1]
        if _position(path.segments[-2:]) is not None:
            # A list of plain values: its elements are no objects to be held.
            listing = path.segments[-2].name
            owner = self._walk(path, path.segments[:-2], start, base)
            self._count(listing)
            return f"{self._env.use('dig_exact')}({owner.var}, {self.key(listing)}, {int(last.name)})"
        owner = self._walk(path, path.segments[:-1], start, base)
        if last.selectors:
            return self._chosen_text(owner, last, base, path)
        if last.name.isdigit():
            return f"{self._env.use('dig_exact')}({owner.var}, {int(last.name)})"
        self._count(last.name)
        return f"{owner.var}.get({self.key(last.name)})"

    def _attribute(self, path: Path, start: Node, base: Node) -> str:
        """An attribute, None where its element has none: it is then a plain text, and no less an element."""
        attribute = self.local(f"@{path.attribute}")
        last = path.segments[-1] if path.segments else None
        if last is not None and not last.selectors and not last.name.isdigit():
            owner = self._walk(path, path.segments[:-1], start, base)
            if last.name not in owner.children:
                self._count(last.name)
                return f"{self._env.use('dig_exact')}({owner.var}, {self._name(last.name)}, {attribute!r})"
        return f"{self._walk(path, path.segments, start, base).var}.get({attribute!r})"

    def node(self, path: Path, base: Node) -> Node:
        """The element a path leads to, in a variable."""
        return self._walk(path, path.segments, self._anchored(path, base), base)

    def owner(self, path: Path, base: Node) -> Node:
        """The element in which the last name of a path stands."""
        return self._walk(path, path.segments[:-1], self._anchored(path, base), base)

    def child(self, path: Path, base: Node) -> str:
        """The object at a path, or None."""
        owner = self.owner(path, base)
        last = path.segments[-1]
        if last.selectors:
            return self._chosen_text(owner, last, base, path)
        self._count(last.name)
        return f"{self._env.use('child')}({owner.var}, {self._name(last.name)})"

    def items(self, path: Path, base: Node) -> str:
        """The elements of a repeated element."""
        owner = self.owner(path, base)
        last = path.segments[-1]
        self._count(last.name)
        each = f"{self._env.use('each')}({owner.var}.get({self.key(last.name)}))"
        if not last.selectors:
            return each
        tests = ", ".join(self._selector(selector, base, path) for selector in last.selectors)
        return f"{self._env.use('selected')}({each}, {tests})"

    def local(self, name: str) -> str:
        """A name as the decoded message has it: prefixes of XML are written, and ignored when reading."""
        return name if self._env.json else _local(name)

    def key(self, name: str) -> str:
        """A name as the key of a dict, in source; one that holds the number of the item counts as its use."""
        self._count(name)
        return key_text(self.local(name))

    def _name(self, name: str) -> str:
        return name if name.isdigit() else key_text(self.local(name))

    def _count(self, name: str) -> None:
        if is_numbered(name) and "n" not in self._frame.counted:
            self._frame.uses.add("n")

    def _anchored(self, path: Path, base: Node) -> Node:
        if path.anchor == "/":
            return self.top()
        node = base
        for _ in path.anchor:
            node = node.parent if node.parent is not None else self._from_outside("above", path)
        return node

    def top(self) -> Node:
        """The whole message."""
        if self.is_message:
            return self.root
        self._frame.uses.add("wire")
        return self._outside.setdefault("wire", Node("wire"))

    def _from_outside(self, name: str, path: Path) -> Node:
        if self.is_message or (name in self._outside and len(path.anchor) > 1):
            raise Refused("E235", path.mark, f"'{path.text}' reaches above the message")
        self._frame.uses.add(name)
        return self._outside.setdefault(name, Node(name))

    def _walk(self, path: Path, segments: tuple[Segment, ...], start: Node, base: Node) -> Node:
        node, index = start, 0
        while index < len(segments):
            segment = segments[index]
            position = _position(segments[index : index + 2])
            index += 1 if position is None else 2
            key = segment.name + "".join(f"({s.key}={s.value})" for s in segment.selectors)
            known = node.children.get(key if position is None else f"{key}.{position}")
            if known is None:
                known = Node(self._frame.locals.new(snake(segment.name)), node)
                node.children[key if position is None else f"{key}.{position}"] = known
                self._count(segment.name)
                held = self._held(node, known, segment, base, path) if position is None else ""
                line = held or self._numbered(node, known, segment, position or 0)
                self._frame.say(Line(line, self._frame.tag(path.mark)))
            node = known
        return node

    def _numbered(self, node: Node, made: Node, segment: Segment, position: int) -> str:
        """One of several by its number, whether the carrier sends a list or an object with the keys 0, 1, 2."""
        listed = f"{node.var}.get({self._name(segment.name)})"
        if self._frame.forgiving:
            return f"{made.var} = {self._env.use('element_in')}({listed}, {position}, problems)"
        return f"{made.var}: {self._env.use('Wire')} = {self._env.use('child')}({listed}, {position}) or {{}}"

    def _held(self, node: Node, made: Node, segment: Segment, base: Node, path: Path) -> str:
        wire = self._env.use("Wire")
        if segment.selectors and self._frame.forgiving and not any(s.value[:1] == "." for s in segment.selectors):
            tests = ", ".join(self._selector(selector, base, path) for selector in segment.selectors)
            return (
                f"{made.var} = {self._env.use('chosen_in')}({node.var}, {self._name(segment.name)}, problems, {tests})"
            )
        if segment.selectors:
            return f"{made.var}: {wire} = {self._chosen_text(node, segment, base, path)} or {{}}"
        if self._frame.forgiving:
            # A reply is read as far as it goes: an element of another shape is a problem, not the end.
            return f"{made.var} = {self._env.use('element_in')}({node.var}, {self._name(segment.name)}, problems)"
        return f"{made.var}: {wire} = {self._env.use('child')}({node.var}, {self._name(segment.name)}) or {{}}"

    def _chosen_text(self, owner: Node, segment: Segment, base: Node, path: Path) -> str:
        if any(selector.value[:1] == "." for selector in segment.selectors):
            return self._by_sibling(owner, segment, path)
        tests = ", ".join(self._selector(selector, base, path) for selector in segment.selectors)
        return f"{self._env.use('find')}({owner.var}, {self._name(segment.name)}, {tests})"

    def _by_sibling(self, owner: Node, segment: Segment, path: Path) -> str:
        """An element chosen by comparing two of its own fields, as in `Risk(RiskCode=.MainRiskCode)`."""
        dig, each = self._env.use("dig"), self._env.use("each")
        tests = []
        for selector in segment.selectors:
            if selector.value[:1] != ".":
                raise Refused("E233", path.mark, f"'{path.text}': compare with fields of the element only")
            left = ", ".join(repr(name) for name in wire_names(selector.key))
            right = ", ".join(repr(name) for name in wire_names(selector.value[1:]))
            tests.append(f"{dig}(one, {left}) == {dig}(one, {right})")
        source = f"{each}({owner.var}.get({self.local(segment.name)!r}))"
        return f"next((one for one in {source} if {' and '.join(tests)}), None)"

    def _selector(self, selector: Selector, base: Node, path: Path) -> str:
        wanted = repr(selector.value)
        if selector.value[:1] in ("^", "/"):
            holder = base.var if selector.value[0] == "^" else self.top().var
            names = ", ".join(repr(name) for name in wire_names(selector.value[1:]))
            wanted = f"str({self._env.use('dig')}({holder}, {names}))"
        elif selector.value[:1] == ".":
            raise Refused("E233", path.mark, f"'{path.text}': a list cannot be filtered by its own fields")
        return f"({wire_names(selector.key)!r}, {wanted})"


def _position(segments: tuple[Segment, ...]) -> int | None:
    """The number behind a name, as in `quotes.0`; None where no number follows."""
    plain = len(segments) == 2 and not segments[0].selectors and not segments[0].name.isdigit()
    return int(segments[1].name) if plain and segments[1].name.isdigit() else None


def _local(name: str) -> str:
    """A name without its prefix, an attribute's too: prefixes are written, and ignored when reading."""
    return ("@" if name.startswith("@") else "") + name.removeprefix("@").rpartition(":")[2]
