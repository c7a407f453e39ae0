"""What a batch's own row says: which orders it opened, each an operation of its own, or why one was refused."""

import msgspec
from msgspec import UNSET, Struct, UnsetType

from gateway.journal.records import OperationRecord


class Order(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One order of a batch as its row keeps it: its operation, or why it was refused before there was one."""

    client_ref: str
    operation_id: str | None = None
    problem: msgspec.Raw | UnsetType = UNSET


class OrdersUnreadable(Exception):
    """A batch's row does not say which orders it opened: a person has to see to it, while each order ends by itself."""


_ORDERS = msgspec.json.Decoder(tuple[Order, ...])


def orders_of(batch: OperationRecord) -> tuple[Order, ...] | None:
    """The orders a batch's row names; None where it cannot be read."""
    try:
        return _ORDERS.decode(batch.result or b"[]")
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
