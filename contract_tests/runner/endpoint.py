"""A carrier's callbacks at the gateway's own endpoint: its routes, its service and its journal, in memory."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
from msgspec.structs import replace

from contract_tests.examples.check import Run
from contract_tests.examples.frozen import STILL, nonces
from gateway.api.app import Settings, create_app
from gateway.catalogue.load import Catalogue
from gateway.catalogue.snapshot import Snapshot
from gateway.channel import Channel, ChannelSettings
from gateway.journal.changes import Move, Open, StartAttempt
from gateway.journal.memory import MemoryJournal
from gateway.journal.records import AttemptRecord, OperationRecord
from gateway.journal.vault import Vault
from gateway.model.operations import OPERATIONS
from gateway.model.states import OperationState
from gateway.ports import FrozenWorld
from gateway.routing.router import Router
from gateway.service.gateway import Service
from gateway.service.parts import Parts
from gateway.service.recovery.callbacks import apply_waiting
from gateway.wire.contract import Context, Inbound, Secret

CHANNEL, KEY = "contract", b"contract-test-key-of-32-bytes...."
_ADDRESS = re.compile("/callbacks/([a-z0-9_]{1,64})/")
_OPERATION, _ATTEMPT = "op_contract", "att_contract"


class _Still(Channel):
    """A channel whose acknowledgements bear the example's nonces."""

    nonce: Callable[[], Callable[[int], str]]

    def context(self, **known: Any) -> Context:
        """What the channel knows, each time with the nonces from the first one on."""
        return replace(super().context(**known), nonce=self.nonce())


class Endpoint:
    """A gateway with one channel, and at most one operation that waits for a carrier's word.

    It has no products and routes nothing: what a callback comes to needs neither.
    """

    def __init__(self, run: Run, operation: str) -> None:
        """`operation` is what the callback is about."""
        self.run, self.operation = run, operation
        example = run.example
        self.channel = channel_of(example.callback.inbound.target if example.callback is not None else "")
        self.world = FrozenWorld(example.freeze.now or STILL)
        secrets = {name: Secret(text) for name, text in example.secrets.items()}
        settings = ChannelSettings(config=example.config, secrets=secrets)
        transport = httpx.MockTransport(lambda _request: httpx.Response(503))
        channel = _Still(self.channel, run.subject.adapter, settings, transport, self.world)
        channel.nonce = lambda: nonces(example.freeze.nonce)
        catalogue = Catalogue(Snapshot(number=1, channels={}, products={}))
        self.journal = MemoryJournal()
        self.parts = Parts(
            journal=self.journal,
            vault=Vault({"contract": KEY[:32]}, "contract"),
            world=self.world,
            catalogue=catalogue,
            router=Router(catalogue, self.world, {}),
            channels={self.channel: channel},
            owner=self.channel,
        )
        self.service = Service(self.parts)
        app: Any = create_app(self.service, Settings(shows_docs=False, logs_requests=False), world=self.world)
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway")

    async def __aenter__(self) -> "Endpoint":
        """Nothing has to be opened."""
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def called(self, inbound: Inbound, name: str = "") -> httpx.Response:
        """The callback sent to the address that its carrier was given."""
        assert self.run.example.callback is not None
        path = f"/callbacks/{self.channel}/{name or self.run.example.callback.name}"
        query = inbound.target.partition("?")[2]
        headers = [(key, value.encode("latin-1", "replace")) for key, value in inbound.headers]
        kept = [(key.encode(), value) for key, value in headers if key.lower() not in ("host", "content-length")]
        url = f"{path}?{query}" if query else path
        request = self._client.build_request(inbound.method, url, headers=kept, content=inbound.body)
        return await self._client.send(request)

    # --- the operation it is about ---

    async def expects(self, number: str, *, state: OperationState = OperationState.pending) -> None:
        """An operation that was sent under a number of ours, and how it stands."""
        now = self.world.now()
        record = OperationRecord(
            operation_id=_OPERATION,
            client="shop",
            operation=self.operation,
            idem_key="contract",
            request_hash="0" * 64,
            state=state,
            request=msgspec.json.encode(request_of(self.run, self.operation)),
            channel=self.channel,
            adapter_version=self.run.subject.adapter.version,
            attempts=1,
            deadline_at=now,
            created_at=now,
            updated_at=now,
        )
        attempt = AttemptRecord(
            attempt_id=_ATTEMPT,
            operation_id=_OPERATION,
            step="",
            purpose="effect",
            number=1,
            channel=self.channel,
            request_no=number,
            adapter_version=self.run.subject.adapter.version,
            started_at=now,
        )
        await self.journal.write(Open(record), StartAttempt(attempt))

    async def row(self) -> OperationRecord | None:
        """How the operation stands."""
        return await self.journal.operation(_OPERATION)

    async def waits(self) -> None:
        """The carrier's own answer comes in: the operation waits from now on, and what came before it is looked at."""
        row = await self.row()
        assert row is not None
        await self.journal.write(Move(replace(row, state=OperationState.pending), row.state))
        await apply_waiting(self.parts, self.service.use_cases)


def channel_of(target: str) -> str:
    """The channel whose callback an example shows: a signature may cover the address it was sent to."""
    found = _ADDRESS.match(target)
    return found[1] if found is not None else CHANNEL


def request_of(run: Run, operation: str) -> Any:
    """A request of an operation, as an example of the carrier has it. Raises LookupError where none has."""
    kind = OPERATIONS[operation].request
    examples = (example for file in run.subject.files for example in file.examples)
    found = next((each.request for each in examples if type(each.request) is kind), None)
    if found is None:
        raise LookupError(f"no example of {operation}, which the callback is about")
    return found
