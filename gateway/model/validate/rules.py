"""Which rule looks at which type, wherever in a request it stands."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gateway.model.base import Model
from gateway.model.claim import Evidence, Occurrence
from gateway.model.coverage import Copay, Coverage, PayTerm, Plan, Term
from gateway.model.money import Money
from gateway.model.objects_people import PersonTravel
from gateway.model.objects_things import Project
from gateway.model.party import Address, Party
from gateway.model.period import Period
from gateway.model.premium import Premium, Receipt
from gateway.model.records import Consent, Disclosure, Document, PriorPolicy
from gateway.model.requests_policy import PolicyRef
from gateway.model.validate import values
from gateway.model.validate.fault import Findings, Path
from gateway.model.validate.party import check_address, check_party

Check = Callable[[Any, Path, Findings], None]
"""A look at one value, which stands at a path: what is wrong goes to the findings."""

RULES: Mapping[type[Model], Check] = MappingProxyType({
    Party: check_party,
    Address: check_address,
    Money: values.check_money,
    Premium: values.check_premium,
    Period: values.check_period,
    Term: values.check_term,
    PayTerm: values.check_term,
    Coverage: values.check_units,
    Plan: values.check_units,
    Copay: values.check_copay,
    Document: values.check_document,
    Evidence: values.check_document,
    PriorPolicy: values.check_span,
    Project: values.check_span,
    PersonTravel: values.check_span,
    PolicyRef: values.check_policy_ref,
    Consent: values.check_happened,
    Disclosure: values.check_happened,
    Receipt: values.check_happened,
    Occurrence: values.check_happened,
})  # fmt: skip
