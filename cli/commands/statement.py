"""`insurehub statement`: a carrier's daily file read through its mapping, and taken in as evidence."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from cli.build import catalogue_of
from cli.desk import at_the_desk
from cli.here import workspace_root
from cli.out import Exit, counted, emit_json, leave, out, table
from gateway.channel import AdapterMissing, Registry
from gateway.model import Statement
from gateway.service.gateway import use_cases
from gateway.service.recovery.statements import StatementOutcome, take_in
from gateway.wire.limits import STATEMENT_BYTES_MAX

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Daily statements.\n\nExample: insurehub statement read tide_main FILE",
)

FAULTS_SHOWN = 20


@app.callback()
def statement() -> None:
    """Daily statements: what a carrier says was done."""


@app.command()
def read(
    channel: Annotated[str, typer.Argument(help="The channel, or its carrier.")],
    file: Annotated[Path, typer.Argument(help="The carrier's file, as it came; - reads standard input.")],
    json: Annotated[bool, typer.Option("--json", help="Print every record as one JSON document.")] = False,
) -> None:
    """Read a statement: its records, and every line that is wrong; a file that does not add up is refused.

    Example: insurehub statement read tide_main TIDE_P0008_20260302.txt --json
    """
    data = _bytes(file)
    parse = _parser(channel)
    found = parse(data)
    if json:
        emit_json(found)
    else:
        _show(found)
    raise typer.Exit(Exit.ok if found.is_accepted else Exit.wrong)


@app.command()
def apply(
    channel: Annotated[str, typer.Argument(help="The channel the file is of.")],
    file: Annotated[Path, typer.Argument(help="The carrier's file, as it came; - reads standard input.")],
    json: Annotated[bool, typer.Option("--json", help="Print every line as one JSON document.")] = False,
) -> None:
    """Take a statement in as evidence: what it says was done ends what is open, and finds what was told as not done.

    It works on the journal itself, beside a running gateway or without one. A file is evidence of what it holds alone;
    taking the same file in again changes nothing. Exit 1: the file is refused, or a line is unmatched or an orphan.

    Example: insurehub statement apply tide_main TIDE_P0008_20260302.txt
    """
    known = catalogue_of(workspace_root()).snapshot.channels
    if channel not in known:
        leave(Exit.usage, f"there is no channel '{channel}'", f"there are: {', '.join(sorted(known))}")
    data = _bytes(file)
    found = _parser(channel)(data)
    if not found.is_accepted:
        _show(found)
        raise typer.Exit(Exit.wrong)
    done = asyncio.run(at_the_desk(lambda parts: take_in(parts, use_cases(), channel, found)))
    if json:
        emit_json(done)
    else:
        _show_done(done)
    raise typer.Exit(Exit.wrong if done.counts.keys() & {"unmatched", "orphan", "refused"} else Exit.ok)


def _show_done(done: StatementOutcome) -> None:
    rows = [[each.line, each.done, each.operation_id, each.why] for each in done.lines if each.done != "nothing"]
    if rows:
        table(done.channel, ["line", "done", "operation", "why"], rows, right=(0,))
    told = ", ".join(f"{count} {word}" for word, count in sorted(done.counts.items())) or "nothing"
    out.print(f"{counted(len(done.lines), 'line')} about operations: {told}")


def _bytes(file: Path) -> bytes:
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(STATEMENT_BYTES_MAX + 1)
        with file.open("rb") as stream:
            return stream.read(STATEMENT_BYTES_MAX + 1)
    except OSError as error:
        leave(Exit.usage, f"{file} cannot be read: {error.strerror}")


def _parser(channel: str) -> Callable[[bytes], Statement]:
    channels = catalogue_of(workspace_root()).snapshot.channels
    carrier = channels[channel].carrier if channel in channels else channel
    known = {each.carrier for each in channels.values()}
    if carrier not in known:
        leave(Exit.usage, f"there is no channel '{channel}'", f"there are: {', '.join(sorted(channels))}")
    try:
        return Registry().adapter(carrier).statement()
    except AdapterMissing as missing:
        leave(Exit.missing, str(missing), "a carrier's file is mapped in statement.yaml")


def _show(found: Statement) -> None:
    rows = [
        [
            each.line,
            each.kind,
            each.request_no,
            " ".join(number.no for number in each.numbers),
            None if each.amount is None else f"{each.amount.decimal()} {each.amount.currency}",
        ]
        for each in found.records
    ]
    table(str(found.business_date or ""), ["line", "kind", "our number", "numbers", "amount"], rows, right=(0, 4))
    for fault in found.faults[:FAULTS_SHOWN]:
        place = f"line {fault.line}" if fault.line else "the file"
        out.print(f"{place}: {fault.message}", markup=False, soft_wrap=True)
    if len(found.faults) > FAULTS_SHOWN:
        out.print(f"and {len(found.faults) - FAULTS_SHOWN} more")
    word = "[green]accepted[/]" if found.is_accepted else "[red]refused[/]"
    out.print(
        f"{word}: {counted(len(found.records), 'record')}, "
        f"{counted(found.skipped, 'line')} skipped, {counted(len(found.faults), 'fault')}"
    )


__all__ = ["app"]
