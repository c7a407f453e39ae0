"""Commands called by a stranger: with what is not there, may not be read, or cannot be written; never a traceback."""

import errno
from pathlib import Path

import pytest

from cli.out import must_take


def _refuses(monkeypatch, name: str, code: int, where: str) -> None:
    """Let the files under a name refuse to be opened so or so, for the user of this process as well."""
    real = getattr(Path, name)

    def opened(self, *given, **named):
        if where in str(self):
            raise OSError(code, {errno.EACCES: "Permission denied", errno.ENOSPC: "No space left"}[code], str(self))
        return real(self, *given, **named)

    monkeypatch.setattr(Path, name, opened)


@pytest.mark.parametrize(
    "words",
    [
        ("check", "nobody"),
        ("generate", "nobody"),
        ("keep", "nobody"),
        ("diff", "acme", "nobody"),
        ("import", "--carrier", "acme", "har", "missing.har"),
        ("import", "--carrier", "acme", "har", "."),
        ("statement", "read", "acme", "missing.csv"),
        ("serve", "--host", "no..host"),
        ("kit", "verify", "insurehub.yaml", "--public-key", "insurehub.yaml"),
    ],
    ids=" ".join,
)
def test_what_is_not_there_is_wrong_use_and_named(workspace, insurehub, words):
    ended = insurehub(workspace, *words)
    assert ended.code == 2, ended
    assert next(word for word in words[::-1] if not word.startswith("-")).rstrip(".") in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    "words",
    [
        ("simulate", "--seeds", "1", "--report", "."),
        ("route", "simulate", "--seeds", "1", "--report", "nowhere/page.html"),
        ("torture", "--seconds", "1", "--report", "."),
    ],
    ids=" ".join,
)
def test_what_takes_long_says_at_once_that_its_report_cannot_be_written(workspace, insurehub, words):
    ended = insurehub(workspace, *words)
    assert ended.code == 2
    assert "cannot be written" in ended.err


def test_a_report_that_can_be_written_is_not_made_before_its_time(tmp_path):
    must_take(tmp_path / "report.json")
    assert not (tmp_path / "report.json").exists()
    (tmp_path / "there.json").write_text("{}")
    must_take(tmp_path / "there.json")
    assert (tmp_path / "there.json").read_text() == "{}"


@pytest.mark.parametrize("words", [("serve",), ("operations", "list"), ("doctor",)], ids=" ".join)
def test_a_settings_file_that_may_not_be_read_is_a_fault_with_its_place(workspace, insurehub, monkeypatch, words):
    for name in ("read_text", "read_bytes", "open"):
        _refuses(monkeypatch, name, errno.EACCES, "insurehub.yaml")
    ended = insurehub(workspace, *words)
    assert ended.code in (2, 3)
    assert "Traceback" not in ended.err
    assert "Permission denied" in ended.err + ended.out


def test_a_folder_that_may_not_be_written_is_named_with_what_it_needs(workspace, insurehub, monkeypatch):
    _refuses(monkeypatch, "mkdir", errno.EACCES, "carriers/other")
    ended = insurehub(workspace, "new", "other")
    assert ended.code == 3
    assert "carriers/other: Permission denied" in ended.err
    assert "needs the right" in ended.err


def test_a_full_disk_is_told_as_one(workspace, insurehub, monkeypatch):
    _refuses(monkeypatch, "write_text", errno.ENOSPC, "schema")
    _refuses(monkeypatch, "write_bytes", errno.ENOSPC, "schema")
    ended = insurehub(workspace, "schema")
    assert ended.code == 3
    assert "make room" in ended.err
