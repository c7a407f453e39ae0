"""What a codec is to the tools: how it was written, where it stands, and the plan a generated module is made from."""

import re
from collections.abc import Callable
from typing import Literal, Protocol

from msgspec import Struct

CanonicalKind = Literal[
    "text", "int", "decimal", "share", "money", "date", "datetime", "time", "bool", "enum", "bytes", "object", "list"
]
WireKind = Literal["text", "number", "bool", "object"]

_QUOTED = re.compile(r"^'([^']*)'$")
"""An argument that is quoted as a whole: `;` and brackets stand in it as they are."""

ROUNDINGS = ("half_up", "half_even", "down", "up", "floor", "ceiling")


class CodecText(Protocol):
    """A codec as written: `name(argument; argument)`; an argument is text or again a codec."""

    @property
    def name(self) -> str: ...

    @property
    def arguments(self) -> "tuple[str | CodecText, ...]": ...


class Written(Struct, frozen=True):
    """A codec as written, for callers that have no parsed tree at hand."""

    name: str
    arguments: "tuple[str | Written, ...]" = ()


class Site(Struct, frozen=True, kw_only=True):
    """Where a codec stands: what the wire around it can carry, and the options written beside it.

    `json` says that the wire has numbers and booleans of its own; `numbers` that numeric codecs use them (the layer
    option `numbers: decimal`). `zone` is the carrier's `timezone`. `rounding` is the row's `round`. `kind` is the kind
    of the canonical field, where it is known: a codec that serves several kinds needs it. `charset` is the wire's.
    """

    json: bool = False
    numbers: bool = False
    zone: str = "+00:00"
    rounding: str | None = None
    kind: CanonicalKind | None = None
    charset: str = "utf-8"


class WrongKind(ValueError):
    """A codec that does not convert the kind of the canonical field."""


class CodecPlan(Struct, frozen=True, kw_only=True):
    """What a generated module writes for one codec at one site.

    Without `maker` it writes `send(value, *arguments)` and `read(value, *arguments)`; an empty name means the value as
    it is. With `maker` it writes `NAME = maker(*arguments)` once at the top of the module, and then `NAME.send(value)`
    and `NAME.read(value)`. `table` names the code table between: `send(TABLE_OUT[value])`, `TABLE_IN[read(value)]`.
    `needs_currency` asks for the currency as one more argument after the value, when sending and when reading.
    `sends_only` marks a pattern that says too little to be read back (an hour without its day). `inner` is the codec
    that makes the text this one then works on: `send(inner.send(value))`, `inner.read(read(value))`. `read_table` names
    the code table for reading where it is another one than for sending.
    """

    send: str
    read: str
    canonical_kind: CanonicalKind
    wire_kind: WireKind = "text"
    arguments: tuple[str | int | bool | None, ...] = ()
    maker: str | None = None
    table: str | None = None
    read_table: str | None = None
    needs_currency: bool = False
    sends_only: bool = False
    inner: "CodecPlan | None" = None


Arguments = tuple[str | CodecText, ...]
Planner = Callable[[Arguments, Site], CodecPlan]


class CodecSpec(Struct, frozen=True, kw_only=True):
    """One codec: its name, the canonical kinds it converts, what it writes, and how its parameters read.

    `wire_kind` is what it writes on a wire that carries text only; on a JSON wire the plan's own `wire_kind` holds.
    """

    name: str
    canonical_kinds: tuple[CanonicalKind, ...]
    wire_kind: WireKind
    parameters: str
    plan: Planner


# --- what planners share: reading arguments --------------------------------------------------------------------------


def texts_of(name: str, arguments: Arguments, least: int, most: int) -> list[str]:
    if not least <= len(arguments) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise ValueError(f"{name} takes {wanted} argument{'' if wanted == '1' else 's'}, not {len(arguments)}")
    texts = [argument for argument in arguments if isinstance(argument, str)]
    if len(texts) != len(arguments):
        raise ValueError(f"{name} takes text, not another codec")
    return [_QUOTED.sub(r"\1", text) for text in texts]


def whole(name: str, what: str, text: str, least: int, most: int) -> int:
    try:
        value = int(text)
    except ValueError:
        raise ValueError(f"{name}: {what} must be a whole number, not '{text}'") from None
    if not least <= value <= most:
        raise ValueError(f"{name}: {what} must lie between {least} and {most}, not {value}")
    return value


def rounding_of(site: Site) -> str | None:
    if site.rounding is not None and site.rounding not in ROUNDINGS:
        raise ValueError(f"unknown rounding '{site.rounding}'; known: {', '.join(ROUNDINGS)}")
    return site.rounding


def made(kind: CanonicalKind, site: Site, maker: str, *arguments: str | int | bool | None) -> CodecPlan:
    wire_kind: WireKind = "number" if site.numbers else "text"
    return CodecPlan(
        send="send", read="read", maker=maker, arguments=arguments, canonical_kind=kind, wire_kind=wire_kind
    )
