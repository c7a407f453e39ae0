"""The small carrier of the runner's tests, to be made wrong; it has no frozen cases before a test freezes some."""

from pathlib import Path

import pytest

from contract_tests.tests.runner.conftest import Room, generated_in, room, workspace


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace with its adapter; nobody writes into it."""
    return generated_in(tmp_path_factory.mktemp("workspace"))


__all__ = ["Room", "generated", "room", "workspace"]
