"""What a person does about an orphan: adopts it or has it voided, by name and with a reason that stays."""

from collections.abc import Mapping
from typing import Literal

from gateway.errors import NotAllowedNow
from gateway.journal.errors import BusinessKeyTaken, NumberTaken, Stale
from gateway.journal.records import OperationRecord, OrphanRecord
from gateway.model import CancelKind
from gateway.model.base import Model
from gateway.model.states import OrphanState
from gateway.service.operating.review import Name, Person, Reason, audit, known
from gateway.service.parts import Parts
from gateway.service.recovery.orphan_settling import adopted, said_of, voiding
from gateway.service.use_case import UseCase

_WAITS = (OrphanState.found, OrphanState.review)


class OrphanBody(Model, frozen=True, kw_only=True):
    """What is done about a success that came after its caller was told that there is none.

    `channel` says whose, where several channels have told of one; `kind` how a void one is cancelled, when not within
    its free-look period or before its cover begins.
    """

    operation_id: str
    action: Literal["adopt", "void"]
    reason: Reason
    by: Name
    channel: str | None = None
    kind: CancelKind | None = None


async def decide(
    parts: Parts, use_cases: Mapping[str, UseCase], client: str | None, body: OrphanBody
) -> OperationRecord:
    """Adopt or void an orphan of an operation; gives the operation, whose own end is what it was.

    A void one is cancelled at its carrier by the running gateway. Raises HubError: NotFound, NotAllowedNow.
    """
    op = await known(parts.journal, body.operation_id)
    orphan = await _waiting(parts, body)
    try:
        if body.action == "adopt":
            changes = await adopted(parts, use_cases, op, orphan)
        else:
            changes = await voiding(parts, use_cases, op, orphan, body.kind)
        before = {"state": orphan.state, "text": orphan.text}
        person = Person(name=body.by, client=client)
        after = {"action": body.action, "channel": orphan.channel}
        entry = audit(parts.world, person, f"orphan.{body.action}", op, body.reason, before, after)
        await parts.journal.write(*changes, entry)
    except BusinessKeyTaken as taken:
        raise NotAllowedNow(said_of(taken), code="operation.superseded") from None
    except NumberTaken as taken:
        raise NotAllowedNow(str(taken), code="operation.number_taken") from None
    except Stale:
        raise _none(body) from None
    return op


async def _waiting(parts: Parts, body: OrphanBody) -> OrphanRecord:
    found = await parts.journal.orphans(operation_id=body.operation_id, states=_WAITS)
    mine = [each for each in found if body.channel in (None, each.channel)]
    if len(mine) > 1:
        channels = ", ".join(each.channel for each in mine)
        raise NotAllowedNow(f"several channels have told of one: name one of {channels}", code="operation.no_orphan")
    if not mine:
        raise _none(body)
    return mine[0]


def _none(body: OrphanBody) -> NotAllowedNow:
    return NotAllowedNow(
        f"nothing of operation {body.operation_id} waits to be adopted or voided", code="operation.no_orphan"
    )
