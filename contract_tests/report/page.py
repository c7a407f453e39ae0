"""The report as one HTML page: no script, nothing loaded, every text escaped."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contract_tests.report.counts import ABOUT, Count, by_carrier, by_operation, count, promises
from contract_tests.report.facts import Report
from contract_tests.report.words import mapping_place

FAILURES_MAX = 400
"""Failures shown one by one; a page of ten thousand is read by nobody, and report.json has them all."""


def page(report: Report) -> str:
    """The page's text."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    matrix = by_carrier(report)
    return environment.get_template("page.html.j2").render(
        report=report,
        total=count(report.cases),
        promises=promises(report),
        about=ABOUT,
        matrix=matrix,
        operations={carrier: by_operation(report, carrier) for carrier in matrix},
        empty=Count(),
        failed=report.failed[:FAILURES_MAX],
        more=max(len(report.failed) - FAILURES_MAX, 0),
        expected=[case for case in report.cases if case.status == "expected"],
        mapping_place=mapping_place,
        count_of={name: count(case for case in report.cases if case.carrier == name) for name in matrix},
    )
