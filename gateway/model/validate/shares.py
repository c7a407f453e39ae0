"""Whether the beneficiaries' shares make a whole, in exact rationals: three thirds are one."""

import re
from collections import defaultdict
from fractions import Fraction

from gateway.model.enums_party import BeneficiaryClass, BeneficiaryKind, Relationship
from gateway.model.roles import Beneficiary
from gateway.model.validate.fault import FaultCode, Findings, Path

_SHARE = re.compile(r"[0-9]{1,6}(/[1-9][0-9]{0,5})?", re.ASCII)

_Place = tuple[int, Beneficiary]


def check_beneficiaries(beneficiaries: tuple[Beneficiary, ...], path: Path, found: Findings) -> None:
    """All beneficiaries of a contract are right: each by itself, then those who share one benefit."""
    groups: dict[tuple[str | None, BeneficiaryClass], list[_Place]] = defaultdict(list)
    for at, beneficiary in enumerate(beneficiaries):
        _check_own(beneficiary, (path, at), found)
        groups[beneficiary.insured_ref, beneficiary.class_].append((at, beneficiary))
    for group in groups.values():
        _check_orders(group, path, found)


def parse_share(share: str) -> Fraction | None:
    """A share as an exact rational, or None when it is none: `1/3`, `1`, but not 0.333 nor 1/0."""
    return Fraction(share) if _SHARE.fullmatch(share) else None


def _check_own(beneficiary: Beneficiary, path: Path, found: Findings) -> None:
    named = beneficiary.kind is BeneficiaryKind.named
    if named and beneficiary.party is None:
        found.add(FaultCode.missing, "a named beneficiary needs a party", path, "party")
    if not named and beneficiary.party is not None:
        found.add(FaultCode.incoherent, "a statutory beneficiary is named by the law, not here", path, "party")
    if beneficiary.order < 1:
        found.add(FaultCode.range, "orders are counted from 1", path, "order")
    if beneficiary.class_ is BeneficiaryClass.death and beneficiary.relationship_to_insured is Relationship.self:
        message = "nobody takes the benefit of their own death"
        found.add(FaultCode.incoherent, message, path, "relationship_to_insured")


def _check_orders(group: list[_Place], path: Path, found: Findings) -> None:
    orders: dict[int, list[_Place]] = defaultdict(list)
    for place in group:
        orders[place[1].order].append(place)
    for expected, order in enumerate(sorted(orders), start=1):
        if order != expected:
            at = orders[order][0][0]
            found.add(FaultCode.order, f"there is nobody of order {expected} before this one", path, at, "order")
            break
    for members in orders.values():
        _check_shares(members, path, found)


def _check_shares(members: list[_Place], path: Path, found: Findings) -> None:
    first = members[0][0]
    if len(members) == 1 and members[0][1].share is None:
        return
    if any(each.kind is BeneficiaryKind.statutory for _, each in members) and len(members) > 1:
        message = "statutory heirs share with nobody: name them alone in their class and order"
        found.add(FaultCode.incoherent, message, path, first)
        return
    total = Fraction(0)
    for at, each in members:
        share = None if each.share is None else parse_share(each.share)
        if share is None or not 0 < share <= 1:
            message = "say the share as a rational above 0 and at most 1, such as 1/3"
            found.add(FaultCode.shares, message, path, at, "share")
            return
        total += share
    if total != 1:
        message = f"the shares of one class and order make {total}, they must make exactly 1"
        found.add(FaultCode.shares, message, path, first, "share")
