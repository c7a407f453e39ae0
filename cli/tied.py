"""`python -m cli.tied MODULE ...`: the module as a process that ends with the one that started it.

The starter holds the other end of standard input and never writes. When it is gone, by `kill -9` too, reading ends,
and so does this process: no mock and no gateway is left behind on a port.
"""

import os
import runpy
import signal
import sys
import threading


def main() -> None:
    """Watch standard input from a thread of its own, and run the module in this one."""
    threading.Thread(target=end_with_starter, name="tied", daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def end_with_starter() -> None:
    """Wait for the end of standard input, then ask this process to end in order."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
