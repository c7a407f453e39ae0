"""E117: words of the language that load and cannot be generated yet, by the generator's own list.

A word is either generated or refused with its place; nothing a mapping says is dropped.
"""

from collections.abc import Iterator

from cli.mapping.capabilities import LATER_WORDS, refusal
from cli.mapping.checks.surroundings import Checking
from cli.mapping.layers import Layers
from cli.mapping.tree import CarrierFile, OutcomeRow
from gateway.catalogue.marks import Mark


def check_support(checking: Checking) -> None:
    """Everything of a carrier the generator would refuse."""
    carrier = checking.carrier
    _check_layers(checking, carrier.wire, reply=False)
    for layers in _replies(checking):
        _check_layers(checking, layers, reply=True)
    for operation in checking.resolved.operations:
        for step in operation.steps:
            _check_layers(checking, step.wire or (), reply=False)
            _check_rows(checking, step.response.outcome)
    for callback in carrier.callbacks:
        _check_rows(checking, callback.response.outcome)
    for word, mark in _words(carrier):
        _later(checking, word, mark)


def _replies(checking: Checking) -> Iterator[Layers]:
    carrier = checking.carrier
    yield from carrier.reply
    for operation in checking.resolved.operations:
        for step in operation.steps:
            yield from step.reply or ()
    yield from (callback.wire for callback in carrier.callbacks if callback.wire is not None)
    if carrier.token is not None:
        yield from carrier.token.reply or ()


def _check_layers(checking: Checking, layers: Layers, *, reply: bool) -> None:
    for layer in layers:
        why = refusal(layer.name, reply=reply)
        if why is not None:
            checking.say("E117", layer.mark, why)


def _check_rows(checking: Checking, rows: tuple[OutcomeRow, ...]) -> None:
    for row in rows:
        then = None if row.result is None else row.result.then
        if then is not None:
            _later(checking, f"then: {then.value}", then.mark)


def _words(carrier: CarrierFile) -> Iterator[tuple[str, Mark]]:
    """The words in use that the list may name, each with its place."""
    if carrier.native:
        yield "native", carrier.mark
    results = () if carrier.errors is None else (*(each for _, each in carrier.errors.rows), carrier.errors.other)
    for result in results:
        if result is not None and result.then is not None:
            yield f"then: {result.then.value}", result.then.mark


def _later(checking: Checking, word: str, mark: Mark) -> None:
    if word in LATER_WORDS:
        checking.say("E117", mark, f"{LATER_WORDS[word]} ({word}) are not supported yet")
