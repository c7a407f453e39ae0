"""`insurehub record`: a carrier's sandbox recorded as draft examples, with nobody in them."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from typer.core import TyperGroup

from cli.here import carriers_of, workspace_root
from cli.mapping.load import load_carrier
from cli.mapping.workspace import CarrierFolder, carrier_folders
from cli.open import settings_of
from cli.out import Exit, counted, emit_json, err, leave, out, table
from contract_tests.personal.scan import slipped_in
from contract_tests.record.ciphers import CannotOpen
from contract_tests.record.exchange import Exchange
from contract_tests.record.proxy import NotAllowed, Recorder, allowed_url
from contract_tests.record.run import Recorded, Sandbox, record
from contract_tests.record.scrub import Undecodable
from contract_tests.record.writing import Refused
from gateway.catalogue.nodes import MapNode, ScalarNode
from gateway.catalogue.reader import read_file

_DEFAULT = "carrier"


class _CarrierFirst(TyperGroup):
    """`record lotus ...` is `record carrier lotus ...`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in (*self.commands, "--help"):
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_CarrierFirst, no_args_is_help=True, add_completion=False,
    help="Record a carrier's sandbox as examples, or look for people and secrets in files."
    "\n\nExample: insurehub record lotus --to https://uat.lotus.example --allow uat.lotus.example",
)  # fmt: skip


@app.callback()
def recording() -> None:
    """Recordings: what went over the wire, with nobody in it."""


