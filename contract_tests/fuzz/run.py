"""Fuzz for a time: hypothesis chooses and shrinks the inputs, a seed gives the same ones again."""

import time
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from msgspec import Struct

from contract_tests.fuzz.bounds import Violation
from contract_tests.fuzz.edits import Input, applied, inputs
from contract_tests.fuzz.mapping import MappingTarget
from contract_tests.fuzz.replies import ReplyTarget
from contract_tests.fuzz.tokens import MAPPING, REPLY

Target = MappingTarget | ReplyTarget
TARGETS: dict[str, tuple[type[Target], tuple[bytes, ...]]] = {
    "mapping": (MappingTarget, MAPPING),
    "replies": (ReplyTarget, REPLY),
}
BATCH = 60


class Found(Struct, frozen=True, kw_only=True):
    """An input that did what no input may, as small as hypothesis made it."""

    seed: str
    what: str
    content: bytes


class Fuzzed(Struct, frozen=True, kw_only=True):
    """How a target did: inputs, what came of them, what the worst of them cost, and what was found."""

    target: str
    first_seed: int
    inputs: int
    wait_s: float
    slowest_s: float
    grown_mb: float
    told: dict[str, int]
    found: tuple[Found, ...]


def fuzz(name: str, for_s: float, first_seed: int, told: Callable[[str], None] = lambda _: None) -> Fuzzed:
    """Batches of inputs until the time is out or one of them is a violation."""
    make, tokens = TARGETS[name]
    target, began, batch = make(), time.monotonic(), 0
    found: list[Found] = []
    try:
        while time.monotonic() - began < for_s and not found:
            found += _batch(target, tokens, first_seed + batch)
            batch += 1
            told(f"{name}: {target.costs.inputs} inputs")
    finally:
        target.close()
    return Fuzzed(
        target=name,
        first_seed=first_seed,
        inputs=target.costs.inputs,
        wait_s=round(time.monotonic() - began, 1),
        slowest_s=round(target.costs.slowest_s, 2),
        grown_mb=round(target.costs.grown_mb, 1),
        told=dict(target.told),
        found=tuple(found),
    )


def _batch(target: Target, tokens: tuple[bytes, ...], number: int) -> list[Found]:
    last: list[Input] = []

    def attempt(given_input: Input) -> None:
        last[:] = [given_input]
        target.take(given_input.seed, applied(target.source(given_input.seed), given_input.edits))

    calm = settings(
        max_examples=BATCH,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run: Any = seed(number)(calm(given(inputs(len(target.seeds), tokens, target.words))(attempt)))
    try:
        run()
    except Violation as violation:
        (smallest,) = last
        content = applied(target.source(smallest.seed), smallest.edits)
        return [Found(seed=target.label(smallest.seed), what=str(violation), content=content)]
    return []
