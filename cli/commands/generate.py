"""`insurehub generate`: adapters from mappings; nothing is written when anything is wrong."""

from typing import Annotated

import typer

from cli.codegen.generate import generate as generate_adapters
from cli.commands.check import show
from cli.here import must_be_carriers, own_carriers, workspace_root
from cli.mapping.check import Report, check_workspace
from cli.mapping.diagnostics import as_json
from cli.out import Exit, counted, emit_json, out
from gateway.catalogue.marks import Diagnostic

app = typer.Typer(add_completion=False)


@app.command()
def generate(
    carriers: Annotated[list[str] | None, typer.Argument(help="Only these carriers; all when left out.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing: compare byte for byte, exit 1 if any differs.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write adapters/<carrier>/ from mappings/carriers/<carrier>/.

    Example: insurehub generate --check
    """
    root = workspace_root()
    must_be_carriers(root, carriers or ())
    wanted = tuple(carriers or own_carriers(root))
    checked = check_workspace(root, wanted)
    errors = _errors(checked.diagnostics)
    if errors:
        _refuse(errors, checked, json=json)
    report = generate_adapters(root, wanted, check=check)
    if report.errors:
        _refuse(report.errors, checked, json=json)
    told = {
        "carriers": report.carriers,
        "written": report.written,
        "removed": report.removed,
        "differing": report.differing,
        "errors": 0,
    }
    if json:
        emit_json(told)
    else:
        for path in report.differing:
            out.print(f"differs: {path}", markup=False)
        changed = f"{len(report.written)} written, {len(report.removed)} removed"
        state = counted(len(report.differing), "file differs", "files differ") if check else changed
        out.print(f"{counted(len(report.carriers), 'carrier')}: {state}")
    raise typer.Exit(Exit.wrong if report.differing else Exit.ok)


def _errors(found: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    return tuple(each for each in found if each.severity == "error")


def _refuse(errors: tuple[Diagnostic, ...], checked: Report, *, json: bool) -> None:
    if json:
        emit_json({"errors": len(errors), "written": [], "diagnostics": as_json(errors)})
    else:
        show(errors, workspace_root(), checked)
        out.print("nothing was generated")
    raise typer.Exit(Exit.wrong)
