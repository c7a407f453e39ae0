"""What all tests share: a helper's assertion tells its values as a test's own does; Ctrl-C reaches what they start."""

import signal
from pathlib import Path

import pytest

pytest.register_assert_rewrite(
    *(f"contract_tests.tests.{each.stem}" for each in Path(__file__).parent.iterdir() if each != Path(__file__))
)

# Started behind a shell's `&` the whole suite ignores SIGINT, and so would every process whose end by it is tested.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
