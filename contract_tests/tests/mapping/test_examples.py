"""The example carriers use every word of the language, and nothing is wrong with them."""

import pytest

from cli.mapping.check import check_workspace


@pytest.mark.parametrize("name", ["aurora_pc", "hengtai_life"])
def test_a_complete_carrier_is_clean(copy_of, name):
    assert copy_of(name).said() == []


def test_a_carrier_with_rows_that_are_not_one_to_one_is_clean_but_for_its_blind_write(breakwater):
    assert breakwater.codes() == ["W412"]


def test_a_report_names_the_files_it_read(copy_of, tmp_path):
    copy_of("hengtai_life")
    report = check_workspace(tmp_path, ("hengtai_life",))
    assert (report.errors, report.warnings) == (0, 0)
    assert [file.rpartition("/")[2] for file in report.files] == [
        "carrier.yaml", "codes.yaml", "policy_get.yaml", "policy_issue.yaml", "wire.schema.yaml",
    ]  # fmt: skip
