"""W425: what a layer encrypts, or writes as a JSON text, and no request writes: a slip would leave it in the clear."""

import re
from collections.abc import Iterator

from cli.mapping.checks.surroundings import Checking
from cli.mapping.flat import flatten
from cli.mapping.layers import Layers
from cli.mapping.tree import Message, Text
from gateway.catalogue.values import did_you_mean

_DOT = re.compile(r"(?<!\\)\.")
_BECOMES = {"encrypt": "leaves encrypted", "json_text": "is a JSON text"}


def check_sealed(checking: Checking) -> None:
    """Every path that `encrypt` and `json_text` name, in the layers of all calls and of those that have their own."""
    steps = [step for operation in checking.resolved.operations for step in operation.steps]
    _check(checking, checking.carrier.wire, [step.request for step in steps if step.wire is None])
    for step in steps:
        _check(checking, step.wire or (), [step.request])


def _check(checking: Checking, layers: Layers, requests: list[Message]) -> None:
    named = [(layer.name, path) for layer in layers if layer.name in _BECOMES for path in _paths(layer.options)]
    if not named or not requests:
        return
    known = {path for request in requests for path in _written(checking, request)}
    if any("{" in path for path in known):
        # Numbered elements have as many names as there are items.
        return
    for name, path in named:
        if tuple(_DOT.split(path.value)) not in {tuple(_DOT.split(each)) for each in known}:
            message = f"no request writes '{path.value}': nothing there {_BECOMES[name]}"
            checking.say("W425", path.mark, message, did_you_mean(path.value, sorted(known)))


def _paths(options: object) -> Iterator[Text]:
    fields = options.get("fields") if isinstance(options, dict) else None
    yield from (each for each in fields or () if isinstance(each, Text)) if isinstance(fields, tuple) else ()


def _written(checking: Checking, request: Message) -> Iterator[str]:
    """Every wire path of a request, and what stands around it; a list stands for its items, whichever are chosen."""
    for leaf in flatten(request, checking.shapes):
        way = [segment.partition("(")[0] for segment in leaf.wire_way if not segment.isdigit()]
        yield from (".".join(way[:depth]) for depth in range(1, len(way) + 1))
