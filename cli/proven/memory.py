"""Verdicts kept in `.insurehub/`: valid while the mapping, its examples, its adapter and the engine are the same."""

import hashlib
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import msgspec

import cli
import contract_tests
import gateway
from cli.proven.verdict import Proven, examine
from contract_tests.examples.subject import Subject

FOLDER = Path(".insurehub") / "verdicts"
FILE_BYTES_MAX = 10_000_000
_ENGINE = (gateway, contract_tests, cli)
_NOT_ENGINE = ("tests", "bench", "demo", "scaffold", "__pycache__")


class Kept(msgspec.Struct, frozen=True):
    """What was found, and of what."""

    key: str
    found: Proven


def proven(subject: Subject) -> Proven:
    """What the contract tests of a carrier prove: as remembered, or found by running them."""
    file = subject.root / FOLDER / f"{subject.carrier}.json"
    key = key_of(subject)
    kept = _kept(file)
    if kept is not None and kept.key == key:
        return kept.found
    found = examine(subject)
    _keep(file, Kept(key, found))
    return found


def key_of(subject: Subject) -> str:
    """The hash of everything a verdict depends on."""
    own = (subject.folder, subject.root / "adapters" / subject.carrier, subject.root / "contract_tests" / "keys")
    digest = hashlib.sha256(f"{sys.version}\n{_engine()}\n".encode())
    for folder in own:
        _take(digest, folder, (path for path in sorted(folder.rglob("*")) if path.suffix != ".pyc"))
    return digest.hexdigest()


@cache
def _engine() -> str:
    digest = hashlib.sha256()
    for package in _ENGINE:
        folder = Path(str(package.__file__)).parent
        _take(digest, folder, _sources(folder))
    return digest.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.py")):
        if not any(part in _NOT_ENGINE for part in path.relative_to(folder).parts):
            yield path


def _take(digest: "hashlib._Hash", folder: Path, paths: Iterable[Path]) -> None:
    for path in paths:
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder).as_posix()}\n{len(content)}\n".encode())
            digest.update(content)


def _kept(file: Path) -> Kept | None:
    """What was kept; a file that is absent, too large or not ours is as if there was none."""
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            return None
        return msgspec.json.decode(file.read_bytes(), type=Kept)
    except (OSError, msgspec.MsgspecError):
        return None


def _keep(file: Path, kept: Kept) -> None:
    """Remember; a workspace that cannot be written is no reason to fail."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.encode(kept))
    except OSError:
        return
