"""Operation files: `<operation>.yaml` and `<operation>.<variant>.yaml`, one call or several steps."""

import re
from dataclasses import dataclass, replace

from cli.mapping.files import Folder
from cli.mapping.headers import read_call_headers
from cli.mapping.layers import Layers, read_reply, read_wire
from cli.mapping.messages import read_message
from cli.mapping.outcomes import read_outcome
from cli.mapping.transport import read_transport
from cli.mapping.tree import (
    Constants,
    Echo,
    IdempotencyDecl,
    InquiryDecl,
    Message,
    NeedsDecl,
    OperationFile,
    Response,
    StepDecl,
    TransportDecl,
)
from cli.mapping.words import Words, entries, key_path, key_text, one_or_many, path_in, text_of, with_codec
from gateway.catalogue.nodes import KeyNode, Node, ScalarNode
from gateway.catalogue.values import as_duration_s, as_map, did_you_mean
from gateway.model import NeededKind
from gateway.model.operations import OPERATIONS

STEPS_MAX = 20
CORRELATE_MAX = 10
CONSTANTS_MAX = 20

FORMAT = "mapping/1"
EARLIER = ("mapping/0",)

FILES = {name.replace(".", "_"): name for name in OPERATIONS}
"""Every operation by the name its file bears."""

_STEP_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")

Correlate = tuple[Echo, ...]


def read_operation(folder: Folder, file: str, name: str, variant: str, *, native: bool = False) -> OperationFile | None:
    """One operation file, or None when nothing of it can be used; of a native carrier it only declares."""
    node = folder.read_map(file)
    if node is None:
        return None
    words = Words(node, folder.faults, name)
    read_format(words)
    around = _Around(name, read_transport(words), read_wire(words), read_reply(words))
    operation = OperationFile(
        mark=words.mark,
        file=folder.shown(file),
        name=name,
        variant=variant,
        when=words.expression("when"),
        idempotency=_idempotency(words),
        inquiry=_inquiry(words),
        steps=_no_steps(words) if native else _steps(words, around),
    )
    words.done()
    return operation


def read_format(words: Words) -> None:
    """`format: mapping/1` at the top of every file."""
    node = words.need("format")
    if isinstance(node, ScalarNode) and node.text != FORMAT:
        hint = "insurehub migrate" if node.text in EARLIER else None
        words.faults.add(node.mark, f"format '{node.text}' is not known; this is {FORMAT}", hint, code="E121")


@dataclass(frozen=True, slots=True)
class _Around:
    """What an operation says for all its steps."""

    name: str
    transport: TransportDecl | None
    wire: Layers | None
    reply: tuple[Layers, ...] | None


def _idempotency(words: Words) -> IdempotencyDecl | None:
    inner = words.map("idempotency")
    if inner is None:
        return None
    inner.need("kind")
    kind = inner.word("kind", ("replay", "reject_duplicate", "query_only", "none"))
    key, ttl_s = inner.text("key"), inner.duration_s("ttl")
    inner.done()
    return None if kind is None else IdempotencyDecl(inner.mark, kind, key, ttl_s)


def _inquiry(words: Words) -> InquiryDecl | None:
    inner = words.map("inquiry")
    if inner is None:
        return None
    inner.need("operation")
    operation = inner.text("operation")
    by = inner.word("by", ("our_reference", "natural_key"))
    lag_s = inner.duration_s("visibility_lag") or 0.0
    final_s, every_s = inner.duration_s("not_found_is_final_after"), _gaps(inner)
    inner.done()
    return None if operation is None else InquiryDecl(inner.mark, operation, by, lag_s, final_s, every_s)


def _gaps(words: Words) -> tuple[float, ...]:
    node = words.get("every")
    if node is None:
        return ()
    found = (as_duration_s(each, words.faults, "every") for each in one_or_many(node))
    return tuple(gap for gap in found if gap is not None)


def _steps(words: Words, around: _Around) -> tuple[StepDecl, ...]:
    if "steps" not in words.node:
        words.asked.add("steps")
        step = _step_body(words, around, around.name, around.name, around)
        return () if step is None else (step,)
    for word in ("request", "response", "call"):
        if word in words.node:
            hint = "each step has its own"
            words.faults.add(words.node.mark_of(word), f"'{word}' beside 'steps'", hint, code="E116")
        words.asked.add(word)
    found = (_step(key, node, words, around) for key, node in entries(words, "steps", STEPS_MAX))
    return tuple(step for step in found if step is not None)


