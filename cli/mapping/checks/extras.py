"""Algorithms that need a package of their own: without it the mapping cannot run here."""

from collections.abc import Iterable

from cli.mapping.checks.surroundings import Checking
from cli.mapping.tree import Layer
from gateway.wire.extras import missing


def check_extras(checking: Checking, layer: Layer, extras: Iterable[str]) -> None:
    """The packages the layer's algorithms need are installed."""
    absent = missing({extra for extra in extras if extra})
    if absent is not None:
        mark = layer.key_marks.get("algo", layer.mark)
        what, _, command = absent.partition("; ")
        checking.say("E450", mark, f"{layer.name} cannot run here: {what}", command)
