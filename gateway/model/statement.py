"""A carrier's daily statement (对账文件) as records: what it says was done, line by line, for the reconciliation."""

from datetime import date

from msgspec import field

from gateway.model.base import Model
from gateway.model.code import Code
from gateway.model.money import Money
from gateway.model.period import Instant
from gateway.model.pii import PersonalText
from gateway.model.records import Ext, Number


class StatementKind(Code):
    """What a line of a statement is about."""

    issue = "issue"
    endorsement = "endorsement"
    cancellation = "cancellation"
    renewal = "renewal"
    claim = "claim"
    premium = "premium"
    refund = "refund"


class StatementRecord(Model, frozen=True, kw_only=True):
    """One line: `request_no` is our number as the carrier keeps it, `amount` below zero where it pays back.

    `object_no` names what is insured, an order for instance; `line` counts from 1 in the file, it and `kind` are always
    there in what a file gave.
    """

    line: int = 0
    kind: StatementKind | None = None
    request_no: str | None = None
    numbers: tuple[Number, ...] = ()
    amount: Money | None = None
    sum_insured: Money | None = None
    at: Instant | None = None
    business_date: date | None = None
    name: PersonalText | None = None
    object_no: str | None = None
    ext: Ext = field(default_factory=dict)


class StatementTotals(Model, frozen=True, kw_only=True):
    """What a header or trailer says: records of a kind, lines of the file skipped ones included, the sum of amounts."""

    count: int | None = None
    lines: int | None = None
    total: Money | None = None


class StatementFault(Model, frozen=True, kw_only=True):
    """A line that cannot be read, or with line 0 a file that does not add up."""

    line: int
    message: str


class Statement(Model, frozen=True, kw_only=True):
    """A file read: with one fault it is refused as a whole, its records are then for looking at only."""

    business_date: date | None = None
    records: tuple[StatementRecord, ...] = ()
    skipped: int = 0
    faults: tuple[StatementFault, ...] = ()

    @property
    def is_accepted(self) -> bool:
        """Whether every line was read and everything adds up."""
        return not self.faults
