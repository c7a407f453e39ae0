"""C01 on the wire: what the mock carrier took from the socket, held against the request that was built.

Target, headers with their order and body are those of the build, byte for byte. The client may add what HTTP itself
needs and what a mapping has left to it, and nothing else.
"""

from collections.abc import Sequence

from contract_tests.examples.proof import Proof
from contract_tests.runner.checks_request import target_of
from gateway.catalogue.marks import Mark
from gateway.wire.contract import WireRequest

_CLIENTS_OWN = frozenset({"host", "content-length", "accept", "accept-encoding", "user-agent", "connection"})


def compare_arrived(proof: Proof, mark: Mark, sent: Sequence[WireRequest], arrived: Sequence[bytes]) -> None:
    """Each request of a course as it arrived, the last ones of a connection that also carried what went before."""
    proof.same(len(sent), len(arrived), at="requests at the mock", mark=mark)
    for wire, raw in zip(sent, arrived, strict=False):
        _compare(proof, mark, wire, raw)


def _compare(proof: Proof, mark: Mark, wire: WireRequest, raw: bytes) -> None:
    head, _, body = raw.partition(b"\r\n\r\n")
    line, *rest = head.decode("utf-8", "backslashreplace").split("\r\n")
    found = [(name, value.strip()) for name, _, value in (each.partition(":") for each in rest)]
    built = {name.lower() for name, _ in wire.headers}
    proof.same(f"{wire.method} {target_of(wire.url)} HTTP/1.1", line, at="request line at the mock", mark=mark)
    proof.same(
        _lines(wire.headers),
        _lines([each for each in found if each[0].lower() in built]),
        at="headers at the mock",
        mark=mark,
    )
    foreign = [name for name, _ in found if name.lower() not in built | _CLIENTS_OWN]
    proof.same("", ", ".join(foreign), at="headers at the mock that nobody built", mark=mark)
    proof.same_bytes(wire.body, body, at="body at the mock", mark=mark)


def _lines(headers: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in headers)
