"""C01, C03: the bytes that leave, and what of them must be new in a second send."""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from contract_tests.examples.check import Run
from contract_tests.examples.example import WantedRequest
from contract_tests.examples.flow import Played, play
from contract_tests.examples.frozen import ATTEMPT_NO, REQUEST_NO, STILL
from contract_tests.examples.proof import Proof, first_difference
from contract_tests.examples.shown import name_before
from contract_tests.runner.drawn import settled, settled_text
from contract_tests.runner.inside import inside_of
from contract_tests.runner.moving import standing
from gateway.wire.contract import Headers, WireRequest

_ABSENT = "no such header"


def target_of(url: str) -> str:
    """The target as the request line bears it."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def request_bytes(step: str) -> "_RequestBytes":
    """The check that one step's request leaves as the example says."""
    return _RequestBytes(step)


class _RequestBytes:
    """C01 for one step; a one-call operation's step has no name."""

    def __init__(self, step: str) -> None:
        self.step = step

    def __call__(self, run: Run, proof: Proof) -> None:
        flow = run.flow
        played = flow.of(self.step)
        if played is None:
            proof.fails(
                at=f"step {self.step}",
                mark=run.example.mark,
                expected="a request of this step",
                actual=f"the flow ended before it, at {flow.played[-1].step.name if flow.played else 'nothing'}",
            )
            return
        wanted = played.exchange.request
        if wanted is None:
            return
        if played.wire is None:
            error = played.refusal or RuntimeError("no request was built")
            proof.raised(error, at="request", mark=wanted.mark, expected="a request")
            return
        compare_request(proof, run, wanted, played.wire)


def compare_request(proof: Proof, run: Run, wanted: WantedRequest, wire: WireRequest) -> None:
    """Method, target, listed headers and body, byte for byte."""
    if wanted.method is not None:
        proof.same(wanted.method.value, wire.method, at="method", mark=wanted.method.mark)
    if wanted.target is not None:
        proof.same(wanted.target.value, target_of(wire.url), at="target", mark=wanted.target.mark)
    compare_headers(proof, run, wanted, wire.headers, wire.body)
    if wanted.body is not None:
        compare_body(proof, run, wanted, wire.body)


def compare_headers(proof: Proof, run: Run, wanted: WantedRequest, headers: Headers, body: bytes) -> None:
    """The headers that are listed, each with the line that makes it; their order too, where it is asked for."""
    listed = {name.lower() for name, _ in wanted.headers}
    for name in dict.fromkeys(name for name, _ in wanted.headers):
        stated = [each for key, each in wanted.headers if key == name]
        found = [value for key, value in headers if key.lower() == name.lower()]
        at = f"header {name}"
        for position, each in enumerate(stated):
            actual = found[position] if position < len(found) else _ABSENT
            meant = settled_text(each.value, actual, run.example.secrets, body)
            mapping = None if actual == meant else run.subject.lines.of_header(run.file.operation, name)
            proof.same(meant, actual, at=at, mark=each.mark, mapping=mapping)
        proof.same(len(stated), max(len(found), len(stated)), at=f"{at}, how often", mark=stated[0].mark)
    if wanted.ordered:
        order = [name.lower() for name, _ in wanted.headers]
        actual_order = [name.lower() for name, _ in headers if name.lower() in listed]
        proof.same(" ".join(order), " ".join(actual_order), at="order of headers", mark=wanted.mark)


def compare_body(proof: Proof, run: Run, wanted: WantedRequest, body: bytes) -> None:
    """The body, with the element and the mapping line of the first byte that differs."""
    if wanted.body is None:
        return
    expected: bytes = settled(wanted.body.value, body, run.example.secrets)
    at = "body"
    if expected != body and (inner := _inside(run, wanted, expected, body)) is not None:
        at, (expected, body) = "inside the body", inner
    name = None if expected == body else name_before(expected, first_difference(expected, body))
    mapping = run.subject.lines.of_wire(run.file.operation, name) if name else None
    proof.same_bytes(expected, body, at=f"{at}, {name}" if name else at, mark=wanted.body.mark, mapping=mapping)


def _inside(run: Run, wanted: WantedRequest, expected: bytes, body: bytes) -> tuple[bytes, bytes] | None:
    """Both messages out of bodies that are packed or encrypted, where they differ and the test keys open them."""
    played = next((each for each in run.flow.played if each.exchange.request is wanted), None)
    if played is None or run.subject.is_native:
        return None
    call = (run.example.operation, run.flow.operation.variant or "", played.step.name or "")
    one, other = (inside_of(run.subject, call, each, run.example.secrets) for each in (expected, body))
    return (one, other) if one is not None and other is not None and one != other else None


