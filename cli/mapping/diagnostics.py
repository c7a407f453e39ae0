"""Diagnostics for people, programs and code review: text with the source line and a caret, JSON, SARIF 2.1.0."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cli.mapping.codes import CODES
from gateway.catalogue.marks import Diagnostic

LINE_SHOWN_MAX = 160
FILE_BYTES_MAX = 4 * 1024 * 1024

_INDENT = "        "
_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_text(diagnostic: Diagnostic, root: Path) -> str:
    """`file:line:column: error E203: what; what to do`, the source line under it, and a caret under the place."""
    line = _source_line(root / diagnostic.mark.file, diagnostic.mark.line)
    if line is None:
        return str(diagnostic)
    shown, column = _cut(line, diagnostic.mark.column)
    return f"{diagnostic}\n{_INDENT}{shown}\n{_INDENT}{_pointer(shown, column)}"


def as_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """One object per diagnostic, for `--json`."""
    return [
        {
            "code": each.code,
            "severity": each.severity,
            "file": each.mark.file,
            "line": each.mark.line,
            "column": each.mark.column,
            "message": each.message,
            "hint": each.hint,
        }
        for each in diagnostics
    ]


def as_sarif(diagnostics: Iterable[Diagnostic], version: str) -> dict[str, Any]:
    """One SARIF run (OASIS, 2.1.0): code hosts show its results beside the lines of a change."""
    found = tuple(diagnostics)
    rules = [_rule(code) for code in sorted({each.code for each in found})]
    driver = {"name": "insurehub check", "version": version, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [_result(each) for each in found]}
    return {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> dict[str, Any]:
    known = CODES.get(code)
    if known is None:
        return {"id": code}
    return {"id": code, "shortDescription": {"text": known.title}, "fullDescription": {"text": known.explanation}}


def _result(diagnostic: Diagnostic) -> dict[str, Any]:
    text = f"{diagnostic.message}; {diagnostic.hint}" if diagnostic.hint else diagnostic.message
    place = {
        "artifactLocation": {"uri": quote(diagnostic.mark.file)},
        "region": {"startLine": diagnostic.mark.line, "startColumn": diagnostic.mark.column},
    }
    return {
        "ruleId": diagnostic.code,
        "level": diagnostic.severity,
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }


def _source_line(path: Path, line: int) -> str | None:
    lines = _lines(path)
    return lines[line - 1] if 0 < line <= len(lines) else None


@lru_cache(maxsize=16)
def _lines(path: Path) -> tuple[str, ...]:
    try:
        with path.open("rb") as stream:
            text = stream.read(FILE_BYTES_MAX).decode("utf-8-sig", "replace")
    except OSError:
        return ()
    return tuple(text.split("\n"))


def _cut(line: str, column: int) -> tuple[str, int]:
    """A long line is shown around its place only; control characters are shown as blanks."""
    clean = "".join(character if character.isprintable() else " " for character in line.rstrip())
    if len(clean) <= LINE_SHOWN_MAX:
        return clean, column
    start = max(0, min(column - LINE_SHOWN_MAX // 2, len(clean) - LINE_SHOWN_MAX))
    return clean[start : start + LINE_SHOWN_MAX], column - start


def _pointer(shown: str, column: int) -> str:
    # A terminal draws Chinese characters two columns wide: the caret's way there must be as wide.
    before = shown[: column - 1].ljust(column - 1)
    return "".join("\N{IDEOGRAPHIC SPACE}" if character > "\u2e7f" else " " for character in before) + "^"
