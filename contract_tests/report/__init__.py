"""Reports of contract tests: verdicts become facts, facts become JUnit XML, JSON, a page and SARIF; all of it pure.

report = Report(cases=tuple(case_of(verdict, rerun) for verdict in verdicts), began_at=began, wait_s=wait)
write_report(folder, report)
"""

from contract_tests.report.facts import Case, Finding, Lack, Report, case_of, lack_of
from contract_tests.report.write import FILES, prepare, write_report

__all__ = ["FILES", "Case", "Finding", "Lack", "Report", "case_of", "lack_of", "prepare", "write_report"]
