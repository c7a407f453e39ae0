"""What ten thousand pure contract tests cost in pytest, beside ten thousand items that do nothing, in the same run."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from contract_tests.bench.figures import Figure

ITEMS = 10_000
COLLECT_MAX_S, RUN_MAX_S = 3.0, 20.0
WAIT_MAX_S = 300


def run(told: Callable[[str], None]) -> list[Figure]:
    """Items of all shipped carriers, written examples and derived cases, collected and run; then empty ones."""
    told(f"{ITEMS:,} contract tests")
    ours = timed("contracts")
    told(f"{ITEMS:,} empty items")
    empty = timed("empty")
    return figures_of(ours, empty)


def figures_of(ours: dict[str, Any], empty: dict[str, Any]) -> list[Figure]:
    """The figures of two timed runs."""
    note = f"of {ours['collected']:,} collected, {ours['failed']} failed"
    return [
        Figure(name="contracts.items", value=ours["items"], unit="items", limit=ITEMS, rule="at_least", note=note),
        Figure(name="contracts.failed", value=ours["failed"], unit="items", limit=0),
        Figure(name="contracts.collect_s", value=round(ours["collect_s"], 2), unit="s", limit=COLLECT_MAX_S),
        Figure(name="contracts.run_s", value=round(ours["run_s"], 2), unit="s", limit=RUN_MAX_S),
        Figure(name="contracts.empty_items", value=empty["items"], unit="items", note="that do nothing"),
        Figure(name="contracts.empty_collect_s", value=round(empty["collect_s"], 2), unit="s"),
        Figure(name="contracts.empty_run_s", value=round(empty["run_s"], 2), unit="s"),
    ]


def timed(kind: str, most: int = ITEMS) -> dict[str, Any]:
    """One run in a process of its own, which nothing has been imported into."""
    command = [sys.executable, "-m", "contract_tests.bench.stopwatch", kind, str(most)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_MAX_S, check=True)  # noqa: S603 - our own
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
