"""A standard insurer in memory and a client of its HTTP interface, for every test of the room."""

from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from typing import Any

import httpx
import msgspec
import pytest
from msgspec import Struct

from gateway.api import Metrics, Settings, create_app
from gateway.api.logs import request_log
from gateway.api.row import Row
from gateway.errors import KeyMissing, NotFound, Unauthorized
from gateway.model import OperationState, OperationView
from gateway.model.operations import OPERATIONS
from gateway.service.answers import Answer, done
from gateway.service.parts import Caller
from gateway.wire.contract import Inbound

SCOPES = ("quote", "issue", "service", "claim", "read", "route", "events", "operate")
KEY = "key-of-everything"
_AT = "2025-07-02T10:30:00+08:00"
_MADE: Mapping[str, Any] = {
    "quote.create": {"quotes": [], "decision_id": "rd_1"},
    "underwriting.submit": {"application_id": "app_1", "product": "freight-return@3", "status": "accepted"},
    "policy.issue": {"policy_id": "pol_1", "product": "freight-return@3", "status": "in_force"},
    "policy.issue_batch": {"operation_id": "op_1", "client_ref": "batch-1", "items": [{"client_ref": "order-1"}]},
    "policy.document": {"policy_id": "pol_1"},
    "endorsement.quote": {"quote_id": "enq_1", "policy_id": "pol_1", "kind": "contact_change", "effective_at": _AT},
    "endorsement.submit": {
        "endorsement_id": "end_1",
        "policy_id": "pol_1",
        "kind": "contact_change",
        "status": "effective",
    },
    "cancellation.quote": {"policy_id": "pol_1", "kind": "pro_rata", "effective_at": _AT},
    "cancellation.submit": {"endorsement_id": "end_1", "policy_id": "pol_1", "kind": "pro_rata", "phase": "confirmed"},
    "claim.report": {"claim_id": "clm_1", "policy_id": "pol_1", "process": "reported"},
}
_SAME = {"underwriting.get": "underwriting.submit", "policy.get": "policy.issue"}
_PRODUCT = {
    "product": "freight-return@3", "name": {"en": "Return freight"}, "lob": "freight", "kind": "individual", "plans": {},
    "period": {}, "free_look": None, "schema": "/v1/products/freight-return@3/schema",
}  # fmt: skip
_SET = {"by": "Wang Li", "at": _AT, "reason": "the insurer asked for it"}
_DECISION = {
    "decision_id": "rd_1", "operation": "policy.issue", "product": "freight-return@3", "at": _AT, "catalogue": 1,
    "rate_mode": "even", "preset": "balanced", "candidates": [], "chosen": None, "picked_by": "nobody",
    "sentence": "No channel sells this now.",
}  # fmt: skip


