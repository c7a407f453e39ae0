"""The standard insurer as one object: what the HTTP API calls, and nothing of HTTP."""

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, TypeVar

from gateway.errors import Forbidden, NotFound, Unauthorized, Unavailable
from gateway.journal.changes import PutClient
from gateway.journal.errors import JournalUnavailable
from gateway.journal.protocol import Journal
from gateway.journal.records import ClientRecord, OperationRecord
from gateway.model import Proposal
from gateway.model.states import TERMINAL
from gateway.ports import World
from gateway.service.answers import Answer, done
from gateway.service.cases import queries, volumes
from gateway.service.cases.cancel import Cancel
from gateway.service.cases.claims import FollowUp, ReportClaim
from gateway.service.cases.endorse import Endorse
from gateway.service.cases.issue import Issue
from gateway.service.cases.products import product_form, product_view
from gateway.service.cases.proposals import completed, must_be_sound, product_of, route_for
from gateway.service.cases.underwrite import Underwrite
from gateway.service.engine.flow import BATCH
from gateway.service.entrance.batch import issue_batch, view_of_batch
from gateway.service.entrance.operations import get_operation, operation_view
from gateway.service.entrance.submit import submit, submit_quote
from gateway.service.operating import orphan_review, review, steering
from gateway.service.operating.readiness import Readiness
from gateway.service.operating.reloading import ReloadBody, Reloading
from gateway.service.operating.scorecard import scorecard
from gateway.service.operating.watch import Duty, Watch
from gateway.service.operating.webhooks import Events
from gateway.service.parts import Caller, Parts
from gateway.service.recovery import answer
from gateway.service.recovery.callbacks import receive
from gateway.service.recovery.pack import evidence_of
from gateway.service.recovery.worker import Worker
from gateway.service.use_case import UseCase
from gateway.wire.contract import Inbound

T = TypeVar("T")
SCOPES = ("quote", "issue", "service", "claim", "read", "route", "events")
"""What a trade system's key may allow; all of them when none is named."""
OPERATE = "operate"
"""The scope of operators: every client's operations, to be looked into and ended. Given only where it is named."""
CALLER_KEPT_S = 1.0
"""How long a key's answer is believed: every request of a busy client asks the same again."""
CALLERS_MAX = 1_000
STEERING_EVERY_S = 1.0
VOLUMES_EVERY_S = 10.0
CATALOGUE_EVERY_S = 1.0
"""How often a replica looks at what operators have set and all have sold elsewhere, and at the catalogue's files."""
_READS: Mapping[str, Callable[[Parts, Caller, Any], Awaitable[Answer]]] = {
    "policy.get": queries.get_policy,
    "policy.document": queries.get_documents,
    "underwriting.get": queries.get_application,
    "claim.get": queries.get_claim,
    "endorsement.quote": queries.quote_endorsement,
    "cancellation.quote": queries.quote_cancellation,
}


def use_cases() -> dict[str, UseCase]:
    """Every write of the standard insurer, by operation."""
    follow_ups = ("claim.submit", "claim.supplement", "claim.modify", "claim.withdraw")
    cases: list[UseCase] = [Underwrite(), Issue(), Endorse(), Cancel(), ReportClaim(), *map(FollowUp, follow_ups)]
    return {case.operation: case for case in cases}


def key_hash(api_key: str) -> str:
    """How an API key is stored: its SHA-256; keys are long and random, so no salt or stretching is needed."""
    return hashlib.sha256(api_key.encode()).hexdigest()


class ExplainBody(Proposal, frozen=True, kw_only=True):
    """A proposal to route without sending anything."""

    operation: Literal["quote.create", "underwriting.submit", "policy.issue"] = "policy.issue"
    client_ref: str | None = None


