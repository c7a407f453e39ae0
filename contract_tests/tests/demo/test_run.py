"""One real run of the demo, small: processes, sockets, faults and all."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.timeout(180)
def test_a_small_demo_ends_well_and_says_so_as_one_json_document():
    command = [sys.executable, "-m", "cli", "demo", "--orders", "20", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=170, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    verdict = told["verdict"]
    assert told["policies"] == verdict["policies"] > 0
    assert told["resolved"] > 0, "a demo in which nothing was in doubt shows little"
    faults = ("doubled", "lost", "orphans", "wrong_premium", "uncancelled", "unresolved")
    assert {name: list(verdict.get(name, ())) for name in faults} == {name: [] for name in faults}
