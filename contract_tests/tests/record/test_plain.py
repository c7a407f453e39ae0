"""What stays in a recording as it is: amounts, times and codes are nobody's, whatever says a word may be somebody."""

import pytest

from contract_tests.record.plain import is_plain


@pytest.mark.parametrize(
    "text",
    ["£1.11", "CNY 1,234.50", "12.5 EUR", "12%", "-3", "2019-10-20 08:50:17", "20 08:50:17", "08:50", "P2026X1"],
)
def test_an_amount_a_time_and_a_code_stay(text):
    assert is_plain(text, frozenset())


@pytest.mark.parametrize(
    "text", ["Edgar", "zhang_san", "12 Baker Street", "ABCD 12", "张三 12元", "£ Perry", "LI 20 San"]
)
def test_what_has_a_word_of_its_own_may_be_somebody_and_goes(text):
    assert not is_plain(text, frozenset())
    assert is_plain(text, frozenset({text})), "but for what the carrier's own files print"
