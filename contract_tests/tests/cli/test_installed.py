"""The wheel holds all that is needed: out of it, outside any checkout, a carrier goes from nothing to an issued policy."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
NEEDED = (
    "cli/codegen/emit/templates/module.py.j2",
    "cli/scaffold/files/json/carrier.yaml",
    "cli/scaffold/files/workspace/mappings/products/personal-accident.yaml",
    "contract_tests/keys/test-only.yaml",
    "contract_tests/plugin/__init__.py",
    "gateway/api/static/swagger-ui.css",
    "gateway/journal/migrations/sqlite_0001_initial.before.sql",
    "mappings/channels.yaml",
    "mappings/carriers/lotus/mock.yaml",
    "mappings/products/travel-accident.yaml",
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from this checkout, unpacked."""
    pytest.importorskip("hatchling", reason="hatchling builds the wheel: not proved that it holds what is needed")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=100)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


class Installed:
    """The command of the unpacked wheel, in a folder that knows nothing of the checkout."""

    def __init__(self, site: Path, folder: Path) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("INSUREHUB_", "PYTEST"))}
        self.environ = kept | {"PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}

    def run(self, *words: str, module: str = "cli") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", module, *words]
        return subprocess.run(
            command, cwd=self.folder, env=self.environ, capture_output=True, text=True, timeout=60, check=False
        )

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "cli", *words]
        return subprocess.Popen(command, cwd=self.folder, env=self.environ, stdout=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def toured(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The tour as far as a new carrier; the commands that follow change nothing of it."""
    folder = tmp_path_factory.mktemp("tour")
    command = Installed(installed, folder)
    assert command.run("init", "ws").returncode == 0
    command.folder = folder / "ws"
    made = command.run("new", "acme")
    assert made.returncode == 0, made.stderr
    return command


@pytest.fixture
def serving(toured: Installed) -> Iterator[dict[str, Any]]:
    """The gateway of the workspace with its mock; where it listens, and a key."""
    process = toured.start("serve", "--with-mocks", "--quiet", "--port", str(_free_port()), "--json")
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line.rstrip() == "}":
            break
    yield json.loads(said)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


def test_the_wheel_holds_every_kind_of_data_that_is_read_at_run_time(installed):
    assert [path for path in NEEDED if not (installed / path).is_file()] == []


def test_the_wheel_holds_no_tests_and_nothing_a_run_leaves_behind(installed):
    found = [path.relative_to(installed).as_posix() for path in installed.rglob("*")]
    assert not [path for path in found if path.startswith("contract_tests/tests")]
    assert not [path for path in found if "__pycache__" in path or ".insurehub" in path or path.endswith(".db")]


def test_the_commands_come_from_the_wheel(toured):
    asked = [sys.executable, "-c", "import cli, gateway; print(cli.__file__, gateway.__file__)"]
    said = subprocess.run(asked, env=toured.environ, cwd=toured.folder, capture_output=True, text=True, check=True)
    assert str(ROOT) + "/" not in said.stdout


@pytest.mark.parametrize(
    "words", [("check",), ("generate", "--check"), ("test", "acme"), ("test",), ("operations", "list")], ids=" ".join
)
def test_a_command_works_in_a_workspace_beside_an_installed_insurehub(toured, words):
    ended = toured.run(*words)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_pytest_in_the_workspace_collects_the_contract_tests(toured):
    ended = toured.run("-q", module="pytest")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "passed" in ended.stdout


def test_a_policy_is_issued_through_the_new_carriers_mock(serving, proposal):
    more = {
        "client_ref": "order-1",
        "expected_premium": {"amount": 360, "currency": "CNY"},
        "disclosures": [
            {"doc": "personal-accident-terms", "version": "2026-01", "accepted_at": datetime.now(UTC).isoformat()}
        ],
        "consents": [],
    }
    status, said = _post(f"{serving['url']}/v1/policies", serving["api_key"], proposal | more)
    assert status == 201, said
    assert said["channel"] == "acme_main"
    assert {each["kind"] for each in said["numbers"]} == {"application", "policy"}
    assert list(serving["mocks"]) == ["acme_main"]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _post(url: str, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "k1", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    for _ in range(100):
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return reply.status, json.loads(reply.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError("the gateway does not listen")
