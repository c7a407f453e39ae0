"""The thin edge: four files in a folder, each there whole or not at all."""

import os
from pathlib import Path

import msgspec

from contract_tests.report.document import json_text
from contract_tests.report.facts import Report
from contract_tests.report.junit import junit
from contract_tests.report.page import page
from contract_tests.report.sarif import sarif

FILES = ("junit.xml", "report.json", "report.html", "report.sarif")


def prepare(folder: Path) -> None:
    """Make the folder and see that it takes files, before the run it is for. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f".{FILES[0]}.{os.getpid()}"
    probe.touch()
    probe.unlink()


def write_report(folder: Path, report: Report) -> tuple[Path, ...]:
    """Write all four forms; gives their paths. Raises OSError."""
    texts = (junit(report), json_text(report), page(report), _sarif_text(report))
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(_write(folder / name, text) for name, text in zip(FILES, texts, strict=True))


def _sarif_text(report: Report) -> str:
    return msgspec.json.format(msgspec.json.encode(sarif(report)), indent=1).decode() + "\n"


def _write(path: Path, text: str) -> Path:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return path
