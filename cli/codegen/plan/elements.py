"""The wire message while it is being written: which elements exist, in which local variable, and where they stand.

An element is a dict under construction. It is made where the mapping names it first, so that a dict's own order is the
order on the wire; one that may stay empty is taken out again at the end.
"""

import re
from dataclasses import dataclass, field

from cli.codegen.plan.code import Line, Statement, arms
from cli.codegen.plan.frame import Frame, Refused
from cli.mapping.paths import is_numbered, parse_path
from cli.mapping.tree import Path, Segment, Selector
from gateway.catalogue.marks import Mark


@dataclass(slots=True)
class Element:
    """A dict of the message being built, held by the local variable `var`.

    `certain` says that something is written into it whatever the request holds. `lists` are the repeated elements of
    this one that have a variable, `parent` and `key` where it hangs.
    """

    var: str
    parent: "Element | None" = None
    key: str = ""
    certain: bool = False
    constants: str = ""
    children: dict[str, "Element"] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    leaves: set[str] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    shaped: set[str] = field(default_factory=set)
    is_foreign: bool = False
    placed: set[str] = field(default_factory=set)
    in_list: str | None = None


@dataclass(slots=True)
class Place:
    """Where one value is written: `element[key]`, or a position of the list that `element` then stands for."""

    element: Element
    key: str
    position: int | None = None

    @property
    def text(self) -> str:
        """The target of an assignment."""
        if self.position is not None:
            return f"{self.element.var}[{self.position}]"
        return f"{self.element.var}[{key_text(self.key)}]"


