"""The codec `uuid`: a number of ours inside a UUID, and out of it again."""

from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire import CannotSend, Unreadable, uuid_in, uuid_out

NUMBERS = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=23)


@given(NUMBERS)
def test_a_number_comes_out_of_its_uuid_however_the_carrier_writes_it(number):
    written = uuid_out(number)
    made = UUID(written)
    assert (made.variant, made.version) == (RFC_4122, 8)
    for told in (written, written.upper(), written.replace("-", ""), f"{{{written}}}"):
        assert uuid_in(told) == number


@pytest.mark.parametrize("number", ["", "A" * 24, "a1", "R-1", "张"])
def test_a_number_that_does_not_fit_into_a_uuid_is_refused_before_sending(number):
    with pytest.raises(CannotSend):
        uuid_out(number)


@pytest.mark.parametrize(
    "told",
    [
        None, 7, "", "R1", "ea0db62f-3eb6-52dc-8124-0b3ae0d9ff3b", "0" * 32, "ffffffff-ffff-8fff-bfff-ffffffffffff",
        "00000000-0000-8000-8000-000000000001", "urn:uuid:00000000-0000-8000-8000-a1a4f8ff0001",
    ],
)  # fmt: skip
def test_a_uuid_that_holds_no_number_of_ours_is_unreadable(told):
    with pytest.raises(Unreadable):
        uuid_in(told)
