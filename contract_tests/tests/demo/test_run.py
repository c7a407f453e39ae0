"""One real run of the demo, small: processes, sockets, faults and all."""

import json
import subprocess
import sys

import pytest


def insurehub(*words, cwd):
    command = [sys.executable, "-m", "cli", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=170, check=False)


@pytest.mark.timeout(180)
def test_a_small_demo_ends_well_and_says_so_as_one_json_document_also_in_a_workspace_of_ones_own(tmp_path):
    """There the shipped carriers are traded: the workspace's own sell none of the demo's products."""
    assert insurehub("init", ".", cwd=tmp_path).returncode == 0
    done = insurehub("demo", "--orders", "20", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    verdict = told["verdict"]
    assert told["policies"] == verdict["policies"] > 0
    assert told["resolved"] > 0, "a demo in which nothing was in doubt shows little"
    faults = ("doubled", "lost", "orphans", "wrong_premium", "uncancelled", "unresolved")
    assert {name: list(verdict.get(name, ())) for name in faults} == {name: [] for name in faults}
