"""Reads of what is there: from the journal, and from the carrier when the caller wants it fresh.

Where no connection to the insurer can be asked, or none gives an answer, what was last known is told, with the reason.
"""

import hashlib
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.errors import NotExecuted, NotFound, RequestInvalid
from gateway.journal.changes import Put
from gateway.journal.errors import JournalError
from gateway.journal.records import ObjectRecord
from gateway.model import (
    Application,
    CancellationQuote,
    CancellationQuoteBody,
    CancellationQuoteRequest,
    ClaimGetBody,
    ClaimGetRequest,
    ClaimProcess,
    Document,
    DocumentStatus,
    EndorsementQuote,
    EndorsementQuoteBody,
    EndorsementQuoteRequest,
    Policy,
    PolicyDocumentBody,
    PolicyDocumentRequest,
    PolicyDocuments,
    PolicyGetBody,
    PolicyGetRequest,
    PolicyRef,
    UnderwritingGetBody,
    UnderwritingGetRequest,
)
from gateway.model.errors import ErrorCode
from gateway.model.outcome import OutcomeKind
from gateway.model.validate import Fault, FaultCode
from gateway.service.answers import Answer, done
from gateway.service.cases.ask import answered, ask, yes
from gateway.service.cases.changes import with_changes
from gateway.service.cases.claims import advance, on_claim
from gateway.service.cases.degraded import last_known
from gateway.service.cases.issue import status_at
from gateway.service.cases.policies import find_policy, on_policy, policy_target
from gateway.service.cases.reading import or_else, reasons_of
from gateway.service.cases.stored import (
    Loaded,
    StoredApplication,
    StoredClaim,
    StoredEndorsementQuote,
    StoredPolicy,
    changed,
    fetch,
    load,
    united,
)
from gateway.service.parts import Caller, Parts
from gateway.service.use_case import Target, shared_fields
from gateway.wire.contract import Reply

_BY_THE_CLOCK = ("issued_not_effective", "in_force", "expired")
PAGE_MAX = 200


async def get_policy(parts: Parts, caller: Caller, body: PolicyGetBody) -> Answer:
    """A policy as of an instant, as it was known at another; `refresh` asks the carrier and keeps what is new."""
    loaded = await find_policy(parts, caller, body.policy)
    if body.known_at is not None:
        loaded = await _known_at(parts, loaded, body)
    elif body.refresh:
        try:
            loaded = await _refreshed_policy(parts, loaded)
        except NotExecuted as unserved:
            view = _as_of(parts, loaded.value.view, body.as_of, loaded.row)
            return done(200, last_known(view, loaded.row.updated_at, unserved))
    return done(200, _as_of(parts, loaded.value.view, body.as_of, loaded.row))


async def _known_at(parts: Parts, loaded: Loaded, body: PolicyGetBody) -> Loaded:
    """The version that was known then. Raises NotFound when the policy was not, RequestInvalid for a fresh past."""
    assert body.known_at is not None, "asked for by the caller"
    if body.refresh:
        fault = Fault("refresh", FaultCode.not_both, "what was known then cannot be asked for now: leave one out")
        raise RequestInvalid("the request contradicts itself", faults=(fault,))
    row = await parts.journal.object_known_at("policy", loaded.row.object_id, body.known_at)
    if row is None:
        raise NotFound(f"policy {loaded.row.object_id} was not known then", code="policy.not_found")
    return load(row)


def _as_of(parts: Parts, policy: Policy, as_of: Any, row: ObjectRecord) -> Policy:
    """What a policy is at an instant: by the clock where the clock decides, by its transactions where they do."""
    at = as_of or parts.world.now()
    ended = next((t for t in policy.transactions if t.purpose == "XLN"), None)
    status = policy.status
    if (ended is not None and at < ended.effective_at) or status in _BY_THE_CLOCK:
        status = status_at(policy.period, at)
    return replace(policy, status=status, as_of=at, known_at=row.updated_at, version=row.version)


