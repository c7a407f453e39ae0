"""Mapping files as input: diagnostics with a place, or modules that hold nothing but what was planned."""

import re
import shutil
import tempfile
from collections import Counter
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from cli.codegen.emit.guard import require_safe
from cli.codegen.generate import plan_sources
from cli.mapping.check import Report, check_folder
from cli.mapping.workspace import CarrierFolder, list_carriers, shipped
from contract_tests.fuzz.bounds import Costs, Violation, bounded
from contract_tests.fuzz.edits import words_of
from gateway.catalogue.marks import Diagnostic

WAIT_S, MEMORY_MB = 6.0, 300.0
MESSAGE_MAX = 600
_CODE = re.compile(r"[EW]\d{3}")
_BENCH = Path(__file__).parents[1] / "bench" / "workspace"


class Seed(Struct, frozen=True):
    """A file of a carrier that is changed while the others stay as they are."""

    folder: Path
    file: str

    @property
    def name(self) -> str:
        """How it is called in a report."""
        return f"{self.folder.name}/{self.file}"


class MappingTarget:
    """The loader, the checker and the planner, on copies of carriers' folders."""

    name = "mapping"

    def __init__(self) -> None:
        """Copy every carrier once; the small ones stand three times among the seeds, for they are quickly checked."""
        self.costs, self.told = Costs(), Counter[str]()
        self._copies = Path(tempfile.mkdtemp(prefix="fuzz-"))
        root = shipped()
        roots = [each for each in (_BENCH, root) if each is not None]
        folders = [folder for each in roots for folder in list_carriers(each)]
        self._originals = {folder.id: folder.path for folder in folders}
        for folder in folders:
            self._copy(folder.id)
        often = [folder for folder in folders if folder.root == _BENCH] * 2
        self.seeds = [
            Seed(folder.path, path.name)
            for folder in [*folders, *often]
            for path in sorted(folder.path.iterdir())
            if path.suffix in (".yaml", ".csv") and path.name not in ("mock.yaml", "kit.yaml")
        ]

    @cached_property
    def words(self) -> list[bytes]:
        """The words mappings are made of."""
        return words_of(self.source(seed) for seed in range(len(self.seeds)))

    def source(self, seed: int) -> bytes:
        """The bytes of a seed."""
        chosen = self.seeds[seed]
        return (chosen.folder / chosen.file).read_bytes()

    def label(self, seed: int) -> str:
        """Which file a seed is."""
        return self.seeds[seed].name

    def take(self, seed: int, content: bytes) -> None:
        """One input; raises `Violation`."""
        chosen = self.seeds[seed]
        self.examine(chosen.folder.name, chosen.file, content)

    def examine(self, carrier: str, file: str, content: bytes) -> None:
        """A carrier with one file of its folder replaced; raises `Violation`."""
        path = self._copies / "mappings" / "carriers" / carrier / file
        path.write_bytes(content)
        try:
            with bounded(self.costs, WAIT_S, MEMORY_MB):
                report = self._examined(carrier)
        finally:
            path.write_bytes((self._originals[carrier] / file).read_bytes())
        for each in report.diagnostics:
            self._well_formed(each)
        self.told["refused" if report.errors else "clean"] += 1

    def _examined(self, carrier: str) -> Report:
        try:
            report = check_folder(CarrierFolder(self._copies / "mappings" / "carriers" / carrier, self._copies))
            if not report.errors:
                self._generated(report)
        except Violation:
            raise
        except BaseException as error:
            raise Violation(f"raised {type(error).__name__}: {str(error)[:200]}") from error
        return report

    def _generated(self, report: Report) -> None:
        """What is clean may be generated: every source is examined as before it is written."""
        for tree in report.trees:
            sources, hooks, faults = plan_sources(tree)
            if any(each.severity == "error" for each in faults):
                continue
            for path, text in {**sources, **hooks}.items():
                require_safe(text, path)
                compile(text, path, "exec")

    def _well_formed(self, told: Diagnostic) -> None:
        if not _CODE.fullmatch(told.code) or told.mark.line < 1 or told.mark.column < 1:
            raise Violation(f"a diagnostic without code or place: {told}")
        if len(told.message) > MESSAGE_MAX or any(each in told.message for each in "\n\r\x00"):
            raise Violation(f"{told.code} quotes too much, or breaks the line: {told.message[:200]!r}")

    def _copy(self, carrier: str) -> None:
        to = self._copies / "mappings" / "carriers" / carrier
        to.mkdir(parents=True)
        for path in self._originals[carrier].iterdir():
            if path.is_file():
                shutil.copy(path, to / path.name)

    def close(self) -> None:
        """Remove the copies."""
        shutil.rmtree(self._copies, ignore_errors=True)
