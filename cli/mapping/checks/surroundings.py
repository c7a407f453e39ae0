"""What every check shares: the carrier being checked, and the place a message stands in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from cli.mapping.layers import FORMATS, Layers
from cli.mapping.resolve import Resolved
from cli.mapping.tree import CarrierFile, CodeTable, Message, Text
from gateway.catalogue.marks import Diagnostic, Mark
from gateway.catalogue.values import Faults
from gateway.model.reflect import Kind, StructType

Side = Literal["send", "read"]


@dataclass(frozen=True, slots=True)
class WireFacts:
    """What a codec must know of the wire: whether it has numbers of its own, uses them, and encodes text."""

    json: bool = False
    numbers: bool = False
    charset: str | None = None


def wire_facts(layers: Layers) -> WireFacts:
    """The facts of a list of layers: the first format layer holds the message."""
    formats = [layer for layer in layers if layer.name in FORMATS]
    is_json = not formats or formats[0].name == "json"
    numbers = formats[0].options.get("numbers") if formats else None
    charset = next((layer.options.get("name") for layer in layers if layer.name == "charset"), None)
    return WireFacts(
        json=is_json,
        numbers=is_json and not (isinstance(numbers, Text) and numbers.value == "text"),
        charset=charset.value if isinstance(charset, Text) else None,
    )


def reply_facts(layers: Layers, sent: WireFacts) -> WireFacts:
    """The facts of what comes back, which may be in another format: its last format layer holds the message."""
    formats = tuple(layer for layer in layers if layer.name in FORMATS and "put" not in layer.options)
    return replace(wire_facts(formats[-1:]), charset=sent.charset) if formats else sent


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message or row stands.

    `kind` is the canonical object its paths start from, `root` the request or result, `above` the objects around, the
    nearest last. `req` is the operation's request, where there is one; `item` and `up` are what expressions see.
    `title` names the message in diagnostics. `element`: what stands here judges one element of a reply's list, which
    is then `wire`. `in_json`: what stands here is part of a JSON text, whatever the wire around it is. `counted`: it is
    part of an item of a list, which has a number.
    """

    side: Side
    kind: Kind
    root: Kind
    title: str
    wire: WireFacts
    req: StructType | None = None
    above: tuple[Kind, ...] = ()
    item: Kind | None = None
    up: Kind | None = None
    steps: frozenset[str] = frozenset()
    element: bool = False
    in_json: bool = False
    counted: bool = False

    def inside(self, kind: Kind, title: str) -> "Place":
        """The place of a message about an object found here: its rows see the object as `item`."""
        around = self.item if self.item is not None else self.req
        return replace(self, kind=kind, title=title, above=(*self.above, self.kind), item=kind, up=around)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for places in which a message means the same."""
        kinds = (self.kind, self.root, self.req, self.item, self.up, *self.above)
        return (self.side, self.steps, self.in_json, self.counted, *(id(kind) for kind in kinds))

    def below(self, kind: Kind) -> "Place":
        """The same message, its paths relative to an object inside it (cases of a row)."""
        return replace(self, kind=kind, above=(*self.above, self.kind))


@dataclass(slots=True)
class Checking:
    """One carrier while it is checked.

    `broken` are the lines whose form is wrong: what they mean is not judged as well. `uses` are the paths expressions
    read, per operation. `misnamed` are the files with names that do not exist: what they leave out is not judged too.
    `heard` is the callback whose answer's layers are looked at: they may name what came in as its step.
    """

    resolved: Resolved
    faults: Faults
    broken: frozenset[tuple[str, int]] = frozenset()
    uses: set[str] = field(default_factory=set)
    token_sent: bool = False
    heard: frozenset[str] = frozenset()
    shapes_used: set[str] = field(default_factory=set)
    tables_used: set[str] = field(default_factory=set)
    shapes_open: list[str] = field(default_factory=list)
    shapes_done: set[tuple[object, ...]] = field(default_factory=set)
    misnamed: set[str] = field(default_factory=set)
    clock_missed: bool = False
    _said: set[tuple[str, Mark]] = field(default_factory=set)

    @property
    def carrier(self) -> CarrierFile:
        """The carrier's own file."""
        return self.resolved.tree.carrier

    @property
    def shapes(self) -> Mapping[str, Message]:
        """The shapes, `extends` applied."""
        return self.resolved.shapes

    @property
    def tables(self) -> Mapping[str, CodeTable]:
        """The code tables."""
        return self.carrier.tables

    @property
    def tables_unread(self) -> bool:
        """Whether there are no tables because their file cannot be read: what is wrong with it is said there."""
        return not self.tables and any(file.endswith("codes.yaml") for file, _ in self.broken)

    @property
    def constants(self) -> frozenset[str]:
        """The names of the constants that calls and callbacks say for the layers all of them share."""
        said = [step.constants for operation in self.resolved.operations for step in operation.steps]
        said += [callback.constants for callback in self.carrier.callbacks]
        said += [self.carrier.token.constants] if self.carrier.token is not None else []
        return frozenset(name for each in said for name in each)

    @property
    def lost_files(self) -> frozenset[str]:
        """Files with a fault so grave that nothing of them could be read: what they held nobody knows."""
        read = {operation.file for operation in self.resolved.operations} | {self.carrier.file}
        return frozenset(file for file, _ in self.broken if file not in read)

    @property
    def zone(self) -> str:
        """The carrier's time zone."""
        zone = self.carrier.defaults.get("timezone")
        return "+00:00" if zone is None else zone.value

    def begin(self) -> None:
        """Start an operation: what the one before used and checked says nothing of this one."""
        self.uses.clear()
        self.shapes_done.clear()

    def is_broken(self, file: str) -> bool:
        """Whether a file has faults of form: then nothing can be said of what it lacks."""
        return any(each == file for each, _ in self.broken)

    def say(self, code: str, mark: Mark, message: str, hint: str | None = None) -> None:
        """Report a fault once per place: a shape is checked wherever it is used, its faults are one."""
        if (code, mark) not in self._said and (mark.file, mark.line) not in self.broken:
            self._said.add((code, mark))
            if code == "E203":
                self.misnamed.add(mark.file)
            self.faults.add(mark, message, hint, code=code)

    def pass_on(self, found: tuple[Diagnostic, ...]) -> None:
        """Report what another reader found, once per place."""
        for each in found:
            self.say(each.code, each.mark, each.message, each.hint)
