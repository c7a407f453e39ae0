"""`insurehub show`: one operation, canonical on the left, wire on the right."""

from pathlib import Path
from typing import Annotated

import typer

from cli.here import carriers_of, workspace_root
from cli.mapping.load import load_carrier
from cli.mapping.operations import FILES
from cli.mapping.tree import CarrierTree
from cli.mapping.workspace import carrier_folders
from cli.out import Exit, emit_json, leave, out, write_file
from cli.show.page import page_of
from cli.show.terminal import print_view
from cli.show.view import OperationView, views_of
from gateway.catalogue.values import did_you_mean
from gateway.model.operations import OPERATIONS

app = typer.Typer(add_completion=False)


@app.command()
def show(
    carrier: Annotated[str, typer.Argument(help="The carrier.")],
    operation: Annotated[str, typer.Argument(help="policy.issue or policy_issue; policy.issue/site is one variant.")],
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write one HTML file that needs nothing else.")
    ] = None,
    example: Annotated[
        str | None,
        typer.Option("--example", metavar="ID", help="Instead: carry this example out; every byte that leaves."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show every row of an operation in wire order, with codecs, cases, constants and conditions, and its outcomes.

    Example: insurehub show lotus policy.issue --html issue.html

    Example: insurehub show lotus policy.issue --example issued
    """
    tree = open_carrier(workspace_root(), carrier)
    views = _views(tree, operation)
    if example is not None:
        _carry_out(carrier, operation, example, json=json)
        return
    if html is not None:
        write_file(html, page_of(views))
    if json:
        emit_json(views)
    elif html is not None:
        out.print(f"written: {html}", markup=False)
    else:
        for view in views:
            print_view(view)


def _carry_out(carrier: str, operation: str, name: str, *, json: bool) -> None:
    """Show what an example sends and reads; of an adapter that its mapping no longer gives nothing is shown."""
    from cli.show.example import carried_out, examples_of, print_steps  # noqa: PLC0415 - brings the runner along
    from contract_tests.runner import Subject, read_examples  # noqa: PLC0415
    from contract_tests.runner.fresh import stale_modules  # noqa: PLC0415

    folder = carrier_folders(workspace_root(), (carrier,))[0][0]
    subject = Subject(folder.path, folder.root)
    if stale := stale_modules(subject):
        leave(Exit.wrong, f"{stale[0]} is not what its mapping gives now", "insurehub generate")
    known = {each.id: each for each in examples_of(subject, *_named(operation))}
    if name not in known:
        if faults := read_examples(folder.path, folder.root)[1]:
            leave(Exit.wrong, "\n".join(map(str, faults)), f"insurehub check {carrier}")
        leave(Exit.usage, f"{operation} has no example '{name}'", did_you_mean(name, known))
    steps = carried_out(known[name], subject)
    emit_json(steps) if json else print_steps(steps)


def open_carrier(root: Path, carrier: str) -> CarrierTree:
    """The mapping of a carrier; ends the command where there is none, or where it cannot be read."""
    folders, _ = carrier_folders(root, (carrier,))
    if not folders:
        leave(Exit.usage, f"there is no carrier '{carrier}'", did_you_mean(carrier, carriers_of(root)))
    tree, found = load_carrier(folders[0].path, folders[0].root)
    errors = [each for each in found if each.severity == "error"]
    if tree is None or errors:
        leave(Exit.wrong, str(errors[0]), f"insurehub check {carrier}")
    return tree


def _views(tree: CarrierTree, operation: str) -> tuple[OperationView, ...]:
    name, variant = _named(operation)
    views = views_of(tree, name, variant)
    if not views:
        known = {f"{each.name}/{each.variant}" if each.variant else each.name for each in tree.operations}
        leave(Exit.usage, f"{tree.carrier.id} has no operation '{operation}'", did_you_mean(operation, known))
    return views


def _named(operation: str) -> tuple[str, str | None]:
    """Both spellings: `policy.issue/site`, and the file's `policy_issue.site`."""
    name, slash, variant = operation.partition("/")
    if not slash and name not in OPERATIONS:
        name, slash, variant = name.partition(".")
    return FILES.get(name, name), variant if slash else None
