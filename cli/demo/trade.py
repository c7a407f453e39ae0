"""A trade system: it knows one standard insurer, its HTTP API, and nothing behind it."""

import asyncio
import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from cli.demo.orders import Plan
from cli.demo.verdict import TERMINAL, Told

CONCURRENCY = 16
POLL_S = 0.5
PATIENCE_S = 100.0
REPEATS_ON_503 = 6
CLAIM_POLLS = 50


@dataclass
class Bought:
    """What became of one order, as its buyer saw it."""

    plan: Plan
    state: str = "created"
    operation_ids: list[str] = field(default_factory=list)
    decision_id: str | None = None
    policy: dict[str, Any] | None = None
    was_unknown: bool = False
    wait_s: float = 0.0
    problem: str | None = None
    claim: dict[str, Any] | None = None
    cancelled: bool = False
    was_read: bool = False

    def told(self) -> Told:
        """The same for the verdict."""
        policy = self.policy or {}
        number = next((n["no"] for n in policy.get("numbers", ()) if n["kind"] == "policy"), None)
        gross = policy.get("premium", {}).get("gross", {})
        return Told(
            client_ref=self.plan.client_ref,
            state=self.state,
            policy_no=number,
            channel=policy.get("channel"),
            premium=gross.get("amount"),
            cancelled=self.cancelled,
            claim_nos=_claim_numbers(self.claim),
        )

    @property
    def is_claim_decided(self) -> bool:
        """Whether the insurer has decided the claim."""
        return bool((self.claim or {}).get("decision", "undecided") != "undecided")


