"""Countries in the other two codes of ISO 3166-1."""

import pytest

from gateway.wire import CannotSend, Unreadable
from gateway.wire.countries import _ROWS


@pytest.mark.parametrize(
    ("country", "alpha3", "numeric"),
    [("CN", "CHN", "156"), ("DE", "DEU", "276"), ("AF", "AFG", "004"), ("GB", "GBR", "826"), ("cn", "CHN", "156")],
)
def test_a_country_is_written_by_its_other_codes_and_read_back(emit, country, alpha3, numeric):
    three, digits = emit("country", "alpha3"), emit("country", "numeric")
    assert (three.send(country), digits.send(country)) == (alpha3, numeric)
    assert three.read(alpha3) == digits.read(numeric) == country.upper()


def test_every_country_has_codes_of_its_own(emit):
    for form in ("alpha3", "numeric"):
        codec = emit("country", form)
        assert [codec.read(codec.send(row[0])) for row in _ROWS] == [row[0] for row in _ROWS]
    assert len({row[column] for row in _ROWS for column in range(3)}) == 3 * len(_ROWS) == 747


@pytest.mark.parametrize("number", ["4", 4, "004", " 004 "])
def test_a_number_of_a_country_may_lack_its_zeros(emit, number):
    assert emit("country", "numeric").read(number) == "AF"


@pytest.mark.parametrize("value", ["XX", "CHN", "", "中国"])
def test_what_is_no_country_is_not_sent(emit, value):
    with pytest.raises(CannotSend, match="no country"):
        emit("country", "alpha3").send(value)


@pytest.mark.parametrize("value", ["XXX", "CN", "156", None, True, ["CHN"]])
def test_what_is_no_country_is_not_read(emit, value):
    with pytest.raises(Unreadable, match="expected a country"):
        emit("country", "alpha3").read(value)
