"""W454: a signature, an IV or a wrapped key that is kept under a name and then stands nowhere in what is sent."""

import re
from collections.abc import Iterator, Mapping

from cli.mapping.checks.surroundings import Checking
from cli.mapping.layers import Layers
from cli.mapping.tree import Expression, Layer, Option, Text
from cli.mapping.wrapping import kept_names


def check_unused(checking: Checking, layers: Layers) -> None:
    """Every name kept by a layer is written by a later one, or stands in a header."""
    texts = [text for layer in layers for text in _said(layer)]
    texts += [text for each in _headers(checking) for text in _texts(each)]
    for layer in layers:
        for name in kept_names(layer) if "put" not in layer.options else ():
            if not any(re.search(rf"\b{re.escape(name)}\b", text) for text in texts):
                hint = f"with: {{ .., field: ={name} }} of a wrapper, a header, or put: in place of as:"
                checking.say("W454", layer.mark, f"what is kept as '{name}' is sent nowhere: nobody could use it", hint)


def _said(layer: Layer) -> Iterator[str]:
    """What a layer's options say, but for the names it keeps itself."""
    for word, option in layer.options.items():
        if word == "wrap" and isinstance(option, Mapping):
            yield from (text for key, each in option.items() if key != "as" for text in _texts(each))
        elif word != "as":
            yield from _texts(option)


def _headers(checking: Checking) -> Iterator[object]:
    yield from (value for _, value in checking.carrier.headers)
    for operation in checking.resolved.operations:
        for step in operation.steps:
            yield from (each.value for each in step.headers)


def _texts(option: Option | object) -> Iterator[str]:
    if isinstance(option, Expression):
        yield option.source
    elif isinstance(option, Text):
        yield option.value
    elif isinstance(option, Mapping):
        for each in option.values():
            yield from _texts(each)
    elif isinstance(option, tuple):
        for each in option:
            yield from _texts(each)
