"""One version of a carrier: a folder, a carrier of the workspace, or either as a git revision had it."""

import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.mapping.load import load_carrier
from cli.mapping.tree import CarrierTree
from cli.mapping.workspace import MAPPINGS
from gateway.catalogue.marks import Diagnostic
from gateway.catalogue.values import did_you_mean

GIT_S = 60
ARCHIVE_BYTES_MAX = 64 * 1024 * 1024


class NoVersion(Exception):
    """What was named is no version of a carrier."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        """Keep the sentence and the advice."""
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Version:
    """A carrier's folder with what it was called, the root its files are named from, and its tree."""

    label: str
    folder: Path
    root: Path
    tree: CarrierTree

    @property
    def hooks(self) -> Path:
        """Where the hand-written part of its adapter stands, if it has one."""
        return self.root / "adapters" / self.folder.name / "hooks.py"


@contextmanager
def opened(name: str, workspace: Path) -> Iterator[Version]:
    """The version a name means: `lotus`, `lotus@HEAD~3`, or a folder. Raises `NoVersion`."""
    carrier, at, revision = name.partition("@")
    if not at:
        yield _version(name, *_folder(name, workspace))
        return
    if "/" in carrier or not carrier:
        raise NoVersion(f"'{name}': a revision stands behind a carrier's name", "as in lotus@HEAD~1")
    with TemporaryDirectory(prefix="insurehub-diff-") as temporary:
        root = Path(temporary)
        _extract(workspace, carrier, revision, root)
        yield _version(name, root / MAPPINGS / "carriers" / carrier, root)


def _folder(name: str, workspace: Path) -> tuple[Path, Path]:
    home = workspace / MAPPINGS / "carriers"
    if (home / name / "carrier.yaml").is_file():
        return home / name, workspace
    folder = Path(name).resolve()
    if (folder / "carrier.yaml").is_file():
        above = folder.parents
        is_workspace = len(above) > 2 and (above[1].name, above[0].name) == (MAPPINGS, "carriers")
        return folder, above[2] if is_workspace else folder.parent
    known = [file.parent.name for file in home.glob("*/carrier.yaml")]
    raise NoVersion(f"'{name}' is no carrier and no folder with a carrier.yaml", did_you_mean(name, known))


def _version(label: str, folder: Path, root: Path) -> Version:
    tree, found = load_carrier(folder, root)
    error: Diagnostic | None = next((each for each in found if each.severity == "error"), None)
    if tree is None or error is not None:
        raise NoVersion(f"{label} cannot be read: {error}", f"insurehub check {folder.name}")
    return Version(label, folder, root, tree)


def _extract(workspace: Path, carrier: str, revision: str, target: Path) -> None:
    """The carrier's folder, and its hooks, as a commit of the workspace's repository has them."""
    commit = _git(workspace, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise NoVersion(f"the repository has no revision '{revision}'")
    name = commit.decode().strip()
    paths = [f"{MAPPINGS}/carriers/{carrier}", f"adapters/{carrier}/hooks.py"]
    there = [path for path in paths if _git(workspace, "cat-file", "-e", f"{name}:./{path}") is not None]
    if paths[0] not in there:
        raise NoVersion(f"carrier '{carrier}' is not there at '{revision}'")
    archive = _git(workspace, "archive", "--format=tar", name, "--", *there)
    if archive is None or len(archive) > ARCHIVE_BYTES_MAX:
        raise NoVersion(f"git cannot give '{carrier}' as of '{revision}'")
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        files.extractall(target, filter="data")


def _git(folder: Path, *words: str) -> bytes | None:
    """What git prints, or None where it refuses or is not there."""
    try:
        ended = subprocess.run(  # noqa: S603 - no shell, and the revision cannot be an option
            ["git", "-C", str(folder), *words],  # noqa: S607 - git is found on PATH as everywhere
            capture_output=True,
            timeout=GIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ended.stdout if ended.returncode == 0 else None
