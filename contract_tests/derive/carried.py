"""An edit carried out: what became of it as one short text, with a digest of everything that can be seen of it."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import FunctionType
from typing import Any

import msgspec
from msgspec.structs import replace

from contract_tests.derive.codes import looked_up, native_with_code, with_code
from contract_tests.derive.edit import Edit, apply
from contract_tests.derive.surroundings import changed_file
from contract_tests.examples.check import Run
from contract_tests.examples.flow import Flow, Played, play
from contract_tests.examples.frozen import context_of
from gateway.channel import AdapterMissing
from gateway.model.operations import OPERATIONS
from gateway.model.outcome import Outcome
from gateway.wire.contract import Inbound, Notice, Reply, WireReply
from gateway.wire.errors import WireError
from gateway.wire.layers.charset import read_as
from gateway.wire.layers.lost import LOST

DIGEST_LENGTH = 8
NO_REQUEST = "no request"
NOT_SERVED = "not served"
RAISED = "raised"
RESUMED = "resumed"
NUMBERS = {"request_no": "R", "attempt_no": "A"}
LONG, CUT_MIN = 80, 8
"""How long the longest of our own numbers is, and the shortest text that is taken for one that was cut."""


class Ended(msgspec.Struct, frozen=True):
    """How an edit ended: a word or two, and what can be seen of it."""

    words: str
    seen: Any

    @property
    def text(self) -> str:
        """The word and the digest, as frozen."""
        plain = msgspec.to_builtins(self.seen, enc_hook=str)
        data = json.dumps(plain, sort_keys=True, default=str).encode()
        return f"{self.words} {hashlib.sha256(data).hexdigest()[:DIGEST_LENGTH]}"


def carry_out(run: Run, edit: Edit) -> Ended:
    """What comes of an example with one thing changed. Raises LookupError, ValueError where there is no such thing."""
    return _WAYS[edit.side](run, edit)


# --- the way out ------------------------------------------------------------------------------------------------------


def _request(run: Run, edit: Edit) -> Ended:
    told = apply(msgspec.to_builtins(run.example.request), edit)
    try:
        request = msgspec.convert(told, OPERATIONS[run.example.operation].request)
    except (msgspec.ValidationError, ValueError, UnicodeEncodeError):
        return Ended(NO_REQUEST, None)
    return _flown(run, request=request)


def _context(run: Run, edit: Edit) -> Ended:
    name, *inside = edit.at
    if edit.step:
        return _alone(run, edit)
    if name in ("now", "request_no", "attempt_no"):
        value = datetime.fromisoformat(edit.value) if name == "now" else edit.value
        return _flown(run, run.example.request, **{name: value})
    changed = apply(getattr(run.example, name), replace(edit, at=tuple(inside)))
    example = replace(run.example, **{name: changed})
    return _flown(Run(run.file, example, run.subject), run.example.request)


def _alone(run: Run, edit: Edit) -> Ended:
    """One of several calls built with other numbers of ours, or taken up again with the ones before done."""
    played = next((each for each in run.flow.played if each.step.name == edit.step), None)
    if played is None:
        raise LookupError(f"the example does not come to {edit.step}")
    request, context = run.example.request, played.context
    if edit.kind == RESUMED:
        told = {**msgspec.to_builtins(request), "numbers": edit.value}
        request = msgspec.convert(told, OPERATIONS[run.example.operation].request)
        context = replace(context, steps={})
    else:
        context = replace(context, **{edit.at[0]: edit.value})
    try:
        wire = played.step.build(request, context)
    except WireError as refusal:
        return Ended("refused", getattr(refusal, "path", None))
    return Ended("sent", _seen_wire(replace(played, wire=wire, refusal=None), random=run.subject.signs_at_random))


def _flown(run: Run, request: Any, **changed: Any) -> Ended:
    example = replace(run.example, request=request)
    try:
        flow = play(example, run.subject, **changed)
    except AdapterMissing:
        return Ended(NOT_SERVED, None)
    except Exception as error:  # noqa: BLE001 - building refuses by CannotSend and by nothing else
        return Ended(f"{RAISED} {type(error).__name__}", None)
    if not flow.played:
        return Ended(f"missing {flow.missing}", None)
    last = flow.played[-1]
    words = "refused" if last.refusal is not None else "sent"
    return Ended(words, _seen_flow(flow, random=run.subject.signs_at_random))


def _seen_flow(flow: Flow, *, random: bool) -> Any:
    return [
        flow.operation.variant,
        [[each.step.name, _seen_wire(each, random=random), _seen_reply(each.reply)] for each in flow.played],
    ]


def _seen_wire(played: Played, *, random: bool) -> Any:
    if played.refusal is not None:
        return ["refused", getattr(played.refusal, "path", None)]
    wire = played.wire
    if wire is None:
        return None
    # No two signatures of one message are alike where they are made at random.
    body = len(wire.body) if random else hashlib.sha256(wire.body).hexdigest()
    return [wire.method, wire.url, [[name, "" if random else value] for name, value in wire.headers], body]


# --- the way back -----------------------------------------------------------------------------------------------------


def _reply(run: Run, edit: Edit) -> Ended:
    played, raw = answered(run, edit.step)
    if run.subject.is_native:
        return _parsed(played.step.parse, (_native(run, raw, edit), run.example.request, played.context))
    assert played.reply is not None
    context = played.context
    if edit.kind == "number":
        changed = {name: number * LONG for name, number in NUMBERS.items()}
        ours = {getattr(context, name): number[: edit.value] for name, number in changed.items()}
        wire, context = with_texts(played.reply.wire, ours), replace(context, **changed)
        if wire == played.reply.wire:
            raise LookupError("no number of ours comes back")
    else:
        wire = apply(played.reply.wire, edit)
    parse = with_globals(played.step.parse, lambda name: name.startswith("decoded"), lambda *_: wire)
    return _parsed(parse, (raw, run.example.request, context))


def with_texts(tree: Any, texts: Mapping[str, str]) -> Any:
    """Plain data with other texts in the place of these, cut or whole."""
    if isinstance(tree, dict):
        return {name: with_texts(inner, texts) for name, inner in tree.items()}
    if isinstance(tree, list | tuple):
        return [with_texts(inner, texts) for inner in tree]
    found = (other for text, other in texts.items() if len(str(tree)) >= CUT_MIN and text.startswith(str(tree)))
    return next(found, tree)


def _native(run: Run, raw: WireReply, edit: Edit) -> WireReply:
    """The reply of the native wire with the edit, signed again as its interface says."""
    tree = apply(msgspec.json.decode(raw.body), edit)
    changed = replace(raw, body=msgspec.json.encode(tree, enc_hook=float))
    return native_with_code(changed, "", "", run.example.secrets)


def _status(run: Run, edit: Edit) -> Ended:
    played, raw = answered(run, edit.step)
    return _parsed(played.step.parse, (replace(raw, status=edit.value), run.example.request, played.context))


def _code(run: Run, edit: Edit) -> Ended:
    """C05: another code where the example's reply bears one that is looked up."""
    played = looked_up(run)
    if played is None or played.reply is None or played.exchange.reply is None:
        raise LookupError("the example bears no code that is looked up")
    known, raw = str(played.reply.outcome.carrier_code), played.exchange.reply.reply
    if run.subject.is_native:
        raw = native_with_code(raw, known, edit.value, run.example.secrets)
        return _parsed(played.step.parse, (raw, run.example.request, played.context))
    wire = with_code(played.reply.wire, known, edit.value)
    parse = with_globals(played.step.parse, lambda name: name.startswith("decoded"), lambda *_: wire)
    return _parsed(parse, (raw, run.example.request, played.context))


