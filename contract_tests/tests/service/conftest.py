"""A gateway over scripted carriers: real service, routing, channel and journal; only the carrier is a script."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import httpx
import msgspec
import pytest

from gateway.catalogue.load import Catalogue, load
from gateway.channel import Channel, ChannelSettings
from gateway.journal.memory import MemoryJournal
from gateway.journal.sqlite import SqliteJournal
from gateway.journal.vault import Vault
from gateway.model import (
    Number,
    NumberKind,
    PaymentLink,
    PolicyGetResult,
    PolicyIssueBatchResult,
    PolicyIssueBody,
    PolicyIssueResult,
    PolicyStatus,
    Premium,
    QuoteCreateResult,
)
from gateway.model.examples import example_proposal
from gateway.model.money import Money
from gateway.model.operations import OPERATIONS
from gateway.model.outcome import Outcome, OutcomeKind
from gateway.ports import FrozenWorld
from gateway.routing.router import Router
from gateway.service.events.outbox import with_events
from gateway.service.events.subscriptions import Subscriptions
from gateway.service.gateway import Service
from gateway.service.parts import Caller, Parts
from gateway.wire.contract import (
    Callback,
    Carrier,
    Idempotency,
    Inbound,
    Inquiry,
    Notice,
    Operation,
    Reply,
    Step,
    WireReply,
    WireRequest,
    safety_class,
)
from gateway.wire.errors import CannotSend

NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)

CHANNELS = """
first_main: { carrier: first, insurer: first_pc, via: direct, regions: [CN], state: active }
second_main: { carrier: second, insurer: second_pc, via: direct, regions: [CN], state: active }
"""

PRODUCT = """
format: product/1
product: { code: travel-accident, version: 1, lob: accident, name: Travel accident, kind: individual }
plans: { standard: { coverages: [{ code: ACCIDENT_DEATH, sum_insured: { amount: 1000000, currency: CNY } }] } }
form: { type: object }
period: { rule: next_day_zero, days: 10 }
free_look: { start: issue, days: 15 }
routing: { preset: default, rate: off, sticky: none, reroute_on_decline: false }
channels:
  first_main: { mode: weighted, weight: 60, binding: { product_code: A } }
  second_main: { mode: weighted, weight: 40, binding: { product_code: B } }
