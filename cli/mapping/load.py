"""Load one carrier's folder: every file of it into a tree, every fault of their form at once.

Form only: whether a path exists in the model, a table in the carrier, a function in the registry, `check` says.
"""

import re
from pathlib import Path

from cli.mapping.carrier import read_carrier
from cli.mapping.files import Folder
from cli.mapping.operations import FILES, file_hint, read_operation
from cli.mapping.statement import STATEMENT, read_statement
from cli.mapping.tree import CarrierTree, OperationFile
from cli.mapping.wire_schema import WIRE_SCHEMA, read_wire_schema
from gateway.catalogue.marks import Diagnostic, Mark
from gateway.catalogue.values import Faults

OPERATION_FILES_MAX = 200

_CARRIER_ID = re.compile(r"[a-z][a-z0-9_]{0,40}")
_VARIANT = re.compile(r"[a-z][a-z0-9_]{0,40}")

# Files of a carrier's folder that others read: the mock's engine and the runner of examples.
_OTHERS = ("carrier.yaml", "codes.yaml", "mock.yaml", "kit.yaml", STATEMENT, WIRE_SCHEMA)

Loaded = tuple[CarrierTree | None, tuple[Diagnostic, ...]]


def load_carrier(folder: Path, root: Path) -> Loaded:
    """The tree of a carrier and every fault of form in its files, sorted by file and line.

    `root` is the workspace: files are named from there. A tree that comes with errors is whole except for the refused
    parts: good for finding more faults, not for generating. It is None when there is no readable `carrier.yaml`.
    """
    faults = Faults()
    files = Folder(folder, root, faults)
    if not _CARRIER_ID.fullmatch(folder.name):
        message = f"a carrier's folder is named with lower case letters, digits and _, not '{folder.name}'"
        faults.add(Mark(files.shown("carrier.yaml"), 1), message, code="E118")
    carrier = read_carrier(files)
    operations = _operations(files, native=carrier is not None and carrier.native)
    statement = read_statement(files)
    wire_schema = read_wire_schema(files)
    hashes = dict(sorted(files.sha256.items()))
    tree = None if carrier is None else CarrierTree(carrier, operations, hashes, wire_schema, statement)
    return tree, faults.all()


def _operations(files: Folder, *, native: bool) -> tuple[OperationFile, ...]:
    names = sorted(path.name for path in files.path.glob("*.yaml")) if files.path.is_dir() else []
    if len(names) > OPERATION_FILES_MAX:
        place = Mark(files.shown(names[0]), 1)
        files.faults.add(place, f"more than {OPERATION_FILES_MAX} files in one carrier", code="E119")
        return ()
    found = (_operation(files, name, native=native) for name in names if name not in _OTHERS)
    return tuple(operation for operation in found if operation is not None)


def _operation(files: Folder, file: str, *, native: bool) -> OperationFile | None:
    place = Mark(files.shown(file), 1)
    stem, _, variant = file.removesuffix(".yaml").partition(".")
    name = FILES.get(stem)
    if name is None:
        files.faults.add(place, f"'{stem}' is no operation", file_hint(stem), code="E118")
        return None
    if variant and not _VARIANT.fullmatch(variant):
        files.faults.add(
            place, f"a variant is named with lower case letters, digits and _, not '{variant}'", code="E118"
        )
        return None
    return read_operation(files, file, name, variant, native=native)
