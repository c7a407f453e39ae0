"""The kits tested: good carriers pass whole, bad ones are failed by the test that is named."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from contract_tests.kit.bad import bad_carriers
from contract_tests.kit.build import FILE
from contract_tests.kit.selftest import carry_out_job, jobs_of, selftest, told
from contract_tests.tests.kit.conftest import CARRIERS, ROOT

KITS = [(path.parent, ROOT) for path in sorted(CARRIERS.glob(f"*/{FILE}"))]


@pytest.mark.timeout(300)
def test_every_shipped_mock_passes_its_kit_and_every_bad_one_is_failed_by_the_named_test():
    good, caught = selftest(jobs_of(KITS, bad_carriers()), named_only=True)
    assert len(good) == len(KITS)
    assert [(each.carrier, each.not_passed) for each in good if not each.is_right] == []
    assert [(each.id, each.named, each.wrong) for each in caught if not each.is_right] == []
    assert told(good, caught)["ok"]


def test_a_bad_carrier_that_no_test_notices_is_told_as_missed():
    bad = bad_carriers()[0]
    harmless = type(bad)("harmless", "cedar", "per_second: 100 ", "per_second: 101 ", bad.fails, "several", "nothing")
    caught = carry_out_job(CARRIERS / "cedar", ROOT, harmless, named_only=True)
    assert (caught.verdict, caught.failed, caught.is_right) == ("PASS", [], False)


def test_a_bad_carrier_whose_edit_does_not_fit_the_mock_is_an_error_and_no_success():
    bad = bad_carriers()[0]
    lost = type(bad)("lost", "cedar", "no such text", "", bad.fails, "one", "nothing")
    with pytest.raises(ValueError, match=r"stands in cedar's mock\.yaml 0 times"):
        carry_out_job(CARRIERS / "cedar", ROOT, lost)


def test_a_bad_carrier_said_to_show_only_over_several_exchanges_does():
    bad = next(each for each in bad_carriers() if each.over == "one" and each.carrier == "cedar")
    boast = type(bad)(bad.id, bad.carrier, bad.old, bad.new, bad.fails, "several", bad.because)
    caught = carry_out_job(CARRIERS / "cedar", ROOT, boast)
    assert bad.fails in caught.failed
    assert "notices in one" in caught.wrong
    assert not caught.is_right


def test_thirty_bad_carriers_are_bundled_and_at_least_half_show_only_over_several_exchanges():
    bad = bad_carriers()
    assert len(bad) == len({each.id for each in bad}) == 30
    assert sum(each.over == "several" for each in bad) >= 15
    assert {each.carrier for each in bad} == {folder.name for folder, _ in KITS}


def test_ctrl_c_ends_a_selftest_with_one_line_and_leaves_nothing_behind(tmp_path):
    command = [sys.executable, "-m", "cli", "kit", "selftest", "cedar", "--workers", "2"]
    told = {"cwd": ROOT, "env": {**os.environ, "TMPDIR": str(tmp_path)}, "start_new_session": True}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **told) as running:
        end = time.monotonic() + 60
        while not list(tmp_path.glob("insurehub-kits-*/insurehub-kit-*")):
            assert time.monotonic() < end
            time.sleep(0.1)
        for _ in range(2):  # a terminal's Ctrl-C goes to all of its processes, and some people press it twice
            os.killpg(running.pid, signal.SIGINT)
            time.sleep(0.1)
        out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (130, "")
    assert re.fullmatch(r"stopped by Ctrl-C after \d+ of 17 kits: no verdict", err.strip())
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.killpg(running.pid, 0)
