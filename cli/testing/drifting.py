"""What `insurehub drift` does: a run at a sandbox kept in the history, a journal read again, and both as tables."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct
from rich.progress import Progress, SpinnerColumn, TextColumn

from cli.build import catalogue_of
from cli.desk import vault_here
from cli.here import workspace_root
from cli.mapping.workspace import carrier_folders
from cli.open import settings_of
from cli.out import Exit, counted, emit_json, err, leave, out, styled, table
from contract_tests.drift.certificate import shown_at
from contract_tests.drift.finding import Finding, Severity
from contract_tests.drift.history import Entry, append, entry_of, gone, read_history, since
from contract_tests.drift.journal import Replies
from contract_tests.drift.passive import Seen, Watch
from contract_tests.drift.probe import probe
from contract_tests.examples.subject import Subject
from contract_tests.live.sandbox import Sandbox
from gateway.app import open_journal
from gateway.channel import Registry
from gateway.journal.errors import JournalUnavailable
from gateway.settings import SettingsInvalid

_STYLES: dict[Severity, str] = {"break": "bold red", "warn": "yellow", "info": "", "could-not-check": "magenta"}


class OfCarrier(Struct, frozen=True, kw_only=True):
    """What the replies of one carrier told."""

    carrier: str
    replies: int
    seen: tuple[Seen, ...]
    left_out: int = 0


class OfJournal(Struct, frozen=True, kw_only=True):
    """What a journal told; `unread` counts replies by the reason why they were not read again."""

    since: datetime
    replies: int
    carriers: tuple[OfCarrier, ...]
    unread: dict[str, int]


def ask_once(
    subject: Subject, sandbox: Sandbox, file: Path, keep: Callable[[str], bool], *, quiet: bool
) -> tuple[Entry, tuple[Entry, ...]]:
    """One run, kept in the history; gives it and the earlier ones. Raises HistoryDamaged and OSError."""
    earlier = read_history(file, subject.carrier, sandbox.host)
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=err, transient=True, disable=quiet) as bar:
        task = bar.add_task(subject.carrier)
        probed = probe(subject, sandbox, keep, lambda name: bar.update(task, description=name))
    if not probed:
        leave(Exit.wrong, "no example was carried out: that proves nothing", "say live: { safe: true } in an example")
    mapping = subject.adapter.carrier.mapping_sha256
    now = datetime.now(UTC)
    about = {"carrier": subject.carrier, "host": sandbox.host, "mapping": mapping}
    run = entry_of(probed, earlier, at=now, **about, certificate=shown_at(sandbox.origin))
    append(file, run)
    return run, earlier


def show_run(run: Entry, earlier: tuple[Entry, ...], *, json: bool) -> None:
    """The run as one JSON document, or as a table."""
    left = gone(run, earlier)
    if json:
        findings = [{**_plain(each), "since": since(each, earlier)} for each in run.findings]
        emit_json({"at": run.at, "carrier": run.carrier, "host": run.host, "findings": findings,
                   "gone": [_plain(each) for each in left], "wait_s": run.wait_s})  # fmt: skip
        return
    rows = [_of_run(each, earlier) for each in run.findings]
    if rows:
        table(f"{run.carrier} at {run.host}", ["severity", "kind", "example", "at", "what", "mapping", "since"], rows)
    for each in left:
        out.print(f"no more: {each.kind} {each.at or each.said} ({each.operation}/{each.example})", markup=False)
    words = Counter(each.severity for each in run.findings)
    told = ", ".join(f"{number} {word}" for word, number in words.items()) or "no drift"
    out.print(f"{counted(len(run.wait_s), 'example')} answered: {told}", markup=False)


def watch_journal(dsn: str, carrier: str | None, start: datetime, limit: int, *, quiet: bool) -> OfJournal:
    """Read a journal's kept replies again; ends the command where it, its keys or its channels cannot be had."""
    root = workspace_root()
    settings, catalogue, vault = settings_of(root), catalogue_of(root), vault_here(root)
    if vault is None:
        leave(Exit.missing, "the key that sealed the replies is not here", "INSUREHUB_KEY or INSUREHUB_KEY_FILE")
    dsn = settings.journal if dsn == "." else dsn
    kind, _, path = dsn.partition(":")
    if kind == "sqlite" and not Path(path).is_file():
        leave(Exit.missing, f"there is no journal {path}")
    try:
        journal = open_journal(dsn)
    except SettingsInvalid as invalid:
        leave(Exit.usage, str(invalid))
    carriers = {name: each.carrier for name, each in catalogue.snapshot.channels.items()}

    async def watched() -> OfJournal:
        try:
            await journal.start()
        except JournalUnavailable as down:
            leave(Exit.missing, str(down))
        try:
            replies = Replies(journal, vault, carriers, settings.channels, Registry())
            return await _watched(replies, carriers, carrier, start, limit, quiet=quiet)
        finally:
            await journal.close()

    return asyncio.run(watched())


async def _watched(
    replies: Replies, carriers: dict[str, str], only: str | None, start: datetime, limit: int, *, quiet: bool
) -> OfJournal:
    watches: dict[str, Watch] = {}
    unread: Counter[str] = Counter()
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=err, transient=True, disable=quiet) as bar:
        task = bar.add_task("operations")
        async for found in replies.since(
            start, limit, carrier=only, listen=lambda done: bar.update(task, description=counted(done, "operation"))
        ):
            if found.sight is None:
                unread[f"{found.channel}: {found.reason}"] += 1
                continue
            name = carriers[found.channel]
            watches.setdefault(name, Watch(_subject_of(name))).look(found.sight)
    told = tuple(
        OfCarrier(carrier=name, replies=watch.replies, seen=watch.seen, left_out=watch.left_out)
        for name, watch in sorted(watches.items())
    )
    return OfJournal(since=start, replies=sum(each.replies for each in told), carriers=told, unread=dict(unread))


def _subject_of(carrier: str) -> Subject:
    folders, _ = carrier_folders(workspace_root(), (carrier,))
    return Subject(folders[0].path, folders[0].root)


def show_seen(told: OfJournal) -> None:
    """A table for each carrier."""
    for each in told.carriers:
        rows = [_row(seen) for seen in each.seen]
        title = f"{each.carrier}, {counted(each.replies, 'reply', 'replies')}"
        if rows:
            columns = ["severity", "kind", "operation", "at", "count", "first", "last", "what", "mapping"]
            table(title, columns, rows, right=(4,))
        else:
            out.print(f"{title}: nothing its mapping does not know", markup=False)
        if each.left_out:
            more = counted(each.left_out, "further finding is", "further findings are")
            out.print(f"{more} not listed", markup=False)
    for reason, number in sorted(told.unread.items()):
        out.print(f"{counted(number, 'reply', 'replies')} of {reason}", markup=False, soft_wrap=True)


def _of_run(each: Finding, earlier: tuple[Entry, ...]) -> list[Any]:
    where = f"{each.operation}/{each.example}"
    return [_severity(each), each.kind, where, each.at, each.said, each.mapping, since(each, earlier) or "now"]


def _row(seen: Seen) -> list[Any]:
    each = seen.finding
    start = [_severity(each), each.kind, each.operation, each.at]
    return [*start, seen.count, seen.first_at, seen.last_at, each.said, each.mapping]


def _severity(finding: Finding) -> Any:
    return styled(finding.severity, _STYLES[finding.severity])


def _plain(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in finding.__struct_fields__}
