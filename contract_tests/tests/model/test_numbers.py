"""A decimal that is no number, or none a contract could mean, is refused with its place."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from gateway.model.examples import example_proposal
from gateway.model.validate import FaultCode, faults_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def proposal(weight):
    sound = example_proposal()
    return msgspec.structs.replace(sound, policyholder=msgspec.structs.replace(sound.policyholder, weight_kg=weight))


@pytest.mark.parametrize("text", ['"NaN"', '"sNaN"', '"Infinity"', '"-Infinity"'])
def test_what_is_no_number_is_a_fault_at_its_place(text):
    (fault,) = faults_of(proposal(msgspec.json.decode(text, type=Decimal)), now=NOW)
    assert (fault.path, fault.code) == ("policyholder.weight_kg", FaultCode.malformed)


@pytest.mark.parametrize("text", ["1e400", "1000000000000000", "0.0000000000001"])
def test_a_number_beyond_all_measure_is_a_fault_at_its_place(text):
    (fault,) = faults_of(proposal(msgspec.json.decode(text, type=Decimal)), now=NOW)
    assert (fault.path, fault.code) == ("policyholder.weight_kg", FaultCode.range)


@pytest.mark.parametrize("text", ["70.5", "0", "999999999999999", "0.000000000001"])
def test_a_number_is_no_fault(text):
    assert not faults_of(proposal(Decimal(text)), now=NOW)
