"""What is wrong with the mock carriers: a fault of mock.yaml would otherwise be met by the first request.

The mock's own reader finds them (E65x): it is a second opinion, and shares no code with the reader of mappings.
"""

from pathlib import Path

from cli.mapping.workspace import carrier_folders
from contract_tests.language.places import Fault, FaultyFile
from contract_tests.mock.loading import load_definition
from gateway.catalogue.marks import Diagnostic, Mark

FILE = "mock.yaml"


def check_mocks(root: Path, carriers: tuple[str, ...] | None = None) -> tuple[Diagnostic, ...]:
    """Every fault of the mock.yaml of these carriers, of all when none is named; a carrier without one has none."""
    folders, _ = carrier_folders(root, carriers)
    return tuple(each for folder in folders for each in check_mock(folder.path, folder.root))


def check_mock(folder: Path, root: Path) -> tuple[Diagnostic, ...]:
    """Every fault of one carrier's mock.yaml, in the order of its lines."""
    file = folder / FILE
    if not file.is_file():
        return ()
    try:
        load_definition(file)
    except FaultyFile as wrong:
        shown = file.relative_to(root).as_posix()
        found = dict.fromkeys(_diagnostic(fault, shown) for fault in wrong.faults)
        return tuple(sorted(found, key=lambda each: (each.mark, each.code)))
    return ()


def _diagnostic(fault: Fault | str, file: str) -> Diagnostic:
    if isinstance(fault, str):
        return Diagnostic("E650", Mark(file, 1), fault)
    return Diagnostic(fault.code, Mark(file, fault.place.line, fault.place.column), fault.message, fault.hint)
