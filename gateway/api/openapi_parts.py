"""The parts of the OpenAPI document that all operations share: headers, refusals, probes, callbacks."""

from collections.abc import Mapping
from typing import Any

from gateway.api.limits import ID_CHARS_MAX

DESCRIPTION = """\
One vocabulary, one error model and one idempotency rule for all insurers.

**Writes** need an `Idempotency-Key`, one per intent. The same key with the same body gives the stored answer, byte for
byte; with another body 422 `idempotency.key_reused`. An answer **202** holds the operation: repeat the request with the
same key, or read `/v1/operations/{operation_id}`. Never send the same intent under a second key because the first is
slow.

**Refusals** are problem documents (RFC 9457): branch on `code`, show `detail`, do what `next` says. 422 with `source:
carrier` is the insurer's no. 503 says that certainly nothing happened at an insurer.

Amounts are in minor units (`636` CNY is 6.36 yuan), periods half-open, instants RFC 3339 with an offset.
"""

SECURITY = {"type": "http", "scheme": "bearer", "description": "An API key; it names the client and what it may do."}

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_PROBLEM_HEADERS = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}

PARAMETERS: Mapping[str, Any] = {
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "One per intent; sent again with every repetition of it.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[!-~]([ -~]*[!-~])?$"},
        "example": "issue-order-9917-o1",
    },
    "Prefer": {
        "name": "Prefer",
        "in": "header",
        "description": "`wait=N`: seconds to wait before 202 is answered (RFC 7240). Ignored when it cannot be read.",
        "schema": {"type": "string"},
        "example": "wait=5",
    },
    "traceparent": {
        "name": "traceparent",
        "in": "header",
        "description": "W3C Trace Context; its trace id stands in the log. Ignored when it cannot be read.",
        "schema": {"type": "string"},
        "example": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    },
}

HEADERS: Mapping[str, Any] = {
    "Location": {"description": "Where the object or the operation is.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait before asking again.", "schema": {"type": "integer"}},
    "Idempotency-Replayed": {
        "description": "`true` when this is the stored answer of an earlier request with the same key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Preference-Applied": {"description": "The wait that was taken into account.", "schema": {"type": "string"}},
}

MEANING = {
    200: "Done.",
    201: "Done, and made.",
    202: "Under way: this is the operation. Ask again with the same key, or at `Location`.",
}

_REFUSALS = {
    400: "The request cannot be read, or a write has no Idempotency-Key.",
    401: "No valid API key.",
    403: "The API key does not have the scope.",
    404: "No such object of this client.",
    408: "The body did not arrive in time.",
    409: "The object has changed since it was read.",
    410: "This key's operation is over, and its answer is no longer kept: it is not done again.",
    413: "The body is too large, too deep or holds too many values.",
    415: "The body is not plain JSON.",
    422: "The request contradicts the schema, itself or the object's state, or the insurer said no: see `code`.",
    500: "The gateway failed; its log knows more.",
    503: "Certainly nothing was executed at an insurer now: see `next`.",
}

RESPONSES: Mapping[str, Any] = {
    str(status): {
        "description": meaning,
        "content": _PROBLEM,
        **({"headers": _PROBLEM_HEADERS} if status == 503 else {}),
    }
    for status, meaning in _REFUSALS.items()
}


def common_parameters(*, needs_key: bool) -> list[dict[str, Any]]:
    """The header parameters of an operation, by reference."""
    names = ("Idempotency-Key", "Prefer", "traceparent") if needs_key else ("traceparent",)
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def headers_of(status: int, *, needs_key: bool) -> dict[str, Any]:
    """The headers a success may carry."""
    names = ["Location"]
    if status == 202:
        names.append("Retry-After")
    if needs_key:
        names += ["Idempotency-Replayed", "Preference-Applied"]
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def refusals_of(*, has_json: bool, needs_key: bool, scoped: bool) -> tuple[int, ...]:
    """The statuses of the problems an operation may answer with."""
    statuses = {400, 401, 404, 422, 500, 503}
    if scoped:
        statuses.add(403)
    if has_json:
        statuses |= {408, 413, 415}
    if needs_key:
        statuses |= {409, 410}
    return tuple(sorted(statuses))


def id_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a path parameter; a text is an id, limited in length."""
    if schema.get("type") == "string" and len(schema) == 1:
        return {"type": "string", "minLength": 1, "maxLength": ID_CHARS_MAX, "pattern": "^[^/]+$"}
    return dict(schema)


def query_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a query parameter: one that is left out is not sent as null."""
    kept = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    only = dict(kept[0]) if len(kept) == 1 else {"anyOf": kept}
    return {**only, "minLength": 1, "maxLength": ID_CHARS_MAX} if only == {"type": "string"} else only


def _page(name: str, summary: str, media_type: str, schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    answers = {"200": {"description": "As asked.", "content": {media_type: {"schema": schema}}}, **more}
    return {
        "get": {"operationId": name, "tags": ["operators"], "summary": summary, "security": [], "responses": answers}
    }


_STATUS = {"type": "object", "properties": {"status": {"const": "ok"}}, "required": ["status"]}
_CALLBACK = {
    "operationId": "callback",
    "tags": ["carriers"],
    "summary": "A carrier's callback: proven by its signature, answered as the carrier demands",
    "security": [],
    "parameters": [
        {"name": name, "in": "path", "required": True, "schema": id_schema({"type": "string"})}
        for name in ("channel", "name")
    ],
    "requestBody": {"content": {"*/*": {"schema": {}}}},
    "responses": {
        "200": {"description": "Acknowledged; the body is the carrier's format.", "content": {"*/*": {"schema": {}}}},
        "default": {"description": "Not acknowledged.", "content": {"*/*": {"schema": {}}}},
    },
}

PAGES: Mapping[str, Any] = {
    "/callbacks/{channel}/{name}": {"post": _CALLBACK},
    "/healthz": _page("healthz", "Whether the process runs", "application/json", _STATUS),
    "/readyz": _page(
        "readyz",
        "Whether new operations can be taken",
        "application/json",
        {**_STATUS, "properties": {**_STATUS["properties"], "checks": {"type": "object"}}},  # type: ignore[dict-item]
        **{"503": {"$ref": "#/components/responses/503"}},
    ),
    "/metrics": _page("metrics", "Metrics in Prometheus' text format", "text/plain", {"type": "string"}),
}

_SIGNED = {
    "webhook-id": "The event's id, the same at every try: take an event once.",
    "webhook-timestamp": "Seconds since 1970 of this try; refuse what is old.",
    "webhook-signature": "Signatures of `id.timestamp.body`, separated by spaces: `v1,` HMAC-SHA256, `v1a,` ed25519.",
}


def webhook(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What a webhook endpoint is sent, as the Standard Webhooks specification has it."""
    return {
        "operationId": "event",
        "tags": ["webhook"],
        "summary": "An event, sent to the endpoints that want it until one answers 2xx",
        "security": [],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
            for name, text in _SIGNED.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {
            "2XX": {"description": "Taken; anything else is tried again."},
            "410": {"description": "Gone: the endpoint is disabled."},
        },
    }
