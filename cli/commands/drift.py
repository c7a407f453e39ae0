"""`insurehub drift`: what a carrier says now beside what its mapping knows, from a sandbox or from the journal."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from cli.here import workspace_root
from cli.mapping.workspace import carrier_folders
from cli.out import Exit, emit_json, err, leave
from cli.testing.drifting import ask_once, show_run, show_seen, watch_journal
from cli.testing.live import sandbox_or_leave
from contract_tests.drift.finding import SEVERITIES, Severity, worst
from contract_tests.drift.history import HistoryDamaged
from contract_tests.examples.subject import Subject
from contract_tests.live.sandbox import FLAG, Sandbox
from contract_tests.runner.fresh import stale_modules
from contract_tests.runner.wanted import BadWish, wanted

app = typer.Typer(add_completion=False)

_PERIOD = re.compile(r"(\d{1,4})([smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
HISTORY = Path(".insurehub") / "drift.jsonl"


@app.command()
def drift(
    carrier: Annotated[str | None, typer.Argument(help="The carrier; with --journal all when left out.")] = None,
    against: Annotated[
        str | None, typer.Option(metavar="URL", help="Carry out the examples that say live.safe at this sandbox.")
    ] = None,
    understood: Annotated[bool, typer.Option(FLAG, help="With --against: quotes and policies are made there.")] = False,
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="HOST", help="With --against: a host that may be called.")
    ] = None,
    channel: Annotated[
        str | None, typer.Option(metavar="NAME", help="With --against: keys of this channel; else test keys.")
    ] = None,
    keyword: Annotated[str, typer.Option("-k", help="With --against: only examples whose name fits.")] = "",
    every: Annotated[
        str | None, typer.Option(metavar="6h", help="With --against: again and again, until Ctrl-C.")
    ] = None,
    history: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where runs are kept; .insurehub/drift.jsonl when left out.")
    ] = None,
    journal: Annotated[
        str | None,
        typer.Option(
            metavar="DSN",
            help="Read production's kept replies again: sqlite:FILE or postgresql://..; . is the settings'.",
        ),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="With --journal: so many days back.")] = 7,
    limit: Annotated[
        int, typer.Option(min=1, max=10_000_000, help="With --journal: of at most so many operations.")
    ] = 20_000,
    fail_on: Annotated[
        str, typer.Option(metavar="SEVERITY", help="break, warn or info: from here on exit 1.")
    ] = "break",
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document, with --every one for each run.")
    ] = False,
) -> None:
    """Tell what a carrier says now that its mapping does not know: break, warn, info, or could not be checked.

    Exit 0: nothing from --fail-on up; 1: something; 3: something could not be checked.

    Example: insurehub drift lotus --against https://uat.lotus.example --allow-host uat.lotus.example
    --i-understand-this-calls-a-live-system
    Example: insurehub drift --journal sqlite:.insurehub/journal.db --days 30
    """
    if (against is None) == (journal is None):
        leave(Exit.usage, "--against URL or --journal DSN, one of the two")
    if fail_on not in ("break", "warn", "info"):
        leave(Exit.usage, f"--fail-on is break, warn or info, not '{fail_on}'")
    if journal is not None:
        if allow_host or channel or every or understood or history:
            leave(Exit.usage, "--allow-host, --channel, --every, --history are about --against URL")
        _passive(journal, carrier, timedelta(days=days), limit, fail_on, json=json)
    assert against is not None
    subject = _subject(carrier)
    wait_s = _seconds(every)
    sandbox = sandbox_or_leave(against, allow_host or (), channel, understood=understood)
    try:
        keep = wanted(keyword)
    except BadWish as bad:
        leave(Exit.usage, f"-k: {bad}")
    file = history or workspace_root() / HISTORY
    try:
        code = _ask(subject, sandbox, file, keep, fail_on, json=json)
        while wait_s is not None:
            time.sleep(wait_s)
            code = _ask(subject, sandbox, file, keep, fail_on, json=json)
    except KeyboardInterrupt:
        raise typer.Exit(code) from None
    raise typer.Exit(code)


def _ask(
    subject: Subject, sandbox: Sandbox, file: Path, keep: Callable[[str], bool], fail_on: str, *, json: bool
) -> Exit:
    try:
        run, earlier = ask_once(subject, sandbox, file, keep, quiet=json)
    except (HistoryDamaged, OSError) as error:
        leave(Exit.usage, str(error))
    show_run(run, earlier, json=json)
    return code_of(worst(run.findings), fail_on)


def code_of(found: Severity | None, fail_on: str) -> Exit:
    """What the exit code says of the worst finding."""
    if found is None:
        return Exit.ok
    if found == "could-not-check":
        return Exit.missing
    return Exit.wrong if SEVERITIES.index(found) <= SEVERITIES.index(fail_on) else Exit.ok


def _passive(dsn: str, carrier: str | None, back: timedelta, limit: int, fail_on: str, *, json: bool) -> NoReturn:
    if carrier is not None:
        _subject(carrier)
    told = watch_journal(dsn, carrier, datetime.now(UTC) - back, limit, quiet=json)
    if json:
        emit_json(told)
    else:
        show_seen(told)
    if not told.replies:
        leave(Exit.missing, "no reply was read: that says nothing about drift")
    found = worst(seen.finding for each in told.carriers for seen in each.seen)
    raise typer.Exit(code_of(found, fail_on))


def _subject(carrier: str | None) -> Subject:
    if carrier is None:
        leave(Exit.usage, "which carrier?", "insurehub drift CARRIER --against URL")
    root = workspace_root()
    folders, faults = carrier_folders(root, (carrier,))
    if faults or not folders:
        leave(Exit.usage, str(faults[0]) if faults else f"there is no carrier '{carrier}'")
    subject = Subject(folders[0].path, folders[0].root)
    stale = stale_modules(subject)
    if stale:
        leave(Exit.wrong, f"{stale[0]} is not what its mapping gives now", "insurehub generate")
    return subject


def _seconds(every: str | None) -> float | None:
    if every is None:
        return None
    found = _PERIOD.fullmatch(every)
    if found is None or int(found[1]) == 0:
        leave(Exit.usage, f"--every is 30m, 6h or 1d, not '{every}'")
    err.print(f"every {every}, until Ctrl-C", style="dim")
    return float(int(found[1]) * _UNITS[found[2]])
