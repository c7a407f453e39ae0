"""What is declared around the rows: defaults, calls, idempotency, inquiry, callbacks."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cli.mapping.tree import CallbackDecl, CarrierFile, OperationFile, StepDecl, Text
from contract_tests.mutate.mutant import Change, operator
from contract_tests.mutate.walk import Site
from gateway.catalogue.marks import Mark

DEFAULTS = {"timezone": "+07:00", "currency": "USD"}
_WORDS = {"blank_is_missing": ("true", "false"), "missing": ("omit", "blank")}
_METHODS = {"POST": "PUT", "GET": "POST", "PUT": "POST", "PATCH": "POST", "DELETE": "POST"}


@operator("carrier-default", CarrierFile)
def carrier_default(node: CarrierFile, _site: Site) -> Iterator[Change]:
    """Another zone, another currency, blank where nothing is sent."""
    for name, said in node.defaults.items():
        wrong = DEFAULTS.get(name)
        if name in _WORDS:
            one, other = _WORDS[name]
            wrong = other if said.value == one else one
        if wrong is not None and wrong != said.value:
            defaults = {**node.defaults, name: replace(said, value=wrong)}
            yield Change(said.mark, f"defaults {name}: {wrong}", replace(node, defaults=defaults))


@operator("call", StepDecl)
def call(node: StepDecl, _site: Site) -> Iterator[Change]:
    """Another method, another path."""
    if node.call is None:
        return
    method, _, path = node.call.value.partition(" ")
    for wrong in (f"{_METHODS.get(method, 'POST')} {path}", f"{method} {path}x"):
        yield Change(node.call.mark, f"call {wrong}", replace(node, call=replace(node.call, value=wrong)))


@operator("idempotency", OperationFile)
def idempotency(node: OperationFile, _site: Site) -> Iterator[Change]:
    """Nothing is said of a second send."""
    if node.idempotency is not None and node.idempotency.kind.value != "none":
        yield Change(node.idempotency.mark, "without idempotency", replace(node, idempotency=None))


@operator("inquiry", OperationFile)
def inquiry(node: OperationFile, _site: Site) -> Iterator[Change]:
    """Nobody can be asked what became of it."""
    if node.inquiry is not None:
        yield Change(node.inquiry.mark, "without inquiry", replace(node, inquiry=None))


@operator("callback-dedup", CallbackDecl)
def callback_dedup(node: CallbackDecl, _site: Site) -> Iterator[Change]:
    """A callback that comes twice is not known again."""
    if node.dedup is not None:
        yield Change(node.dedup.mark, "without dedup", replace(node, dedup=None))


@operator("callback-verify", CallbackDecl)
def callback_verify(node: CallbackDecl, _site: Site) -> Iterator[Change]:
    """A callback is believed unsigned."""
    if node.verify_same:
        yield Change(node.mark, "without verify", replace(node, verify_same=False))


@operator("callback-answer", CallbackDecl)
def callback_answer(node: CallbackDecl, _site: Site) -> Iterator[Change]:
    """The acknowledgement says less, something else, or another status."""
    answer = node.answer
    for name, value in answer.fields.items():
        mark = getattr(value, "mark", node.mark)
        rest = {key: each for key, each in answer.fields.items() if key != name}
        yield _answered(node, mark, f"answer without {name}", fields=rest)
        if isinstance(value, Text):
            wrong = replace(value, value=f"{value.value}9")
            yield _answered(node, mark, f"answer {name}: {wrong.value}", fields={**answer.fields, name: wrong})
    if answer.told is not None:
        told = replace(answer.told, value=f"{answer.told.value}9")
        yield _answered(node, answer.told.mark, f"answer {told.value}", told=told)
    status = 202 if answer.status == 200 else 200
    yield _answered(node, node.mark, f"answered with {status}", status=status)


def _answered(node: CallbackDecl, mark: Mark, what: str, **changed: Any) -> Change:
    return Change(mark, what, replace(node, answer=replace(node.answer, **changed)))
