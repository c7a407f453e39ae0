"""What a command starts ends with it, whichever way it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STARTER = """
import asyncio, json
from asyncio.subprocess import PIPE
from cli.sandbox import start_tied

async def main():
    mock = await start_tied("contract_tests.mock", "mappings/carriers/lotus", stdout=PIPE)
    ready = json.loads(await mock.stdout.readline())
    print(json.dumps({"pid": mock.pid, **ready}), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="whether a process lives is read from /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_mock_ends_with_the_process_that_started_it_even_when_that_is_killed(how):
    with subprocess.Popen([sys.executable, "-c", STARTER], cwd=ROOT, stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        mock = json.loads(starter.stdout.readline())
        os.kill(mock["pid"], 0)
        starter.send_signal(how)
        starter.wait(10)
    until = time.monotonic() + 10
    while _lives(mock["pid"]) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _lives(mock["pid"])


def _lives(pid: int) -> bool:
    """Whether a process runs; one that ended and is not yet collected by its new parent does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
