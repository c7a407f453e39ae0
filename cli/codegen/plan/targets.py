"""The canonical object while it is being read: which fields rows fill, and how its Structs are put together."""

from __future__ import annotations

from dataclasses import dataclass, field

from cli.codegen.plan.code import Line, Tag
from cli.codegen.plan.environment import Environment
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.source import singular
from cli.codegen.plan.types import Type, constant_of, struct_fields
from cli.mapping.tree import Path, Segment


@dataclass(slots=True)
class Target:
    """One canonical value being read: a leaf with the local variable that holds it, or an object with fields.

    `text` is the value's source (a variable, or an expression nothing else needs); `nullable` tells whether it can be
    None. `fixed` are fields a selector gives. `whole` is a list read by list rows, beside single items of it. `needed`
    is a leaf whose row says that it must be there: so is then the object around it.
    """

    type: Type
    name: str
    tag: Tag = ""
    text: str | None = None
    nullable: bool = True
    wire: str = ""
    fields: dict[str, Target] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    present: list[str] = field(default_factory=list)
    position: int | None = None
    label: str = ""
    by_case: bool = False
    needed: bool = False

    @property
    def is_leaf(self) -> bool:
        """Whether rows give the value itself."""
        return self.text is not None


@dataclass(slots=True)
class Targets:
    """The targets of one function; `root` is what it returns."""

    env: Environment
    frame: Frame
    root: Target

    def at(self, path: Path, base: Target) -> Target:
        """The target a canonical path leads to, with everything on the way."""
        target = self.root if path.anchor == "/" else base
        if path.anchor not in ("", "/"):
            raise Refused("E237", path.mark, f"'{path.text}': reading fills this object, not the one around it")
        for segment in path.segments:
            target = self._step(target, segment, path)
        return target

    def _step(self, target: Target, segment: Segment, path: Path) -> Target:
        if target.type.kind == "list":
            return self._position(target, segment, path)
        if target.type.kind in ("map", "any"):
            item = target.type.item or Type("any")
            return target.fields.setdefault(segment.name, _inner(target, item.optional(), segment.name))
        stepped = self._field(target, segment.name, path)
        return self._selected(stepped, segment, path) if segment.selectors else stepped

    def _field(self, target: Target, name: str, path: Path) -> Target:
        if (known := target.fields.get(name)) is not None:
            return known
        fields = target.type.fields
        if name not in fields and target.type.variants and name in target.type.by_tag:
            fields = struct_fields(target.type.by_tag[name])
        if name not in fields:
            raise Refused("E203", path.mark, f"no canonical field '{name}' in {target.type.name}")
        found = fields[name]
        target.fields[name] = _inner(target, found, name)
        return target.fields[name]

    def _position(self, target: Target, segment: Segment, path: Path) -> Target:
        if not segment.name.isdigit() or target.type.item is None:
            raise Refused("E203", path.mark, f"'{path.text}': a list needs a position or a selector here")
        known = target.fields.get(segment.name)
        if known is None:
            position = int(segment.name)
            name = f"{singular(target.name)}_{position}" if position else singular(target.name)
            known = target.fields[segment.name] = Target(
                target.type.item.optional(), name, position=position, label=name
            )
        return known

    def _selected(self, target: Target, segment: Segment, path: Path) -> Target:
        if target.type.kind != "list" or target.type.item is None:
            raise Refused("E233", path.mark, f"'{path.text}': only items of a list can be chosen")
        key = "".join(f"({selector.key}={selector.value})" for selector in segment.selectors)
        known = target.fields.get(key)
        if known is None:
            name = f"{segment.selectors[0].value}_{singular(segment.name)}"
            known = target.fields[key] = Target(target.type.item.optional(), name, label=name)
            for selector in segment.selectors:
                found = target.type.item.fields.get(selector.key)
                if found is None:
                    raise Refused("E203", path.mark, f"no canonical field '{selector.key}' in {target.type.item.name}")
                known.fixed[selector.key] = constant_of(found, selector.value, path.mark, self.env.module.imports)
        return known

    # --- putting together ---

    def arguments(self, target: Target, *, strict: bool) -> list[tuple[str, Tag]]:
        """The keyword arguments of a Struct; `strict` says that what it cannot do without must be there."""
        fields = dict(target.type.fields)
        found: list[tuple[str, Tag]] = []
        for name, text in target.fixed.items():
            found.append((f"{fields[name].attribute}={text}", target.tag))
        only = self.presence(target)
        for name, inner in target.fields.items():
            kind = fields.get(name, inner.type)
            required = strict and not kind.nullable and not kind.has_default
            # The one field whose presence makes the object needs no second question.
            asked = only == [f"{inner.text} is not None"]
            asked = asked or (inner.by_case and str(inner.text) in self._needed_by_cases(target))
            # The function's own object is made whatever the wire holds: nobody has asked for what it cannot do without.
            asked = asked and target is not self.root
            text, tag = self.value(inner, required=required and not asked)
            if kind.has_default and not kind.nullable and self._may_be_none(inner):
                text = self._or_default(text, self._default(target, name, kind), kind)
            found.append((f"{kind.attribute}={text}", tag))
        return found

    def _or_default(self, text: str, default: str, kind: Type) -> str:
        """The value, or what the model says where the wire had none: a zero and a no are values."""
        if kind.kind in ("list", "map"):
            return f"{_operand(text)} or {default}"
        if text.isidentifier():
            return f"{text} if {text} is not None else {default}"
        if text.endswith(" else None"):
            return f"{text.removesuffix('None')}{default}"
        return f"v if (v := {_operand(text)}) is not None else {default}"

    def _default(self, target: Target, name: str, kind: Type) -> str:
        if kind.kind == "list":
            return "()"
        if kind.kind == "map":
            return "{}"
        assert target.type.cls is not None
        default = kind.default
        if kind.kind == "enum" and default is not None:
            return f"{self.env.module.imports.add('gateway.model', kind.name)}.{default.name}"
        return repr(default)

    def _may_be_none(self, target: Target) -> bool:
        if target.type.kind in ("list", "map") and not target.is_leaf:
            return False
        return target.nullable if target.is_leaf else True

    def value(self, target: Target, *, required: bool) -> tuple[str, Tag]:
        """The source of one value; a required one raises when the wire had none."""
        if target.is_leaf and target.fields:
            return self._completed(target), target.tag
        if target.is_leaf:
            assert target.text is not None
            if required and target.nullable:
                return f"{self.env.use('require')}({target.text}, {target.wire or target.name!r})", target.tag
            return target.text, target.tag
        if target.type.kind == "list":
            return self._list(target), self._first_tag(target)
        if target.type.kind in ("map", "any"):
            return self._map(target), self._first_tag(target)
        return self._object(target, required=required), self._first_tag(target)

    def _object(self, target: Target, *, required: bool) -> str:
        cls = self.class_of(target)
        tests = [] if required else self.presence(target)
        arguments = ", ".join(text for text, _ in self.arguments(target, strict=True))
        made = f"{cls}({arguments})"
        return f"{made} if {' or '.join(tests)} else None" if tests else made

    def class_of(self, target: Target) -> str:
        """The Struct to make; of a tagged union the one whose kind is read."""
        imports = self.env.module.imports
        if not target.type.variants:
            return imports.add("gateway.model", target.type.name)
        tags = [name for name in target.fields if name in target.type.by_tag]
        if len(tags) != 1:
            message = f"an insured object is read through exactly one of its kinds, not {len(tags)}"
            raise Refused("E238", self.frame.mark, message)
        target.type = Type("struct", target.type.by_tag[tags[0]])
        return imports.add("gateway.model", target.type.name)

    def presence(self, target: Target) -> list[str]:
        """The tests of which one must hold for an optional object to be there."""
        needed = self._needed_by_cases(target)
        if needed:
            return [" and ".join(f"{text} is not None" for text in needed)]
        if any(inner.needed for inner in target.fields.values()):
            return []
        tests = [f"{text}" for text in target.present]
        for inner in target.fields.values():
            if inner.is_leaf:
                assert inner.text is not None
                if inner.nullable:
                    tests.append(f"{inner.text} is not None")
            else:
                tests += self.presence(inner)
        return list(dict.fromkeys(tests))

    def _needed_by_cases(self, target: Target) -> list[str]:
        """Fields the object cannot do without that only cases give: where no case tells them, there is no object."""
        found = []
        for name, inner in target.fields.items():
            kind = target.type.fields.get(name, inner.type)
            by_case = inner.is_leaf and inner.by_case and inner.nullable
            if by_case and not kind.nullable and not kind.has_default:
                found.append(str(inner.text))
        return found

    def ready(self) -> None:
        """The object as the rows leave it: without what nothing fills, its optional objects' leaves in variables."""
        _unfilled(self.root)
        for inner in self.root.fields.values():
            if not inner.is_leaf:
                self.settle(inner)

    def settle(self, target: Target) -> None:
        """Give every leaf of an optional object a variable: its presence is asked before it is used."""
        for inner in target.fields.values():
            self.settle(inner)
            if inner.is_leaf and inner.text is not None and not inner.text.isidentifier():
                self.hold(inner)

    def hold(self, target: Target) -> None:
        """Move a leaf's expression into a variable."""
        assert target.text is not None
        name = self.frame.locals.new(target.label or target.name)
        suffix = " | None" if target.nullable else ""
        annotation = target.type.required().python(self.env.module.imports)
        self.frame.say(Line(f"{name}: {annotation}{suffix} = {target.text}", target.tag))
        target.text = name

    def _list(self, target: Target) -> str:
        if len(target.fields) == 1:
            return self._alone(next(iter(target.fields.values())))
        items = [
            self._object(inner, required=False) if not inner.is_leaf else inner.text for inner in target.fields.values()
        ]
        self.env.use("present")
        return f"present({', '.join(str(item) for item in items)})"

    def _alone(self, inner: Target) -> str:
        """A list of the one item that rows read, or of none."""
        made = str(inner.text) if inner.is_leaf else self._object(inner, required=True)
        tests = ([f"{made} is not None"] if inner.nullable else []) if inner.is_leaf else self.presence(inner)
        return f"({made},) if {' or '.join(tests)} else ()" if tests else f"({made},)"

    def _completed(self, target: Target) -> str:
        """A list read as a whole, its first items completed by rows with a number."""
        self.env.use("complete")
        made = str(target.text)
        for key, inner in target.fields.items():
            if inner.position is None or any(not deep.is_leaf for deep in inner.fields.values()):
                raise Refused("E239", self.frame.mark, f"'{target.name}.{key}' completes an item deeper than one field")
            values = ", ".join(f"{name}={deep.text}" for name, deep in inner.fields.items())
            made = f"complete({made}, {inner.position}, {values})"
        return made

    def _map(self, target: Target) -> str:
        self.env.use("known")
        pairs = ", ".join(f"{name!r}: {self.value(inner, required=False)[0]}" for name, inner in target.fields.items())
        return f"known({{{pairs}}})"

    def _first_tag(self, target: Target) -> Tag:
        if target.tag:
            return target.tag
        return next((tag for inner in target.fields.values() if (tag := self._first_tag(inner))), "")


def _inner(around: Target, kind: Type, name: str) -> Target:
    """A field of a target, labelled with the object around it where that tells more."""
    return Target(kind, name, label=f"{around.label}_{name}" if around.label else name)


def _unfilled(target: Target) -> None:
    """Take back what paths name and nothing fills: a case may only ask whether it is there, a codec may only send."""
    for inner in target.fields.values():
        _unfilled(inner)
    filled = {name: each for name, each in target.fields.items() if each.is_leaf or each.fields or each.present}
    target.fields = filled


def _operand(text: str) -> str:
    return f"({text})" if " if " in text or " or " in text else text
