"""What quoting, underwriting and issuing share: a proposal checked against its product, and where it may go."""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from gateway.catalogue.periods import period_for
from gateway.catalogue.products import Product
from gateway.errors import NotFound, RequestInvalid
from gateway.model.operations import OPERATIONS
from gateway.model.proposal import Proposal, ProposalTerms
from gateway.model.validate import Fault, FaultCode, faults_of
from gateway.routing.types import RouteRequest
from gateway.service.parts import Parts
from gateway.service.use_case import shared_fields


def product_of(parts: Parts, code_and_version: str) -> Product:
    """The product a caller names as `code@version`. Raises NotFound."""
    code, _, version = code_and_version.partition("@")
    product = parts.catalogue.snapshot.products.get(code)
    if product is None or str(product.version) != version:
        known = ", ".join(sorted(f"{p.code}@{p.version}" for p in parts.catalogue.snapshot.products.values()))
        raise NotFound(f"there is no product {code_and_version}; there are: {known}", code="product.not_found")
    return product


def checked_proposal(parts: Parts, body: ProposalTerms, request_type: type[Proposal], **more: Any) -> Any:
    """A complete, valid request of `request_type` from a body that holds a full proposal.

    Raises RequestInvalid with every fault at once: missing parts, the model's rules, the product's form.
    """
    values = {**shared_fields(body, request_type), **more}
    missing = [name for name in ("product", "policyholder") if values.get(name) is None]
    if missing:
        faults = [Fault(path=name, code=FaultCode.missing, message="is needed here") for name in missing]
        raise RequestInvalid("the proposal is not complete", faults=faults)
    product = product_of(parts, values["product"])
    now = parts.world.now()
    request = request_type(**values)
    if request.period is None:
        request = replace(request, period=period_for(product, request.applied_at or now))
    faults = [*faults_of(request, now=now), *product.form_faults(request)]
    if request.plan is not None and request.plan not in product.plans:
        known = ", ".join(product.plans)
        faults.append(Fault(path="plan", code=FaultCode.unknown_ref, message=f"the product's plans are: {known}"))
    if faults:
        raise RequestInvalid("the proposal is not valid", faults=faults)
    return with_plan(request, product)


def with_plan(request: Any, product: Product) -> Any:
    """A request whose coverages are the plan's when the caller names none."""
    plan = request.plan or next(iter(product.plans), None)
    if plan is None or request.coverages:
        return request
    return replace(request, plan=plan, coverages=product.plans[plan].coverages)


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
