"""A difference in what becomes of one of many, or in a daily file, is one of meaning."""

import shutil
from pathlib import Path

import pytest

from cli.diff.semantic import semantic_changes
from cli.mapping.load import load_carrier

TIDE = Path(__file__).parents[3] / "mappings" / "carriers" / "tide"


@pytest.fixture
def changed(tmp_path):
    """The differences between tide and a copy with other words."""

    def make(file, old, new):
        folder = tmp_path / "mappings" / "carriers" / "tide"
        shutil.copytree(TIDE, folder)
        if new is None:
            (folder / file).unlink()
        else:
            text = (folder / file).read_text("utf-8")
            assert old in text
            (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        before, after = load_carrier(TIDE, TIDE.parents[2])[0], load_carrier(folder, tmp_path)[0]
        return [(each.area, each.subject, each.what, each.breaks) for each in semantic_changes(before, after)]

    return make


@pytest.mark.parametrize(
    ("file", "old", "new", "change"),
    [
        (
            "carrier.yaml",
            'wire.result == "处理中", is: pending }\n      - { when: wire.result == "失败"',
            'wire.result == "处理中", is: declined }\n      - { when: wire.result == "失败"',
            ("shape sold outcome", 'wire.result == "处理中"', "changed", "caller"),
        ),
        (
            "statement.yaml",
            "to: premium, as",
            "to: sum, as",
            ('statement lines(wire.state == "承保")', "amount", "changed", "caller"),
        ),
        (
            "statement.yaml",
            "kind: issue",
            "kind: renewal",
            ("statement lines", 'lines(wire.state == "承保")', "changed", "caller"),
        ),
        ("statement.yaml", "total: { to: total", "total: { to: count", ("statement", "checks", "changed", "caller")),
        ("statement.yaml", "state, orderNo]", "orderNo, state]", ("statement", "wire", "changed", "caller")),
        ("statement.yaml", "", None, ("statement", "statement.yaml", "removed", "caller")),
    ],
)
def test_what_a_reader_of_results_would_see_otherwise_is_told(changed, file, old, new, change):
    assert changed(file, old, new) == [change]


def test_the_same_mapping_differs_in_nothing(changed):
    assert changed("statement.yaml", "format: mapping/1\n", "format: mapping/1\n# read every morning\n") == []
