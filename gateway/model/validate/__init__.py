"""What an expert checks beyond types: one call gives every fault of a request at once.

Faults name fields and rules; they never quote a value, which may be personal.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any

from gateway.model.base import Model
from gateway.model.claim import Evidence, Occurrence
from gateway.model.coverage import Copay, Coverage, PayTerm, Plan, Term
from gateway.model.money import Money
from gateway.model.objects_people import PersonTravel
from gateway.model.objects_things import Project
from gateway.model.party import Address, Party
from gateway.model.period import ZONE_DEFAULT, Period, local_date
from gateway.model.premium import Premium, Receipt
from gateway.model.records import Consent, Disclosure, Document, PriorPolicy
from gateway.model.requests_policy import PolicyRef
from gateway.model.validate import values
from gateway.model.validate.bodies import body_faults, policy_ref_faults
from gateway.model.validate.fault import Fault, FaultCode, Faults, below
from gateway.model.validate.party import address_faults, party_faults
from gateway.model.validate.text import LIST_ITEMS_MAX, MAP_KEYS_MAX, is_plain_text, size_faults, text_faults

__all__ = ["Fault", "FaultCode", "faults_of"]

_Check = Callable[[Any, str, datetime], Faults]


def faults_of(request: Model, *, now: datetime) -> tuple[Fault, ...]:
    """Every fault of a body or a request, in the order of its fields, then those of the whole; () when it is sound.

    `now` is an aware instant; birth dates are compared with its business date in China.
    """
    found: list[Fault] = []
    if not _is_sound(request, now):
        _collect(request, "", now, found)
    return (*found, *body_faults(request))


def _is_sound(value: Any, now: datetime) -> bool:
    """Whether `_collect` would find nothing; most requests are sound, and need no paths to be worked out."""
    kind = value.__class__
    if kind is str:
        return is_plain_text(value)
    if kind is tuple or kind is list:
        return len(value) <= LIST_ITEMS_MAX and all(_is_sound(item, now) for item in value)
    if kind is dict:
        return len(value) <= MAP_KEYS_MAX and all(_is_sound(item, now) for item in value.values())
    if not isinstance(value, Model):
        return not isinstance(value, str) or isinstance(value, Enum) or is_plain_text(value)
    check = _CHECKS.get(kind)
    if check is not None and any(True for _ in check(value, "", now)):
        return False
    for attribute, _ in _names(kind):
        inner = getattr(value, attribute)
        if inner and inner.__class__ not in _LEAVES and not _is_sound(inner, now):
            return False
    return True


_LEAVES = frozenset({int, bool, float, bytes, date, datetime, Decimal})


def _collect(value: Any, path: str, now: datetime, found: list[Fault]) -> None:
    # Faults are gathered in one list: nested generators would pass each one up through every level.
    if isinstance(value, str):
        found += text_faults(value, path)
    elif isinstance(value, Model):
        check = _CHECKS.get(value.__class__)
        if check is not None:
            found += check(value, path, now)
        for attribute, name in _names(value.__class__):
            inner = getattr(value, attribute)
            if inner:
                _collect(inner, below(path, name), now, found)
    elif isinstance(value, tuple | list):
        found += size_faults(len(value), LIST_ITEMS_MAX, path)
        for at, item in enumerate(value):
            _collect(item, below(path, at), now, found)
    elif isinstance(value, dict):
        found += size_faults(len(value), MAP_KEYS_MAX, path)
        for key, item in value.items():
            _collect(item, below(path, key), now, found)


@cache
def _names(cls: type[Model]) -> tuple[tuple[str, str], ...]:
    return tuple(zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True))


def _timeless(check: Callable[[Any, str], Faults]) -> _Check:
    return lambda value, path, _now: check(value, path)


def _party(party: Party, path: str, now: datetime) -> Faults:
    return party_faults(party, path, local_date(now, ZONE_DEFAULT))


_CHECKS: Mapping[type[Model], _Check] = MappingProxyType({
    Party: _party,
    Address: _timeless(address_faults),
    Money: _timeless(values.money_faults),
    Premium: _timeless(values.premium_faults),
    Period: _timeless(values.period_faults),
    Term: _timeless(values.term_faults),
    PayTerm: _timeless(values.term_faults),
    Coverage: _timeless(values.units_faults),
    Plan: _timeless(values.units_faults),
    Copay: _timeless(values.copay_faults),
    Document: _timeless(values.document_faults),
    Evidence: _timeless(values.document_faults),
    PriorPolicy: _timeless(values.span_faults),
    Project: _timeless(values.span_faults),
    PersonTravel: _timeless(values.span_faults),
    PolicyRef: _timeless(policy_ref_faults),
    Consent: values.happened_faults,
    Disclosure: values.happened_faults,
    Receipt: values.happened_faults,
    Occurrence: values.happened_faults,
})  # fmt: skip
