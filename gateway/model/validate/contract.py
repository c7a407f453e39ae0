"""Whether the parts of one contract name each other rightly."""

from collections.abc import Collection, Iterable
from typing import Any

from gateway.model.enums_party import Relationship
from gateway.model.party import Party
from gateway.model.proposal import ProposalTerms
from gateway.model.roles import Insured
from gateway.model.validate.fault import ROOT, FaultCode, Findings, Path
from gateway.model.validate.shares import check_beneficiaries

_SELF = Relationship.self


def check_contract(terms: ProposalTerms, policyholder: Party | None, found: Findings) -> None:
    """The parts of a proposal fit each other: parties are there, refs and ids name one thing, shares make a whole."""
    for at, insured in enumerate(terms.insureds):
        _check_insured(insured, policyholder, ((ROOT, "insureds"), at), found)
    _check_uniqueness(terms, found)
    _check_references(terms, found)
    check_beneficiaries(terms.beneficiaries, (ROOT, "beneficiaries"), found)


def _check_insured(insured: Insured, policyholder: Party | None, path: Path, found: Findings) -> None:
    if insured.party is None:
        found.add(FaultCode.missing, "an insured needs a party", path, "party")
    elif insured.relationship_to_policyholder is _SELF and _are_different(insured.party, policyholder):
        message = "self means the policyholder, whose identity document is another one"
        found.add(FaultCode.incoherent, message, path, "relationship_to_policyholder")


def _are_different(one: Party, other: Party | None) -> bool:
    """True when both show a document of one type and the numbers differ."""
    if other is None:
        return False
    numbers = {doc.type: doc.number.upper() for doc in one.id_docs}
    return any(numbers.get(doc.type, doc.number.upper()) != doc.number.upper() for doc in other.id_docs)


def _check_uniqueness(terms: ProposalTerms, found: Findings) -> None:
    for name in ("insureds", "objects", "plans", "locations"):
        _check_repeated(getattr(terms, name), name, "ref", found)
    _check_repeated(terms.objects, "objects", "object_id", found)
    _check_repeated(terms.objects, "objects", "client_ref", found)


def _check_repeated(items: tuple[Any, ...], name: str, field: str, found: Findings) -> None:
    seen = set()
    for at, each in enumerate(items):
        value = getattr(each, field)
        if value is not None and value in seen:
            message = f"another of the {name} has this {field}"
            found.add(FaultCode.duplicate, message, ROOT, name, at, field)
        seen.add(value)


def _check_references(terms: ProposalTerms, found: Findings) -> None:
    insureds = {each.ref for each in terms.insureds if each.ref}
    for name in ("coverages", "objects"):
        for at, each in enumerate(getattr(terms, name)):
            if each.insured_refs:
                check_refs(each.insured_refs, insureds, (((ROOT, name), at), "insured_refs"), "insured", found)
    for at, beneficiary in enumerate(terms.beneficiaries):
        _check_ref(beneficiary.insured_ref, insureds, (((ROOT, "beneficiaries"), at), "insured_ref"), "insured", found)
    instances = insureds | {each.ref for each in terms.objects if each.ref} | {"policyholder"}
    for at, answer in enumerate(terms.answers):
        _check_ref(answer.instance, instances, (((ROOT, "answers"), at), "instance"), "insured or object", found)
    if terms.plans:
        _check_plans(terms, found)


def _check_plans(terms: ProposalTerms, found: Findings) -> None:
    # Without plans of its own, a request names the product's plans by their codes.
    plans = {each.ref for each in terms.plans}
    for name in ("insureds", "coverages"):
        for at, each in enumerate(getattr(terms, name)):
            _check_ref(each.plan, plans, (((ROOT, name), at), "plan"), "plan", found)


def check_refs(refs: Iterable[str], known: Collection[str], path: Path, what: str, found: Findings) -> None:
    """Each of some refs is borne by something."""
    for at, ref in enumerate(refs):
        _check_ref(ref, known, (path, at), what, found)


def _check_ref(ref: str | None, known: Collection[str], path: Path, what: str, found: Findings) -> None:
    if ref is not None and ref not in known:
        found.add(FaultCode.unknown_ref, f"no {what} of this request bears this ref", path)