class FakeInsurer:
    """Answers every call with the least that its view needs, and remembers what it was asked.

    `error` is raised, or `answer` given, instead of the usual answer.
    """

    def __init__(self) -> None:
        self.keys: dict[str, Caller] = {KEY: Caller(client="shop", scopes=frozenset(SCOPES))}
        self.calls: list[tuple[str, Caller | None, Any, str | None]] = []
        self.error: Exception | None = None
        self.answer: Answer | None = None

    def _asked(self, name: str, caller: Caller | None, body: Any, key: str | None = None) -> None:
        self.calls.append((name, caller, body, key))
        if self.error is not None:
            raise self.error

    async def caller_for(self, api_key: str) -> Caller:
        if api_key not in self.keys:
            raise Unauthorized("the API key is not known, or was revoked")
        return self.keys[api_key]

    async def write(self, operation: str, caller: Caller, body: Struct, idem_key: str | None) -> Answer:
        self._asked(operation, caller, body, idem_key)
        if not idem_key or len(idem_key) > 64:
            raise KeyMissing("send a header Idempotency-Key of 1 to 64 characters")
        if self.answer is not None:
            return self.answer
        if operation == "underwriting.answer":  # gives what the operation it goes on with makes
            operation = "policy.issue"
        step = operation.startswith("claim.") and operation != "claim.report"
        made = _MADE["claim.report" if step else operation]
        return done(
            200 if step or operation == "policy.issue_batch" else 201, msgspec.convert(made, OPERATIONS[operation].view)
        )

    async def read(self, operation: str, caller: Caller, body: Struct) -> Answer:
        self._asked(operation, caller, body)
        made = _MADE["claim.report" if operation == "claim.get" else _SAME.get(operation, operation)]
        return self.answer or done(200, msgspec.convert(made, OPERATIONS[operation].view))

    async def list_policies(self, caller: Caller, **wanted: Any) -> Answer:
        self._asked("policy.list", caller, wanted)
        return done(200, {"policies": [_MADE["policy.issue"]]})

    async def products(self, caller: Caller, lob: str | None) -> Answer:
        self._asked("product.list", caller, lob)
        return done(200, {"products": [_PRODUCT]})

    async def product(self, caller: Caller, code: str) -> Answer:
        self._asked("product.get", caller, code)
        return done(200, _PRODUCT)

    async def product_schema(self, caller: Caller, code: str) -> Answer:
        self._asked("product.schema", caller, code)
        return done(200, {"type": "object"})

    async def operation(self, caller: Caller, operation_id: str) -> Answer:
        self._asked("operation.get", caller, operation_id)
        view = OperationView(operation_id=operation_id, operation="policy.issue", state=OperationState.pending)
        return done(200, view)

    async def evidence(self, caller: Caller, operation_id: str) -> Answer:
        self._asked("operation.evidence", caller, operation_id)
        return done(200, {"operation": {}, "clocks": {}, "tried": "nothing was sent", "request": None})

    async def resolve(self, caller: Caller, body: Any) -> Answer:
        self._asked("operation.resolve", caller, body)
        view = OperationView(operation_id=body.operation_id, operation="policy.issue", state=OperationState.succeeded)
        return done(200, view)

    async def told(self, name: str, caller: Caller, body: Any) -> Answer:
        self._asked(name, caller, body)
        endpoint = {"endpoint_id": "whe_1", "url": "https://shop.example/", "created_at": _AT, "updated_at": _AT}
        made = {"webhook.list": {"endpoints": [endpoint]}, "event.list": {"events": [], "next": "0"}}
        made["webhook.ping"] = {"delivered": True, "status": 204}
        return done(201 if name == "webhook.add" else 200, made.get(name, endpoint))

    async def decide_orphan(self, caller: Caller, body: Any) -> Answer:
        self._asked("operation.orphan", caller, body)
        view = OperationView(operation_id=body.operation_id, operation="policy.issue", state=OperationState.failed)
        return done(200, view)

    async def channels(self, caller: Caller) -> Answer:
        self._asked("channel.list", caller, None)
        return done(200, {"channels": []})

    async def hold(self, caller: Caller, body: Any) -> Answer:
        self._asked("channel.hold", caller, body)
        return done(200, {**_SET, "kind": "channel", "name": body.channel, "value": "drained"})

    async def pin(self, caller: Caller, body: Any) -> Answer:
        self._asked("routing.pin", caller, body)
        return done(200, {**_SET, "kind": "product", "name": body.product, "value": body.channel})

    async def reload(self, caller: Caller, body: Any) -> Answer:
        self._asked("routing.reload", caller, body)
        return done(200, {"number": 2, "is_new": True, "warnings": []})

    async def scorecard(self, caller: Caller, channel: str, hours: int) -> Answer:
        self._asked("channel.scorecard", caller, (channel, hours))
        rates = dict.fromkeys(("quote_rate", "bind_rate", "decline_rate", "unknown_rate", "p50_ms", "p95_ms"))
        counted = {"since": _AT, "hours": hours, "calls": 0, "outcomes": {}, "products": {}}
        return done(200, {"channel": channel, **rates, **counted})

    async def explain(self, caller: Caller, body: Any) -> Answer:
        self._asked("routing.explain", caller, body)
        return done(200, _DECISION)

    async def decision(self, caller: Caller, decision_id: str) -> Answer:
        self._asked("routing.decision", caller, decision_id)
        return done(200, _DECISION)

    async def callback(self, channel: str, name: str, inbound: Inbound) -> Answer:
        self._asked("callback", None, (channel, name, inbound))
        if channel != "lotus-a":
            raise NotFound("no carrier of ours calls here")
        return Answer(status=200, body=b"<ok/>", content_type="application/xml; charset=GBK")

    async def ready(self) -> Mapping[str, str]:
        self._asked("ready", None, None)
        return {"journal": "ok"}


class Shop:
    """A client of the interface with a key that allows everything; its log can be read back."""

    def __init__(self, insurer: FakeInsurer, settings: Settings | None = None, **parts: Any) -> None:
        self.insurer = insurer
        self.written = BytesIO()
        self.metrics = Metrics()
        self.app = create_app(insurer, settings, metrics=self.metrics, log=request_log(self.written), **parts)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=True),
            base_url="http://gateway",
            headers={"Authorization": f"Bearer {KEY}"},
        )

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.http.get(path, **options)

    async def post(self, path: str, body: Any = None, *, key: str | None = "k1", **headers: str) -> httpx.Response:
        """POST bytes as they are, anything else as JSON."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            named["Idempotency-Key"] = key
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return await self.http.post(path, content=content, headers={"Content-Type": "application/json", **named})

    async def send(self, row: Row) -> httpx.Response:
        """The request a row describes, with its example."""
        path = path_of(row)
        if row.method == "DELETE":
            return await self.http.delete(path)
        return await (self.get(path) if row.method == "GET" else self.post(path, row.example))

    def log(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(line) for line in self.written.getvalue().splitlines()]


def path_of(row: Row) -> str:
    """A row's path with its placeholders filled."""
    values = {"product": "freight-return@3", "kind": "policy"}
    path = row.path
    for name in row.path_fields:
        path = path.replace(f"{{{name}}}", values.get(name, f"{name}_1"))
    return path


@pytest.fixture
def insurer() -> FakeInsurer:
    return FakeInsurer()


@pytest.fixture
async def shop(insurer: FakeInsurer) -> AsyncIterator[Shop]:
    made = Shop(insurer)
    async with made.http:
        yield made


@pytest.fixture
def open_shop() -> type[Shop]:
    return Shop
