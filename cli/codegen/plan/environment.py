"""What planning a carrier's modules shares: the tree, the facts of its wire, its code tables and its shapes."""

import codecs
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cli.codegen.plan.code import Constant, Module
from cli.codegen.plan.frame import Faults, Refused
from cli.codegen.plan.names import constant
from cli.codegen.plan.policy import OMIT, Missing, policy
from cli.mapping.ciphers import opens_with_sent
from cli.mapping.tree import CarrierTree, CodeTable, Layer, Text
from gateway.catalogue.marks import Mark

if TYPE_CHECKING:
    from cli.codegen.plan.shapes import Shapes

# Charsets, by the layers that fix one without being told.
CHARSET_DEFAULT = "utf-8"
JSON_LAYERS = ("json",)
MARKUP_LAYERS = ("xml", "soap")
XSI = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True, slots=True)
class WireFacts:
    """What the codecs of a message must know of the wire around them.

    `markup`: elements and attributes; `nil` is the prefix of XMLSchema-instance there.
    """

    json: bool = False
    numbers: bool = False
    charset: str = CHARSET_DEFAULT
    markup: bool = False
    nil: str = ""


@dataclass(slots=True)
class Carrier:
    """One carrier while its modules are planned."""

    tree: CarrierTree
    faults: Faults
    wire: WireFacts
    bodyless: bool = False
    looked: set[str] = field(default_factory=set)
    looked_in: dict[Mark, set[str]] = field(default_factory=dict)
    hooks: set[str] = field(default_factory=set)
    used_tables: set[tuple[str, str]] = field(default_factory=set)
    extras: set[str] = field(default_factory=set)
    shapes: "Shapes" = field(init=False)
    modules: dict[str, Module] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The carrier's name, which is its folder's and package's."""
        return self.tree.carrier.id

    def needs(self, extra: str) -> None:
        """Remember an extra of the distribution that some algorithm needs; none is an empty text."""
        self.extras |= {extra} if extra else set()

    @property
    def package(self) -> str:
        """Where the generated modules import one another from."""
        return f"adapters.{self.id}"

    @property
    def reply_wire(self) -> WireFacts:
        """The facts of the carrier's replies."""
        replies = self.tree.carrier.reply
        return reply_facts(replies[0], self.wire) if replies else self.wire

    @property
    def own_headers(self) -> bool:
        """Whether some call has headers of its own: an idempotency key that no header line writes is one."""
        if any(step.headers for operation in self.tree.operations for step in operation.steps):
            return True
        written = {name.value.lower() for name, _ in self.tree.carrier.headers}
        keys = [operation.idempotency.key for operation in self.tree.operations if operation.idempotency is not None]
        return any(
            key is not None
            and key.value.startswith("header.")
            and key.value.removeprefix("header.").lower() not in written
            for key in keys
        )

    @property
    def opens_with_sent(self) -> bool:
        """Whether some reply is opened with what was made for its request."""
        token = self.tree.carrier.token
        steps = [step.reply for operation in self.tree.operations for step in operation.steps]
        lists = [self.tree.carrier.reply, *steps, token.reply if token is not None else None]
        return any(opens_with_sent(layer) for replies in lists for layers in replies or () for layer in layers)

    def digest(self, file: str) -> str:
        """The hash in a module's header: of its own file and of the carrier's shared ones."""
        return module_digest(self.tree, file)

    def default(self, name: str, otherwise: str) -> str:
        """One word of the carrier's `defaults`."""
        text = self.tree.carrier.defaults.get(name)
        return otherwise if text is None else text.value

    @property
    def zone(self) -> str:
        """The zone the carrier's clock texts are in."""
        return self.default("timezone", "+00:00")

    @property
    def missing(self) -> Missing:
        """What is sent for an absent value unless a message or a row says otherwise."""
        text: Text | None = self.tree.carrier.defaults.get("missing")
        return policy(text, OMIT)

    @property
    def blank_is_missing(self) -> bool:
        """Whether blank text counts as absent when reading."""
        return self.default("blank_is_missing", "true") != "false"


