"""A carrier's statement file from bytes to records: every bad line is told, a file that does not add up is refused."""

from collections import Counter
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from gateway.model.money import Money
from gateway.model.statement import Statement, StatementFault, StatementKind, StatementRecord, StatementTotals
from gateway.wire.contract import Wire
from gateway.wire.errors import Unreadable
from gateway.wire.layers.charset import read_as
from gateway.wire.layers.cut import cut_record
from gateway.wire.layers.fixed import FixedForm
from gateway.wire.layers.lost import LOST
from gateway.wire.layers.packing import gzip_in
from gateway.wire.layers.pipe import PipeForm, cut_line
from gateway.wire.layers.records import Path, Record, unite
from gateway.wire.limits import FAULTS_MAX, STATEMENT_BYTES_MAX, STATEMENT_LINES_MAX
from gateway.wire.trace import problem

Form = PipeForm | FixedForm


class StatementRows(Struct, frozen=True):
    """One kind of line: the list of records it is among, when it is one, how it is read (None: it is skipped)."""

    items: Path
    kind: StatementKind = StatementKind.issue
    wanted: Callable[[Wire], bool] | None = None
    read: Callable[[Wire], StatementRecord] | None = None


class StatementCheck(Struct, frozen=True):
    """What the file says of itself, of some kinds of line or of all: `wants` are the totals that must be there."""

    read: Callable[[Wire], StatementTotals]
    wants: tuple[str, ...]
    kinds: tuple[StatementKind, ...] = ()


class StatementForm(Struct, frozen=True):
    """A carrier's statement: its records, what each kind of line means, what must add up."""

    form: Form
    rows: tuple[StatementRows, ...]
    head: Callable[[Wire], Statement] | None = None
    checks: tuple[StatementCheck, ...] = ()
    charset: str = "utf-8"
    gzip: bool = False


def read_statement(data: bytes, form: StatementForm) -> Statement:
    """The records of a file and everything that is wrong with it; never raises."""
    reading = _Reading(form)
    try:
        lines = _lines(data, form)
        for number, record, line in _assigned(lines, form.form.records, reading):
            reading.line(number, record, line)
    except Unreadable as error:
        # Not a file of this kind at all: that no total is right says nothing more.
        reading.fault(0, str(error))
        return Statement(faults=tuple(reading.faults))
    return reading.done()


class _Reading:
    """One file while it is read."""

    def __init__(self, form: StatementForm) -> None:
        self.form = form
        self.tree: Wire = {}
        self.records: list[StatementRecord] = []
        self.faults: list[StatementFault] = []
        self.seen: set[int] = set()
        self.skipped = 0

    def fault(self, line: int, message: str) -> None:
        """Note what is wrong, up to a limit."""
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(StatementFault(line=line, message=message))
        elif len(self.faults) == FAULTS_MAX:
            self.faults.append(StatementFault(line=line, message="and more"))

    def line(self, number: int, record: Record, line: str) -> None:
        """One line, whose fault is its own."""
        try:
            found = _cut(line, record, number, self.form.form)
            if record.items:
                self._item(number, record, found)
            elif id(record) in self.seen:
                self.fault(number, "this record is there twice")
            else:
                self.seen.add(id(record))
                unite(self.tree, found)
        except Exception as error:  # noqa: BLE001 - a file is untrusted: whatever a line holds is told, not raised
            self.fault(number, problem(error))

    def _item(self, number: int, record: Record, found: Wire) -> None:
        for rows in self.form.rows:
            if rows.items != record.items or (rows.wanted is not None and not rows.wanted(found)):
                continue
            if rows.read is None:
                self.skipped += 1
            else:
                self.records.append(replace(rows.read(found), line=number, kind=rows.kind))
            return
        self.fault(number, "a line of no kind that the mapping knows")

    def done(self) -> Statement:
        """The statement, once the totals have been compared."""
        for record in self.form.form.records:
            if not record.items and id(record) not in self.seen:
                self.fault(
                    0,
                    f"a record that begins with {record.starts!r} is missing"
                    if record.starts
                    else "a record is missing",
                )
        head = Statement()
        try:
            head = self.form.head(self.tree) if self.form.head is not None else head
            # Where a line could not be read, that no total is right says nothing more.
            for check in () if self.faults else self.form.checks:
                self._check(check)
        except Exception as error:  # noqa: BLE001 - the same of the header
            self.fault(0, problem(error))
        # Lines first, in their order, then what is wrong with the file as a whole.
        faults = tuple(sorted(self.faults, key=lambda fault: fault.line or STATEMENT_LINES_MAX + 1))
        return replace(head, records=tuple(self.records), skipped=self.skipped, faults=faults)

    def _check(self, check: StatementCheck) -> None:
        told = check.read(self.tree)
        kept = [record for record in self.records if not check.kinds or record.kind in check.kinds]
        found = {"count": len(kept), "lines": len(self.records) + self.skipped}
        for word in check.wants:
            said = getattr(told, word)
            if said is None:
                self.fault(0, f"the file does not tell its {word}")
            elif word != "total" and said != found[word]:
                self.fault(
                    0, f"the file says {said} {'records' if word == 'count' else 'lines'}, it holds {found[word]}"
                )
            elif word == "total":
                self._sum(said, kept)

    def _sum(self, said: Money, kept: list[StatementRecord]) -> None:
        amounts = [record.amount for record in kept if record.amount is not None]
        if len(amounts) < len(kept):
            self.fault(0, f"{len(kept) - len(amounts)} records have no amount: the total cannot be proven")
        sums = Counter[str]()
        for amount in amounts:
            sums[amount.currency] += amount.amount
        strange = sorted(set(sums) - {said.currency})
        if strange:
            self.fault(0, f"amounts in {', '.join(strange)}, a total in {said.currency}")
        if sums[said.currency] != said.amount:
            there = Money(amount=sums[said.currency], currency=said.currency)
            self.fault(0, f"the file says a total of {said.decimal()}, its lines add up to {there.decimal()}")


