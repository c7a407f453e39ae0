"""What the HTTP interface asks of the service beneath it; the service has exactly these methods, and so has a fake."""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from gateway.service.answers import Answer
from gateway.service.gateway import ExplainBody
from gateway.service.operating.orphan_review import OrphanBody
from gateway.service.operating.reloading import ReloadBody
from gateway.service.operating.review import ResolutionBody
from gateway.service.operating.steering import HoldBody, PinBody
from gateway.service.parts import Caller
from gateway.wire.contract import Inbound


class StandardInsurer(Protocol):
    """All insurers as one; every method raises HubError for what it refuses."""

    async def caller_for(self, api_key: str, /) -> Caller:
        """Who an API key is."""

    async def write(self, operation: str, caller: Caller, body: Struct, idem_key: str | None, /) -> Answer:
        """A write under an idempotency key."""

    async def read(self, operation: str, caller: Caller, body: Struct, /) -> Answer:
        """A read."""

    async def list_policies(
        self, caller: Caller, /, *, client_ref: str | None, number: str | None, after: str | None, limit: int
    ) -> Answer:
        """A page of the client's policies."""

    async def products(self, caller: Caller, lob: str | None, /) -> Answer:
        """All products, or those of one line of business."""

    async def product(self, caller: Caller, code: str, /) -> Answer:
        """One product by `code@version`."""

    async def product_schema(self, caller: Caller, code: str, /) -> Answer:
        """A product's form as JSON Schema."""

    async def operation(self, caller: Caller, operation_id: str, /) -> Answer:
        """An operation as it stands."""

    async def evidence(self, caller: Caller, operation_id: str, /) -> Answer:
        """All that is known of any client's operation, for an operator."""

    async def resolve(self, caller: Caller, body: ResolutionBody, /) -> Answer:
        """A person's end of an operation that waits for one."""

    async def told(self, name: str, caller: Caller, body: Struct, /) -> Answer:
        """A request about what the client is told of: its webhook endpoints, its events."""

    async def decide_orphan(self, caller: Caller, body: OrphanBody, /) -> Answer:
        """A person's adopting or voiding of what came after an operation had ended."""

    async def channels(self, caller: Caller, /) -> Answer:
        """Every channel, what it offers and how it is doing."""

    async def hold(self, caller: Caller, body: HoldBody, /) -> Answer:
        """A person's draining, disabling or enabling of a channel."""

    async def pin(self, caller: Caller, body: PinBody, /) -> Answer:
        """A person's pinning of a product to a channel."""

    async def reload(self, caller: Caller, body: ReloadBody, /) -> Answer:
        """A person's wish to have the catalogue's files read now."""

    async def scorecard(self, caller: Caller, channel: str, hours: int, /) -> Answer:
        """How a channel did within the last hours."""

    async def explain(self, caller: Caller, body: ExplainBody, /) -> Answer:
        """Where a proposal would go now, and why."""

    async def decision(self, caller: Caller, decision_id: str, /) -> Answer:
        """A recorded routing decision."""

    async def callback(self, channel: str, name: str, inbound: Inbound, /) -> Answer:
        """A carrier's callback; the answer is the carrier's own format."""

    async def ready(self) -> Mapping[str, str]:
        """What must work for new operations."""
