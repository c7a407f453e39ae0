"""All mutants of some carriers, over all cores: batches of them to processes, each with its own copy of the trials."""

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import replace
from functools import cache
from pathlib import Path

from msgspec import Struct

import contract_tests.mutate.operators  # noqa: F401 - registers them
from contract_tests.mutate.equivalents import PART_MAX, Equivalent, keys_of, read_equivalents
from contract_tests.mutate.expectations import Vacuous, vacuous
from contract_tests.mutate.killing.hunt import Hunter
from contract_tests.mutate.mutant import Mutant
from contract_tests.mutate.trial import Ended, Trial
from gateway.catalogue.marks import Diagnostic

BATCH = 20
COLLECT_AFTER = (100_000, 50, 100)
"""What was read stays, and what is made for a mutant is gone with it: to look through all of it often shows nothing."""
Home = tuple[Path, Path]
Told = tuple[int, int, list[Ended]]

_TRIALS: dict[Home, Trial] = {}


class Survivor(Struct, frozen=True):
    """A mutant that nobody noticed, with the name it may be declared equivalent by.

    `example` kills it, and was tried; empty where none was found.
    """

    mutant: Mutant
    key: str
    example: str = ""


class Score(Struct, frozen=True, kw_only=True):
    """What became of a carrier's mutants.

    `mutants` are all that generate an adapter of their own. `wrong` is what is wrong with the declared equivalents.
    """

    trial: Trial
    mutants: int
    killed: int
    locked_killed: int
    refused: int
    same: int
    equivalents: tuple[Equivalent, ...]
    survivors: tuple[Survivor, ...]
    unlocked: tuple[Survivor, ...]
    wrong: tuple[str, ...]
    flipped: int
    vacuous: tuple[Vacuous, ...]

    @property
    def independent(self) -> float:
        """The part that examples of the documents, of recordings and of people notice, equivalents left out."""
        counted = self.mutants - len(self.equivalents)
        return self.killed / counted if counted else 1.0

    @property
    def locked(self) -> float:
        """The part that is noticed when the frozen derived cases are asked too."""
        counted = self.mutants - len(self.equivalents)
        return self.locked_killed / counted if counted else 1.0

    @property
    def is_sound(self) -> bool:
        """Whether every expectation asserts something, and the equivalents are what they are said to be."""
        return not self.vacuous and not self.wrong


def score_of(trial: Trial, ends: Sequence[Ended], expectations: tuple[int, tuple[Vacuous, ...]]) -> Score:
    """A carrier's score from what became of each mutant, in their order."""
    keys = keys_of(trial.mutants)
    declared, faults = read_equivalents(trial.subject.folder, trial.subject.root)
    by_key = dict(zip(keys, ends, strict=True))
    mutants = sum(each.end in ("killed", "survived") for each in ends)
    holding = tuple(each for each in declared if _holds(each, by_key))
    told = {each.mutant for each in holding}
    alive = [
        (Survivor(mutant, key, ended.example), ended)
        for mutant, key, ended in zip(trial.mutants, keys, ends, strict=True)
        if ended.end == "survived" and key not in told
    ]
    return Score(
        trial=trial,
        mutants=mutants,
        killed=sum(each.end == "killed" for each in ends),
        locked_killed=sum(each.is_locked for each in ends),
        refused=sum(each.end == "refused" for each in ends),
        same=sum(each.end == "same" for each in ends),
        equivalents=holding,
        survivors=tuple(each for each, _ in alive),
        unlocked=tuple(each for each, ended in alive if not ended.is_locked),
        wrong=tuple(_wrong(declared, faults, by_key, mutants)),
        flipped=expectations[0],
        vacuous=expectations[1],
    )


def _holds(declared: Equivalent, ends: dict[str, Ended]) -> bool:
    ended = ends.get(declared.mutant)
    return ended is not None and ended.end == "survived" and not ended.derived


