"""A workspace with one small carrier, its adapter generated once for all tests of the room."""

import shutil
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.codegen.generate import generate
from contract_tests.derive.generate import derived_of
from contract_tests.derive.lock import write_lock
from contract_tests.runner import Subject, Verdict, checks_of, read_examples, run_checks
from gateway.channel.registry import Adapter
from gateway.wire.contract import Operation

collect_ignore = ["workspace"]

SOURCE = Path(__file__).parent / "workspace"


def generated_in(root: Path) -> Path:
    """The workspace with its adapter, which can be imported."""
    shutil.copytree(SOURCE, root, dirs_exist_ok=True)
    report = generate(root, ["rowan"])
    assert report.errors == ()
    sys.path.insert(0, str(root))
    return root


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace with its adapter and its frozen cases; nobody writes into it."""
    root = generated_in(tmp_path_factory.mktemp("workspace"))
    subject = Subject(root / "mappings" / "carriers" / "rowan", root)
    write_lock(subject, derived_of(subject))
    return root


@pytest.fixture
def workspace(generated: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change; the adapter imported is the unchanged one."""
    shutil.copytree(generated, tmp_path, dirs_exist_ok=True)
    return tmp_path


class Room:
    """One carrier's folder, to be changed and examined."""

    def __init__(self, root: Path, adapter: Adapter | None = None) -> None:
        self.root, self.folder = root, root / "mappings" / "carriers" / "rowan"
        self.subject = Subject(self.folder, root, adapter)

    def change(self, file: str, old: str, new: str) -> "Room":
        """Replace a text of a file; the text must be there."""
        path = self.folder / file
        text = path.read_text("utf-8")
        assert old in text, f"{file} does not hold {old}"
        path.write_text(text.replace(old, new), "utf-8")
        return self

    def faults(self) -> list[str]:
        """What is wrong with the examples."""
        return [str(fault) for fault in read_examples(self.folder, self.root)[1]]

    def verdicts(self, level: int = 0) -> list[Verdict]:
        """Every check up to a level."""
        files, faults = read_examples(self.folder, self.root)
        assert faults == ()
        return run_checks(check for file in files for check in checks_of(file, self.subject, level))

    def failed(self, level: int = 0) -> set[str]:
        """`example/check` of every check that failed."""
        return {f"{each.check.run.example.id}/{each.check.name}" for each in self.verdicts(level) if not each.passed}


@pytest.fixture
def room(workspace: Path) -> Room:
    return Room(workspace)


class Mutant(Adapter):
    """The adapter with one generated module changed."""

    def __init__(self, operation: str, changed: Operation) -> None:
        super().__init__("rowan")
        self._changed = {operation: (changed,)}

    @property
    def _operations(self) -> dict[str, tuple[Operation, ...]]:
        return {**Adapter("rowan").__dict__.get("_operations", {}), **self._others(), **self._changed}

    def _others(self) -> dict[str, tuple[Operation, ...]]:
        plain = Adapter("rowan")
        return {name: plain._operations[name] for name in plain.carrier.operations}


@pytest.fixture
def mutated(workspace: Path) -> Callable[[str, str, str], Room]:
    """The room over an adapter in which one text of a generated module was replaced."""

    def mutate(module: str, old: str, new: str) -> Room:
        spaces: dict[str, Any] = {}
        for name in ("carrier", "policy_issue"):
            path = workspace / "adapters" / "rowan" / f"{name}.py"
            source = path.read_text("utf-8")
            if name == module:
                assert old in source, f"{module} does not hold {old}"
                source = source.replace(old, new)
            mutant = types.ModuleType(f"mutant_{name}")
            mutant.__file__ = str(path)
            exec(compile(source, str(path), "exec"), mutant.__dict__)
            spaces[name] = mutant.__dict__
        taken = {each: spaces["carrier"][each] for each in spaces["policy_issue"] if each in spaces["carrier"]}
        own = {"MAPPING", "OPERATION", "KNOWN"}
        spaces["policy_issue"].update(
            {each: value for each, value in taken.items() if each not in own and not each.startswith("__")
             and getattr(value, "__module__", None) == "mutant_carrier"}
        )  # fmt: skip
        return Room(workspace, Mutant("policy.issue", spaces["policy_issue"]["OPERATION"]))

    return mutate