def _no_steps(words: Words) -> tuple[StepDecl, ...]:
    """A native carrier speaks our own interface: every field maps to itself."""
    for word in ("request", "response", "call", "steps"):
        if words.get(word) is not None:
            mark = words.node.mark_of(word)
            words.faults.add(mark, f"'{word}' of a native carrier: nothing is mapped there", code="E116")
    return ()


def _step(key: KeyNode, node: Node, words: Words, around: _Around) -> StepDecl | None:
    inner = as_map(node, words.faults, f"step '{key.text}'")
    if not _STEP_NAME.fullmatch(key.text):
        words.faults.add(key.mark, f"a step's name is lower case letters, digits and _, not '{key.text}'")
    if inner is None:
        return None
    step = Words(inner, words.faults, f"step '{key.text}'")
    step.need("operation")
    operation = step.word("operation", OPERATIONS)
    own = _Around(around.name, around.transport, read_wire(step), read_reply(step))
    name = around.name if operation is None else operation.value
    needs = _needs(step)
    found = _step_body(step, own, key.text, name, around, when=True)
    step.done()
    return None if found is None else replace(found, needs=needs)


def _needs(words: Words) -> NeedsDecl | None:
    """`needs`: what this step waits for, in words for the caller, and how long."""
    inner = words.map("needs")
    if inner is None:
        return None
    inner.need("kind")
    kind = inner.word("kind", [each.value for each in NeededKind])
    ref, text = inner.value("ref"), inner.value("text")
    for_s, because = inner.duration_s("for"), inner.text("because")
    inner.done()
    return None if kind is None else NeedsDecl(inner.mark, kind, ref, text, for_s, because)


def _step_body(
    words: Words, own: _Around, name: str, operation: str, around: _Around, *, when: bool = False
) -> StepDecl | None:
    request, response = words.map("request"), words.map("response")
    for word, found in (("request", request), ("response", response)):
        if found is None and word not in words.node:
            words.faults.add(words.mark, f"{words.what} needs '{word}'", code="E112")
    call, condition = words.text("call"), words.expression("when") if when else None
    read_request = None if request is None else _request(request)
    read_reply_of = None if response is None else read_response(response)
    if read_request is None or read_reply_of is None:
        return None
    return StepDecl(
        mark=words.mark,
        name=name,
        operation=operation,
        request=read_request,
        response=read_reply_of,
        call=call,
        when=condition,
        transport=own.transport,
        wire=own.wire if own.wire is not None else around.wire,
        reply=own.reply if own.reply is not None or own.wire is not None else around.reply,
        constants=read_constants(words),
        headers=read_call_headers(words),
    )


def _request(words: Words) -> Message:
    words.what = "request"
    message = replace(read_message(words), body=words.word("body", ("none",)))
    words.done()
    return message


def read_response(words: Words) -> Response:
    """A response: how it is classified, checked to be ours, and read."""
    words.what = "response"
    outcome, outcome_mark = read_outcome(words)
    correlate = read_correlate(words)
    echo = words.word("echo", ("none", "success"))
    response = Response(
        mark=words.mark,
        message=read_message(words),
        outcome=outcome,
        correlate=correlate,
        echo_none=echo is not None and echo.value == "none",
        echo_yes=echo is not None and echo.value == "success",
        outcome_mark=outcome_mark,
    )
    words.done()
    return response


def read_constants(words: Words) -> Constants:
    """`constants`: what this call says in the layers and headers that all calls share."""
    found = {}
    for key, node in entries(words, "constants", CONSTANTS_MAX):
        if not _STEP_NAME.fullmatch(key.text):
            words.faults.add(key.mark, f"a constant's name is lower case letters, digits and _, not '{key.text}'")
        text = text_of(node, words.faults, key.text)
        if text is not None:
            found[key.text] = text
    return found


def read_correlate(words: Words) -> Correlate:
    """`correlate`: what is ours against the wire path that must echo it."""
    found = []
    for key, node in entries(words, "correlate", CORRELATE_MAX):
        key_path(key, words.faults)
        found += [echo for echo in [_echo(key, node, words)] if echo is not None]
    return tuple(found)


def _echo(key: KeyNode, node: Node, words: Words) -> Echo | None:
    """`request_no: data.no`, or `data.no as codec` where the carrier writes it otherwise than it stands with us."""
    text = text_of(node, words.faults, f"'{key.text}'")
    if text is None:
        return None
    said = with_codec(text, words.faults)
    path = None if said is None else path_in(said[0], words.faults)
    return None if said is None or path is None else Echo(key_text(key), path, said[1])


def file_hint(stem: str) -> str | None:
    """What a file that names no operation was probably meant to be called."""
    return did_you_mean(stem, FILES)
