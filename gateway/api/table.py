"""The interface as a table: every request under /v1, what it takes, gives, and may be sent by whom.

Routes and the OpenAPI document are both made from these rows; there is no other place to add one.
"""

from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.api import shapes
from gateway.api.port import StandardInsurer
from gateway.api.row import Call, Row
from gateway.model import Application, OperationView, Policy, PolicyBatch, UnderwritingAnswerBody
from gateway.model.events import EventPage, PingResult, WebhookEndpoint, WebhookEndpointBody, WebhookEndpoints
from gateway.model.examples import EXAMPLES
from gateway.model.operations import OPERATIONS
from gateway.routing.types import Decision
from gateway.service.answers import Answer
from gateway.service.gateway import OPERATE, ExplainBody
from gateway.service.operating.orphan_review import OrphanBody
from gateway.service.operating.reloading import ReloadBody, ReloadView
from gateway.service.operating.review import ResolutionBody
from gateway.service.operating.scorecard import Scorecard
from gateway.service.operating.steering import HoldBody, PinBody, SteeringView
from gateway.service.parts import Caller
from gateway.service.recovery.pack import EvidencePack


def _writing(operation: str) -> Call:
    async def call(service: StandardInsurer, caller: Caller, body: Any, key: str | None) -> Answer:
        return await service.write(operation, caller, body, key)

    return call


def _reading(operation: str) -> Call:
    async def call(service: StandardInsurer, caller: Caller, body: Any, _key: str | None) -> Answer:
        return await service.read(operation, caller, body)

    return call


def _row(path: str, operation: str, scope: str, summary: str, *, is_step: bool = False, **more: Any) -> Row:
    """The row of an operation of the vocabulary, which knows its types and its class.

    `is_step` marks a write that moves something on (200) where others make something new (201).
    """
    spec = OPERATIONS[operation]
    done = {200 if is_step or not spec.needs_key else 201: spec.view}
    return Row(
        path=path,
        name=operation,
        scope=scope,
        tag=operation.partition(".")[0],
        summary=summary,
        body=spec.body,
        call=_writing(operation) if spec.needs_key else _reading(operation),
        needs_key=spec.needs_key,
        answers={**done, 202: OperationView} if spec.needs_key else done,
        **more,
    )


def _post(path: str, operation: str, scope: str, summary: str, **more: Any) -> Row:
    fixed = {target.partition(".")[0] for target in more.get("path_fields", {}).values()}
    return _row(
        path, operation, scope, summary, method="POST", has_json=True, example=_example(operation, fixed), **more
    )


def _get(path: str, operation: str, summary: str, **more: Any) -> Row:
    return _row(path, operation, "read", summary, method="GET", **more)


def _follow_up(verb: str, operation: str, summary: str) -> Row:
    return _post(
        f"/v1/claims/{{claim_id}}/{verb}",
        operation,
        "claim",
        summary,
        path_fields={"claim_id": "claim_id"},
        carries_documents=True,
        is_step=True,
    )


def _look(path: str, name: str, summary: str, body: type[msgspec.Struct], call: Call, gives: Any, **more: Any) -> Row:
    """The row of a read that is no operation of the vocabulary."""
    terms = {"scope": "read", "method": "GET", "answers": {200: gives}, **more}
    return Row(
        path=path, name=name, tag=name.partition(".")[0], summary=summary, body=body, call=call, **terms,
    )  # fmt: skip


def _example(operation: str, fixed: set[str]) -> Any:
    plain = msgspec.to_builtins(EXAMPLES[operation])
    return {name: value for name, value in plain.items() if name not in fixed}


async def _list_policies(service: StandardInsurer, caller: Caller, body: Any, _key: str | None) -> Answer:
    return await service.list_policies(
        caller, client_ref=body.client_ref, number=body.number, after=body.after, limit=body.limit
    )


async def _products(service: StandardInsurer, caller: Caller, body: Any, _key: str | None) -> Answer:
    return await service.products(caller, body.lob)


