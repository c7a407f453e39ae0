"""Carriers to break: each test takes a copy of an example folder and changes a line of it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.codegen.generate import plan_sources
from cli.mapping.check import check_folder
from cli.mapping.load import load_carrier
from cli.mapping.release import check_release
from cli.mapping.tree import CarrierTree
from cli.mapping.workspace import CarrierFolder
from gateway.catalogue.marks import Diagnostic

collect_ignore = ["carriers"]

CARRIERS = Path(__file__).parent / "carriers"
NAMES = tuple(sorted(path.name for path in CARRIERS.iterdir()))


class Copy:
    """A copy of an example carrier that a test may break."""

    def __init__(self, name: str, root: Path) -> None:
        self.root, self.folder = root, root / "mappings" / "carriers" / name
        shutil.copytree(CARRIERS / name, self.folder)

    def text(self, file: str) -> str:
        return (self.folder / file).read_text("utf-8")

    def write(self, file: str, text: str) -> "Copy":
        (self.folder / file).parent.mkdir(exist_ok=True)
        (self.folder / file).write_text(text, "utf-8")
        return self

    def change(self, file: str, right: str, wrong: str) -> "Copy":
        text = self.text(file)
        assert right in text, f"{file} has no {right!r}"
        return self.write(file, text.replace(right, wrong, 1))

    def place(self, file: str, text: str, within: str = "") -> tuple[str, int, int]:
        """File, line and column where a text stands (in the line that holds `within`)."""
        for number, line in enumerate(self.text(file).split("\n"), 1):
            if text in line and within in line:
                return f"mappings/carriers/{self.folder.name}/{file}", number, line.index(text) + 1
        raise AssertionError(f"{file} has no {text!r}")

    def load(self) -> CarrierTree:
        tree, found = load_carrier(self.folder, self.root)
        assert tree is not None, [str(each) for each in found]
        return tree

    def check(self) -> tuple[Diagnostic, ...]:
        return check_folder(CarrierFolder(self.folder, self.root)).diagnostics

    def said(self) -> list[str]:
        return [str(each) for each in self.check()]

    def codes(self, *, release: bool = False, generation: bool = False) -> list[str]:
        found = [*self.check(), *(check_release(self.load(), self.root) if release else ())]
        found += plan_sources(self.load())[2] if generation else ()
        return [each.code for each in found]


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[str], Copy]:
    return lambda name: Copy(name, tmp_path)


@pytest.fixture
def hengtai(copy_of: Callable[[str], Copy]) -> Copy:
    return copy_of("hengtai_life")


@pytest.fixture
def aurora(copy_of: Callable[[str], Copy]) -> Copy:
    return copy_of("aurora_pc")


@pytest.fixture
def breakwater(copy_of: Callable[[str], Copy]) -> Copy:
    return copy_of("breakwater")
