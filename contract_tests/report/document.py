"""The report as one JSON document: all that the other forms show, and every check that passed."""

from typing import Any

import msgspec

from contract_tests.report.counts import ABOUT, by_carrier, count, promises
from contract_tests.report.facts import Report
from gateway import __version__

FORMAT = 1


def document(report: Report) -> dict[str, Any]:
    """The document as plain data; `contract_report` numbers its format."""
    total = count(report.cases)
    return {
        "contract_report": FORMAT,
        "insurehub": __version__,
        "began_at": report.began_at.isoformat(),
        "wait_s": round(report.wait_s, 3),
        "right": report.is_right,
        "passed": total.passed,
        "failed": total.failed,
        "expected": total.expected,
        "promises": {name: ABOUT.get(name, "") for name in promises(report)},
        "matrix": msgspec.to_builtins(by_carrier(report)),
        "missing": msgspec.to_builtins(report.lacks),
        "checks": msgspec.to_builtins(report.cases),
    }


def json_text(report: Report) -> str:
    """The document's text."""
    return msgspec.json.format(msgspec.json.encode(document(report)), indent=1).decode() + "\n"
