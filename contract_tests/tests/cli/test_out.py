"""What commands print: texts of carriers as they are, whatever they hold, and ids in one piece."""

from datetime import UTC, datetime

import pytest
from rich.console import Console

from cli import out
from cli.out import counted


@pytest.fixture
def printed(monkeypatch):
    """What a table looks like on a terminal of some width."""

    def show(columns, rows, width=80):
        console = Console(width=width, force_terminal=False, highlight=False, record=True)
        monkeypatch.setattr(out, "out", console)
        with console.capture() as captured:
            out.table(None, columns, rows)
        return captured.get()

    return show


@pytest.mark.parametrize("text", ["[/red]", "[bold]x", "[link=http://x]y[/link]", "\\[x]", "[[", "a[/]b"])
def test_brackets_in_a_carriers_words_are_brackets(printed, text):
    assert text in printed(["what"], [[text]])


def test_a_carriers_words_do_not_steer_the_terminal(printed):
    said = printed(["what", "why"], [["x", "ok\x1b]0;title\x07\x1b[2J\r\u202eno"]])
    assert not {"\x1b", "\x07", "\r", "\u202e"} & set(said)
    assert "ok\ufffd]0;title\ufffd\ufffd[2J" in said


def test_an_id_stays_on_one_line_however_narrow_the_terminal(printed):
    operation_id = "op_01M8HJBWMECY1PN0HZFTNDGZ76"
    said = printed(["operation", "why"], [[operation_id, "a long reason " * 10]], width=60)
    assert operation_id in said


def test_an_instant_is_told_to_the_second_in_utc(printed):
    assert "2026-03-01 02:00:07Z" in printed(["at"], [[datetime(2026, 3, 1, 2, 0, 7, 123, tzinfo=UTC)]])


def test_what_is_counted_is_one_thing_or_several():
    assert counted(1, "error") == "1 error"
    assert counted(0, "error") == "0 errors"
    assert counted(1, "policy", "policies") == "1 policy"
    assert counted(1_200, "policy", "policies") == "1,200 policies"


def test_a_single_error_is_told_as_one(workspace, insurehub):
    file = workspace / "mappings" / "carriers" / "acme" / "carrier.yaml"
    file.write_text(file.read_text("utf-8").replace("format: mapping/1", "format: mapping/1\ncarier: x", 1), "utf-8")
    ended = insurehub(workspace, "check")
    assert "1 error, 0 warnings in" in ended.out, ended
