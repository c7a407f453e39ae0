"""What a product compares by rate can be compared, or the file is refused with the place."""

import pytest

from gateway.catalogue.load import Catalogue, load
from gateway.catalogue.rate_check import COMMISSION_SETTING

CARRIERS = ("lotus", "aurora")
OTHER = """  aurora_main:
    weight: 40
    rates:
      - { from: 2026-01-01, of: fixed, amount: { amount: 60, currency: USD } }
"""
EARNS = "    commission: { rate: 0.1, filed: 0.2, cost: { amount: 5, currency: CNY } }\n"


def sold_by_two(folder, mode="lowest_premium", other=OTHER):
    folder.change("rate: off", f"rate: {mode}")
    file = folder.path / "products" / "freight-return.yaml"
    file.write_text(file.read_text() + other)


def earning(folder):
    """Both earn a commission."""
    sold_by_two(folder, "expected_value", OTHER.replace("USD", "CNY") + EARNS)
    folder.change("    weight: 60\n", "    weight: 60\n" + EARNS)


@pytest.mark.parametrize("mode", ["lowest_premium", "tiebreak"])
def test_premiums_in_two_currencies_are_not_compared_as_if_they_were_one(folder, mode):
    sold_by_two(folder, mode)
    (fault,) = folder.faults()
    assert fault.startswith("mappings/products/freight-return.yaml:20:9: error E508: aurora_main: a premium in USD")
    assert "compared with one of lotus_main in CNY; tell rates apart by the currency" in fault


def test_premiums_in_two_currencies_of_terms_that_never_meet_are_not_compared(folder):
    sold_by_two(folder, other=OTHER.replace("of: fixed", "days: { min: 8 }, of: fixed"))
    assert any("E508" in each for each in folder.faults())
    folder.change('rate: "0.025"', 'rate: "0.025", days: { max: 7 }')
    assert folder.faults() == []


def test_where_rates_do_not_count_they_may_be_in_any_currency(folder):
    sold_by_two(folder, "off")
    assert folder.faults() == []


@pytest.mark.parametrize(
    "rates",
    [
        "[{ from: 2026-01-01, of: fixed, amount: { amount: 60, currency: CNY } }]",
        "[{ from: 2026-01-01, of: sum_insured, rate: 0.02 }]",
        "[{ from: 2026-01-01, of: objects_amount, rate: 0.02 }]",
        "[{ from: 2026-01-01, currency: USD, of: sum_insured, rate: 0.02, plus: { amount: 5, currency: USD } }]",
        "[{ from: 2024-01-01, until: 2025-01-01, of: fixed, amount: { amount: 60, currency: USD } }]",
    ],
)
def test_rates_that_no_request_finds_in_two_currencies_are_fine(folder, rates):
    sold_by_two(folder, other=f"  aurora_main: {{ weight: 40, rates: {rates} }}\n")
    assert folder.faults() == []


def test_a_fixed_premium_beside_a_part_of_a_sum_in_another_currency_is_refused(folder):
    folder.change('rate: "0.025", at_least: { amount: 50, currency: CNY }', 'rate: "0.025"')
    sold_by_two(folder)
    assert "a premium in USD is compared with one of lotus_main in CNY" in folder.faults()[0]


def test_a_cost_in_another_currency_than_the_premium_is_refused(folder):
    earning(folder)
    folder.change(EARNS, EARNS.replace("CNY", "USD"))
    snapshot, found = load(folder.path, CARRIERS, by_commission=True)
    assert snapshot is None
    assert [each.code for each in found] == ["E508", "E508"]
    assert "a cost in USD is taken from a commission in CNY" in found[0].message


def test_commission_is_no_objective_unless_the_settings_allow_it(folder):
    earning(folder)
    (fault,) = folder.faults()
    assert fault.startswith(
        "mappings/products/freight-return.yaml:7:35: error E508: 'expected_value' chooses by commission"
    )
    assert f"set {COMMISSION_SETTING}: allowed in insurehub.yaml" in fault
    assert load(folder.path, CARRIERS, by_commission=True)[1] == ()


def test_a_running_catalogue_stays_where_a_file_begins_to_choose_by_commission(folder):
    catalogue = Catalogue.open(folder.path, CARRIERS)
    allowed = Catalogue.open(folder.path, CARRIERS, by_commission=True)
    earning(folder)
    assert [each.code for each in catalogue.reload()] == ["E508"]
    assert catalogue.snapshot.number == 1
    assert allowed.reload() == ()
    assert allowed.snapshot.number == 2


def test_a_channel_of_which_a_routing_by_rate_knows_nothing_is_told_with_its_place(folder):
    sold_by_two(folder, other="  aurora_main: { weight: 40 }\n")
    (warning,) = folder.faults()
    assert warning.startswith("mappings/products/freight-return.yaml:17:3: warning W508: aurora_main has no rates")
    assert folder.snapshot()


def test_a_channel_that_stands_by_needs_no_rate(folder):
    sold_by_two(folder, other="  aurora_main: { mode: standby }\n")
    assert folder.faults() == []


def test_a_channel_that_earns_nothing_is_told_where_earnings_decide(folder):
    earning(folder)
    folder.change("    weight: 60\n" + EARNS, "    weight: 60\n")
    (warning,) = load(folder.path, CARRIERS, by_commission=True)[1]
    assert (warning.code, "lotus_main has no commission" in warning.message) == ("W508", True)
