"""E472 and E473: the layouts of records, and that every row finds its field in them."""

import re

from cli.mapping.checks.surroundings import Checking
from cli.mapping.checks.wire_paths import written
from cli.mapping.layers import FORMATS, Layers
from cli.mapping.layouts import LayoutFault, fixed_form, line_pattern, paths, pipe_form
from cli.mapping.tree import Layer, Message, Response
from gateway.catalogue.values import did_you_mean
from gateway.wire.layers.records import Path

_RECORDS = ("pipe", "fixed", "text")


def check_record_layer(checking: Checking, layer: Layer) -> None:
    """The options of a `pipe`, `fixed` or `text` layer."""
    if layer.name not in _RECORDS:
        return
    try:
        known_paths(layer)
    except LayoutFault as fault:
        checking.say("E472", fault.mark, fault.message, fault.hint)


def check_record_rows(checking: Checking, message: Message, lists: tuple[Layers, ...]) -> None:
    """Every path a message names is a field of its record; with several forms of a reply, of one of them."""
    found: set[Path] = set()
    for layers in lists:
        formats = [layer for layer in layers if layer.name in FORMATS]
        inner = next((layer for layer in formats if "put" not in layer.options), None)
        if inner is None or inner.name not in _RECORDS:
            return
        try:
            found |= known_paths(inner)
        except LayoutFault:
            return
    names = sorted({".".join(path) for path in found if path})
    for writer in written(checking, message):
        if "(" not in writer.path and "{" not in writer.path and writer.path not in names:
            hint = did_you_mean(writer.path, names)
            checking.say("E473", writer.mark, f"the record has no field '{writer.path}'", hint)


def check_response_rows(checking: Checking, response: Response, wire: Layers, reply: tuple[Layers, ...]) -> None:
    """The same of a reply, whose record is the one sent where nothing else is said."""
    check_record_rows(checking, response.message, reply or (wire,))


def known_paths(layer: Layer, *, lists: bool = False) -> frozenset[Path]:
    """Every path that has a field in a layer's records; with `lists` those whose elements are lines of their own."""
    if layer.name == "text":
        return frozenset((name,) for name in re.compile(line_pattern(layer)).groupindex)
    form = pipe_form(layer) if layer.name == "pipe" else fixed_form(layer, "utf-8", sends=False)
    return frozenset(record.items for record in form.records if record.items) if lists else paths(form)


__all__ = ["check_record_layer", "check_record_rows", "check_response_rows", "known_paths"]
