"""The three messages: a generated adapter beside the same by hand, with a reply both of them read."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

import adapters
from contract_tests.bench.handwritten import json, soap, xml
from contract_tests.bench.message import WORKSPACE, context, reply_body, request, soap_reply, xml_reply
from gateway.model import PolicyIssueRequest
from gateway.wire.contract import Context, Reply, WireReply, WireRequest


class Message:
    """One message: `module` is the generated one, `hand` the hand-written one."""

    def __init__(self, name: str, carrier: str, hand: Any) -> None:
        """Import the generated adapter, which stands beside the shipped ones."""
        folder = str(WORKSPACE / "adapters")
        if folder not in adapters.__path__:
            adapters.__path__.append(folder)
        self.name, self.hand = name, hand
        self.module: Any = importlib.import_module(f"adapters.{carrier}.policy_issue")
        self.asked: PolicyIssueRequest = request()
        self.known: Context = context()

    def build(self) -> WireRequest:
        """The request by the generated adapter."""
        sent: WireRequest = self.module.build(self.asked, self.known)
        return sent

    def parse(self, answer: WireReply) -> Reply:
        """A reply by the generated adapter."""
        read: Reply = self.module.parse(answer, self.asked, self.known)
        return read

    def answer(self) -> WireReply:
        """What the carrier says to it."""
        sent, serial = self.build().body, self.known.request_no[:30]
        if self.name == "json":
            return self.signed(reply_body(sent))
        return self.signed(xml_reply(sent, serial) if self.name == "xml" else soap_reply(sent, serial))

    def signed(self, body: bytes) -> WireReply:
        """A body as the carrier sends it."""
        mark = (("X-Sign", xml.signature(self.known, body)),) if self.name == "xml" else ()
        return WireReply(status=200, headers=mark, body=body)

    def differences(self) -> list[str]:
        """Where the hand-written message is not the generated one: bytes, headers, outcome, result, members unread."""
        ours, theirs = self.build(), self.hand.build(self.asked, self.known)
        answer = self.answer()
        read, wanted = self.parse(answer), self.hand.parse(answer, self.asked, self.known)
        pairs = {
            "body": (ours.body, theirs.body),
            "url": (ours.url, theirs.url),
            "headers": (dict(ours.headers), dict(theirs.headers)),
            "outcome": (read.outcome, wanted.outcome),
            "incomplete": (read.incomplete, wanted.incomplete),
            "result": (msgspec.json.encode(read.result), msgspec.json.encode(wanted.result)),
            "unmapped": (sorted(read.unmapped), sorted(wanted.unmapped)),
        }
        return [what for what, (one, other) in pairs.items() if one != other]

    @contextmanager
    def without_layers(self, answer: WireReply) -> Iterator[None]:
        """The generated module with its layers taken away: what is left is the mapping alone."""
        wire = self.module.decoded(answer, self.known)
        kept = {name: self.module.__dict__[name] for name in ("encoded", "decoded")}
        self.module.encoded = lambda _method, _url, message, *_: message
        self.module.decoded = lambda _reply, _context: wire
        try:
            yield
        finally:
            self.module.__dict__.update(kept)


def all_messages() -> list[Message]:
    """JSON, XML in GBK, SOAP."""
    return [
        Message("json", "benchmark", json),
        Message("xml", "benchmark_xml", xml),
        Message("soap", "benchmark_soap", soap),
    ]