def _bytes(run: Run, edit: Edit) -> Ended:
    """C09, C11: the reply's bytes changed; a signature over them is taken as good, it is not what is looked at."""
    played, raw = answered(run, edit.step)
    if edit.kind == "late":
        return _parsed(
            played.step.parse,
            (raw, run.example.request, replace(played.context, now=played.context.now + timedelta(seconds=edit.value))),
        )
    if edit.kind == "forged":
        headers = tuple((name, edit.value if name == edit.at[0] else value) for name, value in raw.headers)
        return _parsed(played.step.parse, (replace(raw, headers=headers), run.example.request, played.context))
    changed = damaged_bytes(raw, edit.kind, str(edit.value), run.subject.reply_charset)
    if run.subject.is_native:
        changed, parse = native_with_code(changed, "", "", run.example.secrets), played.step.parse
    else:
        parse = parse_believing(played.step.parse)
    return _parsed(parse, (changed, run.example.request, played.context))


class UnknownShape(Exception):
    """A generated module that is not of the shape this room knows: never a reason to leave a case out."""


def parse_believing(parse: Any) -> Any:
    """The parser of a step with every signature taken as good, whichever way its module decodes a reply.

    A reply that is signed or encrypted is decoded by `decoded_once`, with one key after the other; any other by
    `decoded` alone.
    """
    decoded = parse.__globals__.get("decoded")
    if decoded is None:
        raise UnknownShape(f"{parse.__module__} has no `decoded`")
    once = decoded.__globals__.get("decoded_once")
    if once is None:
        return with_globals(parse, "decoded".__eq__, _believing(decoded))
    decoded = with_globals(decoded, "decoded_once".__eq__, _believing(once))
    return with_globals(parse, "decoded".__eq__, decoded)


