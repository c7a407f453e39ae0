"""Whose contract tests are meant, and whether their adapters can run here and are those the mappings give now."""

from collections.abc import Sequence
from typing import NoReturn

import typer

from cli.here import workspace_root
from cli.mapping.workspace import CarrierFolder, carrier_folders
from cli.out import Exit, emit_json, leave
from contract_tests.examples.subject import Subject
from contract_tests.runner.fresh import stale_modules
from gateway.channel.registry import AdapterMissing
from gateway.wire.extras import missing


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


def refuse_unfit(folders: Sequence[CarrierFolder], *, json: bool) -> None:
    """Tests of an adapter that cannot run here, or that its mapping no longer gives, would prove nothing: end it."""
    subjects = [Subject(folder.path, folder.root) for folder in folders]
    # What is not generated tells of itself, where its examples are read.
    lacking = {each.carrier: lack for each in subjects if (lack := _lacking(each)) is not None}
    if lacking:
        _refuse("lacks", [f"{carrier} cannot run here: {lack}" for carrier, lack in lacking.items()], json=json)
    stale = [path for subject in subjects for path in stale_modules(subject)]
    if stale:
        texts = [f"{path} is not what its mapping gives now" for path in stale]
        _refuse("stale", texts, "insurehub generate", told=stale, json=json)


def _lacking(subject: Subject) -> str | None:
    try:
        return missing(subject.adapter.carrier.extras)
    except AdapterMissing:
        return None


def _refuse(
    what: str, texts: Sequence[str], hint: str | None = None, told: Sequence[str] = (), *, json: bool
) -> NoReturn:
    code = Exit.wrong if hint else Exit.missing
    if json:
        emit_json({"passed": 0, "failed": 0, what: list(told or texts)})
        raise typer.Exit(code)
    leave(code, "\n".join([*texts, "nothing was tested"]), hint)
