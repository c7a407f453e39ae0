"""The options of a `frame` layer, read once for checker and generator: a head of fixed widths, one field the length."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cli.mapping.tree import Expression, Layer, Option, Text
from gateway.catalogue.marks import Mark

WIDTH_MAX = 200
BINARY_WIDTH_MAX = 8
_WIDTH = re.compile(r"-?[1-9][0-9]{0,2}")
_SIZE = re.compile(r"\s*size\(\s*(body|rest|all)\s*\)\s*")
_HINT = "frame: { widths: [8, 6], with: { length: =size(body), code: '100001' } }"


class WrongFrame(Exception):
    """An option that makes no frame, with the place it stands at."""

    def __init__(self, mark: Mark, message: str) -> None:
        super().__init__(message)
        self.mark, self.message, self.hint = mark, message, _HINT


@dataclass(frozen=True, slots=True)
class HeadField:
    """One field of the head: what it counts, or the value that is written."""

    name: str
    width: int
    left: bool
    counts: str
    value: Option


@dataclass(frozen=True, slots=True)
class Frame:
    """A `frame` layer understood; `kept` is the name the head has in the message that is read."""

    fields: tuple[HeadField, ...]
    pad: str
    binary: bool
    kept: str | None


def read_frame(layer: Layer) -> Frame:
    """The layer's options. Raises `WrongFrame` for the first that fits none."""
    inside, widths = layer.options.get("with"), layer.options.get("widths")
    if not isinstance(inside, Mapping) or not isinstance(widths, tuple) or len(inside) != len(widths):
        raise WrongFrame(layer.mark, "a frame has a width for every field of with, in their order")
    pairs = zip(inside.items(), widths, strict=True)
    fields = tuple(_field(layer, name, value, width) for (name, value), width in pairs)
    if sum(bool(field.counts) for field in fields) != 1:
        raise WrongFrame(_mark(layer, "with"), "a frame has exactly one length: =size(body), =size(rest) or =size(all)")
    binary = _text(layer, "length") == "binary"
    if binary and any(field.counts and field.width > BINARY_WIDTH_MAX for field in fields):
        raise WrongFrame(_mark(layer, "widths"), f"a binary length has at most {BINARY_WIDTH_MAX} bytes")
    pad = _text(layer, "pad")
    if pad is not None and not (len(pad) == 1 and pad.isascii() and pad.isprintable()):
        raise WrongFrame(_mark(layer, "pad"), "pad is one printable ASCII character")
    return Frame(fields, "0" if pad is None else pad, binary, _text(layer, "as"))


def _field(layer: Layer, name: str, value: Option, width: Option) -> HeadField:
    if not isinstance(width, Text) or not _WIDTH.fullmatch(width.value) or abs(int(width.value)) > WIDTH_MAX:
        mark = width.mark if isinstance(width, Text | Expression) else layer.mark
        raise WrongFrame(mark, f"a width is a number of bytes, at most {WIDTH_MAX}; -10 fills on the right with spaces")
    found = _SIZE.fullmatch(value.source) if isinstance(value, Expression) else None
    if not isinstance(value, Text | Expression):
        raise WrongFrame(_mark(layer, "with"), f"with: {name} is one text or expression")
    return HeadField(name, abs(int(width.value)), width.value.startswith("-"), found[1] if found else "", value)


def _text(layer: Layer, name: str) -> str | None:
    found = layer.options.get(name)
    if found is not None and not isinstance(found, Text):
        raise WrongFrame(_mark(layer, name), f"frame: {name} is one text")
    return None if found is None else found.value


def _mark(layer: Layer, name: str) -> Mark:
    return layer.key_marks.get(name, layer.mark)
