"""`insurehub check`: everything under mappings/, every fault at once with its place."""

import gc
from pathlib import Path
from typing import Annotated

import typer

from cli.codegen.generate import plan_sources
from cli.here import carriers_of, has_channels, must_be_carriers, own_carriers, workspace_root
from cli.mapping.check import Report, check_workspace
from cli.mapping.codes import CODES
from cli.mapping.codes.page import ALL, entry_text, page_text
from cli.mapping.diagnostics import as_json, as_sarif, as_text
from cli.mapping.mocks import check_mocks
from cli.mapping.release import check_release
from cli.out import Exit, counted, emit_json, err, leave, out, write_json
from gateway import __version__
from gateway.allowed import by_commission
from gateway.catalogue.load import load
from gateway.catalogue.marks import Diagnostic
from gateway.catalogue.values import did_you_mean

OBJECTS_BETWEEN_COLLECTIONS = 200_000

app = typer.Typer(add_completion=False)


@app.command()
def check(
    carriers: Annotated[
        list[str] | None, typer.Argument(help="Only these carriers; products are left out then.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    sarif: Annotated[
        str | None, typer.Option("--sarif", metavar="FILE", help="Write SARIF 2.1.0 for code review; - is stdout.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    release: Annotated[
        bool, typer.Option("--release", help="Refuse drafted rows, and a document changed since it was mapped.")
    ] = False,
    explain: Annotated[
        str | None, typer.Option("--explain", metavar="CODE", help="Explain a code with an example; all: every code.")
    ] = None,
) -> None:
    """Check mappings, code tables, mocks, products and channels; nothing in the workspace is written.

    Example: insurehub check lotus --sarif findings.sarif
    """
    if explain is not None:
        raise typer.Exit(_explain(explain, json=json))
    if json and sarif == "-":
        leave(Exit.usage, "--json and --sarif - both want stdout", "name a file after --sarif")
    # Trees of frozen nodes hold no cycles: looking for some among them is a tenth of the time.
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    root = workspace_root()
    must_be_carriers(root, carriers or ())
    report, found = _examine(root, tuple(carriers or ()), release=release)
    _tell(found, report, json=json, sarif=sarif)
    raise typer.Exit(Exit.wrong if any(each.severity == "error" or strict for each in found) else Exit.ok)


def _examine(root: Path, carriers: tuple[str, ...], *, release: bool) -> tuple[Report, tuple[Diagnostic, ...]]:
    wanted = carriers or own_carriers(root)
    report = check_workspace(root, wanted)
    found = report.diagnostics if carriers else (*report.diagnostics, *check_catalogue(root))
    found += check_mocks(root, wanted)
    found += check_generation(report)
    if release:
        found += tuple(each for tree in report.trees for each in check_release(tree, root))
    return report, found


def _tell(found: tuple[Diagnostic, ...], report: Report, *, json: bool, sarif: str | None) -> None:
    if sarif is not None:
        write_json(as_sarif(found, __version__), sarif)
    if json:
        errors = sum(each.severity == "error" for each in found)
        warnings = len(found) - errors
        emit_json({"errors": errors, "warnings": warnings, "files": len(report.files), "diagnostics": as_json(found)})
    elif sarif != "-":
        show(found, workspace_root(), report)


def _explain(code: str, *, json: bool) -> Exit:
    """Print one entry of the page of codes, or all of it."""
    wanted = code.upper()
    if code == ALL:
        chosen = list(CODES.values())
    elif wanted in CODES:
        chosen = [CODES[wanted]]
    else:
        leave(Exit.usage, f"there is no code '{code}'", did_you_mean(wanted, CODES))
    if json:
        emit_json(chosen if code == ALL else chosen[0])
    else:
        out.print(page_text(CODES) if code == ALL else entry_text(chosen[0]), markup=False, soft_wrap=True)
    return Exit.ok


def check_generation(report: Report) -> tuple[Diagnostic, ...]:
    """What only the generator refuses, asked once the mappings are clean: what passes here is generated."""
    if any(each.severity == "error" for each in report.diagnostics):
        return ()
    faults = [fault for tree in report.trees for fault in plan_sources(tree)[2]]
    return tuple(fault for fault in faults if fault.severity == "error")


def check_catalogue(root: Path) -> tuple[Diagnostic, ...]:
    """What is wrong with channels and products; a workspace without them has nothing to check."""
    if not has_channels(root):
        return ()
    _, found = load(root / "mappings", carriers_of(root), by_commission=by_commission(root))
    return found


def show(found: tuple[Diagnostic, ...], root: Path, report: Report) -> None:
    """Print diagnostics with their source lines, then one line of counts."""
    for each in found:
        err.print(as_text(each, root), markup=False, soft_wrap=True)
    errors = sum(each.severity == "error" for each in found)
    word = "[red]" if errors else "[green]"
    out.print(
        f"{word}{counted(errors, 'error')}[/], {counted(len(found) - errors, 'warning')} "
        f"in {counted(len(report.files), 'file')} of carriers"
    )
    if errors:
        out.print(f"what a code means: insurehub check --explain {first_error(found)}", markup=False)
    if not report.files and not errors:
        out.print("no carrier is here yet: insurehub new <carrier>", markup=False)


def first_error(found: tuple[Diagnostic, ...]) -> str:
    """The code to explain first."""
    return next(each.code for each in found if each.severity == "error")
