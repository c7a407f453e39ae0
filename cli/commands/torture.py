"""`insurehub torture`: real gateways, carriers that lie, `kill -9`, and a verdict from ledgers, callers and journal."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.here import workspace_root
from cli.out import Exit, emit_json, err, leave, must_take, out, styled, table
from cli.sandbox import SandboxFailed
from contract_tests.checker.crowd import Crowded, crowd
from contract_tests.checker.directed import TRIALS, Outcome, trial
from contract_tests.checker.fleet import GatewayFailed
from contract_tests.checker.orders import CHANNELS
from contract_tests.checker.report import BROKEN, PASSED, Report, summed, write_page
from contract_tests.checker.run import REPLICAS, Wanted, torture
from contract_tests.checker.stores import StoreMissing

app = typer.Typer(add_completion=False)

SECONDS = 30.0
SHOWN_MAX = 20
KILLS_PER_RUN, KEYS_PER_RUN = 100, 10_000
"""A longer torture is several runs, each with its own seed: mocks remember every request until they are judged."""


@app.command(name="torture")
def command(
    kills: Annotated[int | None, typer.Option(min=1, max=1_000_000, help="How many gateways to kill.")] = None,
    seconds: Annotated[float | None, typer.Option(min=1, max=1e6, help="How long to kill, without --kills.")] = None,
    db: Annotated[str, typer.Option(help=f"Where the journal is: {', '.join(REPLICAS)}.")] = "sqlite",
    seed: Annotated[int, typer.Option(min=0, help="The same seed: the same nemeses, faults and orders.")] = 1,
    keys: Annotated[
        int | None,
        typer.Option(min=1, max=10_000_000, help="No kills: so many keys, each from several callers at once."),
    ] = None,
    planted: Annotated[
        str | None, typer.Option(help=f"Run with a bug the checker must catch: {', '.join(TRIALS)}; or all.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write a page of its own that shows everything.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Kill gateways in the middle of trade while carriers misbehave, let all come to rest, and hold it to the promises.

    Exits with 1 when a promise is broken, or when in 50 kills or more a fault or crash point was never hit or a promise
    had nothing to examine; with 3 when the database is not there.

    Example: insurehub torture --kills 50 --db postgres --report torture.html

    Example: insurehub torture --planted all --json

    Example: insurehub torture --keys 10000 --db postgres
    """
    if db not in REPLICAS:
        leave(Exit.usage, f"there is no database {db}", f"databases are: {', '.join(REPLICAS)}")
    if sum(each is not None for each in (kills, seconds, keys, planted)) > 1:
        leave(Exit.usage, "--kills, --seconds, --keys and --planted are runs of their own", "give one of them")
    if planted is not None and (db != "sqlite" or report is not None):
        leave(
            Exit.usage, "--planted runs on SQLite and writes no page", "leave --db and --report out; --json tells all"
        )
    root = workspace_root()
    if report is not None:
        must_take(report)
    _must_have_carriers(root)
    # Asked to end it ends like after Ctrl-C: a gateway that sleeps at that moment cannot see that its harness is gone.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if planted is not None:
            raise typer.Exit(_planted(root, planted, seed, json=json))
        runs = (
            _crowds(root, keys, db, seed)
            if keys
            else _tortures(root, Wanted(db=db, seed=seed, kills=kills, seconds=seconds))
        )
        raise typer.Exit(_told(runs, report, json=json))
    except (StoreMissing, SandboxFailed, GatewayFailed) as missing:
        leave(Exit.missing, str(missing))


def _must_have_carriers(root: Path) -> None:
    known = (root / "mappings/channels.yaml").read_text("utf-8") if (root / "mappings/channels.yaml").exists() else ""
    lacking = [name for name in CHANNELS if name not in known and name != "cedar_second"]
    if lacking:
        leave(Exit.missing, f"this workspace has no channel {', '.join(lacking)}", "torture plays the shipped carriers")


# -- the torture -----------------------------------------------------------------------------------------------------


Tell = Callable[[str, int], None]
Run = tuple[int | None, Callable[[Tell], Coroutine[None, None, Report]]]
"""How much a run has to do, where that is known, and the run."""


def _told(runs: list[Run], page: Path | None, *, json: bool) -> Exit:
    """Run after run, and what they found."""
    reports = []
    for total, run in runs:
        with _progress() as progress:
            task = progress.add_task("starting", total=total)
            tell = lambda phase, done, task=task: progress.update(task, description=phase, completed=done)  # noqa: E731
            reports.append(asyncio.run(run(tell)))
        if page is not None:
            write_page(reports, page)
    if json:
        emit_json(_document(reports))
    else:
        for each in reports:
            _show(each)
        if len(reports) > 1:
            out.print(_line(summed(reports)), soft_wrap=True)
    return Exit.ok if all(each.ok for each in reports) else Exit.wrong