class Elements:
    """The elements of one function's message; `is_message` tells the whole message from a part of one."""

    def __init__(
        self,
        frame: Frame,
        root: Element,
        *,
        is_message: bool = False,
        shared: frozenset[str] = frozenset(),
        filled: frozenset[str] = frozenset(),
    ) -> None:
        """`shared` are the wire paths of repeated elements that several rows write, `filled` those layers write."""
        self._frame = frame
        self.root = root
        self.is_message = is_message
        self.shared = shared
        self.filled = filled
        self._made: list[Element] = [root]
        self._held: list[Place] = []
        self._outside: dict[str, Element] = {}
        self._free: dict[str, int] = {}

    def place(self, path: Path, base: Element) -> Place:
        """The place of a leaf; elements on the way are made now."""
        start = self._anchored(path, base)
        if path.attribute is not None:
            return Place(self._walk(path, path.segments, start, base), f"@{path.attribute}")
        if not path.segments:
            raise Refused("E230", path.mark, f"'{path.text}' names an element, a value needs a field of its own")
        last = path.segments[-1]
        if last.name.isdigit() and len(path.segments) > 1 and not path.segments[-2].selectors:
            return self._in_list(self._walk(path, path.segments[:-2], start, base), path.segments[-2].name, path)
        owner = self._walk(path, path.segments[:-1], start, base)
        if last.selectors and all(selector.key[:1] == "@" for selector in last.selectors):
            # Chosen by its attributes alone, an element still has a text of its own.
            return Place(self._walk(path, path.segments, start, base), "#text")
        if last.selectors:
            message = f"'{path.text}': a value cannot be written to an element chosen by its fields"
            hint = f"name the field it stands in: {path.text}.value; only an element chosen by @attributes has a text"
            raise Refused("E231", path.mark, message, hint)
        if last.name in owner.children:
            return Place(owner.children[last.name], "#text")
        owner.leaves.add(last.name)
        self._count(last.name)
        return Place(owner, last.name)

    def _count(self, name: str) -> None:
        if is_numbered(name) and "n" not in self._frame.counted:
            self._frame.uses.add("n")

    def _in_list(self, owner: Element, name: str, path: Path) -> Place:
        """A position in a list of plain values, kept free until something is written there."""
        position, holder = int(path.segments[-1].name), self.list_of(owner, name)
        free = self._free.setdefault(holder, 0)
        if position > free:
            raise Refused("E232", path.mark, f"'{path.text}': position {free} has to be written first")
        if position == free:
            self._free[holder] += 1
            self._frame.say(Line(f"{holder}.append(None)"))
        return Place(Element(holder, owner, name), str(position), position)

    def element(self, path: Path, base: Element) -> Element:
        """The element a path leads to, made when it is not there yet."""
        return self._walk(path, path.segments, self._anchored(path, base), base)

    def added(self, path: Path, base: Element) -> str | None:
        """The source that finds or adds a chosen element at run time; None where the element has a variable."""
        last = path.segments[-1] if path.segments else None
        if last is None or not any(selector.value[:1] in ("^", "/") for selector in last.selectors):
            return None
        owner = self.owner(path, base)
        selectors = ", ".join(self._selector(selector, base) for selector in last.selectors)
        self._frame.module.imports.add("gateway.wire", "find_or_add")
        return f"find_or_add({owner.var}, {key_text(last.name)}, {selectors})"

    def owner(self, path: Path, base: Element) -> Element:
        """The element in which the last name of a path stands."""
        return self._walk(path, path.segments[:-1], self._anchored(path, base), base)

    def _anchored(self, path: Path, base: Element) -> Element:
        if path.anchor == "/":
            return self.top()
        element = base
        for _ in path.anchor:
            element = element.parent if element.parent is not None else self.outside("above", path)
        return element

    def top(self) -> Element:
        """The whole message."""
        return self.root if self.is_message else self.outside("wire", None)

    def outside(self, name: str, path: Path | None) -> Element:
        """An element another function is building, handed to this one as a parameter."""
        if path is not None and (self.is_message or (len(path.anchor) > 1 and "above" in self._outside)):
            raise Refused("E235", path.mark, f"'{path.text}' reaches above the message")
        self._frame.uses.add(name)
        return self._outside.setdefault(name, Element(name, certain=True))

    def _walk(self, path: Path, segments: tuple[Segment, ...], start: Element, base: Element) -> Element:
        element, index = start, 0
        while index < len(segments):
            segment = segments[index]
            following = segments[index + 1].name if index + 1 < len(segments) else ""
            if following.isdigit() and not segment.selectors:
                element = self._numbered(element, segment.name, int(following), path)
                index += 2
                continue
            element = (
                self._chosen(element, segment, path, base) if segment.selectors else self.child(element, segment.name)
            )
            index += 1
        return element

    def child(self, element: Element, name: str) -> Element:
        """The element of that name inside another one."""
        if (known := element.children.get(name)) is not None:
            return known
        var = self._frame.locals.new(name)
        self._count(name)
        is_foreign = name in element.foreign or element.is_foreign
        made = Element(var, element, name, is_foreign=is_foreign)
        element.children[name] = made
        self._made.append(made)
        if name in element.leaves or is_foreign or (element.parent is None and element is not self.root):
            # Something stands there already: a text that becomes `#text`, or what a shape has written.
            self._frame.module.imports.add("gateway.wire", "nest")
            self._frame.say(Line(f"{var} = nest({element.var}, {key_text(name)})"))
        else:
            self._frame.say(Line(f"{var}: Wire = {{}}"), Line(f"{element.var}[{key_text(name)}] = {var}"))
        return made

    def list_of(self, element: Element, name: str) -> str:
        """The variable that holds the repeated element of that name."""
        if (known := element.lists.get(name)) is not None:
            return known
        var = self._frame.locals.new(f"{name}_list")
        self._count(name)
        if name in element.foreign or element.is_foreign:
            self._frame.say(Line(f"{var}: list[Any] = {element.var}.setdefault({key_text(name)}, [])"))
        else:
            self._frame.say(Line(f"{var}: list[Any] = []"), Line(f"{element.var}[{key_text(name)}] = {var}"))
        self._frame.module.imports.add("typing", "Any")
        element.lists[name] = var
        return var

    def _numbered(self, element: Element, name: str, position: int, path: Path) -> Element:
        key = f"{name}.{position}"
        if (known := element.children.get(key)) is not None:
            return known
        if position and f"{name}.{position - 1}" not in element.children:
            raise Refused("E232", path.mark, f"'{path.text}': position {position - 1} has to be written first")
        holder = self.list_of(element, name)
        var = self._frame.locals.new(f"{name}_{position}")
        made = element.children[key] = Element(var, element, key, in_list=holder)
        self._made.append(made)
        self._frame.say(Line(f"{var}: Wire = {{}}"), Line(f"{holder}.append({var})"))
        return made

    def _chosen(self, element: Element, segment: Segment, path: Path, base: Element) -> Element:
        key = segment.name + "".join(f"({s.key}={s.value})" for s in segment.selectors)
        if (known := element.children.get(key)) is not None:
            return known
        if any(selector.value[:1] == "." for selector in segment.selectors):
            message = f"'{path.text}': an element chosen by its own fields can be read, not written"
            raise Refused("E233", path.mark, message)
        if self.is_message and not any(selector.value[:1] in ("^", "/") for selector in segment.selectors):
            return self._chosen_here(element, segment, key)
        var = self._frame.locals.new(segment.name)
        made = element.children[key] = Element(var, element, key, certain=True)
        selectors = ", ".join(self._selector(selector, base) for selector in segment.selectors)
        self._frame.module.imports.add("gateway.wire", "find_or_add")
        tag = self._frame.tag(path.mark)
        self._frame.say(Line(f"{var} = find_or_add({element.var}, {key_text(segment.name)}, {selectors})", tag))
        return made

    def _chosen_here(self, element: Element, segment: Segment, key: str) -> Element:
        holder = self.list_of(element, segment.name)
        var = self._frame.locals.new(f"{segment.name}_{segment.selectors[0].value}")
        made = element.children[key] = Element(var, element, key, constants=selected(segment.selectors), in_list=holder)
        self._made.append(made)
        self._frame.say(Line(f"{var}: Wire = {made.constants}"), Line(f"{holder}.append({var})"))
        return made

    def _selector(self, selector: Selector, base: Element) -> str:
        value = repr(selector.value)
        if selector.value[:1] in ("^", "/"):
            holder = base.var if selector.value[0] == "^" else self.top().var
            names = ", ".join(repr(name) for name in wire_names(selector.value[1:]))
            self._frame.module.imports.add("gateway.wire", "dig")
            value = f"dig({holder}, {names})"
        return f"({wire_names(selector.key)!r}, {value})"

    def hold(self, place: Place) -> None:
        """Remember a place that was only kept: should nothing be written there, it is taken out at the end."""
        if place.key not in place.element.placed:
            place.element.placed.add(place.key)
            self._held.append(place)

    def mark_certain(self, element: Element) -> None:
        """Something is written into the element whatever the request holds."""
        known: Element | None = element
        while known is not None:
            known.certain, known = True, known.parent

    def pruned(self) -> list[Statement]:
        """The statements that take out what stayed empty, innermost first."""
        kept: list[Statement] = [
            arms((f"{place.text} is None", [Line(f"del {place.text}")], ""))
            for place in self._held
            if place.key not in place.element.children
        ]
        if self._free:
            self._frame.module.imports.add("gateway.wire", "end_of")
        kept += [Line(f"end_of({holder})") for holder in self._free]
        return kept + [statement for element in reversed(self._made) for statement in self._prune(element)]

    def _prune(self, element: Element) -> list[Statement]:
        statements: list[Statement] = [
            arms((f"not {var}", [Line(f"del {element.var}[{key_text(name)}]")], ""))
            for name, var in element.lists.items()
        ]
        if element.certain or element.parent is None:
            return statements
        if element.in_list is not None and not element.constants:
            # Positions count from the front: only what is empty at the end may go.
            return [*statements, arms((f"{element.in_list}[-1:] == [{{}}]", [Line(f"{element.in_list}.pop()")], ""))]
        if element.in_list is not None:
            test = f"{element.var} == {element.constants}"
            return [*statements, arms((test, [Line(f"{element.in_list}.remove({element.var})")], ""))]
        return [
            *statements,
            arms((f"not {element.var}", [Line(f"del {element.parent.var}[{key_text(element.key)}]")], "")),
        ]


