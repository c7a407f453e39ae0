"""A changed catalogue takes over in a running gateway: whole, numbered, recorded, or not at all.

Its files are looked at by the clock, or when an operator asks. What does not load is told with its places, and the
catalogue in force stays.
"""

import asyncio
import logging

from msgspec import Struct

from gateway.catalogue.marks import Diagnostic
from gateway.catalogue.snapshot import Snapshot
from gateway.errors import CatalogueInvalid
from gateway.model.base import Model
from gateway.service.cases import volumes
from gateway.service.operating.review import Name, Person, Reason, audited
from gateway.service.parts import Parts

CATALOGUE = "catalogue"
BY_ITSELF = Person(name="gateway")
ITS_FILES = "its files changed"
_log = logging.getLogger("insurehub.catalogue")


class ReloadBody(Model, frozen=True, kw_only=True):
    """Who wants the catalogue's files read now, and why."""

    reason: Reason
    by: Name


class ReloadView(Struct, frozen=True, kw_only=True):
    """The number of the catalogue in force, whether it is a new one, and what its files were warned about."""

    number: int
    is_new: bool
    warnings: tuple[str, ...] = ()


class Reloading:
    """Reads the catalogue of one gateway again when its files have changed."""

    def __init__(self, parts: Parts) -> None:
        """Take the parts; the files as they stand are those in force."""
        self._parts = parts
        self._one_at_a_time = asyncio.Lock()
        self._in_force = parts.catalogue.digest()
        self._looked_at = self._seen_to = parts.catalogue.stamp()
        self.refused = 0
        """How many errors keep the files as they stand now from being in force."""

    async def look(self) -> None:
        """Take over files that changed, once they have stood still from one look to the next."""
        stamp = self._parts.catalogue.stamp()
        stands_still, self._looked_at = stamp == self._looked_at, stamp
        if not stands_still or stamp == self._seen_to:
            return
        self._seen_to = stamp
        for each in await self._take_over(BY_ITSELF, ITS_FILES):
            if each.severity == "error":
                _log.error("the catalogue was not taken over: %s", each)

    async def ask(self, client: str | None, body: ReloadBody) -> ReloadView:
        """Take over the files now, for an operator. Raises CatalogueInvalid with every error and its place."""
        before = self._parts.catalogue.snapshot.number
        found = await self._take_over(Person(name=body.by, client=client), body.reason)
        if errors := [str(each) for each in found if each.severity == "error"]:
            detail = f"the catalogue has errors, number {before} stays in force: {errors[0]}"
            raise CatalogueInvalid(detail, extra={"errors": errors})
        number = self._parts.catalogue.snapshot.number
        return ReloadView(number=number, is_new=number != before, warnings=tuple(map(str, found)))

    async def _take_over(self, person: Person, reason: str) -> tuple[Diagnostic, ...]:
        """Read, and where it is sound put in force and record it; files that are in force already change nothing."""
        parts, catalogue = self._parts, self._parts.catalogue
        async with self._one_at_a_time:
            digest, before = await asyncio.to_thread(catalogue.digest), catalogue.snapshot.number
            if digest == self._in_force:
                self.refused = 0
                return ()
            found = await asyncio.to_thread(catalogue.reload, None, self._may_take_over)
            after = catalogue.snapshot.number
            self.refused = sum(each.severity == "error" for each in found)
            if after == before:
                return found
            self._in_force = digest
            was, is_ = {"number": before}, {"number": after, "sha256": digest, "gateway": parts.owner}
            await parts.journal.write(audited(parts.world, person, "catalogue.reload", CATALOGUE, reason, was, is_))
            await volumes.refresh(parts)
        _log.warning("catalogue %d is in force: %s (%s)", after, reason, person.name)
        return found

    def _may_take_over(self, snapshot: Snapshot) -> str | None:
        """A running channel neither disappears nor changes its carrier: its connections were made at the start."""
        for name, channel in self._parts.channels.items():
            entry = snapshot.channels.get(name)
            if entry is None:
                return f"the channel {name} is running here: set its state to retired, or restart without its settings"
            if entry.carrier != channel.adapter.carrier.id:
                return f"the channel {name} runs with the carrier {channel.adapter.carrier.id}: another needs a restart"
        return None