"""


def _result(name: str, wire: dict):
    numbers = tuple(Number(kind=NumberKind(kind), no=no) for kind, no in wire.get("numbers", {}).items())
    if name == "quote.create":
        premium = {"gross": {"amount": wire["premium"], "currency": "CNY"}} if "premium" in wire else None
        return msgspec.convert(
            {"status": "quoted", "premium": premium, "numbers": msgspec.to_builtins(numbers)}, QuoteCreateResult
        )
    cls = {"policy.issue": PolicyIssueResult, "policy.get": PolicyGetResult}.get(name) or OPERATIONS[name].result
    more = {"status": PolicyStatus(wire["status"])} if "status" in wire else {}
    if name == "policy.issue" and "premium" in wire:
        more["premium"] = Premium(gross=Money(amount=wire["premium"], currency="CNY"))
    if "pay_at" in wire:
        more["payment_links"] = (PaymentLink(url=wire["pay_at"]),)
    return cls(numbers=numbers, **more)


def _notice(inbound, _context):
    wire = json.loads(inbound.body)
    outcome = Outcome(kind=OutcomeKind(wire["outcome"]), code=wire.get("code"))
    return Notice(
        matched=True,
        genuine=wire.get("sign") == "ok",
        event_id=wire.get("event"),
        correlate=wire["of"],
        reply=Reply(outcome=outcome, result=_result("policy.issue", wire)),
    )


class ScriptedAdapter:
    """A carrier whose wire is `{"op", "request_no"}` out and `{"outcome", "request_no", "numbers"}` back.

    A batch has `items` as well: the references out, what became of each back.
    """

    def __init__(
        self,
        carrier: str,
        idempotency: Idempotency,
        inquiry: Inquiry | None,
        steps: tuple[str, ...],
        needs,
        batch_max=None,
    ):
        self.carrier = Carrier(
            id=carrier,
            name=carrier,
            version="1",
            mapping_sha256="0" * 64,
            operations=dict.fromkeys(OPERATIONS, ("x",)),
            batch_max=batch_max,
        )
        self.version = "1+000000000000"
        self._idempotency, self._inquiry, self._steps, self._needs = idempotency, inquiry, steps, needs

    def callback(self, name):
        """`{"request_no" or numbers, "outcome", "event", "sign"}`: genuine when its sign is `ok`."""
        return Callback(name=name, operation=name, read=_notice, answer=lambda _notice, _context: WireReply(status=200))

    def supports(self, _name):
        return True

    def variant(self, name, _variant):
        return self.operation(name, None, None)

    def operation(self, name, _request, _context):
        spec = OPERATIONS[name]
        own = name in ("policy.issue", "policy.issue_batch")
        idempotency, inquiry = (self._idempotency, self._inquiry) if own else (Idempotency(), None)
        safety = safety_class(is_read=spec.is_read, idempotency=idempotency, inquiry=inquiry)
        names = self._steps if name == "policy.issue" else ("only",)
        steps = tuple(self._step(name, each, safety) for each in names)
        return Operation(
            carrier=self.carrier.id, name=name, steps=steps, idempotency=idempotency, inquiry=inquiry, safety=safety
        )

    def _step(self, name, step, safety):
        def build(request, context):
            body = {"op": name, "step": step, "request_no": context.request_no, "seen": sorted(context.steps)}
            if name == "policy.issue_batch":
                if any("\u2603" in item.request.policyholder.name for item in request.items):
                    raise CannotSend("a snowman", path="policyholder.name")
                body["items"] = [item.ref for item in request.items]
                return WireRequest(method="POST", url=f"http://{self.carrier.id}.test/", body=json.dumps(body).encode())
            if "\u2603" in str(getattr(getattr(request, "policyholder", None), "name", "")):
                raise CannotSend("a snowman", path="policyholder.name")
            body["numbers"] = [number.no for number in request.numbers]
            given = getattr(request, "answers", ())
            body["answers"] = {each.question: each.value for each in reversed(given)}
            return WireRequest(method="POST", url=f"http://{self.carrier.id}.test/", body=json.dumps(body).encode())

        def parse(raw, _request, context):
            try:
                wire = json.loads(raw.body)
                kind = OutcomeKind(wire["outcome"])
            except (ValueError, KeyError):
                return Reply(outcome=Outcome(kind=OutcomeKind.unknown, code="carrier.unreadable"))
            if wire.get("request_no") != context.request_no:
                return Reply(outcome=Outcome(kind=OutcomeKind.unknown, code="carrier.echo"))
            outcome = Outcome(
                kind=kind,
                code=wire.get("code"),
                text=wire.get("text"),
                every_s=wire.get("every"),
                then=wire.get("then"),
            )
            if name == "policy.issue_batch":
                return Reply(outcome=outcome, result=msgspec.convert(wire["result"], PolicyIssueBatchResult), wire=wire)
            return Reply(outcome=outcome, result=_result(name, wire), wire=wire)

        needs = self._needs.get(step) if name == "policy.issue" else None
        return Step(name=step, operation=name, safety=safety, build=build, parse=parse, needs=needs)


class ScriptedCarrier:
    """Answers from a script and keeps a ledger; `commit` in a script line issues before the reply is given."""

    def __init__(self, name: str):
        self.name = name
        self.script: list = []
        self.requests: list[dict] = []
        self.ledger: dict[str, str] = {}
        self.knows_after_s = 0.0
        self.has_booked = False

    def plan(self, *lines):
        self.script += lines
        return self

    async def __call__(self, http: httpx.Request) -> httpx.Response:
        wire = json.loads(http.content)
        self.requests.append({**wire, "raw": http.content, "deadline_s": http.extensions.get("deadline_s")})
        if wire["op"] == "policy.get":
            return self._inquiry(wire)
        line = self.script.pop(0) if self.script else "ok"
        return await self._play(line, wire)

    def _inquiry(self, wire):
        if self.script and isinstance(self.script[0], tuple) and self.script[0][0] == "inquiry":
            return self._reply(wire, **self.script.pop(0)[1])
        number = self.ledger.get(wire["request_no"])
        if number is None and self.has_booked:
            return self._reply(wire, outcome="pending")
        if number is None:
            return self._reply(wire, outcome="declined", code="policy.not_found")
        return self._reply(wire, outcome="accepted", numbers={"policy": number})

    async def _play(self, line, wire):
        if callable(line):
            return await line(self, wire)
        words = line.split() if isinstance(line, str) else line
        if "commit" in words or words == ["ok"]:
            for request_no in wire.get("items", [wire["request_no"]]):
                self.issue(request_no)
        match words[-1]:
            case "ok" if "items" in wire:
                return self.answers(wire, dict.fromkeys(wire["items"], "accepted"))
            case "ok":
                return self._reply(wire, outcome="accepted", numbers={"policy": self.ledger[wire["request_no"]]})
            case "reset":
                raise httpx.ReadError("reset")
            case "refuse":
                raise httpx.ConnectError("refused")
            case "502":
                return httpx.Response(502, content=b"<html>Bad Gateway</html>")
            case "swapped":
                return self._reply({"request_no": "ANOTHER"}, outcome="accepted", numbers={"policy": "P-OTHER"})
            case "stranger":
                return self._reply(wire, outcome="accepted", numbers={"policy": "P-TAKEN"})
            case "numberless":
                return self._reply(wire, outcome="accepted")
            case "wrong":
                said = {"code": "underwriting.answer_wrong", "text": "the code is wrong"}
                return self._reply(wire, outcome="pending", then="answer", **said)
            case word:
                said = {"result": {}} if "items" in wire else {}
                return self._reply(wire, outcome=word, code=f"carrier.{word}", text=f"we say {word}", **said)

    def answers(self, wire, items):
        """The reply to a batch: what became of each reference that is named."""
        told = []
        for ref, code in items.items():
            item = {"ref": ref, "result": {"code": code}}
            if code == "accepted":
                item["policy"] = {"numbers": [{"kind": "policy", "no": self.ledger[ref]}]}
            if code == "declined":
                item["result"] |= {"reason": "underwriting.age", "text": "too old"}
            told.append(item)
        return self._reply(wire, outcome="accepted", result={"items": told})

    def issue(self, request_no):
        self.ledger.setdefault(request_no, f"P-{self.name}-{len(self.ledger) + 1}")

    def _reply(self, wire, **fields):
        return httpx.Response(200, content=json.dumps({"request_no": wire["request_no"], **fields}).encode())


@pytest.fixture
def world():
    return FrozenWorld(NOW, seed=7)


@pytest.fixture
def carriers():
    return SimpleNamespace(first=ScriptedCarrier("first"), second=ScriptedCarrier("second"))


@pytest.fixture
async def make(tmp_path, world, carriers):
    """Compose a gateway; `kind` declares what both carriers do with duplicates."""
    (tmp_path / "mappings" / "products").mkdir(parents=True)
    (tmp_path / "mappings" / "channels.yaml").write_text(CHANNELS)
    started = []

    async def handle(request):
        return await getattr(carriers, request.url.host.partition(".")[0])(request)

    async def compose(
        kind="reject_duplicate",
        *,
        lag_s=30.0,
        final_s=60.0,
        steps=("only",),
        journal=None,
        product=PRODUCT,
        ttl_s=None,
        needs=None,
        batch_max=None,
        receiver=None,
        **more,
    ):
        (tmp_path / "mappings" / "products" / "travel-accident.yaml").write_text(product)
        snapshot, found = load(tmp_path / "mappings", ("first", "second"))
        assert snapshot is not None, "\n".join(map(str, found))
        inquiry = Inquiry(
            operation="policy.get", visibility_lag_s=lag_s, not_found_is_final_after_s=final_s, every_s=(5.0,)
        )
        idempotency = Idempotency(kind=kind, ttl_s=ttl_s)
        transport = httpx.MockTransport(handle)
        catalogue = Catalogue(snapshot, tmp_path / "mappings", ("first", "second"))
        router = Router(catalogue, world, {name: frozenset(OPERATIONS) for name in snapshot.channels})

        def learn(exchange, answer):
            family = OPERATIONS[exchange.step.operation].family
            router.observe(exchange.channel, family, answer.reply.outcome.kind, answer.wait_s)

        channels = {
            f"{name}_main": Channel(
                f"{name}_main",
                ScriptedAdapter(name, idempotency, None if kind == "none" else inquiry, steps, needs or {}, batch_max),
                ChannelSettings(),
                transport,
                world,
                (learn,),
            )
            for name in ("first", "second")
        }
        subscriptions = Subscriptions()
        store = with_events(journal or MemoryJournal(), subscriptions, world)
        await store.start()
        parts = Parts(
            journal=store,
            vault=Vault({"k": b"k" * 32}, "k"),
            world=world,
            catalogue=catalogue,
            router=router,
            channels=channels,
            owner="me",
            subscriptions=subscriptions,
            receivers=httpx.MockTransport(receiver) if receiver else None,
            **more,
        )
        service = Service(parts)
        started.append(service)
        return service

    yield compose
    for service in started:
        await service.drain(1)
        await service.parts.journal.close()


@pytest.fixture
def caller():
    return Caller(client="shop", scopes=frozenset({"issue", "quote", "read"}))


@pytest.fixture
def call_back():
    """A carrier's callback about the operation a request number names."""

    async def send(service, channel, request_no, outcome="accepted", *, name="policy.issue", sign="ok", **more):
        wire = {"of": {"request_no": request_no}, "outcome": outcome, "sign": sign, **more}
        inbound = Inbound(method="POST", target="/", body=json.dumps(wire).encode())
        return await service.callback(channel, name, inbound)

    return send


@pytest.fixture
def order():
    """The body of an issue; what differs between orders is the client's reference."""

    def body(client_ref="order-1", **fields):
        proposal = example_proposal()
        values = {name: getattr(proposal, name) for name in ("policyholder", "insureds")}
        given = {
            "client_ref": client_ref,
            "product": "travel-accident@1",
            "expected_premium": Money(amount=1000, currency="CNY"),
            **values,
            **fields,
        }
        return PolicyIssueBody(**given)

    return body


@pytest.fixture
async def sqlite_journal(tmp_path):
    return SqliteJournal(tmp_path / "journal.db")


@pytest.fixture
def pass_time(world):
    """Let time go by in small steps, the worker climbing its rungs."""

    async def go(service, seconds, step_s=1.0):
        for _ in range(int(seconds / step_s)):
            world.advance(step_s)
            await service.worker.round()

    return go


@pytest.fixture
def product_text():
    return PRODUCT
