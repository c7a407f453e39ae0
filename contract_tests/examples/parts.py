"""The parts of an example out of their nodes: what stands still, messages, expectations, faults, callbacks."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from contract_tests.examples.bodies import body_bytes
from contract_tests.examples.example import (
    CallbackGiven,
    Exchange,
    Expect,
    FaultGiven,
    Freeze,
    Given,
    GivenReply,
    Live,
    Provenance,
    Stated,
    WantedRequest,
)
from contract_tests.examples.variety import VARIETY
from gateway.catalogue.nodes import ListNode, MapNode, Node, ScalarNode
from gateway.catalogue.values import Faults, as_flag, as_integer, as_map, as_text, as_word, plain_data, unknown_keys
from gateway.model.outcome import OutcomeKind
from gateway.wire.contract import Headers, Inbound, WireReply

NEXT_STEPS = ("inquiry", "callback", "answer", "file", "resend", "review", "retry")
_FLAGS = ("alert", "disclose", "once", "incomplete", "genuine", "matched")
_SECONDS = ("every_s", "for_s", "after_s", "resend_for_s")
_TEXTS = ("code", "carrier_code", "field", "text", "event_id", "cannot_send", "not_offered")
_LISTS = ("problems", "unmapped")
_OUTCOMES = ("outcome", "callback", "inquiry")
_EXPECT = (*_OUTCOMES, "next", "must_not", "canonical", "correlate", "answer", *_FLAGS, *_SECONDS, *_TEXTS, *_LISTS)


class Parts:
    """Reads the parts of one file's examples; `folder` is the carrier's, `faults` gathers what is wrong."""

    def __init__(self, folder: Path, faults: Faults) -> None:
        """Read from this folder, note into these faults."""
        self.folder, self.faults = folder, faults

    def map_of(self, node: Node | None, what: str, known: Iterable[str]) -> MapNode | None:
        """The node as a map without unknown keys."""
        if node is None:
            return None
        found = as_map(node, self.faults, what)
        if found is not None:
            unknown_keys(found, known, self.faults, what, code="E702")
        return found

    def text(self, node: Node | None, what: str) -> str:
        """A text, empty where nothing is written."""
        return "" if node is None else as_text(node, self.faults, what) or ""

    def texts(self, node: Node | None, what: str) -> tuple[str, ...]:
        """One text or a list of them."""
        if node is None:
            return ()
        items: Iterable[Node] = node.items if isinstance(node, ListNode) else (node,)
        return tuple(self.text(item, what) for item in items)

    def variety(self, node: Node | None) -> tuple[int, ...]:
        """The numbers of what the example shows of the variety on the wire, each once."""
        if node is None:
            return ()
        if not isinstance(node, ListNode):
            self.faults.add(node.mark, "variety is a list of numbers", f"1 to {len(VARIETY)}: [{min(VARIETY)}]")
            return ()
        found = [as_integer(item, self.faults, "variety", least=1, most=len(VARIETY)) for item in node.items]
        if len(set(found)) != len(found):
            self.faults.add(node.mark, "a number of variety stands twice")
        return tuple(number for number in found if number is not None)

    def data(self, node: Node | None) -> Any:
        """A sub-tree as plain data; what other tools would retype is text here and no fault."""
        return {} if node is None else plain_data(node, Faults())

    def provenance(self, node: Node | None, example: MapNode) -> Provenance:
        """Where the example comes from; required."""
        words = self.map_of(node, "provenance", Provenance.__struct_fields__)
        kind = words.get("kind") if words else None
        if words is None or kind is None:
            hint = "provenance: { kind: spec, source: clause } (or recorded, imported, hand)"
            self.faults.add(example.mark, "an example says where it comes from", hint, code="E706")
            return Provenance(kind="hand")
        named: Any = as_word(kind, self.faults, "kind", ("spec", "recorded", "imported", "hand")) or "hand"
        scrubbed = words.get("scrubbed")
        return Provenance(
            kind=named,
            source=self.text(words.get("source"), "source"),
            scrubbed=bool(scrubbed and as_flag(scrubbed, self.faults, "scrubbed")),
            **{name: self.text(words.get(name), name) for name in ("sha256", "when", "host", "by")},
        )

    def live(self, node: Node | None) -> Live | None:
        """Whether and how it may be carried out against a sandbox."""
        words = self.map_of(node, "live", ("safe", "unique", "same", "cleanup"))
        if words is None or node is None:
            return None
        safe = words.get("safe")
        return Live(
            mark=node.mark,
            safe=bool(safe and as_flag(safe, self.faults, "safe")),
            unique=self.texts(words.get("unique"), "unique"),
            same=self.texts(words.get("same"), "same"),
            cleanup=self.texts(words.get("cleanup"), "cleanup"),
        )

    def freeze(self, node: Node | None, base: Freeze | None = None) -> Freeze:
        """What stands still, over what already does."""
        base = base or Freeze()
        words = self.map_of(node, "freeze", Freeze.__struct_fields__)
        if words is None:
            return base
        nonce = words.get("nonce")
        return Freeze(
            now=self._instant(words.get("now")) or base.now,
            nonce=self.texts(nonce, "nonce") or base.nonce,
            request_no=self.text(words.get("request_no"), "request_no") or base.request_no,
            attempt_no=self.text(words.get("attempt_no"), "attempt_no") or base.attempt_no,
        )

    def _instant(self, node: Node | None) -> datetime | None:
        text = self.text(node, "now")
        if node is None or not text:
            return None
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            hint = "2026-03-01T08:00:00+08:00"
            self.faults.add(node.mark, "now is an instant with its zone", hint, code="E701")
            return None
        return found

    # --- messages ------------------------------------------------------------------------------------------------

    def exchange(self, node: MapNode, step: str, freeze: Freeze) -> Exchange | None:
        """One call, or None where neither request nor response is given."""
        request, reply = node.get("request"), node.get("response")
        if request is None and reply is None:
            return None
        wanted = self.wanted(request) if request is not None else None
        given = self.reply(reply) if reply is not None else None
        return Exchange(mark=node.mark, step=step, freeze=freeze, request=wanted, reply=given)

    def wanted(self, node: Node, extra: tuple[str, ...] = ()) -> WantedRequest:
        """What must be on the wire."""
        known = ("method", "target", "headers", "order", "body", *extra)
        words = self.map_of(node, "request", known) or MapNode((), node.mark)
        order = words.get("order")
        body = words.get("body")
        data = body_bytes(body, self.folder, self.faults) if body is not None else None
        return WantedRequest(
            mark=words.mark,
            method=self._stated(words.get("method"), "method"),
            target=self._stated(words.get("target"), "target"),
            headers=tuple((name, stated) for name, stated in self._headers(words.get("headers"))),
            ordered=order is not None and as_word(order, self.faults, "order", ("strict",)) == "strict",
            body=Stated(data, body.mark) if body is not None and data is not None else None,
        )

    def reply(self, node: Node) -> GivenReply | None:
        """What the carrier answers; status 200 when none is said."""
        words = self.map_of(node, "response", ("status", "headers", "body"))
        if words is None:
            return None
        status = words.get("status")
        code = as_integer(status, self.faults, "status", least=100, most=599) if status is not None else 200
        reply = WireReply(status=code or 200, headers=self._plain_headers(words), body=self._body(words))
        return GivenReply(reply, words.mark)

    def callback(self, node: Node | None) -> CallbackGiven | None:
        """A callback as it comes in."""
        words = self.map_of(node, "callback", ("name", "method", "target", "headers", "body"))
        if words is None:
            return None
        name = self.text(words.get("name"), "name")
        if not name:
            self.faults.add(words.mark, "a callback needs its name in the mapping", code="E701")
        inbound = Inbound(
            method=self.text(words.get("method"), "method") or "POST",
            target=self.text(words.get("target"), "target") or f"/callbacks/{name}",
            headers=self._plain_headers(words),
            body=self._body(words),
        )
        return CallbackGiven(name=name, mark=words.mark, inbound=inbound)

    def _body(self, words: MapNode) -> bytes:
        body = words.get("body")
        return (body_bytes(body, self.folder, self.faults) if body is not None else None) or b""

    def _plain_headers(self, words: MapNode) -> Headers:
        return tuple((name, stated.value) for name, stated in self._headers(words.get("headers")))

    def _headers(self, node: Node | None) -> list[tuple[str, Stated]]:
        words = as_map(node, self.faults, "headers") if node is not None else None
        return [
            (key.text, Stated(text, item.mark))
            for key, value in words or ()
            for item in (value.items if isinstance(value, ListNode) else (value,))
            if (text := as_text(item, self.faults, key.text)) is not None
        ]

    def _stated(self, node: Node | None, what: str) -> Stated | None:
        text = as_text(node, self.faults, what) if node is not None else None
        return Stated(text, node.mark) if node is not None and text is not None else None

    # --- what must come of it ------------------------------------------------------------------------------------

    def expect(self, node: Node | None, example: MapNode) -> Expect:
        """The expectation; an example without one would prove nothing."""
        words = self.map_of(node, "expect", _EXPECT)
        if words is None or not len(words):
            self.faults.add(example.mark, "an example needs 'expect': what must come of it", code="E706")
            return Expect(mark=example.mark)
        found = {
            key.text: Stated(value, item.mark)
            for key, item in words
            if key.text in _EXPECT and (value := self._expected(key.text, item)) is not None
        }
        canonical = found.pop("canonical", None)
        answer = words.get("answer")
        status = answer.get("status") if isinstance(answer, MapNode) else None
        number = as_integer(status, self.faults, "status", least=100, most=599) if status is not None else None
        return Expect(
            mark=words.mark,
            words=found,
            canonical=canonical,
            canonical_node=words.get("canonical"),
            answer=self.wanted(answer, ("status",)) if answer is not None else None,
            answer_status=Stated(number, status.mark) if status is not None else None,
        )

    def _expected(self, name: str, node: Node) -> Any:
        if name in _OUTCOMES:
            return as_word(node, self.faults, name, [kind.value for kind in OutcomeKind])
        if name == "next":
            return as_word(node, self.faults, name, NEXT_STEPS)
        if name == "must_not":
            return as_word(node, self.faults, name, ("resend",))
        if name in _FLAGS:
            return as_flag(node, self.faults, name)
        if name in _SECONDS:
            return as_integer(node, self.faults, name, least=0)
        if name in _TEXTS:
            return as_text(node, self.faults, name)
        if name in _LISTS:
            return self.texts(node, name) if not _is_empty_list(node) else ()
        return None if name == "answer" else self.data(node)

    def fault(self, node: Node | None) -> FaultGiven | None:
        """A fault: its name, or a map of its name, the step it strikes and its parameters."""
        if node is None:
            return None
        if isinstance(node, ScalarNode):
            return FaultGiven(name=self.text(node, "fault"), mark=node.mark)
        words = as_map(node, self.faults, "fault")
        if words is None:
            return None
        said = self.data(words)
        name, step, other = (str(said.pop(word, "")) for word in ("name", "step", "other"))
        return FaultGiven(name=name, mark=words.mark, step=step, other=other, params=said)

    def given(self, node: Node | None, *, here: bool) -> Given | None:
        """The mock's state before the exchange."""
        words = self.map_of(node, "given", ("state", "params", "after", "serials", "nonces", "own"))
        if words is None:
            return None
        serials = words.get("serials")
        pairs = as_map(serials, self.faults, "serials") if serials is not None else None
        numbers = {key.text: as_integer(value, self.faults, key.text, least=1) or 1 for key, value in pairs or ()}
        return Given(
            mark=words.mark,
            here=here,
            state=self.text(words.get("state"), "state") or None,
            params=self.data(words.get("params")),
            after=self.texts(words.get("after"), "after"),
            serials=numbers,
            nonces=self.texts(words.get("nonces"), "nonces"),
            own=self.texts(words.get("own"), "own"),
        )


def _is_empty_list(node: Node) -> bool:
    return isinstance(node, ListNode) and not len(node)
