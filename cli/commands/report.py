"""`insurehub report`: what the mappings leave out, ignore, lose, or do in Python."""

from typing import Annotated

import typer

from cli.commands.show import open_carrier
from cli.here import own_carriers, workspace_root
from cli.out import Exit, counted, emit_json, leave, out
from cli.report.facts import CarrierReport, Fact, report_of
from gateway.catalogue.values import did_you_mean

app = typer.Typer(add_completion=False)


@app.command()
def report(
    carriers: Annotated[list[str] | None, typer.Argument(help="Only these carriers; all when left out.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Report what no row shows: operations that are not there, fields ignored and why, what is lost, drafts, hooks.

    Example: insurehub report lotus
    """
    root = workspace_root()
    known = own_carriers(root)
    for name in carriers or ():
        if name not in known:
            leave(Exit.usage, f"there is no carrier '{name}' in this workspace", did_you_mean(name, known))
    found = tuple(report_of(open_carrier(root, name), root) for name in carriers or known)
    if json:
        emit_json(found)
        return
    for each in found:
        _tell(each)


def _tell(each: CarrierReport) -> None:
    out.print(f"[bold]{each.carrier}[/]  {counted(len(each.mapped), 'operation')} mapped")
    if each.unmapped:
        out.print(f"  neither mapped nor unsupported: {', '.join(each.unmapped)}", markup=False, soft_wrap=True)
    for title, facts in (
        ("unsupported", each.unsupported),
        ("ignored", each.ignored),
        ("lossy", each.lossy),
        ("drafts", each.drafts),
        ("hooks", each.hooks),
    ):
        _tell_facts(title, facts)


def _tell_facts(title: str, facts: tuple[Fact, ...]) -> None:
    if not facts:
        return
    out.print(f"  {title} ({len(facts)})")
    for fact in facts:
        out.print(
            f"    {fact.message} {fact.subject}: {fact.reason}".replace("     ", "    "), markup=False, soft_wrap=True
        )
        out.print(f"        {fact.place}", style="dim", markup=False, soft_wrap=True)
