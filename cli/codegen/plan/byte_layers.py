"""The layers of what is sent that work on bytes: charset, frames, base 64 and its like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.codegen.plan import options
from cli.codegen.plan.environment import CHARSET_DEFAULT, known_charset
from cli.codegen.plan.expressions import compiled, is_secret
from cli.codegen.plan.frame import Refused
from cli.codegen.plan.framing import frame_constant, frame_of
from cli.mapping.tree import Expression, Layer, Option, Text

if TYPE_CHECKING:
    from cli.codegen.plan.encoding import Encoding


BINARY = "binary"
"""In place of a charset: the bytes are no text."""


def write_charset(state: Encoding, layer: Layer) -> None:
    """The text in the bytes of a charset; what is bytes already in those of another."""
    name = known_charset(layer)
    if state.charset == BINARY:
        raise Refused("E270", layer.mark, "encrypted bytes have no charset: put charset before encrypt")
    unencodable = options.text(layer, "unencodable", "error")
    extra = "" if unencodable == "error" else f", {unencodable!r}"
    if state.form == "bytes":
        # JSON and forms are bytes already; another charset than theirs is applied to the finished text.
        if state.charset.lower().replace("-", "") == name.lower().replace("-", "") or state.charset == "ascii":
            state.charset = name if state.charset != "ascii" else state.charset
            return
        state.say(f"body = {state.env.use('charset_out')}(body.decode(), {name!r}{extra})", layer)
    else:
        state.say(f"body = {state.env.use('charset_out')}({state.var}, {name!r}{extra})", layer)
    state.form, state.var, state.charset = "bytes", "body", name


def bytes_here(state: Encoding, layer: Layer) -> None:
    """A layer over bytes stands behind the format; a text without a charset of its own is UTF-8."""
    if state.form == "text":
        write_charset(state, Layer(layer.mark, "charset", {"name": Text(CHARSET_DEFAULT, layer.mark)}))
    if state.form != "bytes":
        raise Refused("E270", layer.mark, f"{layer.name} packs bytes: put it behind the format")


def framed(state: Encoding, layer: Layer) -> None:
    """A head of fixed widths before the bytes: the last layer, since the length counts what was made before."""
    bytes_here(state, layer)
    if layer is not state.layers[-1]:
        raise Refused("E270", layer.mark, "frame is the last layer: its length counts the bytes before it")
    form = frame_constant(state.env, layer, state.charset_named(), state.frame.tag(layer.mark))
    fields = [field for field in frame_of(layer).fields if not field.counts]
    values = ", ".join(f"{field.name!r}: {with_value(state, layer, field.value)}" for field in fields)
    state.say(f"body = {state.env.use('frame_out')}(body, {form}, {{{values}}})", layer)
    state.charset, state.content = BINARY, ""


def packed(state: Encoding, layer: Layer) -> None:
    """The bytes written or packed in another way: base64, hex, url_encode, gzip."""
    bytes_here(state, layer)
    flags = {"base64": ("url_safe",), "hex": ("upper",), "url_encode": ("plus", "lower")}.get(layer.name, ())
    extra = "".join(f", {flag}=True" for flag in flags if options.flag(layer, flag)) + _in_lines(layer)
    extra += options.armour(layer) if layer.name == "base64" else ""
    state.say(f"body = {state.env.use(layer.name + '_out')}(body{extra})", layer)
    if layer.name != "gzip":
        state.charset = "ascii"


def _in_lines(layer: Layer) -> str:
    """The arguments of base 64 that is broken into lines."""
    lines, crlf = options.text(layer, "lines"), options.text(layer, "line") == "crlf"
    if lines is None and not ("begin" in layer.options or "end" in layer.options):
        if layer.name == "base64" and ("line" in layer.options or "last" in layer.options):
            raise Refused("E261", layer.mark, "line and last say how lines end: how long are they? lines: 76")
        return ""
    last = options.flag(layer, "last")
    counted = f", lines={lines}" if lines is not None else ""
    return f"{counted}{', crlf=True' if crlf else ''}{', last=True' if last else ''}"


def with_value(state: Encoding, layer: Layer, value: Option) -> str:
    """What an entry of `with` puts beside the payload, as source text."""
    if isinstance(value, Text):
        # An entry without a value only takes the place, as in `send`.
        return repr(value.value) if value.value or value.quoted else "None"
    if not isinstance(value, Expression):
        raise Refused("E260", options.mark(layer, "with"), "with: takes constants and expressions")
    if value.source.strip() in state.signatures:
        return state.signatures[value.source.strip()]
    if (secret := is_secret(value)) is not None:
        return f"{state.env.use('secret')}(ctx, {secret!r}).reveal()"
    return compiled(state.env, state.frame, value, state.scope).text
