"""A strategy's figures in one scenario at one rate, over all seeds together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean

from msgspec import Struct
from msgspec.structs import replace

from contract_tests.traffic.metrics import Measured, Point, deviation


class Result(Struct, frozen=True, kw_only=True):
    """The means over all seeds; `ejects` and `recovers` are those of each seed, None: never, and `eject_s` and
    `recover_s` the means of the others. Latencies, premium and commission are those during the fault; the last two for
    each success in minor units, and as a multiple of what the oracle's brought.
    """

    strategy: str
    scenario: str
    per_s: float
    first_ok: float
    final_ok: float
    regret: float
    faulty_attempts: float
    eject_s: float | None
    ejected: int
    ejects: tuple[float | None, ...]
    recover_s: float | None
    recovered: int
    recovers: tuple[float | None, ...]
    share_deviation: float
    healthy: int
    attempts_each: float
    p50_s: float
    p95_s: float
    p99_s: float
    premium: float | None
    commission: float | None
    seeds: int
    course: tuple[Point, ...]
    decision_us: float = 0.0
    premium_to_oracle: float | None = None
    commission_to_oracle: float | None = None


def result_of(strategy: str, scenario: str, per_s: float, seeds: Sequence[Measured]) -> Result:
    """All seeds of a strategy in one scenario at one rate."""
    ejected = [each.eject_s for each in seeds if each.eject_s is not None]
    recovered = [each.recover_s for each in seeds if each.recover_s is not None]
    return Result(
        strategy=strategy,
        scenario=scenario,
        per_s=per_s,
        first_ok=fmean(each.first_ok for each in seeds),
        final_ok=fmean(each.final_ok for each in seeds),
        regret=fmean(each.regret for each in seeds),
        faulty_attempts=fmean(each.faulty_attempts for each in seeds),
        eject_s=fmean(ejected) if ejected else None,
        ejected=len(ejected),
        ejects=tuple(each.eject_s for each in seeds),
        recover_s=fmean(recovered) if recovered else None,
        recovered=len(recovered),
        recovers=tuple(each.recover_s for each in seeds),
        share_deviation=deviation(given_together(seeds)),
        healthy=sum(each.healthy for each in seeds),
        attempts_each=fmean(each.attempts_each for each in seeds),
        p50_s=fmean(each.p50_s for each in seeds),
        p95_s=fmean(each.p95_s for each in seeds),
        p99_s=fmean(each.p99_s for each in seeds),
        premium=_mean(each.premium for each in seeds),
        commission=_mean(each.commission for each in seeds),
        seeds=len(seeds),
        course=seeds[0].course,
        decision_us=round(fmean(each.decision_us for each in seeds), 1),
    )


def beside_oracle(results: Sequence[Result]) -> list[Result]:
    """Each with what its successes brought against the oracle's in the same scenario, where that was run."""
    oracles = {(each.scenario, each.per_s): each for each in results if each.strategy == "oracle"}
    return [_beside(each, oracles.get((each.scenario, each.per_s))) for each in results]


def given_together(seeds: Iterable[Measured]) -> dict[str, int]:
    """How often each channel was chosen first while all was well."""
    given: Counter[str] = Counter()
    for each in seeds:
        given.update(each.given)
    return given


def given_during(seeds: Iterable[Measured]) -> dict[str, int]:
    """The same while something was wrong."""
    given: Counter[str] = Counter()
    for each in seeds:
        given.update(each.given_during)
    return given


def never_in(value: float | None, count: int, seeds: int) -> str:
    """A mean time in words: never, or in how many of the seeds where it was not all."""
    if value is None:
        return "never"
    return f"{value:.0f}" if count == seeds else f"{value:.0f} ({count}/{seeds})"


def _beside(result: Result, oracle: Result | None) -> Result:
    if oracle is None:
        return result
    return replace(
        result,
        premium_to_oracle=_times(result.premium, oracle.premium),
        commission_to_oracle=_times(result.commission, oracle.commission),
    )


def _times(value: float | None, of: float | None) -> float | None:
    return value / of if value is not None and of else None


def _mean(values: Iterable[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return fmean(known) if known else None