async def _refreshed_policy(parts: Parts, loaded: Loaded) -> Loaded:
    stored: StoredPolicy = loaded.value
    request = on_policy(stored.view, PolicyGetRequest, msgspec.structs.replace(PolicyGetBody(policy=PolicyRef())))
    reply = await answered(parts, policy_target(loaded, stored.view), "policy.get", request)
    result = reply.result
    view = replace(
        stored.view,
        numbers=united(stored.view.numbers, result.numbers),
        status=or_else(result, "status", stored.view.status),
        period=or_else(result, "period", stored.view.period),
        documents=or_else(result, "documents", stored.view.documents),
    )
    return await _keep_if_new(parts, loaded, replace(stored, view=view), view.status, result)


async def _keep_if_new(parts: Parts, loaded: Loaded, value: Any, status: str, result: Any) -> Loaded:
    """Store a next version only when the carrier told something new; someone faster is right as well."""
    if value == loaded.value:
        return loaded
    put: Put = changed(loaded, value, status=status, now=parts.world.now(), refs=getattr(result, "refs", {}))
    try:
        await parts.journal.write(put)
    except JournalError:
        return loaded
    return load(put.record)


async def list_policies(
    parts: Parts, caller: Caller, *, client_ref: str | None, number: str | None, after: str | None, limit: int
) -> Answer:
    """A page of a client's policies, the newest first, or the one a reference or number names."""
    if client_ref is not None or number is not None:
        ref = PolicyRef(client_ref=client_ref) if client_ref is not None else PolicyRef(number=number)
        try:
            found = await find_policy(parts, caller, ref)
        except NotFound:
            return done(200, {"policies": []})
        return done(200, {"policies": [_as_of(parts, found.value.view, None, found.row)]})
    rows = await parts.journal.objects("policy", caller.client, after=after, limit=min(limit, PAGE_MAX))
    policies = [_as_of(parts, load(row).value.view, None, row) for row in rows]
    more = {"next": rows[-1].object_id} if len(rows) == min(limit, PAGE_MAX) else {}
    return done(200, {"policies": policies, **more})


async def get_documents(parts: Parts, caller: Caller, body: PolicyDocumentBody) -> Answer:
    """A policy's document: kept from the issue, or fetched from the carrier."""
    loaded = await find_policy(parts, caller, body.policy)
    policy: Policy = loaded.value.view
    request = on_policy(policy, PolicyDocumentRequest, body)
    try:
        reply = await ask(parts, policy_target(loaded, policy), "policy.document", request)
        documents = _documents(reply, body)
    except NotExecuted as unserved:
        kept = tuple(d for d in policy.documents if d.kind is body.kind and _opens(d, parts.world.now()))
        if not kept:
            raise
        known = PolicyDocuments(policy_id=policy.policy_id, documents=tuple(map(_hashed, kept)))
        return done(200, last_known(known, loaded.row.updated_at, unserved))
    if not documents:
        raise NotFound(f"the policy has no document of kind {body.kind}", code="policy.document_not_found")
    return done(200, PolicyDocuments(policy_id=policy.policy_id, documents=tuple(map(_hashed, documents))))


def _documents(reply: Reply, body: PolicyDocumentBody) -> tuple[Document, ...]:
    """What the carrier gave of this kind, or that it is not ready. Raises CarrierSaidNo, NotExecuted."""
    if reply.outcome.kind is OutcomeKind.pending or reply.outcome.code == ErrorCode.policy_document_not_ready:
        return (Document(kind=body.kind, status=DocumentStatus.not_ready),)
    yes(reply)
    return tuple(d for d in getattr(reply.result, "documents", ()) if d.kind is body.kind)


def _opens(document: Document, now: datetime) -> bool:
    """Whether a kept document can still be read by whoever gets it."""
    linked = document.url is not None and (document.url_expires_at is None or now < document.url_expires_at)
    return document.content is not None or linked


def _hashed(document: Document) -> Document:
    if document.content is None or document.sha256 is not None:
        return document
    return replace(document, sha256=hashlib.sha256(document.content).hexdigest())


async def get_application(parts: Parts, caller: Caller, body: UnderwritingGetBody) -> Answer:
    """An application; `refresh` asks the carrier and keeps what is new."""
    loaded = await fetch(parts, caller, "application", body.application_id)
    stored: StoredApplication = loaded.value
    if body.refresh:
        request = UnderwritingGetRequest(
            **{
                **shared_fields(stored.request, UnderwritingGetRequest),
                "numbers": united(stored.request.numbers, stored.view.numbers),
                "premium": stored.view.premium,
            }
        )
        target = Target(channel=stored.channel, binding=stored.binding, refs=loaded.refs)
        try:
            reply = await answered(parts, target, "underwriting.get", request)
        except NotExecuted as unserved:
            known = replace(stored.view, version=loaded.row.version)
            return done(200, last_known(known, loaded.row.updated_at, unserved))
        view = _newer_application(stored.view, reply)
        loaded = await _keep_if_new(parts, loaded, replace(stored, view=view), view.status, reply.result)
    return done(200, replace(loaded.value.view, version=loaded.row.version))


