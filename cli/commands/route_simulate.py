"""`insurehub route simulate`: the product's routing beside what others would do, under equal luck."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.out import Exit, emit_json, err, leave, must_take, out, styled, table, write_file
from contract_tests.traffic.compare import (
    OFTEN,
    RATES,
    RUN_S,
    Comparison,
    Part,
    compare,
    parts_of,
    shown_beside,
)
from contract_tests.traffic.months import Kept
from contract_tests.traffic.orders import ORDERS, OrderPart, order_parts
from contract_tests.traffic.page import page
from contract_tests.traffic.quotas import Rationed
from contract_tests.traffic.results import Result, never_in
from contract_tests.traffic.scenarios import HELD_NO_LONGER, SCENARIOS, held_out
from contract_tests.traffic.writes import Written

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
    contract's shares, within a 95 % interval over paired seeds (who ignores them, juspay_sr among others, is shown and
    not gated); it keeps these shares while all is well, and while a channel declines business (`false_alarm`); of
    orders whose answers get lost (scenario `writes`) it doubles none; volumes promised for a month (`months`) are kept;
    daily quotas that replicas share are not overrun while their server is away (`quotas`, and with `redis_loss`). Exit
    1 where one of these does not hold; what a choice of scenarios leaves unexamined is said.

    Example: insurehub route simulate --seeds 5 --report routing.html
    """
    rates = tuple(rate or RATES)
    if unknown := [each for each in rates if each not in RUN_S]:
        leave(Exit.usage, f"no run has {unknown[0]:g} requests/s", f"there are: {', '.join(map(str, RUN_S))}")
    known = {each.name: each for each in (SCENARIOS if held is None else held_out(held))}
    named = scenario or [*known, *ORDERS]
    if unnamed := [name for name in named if name not in (*known, *ORDERS)]:
        leave(Exit.usage, f"there is no scenario '{unnamed[0]}'", f"there are: {', '.join((*known, *ORDERS))}")
    scenarios = tuple(known[name] for name in named if name in known)
    parts: list[Part | OrderPart] = [*parts_of(scenarios, rates, seeds), *order_parts(named, seeds, held)]
    if not parts:
        leave(Exit.usage, f"at {OFTEN:g} requests/s none of these is run")
    if report is not None:
        must_take(report)
    columns = (TextColumn("simulating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("runs", total=len(parts))
        found = compare(parts, lambda count: progress.update(task, completed=count), jobs)
    if report is not None:
        aside = " (held out no longer)" if held in HELD_NO_LONGER else ""
        title = "Routing under faults" if held is None else f"Routing under faults drawn from seed {held}{aside}"
        write_file(report, page(found, title))
    if json:
        emit_json(_document(found, seeds, held))
    else:
        _show(found)
        if held in HELD_NO_LONGER:
            out.print(f"seed {held} is held out no longer: {HELD_NO_LONGER[held]}; draw another", style="yellow")
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
        "held_no_longer": HELD_NO_LONGER.get(held) if held is not None else None,
        "decisions": found.decisions,
        "passed": found.passed,
        "not_examined": found.not_examined,
        "gate": gate,
        "gated": sum(1 for each in found.verdicts if each.is_gated),
        "not_gated": sum(1 for each in found.verdicts if not each.is_gated),
        "shown": [msgspec.to_builtins(each) for each in shown_beside(found.verdicts)],
        "shares": found.shares,
        "keeps_shares": found.keeps_shares,
        "alarms": found.alarms,
        "ignores_declines": found.ignores_declines,
        "writes": msgspec.to_builtins(found.writes),
        "doubles_nothing": found.doubles_nothing,
        "months": [{**msgspec.to_builtins(each), "passed": each.passed} for each in found.months],
        "keeps_promises": found.keeps_promises,
        "quotas": [{**msgspec.to_builtins(each), "passed": each.passed} for each in found.quotas],
        "keeps_quotas": found.keeps_quotas,
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
                never_in(each.eject_s, each.ejected, each.seeds),
                never_in(each.recover_s, each.recovered, each.seeds),
                f"{each.share_deviation:.2%}",
                f"{each.p50_s:.2f} {each.p95_s:.2f} {each.p99_s:.2f}",
            ]
            for each in sorted(results, key=lambda each: -each.first_ok)
        ]
        columns = [
            f"{name}, {per_s:g}/s",
            "first ok",
            "at faulty",
            "eject s",
            "recover s",
            "share dev",
            "p50 p95 p99 s",
        ]
        table(None, columns, rows, right=(1, 2, 3, 4, 5, 6))
    if any(each.ejected % each.seeds or each.recovered % each.seeds for each in found.results):
        out.print("(n/m): the mean of n seeds of m, in the others never")
    _show_orders(found)
    for shown in shown_beside(found.verdicts):
        out.print(
            f"not gated: {shown.reason}; {shown.preset} is worse in {shown.worse} of {shown.cells}", style="yellow"
        )
    failed = [each for each in found.verdicts if not each.passed]
    for verdict in failed:
        where, by = f"{verdict.scenario}, {verdict.per_s:g}/s", f"{verdict.difference.mean:+.4f}"
        out.print(f"{verdict.preset} is worse than {verdict.baseline} in {where}: {by}", style="red")
    gated = sum(1 for verdict in found.verdicts if verdict.is_gated)
    if found.verdicts:
        aside = [verdict for verdict in found.verdicts if not verdict.is_gated]
        worse = sum(1 for verdict in aside if verdict.is_worse)
        why = f"{len(aside)} more, with who ignores the contract's shares, are not gated: worse in {worse}"
        out.print(f"gate: {gated - len(failed)} of {gated} comparisons hold; {why}")
    if found.shares:
        kept = ", ".join(f"{name} {value:.2%}" for name, value in found.shares.items())
        out.print(f"shares deviate while all is well: {kept}")
    for gate, holds in found.gates.items():
        if holds is not None:
            out.print(f"{gate}: {_yes(holds)}")
    if found.alarms:
        kept = ", ".join(f"{name} {value:.2%}" for name, value in found.alarms.items())
        out.print(f"shares deviate while a channel declines business: {kept}")
    if found.not_examined:
        out.print(f"not examined: {'; '.join(found.not_examined)}", style="yellow")


