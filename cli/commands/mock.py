"""`insurehub mock`: a carrier's mock on loopback."""

from pathlib import Path
from typing import Annotated

import typer

from cli.here import carriers_of, workspace_root
from cli.mapping.workspace import carrier_folders
from cli.out import Exit, leave
from contract_tests.mock.__main__ import main as run_mock
from contract_tests.mock.faults import FAULTS

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Mock carriers.\n\nExample: insurehub mock serve lotus --port 9101"
)


@app.callback()
def mock() -> None:
    """Mock carriers: what a carrier says is its mock.yaml."""


@app.command(epilog=f"Faults: {', '.join(FAULTS)}. What each does and takes: GET /_mock/faults.")
def serve(
    carrier: Annotated[str, typer.Argument(help="The carrier to play.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 0,
    admin_port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the admin API.")] = 0,
    ledger: Annotated[Path | None, typer.Option(help="Append every effect to this file.")] = None,
    callback_base: Annotated[str | None, typer.Option(help="Where callbacks go; may hold {callback}.")] = None,
    faults: Annotated[Path | None, typer.Option(help="A plan of faults as JSON.")] = None,
    fault: Annotated[list[str] | None, typer.Option(help="A fault to meet, FAULT or FAULT:OPERATION; repeat.")] = None,
    seed: Annotated[int, typer.Option(help="What chance is drawn from.")] = 0,
    tls: Annotated[bool, typer.Option("--tls", help="HTTPS; the ready line names the authority to trust.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document, as it does in any case.")] = True,
) -> None:
    """Serve a carrier's mock until Ctrl-C; its URLs are printed as one JSON line.

    The admin API under admin_url plans faults, shows ledger, requests and state, moves the clock and holds callbacks;
    a path that begins with /ns/NAME has a state of its own.

    Example: insurehub mock serve lotus --port 9101 --ledger lotus.jsonl --fault commit_then_rst:policy.issue
    """
    _ = json  # whoever starts a mock waits for its line: it is the same for people and programs
    root = workspace_root()
    folders, _ = carrier_folders(root, (carrier,))
    if not folders:
        leave(Exit.usage, f"there is no carrier '{carrier}'", f"there are: {', '.join(carriers_of(root))}")
    words = [str(folders[0].path), "--port", str(port), "--admin-port", str(admin_port)]
    for name, value in (("--ledger", ledger), ("--callback-base", callback_base), ("--faults", faults)):
        words += [name, str(value)] if value is not None else []
    words += ["--seed", str(seed), *(["--tls"] if tls else [])]
    words += [word for each in fault or () for word in ("--fault", each)]
    raise typer.Exit(run_mock(words))