class TradeSystem:
    """Buys, reads, claims and cancels through the public API; every write bears a key of its own."""

    def __init__(self, http: httpx.AsyncClient, tick: Callable[[str], None]) -> None:
        """Take an HTTP client that is already authenticated; `tick(phase)` is told of each finished step."""
        self._http = http
        self._tick = tick
        self._room = asyncio.Semaphore(CONCURRENCY)
        self.operations = 0
        self.open_operations: set[str] = set()

    async def quote(self, plan: Plan) -> dict[str, Any]:
        """Prices of every eligible channel."""
        body = {**plan.proposal, "client_ref": plan.client_ref}
        answer = await self._write("/v1/quotes", body, f"{plan.client_ref}-q")
        return _document(answer)

    async def buy(self, plan: Plan) -> Bought:
        """Quote, take up what the routing recommends, perhaps through underwriting, and follow it to its end."""
        bought = Bought(plan)
        async with self._room:
            began = time.monotonic()
            await self._buy(plan, bought)
            bought.wait_s = time.monotonic() - began
        self._tick("issue")
        return bought

    async def _buy(self, plan: Plan, bought: Bought) -> None:
        for attempt in range(REPEATS_ON_503):
            quotes = await self.quote_again(plan, attempt)
            bought.decision_id = quotes.get("decision_id")
            chosen = next(
                (q for q in quotes.get("quotes", ()) if q["quote_id"] == quotes.get("recommended_quote_id")), None
            )
            if chosen is None:
                await asyncio.sleep(0.5)
                continue
            body = await self._taken_up(plan, chosen, attempt)
            answer = await self._write("/v1/policies", body, f"{plan.client_ref}-p{attempt}")
            answer = await self._follow(answer, bought)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                self._record(answer, bought)
                return
            await asyncio.sleep(0.5)
        bought.state, bought.problem = "failed", "no channel executed it"

    async def quote_again(self, plan: Plan, attempt: int) -> dict[str, Any]:
        """A new quote for a new try."""
        answer = await self._write("/v1/quotes", plan.proposal, f"{plan.client_ref}-q{attempt}")
        return _document(answer) if answer.status_code == httpx.codes.CREATED else {}

    async def _taken_up(self, plan: Plan, quote: dict[str, Any], attempt: int) -> dict[str, Any]:
        price = quote["premium"]["gross"]
        body = {"client_ref": plan.client_ref, "expected_premium": price, "receipt": receipt(price, plan.client_ref)}
        if not plan.underwrites:
            return {**body, "quote_id": quote["quote_id"]}
        answer = await self._write(
            "/v1/applications", {"quote_id": quote["quote_id"], **consent()}, f"{plan.client_ref}-u{attempt}"
        )
        application = _document(answer) if answer.status_code == httpx.codes.CREATED else {}
        if application.get("status") not in ("accepted", "accepted_conditional"):
            return {**body, "quote_id": quote["quote_id"]}
        return {**body, "application_id": application["application_id"]}

    async def _follow(self, answer: httpx.Response, bought: Bought) -> httpx.Response:
        """A 202 is followed on its operation until it is over; the same key then gives the final answer."""
        if answer.status_code != httpx.codes.ACCEPTED:
            return answer
        operation_id = answer.json()["operation_id"]
        bought.operation_ids.append(operation_id)
        state = await self._await_end(operation_id, bought)
        bought.state = state
        return await self._repeat(answer)

    async def settle(self) -> None:
        """Wait for what nobody followed: whatever is open after that is told as open."""
        nobody = Bought(Plan(client_ref="", canaries=(), product="", proposal={}))
        await asyncio.gather(*(self._await_end(each, nobody) for each in tuple(self.open_operations)))

    async def _await_end(self, operation_id: str, bought: Bought) -> str:
        until = time.monotonic() + PATIENCE_S
        state = "created"
        while time.monotonic() < until:
            state = (await self._http.get(f"/v1/operations/{operation_id}")).json()["state"]
            bought.was_unknown = bought.was_unknown or state in ("unknown", "resolving")
            if state in TERMINAL:
                self.open_operations.discard(operation_id)
                return str(state)
            await asyncio.sleep(POLL_S)
        return state

    def _record(self, answer: httpx.Response, bought: Bought) -> None:
        document = answer.json()
        if answer.status_code == httpx.codes.CREATED:
            bought.state, bought.policy = "succeeded", document
        elif bought.state not in TERMINAL:
            bought.state = "declined" if document.get("source") == "carrier" else bought.state
            bought.problem = document.get("detail")

    async def follow_claim(self, bought: Bought) -> None:
        """Report, submit with a document, and ask until it is decided."""
        assert bought.policy is not None
        ref = bought.plan.client_ref
        report = _claim_report(bought)
        async with self._room:
            answer = await self._follow(await self._write("/v1/claims", report, f"{ref}-c"), Bought(bought.plan))
            if answer.status_code == httpx.codes.CREATED:
                bought.claim = answer.json()
                await self._submit_claim(bought)
        self._tick("claims")

    async def _submit_claim(self, bought: Bought) -> None:
        assert bought.claim is not None
        claim_id = bought.claim["claim_id"]
        body = {
            "documents": [_waybill()],
            "account": {
                "holder": bought.plan.proposal["policyholder"]["name"],
                "bank": "ICBC",
                "number": "6200000000000000001",
            },
        }
        answer = await self._write(f"/v1/claims/{claim_id}/submission", body, f"{bought.plan.client_ref}-cs")
        answer = await self._follow(answer, Bought(bought.plan))
        if answer.status_code == httpx.codes.OK:
            bought.claim = answer.json()
        for _ in range(CLAIM_POLLS):
            if bought.is_claim_decided:
                return
            bought.claim = (await self._http.get(f"/v1/claims/{claim_id}", params={"refresh": "true"})).json()
            await asyncio.sleep(0.2)

    async def cancel(self, bought: Bought) -> None:
        """Give the policy back within its free-look period."""
        assert bought.policy is not None
        body = {
            "policy": {"policy_id": bought.policy["policy_id"]},
            "kind": "free_look",
            "effective_at": _next_hour().isoformat(),
            "requestor": "policyholder",
            "reason": "changed plans",
        }
        async with self._room:
            quote = {name: body[name] for name in ("policy", "kind", "effective_at")}
            await self._http.post("/v1/cancellation-quotes", json=quote)
            answer = await self._write("/v1/cancellations", body, f"{bought.plan.client_ref}-x")
            answer = await self._follow(answer, Bought(bought.plan))
            bought.cancelled = answer.status_code == httpx.codes.CREATED and answer.json()["phase"] == "confirmed"
            if not bought.cancelled:
                bought.problem = answer.json().get("detail")
        self._tick("cancellations")

    async def read(self, bought: Bought) -> None:
        """Read the policy by the carrier's number, and download its document."""
        assert bought.policy is not None
        told = bought.told()
        found = (await self._http.get("/v1/policies", params={"number": told.policy_no or ""})).json()["policies"]
        document = await self._http.get(f"/v1/policies/{bought.policy['policy_id']}/documents/policy")
        self._tick("reads")
        same = [policy["policy_id"] for policy in found] == [bought.policy["policy_id"]]
        bought.was_read = same and document.status_code == httpx.codes.OK and bool(document.json()["documents"])

    async def _write(self, path: str, body: dict[str, Any], key: str) -> httpx.Response:
        self.operations += 1
        answer = await self._http.post(path, json=body, headers={"Idempotency-Key": key})
        if answer.status_code == httpx.codes.ACCEPTED:
            self.open_operations.add(answer.json()["operation_id"])
        return answer

    async def _repeat(self, answer: httpx.Response) -> httpx.Response:
        """The same request with the same key again: it always answers for the same operation."""
        request = answer.request
        again = self._http.build_request("POST", request.url, content=request.content, headers=request.headers)
        return await self._http.send(again)


