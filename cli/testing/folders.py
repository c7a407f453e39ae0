"""Whose contract tests are meant, and whether their adapters are those the mappings give now."""

from collections.abc import Sequence

import typer

from cli.here import workspace_root
from cli.mapping.workspace import CarrierFolder, carrier_folders
from cli.out import Exit, emit_json, leave
from contract_tests.runner.fresh import stale_modules
from contract_tests.runner.subject import Subject


def folders_of(names: Sequence[str]) -> Sequence[CarrierFolder]:
    """The carriers named, or all of the workspace; ends the command where one is unknown or has no mapping."""
    root = workspace_root()
    found, faults = carrier_folders(root, tuple(names) or None)
    if faults:
        leave(Exit.usage, str(faults[0]))
    mine = [each for each in found if names or each.root == root]
    with_mapping = [each for each in mine if (each.path / "carrier.yaml").is_file()]
    without = sorted({each.id for each in mine} - {each.id for each in with_mapping})
    if names and without:
        leave(Exit.missing, f"{', '.join(without)} has no carrier.yaml", "insurehub new")
    if not with_mapping:
        leave(Exit.missing, "no carrier with a mapping in this workspace", "insurehub new")
    return with_mapping


def refuse_stale(folders: Sequence[CarrierFolder], *, json: bool) -> None:
    """Tests of an adapter that its mapping no longer gives would prove nothing: end the command."""
    stale = [path for folder in folders for path in stale_modules(Subject(folder.path, folder.root))]
    if stale and json:
        emit_json({"passed": 0, "failed": 0, "stale": stale})
        raise typer.Exit(Exit.wrong)
    if stale:
        text = "\n".join(f"{path} is not what its mapping gives now" for path in stale)
        leave(Exit.wrong, f"{text}\nnothing was tested", "insurehub generate")