async def _product(service: StandardInsurer, caller: Caller, body: Any, _key: str | None) -> Answer:
    return await service.product(caller, body.product)


async def _product_schema(service: StandardInsurer, caller: Caller, body: Any, _key: str | None) -> Answer:
    return await service.product_schema(caller, body.product)


async def _operation(service: StandardInsurer, caller: Caller, body: Any, _key: str | None) -> Answer:
    return await service.operation(caller, body.operation_id)


async def _evidence(service: StandardInsurer, caller: Caller, body: Any, _key: str | None) -> Answer:
    return await service.evidence(caller, body.operation_id)


async def _resolve(service: StandardInsurer, caller: Caller, body: Any, _key: str | None) -> Answer:
    return await service.resolve(caller, body)


def _telling(path: str, name: str, summary: str, body: type[msgspec.Struct], gives: Any, **more: Any) -> Row:
    """The row of a request about webhook endpoints or events; the service knows it by its name."""

    async def call(service: StandardInsurer, caller: Caller, body: Any, _key: str | None) -> Answer:
        return await service.told(name, caller, body)

    return _look(path, name, summary, body, call, gives, **{"scope": "events", **more})


async def _orphan(service: StandardInsurer, caller: Caller, body: Any, _key: str | None) -> Answer:
    return await service.decide_orphan(caller, body)


async def _channels(service: StandardInsurer, caller: Caller, _body: Any, _key: str | None) -> Answer:
    return await service.channels(caller)


async def _hold(service: StandardInsurer, caller: Caller, body: Any, _key: str | None) -> Answer:
    return await service.hold(caller, body)


async def _pin(service: StandardInsurer, caller: Caller, body: Any, _key: str | None) -> Answer:
    return await service.pin(caller, body)


async def _reload(service: StandardInsurer, caller: Caller, body: Any, _key: str | None) -> Answer:
    return await service.reload(caller, body)


async def _scorecard(service: StandardInsurer, caller: Caller, body: Any, _key: str | None) -> Answer:
    return await service.scorecard(caller, body.channel, body.hours)


async def _explain(service: StandardInsurer, caller: Caller, body: Any, _key: str | None) -> Answer:
    return await service.explain(caller, body)


async def _decision(service: StandardInsurer, caller: Caller, body: Any, _key: str | None) -> Answer:
    return await service.decision(caller, body.decision_id)


def _batch() -> Row:
    """The row of a batch: it is told as it stands, its orders being policies once each of them is over."""
    row = _post(
        "/v1/policies/batch",
        "policy.issue_batch",
        "issue",
        "Issue several policies, each at most once",
        carries_documents=True,
    )
    return replace(row, answers={200: PolicyBatch, 202: PolicyBatch})


def _answer() -> Row:
    """The row of an answer: it ends, or holds up, the operation it is given to, and reads like that one."""
    return Row(
        path="/v1/operations/{operation_id}/answers",
        method="POST",
        name="underwriting.answer",
        tag="underwriting",
        scope="issue",
        summary="Give an operation what it waits for: a code, an answer, documents",
        body=UnderwritingAnswerBody,
        call=_writing("underwriting.answer"),
        answers={201: (Policy, Application), 202: OperationView},
        path_fields={"operation_id": "operation_id"},
        has_json=True,
        needs_key=True,
        carries_documents=True,
        example={"sms_code": "482913"},
    )


