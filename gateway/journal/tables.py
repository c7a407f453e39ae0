"""Records to rows and back: one table per record type, its columns are the record's fields in their order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from msgspec.structs import astuple

from gateway.journal.records import (
    AttemptRecord,
    AuditRecord,
    ClientRecord,
    DecisionRecord,
    DeliveryRecord,
    EndpointRecord,
    EventRecord,
    InboundRecord,
    MessageRecord,
    NoteRecord,
    NumberRecord,
    ObjectRecord,
    OperationRecord,
    OrphanRecord,
    Record,
    SteeringRecord,
    TallyRecord,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

R = TypeVar("R", bound=Record)


def micros(at: datetime) -> int:
    """An instant as integer microseconds since 1970 UTC."""
    return (at - _EPOCH) // _MICROSECOND


def instant(value: int) -> datetime:
    """The instant that `micros` gave."""
    return _EPOCH + timedelta(microseconds=value)


def _converter(hint: Any) -> tuple[Callable[[Any], Any] | None, Callable[[Any], Any] | None]:
    kinds = [kind for kind in get_args(hint) or (hint,) if kind is not type(None)]
    kind = kinds[0]
    if kind is datetime:
        return micros, instant
    if isinstance(kind, type) and issubclass(kind, Enum):
        return str, kind
    return None, None


@dataclass(frozen=True)
class Table(Generic[R]):
    """How records of one type are written to and read from their table.

    `fixed` columns are never updated; columns kept `elsewhere` are read from a view and not written here.
    """

    name: str
    record: type[R]
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    fixed: frozenset[str]
    elsewhere: frozenset[str]
    view: str
    _out: tuple[tuple[int, Callable[[Any], Any]], ...]
    _in: tuple[tuple[int, Callable[[Any], Any]], ...]

    @classmethod
    def of(
        cls,
        record: type[R],
        name: str,
        *keys: str,
        fixed: Iterable[str] = (),
        elsewhere: Iterable[str] = (),
        view: str = "",
    ) -> "Table[R]":
        """Derive the table of a record type."""
        hints = get_type_hints(record)
        columns = record.__struct_fields__
        pairs = [(index, *_converter(hints[column])) for index, column in enumerate(columns)]
        return cls(
            name,
            record,
            keys,
            columns,
            frozenset(fixed),
            frozenset(elsewhere),
            view or name,
            tuple((index, out) for index, out, _ in pairs if out),
            tuple((index, back) for index, _, back in pairs if back),
        )

    def values(self, record: R) -> Sequence[Any]:
        """The values for `insert`."""
        row = self._row(record)
        return self._to_insert(row) if self.elsewhere else row

    def _row(self, record: R) -> list[Any]:
        row = list(astuple(record))
        for index, convert in self._out:
            if row[index] is not None:
                row[index] = convert(row[index])
        return row

    def load(self, row: Sequence[Any]) -> R:
        """The record of a row."""
        values = list(row)
        for index, convert in self._in:
            if values[index] is not None:
                values[index] = convert(values[index])
        return self.record(**dict(zip(self.columns, values, strict=True)))

    def key(self, record: R) -> list[Any]:
        """The values of the key columns."""
        return [getattr(record, column) for column in self.keys]

    @cached_property
    def _updated(self) -> tuple[int, ...]:
        unchanged = self.fixed.union(self.keys, self.elsewhere)
        return tuple(at for at, column in enumerate(self.columns) if column not in unchanged)

    @cached_property
    def _inserted(self) -> tuple[int, ...]:
        return tuple(at for at, column in enumerate(self.columns) if column not in self.elsewhere)

    @cached_property
    def _to_insert(self) -> Callable[[list[Any]], tuple[Any, ...]]:
        return itemgetter(*self._inserted)

    @cached_property
    def _to_update(self) -> Callable[[list[Any]], tuple[Any, ...]]:
        return itemgetter(*self._updated, *map(self.columns.index, self.keys))

    @cached_property
    def selected(self) -> str:
        """The column list for SELECT and RETURNING."""
        return ", ".join(self.columns)

    @cached_property
    def insert(self) -> str:
        """The INSERT statement, with a placeholder per column."""
        names = [self.columns[at] for at in self._inserted]
        return f"INSERT INTO {self.name} ({', '.join(names)}) VALUES ({_marks(names)})"  # noqa: S608 - our names

    @cached_property
    def update(self) -> str:
        """The UPDATE statement by key; a caller appends further guards."""
        # A column that is not named leaves the indexes on it alone.
        changed = ", ".join(f"{self.columns[at]} = ?" for at in self._updated)
        guard = " AND ".join(f"{column} = ?" for column in self.keys)
        return f"UPDATE {self.name} SET {changed} WHERE {guard}"  # noqa: S608 - our names

    def update_values(self, record: R) -> tuple[Any, ...]:
        """The values for `update`: changed columns, then keys."""
        return self._to_update(self._row(record))


@lru_cache(maxsize=512)
def numbered(sql: str) -> str:
    """The statement with `$1`, `$2`, .. for its `?`, as PostgreSQL wants them; no text of ours holds a `?`."""
    first, *others = sql.split("?")
    return first + "".join(f"${at}{part}" for at, part in enumerate(others, 1))


def _marks(items: Iterable[object]) -> str:
    return ", ".join("?" for _ in items)


OPERATIONS = Table.of(
    OperationRecord,
    "operations",
    "operation_id",
    fixed=("client", "operation", "idem_key", "request_hash", "client_ref", "deadline_at", "created_at"),
    elsewhere=("request", "pruned_at"),
    view="whole_operations",
)
DECISIONS = Table.of(DecisionRecord, "decisions", "decision_id")
ATTEMPTS = Table.of(
    AttemptRecord,
    "attempts",
    "operation_id",
    "attempt_id",
    fixed=("step", "purpose", "number", "channel", "request_no", "adapter_version", "started_at"),
)
MESSAGES = Table.of(MessageRecord, "messages", "owner_id", "direction")
OBJECTS = Table.of(ObjectRecord, "objects", "kind", "object_id")
NUMBERS = Table.of(NumberRecord, "numbers", "channel", "number_kind", "no")
INBOUND = Table.of(InboundRecord, "inbound", "inbound_id")
NOTES = Table.of(NoteRecord, "notes", "note_id")
AUDITS = Table.of(AuditRecord, "audits", "audit_id")
STEERING = Table.of(SteeringRecord, "steering", "kind", "name")
TALLIES = Table.of(TallyRecord, "tallies", "product", "day", "channel", "currency", "writer")
ORPHANS = Table.of(
    OrphanRecord,
    "orphans",
    "operation_id",
    "channel",
    fixed=("orphan_id", "client", "operation", "found_by", "found_at", "told_as", "result"),
)
CLIENTS = Table.of(ClientRecord, "clients", "key_hash")
ENDPOINTS = Table.of(EndpointRecord, "webhook_endpoints", "endpoint_id", fixed=("client", "created_at"))
EVENTS = Table.of(EventRecord, "events", "event_id", elsewhere=("place",))
DELIVERIES = Table.of(
    DeliveryRecord,
    "deliveries",
    "endpoint_id",
    "event_id",
    fixed=("client", "object_id", "created_at"),
    elsewhere=("place",),
)

TRIED = (
    "INSERT INTO leases (name, owner, until) VALUES ('readiness', '', ?) "
    "ON CONFLICT (name) DO UPDATE SET until = EXCLUDED.until"
)
"""When a gateway last found out that it can write: one row, and no work that it would be a lease of."""
