"""JSON texts inside a message: the values that `json_text` names, written before the format and read behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.codegen.plan import options
from cli.codegen.plan.elements import wire_names
from cli.codegen.plan.frame import Refused
from cli.mapping.ciphers import WrongCipher, field_paths
from cli.mapping.tree import Layer

if TYPE_CHECKING:
    from cli.codegen.plan.decoding import Decoding
    from cli.codegen.plan.encoding import Encoding


def json_options(layer: Layer) -> str:
    """How JSON is written, as arguments of `json_out`."""
    found = ""
    if options.text(layer, "unicode") == "escaped":
        found += ", escaped=True"
    separators = options.text(layer, "separators", "compact")
    if separators != "compact":
        found += f", separators={separators!r}"
    return found + (", keys_sorted=True" if options.flag(layer, "sorted") else "")


def json_tree(state: Encoding, layer: Layer, tree: str) -> str:
    """The message, or what stands under one name of it; every value as a leaf where the layer says so."""
    leaf, arrays = options.text(layer, "leaf"), options.text(layer, "arrays")
    if leaf is not None:
        also = f", {arrays!r}" if arrays not in (None, "none") else ""
        tree = f"{state.env.use('leaves_out')}({tree}, {leaf!r}{also})"
    elif arrays is not None:
        raise Refused("E262", layer.mark, "arrays says how leaves stand: name the leaf as well, leaf: value")
    root = options.text(layer, "root")
    return tree if root is None else f"{tree}.get({root!r})"


def write_texts(state: Encoding, layer: Layer) -> None:
    """Objects and lists of the message become texts, in the order they are named."""
    tree = "(wire or {})" if state.bodyless else "wire"
    where = _paths(layer, fields=state.form == "fields")
    state.say(f"{state.env.use('texts_out')}({tree}, {where}{json_options(layer)})", layer)


def read_texts(state: Decoding, layer: Layer) -> None:
    """Texts of the message become what they say."""
    where = _paths(layer, fields=state.form == "fields")
    state.say(f"{state.env.use('texts_in')}({state.var}, {where})", layer)


def _paths(layer: Layer, *, fields: bool) -> str:
    if not fields:
        hint = "when sending before the first format, in a reply behind the last"
        raise Refused("E270", layer.mark, f"json_text stands where the message is one: {hint}")
    try:
        found = field_paths(layer)
    except WrongCipher as fault:
        raise Refused("E455", fault.mark, fault.message, fault.hint) from None
    return ", ".join(repr(tuple(wire_names(path))) for path in found)
