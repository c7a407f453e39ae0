"""A shipped carrier's mock on a socket, changed in one place, and what `insurehub drift` says of it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.commands.drift import app
from contract_tests.live.sandbox import FLAG
from contract_tests.runner import Subject
from contract_tests.tests.live.conftest import Served, served

__all__ = ["Served", "asked", "changed", "drift", "lotus", "served"]

ROOT = Path(__file__).parents[3]
LOTUS = ROOT / "mappings" / "carriers" / "lotus"
KEYS = {"app_id": "LH20260001", "app_secret": "lotus-test-secret-0001", "sign_key": "lotus-test-key-0001"}


@pytest.fixture(scope="session")
def lotus() -> Subject:
    """The carrier, its mapping and examples read once for all tests of the room."""
    return Subject(LOTUS, ROOT)


@pytest.fixture(autouse=True)
def _read_once(lotus, monkeypatch):
    for module in ("cli.commands.drift", "cli.testing.drifting"):
        monkeypatch.setattr(
            f"{module}.Subject", lambda folder, root: lotus if folder == LOTUS else Subject(folder, root)
        )


@pytest.fixture
def changed(served, tmp_path):
    """The mock of lotus with texts of its mock.yaml replaced."""

    def make(*pairs, keys=KEYS) -> Served:
        text = (LOTUS / "mock.yaml").read_text("utf-8")
        for old, new in pairs:
            assert old in text, f"mock.yaml does not hold {old}"
            text = text.replace(old, new, 1)
        file = tmp_path / "mock.yaml"
        file.write_text(text, "utf-8")
        return served(file, secrets=keys)

    return make


@pytest.fixture
def drift(monkeypatch, tmp_path):
    """`insurehub drift ...` in this checkout; gives the code, the document and what is said."""
    monkeypatch.chdir(ROOT)
    history = tmp_path / "drift.jsonl"

    def run(*words):
        more = ["--history", str(history)] if "--against" in words else []
        done = CliRunner().invoke(app, [*words, *more, "--json"])
        return done.exit_code, json.loads(done.stdout) if done.stdout else {}, done.stderr

    run.history = history
    return run


@pytest.fixture
def asked(drift):
    """A run at a sandbox with the one example that asks for a price."""

    def ask(url, *words, keep="quote.create"):
        return drift("lotus", "--against", url, "--allow-host", "127.0.0.1", FLAG, "-k", keep, *words)

    return ask
