"""One pytest run with a stopwatch, in a process of its own: `python -m contract_tests.bench.stopwatch contracts 10000`.

`contracts` takes the pure checks of every shipped carrier, evenly down to as many items as asked for; `empty` as many
items that do nothing. One JSON object is printed: items, seconds of collecting, seconds of running. Both run with
pytest's own plugins and this one alone, whatever else lies in the environment.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

CARRIERS = Path(__file__).parents[2] / "mappings" / "carriers"
_PLAIN = ("-q", "-p", "no:cacheprovider", "--disable-plugin-autoload", "-p", "insurehub")


class Stopwatch:
    """Times collecting and running, and keeps at most so many items."""

    def __init__(self, most: int) -> None:
        """Nothing is timed yet."""
        self.most, self.items, self.failed = most, 0, 0
        self.collected = self.collect_s = self.run_s = 0.0

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Iterator[None]:
        """Time the whole of collecting."""
        began = time.perf_counter()
        found = yield
        self.collect_s = time.perf_counter() - began
        return found

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep items evenly: of every carrier and every kind some."""
        self.collected = len(items)
        if len(items) > self.most:
            items[:] = [items[at * len(items) // self.most] for at in range(self.most)]
        self.items = len(items)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Iterator[None]:
        """Time the whole of running."""
        began = time.perf_counter()
        found = yield
        self.run_s = time.perf_counter() - began
        return found

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what failed: a figure of failing checks would be none."""
        self.failed += report.failed


class Empty(pytest.Item):
    """An item that does nothing."""

    def runtest(self) -> None:
        """Nothing."""


class EmptyFile(pytest.File):
    """As many empty items as are asked for."""

    most = 0

    def collect(self) -> Iterator[Empty]:
        """All of them."""
        yield from (Empty.from_parent(self, name=f"nothing-{number}") for number in range(self.most))


class Emptiness:
    """Collects empty items from the one file there is."""

    @staticmethod
    def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Take `nothing.txt`."""
        return EmptyFile.from_parent(parent, path=file_path) if file_path.name == "nothing.txt" else None


def main(kind: str, most: int) -> None:
    """Run, and print what was timed."""
    watch = Stopwatch(most)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "pytest.ini").write_text("[pytest]\n", "utf-8")
        plain = [*_PLAIN, "-c", f"{folder}/pytest.ini"]
        if kind == "empty":
            EmptyFile.most = most
            nothing = Path(folder) / "nothing.txt"
            nothing.touch()
            pytest.main([*plain, str(nothing)], plugins=[watch, Emptiness()])
        else:
            pytest.main([*plain, "--contract-level", "0", str(CARRIERS)], plugins=[watch])
    told = {"items": watch.items, "collected": watch.collected, "failed": watch.failed}
    sys.stdout.write(json.dumps({**told, "collect_s": watch.collect_s, "run_s": watch.run_s}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
