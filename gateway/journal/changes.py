"""What can be written to a journal: each change is a record with the guards under which it is written.

Changes come in groups; a guard that fails refuses its whole group (the errors are in `protocol.py`).
"""

from collections.abc import Sequence

from msgspec import Struct

from gateway.journal.errors import MoveForbidden
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
    SteeringRecord,
    TallyRecord,
)
from gateway.model.states import MOVES, TERMINAL, OperationState, OrphanState, may_move


class Open(Struct, frozen=True):
    """Insert an operation. Guards: its idempotency key and its business key are free."""

    record: OperationRecord


class Move(Struct, frozen=True):
    """Replace an operation's row. Guards: it is still in `from_state`, with the fence the record carries.

    A move that the state machine does not have is refused before the row is looked at (MoveForbidden); a state that is
    not the end may be written again. What it was opened with (client, key, request, deadline) never changes and need
    not be written again. A business key that `record` no longer has is given free in the same group.
    """

    record: OperationRecord
    from_state: OperationState


class Decide(Struct, frozen=True):
    """Insert a routing decision."""

    record: DecisionRecord


class StartAttempt(Struct, frozen=True):
    """Insert an attempt, before its bytes leave."""

    record: AttemptRecord


class EndAttempt(Struct, frozen=True):
    """Replace an attempt's row. Guard: it has not ended before."""

    record: AttemptRecord


class Keep(Struct, frozen=True):
    """Insert raw, sealed bytes."""

    record: MessageRecord


class Put(Struct, frozen=True):
    """Insert an object (version 1) or replace it. Guard: the stored version is one less than the record's."""

    record: ObjectRecord


class Cross(Struct, frozen=True):
    """Insert a carrier number; the same number for the same object is no change. Guard: no other object holds it."""

    record: NumberRecord


class Receive(Struct, frozen=True):
    """Insert a callback, raw. The same event key on a channel is inserted once; a repetition is no change."""

    record: InboundRecord


class Settle(Struct, frozen=True):
    """Replace a callback's row. Guards: it was still `received` or `unmatched`, and its `event_id` is no other's."""

    record: InboundRecord


class Note(Struct, frozen=True):
    """Insert a line of an operation's history."""

    record: NoteRecord


class Audit(Struct, frozen=True):
    """Insert what a person did; there is no change that alters or removes it."""

    record: AuditRecord


class Steer(Struct, frozen=True):
    """Insert what is set for a channel or product (version 1) or replace it. Guard: the stored version is one less."""

    record: SteeringRecord


class Count(Struct, frozen=True):
    """Add a policy that was made to its tally, in the group that makes it."""

    record: TallyRecord


class FindOrphan(Struct, frozen=True):
    """Insert an orphan. The same operation on the same channel has one; a repetition is no change."""

    record: OrphanRecord


class MoveOrphan(Struct, frozen=True):
    """Replace an orphan's row. Guard: it is still in `from_state`, and the state machine has the move."""

    record: OrphanRecord
    from_state: OrphanState


class PutClient(Struct, frozen=True):
    """Insert or replace a client's key."""

    record: ClientRecord


class Emit(Struct, frozen=True):
    """Insert an event; it stands in the group of the move it tells of."""

    record: EventRecord


class Deliver(Struct, frozen=True):
    """Insert the sending of an event to an endpoint; one that is there already is no change."""

    record: DeliveryRecord


class MoveDelivery(Struct, frozen=True):
    """Replace a delivery's row. Guard: it still bears the fence `from_fence`."""

    record: DeliveryRecord
    from_fence: int


class PutEndpoint(Struct, frozen=True):
    """Insert an endpoint (version 1) or replace it. Guard: the stored version is one less than the record's."""

    record: EndpointRecord


Change = (
    Open
    | Move
    | Decide
    | StartAttempt
    | EndAttempt
    | Keep
    | Put
    | Cross
    | Receive
    | Settle
    | Note
    | Audit
    | Steer
    | Count
    | FindOrphan
    | MoveOrphan
    | PutClient
    | Emit
    | Deliver
    | MoveDelivery
    | PutEndpoint
)


def must_be_moves(changes: Sequence[Change]) -> None:
    """What every journal asks before it writes a group. Raises MoveForbidden for a move that is in no table."""
    for change in changes:
        if change.__class__ is Move:
            start, end = change.from_state, change.record.state
            if (start is end and end not in TERMINAL) or (start, end) in MOVES:
                continue
            raise MoveForbidden(f"{change.record.operation_id} does not go from {start} to {end}")
        if change.__class__ is MoveOrphan and not may_move(change.from_state, change.record.state):
            orphan = change.record
            raise MoveForbidden(f"{orphan.orphan_id} does not go from {change.from_state} to {orphan.state}")
