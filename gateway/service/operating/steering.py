"""Operators steer new business: a channel is drained, disabled or enabled, a product is pinned to a channel.

What is set is a row of the journal, so that it outlives every process and holds for every replica: the one that wrote
it obeys at once, the others within a second. Who, when and why stand in the audit, and in every decision it shaped.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from msgspec import Struct

from gateway.errors import NotFound, RequestInvalid, Unavailable
from gateway.journal.changes import Steer
from gateway.journal.errors import Stale
from gateway.journal.records import SteeringRecord
from gateway.model.base import Model
from gateway.model.validate import Fault, FaultCode
from gateway.routing.router import Router
from gateway.routing.types import Ruled
from gateway.service.operating.review import Name, Person, Reason, audited
from gateway.service.parts import Parts

CHANNEL, PRODUCT = "channel", "product"
Act = Literal["drain", "disable", "enable"]
SET_BY: dict[Act, str | None] = {"drain": "drained", "disable": "disabled", "enable": None}
WRITES_MAX = 5
"""How often a setting is written again when another operator was faster."""


class HoldBody(Model, frozen=True, kw_only=True):
    """What a person does to a channel.

    `drain`: no new business, what was issued or accepted goes on being served. `disable`: nothing at all is sent but
    inquiries after what is not resolved. `enable`: as the catalogue says.
    """

    channel: str
    action: Act
    reason: Reason
    by: Name


class PinBody(Model, frozen=True, kw_only=True):
    """The channel all new business of a product goes to; none: the catalogue decides again."""

    product: str
    channel: str | None = None
    reason: Reason
    by: Name


class Setting(NamedTuple):
    """What is to be set of what."""

    kind: str
    name: str
    value: str | None


class SteeringView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is set for a channel or product, by whom, since when and why; `value` None: nothing."""

    kind: str
    name: str
    value: str | None
    by: str
    at: str
    reason: str


async def hold(parts: Parts, client: str | None, body: HoldBody) -> SteeringView:
    """Drain, disable or enable a channel. Raises NotFound for one that is neither in the catalogue nor set before."""
    known = {*parts.catalogue.snapshot.channels, *(await _set_before(parts, CHANNEL))}
    if body.channel not in known:
        raise NotFound(f"there is no channel {body.channel}; there are: {', '.join(sorted(known))}")
    what = Setting(CHANNEL, body.channel, SET_BY[body.action])
    return await _set(parts, Person(name=body.by, client=client), f"channel.{body.action}", what, body.reason)


async def pin(parts: Parts, client: str | None, body: PinBody) -> SteeringView:
    """Pin a product to a channel, or no longer. Raises NotFound, RequestInvalid for a channel that does not sell it."""
    code = body.product.partition("@")[0]
    products = parts.catalogue.snapshot.products
    if code not in products and (body.channel or code not in await _set_before(parts, PRODUCT)):
        names = ", ".join(sorted(products))
        raise NotFound(f"there is no product {code}; there are: {names}", code="product.not_found")
    if body.channel is not None and body.channel not in products[code].bindings:
        fault = Fault("channel", FaultCode.unknown_ref, f"{code} is sold by: {', '.join(products[code].bindings)}")
        raise RequestInvalid(f"{body.channel} does not sell {code}", faults=(fault,))
    what = Setting(PRODUCT, code, body.channel)
    action = "product.pin" if body.channel else "product.unpin"
    return await _set(parts, Person(name=body.by, client=client), action, what, body.reason)


async def _set_before(parts: Parts, kind: str) -> set[str]:
    return {row.name for row in await parts.journal.steering() if row.kind == kind}


async def _set(parts: Parts, person: Person, action: str, what: Setting, reason: str) -> SteeringView:
    """Write it with its audit, and obey at once. Of two who write at once both are recorded; the later one holds."""
    for _ in range(WRITES_MAX):
        rows = await parts.journal.steering()
        old = next((row for row in rows if (row.kind, row.name) == (what.kind, what.name)), None)
        row = SteeringRecord(
            kind=what.kind,
            name=what.name,
            value=what.value,
            actor=person.name,
            client=person.client,
            reason=reason,
            at=parts.world.now(),
            version=old.version + 1 if old else 1,
        )
        before, after = {"value": old.value if old else None}, {"value": what.value}
        entry = audited(parts.world, person, action, f"{what.kind}:{what.name}", reason, before, after)
        try:
            await parts.journal.write(Steer(row), entry)
        except Stale:
            continue
        obey(parts, (row,))
        return shown(row)
    raise Unavailable(f"{what.kind} {what.name} was set by others again and again: see what is set, then repeat")


async def refresh(parts: Parts) -> None:
    """Take over what is set now, by whichever replica."""
    obey(parts, await parts.journal.steering())


def obey(parts: Parts, rows: Iterable[SteeringRecord]) -> None:
    """Make the routing follow what is set; what was read before something newer was written changes nothing."""
    steering = parts.steering
    for row in rows:
        known = steering.get((row.kind, row.name))
        if known is None or known.version < row.version:
            steering[row.kind, row.name] = row
    steer(parts.router, steering.values())


def steer(router: Router, rows: Iterable[SteeringRecord]) -> None:
    """Tell a router what is set, all of it."""
    rows = tuple(rows)
    channels = [row for row in rows if row.kind == CHANNEL and row.value is not None]
    router.held = {row.name: _ruled(row) for row in channels}
    router.stopped = {row.name: _ruled(row) for row in channels if row.value == SET_BY["disable"]}
    router.pins = {row.name: row.value for row in rows if row.kind == PRODUCT and row.value is not None}


def shown(row: SteeringRecord) -> SteeringView:
    """A setting as people read it."""
    at = row.at.isoformat(timespec="seconds")
    return SteeringView(kind=row.kind, name=row.name, value=row.value, by=row.actor, at=at, reason=row.reason)


def _ruled(row: SteeringRecord) -> Ruled:
    return Ruled("channel.held", f"{row.actor} has {row.value} it: {row.reason}")
