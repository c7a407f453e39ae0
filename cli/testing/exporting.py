"""`insurehub test --export`: a carrier's examples as files of other tools."""

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import typer

from cli.mapping.workspace import CarrierFolder
from cli.out import Exit, counted, emit_json, leave, out
from contract_tests.examples.subject import Subject
from contract_tests.interchange.pact import CONSUMER, pact_of
from contract_tests.interchange.shown import file_name, put
from contract_tests.interchange.wiremock import stubs_of

FORMATS = ("pact", "wiremock")


def export(kind: str, folder: Path, folders: Sequence[CarrierFolder], *, json: bool) -> NoReturn:
    """Write the files, tell which, and end the command."""
    if kind not in FORMATS:
        leave(Exit.usage, f"examples are not exported to {kind}", f"formats are: {', '.join(FORMATS)}")
    told: dict[str, int] = {}
    written: list[Path] = []
    for each in folders:
        subject = Subject(each.path, each.root)
        if kind == "pact":
            document = pact_of(subject, subject.files)
            told[each.id] = len(document["interactions"])
            files = {f"{file_name(f'{CONSUMER}-{each.id}')}.json": document} if told[each.id] else {}
        else:
            files = stubs_of(subject, subject.files)
            told[each.id] = len(files)
        try:
            written += put(folder, files)
        except OSError as wrong:
            leave(Exit.usage, f"{folder} cannot be written: {wrong.strerror}")
    if json:
        emit_json({"format": kind, "files": [str(path) for path in written], "exchanges": told})
    else:
        for name, number in told.items():
            out.print(f"{name}: {counted(number, 'exchange')}", markup=False)
        out.print(f"{counted(len(written), 'file')} in {folder}", markup=False, soft_wrap=True)
    raise typer.Exit(Exit.ok if written else Exit.wrong)
