"""A kit opened: its data part read from the file, within limits and with places; nothing in it is executed."""

import hashlib
import sys
import zipfile
from pathlib import Path

from contract_tests.kit.portable.compile import compile_kit
from contract_tests.kit.portable.definition import Kit
from contract_tests.kit.portable.json_nodes import read_nodes
from contract_tests.kit.portable.limits import KIT_BYTES_MAX
from contract_tests.language.places import Fault, FaultyFile, Place, Report

DATA = "kit.json"
INTERFACE = "openapi.json"


def open_kit(path: Path) -> Kit:
    """The kit in a file made by `insurehub kit build`, or in a bare kit.json. Raises FaultyFile, OSError."""
    data = _data(path)
    shown = f"{path.name}!{DATA}" if path.suffix != ".json" else path.name
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise FaultyFile([Fault("E650", Place(shown), f"not UTF-8 text at byte {error.start}")]) from None
    report = Report()
    kit = compile_kit(read_nodes(text, shown), report, sha256=hashlib.sha256(data).hexdigest())
    report.close()
    return kit


def interface_of(path: Path) -> bytes | None:
    """The OpenAPI document of the interface a kit is for, where the kit carries one."""
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        if INTERFACE not in archive.namelist():
            return None
        with archive.open(INTERFACE) as member:
            return _within(member.read(KIT_BYTES_MAX + 1), path)


def _data(path: Path) -> bytes:
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            return _within(file.read(KIT_BYTES_MAX + 1), path)
    try:
        with zipfile.ZipFile(path) as archive, archive.open(DATA) as member:
            # The size in the archive's directory is a claim; what is read counts.
            return _within(member.read(KIT_BYTES_MAX + 1), path)
    except (KeyError, zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise FaultyFile([Fault("E650", Place(path.name), f"no {DATA} can be read in it: {error}")]) from None


def _within(data: bytes, path: Path) -> bytes:
    if len(data) > KIT_BYTES_MAX:
        raise FaultyFile([Fault("E650", Place(path.name), f"its data part is longer than {KIT_BYTES_MAX:,} bytes")])
    return data


def own_file() -> Path:
    """The file this program was started from."""
    return Path(sys.argv[0]).resolve()