def freshness(run: Run, proof: Proof) -> None:
    """C03: the same context gives the same bytes; another clock, nonce and attempt leave nothing of the old ones.

    Our own number stays. Nothing else can differ, since a second build from the same context is the same.
    """
    example = run.example
    again = play(example, run.subject)
    now = (example.freeze.now or STILL) + timedelta(seconds=61)
    fresh = play(example, run.subject, now=now, nonce=_other_nonce, attempt_no=_OTHER_ATTEMPT)
    for played in run.flow.played:
        same, other = again.of(played.step.name), fresh.of(played.step.name)
        if played.wire is None or same is None or same.wire is None:
            continue
        once, twice = _whole(played.wire), _whole(same.wire)
        if run.subject.signs_at_random:  # no two signatures of PSS are alike, but they are as long
            proof.same(len(once), len(twice), at="length of a second build", mark=example.mark)
        else:
            proof.same_bytes(once, twice, at="a second build", mark=example.mark)
        if other is not None and other.wire is not None:
            _nothing_old(proof, run, played, other)


_OTHER_ATTEMPT = "Z" * 26


def _other_nonce(characters: int) -> str:
    return "z" * characters


def _whole(wire: WireRequest) -> bytes:
    head = "\n".join([f"{wire.method} {wire.url}", *(f"{name}: {value}" for name, value in wire.headers)])
    return head.encode() + b"\n\n" + wire.body


def _nothing_old(proof: Proof, run: Run, played: Played, other: Played) -> None:
    freeze = played.exchange.freeze
    old = _whole(played.wire) if played.wire is not None else b""
    new = _whole(other.wire) if other.wire is not None else b""
    for what, text in (("nonce", _longest(freeze.nonce)), ("attempt_no", freeze.attempt_no or ATTEMPT_NO)):
        # A number that is part of the operation's own stays, and an example may freeze both alike.
        kept = text in (freeze.request_no or REQUEST_NO)
        if len(text) >= _TELLING_LENGTH and not kept and text.encode() in old:
            gone = text.encode() not in new
            proof.holds(gone, at=what, mark=run.example.mark, expected="another in a second send", actual="the same")
    if other.context.now != played.context.now:
        stood = next(standing(run, played, old, new), None)
        actual = f"{stood}, as before" if stood is not None else "another"
        hint = "another moment in a second send a minute later"
        proof.holds(stood is None, at="the clock", mark=run.example.mark, expected=hint, actual=actual)
    own = freeze.request_no or REQUEST_NO
    if len(own) >= _TELLING_LENGTH and own != (freeze.attempt_no or ATTEMPT_NO) and own.encode() in old:
        hint = "the same in a second send"
        proof.holds(own.encode() in new, at="request_no", mark=run.example.mark, expected=hint, actual="another")
    key = run.flow.operation.idempotency.key or ""
    if key.startswith("header."):
        name = key.removeprefix("header.").lower()
        before, after = _header(played.wire, name), _header(other.wire, name)
        proof.same(before, after, at=f"idempotency key {name}", mark=run.example.mark)


_TELLING_LENGTH = 6


def _longest(texts: Sequence[str]) -> str:
    return max(texts, key=len, default="")


def _header(wire: WireRequest | None, name: str) -> str | None:
    headers = wire.headers if wire is not None else ()
    return next((value for key, value in headers if key.lower() == name), None)


def cannot_send(run: Run, proof: Proof) -> None:
    """A request that this wire cannot carry is refused before anything leaves, in words that say why."""
    stated = run.example.expect.words["cannot_send"]
    refused = next((each.refusal for each in run.flow.played if each.refusal is not None), None)
    told = "a request was built" if refused is None else str(refused)
    proof.holds(
        refused is not None and str(stated.value) in told,
        at="cannot_send",
        mark=stated.mark,
        expected=f"a refusal with the words '{stated.value}'",
        actual=told,
    )


def not_offered(run: Run, proof: Proof) -> None:
    """The carrier does not have this operation, and the mapping says why in the words of its document."""
    stated, carrier = run.example.expect.words["not_offered"], run.subject.adapter.carrier
    offered = run.example.operation in carrier.operations
    reason = carrier.unsupported.get(run.example.operation, "no reason is given")
    proof.holds(
        not offered and str(stated.value) in reason,
        at="not_offered",
        mark=stated.mark,
        expected=f"no such operation, for the reason '{stated.value}'",
        actual="the operation is offered" if offered else reason,
    )
