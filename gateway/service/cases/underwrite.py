"""Underwriting: a proposal, or a quote taken up, becomes an application at one insurer."""

from typing import Any

from gateway.errors import NoChannel, NotAllowedNow, Said
from gateway.journal.records import OperationRecord
from gateway.model import (
    Application,
    ApplicationStatus,
    UnderwritingSubmitBody,
    UnderwritingSubmitRequest,
    UwDecision,
)
from gateway.service.answers import done
from gateway.service.cases.proposals import completed_proposal, route_for, taken_up
from gateway.service.cases.reading import binding_of, reasons_of, refs_of
from gateway.service.cases.stored import Loaded, StoredApplication, StoredQuote, crossed, fetch, made
from gateway.service.parts import Caller, Parts
from gateway.service.use_case import ActUseCase, AskedBy, Completion, Intent, Target, Verdict
from gateway.wire.contract import Reply

_REFUSED = (ApplicationStatus.declined, ApplicationStatus.postponed)


class Underwrite(ActUseCase):
    """`underwriting.submit`: the insurer's yes or no is a result, and both make an application."""

    operation = "underwriting.submit"

    async def prepare(self, parts: Parts, caller: Caller, body: UnderwritingSubmitBody) -> Intent:
        """From the quote, bound to its channel, or from a full proposal, which the router places."""
        business_key = f"application:{caller.client}:{body.client_ref}" if body.client_ref else None
        if body.quote_id is None:
            request = completed_proposal(parts, body, UnderwritingSubmitRequest)
            route = route_for(self.operation, request, parts.world.now(), business_key or "")
            return Intent(request=request, business_key=business_key, client_ref=body.client_ref, route=route)
        quote = await usable_quote(parts, caller, body.quote_id)
        premium = quote.value.view.premium
        more = {
            "client_ref": body.client_ref,
            "numbers": quote.value.numbers,
            "expected_premium": body.expected_premium or (premium.gross if premium else None),
        }
        request = taken_up(parts, quote.value.request, body, UnderwritingSubmitRequest, **more)
        return Intent(request=request, business_key=business_key, client_ref=body.client_ref, fixed=quote_target(quote))

    async def succeeded(self, parts: Parts, op: OperationRecord, request: Any, reply: Reply) -> Completion:
        """The application, accepted on the insurer's terms."""
        return _application(parts, op, request, reply, ApplicationStatus.accepted, UwDecision.accept)

    async def declined(self, parts: Parts, op: OperationRecord, request: Any, reply: Reply) -> Completion:
        """The application, declined: a decision that was asked for, not an error."""
        return _application(parts, op, request, reply, ApplicationStatus.declined, UwDecision.decline)

    def verdict(self, request: Any, reply: Reply, *, asked_by: AskedBy) -> Verdict:
        """A record of the application is the application."""
        _ = request, asked_by
        return Verdict(kind="found" if reply.result is not None else "partial", why="the record could not be read")


def _application(
    parts: Parts,
    op: OperationRecord,
    request: UnderwritingSubmitRequest,
    reply: Reply,
    status: ApplicationStatus,
    decision: UwDecision,
) -> Completion:
    now = parts.world.now()
    result = reply.result
    application_id = parts.world.new_id("app")
    numbers = result.numbers if result else ()
    named = getattr(result, "status", None)
    said_no = status in _REFUSED
    view = Application(
        application_id=application_id,
        client_ref=request.client_ref,
        product=request.product,
        channel=op.channel,
        status=named if named is not None and (named in _REFUSED) == said_no else status,
        numbers=numbers,
        decision=getattr(result, "decision", None) or decision,
        premium=getattr(result, "premium", None),
        conditions=getattr(result, "conditions", ()),
        loading=getattr(result, "loading", ()),
        exclusions=getattr(result, "exclusions", ()),
        needed=getattr(result, "needed", ()),
        payment_links=getattr(result, "payment_links", ()),
        reasons=reasons_of(reply),
        valid_until=getattr(result, "valid_until", None),
        payment_due_at=getattr(result, "payment_due_at", None),
    )
    stored = StoredApplication(view=view, request=request, channel=op.channel or "", binding=binding_of(op))
    return Completion(
        answer=done(201, view, f"/v1/applications/{application_id}"),
        changes=(
            made(op, "application", application_id, stored, status=view.status, now=now, refs=refs_of(op, reply)),
            *crossed(numbers, op.channel or "", "application", application_id, op.client),
        ),
        subject_id=application_id,
        code=reply.outcome.code,
    )


async def usable_quote(parts: Parts, caller: Caller, quote_id: str) -> Loaded:
    """A client's quote that still holds. Raises NotFound, NotAllowedNow, NoChannel where its channel is held back."""
    quote = await fetch(parts, caller, "quote", quote_id)
    value: StoredQuote = quote.value
    if value.view.status != "quoted":
        raise NotAllowedNow(f"this quote is {value.view.status}: nothing was offered", code="quote.refused")
    if value.view.valid_until is not None and value.view.valid_until < parts.world.now():
        raise NotAllowedNow("the quote has expired: quote again", code="quote.expired")
    if (held := parts.router.held.get(value.channel)) is not None:
        # What it would make is new business; an application that was accepted is a word given, and is kept.
        reason = Said(code=held.code, source="gateway", text=f"{value.channel}: {held.text}")
        raise NoChannel("the quote's channel takes no new business: quote again", reasons=(reason,))
    return quote


def quote_target(quote: Loaded) -> Target:
    """A quote binds its channel."""
    return Target(channel=quote.value.channel, binding=quote.value.binding, refs=quote.refs)
