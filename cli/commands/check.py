"""`insurehub check`: everything under mappings/, every fault at once with its place."""

from pathlib import Path
from typing import Annotated

import typer

from cli.build import carriers_of, has_channels, own_carriers
from cli.codegen.generate import MAPPINGS, plan_sources
from cli.mapping.check import Report, check_workspace
from cli.mapping.diagnostics import as_json, as_sarif, as_text
from cli.mapping.load import load_carrier
from cli.open import workspace_root
from cli.out import Exit, emit_json, err, out
from gateway import __version__
from gateway.catalogue.load import load
from gateway.catalogue.marks import Diagnostic

app = typer.Typer(add_completion=False)


@app.command()
def check(
    carriers: Annotated[
        list[str] | None, typer.Argument(help="Only these carriers; products are left out then.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF 2.1.0 for code review.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
) -> None:
    """Check mappings, code tables, products and channels; nothing is written.

    Example: insurehub check lotus
    """
    root = workspace_root()
    wanted = tuple(carriers or own_carriers(root))
    report = check_workspace(root, wanted)
    found = report.diagnostics if carriers else (*report.diagnostics, *check_catalogue(root))
    found += check_generation(root, wanted, report)
    errors = sum(each.severity == "error" for each in found)
    warnings = len(found) - errors
    if sarif:
        emit_json(as_sarif(found, __version__))
    elif json:
        emit_json({"errors": errors, "warnings": warnings, "files": len(report.files), "diagnostics": as_json(found)})
    else:
        show(found, root, report)
    raise typer.Exit(Exit.wrong if errors or (strict and warnings) else Exit.ok)


def check_generation(root: Path, carriers: tuple[str, ...], report: Report) -> tuple[Diagnostic, ...]:
    """What only the generator refuses, asked once the mappings are clean: what passes here is generated."""
    if any(each.severity == "error" for each in report.diagnostics):
        return ()
    trees = [load_carrier(root / MAPPINGS / carrier, root)[0] for carrier in carriers]
    faults = [fault for tree in trees if tree is not None for fault in plan_sources(tree)[2]]
    return tuple(fault for fault in faults if fault.severity == "error")


def check_catalogue(root: Path) -> tuple[Diagnostic, ...]:
    """What is wrong with channels and products; a workspace without them has nothing to check."""
    if not has_channels(root):
        return ()
    _, found = load(root / "mappings", carriers_of(root))
    return found


def show(found: tuple[Diagnostic, ...], root: Path, report: Report) -> None:
    """Print diagnostics with their source lines, then one line of counts."""
    for each in found:
        err.print(as_text(each, root), markup=False, soft_wrap=True)
    errors = sum(each.severity == "error" for each in found)
    word = "[red]" if errors else "[green]"
    out.print(f"{word}{errors} errors[/], {len(found) - errors} warnings in {len(report.files)} files of carriers")
    if not report.files and not errors:
        out.print("no carrier is here yet: insurehub new <carrier>", markup=False)