class Service:
    """All use cases over one set of parts, with the worker that finishes what callers no longer wait for."""

    def __init__(self, parts: Parts) -> None:
        """Take the parts; `start` begins the background work."""
        self.parts = parts
        self.use_cases = use_cases()
        self.worker = Worker(parts, self.use_cases)
        self.events = Events(parts)
        self.reloading = Reloading(parts)
        self.readiness = Readiness(parts)
        duties = (
            Duty("steering", STEERING_EVERY_S, lambda: steering.refresh(parts)),
            Duty("volumes", VOLUMES_EVERY_S, lambda: volumes.refresh(parts)),
            Duty("catalogue", CATALOGUE_EVERY_S, self.reloading.look),
        )
        self.watch = Watch(parts.world, duties)
        self._callers: dict[str, tuple[Caller | None, float]] = {}

    async def write(self, operation: str, caller: Caller, body: Any, idem_key: str | None) -> Answer:
        """A write under an idempotency key. Raises HubError."""
        if operation == "quote.create":
            return await _reachable(submit_quote(self.parts, caller, body, idem_key))
        if operation == answer.NAME:
            return await _reachable(answer.give(self.parts, self.use_cases, caller, body, idem_key))
        if operation == BATCH:
            issue = self.use_cases["policy.issue"]
            return await _reachable(issue_batch(self.parts, issue, caller, body, idem_key))
        return await _reachable(submit(self.parts, self.use_cases[operation], caller, body, idem_key))

    async def read(self, operation: str, caller: Caller, body: Any) -> Answer:
        """A read. Raises HubError."""
        must_be_sound(self.parts, body)
        return await _reachable(_READS[operation](self.parts, caller, body))

    async def told(self, name: str, caller: Caller, body: Any) -> Answer:
        """What the client is told of, and where: its webhook endpoints and its events. Raises HubError."""
        return await self.events.ask(name, caller, body)

    async def list_policies(
        self,
        caller: Caller,
        *,
        client_ref: str | None = None,
        number: str | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Answer:
        """A page of the client's policies."""
        return await _reachable(
            queries.list_policies(self.parts, caller, client_ref=client_ref, number=number, after=after, limit=limit)
        )

    async def products(self, _caller: Caller, lob: str | None = None) -> Answer:
        """All products, or those of one line of business."""
        found = [p for p in self.parts.catalogue.snapshot.products.values() if lob in (None, p.lob)]
        return done(200, {"products": [product_view(product) for product in found]})

    async def product(self, _caller: Caller, code: str) -> Answer:
        """One product by `code@version`."""
        return done(200, product_view(product_of(self.parts, code)))

    async def product_schema(self, _caller: Caller, code: str) -> Answer:
        """The product's form as JSON Schema."""
        return done(200, product_form(product_of(self.parts, code)))

    async def operation(self, caller: Caller, operation_id: str) -> Answer:
        """An operation as it stands: its final answer once it has one."""
        op = await _reachable(get_operation(self.parts, caller, operation_id))
        if op.operation == BATCH:
            return done(200, await _reachable(view_of_batch(self.parts, op)), op.answer_location)
        return await self._view(op)

    async def _view(self, op: OperationRecord) -> Answer:
        over = op.state in TERMINAL
        orphans = await _reachable(self.parts.journal.orphans(operation_id=op.operation_id)) if over else []
        return done(200, operation_view(op, orphans), op.answer_location)

    async def evidence(self, _caller: Caller, operation_id: str) -> Answer:
        """All that is known of any client's operation, personal values hidden: for operators."""
        op = await _reachable(review.known(self.parts.journal, operation_id))
        return done(200, await _reachable(evidence_of(self.parts.journal, op, self.parts.vault)))

    async def resolve(self, caller: Caller, body: review.ResolutionBody) -> Answer:
        """A person ends an operation that waits for one: for operators."""
        return await self._view(await _reachable(review.resolve(self.parts, self.use_cases, caller.client, body)))

    async def decide_orphan(self, caller: Caller, body: orphan_review.OrphanBody) -> Answer:
        """A person adopts or voids what came after the operation had ended as not done: for operators."""
        op = await _reachable(orphan_review.decide(self.parts, self.use_cases, caller.client, body))
        return await self._view(op)

    async def channels(self, _caller: Caller) -> Answer:
        """Every channel: whom it reaches, what it offers, how it is doing."""
        router = self.parts.router
        rows = await _reachable(self.parts.journal.steering())
        held = {row.name: steering.shown(row) for row in rows if row.kind == steering.CHANNEL and row.value}
        listed = []
        for name, channel in self.parts.catalogue.snapshot.channels.items():
            running = self.parts.channels.get(name)
            carrier = running.adapter.carrier if running else None
            listed.append(
                {
                    "channel": name,
                    "insurer": channel.insurer,
                    "state": channel.state,
                    "held": held.get(name),
                    "configured": running is not None,
                    "operations": sorted(carrier.operations) if carrier else [],
                    "unsupported": dict(carrier.unsupported) if carrier else {},
                    "health": {group: router.health_view(name, group) for group in ("quote", "write", "service")},
                }
            )
        pins = [steering.shown(row) for row in rows if row.kind == steering.PRODUCT and row.value]
        return done(200, {"channels": listed, "pins": pins})

    async def hold(self, caller: Caller, body: steering.HoldBody) -> Answer:
        """A person drains, disables or enables a channel: for operators."""
        return done(200, await _reachable(steering.hold(self.parts, caller.client, body)))

    async def pin(self, caller: Caller, body: steering.PinBody) -> Answer:
        """A person pins a product to a channel, or no longer: for operators."""
        return done(200, await _reachable(steering.pin(self.parts, caller.client, body)))

    async def reload(self, caller: Caller, body: ReloadBody) -> Answer:
        """A person has the catalogue's files read now: for operators."""
        return done(200, await _reachable(self.reloading.ask(caller.client, body)))

    async def scorecard(self, _caller: Caller, channel: str, hours: int) -> Answer:
        """How a channel did within the last hours."""
        journal, snapshot = self.parts.journal, self.parts.catalogue.snapshot
        return done(200, await _reachable(scorecard(journal, snapshot, channel, self.parts.world.now(), hours)))

    async def explain(self, _caller: Caller, body: ExplainBody) -> Answer:
        """Which channel a proposal would go to now, completed as an order is, and why; nothing is sent or moved."""
        must_be_sound(self.parts, body)
        now = self.parts.world.now()
        asked = completed(product_of(self.parts, body.product), body, now)
        decision = self.parts.router.decide(route_for(body.operation, asked, now), dry=True)
        return done(200, decision)

    async def decision(self, caller: Caller, decision_id: str) -> Answer:
        """A recorded routing decision of the client."""
        record = await _reachable(self.parts.journal.decision(decision_id))
        if record is None or record.client != caller.client:
            raise NotFound(f"there is no decision {decision_id}")
        return Answer(status=200, body=record.body)

    async def callback(self, channel: str, name: str, inbound: Inbound) -> Answer:
        """A carrier's callback; the answer is the carrier's own format."""
        return await _reachable(receive(self.parts, self.use_cases, channel, name, inbound))

    async def caller_for(self, api_key: str) -> Caller:
        """Who an API key is; a key revoked is refused within a second, everywhere. Raises Unauthorized."""
        hashed, now_s = key_hash(api_key), self.parts.world.monotonic()
        caller, until_s = self._callers.get(hashed, (None, 0.0))
        if caller is not None and now_s < until_s:
            return caller
        caller = await self._known_caller(hashed)
        if len(self._callers) >= CALLERS_MAX:
            self._callers.clear()
        self._callers[hashed] = (caller, now_s + CALLER_KEPT_S)
        return caller

    async def _known_caller(self, hashed: str) -> Caller:
        record = await _reachable(self.parts.journal.client_by_key(hashed))
        if record is None or record.revoked_at is not None:
            raise Unauthorized("the API key is not known, or was revoked")
        return Caller(client=record.client, scopes=frozenset(record.scopes.split()))

    def must_have(self, caller: Caller, scope: str) -> None:
        """Raises Forbidden when the caller's key lacks a scope."""
        if scope not in caller.scopes:
            raise Forbidden(f"this needs the scope '{scope}'")

    async def ready(self) -> Mapping[str, str]:
        """What must work for new operations; raises Unavailable."""
        await _reachable(self.readiness.must_write())
        if not self.worker.can_write:
            raise Unavailable("the journal can be read and not written: it is locked, or its disk is full")
        number, refused = self.parts.catalogue.snapshot.number, self.reloading.refused
        # It serves on by what is in force, and whoever looks should see that somebody's change is not.
        aside = f"; its files changed and are not in force, errors: {refused}" if refused else ""
        return {"journal": "ok", "catalogue": f"{number}{aside}"}

    async def drain(self, wait_s: float) -> None:
        """Wait for operations under way; what is left is recovered at the next start."""
        if self.parts.running:
            await asyncio.wait(self.parts.running, timeout=wait_s)


async def _reachable(work: Awaitable[T]) -> T:
    """What needs the journal; a journal that cannot be reached is a 503 to whoever asked, never an error of ours."""
    try:
        return await work
    except JournalUnavailable as down:
        raise Unavailable(str(down)) from None


async def add_client(journal: Journal, world: World, client: str, scopes: tuple[str, ...] = SCOPES) -> str:
    """Make an API key for a client; the key is shown once and stored hashed."""
    api_key = f"ih_{secrets.token_urlsafe(32)}"
    record = ClientRecord(key_hash=key_hash(api_key), client=client, scopes=" ".join(scopes), created_at=world.now())
    await journal.write(PutClient(record))
    return api_key
