"""`insurehub test --mutate`: how much of each mapping its examples would notice if it were wrong, told to all."""

from collections.abc import Sequence
from typing import Any, NoReturn

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.mapping.workspace import CarrierFolder
from cli.out import Exit, emit_json, err, leave, out, table
from contract_tests.mutate.run import Score, Survivor, judge_all
from contract_tests.mutate.skeleton import skeleton
from contract_tests.mutate.trial import Unsound

INDEPENDENT_LEAST = 0.8
LOCKED_LEAST = 1.0
PLACES = 4


def mutate(folders: Sequence[CarrierFolder], *, json: bool) -> NoReturn:
    """Tell the scores, and end the command."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    homes = [(each.path, each.root) for each in folders]
    try:
        with Progress(*columns, console=err, transient=True, disable=json) as progress:
            task = progress.add_task("mutants", total=None)
            scores = judge_all(homes, lambda done, total: progress.update(task, completed=done, total=total))
    except Unsound as unsound:
        leave(Exit.wrong, f"{unsound}\nmutants of a mapping whose examples fail would show nothing")
    if json:
        emit_json(_document(scores))
    else:
        _show(scores)
    raise typer.Exit(Exit.ok if all(_is_right(each) for each in scores) else Exit.wrong)


def _rounded(part: float) -> float:
    """Rounded down, so that 1.0 means all of them."""
    scale: int = 10**PLACES
    return int(part * scale) / scale


def _is_right(score: Score) -> bool:
    return score.is_sound and score.independent >= INDEPENDENT_LEAST and score.locked >= LOCKED_LEAST


def _document(scores: Sequence[Score]) -> dict[str, Any]:
    return {
        "gates": {"independent": INDEPENDENT_LEAST, "locked": LOCKED_LEAST},
        "carriers": [_carrier(each) for each in scores],
    }


def _carrier(score: Score) -> dict[str, Any]:
    return {
        "carrier": score.trial.subject.carrier,
        "independent": _rounded(score.independent),
        "locked": _rounded(score.locked),
        "mutants": score.mutants,
        "killed": score.killed,
        "killed_with_derived_cases": score.locked_killed,
        "refused_by_the_generator": score.refused,
        "same_code": score.same,
        "equivalents": [{"mutant": each.mutant, "because": each.because} for each in score.equivalents],
        "wrong_equivalents": list(score.wrong),
        "expectations_flipped": score.flipped,
        "expectations_that_assert_nothing": [str(each) for each in score.vacuous],
        "survivors": [_survivor(score, each) for each in score.survivors],
        "survivors_of_derived_cases": [_survivor(score, each) for each in score.unlocked],
    }


def _survivor(score: Score, survivor: Survivor) -> dict[str, Any]:
    mutant = survivor.mutant
    return {
        "at": str(mutant.mark),
        "operator": mutant.operator,
        "mutant": survivor.key,
        "carried_out_by": list(score.trial.carrying(mutant)),
        "example": survivor.example or skeleton(score.trial, mutant),
        "example_kills": bool(survivor.example),
    }


def _show(scores: Sequence[Score]) -> None:
    for score in scores:
        for survivor in score.survivors:
            mutant = survivor.mutant
            out.print(f"{mutant.mark}: survived {mutant.operator}: {mutant.words}", markup=False, soft_wrap=True)
            pasted = survivor.example or skeleton(score.trial, mutant)
            out.print(pasted + "\n", markup=False, soft_wrap=True)
        for told in (*score.vacuous, *score.wrong):
            out.print(str(told), markup=False, soft_wrap=True)
    columns = ["carrier", "independent", "locked", "mutants", "killed", "equivalent", "survived", "asserts nothing"]
    table("mutants", columns, [_row(each) for each in scores], right=(1, 2, 3, 4, 5, 6, 7))
    for who, name, least in (
        ("the written examples", "independent", INDEPENDENT_LEAST),
        ("examples and derived cases", "locked", LOCKED_LEAST),
    ):
        low = [each.trial.subject.carrier for each in scores if getattr(each, name) < least]
        if low:
            words = f"{', '.join(low)}: {who} would notice less than {least} of the mutants"
            err.print(words, style="red", markup=False)


def _row(score: Score) -> list[Any]:
    counts = (score.mutants, score.killed, len(score.equivalents), len(score.survivors), len(score.vacuous))
    return [score.trial.subject.carrier, _rounded(score.independent), _rounded(score.locked), *counts]
