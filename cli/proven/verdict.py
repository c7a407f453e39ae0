"""One carrier examined: its operations with their safety classes and how their tests went, and what they show."""

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from contract_tests.runner import LEVEL_MAX, Subject, checks_of, missing_of, read_examples, read_vectors, run_checks
from contract_tests.runner.coverage import Carried
from contract_tests.runner.evidence import Evidence, evidence_of
from contract_tests.runner.fresh import stale_modules


class Cell(Struct, frozen=True, kw_only=True):
    """One operation of one carrier: `state` is passed, failed, untested or, with its reason, not_offered."""

    state: str
    safety: tuple[str, ...] = ()
    passed: int = 0
    failed: int = 0
    reason: str = ""


class Proven(Struct, frozen=True, kw_only=True):
    """What is known of one carrier; `over` counts what is wrong with no single operation: callbacks, signatures."""

    carrier: str
    version: str
    operations: Mapping[str, Cell]
    evidence: tuple[Evidence, ...] = ()
    over: int = 0

    @property
    def is_right(self) -> bool:
        """Whether every operation it offers has passed, and nothing else is wrong."""
        return not self.over and all(each.state in ("passed", "not_offered") for each in self.operations.values())


def examine(subject: Subject) -> Proven:
    """Run all contract tests of a carrier. Raises AdapterMissing when it was never generated."""
    if stale_modules(subject):
        return _untested(subject, "the adapter is not what the mapping gives now: insurehub generate")
    files, wrong = read_examples(subject.folder, subject.root, subject.read)
    vectors, more = read_vectors(subject)
    checks = [*(check for file in files for check in checks_of(file, subject, LEVEL_MAX)), *vectors]
    verdicts = run_checks(checks)
    passed = Counter(each.check.operation for each in verdicts if each.passed)
    failed = Counter(each.check.operation for each in verdicts if not each.passed)
    missing = Counter(each.operation for each in missing_of(subject, files))
    malformed = sum(each.severity == "error" for each in (*wrong, *more))
    offered = subject.adapter.carrier.operations
    cells = {name: _cell(subject, name, passed[name], failed[name], missing[name]) for name in offered}
    others = sum(count for name, count in (failed + missing).items() if name not in offered)
    names = {"::".join(each.check.id.split("::")[:2]) for each in verdicts if not each.passed}
    return Proven(
        carrier=subject.carrier,
        version=subject.adapter.version,
        operations={**cells, **_not_offered(subject)},
        evidence=evidence_of(Carried(subject), names),
        over=others + malformed,
    )


def _cell(subject: Subject, name: str, passed: int, failed: int, missing: int) -> Cell:
    state = "failed" if failed else "passed" if passed and not missing else "untested"
    return Cell(state=state, safety=_safety(subject, name), passed=passed, failed=failed)


def _safety(subject: Subject, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(variant.safety.value for variant in subject.adapter.variants(name)))


def _not_offered(subject: Subject) -> dict[str, Cell]:
    reasons = subject.adapter.carrier.unsupported
    return {name: Cell(state="not_offered", reason=reason) for name, reason in reasons.items()}


def _untested(subject: Subject, reason: str) -> Proven:
    tree = subject.tree
    names = dict.fromkeys(each.name for each in tree.operations) if tree is not None else {}
    cells = {name: Cell(state="untested", reason=reason) for name in names}
    return Proven(carrier=subject.carrier, version="", operations=cells, over=int(not cells))