@dataclass(slots=True)
class Environment:
    """One module being planned."""

    carrier: Carrier
    module: Module
    wire: WireFacts
    prefix: str = ""

    @property
    def json(self) -> bool:
        """Whether the wire has numbers and booleans of its own."""
        return self.wire.json

    @property
    def numbers(self) -> bool:
        """Whether numeric codecs write wire numbers."""
        return self.wire.numbers

    @property
    def zone(self) -> str:
        """The carrier's time zone."""
        return self.carrier.zone

    def use(self, name: str) -> str:
        """Import a helper of `gateway.wire` and give its name back."""
        return self.module.imports.add("gateway.wire", name)

    def define_codec(self, made: Constant) -> str:
        """A codec made once at the top of the module; equal ones are one."""
        for known in self.module.constants:
            if known.text == made.text:
                return known.name
        taken = {known.name for known in self.module.constants}
        name, count = made.name, 2
        while name in taken:
            name, count = f"{made.name}_{count}", count + 1
        return self.module.define(Constant(name, made.annotation, made.text, made.tag))

    def table(self, name: str, mark: Mark) -> CodeTable:
        """The code table of that name."""
        found = self.carrier.tree.carrier.tables.get(name)
        if found is None:
            tables = ", ".join(sorted(self.carrier.tree.carrier.tables)) or "none"
            raise Refused("E213", mark, f"no enum table '{name}'; tables: {tables}")
        return found

    def table_dict(self, name: str, direction: str, mark: Mark) -> str:
        """The module-level dict of one direction (`out`, `in`) of a code table."""
        table = self.table(name, mark)
        self.carrier.used_tables.add((name, direction))
        if table.by is not None:
            for _, one in table.tables:
                self.table(one.value, one.mark)
                self.carrier.used_tables.add((one.value, direction))
            space, _, key = table.by.value.partition(".")
            by = f"str(ctx.{space}.get({key!r}))"
            if space == "req":
                by = f"{self.use('choice_of')}(req, {', '.join(map(repr, key.split('.')))})"
            known = self.module.imports.add(f"{self.carrier.package}.codes", f"{constant(name)}_{direction.upper()}")
            return f"{known}[{by}]"
        return self.module.imports.add(f"{self.carrier.package}.codes", f"{constant(name)}_{direction.upper()}")

    def tables(self) -> dict[str, dict[str, str]]:
        """For `lookup`: the emitted name of every column of every code table, "" being the carrier's code."""
        return {
            name: {"": f"{constant(name)}_OUT", **{column: column_name(name, column) for column in table.columns}}
            for name, table in self.carrier.tree.carrier.tables.items()
            if table.by is None
        }

    def reads_others(self, name: str, mark: Mark) -> bool:
        """Whether a code the table does not list is read as some value, and kept as it was."""
        table = self.table(name, mark)
        if table.by is not None:
            return any(self.reads_others(one.value, one.mark) for _, one in table.tables)
        return table.read_other is not None and table.read_other.value != "error"

    def note_tables(self, source: str) -> None:
        """Import what a compiled expression looks up in."""
        if "lookup(" not in source:
            return
        for table, columns in self.tables().items():
            for column, emitted in columns.items():
                if re.search(rf"\b{emitted}\b", source):
                    self.carrier.used_tables.add((table, f"column:{column}" if column else "out"))
                    self.module.imports.add(f"{self.carrier.package}.codes", emitted)

    def table_out(self, name: str, mark: Mark, value: str) -> str:
        """The code of a canonical value; without `send_other` an unlisted value raises."""
        return f"{self.table_dict(name, 'out', mark)}[{value}]"


def wire_facts(layers: tuple[Layer, ...]) -> WireFacts:
    """The facts of a wire, from its ordered layers: the first format layer holds the message."""
    formats = [layer for layer in layers if layer.name in FORMATS]
    first = formats[0].name if formats else "json"
    charset = next((charset_of(layer) for layer in layers if layer.name == "charset"), CHARSET_DEFAULT)
    numbers = formats[0].options.get("numbers") if formats else None
    as_text = isinstance(numbers, Text) and numbers.value == "text"
    return WireFacts(
        json=first in JSON_LAYERS,
        numbers=first in JSON_LAYERS and not as_text,
        charset=charset,
        markup=first in MARKUP_LAYERS,
        nil=_nil_prefix(formats),
    )


def _nil_prefix(formats: list[Layer]) -> str:
    """The prefix that some layer of markup binds to XMLSchema-instance; "" where none does."""
    declared = [layer.options.get("ns") for layer in formats if layer.name in MARKUP_LAYERS]
    pairs = [pair for each in declared if isinstance(each, Mapping) for pair in each.items()]
    return next((prefix for prefix, uri in pairs if isinstance(uri, Text) and uri.value == XSI), "")


def reply_facts(layers: tuple[Layer, ...], sent: WireFacts) -> WireFacts:
    """The facts of what comes back, which may be in another format: its last format layer holds the message."""
    formats = [layer for layer in layers if layer.name in FORMATS and "put" not in layer.options]
    return replace(wire_facts(tuple(formats[-1:])), charset=sent.charset) if formats else sent


def column_name(table: str, column: str) -> str:
    """The module-level dict of one further column of a code table."""
    return f"{constant(table)}_{constant(column)}"


FORMATS = ("json", "xml", "soap", "form", "query", "multipart", "pipe", "fixed", "text", "binary")


def charset_of(layer: Layer) -> str:
    """The charset a `charset` layer names."""
    named = layer.options.get("name", layer.options.get(""))
    return named.value if isinstance(named, Text) else CHARSET_DEFAULT


def charset_sent(layers: tuple[Layer, ...]) -> str:
    """The charset of what travels in the end: that of the outermost layer which names one."""
    return next((charset_of(layer) for layer in reversed(layers) if layer.name == "charset"), CHARSET_DEFAULT)


def known_charset(layer: Layer) -> str:
    """The same, refused when nobody can write it."""
    name = charset_of(layer)
    try:
        is_text = codecs.lookup(name)._is_text_encoding  # noqa: SLF001 - "rot13" and "zip" are codecs too
    except (LookupError, ValueError):
        is_text = False
    if not is_text:
        raise Refused("E441", layer.mark, f"no charset '{name}'")
    return name


def module_digest(tree: CarrierTree, file: str) -> str:
    """The hash of what one module is generated from: its own file and the carrier's shared ones."""
    folder = tree.carrier.file.rpartition("/")[0]
    operations = {operation.file for operation in tree.operations}
    operations |= {tree.statement.file} if tree.statement is not None else set()
    names = [name for name in sorted(tree.sha256) if name not in operations or name == file]
    text = "\n".join(f"{name.removeprefix(folder)} {tree.sha256[name]}" for name in names)
    return hashlib.sha256(text.encode()).hexdigest()