def selected(selectors: tuple[Selector, ...]) -> str:
    """A new element with what its selectors demand, as a dict display."""
    tree: dict[str, object] = {}
    for selector in selectors:
        node = tree
        *way, last = wire_names(selector.key)
        for name in way:
            node = node.setdefault(name, {})  # type: ignore[assignment]
        node[last] = selector.value
    return repr(tree)


def wire_names(text: str) -> tuple[str, ...]:
    """The names of a path inside a selector, its attribute last."""
    if "\\" in text:
        path = parse_path(text, Mark("", 1))
        names = tuple(segment.name for segment in path.segments)
        return names if path.attribute is None else (*names, f"@{path.attribute}")
    way, at, attribute = text.partition("@")
    names = tuple(name for name in way.split(".") if name)
    return (*names, f"@{attribute}") if at else names


_NUMBER = re.compile(r"\{n0?\}")


def key_text(name: str) -> str:
    """A wire name as the key of a dict; `{n}` in it is the number of the item."""
    if not _NUMBER.search(name):
        return repr(name)
    braced = name.replace("{", "{{").replace("}", "}}").replace("{{n}}", "{n}").replace("{{n0}}", "{n - 1}")
    return "f" + repr(braced)


def has_number(path: Path) -> bool:
    """Whether the last name of a list's path is numbered (`Bnf{n}`)."""
    return bool(path.segments) and is_numbered(path.segments[-1].name)


def list_target(elements: Elements, path: Path, base: Element) -> tuple[Element, str, bool]:
    """The element a repeated element hangs in, its name, and whether other rows write it too."""
    owner = elements.owner(path, base)
    name = path.segments[-1].name
    way, element = [name], owner
    while element.parent is not None:
        way.append(element.key)
        element = element.parent
    shared = ".".join(reversed(way)) in elements.shared or name in owner.lists
    return owner, name, shared
