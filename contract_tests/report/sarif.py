"""The report as SARIF 2.1.0 (OASIS): each failure is a result on the mapping line behind it.

Where no mapping line is known, the result stands on the example. The rules are the catalogue of checks.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from contract_tests.report.counts import ABOUT
from contract_tests.report.facts import Case, Finding, Lack, Report
from contract_tests.report.words import failure_words, headline
from gateway import __version__

VERSION = "2.1.0"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
BASE = "%SRCROOT%"
_LACKS = {"missing": "no example shows this", "malformed": "a file of examples cannot be read"}
_RULES = {**ABOUT, **_LACKS}


def sarif(report: Report) -> dict[str, Any]:
    """The log as plain data, with one run."""
    results = [result for case in report.failed for result in _results(case)]
    results += [_lack(lack) for lack in report.lacks]
    ids = [*_RULES, *sorted({each["ruleId"] for each in results} - _RULES.keys())]
    for each in results:
        each["ruleIndex"] = ids.index(each["ruleId"])
    driver = {
        "name": "insurehub",
        "version": __version__,
        "rules": [{"id": name, "shortDescription": {"text": _RULES.get(name) or name}} for name in ids],
    }
    return {
        "$schema": SCHEMA,
        "version": VERSION,
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "invocations": [_invocation(report)],
                "results": results,
            }
        ],
    }


def _invocation(report: Report) -> dict[str, Any]:
    end = report.began_at + timedelta(seconds=report.wait_s)
    return {"executionSuccessful": True, "startTimeUtc": _instant(report.began_at), "endTimeUtc": _instant(end)}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _results(case: Case) -> list[dict[str, Any]]:
    if not case.findings:
        return [_result(case, headline(case), [_location(case.file, case.line)], [])]
    return [_of_finding(case, finding) for finding in case.findings]


def _of_finding(case: Case, finding: Finding) -> dict[str, Any]:
    example = _location(finding.file, finding.line)
    text = f"{finding.at}: expected {finding.expected}, actual {finding.actual}"
    if not finding.mapping_file:
        return _result(case, text, [example], [])
    related = {**example, "id": 1, "message": {"text": f"example {case.example}"}}
    return _result(case, text, [_location(finding.mapping_file, finding.mapping_line)], [related])


def _result(case: Case, text: str, places: list[Any], related: list[Any]) -> dict[str, Any]:
    found = {
        "ruleId": case.promise or "contract",
        "level": "error",
        "message": {"text": f"{case.carrier} {case.example} / {case.check}: {text}"},
        "locations": places,
        "partialFingerprints": {"contractCheck/v1": _mark(case.id, text.partition(":")[0])},
        "properties": {"carrier": case.carrier, "operation": case.operation, "failure": failure_words(case)},
    }
    return {**found, "relatedLocations": related} if related else found


def _lack(lack: Lack) -> dict[str, Any]:
    return {
        "ruleId": lack.kind,
        "level": "error",
        "message": {"text": lack.what},
        "locations": [_location(lack.file, lack.line)],
        "partialFingerprints": {"contractCheck/v1": _mark(lack.file, lack.what)},
        "properties": {"carrier": lack.carrier},
    }


def _mark(*parts: str) -> str:
    """The same finding has the same mark in the next run, whatever line it moved to."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _location(file: str, line: int) -> dict[str, Any]:
    path = PurePath(file)
    inside = {"uri": quote(path.as_posix()), "uriBaseId": BASE}
    artifact = {"uri": path.as_uri()} if path.is_absolute() else inside
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": max(line, 1)}}}
