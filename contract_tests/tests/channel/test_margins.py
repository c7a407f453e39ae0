"""How long a carrier's new business may take to be settled, by what its mapping declares."""

import pytest

from cli.build import catalogue_of
from cli.routing.margins import margins_of
from contract_tests.tests.channel.test_extras import ROOT, SETTINGS
from gateway.app import Gateway
from gateway.channel import Registry
from gateway.channel.margins import write_margin_s
from gateway.model.outcome import SafetyClass
from gateway.settings import load_settings
from gateway.wire.contract import Inquiry, Operation, Step, Timeout


class Offers:
    """An adapter of some operations."""

    def __init__(self, **operations):
        self._operations = {name.replace("_", ".", 1): each for name, each in operations.items()}

    def variants(self, name):
        return self._operations.get(name, ())


def operation(*totals_s, final_s=None):
    steps = tuple(
        Step(
            name=str(number),
            operation="policy.issue",
            safety=SafetyClass.write_inquiry,
            build=None,
            parse=None,
            timeout=Timeout(total_s=total_s),
        )
        for number, total_s in enumerate(totals_s)
    )
    inquiry = None if final_s is None else Inquiry(operation="policy.get", not_found_is_final_after_s=final_s)
    return Operation(carrier="x", name="policy.issue", steps=steps, inquiry=inquiry, safety=SafetyClass.write_inquiry)


@pytest.mark.parametrize(
    ("offered", "margin_s"),
    [
        ({"policy_issue": (operation(20, 10, final_s=600.0),)}, 630.0),
        ({"policy_issue": (operation(20),), "underwriting_submit": (operation(5, final_s=60.0),)}, 65.0),
        ({"policy_issue": (operation(20), operation(45))}, 45.0),
        ({}, 0.0),
    ],
)
def test_it_is_all_steps_and_the_time_after_which_a_lost_answer_is_final(offered, margin_s):
    assert write_margin_s(Offers(**offered)) == margin_s


def test_a_gateway_and_its_explanation_know_it_of_every_carrier(tmp_path):
    (tmp_path / "insurehub.yaml").write_text(SETTINGS, encoding="utf-8")
    catalogue = catalogue_of(ROOT)
    router = Gateway(load_settings(tmp_path, {"K": "x"}), catalogue).parts.router
    known = margins_of(catalogue.snapshot, Registry())
    assert router._margins == {"jade_main": known["jade_main"]}
    assert known["jade_main"] > 60.0
    assert known.keys() == catalogue.snapshot.channels.keys()
