"""C23: hostile replies cost a bounded time and memory, and prove nothing; over a socket as well."""

import contextlib
import resource
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from contract_tests.derive.carried import parse_believing
from contract_tests.derive.codes import native_with_code
from contract_tests.examples.check import Run
from contract_tests.examples.flow import Played
from contract_tests.examples.hostile import hostile_bodies, with_long_header
from contract_tests.examples.proof import Proof
from contract_tests.record.ciphers import CannotOpen
from contract_tests.record.knowledge import calls_of
from contract_tests.record.layers import Data, Keys, Layers, Message, Rewriting
from contract_tests.runner.level1 import struck_at
from contract_tests.runner.level2 import no_fault_of_its_own, staged, went
from gateway.catalogue.marks import Mark
from gateway.model.outcome import OutcomeKind
from gateway.wire.contract import Reply, WireReply

WAIT_S, MEMORY_MB = 3.0, 200.0
"""What one reply may cost: seconds of this process, megabytes on top of what it has taken before."""

SOCKET_FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("huge_body", {}), ("huge_body", {"gzip": True, "bytes": 20_000_000}), ("huge_header", {}), ("deep_body", {}),
)  # fmt: skip


def limits(run: Run, proof: Proof) -> None:
    """Each hostile body in the place of a reply, and inside of whatever the carrier packs its messages into."""
    played = next((each for each in run.flow.played if each.exchange.reply is not None and each.wire is not None), None)
    if played is None or played.exchange.reply is None:
        proof.fails(at="reply", mark=run.example.mark, expected="a reply", actual="none is given")
        return
    raw, mark = played.exchange.reply.reply, played.exchange.reply.mark
    parse = played.step.parse if run.subject.is_native else parse_believing(played.step.parse)
    for what, body in hostile_bodies():
        for where, reply in _placed(run, played, raw, body):
            with bounded(proof, mark, what):
                _is_unknown(proof, mark, f"{what}, {where}", _parsed(parse, reply, run, played))
    with bounded(proof, mark, "a long header"):
        honest, told = (_parsed(parse, each, run, played) for each in (raw, with_long_header(raw)))
        kinds = {_kind(honest), OutcomeKind.unknown.value}
        proof.holds(
            _kind(told) in kinds, at="a long header", mark=mark, expected=" or ".join(sorted(kinds)), actual=_kind(told)
        )


async def limits_on_socket(run: Run, proof: Proof) -> None:
    """The same from the carrier's mock: every reply ends in unknown, within the time of a call."""
    for fault, params in SOCKET_FAULTS:
        told = fault + (" in gzip" if params.get("gzip") else "")
        with bounded(proof, run.example.mark, told):
            async with staged(run) as played:
                rule: dict[str, Any] = {"fault": fault, "with": dict(params)}
                if len(run.example.exchanges) > 1:
                    rule["nth"] = struck_at(run) + 1
                await played.mock.plan(rule)
                if await went(played, proof):
                    _is_unknown(proof, run.example.mark, told, played.course.reply)
                no_fault_of_its_own(played, proof)


@contextlib.contextmanager
def bounded(proof: Proof, mark: Mark, what: str) -> Iterator[None]:
    """What happens inside takes no more time of this process and no more memory than one reply may."""
    began, before = time.process_time(), _peak_mb()
    yield
    spent, grown = time.process_time() - began, _peak_mb() - before
    expected = f"at most {WAIT_S} s and {MEMORY_MB:.0f} MB"
    fits = spent <= WAIT_S and grown <= MEMORY_MB
    proof.holds(fits, at=what, mark=mark, expected=expected, actual=f"{spent:.1f} s and {grown:.0f} MB")


def _peak_mb() -> float:
    # Of all systems one counts in bytes.
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _parsed(parse: Any, reply: WireReply, run: Run, played: Played) -> Reply | Exception:
    try:
        found: Reply = parse(reply, run.example.request, played.context)
    except Exception as error:  # noqa: BLE001 - parse promises never to raise; that it did is the finding
        return error
    return found


def _kind(found: Reply | Exception) -> str:
    return f"{type(found).__name__} raised" if isinstance(found, Exception) else found.outcome.kind.value


def _is_unknown(proof: Proof, mark: Mark, what: str, found: Reply | Exception) -> None:
    proof.same(OutcomeKind.unknown.value, _kind(found), at=what, mark=mark)


# --- where a hostile body stands ---


def _placed(run: Run, played: Played, raw: WireReply, body: bytes) -> Iterator[tuple[str, WireReply]]:
    """In the place of the whole reply, and in that of the message inside of it."""
    if run.subject.is_native:
        yield "as the reply", native_with_code(replace(raw, body=body), "", "", run.example.secrets)
        return
    yield "as the reply", replace(raw, body=body)
    call, step = run.flow.operation, played.step.name
    forms = (
        form
        for each in calls_of(run.subject.tree)
        if (each.operation, each.variant) == (call.name, call.variant) and (each.steps == 1 or each.step == step)
        for form in each.replies
    )
    for layers in forms:
        with contextlib.suppress(CannotOpen):
            yield "inside of its layers", replace(raw, body=_stuffed(run, raw, layers, body))
            return


def _stuffed(run: Run, raw: WireReply, layers: Layers, body: bytes) -> bytes:
    keys = Keys(run.example.secrets, run.example.secrets)
    work = _Stuffing(Message(headers=dict(raw.headers), body=raw.body), keys, body)
    made = work.through(layers)
    if not work.is_inside:
        raise CannotOpen("nothing is packed")
    return made


class _Stuffing(Rewriting):
    """A reply on its way inwards, its message changed for another body, and packed and encrypted again.

    It is not signed: its signatures are taken as good, and a second opinion on ten megabytes takes minutes.
    """

    def __init__(self, message: Message, keys: Keys, hostile: bytes) -> None:
        super().__init__(message, keys, lambda _path, old: old)
        self.hostile, self.is_inside = hostile, False

    def _format(self, layer: Any, rest: Layers, data: Data, charset: str) -> Data:
        plain = data if isinstance(data, bytes) else data.encode(charset, "surrogateescape")
        self.is_inside = plain != self.message.body
        return self.hostile if isinstance(data, bytes) else self.hostile.decode("latin-1")

    def _signature(self, layer: Any, body: bytes, charset: str, fields: Mapping[str, str]) -> str:
        return "0"
