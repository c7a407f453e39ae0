"""`insurehub simulate`: the real services under virtual time, one seed after the other."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.mapping.workspace import shipped
from cli.out import Exit, counted, emit_json, err, leave, must_take, out, styled, table, write_json
from contract_tests.simulate.planted import PLANTS
from contract_tests.simulate.run import Outcome
from contract_tests.simulate.sweep import Swept, one, sweep

app = typer.Typer(add_completion=False)
SHOWN_MAX = 10
SEEDS = 200


@app.command()
def simulate(
    seeds: Annotated[
        int | None, typer.Option("--seeds", min=1, max=10_000_000, help="How many seeds; 200 when left out.")
    ] = None,
    start: Annotated[int | None, typer.Option("--start", min=0, help="The first of them; 0 when left out.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=0, max=256, help="Processes; 0: one for each core.")] = 0,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="This one seed only.")] = None,
    trace: Annotated[bool, typer.Option("--trace", help="With --seed: tell all that happens.")] = False,
    plant: Annotated[
        str | None, typer.Option("--plant", help="Compose it with a planted bug, to see it found.")
    ] = None,
    report: Annotated[str | None, typer.Option("--report", help="Also write the JSON document to a file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Orders against misbehaving carriers while gateways crash, pause and recover; exits with 1 if a promise breaks.

    Everything of a seed is decided by the seed: it always tells the same story. Nothing leaves this process.

    Example: insurehub simulate --seeds 1000 --json
    """
    root = shipped()
    if root is None:
        leave(Exit.missing, "the shipped mappings are not there", "install insurehub anew: its wheel has them")
    if plant is not None and plant not in PLANTS:
        leave(Exit.usage, f"no bug '{plant}' is planted", f"planted are: {', '.join(PLANTS)}")
    if trace and seed is None:
        leave(Exit.usage, "--trace tells the story of one seed", "add --seed N")
    if seed is not None and (seeds is not None or start is not None):
        leave(Exit.usage, "--seed is one seed, --seeds and --start are many", "give one of them")
    if report is not None:
        must_take(report)
    if seed is not None and trace:
        _told(one(seed, root, plant, keep=True), json=json, report=report, plant=plant)
    first, count = (start or 0, seeds or SEEDS) if seed is None else (seed, 1)
    swept = _swept(range(first, first + count), root, jobs, plant)
    document = _document(swept, plant)
    if report is not None:
        write_json(document, report)
    if json:
        emit_json(document)
    else:
        _show(swept, plant)
    raise typer.Exit(Exit.wrong if swept.failed else Exit.ok)


def _told(outcome: Outcome, *, json: bool, report: str | None, plant: str | None) -> None:
    """One seed, line by line."""
    document = {
        "seed": outcome.seed,
        "violations": len(outcome.violations),
        "broken": outcome.violations,
        "digest": outcome.digest,
        "virtual_s": outcome.virtual_s,
        **outcome.sums,
        "trace": outcome.lines,
    }
    if report is not None:
        write_json(document, report)
    if json:
        emit_json(document)
    else:
        for line in outcome.lines:
            out.print(line, markup=False, soft_wrap=True)
        _show_broken(outcome, plant)
    raise typer.Exit(Exit.wrong if outcome.violations else Exit.ok)


def _swept(seeds: range, root: Path, jobs: int, plant: str | None) -> Swept:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        bar = progress.add_task("seeds", total=len(seeds))
        tell = _teller(progress, bar)
        workers = min(jobs or os.cpu_count() or 1, len(seeds))
        return sweep(seeds, root, workers, tell, plant)


def _teller(progress: Progress, bar: Any) -> Callable[[Outcome], None]:
    def tell(outcome: Outcome) -> None:
        progress.advance(bar)
        if outcome.violations:
            progress.console.print(f"seed {outcome.seed}: {outcome.violations[0]}", markup=False, soft_wrap=True)

    return tell


def _document(swept: Swept, plant: str | None) -> dict[str, Any]:
    return {
        "violations": swept.violations,
        "seeds": swept.seeds,
        "first": swept.first,
        "failed": [
            {"seed": each.seed, "broken": each.violations, "replay": _replay(each.seed, plant)} for each in swept.failed
        ],
        **{name: {"total": sum(counts.values()), **counts} for name, counts in swept.sums.items()},
        "virtual_s": round(swept.virtual_s, 1),
        "wait_s": round(swept.wait_s, 1),
        "seeds_per_minute": round(swept.seeds_per_minute, 1),
    }


def _replay(seed: int, plant: str | None) -> str:
    return f"insurehub simulate --seed {seed} --trace" + (f" --plant {plant}" if plant else "")


def _show(swept: Swept, plant: str | None) -> None:
    rows = [
        [name, f"{sum(counts.values()):,}", ", ".join(f"{count:,} {what}" for what, count in counts.items())]
        for name, counts in swept.sums.items()
    ]
    table(None, ["what", "hit", "of these"], rows, right=(1,))
    for each in swept.failed[:SHOWN_MAX]:
        _show_broken(each, plant)
    if len(swept.failed) > SHOWN_MAX:
        out.print(f"and {counted(len(swept.failed) - SHOWN_MAX, 'more seed')}: see --json")
    speed = f"{counted(swept.seeds, 'seed')}, {swept.virtual_s / 3600:,.0f} hours in {swept.wait_s:,.0f} s"
    verdict = styled("violations: 0", "green") if not swept.failed else styled(f"violations: {swept.violations}", "red")
    out.print(verdict, f"({speed}, {swept.seeds_per_minute:,.0f} a minute)")


def _show_broken(outcome: Outcome, plant: str | None) -> None:
    for text in outcome.violations:
        out.print(f"seed {outcome.seed}: {text}", markup=False, soft_wrap=True, style="red")
    if outcome.violations:
        out.print(f"  replay: {_replay(outcome.seed, plant)}", markup=False)
