"""`insurehub route simulate`: the product's routing beside what others would do, under equal luck."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.out import Exit, emit_json, err, leave, out, styled, table, write_file
from contract_tests.traffic.compare import OFTEN, RATES, RUN_S, Comparison, Result, compare, parts_of
from contract_tests.traffic.page import page
from contract_tests.traffic.scenarios import SCENARIOS, held_out

SEEDS_MAX = 200


def simulate(
    seeds: Annotated[int, typer.Option(min=1, max=SEEDS_MAX, help="How many seeds; 20 and more for a claim.")] = 5,
    held: Annotated[
        int | None, typer.Option("--held-out", help="Draw other scenarios from this seed: nothing was tuned on them.")
    ] = None,
    rate: Annotated[
        list[float] | None, typer.Option(help=f"Requests a second, {', '.join(map(str, RUN_S))}; may be repeated.")
    ] = None,
    scenario: Annotated[list[str] | None, typer.Option(help="Only this scenario; may be repeated.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; all cores when left out.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write a page with plots.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Simulate traffic over channels that fail, and compare the product's own decisions with what others would do.

    The gate: on first-attempt success during a fault the product is not worse than each baseline that keeps the
    contract's shares, within a 95 % interval over paired seeds. Exit 1 where it is.

    Example: insurehub route simulate --seeds 5 --report routing.html
    """
    rates = tuple(rate or RATES)
    if unknown := [each for each in rates if each not in RUN_S]:
        leave(Exit.usage, f"no run has {unknown[0]:g} requests/s", f"there are: {', '.join(map(str, RUN_S))}")
    scenarios = SCENARIOS if held is None else held_out(held)
    if scenario:
        known = {each.name: each for each in scenarios}
        if unnamed := [name for name in scenario if name not in known]:
            leave(Exit.usage, f"there is no scenario '{unnamed[0]}'", f"there are: {', '.join(known)}")
        scenarios = tuple(known[name] for name in scenario)
    parts = parts_of(scenarios, rates, seeds)
    if not parts:
        leave(Exit.usage, f"at {OFTEN:g} requests/s none of these is run")
    columns = (TextColumn("simulating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("runs", total=len(parts))
        found = compare(parts, lambda count: progress.update(task, completed=count), jobs)
    if report is not None:
        title = "Routing under faults" if held is None else f"Routing under faults drawn from seed {held}"
        write_file(report, page(found, title))
    if json:
        emit_json(_document(found, seeds, held))
    else:
        _show(found)
    raise typer.Exit(Exit.ok if found.passed else Exit.wrong)


def _document(found: Comparison, seeds: int, held: int | None) -> dict[str, Any]:
    results = [msgspec.to_builtins(each) for each in found.results]
    for each in results:
        del each["course"]
    gate: dict[str, dict[str, bool]] = {}
    for verdict in found.verdicts:
        if verdict.is_gated:
            of_preset = gate.setdefault(verdict.preset, {})
            of_preset[verdict.scenario] = of_preset.get(verdict.scenario, True) and verdict.passed
    return {
        "seeds": seeds,
        "held_out": held,
        "decisions": found.decisions,
        "passed": found.passed,
        "gate": gate,
        "shares": found.shares,
        "verdicts": msgspec.to_builtins(found.verdicts),
        "results": results,
    }


def _show(found: Comparison) -> None:
    cells: dict[tuple[str, float], list[Result]] = {}
    for each in found.results:
        cells.setdefault((each.scenario, each.per_s), []).append(each)
    for (name, per_s), results in cells.items():
        rows = [
            [
                styled(each.strategy, "bold") if each.strategy.startswith("hub") else each.strategy,
                f"{each.first_ok:.2%}",
                f"{each.faulty_attempts:.0f}",
                _seconds(each.eject_s),
                _seconds(each.recover_s),
                f"{each.share_deviation:.2%}",
            ]
            for each in sorted(results, key=lambda each: -each.first_ok)
        ]
        columns = [f"{name}, {per_s:g}/s", "first ok", "at faulty", "eject s", "recover s", "share dev"]
        table(None, columns, rows, right=(1, 2, 3, 4, 5))
    failed = [each for each in found.verdicts if not each.passed]
    for verdict in failed:
        where, by = f"{verdict.scenario}, {verdict.per_s:g}/s", f"{verdict.difference.mean:+.4f}"
        out.print(f"{verdict.preset} is worse than {verdict.baseline} in {where}: {by}", style="red")
    gated = sum(1 for verdict in found.verdicts if verdict.is_gated)
    kept = ", ".join(f"{name} {value:.2%}" for name, value in found.shares.items())
    out.print(f"gate: {gated - len(failed)} of {gated} comparisons hold; shares deviate while all is well: {kept}")


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.0f}"
