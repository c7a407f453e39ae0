"""What quoting, underwriting and issuing share: a proposal checked against its product, and where it may go."""

from datetime import datetime
from typing import Any, TypeVar

from msgspec.structs import replace

from gateway.catalogue.periods import period_for
from gateway.catalogue.products import Product
from gateway.errors import NotFound, RequestInvalid
from gateway.model import Model
from gateway.model.operations import OPERATIONS
from gateway.model.proposal import Proposal, ProposalOrQuote, ProposalTerms, with_additions
from gateway.model.validate import Fault, FaultCode, faults_of
from gateway.routing.types import RouteRequest
from gateway.service.parts import Parts
from gateway.service.use_case import shared_fields

R = TypeVar("R", bound=Proposal)


def product_of(parts: Parts, code_and_version: str) -> Product:
    """The product a caller names as `code@version`. Raises NotFound."""
    code, _, version = code_and_version.partition("@")
    product = parts.catalogue.snapshot.products.get(code)
    if product is None or str(product.version) != version:
        known = ", ".join(sorted(f"{p.code}@{p.version}" for p in parts.catalogue.snapshot.products.values()))
        raise NotFound(f"there is no product {code_and_version}; there are: {known}", code="product.not_found")
    return product


def must_be_sound(parts: Parts, message: Model) -> None:
    """Raises RequestInvalid with every fault of a body or of a completed request."""
    faults = faults_of(message, now=parts.world.now())
    if faults:
        raise RequestInvalid("the request is not valid", faults=faults)


def completed_proposal(parts: Parts, body: ProposalTerms, request_type: type[R], **more: Any) -> R:
    """The complete request of a sound body that holds a full proposal, with the product's period and coverages.

    Raises RequestInvalid with every fault of the product's form and plan, NotFound for an unknown product.
    """
    values = {**shared_fields(body, request_type), **more}
    return completed(product_of(parts, values["product"]), request_type(**values), parts.world.now())


def completed(product: Product, request: R, now: datetime) -> R:
    """A full proposal with its product's period, plan and coverages where it names none: what is routed and sent.

    Raises RequestInvalid with every fault of the product's form and plan.
    """
    if request.period is None:
        request = replace(request, period=period_for(product, request.applied_at or now))
    faults = list(product.form_faults(request))
    if request.plan is not None and request.plan not in product.plans:
        known = ", ".join(product.plans)
        faults.append(Fault("plan", FaultCode.unknown_ref, f"the product's plans are: {known}"))
    if faults:
        raise RequestInvalid("the proposal does not fit the product", faults=faults)
    if request.coverages:
        return request
    plan = request.plan or product.plan_default
    return replace(request, plan=plan, coverages=product.coverages_for(plan, request))


def taken_up(parts: Parts, stored: Proposal, body: ProposalOrQuote, request_type: type[R], **more: Any) -> R:
    """The complete request of a body that takes up a stored proposal, with what the body adds to it."""
    request = completed_proposal(parts, with_additions(stored, body), request_type, **more)
    must_be_sound(parts, request)
    return request


def route_for(operation: str, request: Any, at: datetime, key: str = "") -> RouteRequest:
    """What the router is asked."""
    return RouteRequest(
        operation=operation,
        family=OPERATIONS[operation].family,
        product=request.product.partition("@")[0],
        request=request,
        at=at,
        key=key,
    )
