"""What an example must say: the requests and the result that come of it under the mapping as it is."""

import base64
from typing import Any

import msgspec

from contract_tests.examples.example import Example, WantedRequest
from contract_tests.examples.flow import Flow, Played, next_step
from contract_tests.runner.checks_request import target_of
from gateway.model.outcome import UNKNOWN, Outcome
from gateway.wire.contract import Notice, Operation, Reply, WireReply, WireRequest

Words = dict[str, Any]
_FACTS = ("code", "carrier_code", "field", "text", "every_s", "for_s", "after_s")
_CHARSETS = ("utf-8", "gbk")


class NothingToSay(Exception):
    """What comes of the example can be stated by no expectation."""


def said_of(example: Example, flow: Flow, *, random: bool, full: bool) -> Words:
    """`request` of every call, or `cannot_send`, and `expect`; where it is `full` also what is not so.

    `random`: no two requests have the same bytes.
    """
    if flow.missing or not flow.played:
        raise NothingToSay(flow.missing)
    last = flow.played[-1]
    if last.refusal is not None:
        return {"expect": {"cannot_send": plain_words(str(last.refusal))}}
    found: Words = {} if random else _requests(example, flow)
    if last.reply is not None:
        found["expect"] = reply_words(last.reply, full=full)
    return found


def after_fault(operation: Operation) -> Words:
    """What follows from a lost reply: what is done next, and for how long the same may be sent again."""
    then = next_step(UNKNOWN, operation.steps[-1].safety)
    found: Words = {"outcome": UNKNOWN.kind.value, "next": then}
    ttl = operation.idempotency.ttl_s
    return {"expect": found | ({"resend_for_s": int(ttl)} if then == "resend" and ttl is not None else {})}


def plain_words(text: str) -> str:
    """A refusal's words without the line of the mapping: that may move."""
    return text.partition(" -> ")[0].strip()


def _requests(example: Example, flow: Flow) -> Words:
    told = {each.step.name: _request(each) for each in flow.played if each.wire is not None}
    if any(each.step for each in example.exchanges):
        return {"steps": {name: {"request": words} for name, words in told.items() if words}}
    (words,) = told.values() or ({},)
    return {"request": words} if words else {}


def _request(played: Played) -> Words:
    """What of a request is not as the example has it already."""
    wanted = played.exchange.request or WantedRequest(mark=played.exchange.mark)
    wire: WireRequest | None = played.wire
    if wire is None:
        return {}
    found: Words = {"method": wire.method} if not wanted.method or wanted.method.value != wire.method else {}
    if wanted.target is None or wanted.target.value != target_of(wire.url):
        found["target"] = target_of(wire.url)
    listed = {name.lower(): stated.value for name, stated in wanted.headers}
    sent = {name: value for name, value in wire.headers if not listed or name.lower() in listed}
    headers = {name: value for name, value in sent.items() if listed.get(name.lower()) != value}
    found |= {"headers": headers} if headers else {}
    if wanted.body is None or wanted.body.value != wire.body:
        found["body"] = body_words(wire.body)
    return found


def reply_words(reply: Reply, *, full: bool) -> Words:
    """The outcome, all that is known of it, and the whole result."""
    outcome = reply.outcome
    found: Words = {"outcome": outcome.kind.value, **_facts(outcome, full=full)}
    if reply.incomplete or full:
        found["incomplete"] = reply.incomplete
    if reply.incomplete or (full and reply.problems):
        found["problems"] = [plain_words(each) for each in reply.problems]
    if reply.unmapped or full:
        found["unmapped"] = sorted(reply.unmapped)
    if reply.result is not None or outcome.kind.value == "accepted":
        found["canonical"] = _trimmed(msgspec.to_builtins(reply.result) if reply.result is not None else {})
    return found


def _facts(outcome: Outcome, *, full: bool) -> Words:
    found = {name: getattr(outcome, name) for name in _FACTS if getattr(outcome, name) is not None}
    found = {name: int(value) if isinstance(value, float) else value for name, value in found.items()}
    found |= {"next": outcome.then} if outcome.then is not None else {}
    flags = {"once": outcome.once, "alert": outcome.alert, "disclose": outcome.disclose}
    usual = {"once": False, "alert": False, "disclose": True}
    return found | {name: value for name, value in flags.items() if full or value != usual[name]}


def _trimmed(tree: Any) -> Any:
    """A result without what it does not say."""
    if isinstance(tree, dict):
        return {name: _trimmed(inner) for name, inner in tree.items() if inner is not None and inner != []}
    return [_trimmed(each) for each in tree] if isinstance(tree, list | tuple) else tree


def notice_words(notice: Notice, answer: WireReply, *, full: bool) -> Words:
    """What a callback is taken for, and what it is answered."""
    found: Words = {"genuine": notice.genuine, "matched": notice.matched}
    found |= {"event_id": notice.event_id} if notice.event_id else {}
    found |= {"correlate": dict(notice.correlate)} if notice.correlate else {}
    found |= reply_words(notice.reply, full=full) if notice.reply is not None and notice.matched else {}
    return {"expect": found | {"answer": {"status": answer.status, "body": body_words(answer.body)}}}


def body_words(body: bytes) -> Any:
    """Bytes as they are best read: a text, a text in another charset, else Base 64."""
    for charset in _CHARSETS:
        try:
            text = body.decode(charset)
        except UnicodeDecodeError:
            continue
        if text.encode(charset) == body and all(each.isprintable() or each in "\n\t" for each in text):
            return text if charset == "utf-8" else {"text": text, "charset": charset.upper()}
    return {"base64": base64.b64encode(body).decode()}
