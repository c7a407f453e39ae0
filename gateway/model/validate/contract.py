"""Whether the parts of one contract name each other rightly."""

from collections.abc import Collection, Iterable

from gateway.model.enums_party import Relationship
from gateway.model.party import Party
from gateway.model.proposal import ProposalTerms
from gateway.model.roles import Insured
from gateway.model.validate.fault import Fault, FaultCode, Faults, below
from gateway.model.validate.shares import beneficiary_faults


def contract_faults(terms: ProposalTerms, path: str, policyholder: Party | None) -> Faults:
    """Faults of a proposal as a whole: missing parties, refs and ids, shares of the beneficiaries."""
    for at, insured in enumerate(terms.insureds):
        yield from _insured_faults(insured, policyholder, below(path, "insureds", at))
    yield from _uniqueness_faults(terms, path)
    yield from _reference_faults(terms, path)
    yield from beneficiary_faults(terms.beneficiaries, below(path, "beneficiaries"))


def _insured_faults(insured: Insured, policyholder: Party | None, path: str) -> Faults:
    if insured.party is None:
        yield Fault(below(path, "party"), FaultCode.missing, "an insured needs a party")
    elif insured.relationship_to_policyholder is Relationship.self and _are_different(insured.party, policyholder):
        message = "self means the policyholder, whose identity document is another one"
        yield Fault(below(path, "relationship_to_policyholder"), FaultCode.incoherent, message)


def _are_different(one: Party, other: Party | None) -> bool:
    """True when both show a document of one type and the numbers differ."""
    if other is None:
        return False
    numbers = {doc.type: doc.number.upper() for doc in one.id_docs}
    return any(numbers.get(doc.type, doc.number.upper()) != doc.number.upper() for doc in other.id_docs)


def _uniqueness_faults(terms: ProposalTerms, path: str) -> Faults:
    for name in ("insureds", "objects", "plans", "locations"):
        yield from _repeated((each.ref for each in getattr(terms, name)), path, name, "ref")
    yield from _repeated((each.object_id for each in terms.objects), path, "objects", "object_id")
    yield from _repeated((each.client_ref for each in terms.objects), path, "objects", "client_ref")


def _repeated(values: Iterable[str | None], path: str, name: str, field: str) -> Faults:
    seen = set()
    for at, value in enumerate(values):
        if value is not None and value in seen:
            yield Fault(below(path, name, at, field), FaultCode.duplicate, f"another of the {name} has this {field}")
        seen.add(value)


def _reference_faults(terms: ProposalTerms, path: str) -> Faults:
    insureds = {each.ref for each in terms.insureds if each.ref}
    instances = insureds | {each.ref for each in terms.objects if each.ref} | {"policyholder"}
    for name in ("coverages", "objects"):
        for at, each in enumerate(getattr(terms, name)):
            yield from unknown_refs(each.insured_refs, insureds, below(path, name, at, "insured_refs"), "insured")
    for at, beneficiary in enumerate(terms.beneficiaries):
        yield from _unknown(
            beneficiary.insured_ref, insureds, below(path, "beneficiaries", at, "insured_ref"), "insured"
        )
    for at, answer in enumerate(terms.answers):
        yield from _unknown(answer.instance, instances, below(path, "answers", at, "instance"), "insured or object")
    yield from _plan_faults(terms, path)


def _plan_faults(terms: ProposalTerms, path: str) -> Faults:
    # Without plans of its own, a request names the product's plans by their codes.
    if not terms.plans:
        return
    plans = {each.ref for each in terms.plans}
    for name in ("insureds", "coverages"):
        for at, each in enumerate(getattr(terms, name)):
            yield from _unknown(each.plan, plans, below(path, name, at, "plan"), "plan")


def unknown_refs(refs: Iterable[str], known: Collection[str], path: str, what: str) -> Faults:
    """Faults of a list of refs: those that nothing bears."""
    for at, ref in enumerate(refs):
        yield from _unknown(ref, known, below(path, at), what)


def _unknown(ref: str | None, known: Collection[str], path: str, what: str) -> Faults:
    if ref is not None and ref not in known:
        yield Fault(path, FaultCode.unknown_ref, f"no {what} of this request bears this ref")
