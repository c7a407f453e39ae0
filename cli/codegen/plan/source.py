"""The canonical side while sending: how a path becomes an expression, and what must hold before it can be read."""

from dataclasses import dataclass, field, replace

from cli.codegen.plan.code import Line
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.types import Type, constant_of, struct_fields
from cli.mapping.tree import Path, Segment, Selector


@dataclass(frozen=True, slots=True)
class Value:
    """A canonical value as Python: `text` may be read when every guard holds, and is None then if `type.nullable`."""

    text: str
    type: Type
    guards: tuple[str, ...] = ()
    name: str = "value"

    @property
    def always(self) -> bool:
        """True when the value is there in every request."""
        return not self.guards and not self.type.nullable

    def or_none(self) -> str:
        """The value, or None where a guard does not hold."""
        return f"{self.text} if {' and '.join(self.guards)} else None" if self.guards else self.text


@dataclass(slots=True)
class Source:
    """One canonical object that rows read from; the variable `text` holds it when every guard holds.

    `covered` are the canonical lists that have a row for the whole list, `positions` the highest number written of each
    list: a list that only numbers write must not be longer. `outside` are the ways from the object around to those its
    rows had opened where this one was met, the nearest last.
    """

    frame: Frame
    text: str
    type: Type
    above: "Source | None" = None
    guards: tuple[str, ...] = ()
    request: Type | None = None
    around: Type | None = None
    outside: tuple[Path, ...] = ()
    covered: frozenset[str] = frozenset()
    positions: dict[str, int] = field(default_factory=dict)
    held: dict[str, Value] = field(default_factory=dict)

    def read(self, path: Path) -> Value:
        """The value of a path; objects on the way are held in variables of their own."""
        source = self.anchored(path)
        value = Value(source.text, source.type, source.guards, source.text)
        way = ""
        for position, segment in enumerate(path.segments):
            if position:
                value = source.hold(value, way)
            way = f"{way}.{written(segment)}".lstrip(".")
            value = source.step(value, segment, path, way)
        return value

    def inside(self, path: Path) -> "Source":
        """The object at a path as a source for the rows inside it."""
        if not path.segments and not path.anchor:
            return self
        source = self.anchored(path)
        value = source.hold(self.read(path), ".".join(written(segment) for segment in path.segments))
        return Source(self.frame, value.text, value.type, self, value.guards, self.request, self.around)

    def anchored(self, path: Path) -> "Source":
        """The object a path starts from: `^` the enclosing one, `/` the request."""
        if path.anchor == "/":
            return self._outside(path, "req", self.request)
        source = self
        for depth, _ in enumerate(path.anchor):
            if source.above is None:
                return source._around(path, len(path.anchor) - depth)
            source = source.above
        return source

    def _around(self, path: Path, levels: int) -> "Source":
        """So many levels out of the function's own object: what its caller's rows had opened, then the caller's own."""
        left = len(self.outside) + 1 - levels
        source = self._outside(path, "up", self.around if left >= 0 else None)
        for way in self.outside[: max(left, 0)]:
            source = source.inside(way)
        return source

    def _outside(self, path: Path, name: str, kind: Type | None) -> "Source":
        """An object the function around this message is given beside its own."""
        if self.text == name:
            return self
        if kind is None:
            hint = "no further than the object around a list or shape: / begins at the whole request"
            raise Refused("E203", path.mark, f"'{path.text}' reaches above the object this message has", hint)
        if name not in self.frame.parameters:
            self.frame.uses.add(name)
        return Source(self.frame, name, kind.required(), held=self.frame.held.setdefault(name, {}))

    def step(self, value: Value, segment: Segment, path: Path, way: str) -> Value:
        """The value one segment further."""
        if value.type.kind == "list":
            return self._item(value, segment, path, way)
        if value.type.kind == "map" and value.type.item is not None:
            text = f"{value.text}.get({segment.name!r})"
            return Value(text, value.type.item.optional(), value.guards, segment.name)
        stepped = self._field(value, segment, path)
        if segment.selectors:
            return self._selected(self.hold(stepped, f"{way}#"), segment, path, way)
        return stepped

    def _field(self, value: Value, segment: Segment, path: Path) -> Value:
        guards, fields = value.guards, value.type.fields
        variant = value.type.by_tag.get(segment.name)
        if variant is not None and segment.name not in fields:
            # A tagged union carries what is particular to one kind under the kind's own name.
            self.frame.module.imports.add("gateway.model", variant.__name__)
            guards, fields = (*guards, f"isinstance({value.text}, {variant.__name__})"), struct_fields(variant)
        found = fields.get(segment.name)
        if found is None:
            raise Refused("E203", path.mark, f"no canonical field '{segment.name}' in {value.type.name}")
        return Value(f"{value.text}.{found.attribute}", found, guards, segment.name)

    def _item(self, value: Value, segment: Segment, path: Path, way: str) -> Value:
        if not segment.name.isdigit():
            message = f"'{path.text}': a list needs a position or a selector before '{segment.name}'"
            raise Refused("E203", path.mark, message)
        assert value.type.item is not None
        if (known := self.held.get(way)) is not None:
            return known
        position, stem = int(segment.name), way.rpartition(".")[0]
        self.frame.module.imports.add("gateway.wire", "nth_out")
        count = None if stem in self.covered else self.positions.get(stem, position) + 1
        name = self.frame.locals.new(f"{singular(value.name)}_{position}" if position else singular(value.name))
        call = f"nth_out({value.text}, {position}, {count!r})"
        # One item where one is allowed is the rule: it is taken without a call.
        quick = f"{value.text}[0] if len({value.text}) == 1 else {call}"
        taken = replace(value, text=quick if position == 0 and value.always else call).or_none()
        self.frame.say(Line(f"{name} = {taken}", self.frame.tag(path.mark)))
        self.held[way] = Value(name, value.type.item.optional(), (), singular(value.name))
        return self.held[way]

    def _selected(self, value: Value, segment: Segment, path: Path, way: str) -> Value:
        assert value.type.item is not None
        if (known := self.held.get(way)) is not None:
            return known
        tests = " and ".join(self._test(value.type.item, selector, path) for selector in segment.selectors)
        self.frame.module.imports.add("gateway.wire", "only_out")
        name = self.frame.locals.new(f"{segment.selectors[0].value}_{singular(segment.name)}")
        chosen = f"only_out([item for item in {value.text} if {tests}])"
        self.frame.say(Line(f"{name} = {replace(value, text=chosen).or_none()}", self.frame.tag(path.mark)))
        self.held[way] = Value(name, value.type.item.optional(), (), segment.selectors[0].value)
        return self.held[way]

    def _test(self, item: Type, selector: Selector, path: Path) -> str:
        if "." in selector.key or selector.value[:1] in (".", "^", "/"):
            message = f"'{path.text}': a canonical selector compares a field with a constant"
            raise Refused("E233", path.mark, message)
        found = item.fields.get(selector.key)
        if found is None:
            raise Refused("E203", path.mark, f"no canonical field '{selector.key}' in {item.name}")
        wanted = constant_of(found, selector.value, path.mark, self.frame.module.imports)
        return f"item.{found.attribute} == {wanted}"

    def hold(self, value: Value, way: str) -> Value:
        """The value in a variable of its own, and the guard that it is there."""
        if value.text.isidentifier():
            if not value.type.nullable:
                return value
            return Value(value.text, value.type.required(), (*value.guards, f"{value.text} is not None"), value.name)
        if (known := self.held.get(f"{way}=")) is None:
            name = self.frame.locals.new(value.name)
            self.frame.say(Line(f"{name} = {value.or_none()}"))
            guards = () if value.always else (f"{name} is not None",)
            known = self.held[f"{way}="] = Value(name, value.type.required(), guards, value.name)
        return known


def singular(name: str) -> str:
    """The word for one of a list: `phones` gives `phone`, `beneficiaries` gives `beneficiary`."""
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def written(segment: Segment) -> str:
    """A segment as a mapping writes it."""
    return segment.name + "".join(f"({selector.key}={selector.value})" for selector in segment.selectors)
