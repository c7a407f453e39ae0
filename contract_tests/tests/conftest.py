"""What all tests share: a helper's assertion tells its values as a test's own does."""

from pathlib import Path

import pytest

pytest.register_assert_rewrite(
    *(f"contract_tests.tests.{each.stem}" for each in Path(__file__).parent.iterdir() if each != Path(__file__))
)
