"""Where new business may go once the channel it went to is proven to have done nothing with it."""

from typing import Any

import msgspec

from gateway.journal.records import OperationRecord
from gateway.model.operations import OPERATIONS
from gateway.routing.types import RouteRequest
from gateway.service.cases.proposals import route_for
from gateway.service.engine.flow import is_in_batch
from gateway.service.engine.time_left import is_worth_trying
from gateway.service.parts import Parts


async def elsewhere(parts: Parts, op: OperationRecord) -> RouteRequest | None:
    """What the routing is asked; None for what it never chose a channel for, and when there is no time left.

    What takes up a quote or an application is bound to the channel that gave it. An order that went in a message with
    others ends with what became of that message.
    """
    now = parts.world.now()
    if not is_worth_trying(parts, op) or is_in_batch(op) or not await parts.journal.decisions(op.operation_id):
        return None
    request: Any = msgspec.json.decode(op.request, type=OPERATIONS[op.operation].request)
    return route_for(op.operation, request, now, op.business_key or "")
