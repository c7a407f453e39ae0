"""The records of `pipe` and `fixed` layers as constants of the generated module."""

from __future__ import annotations

from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from cli.codegen.plan.code import Constant, Tag
from cli.codegen.plan.environment import Environment
from cli.codegen.plan.frame import Refused
from cli.mapping.layouts import LayoutFault, line_pattern, pipe_form
from cli.mapping.tree import Layer
from cli.mapping.widths import fixed_form


def pipe_constant(env: Environment, layer: Layer, tag: Tag) -> str:
    """The name of the constant with a pipe layer's records."""
    try:
        form = pipe_form(layer)
    except LayoutFault as fault:
        raise _refused(fault) from None
    return env.define_codec(Constant("PIPE", "", source(env, form), tag))


def fixed_constant(env: Environment, layer: Layer, charset: str, tag: Tag, *, sends: bool) -> str:
    """The same of a fixed layer, whose widths count bytes of `charset`."""
    try:
        form = fixed_form(layer, charset, sends=sends)
    except LayoutFault as fault:
        raise _refused(fault) from None
    return env.define_codec(Constant("FIXED", "", source(env, form), tag))


def pattern_text(layer: Layer) -> str:
    """The pattern of a text layer."""
    try:
        return line_pattern(layer)
    except LayoutFault as fault:
        raise _refused(fault) from None


def _refused(fault: LayoutFault) -> Refused:
    return Refused("E472", fault.mark, fault.message, fault.hint)


def source(env: Environment, value: Any) -> str:
    """A form as the source that makes it again: what it does not say is left out."""
    if isinstance(value, Struct):
        said = [
            f"{field.name}={source(env, inner)}"
            for field in _fields(type(value))
            if (inner := getattr(value, field.name)) != field.default
        ]
        return f"{env.use(type(value).__name__)}({', '.join(said)})"
    if isinstance(value, tuple):
        inside = ", ".join(source(env, each) for each in value)
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return repr(value)


# Reading a class's annotations anew for every value would be most of the time a pipe layer takes.
_fields = cache(fields)

__all__ = ["fixed_constant", "pattern_text", "pipe_constant", "source"]
