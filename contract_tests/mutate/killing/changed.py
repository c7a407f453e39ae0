"""An example with one thing in it changed, and the words that lay the change over it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from contract_tests.derive.carried import LONG, NUMBERS, answered, damaged_bytes, with_texts
from contract_tests.derive.codes import looked_up, with_code
from contract_tests.derive.edit import Edit, apply
from contract_tests.examples.check import Run
from contract_tests.examples.example import Example, Exchange, FaultGiven, Freeze, GivenReply
from contract_tests.examples.frozen import context_of
from contract_tests.mutate.killing.bodies import NoSuchBody, differing, of_call, of_callback, with_edit
from contract_tests.mutate.killing.expected import body_words
from contract_tests.mutate.killing.page import merged
from gateway.model.operations import OPERATIONS
from gateway.wire.contract import Headers, WireReply

Words = dict[str, Any]
_FROZEN = ("now", "request_no", "attempt_no")
FAULT = "commit_then_rst"
"""What is done next, where a reply was lost, is what the declarations of an operation are about."""


class Changed(Struct, frozen=True):
    """The example as it is then, and what is written of it beside what it inherits."""

    example: Example
    words: Words


class NotTold(Exception):
    """A change that no example can be written with."""


def changed(run: Run, edit: Edit) -> Changed:
    """The example with an edit. Raises NotTold."""
    way = _WAYS.get(edit.side)
    if way is None or run.subject.is_native:
        raise NotTold(edit.group)
    try:
        return way(run, edit)
    except (NoSuchBody, LookupError, ValueError, TypeError) as wrong:
        raise NotTold(f"{edit.group} {edit.name}: {wrong}") from None


def _whole(run: Run, _edit: Edit) -> Changed:
    return Changed(run.example, {})


def _declared(run: Run, _edit: Edit) -> Changed:
    fault = FaultGiven(name=FAULT, mark=run.example.mark)
    return Changed(replace(run.example, fault=fault), {"given": None, "fault": FAULT})


# --- the way out ------------------------------------------------------------------------------------------------------


def _request(run: Run, edit: Edit) -> Changed:
    before = msgspec.to_builtins(run.example.request)
    request = msgspec.convert(apply(before, edit), OPERATIONS[run.example.operation].request)
    return Changed(
        replace(run.example, request=request), {"canonical": patch(before, msgspec.to_builtins(request)) or {}}
    )


def patch(before: Any, now: Any) -> Any:
    """What is laid over one tree of plain data to make it another (RFC 7386); None where they are alike."""
    if not isinstance(before, dict) or not isinstance(now, dict):
        return now
    found: Words = {name: None for name, was in before.items() if was is not None and now.get(name) is None}
    for name, value in now.items():
        if value is not None and value != before.get(name):
            found[name] = patch(before.get(name), value)
    return found or None


def _context(run: Run, edit: Edit) -> Changed:
    name, *inside = edit.at
    if edit.step:
        raise NotTold("a call alone is no example")
    if name in _FROZEN:
        value = datetime.fromisoformat(edit.value) if name == "now" else edit.value
        return _frozen(run.example, name, value)
    before: Mapping[str, Any] = getattr(run.example, name)
    now = apply(before, replace(edit, at=tuple(inside)))
    return Changed(replace(run.example, **{name: now}), {name: patch(dict(before), now) or {}})


def _frozen(example: Example, name: str, value: Any) -> Changed:
    """The example with one thing standing otherwise, in all of its calls."""
    still: Callable[[Freeze], Freeze] = lambda freeze: replace(freeze, **{name: value})  # noqa: E731 - used twice below
    exchanges = tuple(replace(each, freeze=still(each.freeze)) for each in example.exchanges)
    told = {"freeze": {name: value.isoformat() if isinstance(value, datetime) else value}}
    words: Words = dict(told)
    if any(each.step for each in exchanges):
        words["steps"] = {each.step: dict(told) for each in exchanges}
    return Changed(replace(example, freeze=still(example.freeze), exchanges=exchanges), words)


# --- the way back -----------------------------------------------------------------------------------------------------


def _reply(run: Run, edit: Edit) -> Changed:
    if edit.kind == "number":
        return _numbers(run, edit)
    return _answered(run, edit.step, lambda raw: _with(run, edit.step, raw, edit))


def _code(run: Run, edit: Edit) -> Changed:
    played = looked_up(run)
    if played is None or played.reply is None:
        raise NotTold("no code is looked up")
    step = played.step.name if any(each.step for each in run.example.exchanges) else ""
    wire = with_code(played.reply.wire, str(played.reply.outcome.carrier_code), edit.value)
    return _another(run, step, played.reply.wire, wire)


def _numbers(run: Run, edit: Edit) -> Changed:
    """Longer numbers of ours, and a reply that gives back so much of them."""
    played, _ = answered(run, edit.step)
    longer = {name: number * LONG for name, number in NUMBERS.items()}
    ours = {getattr(played.context, name): number[: edit.value] for name, number in longer.items()}
    wire = played.reply.wire if played.reply is not None else None
    made = _another(run, edit.step, wire, with_texts(wire, ours))
    for name, number in longer.items():
        still = _frozen(made.example, name, number)
        made = Changed(still.example, merged(made.words, still.words))
    return made


def _another(run: Run, step: str, before: Any, now: Any) -> Changed:
    """The example with a reply that is decoded to this."""
    edits = list(differing(before, now))

    def other(raw: WireReply) -> WireReply:
        for each in edits:
            raw = _with(run, step, raw, each)
        return raw

    return _answered(run, step, other)


def _with(run: Run, step: str, raw: WireReply, edit: Edit) -> WireReply:
    example = run.example
    played = run.flow.of(step)
    path = urlsplit(played.wire.url).path if played is not None and played.wire is not None else "/"
    forms = of_call(run.subject.tree, example.operation, example.variant, step)
    return with_edit(raw, forms, edit, example.secrets, path)


def _status(run: Run, edit: Edit) -> Changed:
    return _answered(run, edit.step, lambda raw: replace(raw, status=edit.value))


def _bytes(run: Run, edit: Edit) -> Changed:
    if edit.kind == "late":
        freeze = run.example.freeze
        if freeze.now is None:
            raise NotTold("the example has no clock")
        return _frozen(run.example, "now", freeze.now + timedelta(seconds=edit.value))
    if edit.kind == "forged":
        return _answered(run, edit.step, lambda raw: replace(raw, headers=_other(raw.headers, edit)))
    return _answered(
        run, edit.step, lambda raw: damaged_bytes(raw, edit.kind, str(edit.value), run.subject.reply_charset)
    )


def _other(headers: Headers, edit: Edit) -> Headers:
    return tuple((name, edit.value if name == edit.at[0] else value) for name, value in headers)


def _answered(run: Run, step: str, other: Callable[[WireReply], WireReply]) -> Changed:
    """The example with another reply to one of its calls."""
    played, raw = answered(run, step)
    made = other(raw)
    own = played.exchange
    exchange = replace(own, reply=GivenReply(made, own.reply.mark if own.reply is not None else own.mark))
    exchanges: tuple[Exchange, ...] = tuple(exchange if each is own else each for each in run.example.exchanges)
    told = {"response": reply_words(raw, made)}
    return Changed(replace(run.example, exchanges=exchanges), {"steps": {own.step: told}} if own.step else dict(told))


def reply_words(before: WireReply, now: WireReply) -> Words:
    """What of a reply is another one."""
    found: Words = {"status": now.status} if now.status != before.status else {}
    headers = {name: value for name, value in now.headers if before.header(name) != value}
    found |= {"headers": headers} if headers else {}
    return found | ({"body": body_words(now.body)} if now.body != before.body else {})


# --- what comes in ----------------------------------------------------------------------------------------------------


def _callback(run: Run, edit: Edit) -> Changed:
    given = run.example.callback
    if given is None:
        raise NotTold("no callback")
    if edit.kind == "whole":
        return Changed(run.example, {})
    inbound = given.inbound
    before = WireReply(status=200, headers=inbound.headers, body=inbound.body)
    made = with_edit(before, of_callback(run.subject.tree, given.name), edit, run.example.secrets, inbound.target)
    changed_in = replace(inbound, headers=made.headers, body=made.body)
    example = replace(run.example, callback=replace(given, inbound=changed_in))
    called = run.subject.adapter.callback(given.name)
    if called is not None:  # reading it is tried here: what cannot be read at all is no example of a callback
        called.read(changed_in, context_of(example, example.freeze, {}))
    return Changed(example, {"callback": reply_words(before, made)})


_WAYS: Mapping[str, Callable[[Run, Edit], Changed]] = {
    "whole": _whole,
    "declared": _declared,
    "request": _request,
    "context": _context,
    "reply": _reply,
    "code": _code,
    "status": _status,
    "bytes": _bytes,
    "callback": _callback,
}

__all__ = ["Changed", "NotTold", "changed"]
