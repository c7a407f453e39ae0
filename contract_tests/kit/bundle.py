"""A kit's data and the portable runner as one file: a zip application for a bare Python 3.11."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import contract_tests
from contract_tests.kit.portable.opening import DATA

_ROOT = Path(str(contract_tests.__file__)).parents[1]
_PACKAGES = ("contract_tests/kit/portable", "contract_tests/language")
_ALONE = ("contract_tests/__init__.py", "contract_tests/kit/__init__.py")
_NOT_CARRIED = frozenset({"contract_tests/language/reader.py"})  # needs a YAML library, and a kit holds JSON
# A zip file's earliest time: the same kit is the same bytes whenever it is built.
_TIME = (1980, 1, 1, 0, 0, 0)
_SHEBANG = b"#!/usr/bin/env python3\n"
_MAIN = """\
import sys

if sys.version_info < (3, 11):
    sys.exit("this kit needs Python 3.11 or later")

from contract_tests.kit.portable.main import main

sys.exit(main())
"""


def bundled(data: bytes, documents: Mapping[str, bytes] | None = None) -> bytes:
    """The file's bytes; `documents` are carried beside the data, by name."""
    made = io.BytesIO(_SHEBANG)
    made.seek(0, io.SEEK_END)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"__main__.py": _MAIN.encode(), DATA: data, **(documents or {}), **_sources()}.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _sources() -> dict[str, bytes]:
    files = [_ROOT / name for name in _ALONE]
    for package in _PACKAGES:
        files += sorted((_ROOT / package).glob("*.py"))
    named = {path.relative_to(_ROOT).as_posix(): path for path in files}
    return {name: path.read_bytes() for name, path in named.items() if name not in _NOT_CARRIED}
