"""Currencies in files: those of ISO 4217, and the one that was meant by a code that is none."""

import pytest

from gateway.catalogue.currencies import no_currency
from gateway.model.money import CURRENCIES, exponent


@pytest.mark.parametrize("code", ["CNY", "JPY", "KWD", "GBP", "XOF"])
def test_a_currency_in_use_is_taken(code):
    assert no_currency(code) is None


@pytest.mark.parametrize(
    ("code", "meant"),
    [("CNX", "CNY"), ("cny", "CNY"), ("RMB", "CNY"), ("CNH", "CNY"), ("USS", "USD"), ("KWT", "KWD"), ("Euro", "EUR")],
)
def test_a_code_that_is_none_is_refused_with_the_one_that_was_meant(code, meant):
    assert no_currency(code) == (f"'{code}' is no ISO 4217 currency", f"did you mean '{meant}'?")


@pytest.mark.parametrize("code", ["", "12", "TALER", "XXX", "XAU", "HRK"])
def test_metals_placeholders_and_what_is_no_longer_paid_with_are_no_currencies(code):
    assert no_currency(code) is not None


def test_every_currency_has_the_decimals_of_iso_4217():
    places = {code: exponent(code) for code in CURRENCIES}
    threes = "BHD IQD JOD KWD LYD OMR TND"
    noughts = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
    assert " ".join(sorted(code for code, digits in places.items() if digits == 3)) == threes
    assert " ".join(sorted(code for code, digits in places.items() if digits == 0)) == noughts