def _tortures(root: Path, wanted: Wanted) -> list[Run]:
    return [(part.kills, partial(torture, root, part)) for part in _parts(wanted)]


def _crowds(root: Path, keys: int, db: str, seed: int) -> list[Run]:
    parts = enumerate(_sizes(keys, KEYS_PER_RUN))
    crowds = [Crowded(keys=size, db=db, seed=seed + number) for number, size in parts]
    return [(each.keys, partial(crowd, root, each)) for each in crowds]


def _parts(wanted: Wanted) -> list[Wanted]:
    """A long torture in parts, seed after seed."""
    if wanted.kills is None:
        return [msgspec.structs.replace(wanted, seconds=wanted.seconds or SECONDS)]
    sizes = enumerate(_sizes(wanted.kills, KILLS_PER_RUN))
    return [msgspec.structs.replace(wanted, kills=size, seed=wanted.seed + number) for number, size in sizes]


def _sizes(whole: int, most: int) -> list[int]:
    return [min(most, whole - at) for at in range(0, whole, most)]


def _document(reports: list[Report]) -> Any:
    """One run's report; of several runs their sums with every report."""
    if len(reports) == 1:
        return {"ok": reports[0].ok, **msgspec.structs.asdict(reports[0])}
    return {"ok": all(each.ok for each in reports), **summed(reports), "reports": reports}


def _progress() -> Progress:
    columns = (
        SpinnerColumn(), TextColumn("{task.description:16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
    )  # fmt: skip
    return Progress(*columns, console=err, transient=True)


_STYLES = {PASSED: "green", BROKEN: "red"}


def _show(report: Report) -> None:
    rows = [
        [name, each.promise, styled(each.verdict, _STYLES.get(each.verdict, "yellow")), each.examined, each.of]
        for name, each in report.invariants.items()
    ]
    table(f"{report.db}, seed {report.seed}", ["", "promise", "verdict", "examined", ""], rows, right=(3,))
    for name, each in report.invariants.items():
        for text in each.violations[:SHOWN_MAX]:
            out.print(f"  {name} {text}", style="red", markup=False, soft_wrap=True)
    hits = ", ".join(f"{name} {count}" for name, count in {**report.crash_points, **report.nemeses}.items())
    out.print(f"hit: {hits}", markup=False, soft_wrap=True)
    if report.missed:
        out.print(f"never hit: {', '.join(report.missed)}", style="red", markup=False, soft_wrap=True)
    out.print(_line(msgspec.structs.asdict(report)), soft_wrap=True)


def _line(counts: dict[str, Any]) -> str:
    names = ("kills", "keys", "acknowledged", "lost", "doubled", "stuck", "stored_unacknowledged")
    return "TORTURE " + " ".join(f"{name}={counts[name]}" for name in names)


# -- planted bugs ----------------------------------------------------------------------------------------------------


def _planted(root: Path, name: str, seed: int, *, json: bool) -> Exit:
    names = list(TRIALS) if name == "all" else [name]
    unknown = [each for each in names if each not in TRIALS]
    if unknown:
        leave(Exit.usage, f"there is no planted bug {name}", f"bugs are: {', '.join(TRIALS)}, all")
    outcomes = []
    with _progress() as progress:
        task = progress.add_task("planted", total=len(names))
        for each in names:
            progress.update(task, description=each)
            outcomes.append(asyncio.run(trial(root, each, seed)))
            progress.advance(task)
    missed = [each for each in outcomes if not each.caught]
    if json:
        emit_json({"caught": [_caught(each) for each in outcomes if each.caught], "missed": missed})
    else:
        rows = [
            [each.bug, each.invariant, _word(each), ", ".join(each.found), f"{each.wait_s:.0f} s"] for each in outcomes
        ]
        table(None, ["planted bug", "promise", "", "broken", "took"], rows, right=(4,))
        for outcome in missed:
            for text in outcome.found_without:
                out.print(f"  without {outcome.bug}: {text}", style="red", markup=False, soft_wrap=True)
    return Exit.wrong if missed else Exit.ok


def _caught(outcome: Outcome) -> dict[str, Any]:
    return {"bug": outcome.bug, "invariant": outcome.invariant, "seed": outcome.seed}


def _word(outcome: Outcome) -> Any:
    return styled("caught", "green") if outcome.caught else styled("MISSED", "red")
