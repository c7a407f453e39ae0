"""What an expert checks beyond types: one call gives every fault of a request at once.

Faults name fields and rules; they never quote a value, which may be personal.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from inspect import isclass
from operator import attrgetter
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec.structs import fields

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
from gateway.model.validate.text import LIST_ITEMS_MAX, MAP_KEYS_MAX, are_plain_texts, size_faults, text_faults

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


def _is_sound(request: Model, now: datetime) -> bool:
    """Whether `_collect` would find nothing; most requests are sound, and need no paths to be worked out."""
    texts: list[str | None] = []
    return _is_clean(request, now, texts) and are_plain_texts(texts)


def _is_clean(value: Any, now: datetime, texts: list[str | None]) -> bool:
    """Whether no check under a value finds anything; puts the texts there aside, to be looked at all at once."""
    kind = value.__class__
    if kind is str:
        texts.append(value)
        return True
    if kind is tuple or kind is list:
        return len(value) <= LIST_ITEMS_MAX and _are_clean(value, now, texts)
    if kind is dict:
        return len(value) <= MAP_KEYS_MAX and _are_clean(value.values(), now, texts)
    if kind is datetime:
        return values.is_in_reach(value)
    if not isinstance(value, Model):
        return True
    check = _CHECKS.get(kind)
    if check is not None:
        for _ in check(value, "", now):
            return False
    texts_of, parts_of = _parts(kind)
    texts += texts_of(value)
    return _are_clean(parts_of(value), now, texts)


def _are_clean(parts: Iterable[Any], now: datetime, texts: list[str | None]) -> bool:
    for part in parts:  # noqa: SIM110 - a generator in all() would cost as much as what it looks at
        if part and not _is_clean(part, now, texts):
            return False
    return True


_Getter = Callable[[Any], tuple[Any, ...]]


@cache
def _parts(cls: type[Model]) -> tuple[_Getter, _Getter]:
    """What gets the fields of a Struct that hold a text, and what those that may hold anything to be gone into."""
    found = {each.name: _kinds(each.type) for each in fields(cls)}
    return (
        _getter([name for name, kinds in found.items() if kinds == {str}]),
        _getter([name for name, kinds in found.items() if kinds and kinds != {str}]),
    )


def _getter(names: Sequence[str]) -> _Getter:
    # attrgetter is one call for all of them, but gives a tuple only for two and more.
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _kinds(hint: Any) -> set[Any]:
    """The types a field may hold, without those that nothing can be wrong with: None, numbers, dates, codes."""
    if get_origin(hint) is Annotated:
        return _kinds(hint.__origin__)
    if get_origin(hint) in (Union, UnionType):
        return set().union(*map(_kinds, get_args(hint)))
    is_code = get_origin(hint) is Literal or (isclass(hint) and issubclass(hint, Enum))
    return set() if is_code or hint in _LEAVES else {hint}


_LEAVES = frozenset({NoneType, int, bool, float, bytes, date, Decimal})


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
    elif isinstance(value, datetime):
        found += values.instant_faults(value, path)
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