# --- lines -----------------------------------------------------------------------------------------------------------


def _lines(data: bytes, form: StatementForm) -> list[str]:
    if form.gzip:
        data = gzip_in(data)
    if len(data) > STATEMENT_BYTES_MAX:
        raise Unreadable(f"the file is longer than {STATEMENT_BYTES_MAX} bytes")
    try:
        text = data.decode(read_as(form.charset)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"the file is not {form.charset} at byte {error.start}, in line {line}") from None
    if LOST in text:
        line = text.count("\n", 0, text.index(LOST)) + 1
        raise Unreadable(f"a character of line {line} was lost before the file was written (U+FFFD)")
    separator = "\n" if form.form.lines.line == "\r\n" else form.form.lines.line
    if text.count(separator) > STATEMENT_LINES_MAX:
        raise Unreadable(f"the file has more than {STATEMENT_LINES_MAX} lines")
    found = text.split(separator)
    while found and not found[-1].strip():
        found.pop()
    return [line.removesuffix("\r") for line in found]


def _assigned(lines: list[str], records: tuple[Record, ...], reading: _Reading) -> list[tuple[int, Record, str]]:
    end = reading.form.form.lines.end
    found: list[tuple[int, Record, str]] = []
    for number, line in enumerate(lines, 1):
        record = _record_at(number, line, len(lines), records, reading.form.form)
        if record is None:
            reading.fault(number, "a line of no kind that the mapping knows")
        elif not line.endswith(end):
            reading.fault(number, "the line does not end as lines of this file do")
        else:
            found.append((number, record, line.removesuffix(end)))
    return found


def _record_at(number: int, line: str, count: int, records: tuple[Record, ...], form: Form) -> Record | None:
    if records[0].starts:
        return next((record for record in records if _begins(line, record.starts, form)), None)
    middle = next((at for at, record in enumerate(records) if record.items), len(records))
    if number <= middle:
        return records[number - 1]
    after = len(records) - middle - 1
    if number > count - after:
        return records[len(records) - 1 - (count - number)]
    return records[middle] if middle < len(records) else None


def _begins(line: str, starts: str, form: Form) -> bool:
    if isinstance(form, FixedForm):
        return line.startswith(starts)
    return line == starts or line.startswith(f"{starts}{form.separator}")


def _cut(line: str, record: Record, number: int, form: Form) -> Wire:
    if isinstance(form, FixedForm):
        return cut_record(line, record, number, form.charset)
    return cut_line(line, record, number, form)


__all__ = ["StatementCheck", "StatementForm", "StatementRows", "read_statement"]
