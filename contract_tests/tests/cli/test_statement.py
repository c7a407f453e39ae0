"""A carrier's daily file is taken in from the command line: each line is accounted for, a wrong file changes nothing."""

import json
from pathlib import Path

import pytest

import cli

ROOT = Path(cli.__file__).parents[1]
GOOD = "H|20260302|P0008|1|0.60\nD|1|TH0000000001|TD2603020000011|退货险|标准|202603021030|12.00|0.60|承保|DD1\n"
BAD = GOOD.replace("|1|0.60\n", "|2|1.80\n", 1)


@pytest.fixture
def apply(tmp_path, insurehub, monkeypatch):
    monkeypatch.setenv("INSUREHUB_JOURNAL", f"sqlite:{tmp_path / 'journal.db'}")
    monkeypatch.setenv("INSUREHUB_KEY_FILE", str(tmp_path / "key"))

    def call(text, *words, channel="tide_main"):
        (tmp_path / "file.txt").write_bytes(text.encode("gbk"))
        return insurehub(ROOT, "statement", "apply", channel, str(tmp_path / "file.txt"), *words)

    return call


def test_a_line_that_is_nobodys_is_named_and_is_not_right(apply):
    ended = apply(GOOD, "--json")
    assert ended.code == 1
    (line,) = json.loads(ended.out)["lines"]
    assert (line["line"], line["done"], line["why"]) == (2, "unmatched", "no operation of ours")
    assert "1 unmatched" in apply(GOOD).out


def test_a_file_that_does_not_add_up_is_refused_as_a_whole(apply):
    ended = apply(BAD)
    assert ended.code == 1
    assert "refused" in ended.out


def test_a_channel_that_is_not_there_is_wrong_use(apply):
    ended = apply(GOOD, channel="tide")
    assert (ended.code, ended.out) == (2, "")