def _believing(once: Any) -> Any:
    """The decoding of a reply, in each of the forms it may have, with every signature taken as good."""
    forms = [name for name in once.__globals__ if re.fullmatch(rf"{once.__name__}_\d+", name)]
    for form in forms:
        believing = with_globals(once.__globals__[form], _is_genuine, lambda *_: True)
        once = with_globals(once, form.__eq__, believing)
    return with_globals(once, _is_genuine, lambda *_: True)


def _is_genuine(name: str) -> bool:
    return name == "same_signature" or name.endswith("_genuine")


def with_globals(function: Any, fits: Callable[[str], bool], other: Any) -> Any:
    """The same code with something else under the global names that fit; the module itself stays as it is."""
    names = {name: other for name in function.__globals__ if fits(name)}
    made = FunctionType(function.__code__, {**function.__globals__, **names}, function.__name__, function.__defaults__)
    made.__kwdefaults__ = function.__kwdefaults__
    return made


def damaged_bytes(raw: WireReply, kind: str, how: str, charset: str = "utf-8") -> WireReply:
    """The reply, which is in `charset`, with other bytes. Raises ValueError where the way does not apply to it."""
    body = raw.body
    match kind, how:
        case "charset", "bom":
            body = b"\xef\xbb\xbf" + body
        case "charset", "undecodable":
            body = body.replace(b"<", b"\xff<", 2) if body.lstrip()[:1] == b"<" else body.replace(b'":"', b'":"\xff', 1)
        case "charset", "replacement":
            lost = LOST.encode(read_as(charset))
            body = re.sub(rb'(":"|>|\|)(?=[^<"|])', lambda found: found[0] + lost, body, count=1)
        case "charset", ("gbk" | "gb18030" | "utf-8" | "utf-16") as charset:
            body = _decoded(body).encode(charset)
        case "charset", "mislabelled":
            headers = tuple((name, value) for name, value in raw.headers if name.lower() != "content-type")
            return replace(raw, headers=(*headers, ("Content-Type", "text/plain; charset=ISO-8859-1")))
        case "duplicate", _:
            body = re.sub(rb'^(\s*\{)("[^"]+":)', rb"\1\2null,\2", body, count=1)
    if body == raw.body:
        raise ValueError(f"{kind} {how} changes nothing here")
    return replace(raw, body=body)


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("gb18030")


