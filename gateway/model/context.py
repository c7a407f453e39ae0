"""What an adapter sees of a stored contract beside the operation's own fields; the service fills it in."""

from gateway.model.base import Model
from gateway.model.claim import Evidence, Occurrence, Reporter, Requested
from gateway.model.coverage import Coverage
from gateway.model.objects import InsuredObject
from gateway.model.party import Party
from gateway.model.period import Instant, Period
from gateway.model.premium import Premium
from gateway.model.records import Number, ProductCode
from gateway.model.roles import Beneficiary, Insured


class OnContract(Model, frozen=True, kw_only=True):
    """Context fields: a stored application or policy. A mapping need not carry every one of them."""

    numbers: tuple[Number, ...] = ()
    client_ref: str | None = None
    product: ProductCode
    plan: str | None = None
    period: Period | None = None
    policyholder: Party
    insureds: tuple[Insured, ...] = ()
    objects: tuple[InsuredObject, ...] = ()
    coverages: tuple[Coverage, ...] = ()
    beneficiaries: tuple[Beneficiary, ...] = ()
    premium: Premium | None = None


class OnPolicy(OnContract, frozen=True, kw_only=True):
    """Context fields of an operation on an issued policy."""

    issued_at: Instant | None = None


class OnClaim(OnPolicy, frozen=True, kw_only=True):
    """Context fields of an operation on a reported claim; the report's and claim's numbers are among `numbers`."""

    insured_refs: tuple[str, ...] = ()
    object_refs: tuple[str, ...] = ()
    occurrence: Occurrence
    reporter: Reporter | None = None
    requested: Requested | None = None
    evidence: tuple[Evidence, ...] = ()


CONTEXT_CLASSES = (OnContract, OnPolicy, OnClaim)
