"""How the demo ends: with a line that names what was found, and an exit code that a script may trust."""

import json

import pytest

from cli.commands import demo
from cli.demo.orders import plans
from cli.demo.run import Result, unreached
from cli.demo.trade import Bought
from cli.demo.verdict import Verdict
from cli.main import run

GOOD = {
    "operations": 9, "policies": 4, "claims": 1, "resolved": 2, "wait_s": 1.0, "ledgers": "/tmp/x",
    "verdict": Verdict(policies=4),
}  # fmt: skip
BAD = {
    "a policy too many": {"verdict": Verdict(policies=4, doubled=("a",))},
    "a policy too few": {"verdict": Verdict(policies=4, lost=("a",))},
    "a policy of nobody": {"verdict": Verdict(policies=4, orphans=("a",))},
    "another premium": {"verdict": Verdict(policies=4, wrong_premium=("a",))},
    "cancelled for one side": {"verdict": Verdict(policies=4, uncancelled=("a",))},
    "something open": {"verdict": Verdict(policies=4, unresolved=("op_1",))},
    "nothing was ever unknown": {"resolved": 0},
    "an order without a policy": {"unmet": ("a: no policy",)},
}


@pytest.fixture
def ended(monkeypatch, capfd):
    """The command's exit code and its words, for what a run of the demo found."""

    def end(*words, **found):
        async def found_out(*_):
            return Result(**{**GOOD, **found})

        monkeypatch.setattr(demo, "run_demo", found_out)
        with pytest.raises(SystemExit) as left:
            run(["demo", *words])
        return left.value.code, capfd.readouterr().out

    return end


def test_all_is_well_only_when_everything_is(ended):
    code, said = ended()
    assert code == 0
    assert said.splitlines()[-1] == "DEMO OK operations=9 policies=4 claims=1 doubled=0 lost=0 unresolved=0"


@pytest.mark.parametrize("fault", BAD)
def test_the_demo_fails_when_ledgers_and_gateway_disagree_or_something_is_left(fault, ended):
    code, said = ended(**BAD[fault])
    assert code == 1
    assert said.splitlines()[-1].startswith("DEMO FAILED ")
    code, said = ended("--json", **BAD[fault])
    assert code == 1
    assert json.loads(said)["ok"] is False


def test_an_orphan_counts_as_lost_in_the_last_line():
    found = Result(**{**GOOD, "verdict": Verdict(policies=4, lost=("a",), orphans=("b", "c"), unresolved=("d",))})
    assert found.line == "DEMO FAILED operations=9 policies=4 claims=1 doubled=0 lost=3 unresolved=1"


def test_what_was_set_out_to_do_and_not_reached_is_named():
    orders = [Bought(plan, policy={"policy_id": plan.client_ref}, state="succeeded") for plan in plans(20, "run")]
    orders[1].policy, orders[1].problem = None, "no channel executed it"
    insured = [each for each in orders if each.policy]
    missed = unreached(orders, insured)
    assert "run-0001: no policy (no channel executed it)" in missed
    assert sum("its claim is not decided" in each for each in missed) == sum(each.plan.claims for each in insured) > 0
    assert sum("not given back" in each for each in missed) == sum(each.plan.cancels for each in insured) > 0
    assert sum("no document" in each for each in missed) == 2