def _wrong(
    declared: Sequence[Equivalent], faults: Sequence[Diagnostic], ends: dict[str, Ended], mutants: int
) -> Iterator[str]:
    """What is wrong with the declared equivalents, both ways."""
    yield from (str(each) for each in faults)
    seen: set[str] = set()
    for each in declared:
        ended = ends.get(each.mutant)
        if each.mutant in seen:
            yield f"{each.mark}: '{each.mutant}' stands twice"
        elif ended is None:
            yield f"{each.mark}: there is no mutant '{each.mutant}' (any more)"
        elif ended.is_locked:
            yield f"{each.mark}: '{each.mutant}' is no equivalent: {ended.by or ended.derived} notices it"
        elif ended.end != "survived":
            yield f"{each.mark}: '{each.mutant}' need not be declared: no adapter of its own comes of it"
        seen.add(each.mutant)
    if len(declared) > PART_MAX * mutants:
        yield f"{declared[0].mark}: {len(declared)} equivalents of {mutants} mutants, more than {PART_MAX:.0%}"


def judge_all(homes: Sequence[Home], listen: Callable[[int, int], None], processes: int = 0) -> list[Score]:
    """The scores of carriers, given as folder and workspace; `listen` hears how many of how many are done.

    Raises Unsound where an example does not pass on the mapping as it is.
    """
    trials = [_trial(home) for home in homes]
    for trial in trials:
        # What every process needs is worked out once, before there are several.
        _ = trial.carried, trial.checks, trial.frozen
    _require_sound(homes, trials, processes)
    total = sum(len(trial.mutants) for trial in trials)
    ends: list[list[Ended]] = [[Ended("same")] * len(trial.mutants) for trial in trials]
    expectations: list[tuple[int, tuple[Vacuous, ...]]] = [(0, ())] * len(trials)
    done = 0
    with _pool(processes) as pool:
        flips = [pool.submit(_flipped, home) for home in homes]
        batches: list[Future[Told]] = [
            pool.submit(_batch, home, number, start)
            for number, (home, trial) in enumerate(zip(homes, trials, strict=True))
            for start in range(0, len(trial.mutants), BATCH)
        ]
        try:
            for each in as_completed(batches):
                number, start, found = each.result()
                ends[number][start : start + len(found)] = found
                done += len(found)
                listen(done, total)
            expectations = [each.result() for each in flips]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [score_of(*each) for each in zip(trials, ends, expectations, strict=True)]


def _require_sound(homes: Sequence[Home], trials: Sequence[Trial], processes: int) -> None:
    """Every unit of the mappings carried out once, on one process each: those that judge need not do it again."""
    with _pool(processes) as pool:
        tried = [
            (trial, unit, pool.submit(_sound, home, unit))
            for home, trial in zip(homes, trials, strict=True)
            for unit in sorted({*trial.checks, *trial.frozen})
        ]
        try:
            for trial, unit, each in tried:
                each.result()
                trial.take_as_sound((unit,))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _sound(home: Home, unit: str) -> None:
    _trial(home).require_sound(unit)


def _pool(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes or os.cpu_count() or 1, mp_context=_context(), initializer=_begin)


def _begin() -> None:
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _context() -> multiprocessing.context.BaseContext:
    """Forked where there is such a thing: what has been read need not be read again."""
    methods = multiprocessing.get_all_start_methods()
    return multiprocessing.get_context("fork" if "fork" in methods else None)


def _trial(home: Home) -> Trial:
    if home not in _TRIALS:
        _TRIALS[home] = Trial(*home)
    return _TRIALS[home]


def _batch(home: Home, number: int, start: int) -> Told:
    trial, declared = _trial(home), _declared(home)
    keys = _keys(home)[start : start + BATCH]
    ends = []
    for key, mutant in zip(keys, trial.mutants[start : start + BATCH], strict=True):
        looked = trial.look(mutant)
        ended = looked.ended
        if ended.end == "survived" and key not in declared:
            ended = replace(ended, example=_hunter(home).example(mutant, looked))
        ends.append(ended)
    return number, start, ends


@cache
def _keys(home: Home) -> tuple[str, ...]:
    return keys_of(_trial(home).mutants)


@cache
def _declared(home: Home) -> frozenset[str]:
    return frozenset(each.mutant for each in read_equivalents(*home)[0])


@cache
def _hunter(home: Home) -> Hunter:
    return Hunter(_trial(home))


def _flipped(home: Home) -> tuple[int, tuple[Vacuous, ...]]:
    return vacuous(_trial(home).subject)
