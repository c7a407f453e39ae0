"""A workspace of one's own, and the command line called as a person calls it."""

import importlib
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest

from cli.main import run
from cli.out import out
from cli.scaffold import init_workspace, scaffold_carrier
from cli.testing.lock import freeze_first
from contract_tests.examples.subject import LOCK_FILE

CARRIER = "acme"
CHINA = timezone(timedelta(hours=8))
SCAFFOLDED = ("adapters.acme", "adapters.north_star")


class Ended(NamedTuple):
    """How a command ended: its exit code, and what it said where."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]


@pytest.fixture(autouse=True)
def forget_workspaces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No workspace of one test is importable in the next."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield
    forget_adapters()


def forget_adapters() -> None:
    """Let the adapters of scaffolded carriers be imported anew."""
    for name in [name for name in sys.modules if name.startswith(SCAFFOLDED)]:
        del sys.modules[name]
    importlib.invalidate_caches()


@pytest.fixture
def insurehub(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command line in a folder, on a page wide enough for every table."""
    monkeypatch.setattr(out, "width", 200)
    monkeypatch.setenv("NO_COLOR", "1")

    def call(folder: Path, *words: str) -> Ended:
        monkeypatch.chdir(folder)
        code = 0
        try:
            run(words)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
        said = capfd.readouterr()
        return Ended(code, said.out, said.err)

    return call


@pytest.fixture
def proposal() -> dict[str, Any]:
    """A proposal that the scaffolded carrier's product takes: three days from next month, one person."""
    start = (datetime.now(CHINA) + timedelta(days=30)).replace(hour=0, minute=0, second=0, microsecond=0)
    person = {
        "type": "person",
        "name": "张三",
        "gender": "male",
        "birth_date": "1990-03-07",
        "id_docs": [{"type": "cn_resident_id", "number": "999999199003071234"}],
        "phones": [{"kind": "mobile", "number": "13800000001"}],
    }
    return {
        "product": "personal-accident@1",
        "plan": "standard",
        "period": {"start": start.isoformat(), "end": (start + timedelta(days=3)).isoformat()},
        "policyholder": person,
        "insureds": [{"ref": "i1", "relationship_to_policyholder": "self", "party": dict(person)}],
    }


@pytest.fixture
def empty_workspace(tmp_path: Path) -> Path:
    """A workspace as `insurehub init` makes it."""
    init_workspace(tmp_path / "ws")
    return tmp_path / "ws"


@lru_cache(maxsize=1)
def _lock() -> bytes:
    """The frozen cases of the carrier scaffolded: the same in every workspace, so derived once."""
    path = list(sys.path)
    with TemporaryDirectory() as folder:
        root = Path(folder)
        scaffold_carrier(root, CARRIER)
        lock = freeze_first(root / "mappings" / "carriers" / CARRIER, root).read_bytes()
    sys.path[:] = path
    forget_adapters()
    return lock


@pytest.fixture
def workspace(empty_workspace: Path) -> Path:
    """A workspace with one scaffolded carrier, as `insurehub new` leaves it."""
    scaffold_carrier(empty_workspace, CARRIER)
    (empty_workspace / "mappings" / "carriers" / CARRIER / LOCK_FILE).write_bytes(_lock())
    return empty_workspace
