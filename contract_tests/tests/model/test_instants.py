"""Instants at the calendar's edge are refused with their place, before any clock has to be read there."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from gateway.model.examples import example_proposal
from gateway.model.requests_policy import PolicyGetBody, PolicyRef
from gateway.model.validate import FaultCode, faults_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))


@pytest.mark.parametrize(
    "at", [datetime(1, 1, 1, tzinfo=EAST), datetime(9999, 12, 31, 23, tzinfo=WEST), datetime(2200, 1, 1, tzinfo=UTC)]
)
def test_an_instant_no_contract_names_is_a_fault_at_its_place(at):
    (fault,) = faults_of(PolicyGetBody(policy=PolicyRef(policy_id="p"), as_of=at), now=NOW)
    assert (fault.path, fault.code) == ("as_of", FaultCode.range)


def test_instants_are_looked_at_wherever_they_stand():
    proposal = msgspec.structs.replace(example_proposal(), applied_at=datetime(1, 1, 1, tzinfo=EAST))
    assert [fault.path for fault in faults_of(proposal, now=NOW)] == ["applied_at"]
    assert not faults_of(example_proposal(), now=NOW)
