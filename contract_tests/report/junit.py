"""The report as JUnit XML: a suite for each carrier, as build servers read it."""

import xml.etree.ElementTree as ET

from contract_tests.report.facts import Case, Lack, Report
from contract_tests.report.words import failure_words, headline


def junit(report: Report) -> str:
    """The document; every text in it is escaped by the writer of the tree."""
    carriers = sorted({case.carrier for case in report.cases} | {lack.carrier for lack in report.lacks})
    suites = ET.Element("testsuites", name="contract tests", time=f"{report.wait_s:.3f}")
    for carrier in carriers:
        cases = [case for case in report.cases if case.carrier == carrier]
        suites.append(_suite(report, carrier, cases, [lack for lack in report.lacks if lack.carrier == carrier]))
    for name in ("tests", "failures", "errors", "skipped"):
        suites.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    ET.indent(suites)
    return f"{_HEAD}{ET.tostring(suites, encoding='unicode')}\n"


_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


def _suite(report: Report, carrier: str, cases: list[Case], lacks: list[Lack]) -> ET.Element:
    words = [case.status for case in cases]
    suite = ET.Element(
        "testsuite",
        name=carrier,
        tests=str(len(cases) + len(lacks)),
        failures=str(words.count("failed") + len(lacks)),
        errors=str(words.count("error")),
        skipped=str(words.count("expected")),
        time=f"{sum(case.wait_s for case in cases):.3f}",
        timestamp=report.began_at.isoformat(timespec="seconds"),
    )
    suite.extend(_case(case) for case in cases)
    suite.extend(_lack(lack) for lack in lacks)
    return suite


def _case(case: Case) -> ET.Element:
    name = f"{case.carrier}.{case.operation}.{case.example}"
    element = ET.Element("testcase", classname=name, name=case.check, time=f"{case.wait_s:.3f}")
    element.attrib |= {"file": case.file, "line": str(case.line)}
    if case.status == "expected":
        ET.SubElement(element, "skipped", message=case.reason or "a failure that is expected")
    elif case.is_wrong:
        kind = "error" if case.status == "error" else "failure"
        told = ET.SubElement(element, kind, type=case.promise or "contract", message=headline(case))
        told.text = failure_words(case)
    return element


def _lack(lack: Lack) -> ET.Element:
    element = ET.Element(
        "testcase", classname=f"{lack.carrier}.examples", name=lack.kind, time="0.000", file=lack.file,
        line=str(lack.line),
    )  # fmt: skip
    told = ET.SubElement(element, "failure", type=lack.kind, message=lack.what)
    told.text = f"{lack.file}:{lack.line} {lack.kind}: {lack.what}"
    return element