def _newer_application(view: Application, reply: Reply) -> Application:
    result = reply.result
    names = ("status", "decision", "premium", "conditions", "loading", "exclusions", "needed", "payment_links")
    told = {name: or_else(result, name, getattr(view, name)) for name in names}
    return replace(view, **told, numbers=united(view.numbers, result.numbers))


async def get_claim(parts: Parts, caller: Caller, body: ClaimGetBody) -> Answer:
    """A claim; `refresh` asks the carrier and keeps what is new."""
    loaded = await fetch(parts, caller, "claim", body.claim_id)
    if not body.refresh:
        return done(200, loaded.value.view)
    stored: StoredClaim = loaded.value
    request = on_claim(stored, ClaimGetRequest, body)
    target = Target(channel=stored.channel, binding=stored.binding, refs=loaded.refs)
    try:
        reply = await ask(parts, target, "claim.get", request)
        if reply.outcome.kind not in (OutcomeKind.accepted, OutcomeKind.pending) or reply.result is None:
            yes(reply)
    except NotExecuted as unserved:
        return done(200, last_known(stored.view, loaded.row.updated_at, unserved))
    answer, (put,) = advance(parts, loaded, reply, ClaimProcess(stored.view.process))
    value = load(put.record).value
    if replace(value.view, version=stored.view.version) == stored.view:
        return done(200, stored.view)
    try:
        await parts.journal.write(put)
    except JournalError:
        return done(200, stored.view)
    return answer


async def quote_endorsement(parts: Parts, caller: Caller, body: EndorsementQuoteBody) -> Answer:
    """What a change would cost; kept, because the carrier may want its own quote id back."""
    loaded = await find_policy(parts, caller, body.policy)
    policy: Policy = loaded.value.view
    with_changes(policy, body.changes)
    request = on_policy(policy, EndorsementQuoteRequest, body)
    reply = await answered(parts, policy_target(loaded, policy), "endorsement.quote", request)
    result = reply.result
    view = EndorsementQuote(
        quote_id=parts.world.new_id("enq"),
        policy_id=policy.policy_id,
        kind=body.kind,
        effective_at=body.effective_at,
        allowed=or_else(result, "allowed", True),
        needs_underwriting=result.needs_underwriting,
        premium_delta=result.premium_delta,
        valid_until=result.valid_until,
        reasons=reasons_of(reply),
    )
    now = parts.world.now()
    row = ObjectRecord(
        kind="endorsement_quote",
        object_id=view.quote_id,
        client=caller.client,
        channel=policy.channel,
        operation_id=loaded.row.operation_id,
        status="quoted",
        data=msgspec.json.encode(StoredEndorsementQuote(view=view)),
        refs=msgspec.json.encode(result.refs) if result.refs else None,
        created_at=now,
        updated_at=now,
    )
    await parts.journal.write(Put(row))
    return done(200, view)


async def quote_cancellation(parts: Parts, caller: Caller, body: CancellationQuoteBody) -> Answer:
    """What a cancellation would refund; what the carrier wants back is kept with the policy."""
    loaded = await find_policy(parts, caller, body.policy)
    stored: StoredPolicy = loaded.value
    request = on_policy(stored.view, CancellationQuoteRequest, body)
    reply = await answered(parts, policy_target(loaded, stored.view), "cancellation.quote", request)
    result = reply.result
    if result.refs:
        put = changed(loaded, stored, status=stored.view.status, now=parts.world.now(), refs=result.refs)
        await parts.journal.write(put)
    view = CancellationQuote(
        policy_id=stored.view.policy_id,
        kind=body.kind,
        effective_at=body.effective_at,
        allowed=or_else(result, "allowed", True),
        refund=result.refund,
        cover_continues_until=result.cover_continues_until,
        reasons=reasons_of(reply),
    )
    return done(200, view)
