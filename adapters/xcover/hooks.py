"""XCover partner API 1: what its mapping leaves to Python, the tickets inside a change."""

from decimal import Decimal
from typing import Any

import msgspec

from gateway.model import Change, Ticket
from gateway.wire import CannotSend

_TICKETS = "event_ticket.tickets"


def ticket_prices(req: Any) -> list[dict[str, Decimal]] | None:
    """The prices of the tickets after a change (4.10.1), in major units; None when the tickets stay as they are.

    Raises `CannotSend` for a ticket without a price.
    """
    tickets = _tickets(req.changes)
    return None if tickets is None else [{"price": _price(ticket)} for ticket in tickets]


def ticket_count(req: Any) -> int | None:
    """How many tickets there are after a change; None unless the change says how many of a kind."""
    tickets = _tickets(req.changes) or ()
    if all(ticket.quantity is None for ticket in tickets):
        return None
    return sum(1 if ticket.quantity is None else ticket.quantity for ticket in tickets)


def _tickets(changes: tuple[Change, ...]) -> list[Ticket] | None:
    wanted = next((change.to for change in changes if change.field == _TICKETS), None)
    if wanted is None:
        return None
    try:
        return msgspec.convert(wanted, list[Ticket])
    except msgspec.ValidationError:
        raise CannotSend("the tickets of a change are not written as the model writes tickets") from None


def _price(ticket: Ticket) -> Decimal:
    if ticket.price is None:
        raise CannotSend("a ticket of the change has no price")
    amount = ticket.price.decimal()
    return amount.to_integral_value() if amount == amount.to_integral_value() else amount.normalize()
