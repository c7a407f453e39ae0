"""The shipped carriers' kits, each built once, and mocks they run against."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from contract_tests.kit.build import Built, build
from contract_tests.kit.bundle import bundled
from contract_tests.personal.allowed import key_set

ROOT = Path(__file__).parents[3]
CARRIERS = ROOT / "mappings" / "carriers"


@cache
def built(carrier: str) -> Built:
    return build(CARRIERS / carrier, ROOT)


@cache
def secrets_of(carrier: str) -> dict[str, str]:
    return key_set("test-only", carrier, ROOT) or {}


@pytest.fixture(scope="session")
def kit_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("kits")

    def made(carrier: str) -> Path:
        file = folder / f"{carrier}-kit.pyz"
        if not file.exists():
            file.write_bytes(bundled(built(carrier).data, built(carrier).documents))
        return file

    return made
