"""Whether the beneficiaries' shares make a whole, in exact rationals: three thirds are one."""

import re
from collections import defaultdict
from fractions import Fraction

from gateway.model.enums_party import BeneficiaryClass, BeneficiaryKind, Relationship
from gateway.model.roles import Beneficiary
from gateway.model.validate.fault import Fault, FaultCode, Faults, below

_SHARE = re.compile(r"[0-9]{1,6}(/[1-9][0-9]{0,5})?", re.ASCII)

_Place = tuple[int, Beneficiary]


def beneficiary_faults(beneficiaries: tuple[Beneficiary, ...], path: str) -> Faults:
    """Faults of all beneficiaries of a contract: each by itself, then those who share one benefit."""
    groups: dict[tuple[str | None, BeneficiaryClass], list[_Place]] = defaultdict(list)
    for at, beneficiary in enumerate(beneficiaries):
        yield from _own_faults(beneficiary, below(path, at))
        groups[beneficiary.insured_ref, beneficiary.class_].append((at, beneficiary))
    for group in groups.values():
        yield from _order_faults(group, path)


def parse_share(share: str) -> Fraction | None:
    """A share as an exact rational, or None when it is none: `1/3`, `1`, but not 0.333 nor 1/0."""
    return Fraction(share) if _SHARE.fullmatch(share) else None


def _own_faults(beneficiary: Beneficiary, path: str) -> Faults:
    named = beneficiary.kind is BeneficiaryKind.named
    if named and beneficiary.party is None:
        yield Fault(below(path, "party"), FaultCode.missing, "a named beneficiary needs a party")
    if not named and beneficiary.party is not None:
        yield Fault(below(path, "party"), FaultCode.incoherent, "a statutory beneficiary is named by the law, not here")
    if beneficiary.order < 1:
        yield Fault(below(path, "order"), FaultCode.range, "orders are counted from 1")
    if beneficiary.class_ is BeneficiaryClass.death and beneficiary.relationship_to_insured is Relationship.self:
        message = "nobody takes the benefit of their own death"
        yield Fault(below(path, "relationship_to_insured"), FaultCode.incoherent, message)


def _order_faults(group: list[_Place], path: str) -> Faults:
    orders: dict[int, list[_Place]] = defaultdict(list)
    for place in group:
        orders[place[1].order].append(place)
    for expected, order in enumerate(sorted(orders), start=1):
        if order != expected:
            at = orders[order][0][0]
            yield Fault(
                below(path, at, "order"), FaultCode.order, f"there is nobody of order {expected} before this one"
            )
            break
    for members in orders.values():
        yield from _share_faults(members, path)


def _share_faults(members: list[_Place], path: str) -> Faults:
    first = members[0][0]
    if len(members) == 1 and members[0][1].share is None:
        return
    if any(each.kind is BeneficiaryKind.statutory for _, each in members) and len(members) > 1:
        message = "statutory heirs share with nobody: name them alone in their class and order"
        yield Fault(below(path, first), FaultCode.incoherent, message)
        return
    total = Fraction(0)
    for at, each in members:
        share = None if each.share is None else parse_share(each.share)
        if share is None or not 0 < share <= 1:
            message = "say the share as a rational above 0 and at most 1, such as 1/3"
            yield Fault(below(path, at, "share"), FaultCode.shares, message)
            return
        total += share
    if total != 1:
        message = f"the shares of one class and order make {total}, they must make exactly 1"
        yield Fault(below(path, first, "share"), FaultCode.shares, message)