_ON_ENDPOINT = {"endpoint_id": "endpoint_id"}
_ENDPOINT_EXAMPLE = {
    "url": "https://shop.example/insurance-events", "types": ["operation.*", "policy.status_changed"],
    "ordering": "per_object",
}  # fmt: skip
_ON_POLICY = {"policy_id": "policy.policy_id"}
_RESOLUTION_EXAMPLE = {
    "state": "succeeded", "reason": "the insurer's desk confirmed it by telephone", "by": "Wang Li",
    "numbers": [{"kind": "policy", "no": "P2026000123"}],
}  # fmt: skip
_ORPHAN_EXAMPLE = {"action": "void", "reason": "the customer bought elsewhere", "by": "Wang Li"}
_HOLD_EXAMPLE = {"action": "drain", "reason": "the insurer asked us to stop selling", "by": "Wang Li"}
_PIN_EXAMPLE = {"channel": "lotus_main", "reason": "the other insurers' files arrive late", "by": "Wang Li"}
_RELOAD_EXAMPLE = {"reason": "new weights for the next month", "by": "Wang Li"}
_EXPLAIN_EXAMPLE = {**_example("quote.create", {"client_ref"}), "operation": "policy.issue"}

# fmt: off
TABLE: tuple[Row, ...] = (
    _post("/v1/quotes", "quote.create", "quote", "Ask every eligible channel for its price"),
    _post("/v1/applications", "underwriting.submit", "issue", "Ask an insurer to underwrite",
          carries_documents=True),
    _get("/v1/applications/{application_id}", "underwriting.get", "Read an application",
         path_fields={"application_id": "application_id"}, query=("refresh",)),
    _post("/v1/policies", "policy.issue", "issue", "Issue a policy, at most once", carries_documents=True),
    _batch(),
    _look("/v1/policies", "policy.list", "List policies, or find one by reference or number",
          shapes.PolicyFilter, _list_policies, shapes.PolicyPage, query=("client_ref", "number", "after", "limit")),
    _get("/v1/policies/{policy_id}", "policy.get", "Read a policy as of an instant",
         path_fields=_ON_POLICY, query=("as_of", "known_at", "refresh")),
    _get("/v1/policies/{policy_id}/documents/{kind}", "policy.document", "Fetch a document of a policy",
         path_fields={**_ON_POLICY, "kind": "kind"}, query=("format",)),
    _post("/v1/endorsement-quotes", "endorsement.quote", "service", "Ask what a change would cost"),
    _post("/v1/endorsements", "endorsement.submit", "service", "Change a policy"),
    _post("/v1/cancellation-quotes", "cancellation.quote", "service", "Ask what a cancellation would refund"),
    _post("/v1/cancellations", "cancellation.submit", "service", "Cancel a policy"),
    _post("/v1/claims", "claim.report", "claim", "Report a claim"),
    _get("/v1/claims/{claim_id}", "claim.get", "Read a claim",
         path_fields={"claim_id": "claim_id"}, query=("refresh",)),
    _follow_up("submission", "claim.submit", "Apply for payment of a reported claim"),
    _follow_up("documents", "claim.supplement", "Add what was missing"),
    _follow_up("corrections", "claim.modify", "Correct a claim that is not decided"),
    _follow_up("withdrawal", "claim.withdraw", "Take a claim back"),
    _look("/v1/products", "product.list", "List products", shapes.ProductFilter, _products, shapes.ProductList,
          query=("lob",)),
    _look("/v1/products/{product}", "product.get", "Read a product, by code@version",
          shapes.ProductName, _product, shapes.ProductView, path_fields={"product": "product"}),
    _look("/v1/products/{product}/schema", "product.schema", "Read a product's form as JSON Schema",
          shapes.ProductName, _product_schema, shapes.ProductForm, path_fields={"product": "product"}),
    _look("/v1/operations/{operation_id}", "operation.get", "Read an operation: where it stands, how it ended",
          shapes.OperationName, _operation, OperationView, path_fields={"operation_id": "operation_id"}, scope=None),
    _answer(),
    _look("/v1/operations/{operation_id}/evidence", "operation.evidence",
          "Read all that is known of an operation, personal values hidden; for operators",
          shapes.OperationName, _evidence, EvidencePack, path_fields={"operation_id": "operation_id"}, scope=OPERATE),
    _look("/v1/operations/{operation_id}/resolution", "operation.resolve",
          "End an operation that waits for a person; for operators", ResolutionBody, _resolve, OperationView,
          method="POST", scope=OPERATE, path_fields={"operation_id": "operation_id"}, has_json=True,
          example=_RESOLUTION_EXAMPLE),
    _telling("/v1/webhook-endpoints", "webhook.add", "Name an address that wants events; its secret is shown once",
             WebhookEndpointBody, WebhookEndpoint, method="POST", has_json=True, example=_ENDPOINT_EXAMPLE,
             answers={201: WebhookEndpoint}),
    _telling("/v1/webhook-endpoints", "webhook.list", "List webhook endpoints", shapes.Nothing, WebhookEndpoints),
    _telling("/v1/webhook-endpoints/{endpoint_id}", "webhook.get", "Read a webhook endpoint",
             shapes.EndpointName, WebhookEndpoint, path_fields=_ON_ENDPOINT),
    _telling("/v1/webhook-endpoints/{endpoint_id}", "webhook.remove", "Remove a webhook endpoint",
             shapes.EndpointName, WebhookEndpoint, path_fields=_ON_ENDPOINT, method="DELETE"),
    _telling("/v1/webhook-endpoints/{endpoint_id}/enable", "webhook.enable",
             "Send again to an endpoint that answered 410",
             shapes.EndpointName, WebhookEndpoint, path_fields=_ON_ENDPOINT, method="POST"),
    _telling("/v1/webhook-endpoints/{endpoint_id}/rotate", "webhook.rotate",
             "Change the key; the former one signs beside it for a day",
             shapes.EndpointName, WebhookEndpoint, path_fields=_ON_ENDPOINT, method="POST"),
    _telling("/v1/webhook-endpoints/{endpoint_id}/ping", "webhook.ping", "Send a test event now, and say how it went",
             shapes.EndpointName, PingResult, path_fields=_ON_ENDPOINT, method="POST"),
    _telling("/v1/events", "event.list", "List what the client was told of, the oldest first",
             shapes.EventFilter, EventPage, query=("after", "limit")),
    _look("/v1/operations/{operation_id}/orphan", "operation.orphan",
          "Adopt or void what the insurer did after the operation had ended; for operators", OrphanBody, _orphan,
          OperationView, method="POST", scope=OPERATE, path_fields={"operation_id": "operation_id"}, has_json=True,
          example=_ORPHAN_EXAMPLE),
    _look("/v1/channels", "channel.list", "List channels, what they offer and how they are doing",
          shapes.Nothing, _channels, shapes.ChannelList),
    _look("/v1/channels/{channel}/scorecard", "channel.scorecard",
          "Read how a channel did: rates, times, share beside weight, promises and quotas; for operators",
          shapes.ScorecardWindow, _scorecard, Scorecard, path_fields={"channel": "channel"}, query=("hours",),
          scope=OPERATE),
    _look("/v1/channels/{channel}/hold", "channel.hold",
          "Drain, disable or enable a channel at once; for operators", HoldBody, _hold, SteeringView,
          method="POST", scope=OPERATE, path_fields={"channel": "channel"}, has_json=True, example=_HOLD_EXAMPLE),
    _look("/v1/routing/pins/{product}", "routing.pin",
          "Send all new business of a product to one channel, or no longer; for operators", PinBody, _pin, SteeringView,
          method="POST", scope=OPERATE, path_fields={"product": "product"}, has_json=True, example=_PIN_EXAMPLE),
    _look("/v1/routing/reload", "routing.reload", "Put the catalogue's files in force now; for operators",
          ReloadBody, _reload, ReloadView, method="POST", scope=OPERATE, has_json=True, example=_RELOAD_EXAMPLE),
    _look("/v1/routing/explain", "routing.explain", "Say where a proposal would go now, and why; nothing is sent",
          ExplainBody, _explain, Decision, method="POST", scope="route", has_json=True, example=_EXPLAIN_EXAMPLE),
    _look("/v1/routing/decisions/{decision_id}", "routing.decision", "Read the decision behind an operation",
          shapes.DecisionName, _decision, Decision, path_fields={"decision_id": "decision_id"}, scope="route"),
)
# fmt: on