def _callback(run: Run, edit: Edit) -> Ended:
    given = run.example.callback
    called = run.subject.adapter.callback(given.name) if given is not None else None
    if given is None or called is None:
        raise LookupError("no callback")
    context = context_of(run.example, run.example.freeze, {})
    if edit.kind == "whole":
        notice = called.read(given.inbound, context)
    else:
        notice = _notice(called.read, given.inbound, context, edit)
    sent = called.answer(notice, context)
    words = "not matched" if not notice.matched else _words(notice.reply.outcome) if notice.reply else "no reply"
    answer = [sent.status, sent.headers, hashlib.sha256(sent.body).hexdigest()]
    facts = [notice.matched, notice.genuine, notice.event_id, notice.correlate]
    return Ended(words, [facts, _seen_reply(notice.reply), answer])


def _notice(read: Any, inbound: Inbound, context: Any, edit: Edit) -> Notice:
    reply = read(inbound, context).reply
    if reply is None or not any(name.startswith("decoded_") for name in read.__globals__):
        raise LookupError("the callback is not read by generated code")
    wire = apply(reply.wire, edit)
    own = f"decoded_{read.__name__.removeprefix('notice_')}"
    found: Notice = with_globals(read, lambda name: name == own, lambda *_: wire)(inbound, context)
    return found


def _statement(run: Run, edit: Edit) -> Ended:
    file: bytes = run.example.request
    if edit.kind != "whole":
        file = changed_file(file, edit.kind, edit.at)
    found = run.subject.adapter.statement()(file)
    told = msgspec.to_builtins(found, enc_hook=str)
    return Ended("accepted" if found.is_accepted else "refused", re.sub(r" -> [^'\"]*", "", repr(told)))


def _whole(run: Run, _edit: Edit) -> Ended:
    """The example as it is: all bytes of all calls, all of the result."""
    return _flown(run, run.example.request)


_FACTS = ("timeout", "tls", "unsupported", "rate_per_s", "concurrent_max", "batch_max", "window", "maintenance", "zone")
"""What is the same whichever operations are looked at: the adapter of a mutant holds those only that may notice it."""


def _declared(run: Run, _edit: Edit) -> Ended:
    """What the gateway knows of the operation and the carrier at run time: data, not behaviour."""
    operation = run.subject.operation(run.example, context_of(run.example, run.example.freeze, {}))
    steps = [
        [each.name, each.operation, each.safety, each.timeout, each.needs_token, each.when is None, each.needs is None]
        for each in operation.steps
    ]
    carrier = run.subject.adapter.carrier
    facts = [getattr(carrier, name) for name in _FACTS]
    return Ended("declared", [steps, operation.idempotency, operation.inquiry, operation.safety, facts])


# --- what is seen -----------------------------------------------------------------------------------------------------


def answered(run: Run, step: str) -> tuple[Played, WireReply]:
    """A step of the example that has its reply. Raises LookupError."""
    played = run.flow.of(step)
    if played is None or played.exchange.reply is None or played.reply is None:
        raise LookupError(f"no reply of {step or 'the call'}")
    return played, played.exchange.reply.reply


def _parsed(parse: Callable[..., Reply], given: tuple[Any, ...]) -> Ended:
    """A reply read; that it never raises is a promise of its own."""
    try:
        reply = parse(*given)
    except Exception as error:  # noqa: BLE001 - that it was raised is the finding
        return Ended(f"{RAISED} {type(error).__name__}", None)
    return Ended(_words(reply.outcome), _seen_reply(reply))


def _words(outcome: Outcome) -> str:
    return outcome.kind.value if outcome.code is None else f"{outcome.kind.value} {outcome.code}"


def _seen_reply(reply: Reply | None) -> Any:
    if reply is None:
        return None
    result = None if reply.result is None else msgspec.to_builtins(reply.result)
    return [msgspec.to_builtins(reply.outcome), result, reply.incomplete, len(reply.problems), reply.unmapped]


_WAYS: Mapping[str, Callable[[Run, Edit], Ended]] = {
    "request": _request,
    "context": _context,
    "reply": _reply,
    "status": _status,
    "code": _code,
    "bytes": _bytes,
    "callback": _callback,
    "statement": _statement,
    "whole": _whole,
    "declared": _declared,
}

__all__ = ["Ended", "answered", "carry_out", "parse_believing"]
