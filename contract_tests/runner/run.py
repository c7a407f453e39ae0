"""Run checks: each ends in a verdict that names what it compared, what differed, and how to run it again."""

import asyncio
import inspect
import time
import traceback
from collections.abc import Callable, Iterable

from msgspec import Struct

from contract_tests.examples.check import Check
from contract_tests.examples.proof import DIFFERENCES_MAX, Difference, Proof
from contract_tests.examples.shown import masked_fields
from contract_tests.loopback import anywhere, on_loopback
from contract_tests.mock import MockFileError
from gateway.channel import AdapterMissing, TokenUnavailable
from gateway.wire.trace import place_of


class Unprepared(LookupError):
    """What a check needs is not there or did not come about: nothing is known of the mapping."""


class Verdict(Struct, frozen=True, kw_only=True):
    """How a check ended: `crash` is a traceback of the machinery itself, never of a carrier's mapping.

    `excused` is the reason why a failure is expected; such a check does not fail the run.
    """

    check: Check
    compared: int
    differences: tuple[Difference, ...] = ()
    crash: str = ""
    wait_s: float = 0.0
    excused: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything compared was as the example says."""
        return not self.differences and not self.crash

    @property
    def is_right(self) -> bool:
        """Whether it leaves the run right: it passed, or failed as it is known to."""
        return self.passed or bool(self.excused)


def run_check(check: Check, differences_max: int = DIFFERENCES_MAX) -> Verdict:
    """Carry out one check; never raises. One that asks only whether it passes wants no second difference."""
    proof, crash, began = Proof(differences_max), "", time.perf_counter()
    with anywhere() if check.is_live else on_loopback() as tried:
        try:
            _prove(check, proof)
        except (AdapterMissing, LookupError, TokenUnavailable, MockFileError) as missing:
            _missing(check, proof, missing)
        except Exception as error:  # noqa: BLE001 - a mapping or the machinery: told apart by where it was raised
            crash = _crashed(check, proof, error)
    mark = check.run.example.mark
    for host in tried:
        proof.fails(at="network", mark=mark, expected="this machine only", actual=f"a connection to {host}")
    if not proof.compared and not crash:
        proof.fails(at="example", mark=mark, expected="something to compare", actual="nothing was compared")
    return Verdict(
        check=check,
        compared=proof.compared,
        differences=tuple(proof.differences),
        crash=crash,
        wait_s=time.perf_counter() - began,
    )


def run_checks(checks: Iterable[Check], listen: Callable[[Verdict], None] | None = None) -> list[Verdict]:
    """Carry out many; `listen` hears of each."""
    found = []
    for check in checks:
        verdict = run_check(check)
        found.append(verdict)
        if listen is not None:
            listen(verdict)
    return found


def _prove(check: Check, proof: Proof) -> None:
    work = check.prove(check.run, proof)
    if inspect.isawaitable(work):
        asyncio.run(_awaited(work))


async def _awaited(work: object) -> None:
    assert inspect.isawaitable(work)
    await work


def _missing(check: Check, proof: Proof, error: Exception) -> None:
    mark = check.run.example.mark
    needed = "a generated adapter and a mock carrier that can do this"
    proof.fails(at="preparation", mark=mark, expected=needed, actual=str(error))


def _crashed(check: Check, proof: Proof, error: Exception) -> str:
    place = place_of(error)
    if place is None:
        return traceback.format_exc()
    told = f"{type(error).__name__} in the generated module"
    proof.fails(at="adapter", mark=check.run.example.mark, expected="no exception", actual=told, mapping=str(place))
    return ""


MASKED = "   (the same as shown: what differs is in a number that is not shown)"


def failure_text(verdict: Verdict, rerun: str) -> str:
    """A failed check as one block a person can act on."""
    check = verdict.check
    blocks = [_block(check, each) for each in verdict.differences]
    if verdict.crash:
        blocks.append(f"{check.run.example.mark} example {check.run.example.id} / {check.name}\n{verdict.crash}")
    return "\n".join([*blocks, f"  rerun    {rerun}"])


def _block(check: Check, difference: Difference) -> str:
    mark = difference.mark
    expected, actual = masked_fields(difference.expected), masked_fields(difference.actual)
    lines = [
        f"{mark.file}:{mark.line} example {check.run.example.id} / {check.name}",
        f"  at       {difference.at}",
        f"  expected {expected}",
        f"  actual   {actual}" + (MASKED if expected == actual else ""),
    ]
    if difference.mapping:
        lines.append(f"  mapping  {difference.mapping}")
    return "\n".join(lines)
