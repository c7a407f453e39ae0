"""Examples beside a mapping become checks: pure, through the client stack, and against the mock carrier on a socket.

files, faults = read_examples(folder, root)
verdicts = run_checks(checks_of(files[0], Subject(folder, root), level=2))
"""

from contract_tests.examples.check import Check, Run
from contract_tests.examples.reading import read_example_file, read_examples
from contract_tests.examples.subject import Subject
from contract_tests.runner.completeness import Missing, missing_of
from contract_tests.runner.expand import LEVEL_MAX, checks_of, expand
from contract_tests.runner.run import Verdict, failure_text, run_check, run_checks
from contract_tests.runner.vectors import read_vectors

__all__ = [
    "LEVEL_MAX",
    "Check",
    "Missing",
    "Run",
    "Subject",
    "Verdict",
    "checks_of",
    "expand",
    "failure_text",
    "missing_of",
    "read_example_file",
    "read_examples",
    "read_vectors",
    "run_check",
    "run_checks",
]