@app.command(_DEFAULT)
def carrier(
    name: Annotated[str, typer.Argument(metavar="CARRIER", help="The carrier whose sandbox it is.")],
    to: Annotated[str, typer.Option("--to", metavar="URL", help="The sandbox: where its base_url leads.")],
    listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Loopback only; port 0 takes a free one.")
    ] = "127.0.0.1:0",
    allow: Annotated[
        list[str] | None,
        typer.Option("--allow", metavar="HOST", help="Beyond loopback: the host that may be recorded."),
    ] = None,
    channel: Annotated[
        str | None, typer.Option(help="The channel whose settings hold the sandbox's secrets and config.")
    ] = None,
    secrets: Annotated[
        Path | None, typer.Option(help="Its secrets as a YAML map of names, to look into what is encrypted.")
    ] = None,
    operation: Annotated[str, typer.Option(help="What all of it is, where the mapping leaves a doubt.")] = "",
    count: Annotated[int, typer.Option(min=0, help="End after so many exchanges; 0: at Ctrl-C.")] = 0,
    keep_raw: Annotated[
        Path | None, typer.Option(help="Keep the originals in this folder, outside the workspace, for you alone.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Stand between a gateway or curl and a carrier's sandbox, and write what went by as draft examples.

    People and secrets are replaced, alike everywhere; what was signed or encrypted is so again with the test keys. What
    nobody can look into, or what slipped through, refuses the whole recording: nothing is written.

    Example: insurehub record lotus --to https://uat.lotus.example --allow uat.lotus.example --channel lotus_main
    """
    root = workspace_root()
    folder = folder_of(root, name)
    if keep_raw is not None and keep_raw.resolve().is_relative_to(root):
        leave(Exit.usage, f"{keep_raw} is in the workspace: originals are kept outside of it")
    sandbox = sandbox_of(root, channel, secrets)
    host, _, port = listen.rpartition(":")
    try:
        recorder = Recorder(allowed_url(to, tuple(allow or ())), host.strip("[]") or "127.0.0.1", int(port))
    except (NotAllowed, ValueError) as wrong:
        leave(Exit.usage, str(wrong))
    exchanges = asyncio.run(_listen(recorder, count))
    if not exchanges:
        leave(Exit.wrong, f"nothing was recorded ({recorder.failed} without an answer)")
    if keep_raw is not None:
        _keep(exchanges, keep_raw)
    done = write(exchanges, folder, sandbox, operation, f"sandbox at {recorder.to}")
    tell(done, root, json=json)


@app.command()
def scan(
    path: Annotated[Path, typer.Argument(help="A file or a folder.", exists=True)],
    secrets: Annotated[Path | None, typer.Option(help="Secrets that must be nowhere, as a YAML map of names.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Look for real people and secrets, packed ones too: in Base 64, percent-encoded, in hexadecimal.

    Example: insurehub record scan mappings/carriers/lotus/examples
    """
    found, files = slipped_in(path, tuple(_map_of(secrets).values()) if secrets else ())
    if json:
        emit_json({"files": files, "found": found})
    else:
        for each in found:
            out.print(str(each), markup=False, soft_wrap=True)
        word = "[red]" if found else "[green]"
        out.print(f"{word}{len(found)} found[/] in {counted(files, 'file')}")
    raise typer.Exit(Exit.wrong if found else Exit.ok)


def folder_of(root: Path, name: str) -> CarrierFolder:
    folders, _ = carrier_folders(root, (name,))
    if not folders:
        leave(Exit.usage, f"there is no carrier '{name}'", f"there are: {', '.join(carriers_of(root))}")
    if folders[0].root != root:
        leave(Exit.usage, f"{name} is no carrier of this workspace: its examples are not written here")
    return folders[0]


def sandbox_of(root: Path, channel: str | None, secrets: Path | None) -> Sandbox:
    """The settings and secrets that are known of it."""
    config: dict[str, str] = {}
    known: dict[str, str] = {}
    if channel is not None:
        channels = settings_of(root).channels
        if channel not in channels:
            leave(
                Exit.usage, f"the settings have no channel '{channel}'", f"there are: {', '.join(channels) or 'none'}"
            )
        config = {name: str(value) for name, value in channels[channel].config.items()}
        known = {name: secret.reveal() for name, secret in channels[channel].secrets.items()}
    return Sandbox(config=config, secrets={**known, **(_map_of(secrets) if secrets is not None else {})})


def _map_of(path: Path) -> dict[str, str]:
    node, found = read_file(path)
    if not isinstance(node, MapNode) or any(each.severity == "error" for each in found):
        leave(Exit.usage, f"{path} is no YAML map of names and texts")
    return {key.text: value.text for key, value in node if isinstance(value, ScalarNode)}


async def _listen(recorder: Recorder, count: int) -> list[Exchange]:
    ended = asyncio.Event()
    for end in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(end, ended.set)
    async with recorder:
        until = counted(count, "exchange") if count else "Ctrl-C"
        err.print(f"recording {recorder.to} at {recorder.base_url} until {until}", markup=False, soft_wrap=True)
        with err.status("nothing yet") as status:
            while not ended.is_set() and not (count and len(recorder.exchanges) >= count):
                waits = [asyncio.ensure_future(each.wait()) for each in (ended, recorder.news)]
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for each in waits:
                    each.cancel()
                recorder.news.clear()
                status.update(f"{len(recorder.exchanges)} recorded, {recorder.failed} without an answer")
    return recorder.exchanges


def _keep(exchanges: list[Exchange], folder: Path) -> None:
    """The originals, readable by their owner alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number, each in enumerate(exchanges, 1):
        path = folder / f"{each.at:%Y%m%dT%H%M%S}-{number}.json"
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(msgspec.json.format(msgspec.json.encode(each)))


def write(
    exchanges: list[Exchange],
    folder: CarrierFolder,
    sandbox: Sandbox,
    operation: str,
    source: str,
    kind: str = "recorded",
) -> Recorded:
    tree, faults = load_carrier(folder.path, folder.root)
    if tree is None:
        leave(Exit.wrong, f"the mapping cannot be read: {next(map(str, faults), '')}", "insurehub check")
    try:
        return record(exchanges, tree, folder.path, folder.root, sandbox, kind=kind, source=source, operation=operation)
    except (Undecodable, CannotOpen) as wrong:
        hint = "--secrets FILE gives the keys, --keep-raw FOLDER keeps the originals outside the workspace"
        leave(Exit.wrong, f"nothing was written: {wrong}", hint)
    except Refused as refused:
        leave(Exit.wrong, f"nothing was written, for this slipped through:\n{refused}")
    except OSError as wrong:
        leave(Exit.wrong, f"nothing was written: {wrong}")


def tell(done: Recorded, root: Path, *, json: bool) -> None:
    files = [path.relative_to(root).as_posix() for path in done.files]
    rows = [
        [one.exchange.method, one.exchange.target, one.exchange.status, one.call.name if one.call else None,
         one.call.step if one.call and one.call.steps > 1 else None]
        for one in done.made
    ]  # fmt: skip
    if json:
        names = ("method", "target", "status", "operation", "step")
        told = [dict(zip(names, row, strict=True)) for row in rows]
        emit_json({"files": files, "exchanges": told, "replaced": done.replaced, "notes": done.notes})
    else:
        table(None, ["method", "target", "status", "operation", "step"], rows, right=(2,))
        told_of = ", ".join(f"{number} {kind}" for kind, number in sorted(done.replaced.items())) or "nothing"
        out.print(f"\nreplaced: {told_of}", markup=False)
        for note in done.notes:
            out.print(f"note: {note}", markup=False, soft_wrap=True)
        for file in files:
            out.print(f"wrote {file}", markup=False, soft_wrap=True)
    if not files:
        leave(Exit.wrong, "none of it is a call of the mapping: nothing was written")
    raise typer.Exit(Exit.ok)
