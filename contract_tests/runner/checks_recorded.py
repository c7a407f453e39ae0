"""C01, from the other side: what a carrier was recorded to answer, its mock answers too.

The recorded request is sent to the mock in the state the example gives. Every member of both replies is compared, but
for those that the example says are the mock's own (`given.own`): numbers nobody can foresee, texts of a sandbox. An own
member that is in neither reply, or is alike in both, is told as well, so that the list cannot outlive its reasons.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from contract_tests.examples.check import Run
from contract_tests.examples.proof import Proof
from contract_tests.runner.level2 import staged
from gateway.catalogue.marks import Mark
from gateway.wire.contract import WireReply
from gateway.wire.errors import WireError

MEMBERS_MAX = 20_000
ABSENT = "no such member"
Read = Callable[[WireReply], Any]


async def as_recorded(run: Run, proof: Proof) -> None:
    """The mock's replies beside the recorded ones, step by step."""
    given = run.example.given
    assert given is not None
    own = Own(given.own)
    async with staged(run) as played:
        try:
            await played.course.go(played.operation)
        except WireError as refusal:
            proof.raised(refusal, at="request", mark=run.example.mark, expected="a request")
            return
        answered = list(zip(played.course.sent, played.course.raw, played.course.replies, strict=False))
        recorded = [each for each in run.example.exchanges if each.reply is not None]
        proof.same(len(recorded), len(answered), at="replies of the mock", mark=given.mark)
        for exchange, ((step, _), raw, reply) in zip(recorded, answered, strict=False):
            assert exchange.reply is not None
            wanted = run.flow.of(step.name)
            if raw is None:
                proof.fails(at="reply", mark=exchange.reply.mark, expected="an answer of the mock", actual="none")
                continue
            trees = (_tree(wanted.reply if wanted is not None else None, exchange.reply.reply), _tree(reply, raw))
            compare(proof, exchange.reply.mark, (exchange.reply.reply.status, raw.status), trees, own)
    own.must_be_needed(proof, given.mark)


class Own:
    """Members that are the mock's own: paths, `*` for any name or position; what is below one is its own as well."""

    def __init__(self, paths: Sequence[str]) -> None:
        """None of them is needed yet."""
        self._paths = [tuple(path.split(".")) for path in paths]
        self._needed: set[tuple[str, ...]] = set()

    def holds(self, path: Sequence[str]) -> bool:
        """Whether a member is the mock's own."""
        found = next((own for own in self._paths if _fits(own, path)), None)
        if found is not None:
            self._needed.add(found)
        return found is not None

    def must_be_needed(self, proof: Proof, mark: Mark) -> None:
        """A path under which both replies are alike is no longer an exception."""
        for path in self._paths:
            told = "a difference of the mock" if path in self._needed else "none: take it out"
            needed = path in self._needed
            proof.holds(needed, at=f"own {'.'.join(path)}", mark=mark, expected="a difference of the mock", actual=told)


def compare(proof: Proof, mark: Mark, statuses: tuple[int, int], trees: tuple[Any, Any], own: Own) -> None:
    """The recorded reply and the mock's: status, every member, and nothing beside."""
    proof.same(statuses[0], statuses[1], at="status of the mock", mark=mark)
    wanted, actual = (dict(_members(tree)) for tree in trees)
    for path in (*wanted, *(path for path in actual if path not in wanted)):
        was, made = wanted.get(path, ABSENT), actual.get(path, ABSENT)
        if was != made and own.holds(path):
            continue
        proof.same(was, made, at=f"mock, {'.'.join(path)}", mark=mark)


def _tree(reply: Any, raw: WireReply) -> Any:
    return reply.wire if reply is not None and reply.wire is not None else raw.body.decode("utf-8", "replace")


def _members(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list | tuple) else None
    if pairs is None or not tree:
        yield path, _plain(tree)
        return
    for name, inner in pairs:
        yield from _members(inner, (*path, str(name)))


def _plain(value: Any) -> Any:
    """A value to be compared: numbers by what they are worth, whatever their digits."""
    if isinstance(value, bool | str) or value is None:
        return value
    return Decimal(str(value)).normalize() if isinstance(value, int | float | Decimal) else str(value)


def _fits(own: Sequence[str], path: Sequence[str]) -> bool:
    return len(own) <= len(path) and all(name in ("*", path[at]) for at, name in enumerate(own))