def _show_orders(found: Comparison) -> None:
    if found.writes:
        columns = ["lost answers", "lost", "doubled", "wrong no", "open", "half known s", "95 % s"]
        table(None, columns, [_written(each) for each in found.writes], right=(1, 2, 3, 4, 5, 6))
    if found.months:
        columns = ["promises of a month", "can be kept", "short", "unpaced", "beyond quota", "not sold", "holds"]
        table(None, columns, [_kept(each) for each in found.months], right=(2, 3, 4, 5))
    if found.quotas:
        columns = ["quotas shared by replicas", "orders", "places", "sold", "beyond quota", "holds"]
        table(None, columns, [_rationed(each) for each in found.quotas], right=(1, 2, 3, 4))


def _written(each: Written) -> list[str]:
    counts = (each.ambiguous, each.doubled, each.orphans, each.unresolved)
    return [each.way, *map(str, counts), f"{each.half_s:.0f}", f"{each.most_s:.0f}"]


def _kept(each: Kept) -> list[str]:
    short = (f"{each.short:.2%}", f"{each.short_unpaced:.2%}")
    counts = (each.beyond_quota, each.nobody)
    return [each.month, _yes(each.is_feasible), *short, *map(str, counts), _yes(each.passed)]


def _rationed(each: Rationed) -> list[str]:
    return [each.morning, *map(str, (each.orders, each.places, each.sold, each.beyond_quota)), _yes(each.passed)]


def _yes(value: bool) -> str:
    return "yes" if value else "no"
