"""`callbacks`: what a carrier sends to us, how it is recognised, and the answer it wants."""

from collections.abc import Mapping

from cli.mapping.layers import options_of, read_wire
from cli.mapping.messages import read_message
from cli.mapping.operations import read_constants, read_correlate
from cli.mapping.outcomes import read_outcome
from cli.mapping.tree import AnswerDecl, CallbackDecl, Response, Text
from cli.mapping.words import Words, entries, text_of
from gateway.catalogue.nodes import KeyNode, Node, ScalarNode
from gateway.catalogue.values import as_integer, as_map, did_you_mean
from gateway.model.operations import OPERATIONS

CALLBACKS_MAX = 50

RESULTS: Mapping[str, str] = {spec.result.__name__: spec.name for spec in OPERATIONS.values()}
"""The operation of each result type: a callback's `of` says which operation it speaks of."""


def read_callbacks(words: Words) -> tuple[CallbackDecl, ...]:
    """Every kind of callback, in line order: the first that matches is taken."""
    found = (_callback(key, node, words) for key, node in entries(words, "callbacks", CALLBACKS_MAX))
    return tuple(callback for callback in found if callback is not None)


def _callback(key: KeyNode, node: Node, around: Words) -> CallbackDecl | None:
    inner = as_map(node, around.faults, f"callback '{key.text}'")
    if inner is None:
        return None
    words = Words(inner, around.faults, f"callback '{key.text}'")
    outcome, outcome_mark = read_outcome(words)
    correlate = read_correlate(words)
    response = Response(key.mark, read_message(words), outcome, correlate, outcome_mark=outcome_mark)
    found = CallbackDecl(
        mark=key.mark,
        name=key.text,
        operation=_operation(response.message.of, words),
        response=response,
        match=words.expression("match"),
        verify_same=_verifies_same(words),
        dedup=words.expression("dedup"),
        correlate=correlate,
        wire=read_wire(words),
        constants=read_constants(words),
        answer=_answer(words),
    )
    words.done()
    return found


def is_verified(callback: CallbackDecl) -> bool:
    """Whether a forged callback is told from a genuine one."""
    layers = callback.wire or ()
    return callback.verify_same or any(
        layer.name in ("verify", "http_signature", "xml_signature", "jws") or "wsse" in layer.options
        for layer in layers
    )


def _verifies_same(words: Words) -> bool:
    verify = words.word("verify", ("same", "none"))
    return verify is not None and verify.value == "same"


def _operation(of: Text | None, words: Words) -> str:
    if of is None:
        words.faults.add(words.mark, f"{words.what} needs 'of'", code="E112")
        return ""
    if of.value not in RESULTS:
        words.faults.add(of.mark, f"no result type '{of.value}'", did_you_mean(of.value, RESULTS), code="E202")
    return RESULTS.get(of.value, "")


def _answer(words: Words) -> AnswerDecl:
    """`reply`: a text, wire paths against values, or `http`, `wire` and `body` of either kind."""
    node = words.get("reply")
    if isinstance(node, ScalarNode):
        return AnswerDecl(told=text_of(node, words.faults, "reply"))
    inner = words.map("reply")
    if inner is None:
        return AnswerDecl()
    if not any(word in inner.node for word in ("http", "body", "wire")):
        return AnswerDecl(options_of(inner.node, words.faults))
    status = inner.read("http", lambda node, faults, what: as_integer(node, faults, what, least=200, most=599))
    is_text = isinstance(inner.get("body"), ScalarNode)
    text = inner.text("body") if is_text else None
    body = None if is_text else inner.read("body", as_map)
    wire = read_wire(inner)
    if text is not None and wire is not None:
        words.faults.add(text.mark, "an answer that is a text has no layers", "write its fields: body: { .. }")
    inner.done()
    fields = {} if body is None else options_of(body, words.faults)
    return AnswerDecl(fields, text, 200 if status is None else status, wire)
