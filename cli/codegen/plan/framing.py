"""TCP frames: the head before the bytes, and what the transport must know to tell where a reply ends."""

from __future__ import annotations

from collections.abc import Iterable

from cli.codegen.plan.code import Constant, Tag
from cli.codegen.plan.environment import Environment
from cli.codegen.plan.frame import Refused
from cli.mapping.frames import Frame, WrongFrame, read_frame
from cli.mapping.tree import Layer


def frame_of(layer: Layer) -> Frame:
    """The layer understood, or refused with its place."""
    try:
        return read_frame(layer)
    except WrongFrame as fault:
        raise Refused("E449", fault.mark, fault.message, fault.hint) from None


def frame_constant(env: Environment, layer: Layer, charset: str, tag: Tag) -> str:
    """The constant that says how messages are framed."""
    frame = frame_of(layer)
    fields = "".join(
        f"{env.use('FrameField')}({field.name!r}, {field.width}"
        + (f", {field.counts!r}" if field.counts else "")
        + (", left=True" if field.left else "")
        + "), "
        for field in frame.fields
    )
    more = f", pad={frame.pad!r}" if frame.pad != "0" else ""
    more += ", binary=True" if frame.binary else ""
    more += f", charset={charset!r}" if charset.lower() != "utf-8" else ""
    return env.define_codec(Constant("FRAME", "", f"{env.use('FrameForm')}(fields=({fields}){more})", tag))


def framing_constant(env: Environment, sent: tuple[Layer, ...], replies: Iterable[tuple[Layer, ...]]) -> str:
    """The constant the transport reads a reply by; empty where nothing is framed, or the host closes behind it."""
    own = next((layer for layer in sent if layer.name == "frame"), None)
    lists = tuple(replies)
    layer = next((each for layers in lists for each in layers if each.name == "frame"), None) if lists else own
    if own is None or layer is None:
        return ""
    form = frame_constant(env, layer, "utf-8", "")
    return env.define_codec(Constant("FRAMING", "", f"{env.use('framing_of')}({form})", ""))
