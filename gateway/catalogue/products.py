"""Products as data: what is sold, by which rules, and through which channels on which terms."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from gateway.catalogue.forms import FormCheck
from gateway.catalogue.limits import Limits
from gateway.catalogue.measures import days_of, objects_amount
from gateway.catalogue.periods import FreeLook, PeriodRule, free_look_ends
from gateway.catalogue.rates import Rate
from gateway.model import Coverage, DocumentKind, Lob, Money, Period
from gateway.model.proposal import ProposalTerms
from gateway.model.validate import Fault, FaultCode
from gateway.wire.errors import WireError

KINDS = ("individual", "group", "micro", "parametric")
MODES = ("weighted", "primary", "standby", "canary")
PRESETS = ("default", "success_first")
RATE_MODES = ("off", "tiebreak", "expected_value", "lowest_premium")
STICKY = ("none", "customer", "merchant", "order")
ORPHANS = ("review", "adopt", "void")


class Rule(Struct, frozen=True, kw_only=True):
    """A rule of the product for one channel: when its condition holds, pin, exclude (with a reason) or prefer it.

    `text` is the condition as written, for explanations; `prefer` multiplies the weight.
    """

    text: str
    test: Callable[[Any], bool]
    pin: str | None = None
    exclude: str | None = None
    prefer: float | None = None

    def holds(self, request: Any) -> bool:
        """Whether the condition holds; what cannot be worked out for this request (a date in reverse) does not."""
        try:
            # A rule must never stop a sale: what fails says no, and the explanation shows it did not hold.
            return self.test(request)
        except (WireError, ValueError):
            return False


class Commitment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A minimum volume promised to the insurer per period: policies, or premium."""

    period: Literal["month", "quarter", "year"]
    policies: int | None = None
    premium: Money | None = None


class Commission(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the seller earns of a premium: a rate within the filed one (报备费率), less what a policy costs to sell."""

    rate: Decimal
    filed: Decimal
    cost: Money | None = None


class Binding(Struct, frozen=True, kw_only=True):
    """How one channel sells one product. `binding` is what the mapping sees as `binding.*`: the carrier's own codes.

    A canary has a `share` of all new business instead of a weight.
    """

    channel: str
    mode: str = "weighted"
    weight: int = 1
    share: float | None = None
    binding: dict[str, Any] = {}
    rates: tuple[Rate, ...] = ()
    limits: Limits = Limits()
    commitment: Commitment | None = None
    commission: Commission | None = None
    rules: tuple[Rule, ...] = ()


class Plan(Struct, frozen=True, kw_only=True):
    """One plan of a product (方案). `insured_for_objects` names coverages whose sum is what the objects cost."""

    code: str
    name: str | None = None
    coverages: tuple[Coverage, ...] = ()
    insured_for_objects: frozenset[str] = frozenset()


class DisclosureText(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A text the customer must be shown (条款, 投保须知), in its version."""

    doc: str
    version: str
    name: str | None = None
    url: str | None = None


class ProductDocument(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A document of the product."""

    kind: DocumentKind
    name: str | None = None
    url: str | None = None


class RoutingRule(Struct, frozen=True, kw_only=True):
    """How new business of the product is spread; `attempts` is how many channels one operation may try.

    `sticky` keeps a customer, a merchant or an order with one channel; `quotes` bounds how many are asked for a price.
    `orphans`: what is done about a policy that turns out to exist after its caller was told that it does not.
    """

    preset: str = "default"
    rate: str = "off"
    sticky: str = "none"
    reroute_on_decline: bool = False
    attempts: int = 2
    quotes: int | None = None
    orphans: str = "review"


class Product(Struct, frozen=True, kw_only=True, dict=True):
    """A product in one version, and the channels that sell it."""

    code: str
    version: int
    lob: Lob
    name: str
    kind: str
    filed_no: str | None = None
    plans: Mapping[str, Plan]
    form: dict[str, Any] = {}
    period: PeriodRule
    free_look: FreeLook = FreeLook(days=0)
    routing: RoutingRule = RoutingRule()
    disclosures: tuple[DisclosureText, ...] = ()
    documents: tuple[ProductDocument, ...] = ()
    bindings: Mapping[str, Binding]

    @property
    def plan_default(self) -> str | None:
        """The plan of who names none: the first of the file."""
        return next(iter(self.plans), None)

    def coverages_for(self, plan: str | None, request: ProposalTerms) -> tuple[Coverage, ...]:
        """The coverages of a plan for a request that names none, insured sums that follow the objects filled in."""
        found = self.plans.get(plan or "")
        if found is None:
            return ()
        cost = objects_amount(request.objects) if found.insured_for_objects else None
        return tuple(
            replace(each, sum_insured=cost) if each.code in found.insured_for_objects and cost else each
            for each in found.coverages
        )

    def form_faults(self, request: ProposalTerms) -> list[Fault]:
        """What the product's form and period rule say against a request; values are never quoted."""
        return [*self._form_check.faults(request), *self._period_faults(request)]

    def free_look_ends(
        self, issued_at: datetime | None, period: Period | None, acknowledged_at: datetime | None = None
    ) -> datetime | None:
        """The first instant at which the contract can no longer be given back; None when it never could."""
        return free_look_ends(self.free_look, issued_at, period, acknowledged_at)

    @cached_property
    def _form_check(self) -> FormCheck:
        return FormCheck(self.form)

    def _period_faults(self, request: ProposalTerms) -> list[Fault]:
        days = days_of(request.period)
        if days is None and self.period.days is None and self.period.months is None and self.period.years is None:
            return [Fault("period", FaultCode.missing, "this product's period is named by the caller")]
        if days is not None and self.period.days_max is not None and days > self.period.days_max:
            return [Fault("period", FaultCode.range, f"at most {self.period.days_max} days of cover")]
        return []
