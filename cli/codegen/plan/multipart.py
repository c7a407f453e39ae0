"""Multipart when sending: the boundary, which fields are files, and the content type that names the boundary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cli.codegen.plan import options
from cli.codegen.plan.code import Constant
from cli.codegen.plan.expressions import Scope, compiled
from cli.codegen.plan.frame import Refused
from cli.mapping.tree import Expression, Layer, Option, Text

if TYPE_CHECKING:
    from cli.codegen.plan.encoding import Encoding

BOUNDARY_LENGTH = 24
_WORDS = ("filename", "type", "base64")


def multipart_written(state: Encoding, layer: Layer, tree: str, charset: str) -> str:
    """The expression of the body; sets the content type, whose boundary is known when the message is built."""
    boundary = state.frame.locals.new("boundary")
    state.say(f"{boundary} = {_boundary(state, layer)}", layer)
    state.content, state.content_more = "multipart/form-data", f" + '; boundary=' + {boundary}"
    files = _files(state, layer)
    return f"{state.env.use('multipart_out')}({tree}, {boundary}, {charset!r}{files})"


def _boundary(state: Encoding, layer: Layer) -> str:
    """The carrier's own text or expression; else unpredictable, so that no content can hold it."""
    option = layer.options.get("boundary")
    if option is None:
        state.frame.uses.add("ctx")
        return f"ctx.nonce({BOUNDARY_LENGTH})"
    if isinstance(option, Text):
        return repr(option.value)
    if not isinstance(option, Expression):
        raise Refused("E260", options.mark(layer, "boundary"), "boundary is one text or expression")
    found = compiled(state.env, state.frame, option, Scope())
    needed = f"{state.env.use('need')}({found.text}, 'boundary')" if found.nullable else found.text
    return needed if found.is_text else f"str({needed})"


def _files(state: Encoding, layer: Layer) -> str:
    files = options.pairs(layer, "files")
    if not files:
        return ""
    use = state.env.use
    parts = [f"{name!r}: {use('FilePart')}({_file(layer, name, option)})" for name, option in files]
    made = Constant("FILES", "", f"{{{', '.join(parts)}}}", state.frame.tag(layer.mark))
    return f", {state.env.define_codec(made)}"


def _file(layer: Layer, name: str, option: Option) -> str:
    if not isinstance(option, Mapping) or set(option) - set(_WORDS) or "filename" not in option:
        hint = "files: { doc: { filename: doc.pdf, type: application/pdf, base64: true } }"
        raise Refused("E260", options.mark(layer, "files"), f"files: {name} is not described as a file", hint)
    words = []
    for word, value in option.items():
        if not isinstance(value, Text) or not value.value.isprintable():
            raise Refused("E260", options.mark(layer, "files"), f"files: {name}: {word} is one printable text")
        if word == "base64" and value.value not in ("true", "false"):
            raise Refused("E260", value.mark, f"files: {name}: base64 is true or false")
        words.append(f"{word}={value.value == 'true' if word == 'base64' else value.value!r}")
    return ", ".join(words)
