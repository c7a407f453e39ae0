"""`python -m contract_tests.checker.serve`: the real gateway as a process that can be told where to die.

A parent that only waits and a worker that serves, in one process group. Standard input is the harness's hand: `go`
begins, `arm POINT` arms a crash point, its end ends the group.
"""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract_tests.checker.crashes import Trap


def arguments(given: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m contract_tests.checker.serve", description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the workspace whose carriers are used")
    parser.add_argument("--state", type=Path, required=True, help="the folder of settings, clock, hits and mappings")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--lease", type=float, default=2.0, help="seconds")
    parser.add_argument("--attempt", type=float, default=1.0, help="seconds that one call may take")
    parser.add_argument("--pages", type=int, help="how many pages the SQLite file may have: a full disk")
    parser.add_argument("--connections", type=int, default=256, help="connections of each kind at a time")
    parser.add_argument("--dns-lost", type=float, default=0.0, help="share of writes whose host name is not found")
    parser.add_argument("--clock-wrong", type=float, default=0.0, help="seconds this clock alone is ahead")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--adapters", type=Path, help="a folder in front of the import path: another version of them")
    parser.add_argument("--plant", default="", help="a bug around the real services, by its name")
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> int:
    """Split into a parent and a worker; the parent ends as the worker ends."""
    options = arguments(sys.argv[1:] if given is None else given)
    worker = os.fork()
    if worker:
        return os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
    work(options)
    return 0


def work(options: argparse.Namespace) -> None:
    """Import everything, wait for the word to begin, serve."""
    if options.adapters is not None:
        sys.path.insert(0, str(options.adapters))
    # Here and not above: the parent only waits, and what it does not import does not slow its start.
    from contract_tests.checker.compose import Trap, prepare, run  # noqa: PLC0415

    trap = Trap(options.state / "hits")
    gateway = prepare(options, trap)
    if sys.stdin.readline().strip() != "go":
        return
    threading.Thread(target=obey, args=(trap,), name="harness", daemon=True).start()
    run(gateway, options.port)


def obey(trap: "Trap") -> None:
    """Listen to the harness until it is gone; nothing of this group is left then."""
    for line in sys.stdin:
        verb, _, point = line.strip().partition(" ")
        if verb == "arm":
            trap.arm(point)
    os.kill(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
