"""Drift without asking: replies of production read again, and what of them the mapping does not know, counted.

Nothing of a value is kept: a finding has a path, a code of a table, or a mapping line.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from contract_tests.drift.compare import Beside
from contract_tests.drift.declared import Declared, declared_of
from contract_tests.drift.finding import SEVERITIES, Finding
from contract_tests.drift.forms import Forms, forms_of
from contract_tests.drift.probe import shown_forms
from contract_tests.drift.reading import read_findings
from contract_tests.examples.subject import Subject
from gateway.model.outcome import OutcomeKind
from gateway.wire.contract import Reply

FINDINGS_MAX = 5_000


class Seen(Struct, frozen=True, kw_only=True):
    """One finding, how often it was seen, and when first and last."""

    finding: Finding
    count: int
    first_at: datetime
    last_at: datetime


class Sight(Struct, frozen=True, kw_only=True):
    """A reply of production as it reads now, and when it came."""

    operation: str
    variant: str
    step: str
    reply: Reply
    at: datetime
    is_xml: bool = False


class Watch:
    """What one carrier's replies tell."""

    def __init__(self, subject: Subject) -> None:
        """Nothing is seen yet."""
        self.subject = subject
        self.replies = 0
        self.left_out = 0
        self._seen: dict[tuple[str, ...], Seen] = {}
        self._known: dict[tuple[str, str, str], tuple[Declared, Forms]] = {}

    def look(self, sight: Sight) -> None:
        """Take one reply into account."""
        self.replies += 1
        for finding in {each.key: each for each in self._findings(sight)}.values():
            self._count(finding, sight.at)

    @property
    def seen(self) -> tuple[Seen, ...]:
        """The worst first, of those the most frequent."""
        return tuple(
            sorted(
                self._seen.values(),
                key=lambda each: (SEVERITIES.index(each.finding.severity), -each.count, each.finding.key),
            )
        )

    def _findings(self, sight: Sight) -> Iterable[Finding]:
        declared, written = self._what_is_known(sight)
        beside = Beside(self.subject.carrier, sight.operation, declared, is_xml=sight.is_xml)
        yield from read_findings(sight.reply, beside, written)
        if sight.reply.wire is None or sight.reply.outcome.kind is not OutcomeKind.accepted:
            return
        yield from beside.constants(sight.reply.wire)
        yield from beside.codes(sight.reply.wire)
        if written:
            yield from beside.changed(written, forms_of(sight.reply.wire))

    def _what_is_known(self, sight: Sight) -> tuple[Declared, Forms]:
        name = (sight.operation, sight.variant, sight.step)
        if name not in self._known:
            declared = declared_of(self.subject, *name)
            self._known[name] = (declared, shown_forms(self.subject, sight.operation, sight.step, {}))
        return self._known[name]

    def _count(self, finding: Finding, at: datetime) -> None:
        before = self._seen.get(finding.key)
        if before is None:
            if len(self._seen) >= FINDINGS_MAX:
                self.left_out += 1
                return
            self._seen[finding.key] = Seen(finding=finding, count=1, first_at=at, last_at=at)
            return
        self._seen[finding.key] = replace(
            before, count=before.count + 1, first_at=min(before.first_at, at), last_at=max(before.last_at, at)
        )