def _claim_numbers(claim: dict[str, Any] | None) -> tuple[str, ...]:
    """Every number a claim bears, ours for it left aside."""
    told = claim or {}
    numbers = [told.get("report_no"), told.get("case_no"), *(each["no"] for each in told.get("numbers", ()))]
    return tuple(dict.fromkeys(number for number in numbers if number))


def receipt(price: dict[str, Any], ref: str) -> dict[str, Any]:
    """Proof that the platform collected the premium."""
    return {
        "amount": price,
        "paid_at": datetime.now(UTC).isoformat(),
        "method": "wechat_pay",
        "collected_by": "platform",
        "payment_ref": f"PAY{ref.replace('-', '')}",
    }


def consent() -> dict[str, Any]:
    """What the buyer was shown and agreed to."""
    now = datetime.now(UTC).isoformat()
    return {
        "disclosures": [{"doc": "terms", "version": "2026-01", "accepted_at": now}],
        "consents": [{"text_version": "2026-01", "at": now}],
    }


def _next_hour() -> datetime:
    """The next full hour: some insurers end cover at hours only."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _waybill() -> dict[str, Any]:
    """The waybill of the returned parcel, as a picture would be."""
    content = b"%PDF-1.4 sample waybill"
    return {
        "kind": "waybill",
        "name": "waybill.pdf",
        "mime": "application/pdf",
        "content": base64.b64encode(content).decode(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "url": "https://trade.example/waybill.pdf",
    }


def _claim_report(bought: Bought) -> dict[str, Any]:
    assert bought.policy is not None
    proposal = bought.plan.proposal
    currency = bought.policy["premium"]["gross"]["currency"]
    return {
        "policy": {"policy_id": bought.policy["policy_id"]},
        "client_ref": f"{bought.plan.client_ref}-claim",
        "insured_refs": ["i1"],
        "object_refs": ["o1"],
        "occurrence": {
            "at": datetime.now(UTC).isoformat(),
            "cause_code": "no_reason",
            "description": "sample occurrence",
            "place": {"country": "CN", "region": "110000", "text": "北京"},
        },
        "reporter": {"party": proposal["policyholder"], "relationship": "self"},
        "requested": {"amount": {"amount": 1_000, "currency": currency}},
    }


def _document(answer: httpx.Response) -> dict[str, Any]:
    document: dict[str, Any] = answer.json()
    return document
