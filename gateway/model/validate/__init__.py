"""What an expert checks beyond types: one call gives every fault of a request at once.

Faults name fields and rules; they never quote a value, which may be personal.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from inspect import isclass
from itertools import compress
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
    return _walk_of_class(request.__class__)(request, now, texts) and are_plain_texts(texts)


_Walk = Callable[[Any, datetime, list[str | None]], bool]
"""Whether no check under a value finds anything; puts the texts there aside, to be looked at all at once."""

_WALKS: dict[type[Model], _Walk] = {}


def _walk_of_class(cls: type[Model]) -> _Walk:
    """The walk through one class of Structs: what its fields may hold is found out once, from their types."""
    known = _WALKS.get(cls)
    if known is not None:
        return known
    check = _CHECKS.get(cls)
    hints = {each.name: each.type for each in fields(cls)}
    texts_of = _getter([name for name, hint in hints.items() if _kinds(hint) == {str}])
    inner = {name: hint for name, hint in hints.items() if _kinds(hint) - {str}}
    parts_of = _getter(list(inner))
    walks: list[_Walk] = []

    def walk(value: Any, now: datetime, texts: list[str | None]) -> bool:
        if check is not None:
            for _ in check(value, "", now):
                return False
        if texts_of is not None:
            texts += texts_of(value)
        if parts_of is None:
            return True
        parts = parts_of(value)
        # Most fields of most requests are empty: passed over without a step of the interpreter.
        for part, each in compress(zip(parts, walks, strict=True), parts):  # noqa: SIM110 - all() costs a frame each
            if not each(part, now, texts):
                return False
        return True

    # Known before its parts are looked at: a class may hold itself.
    _WALKS[cls] = walk
    walks += map(_walk_of, inner.values())
    return walk


def _walk_of(hint: Any) -> _Walk:
    """The walk through what a field holds; where its type leaves that open, each value tells."""
    kinds = _kinds(hint)
    kind = next(iter(kinds)) if len(kinds) == 1 else None
    if isclass(kind) and issubclass(kind, Model) and not kind.__subclasses__():
        return _walk_of_class(kind)
    return _walk_any


def _walk_any(value: Any, now: datetime, texts: list[str | None]) -> bool:
    kind = value.__class__
    if kind is str:
        texts.append(value)
        return True
    if kind is tuple or kind is list:
        return len(value) <= LIST_ITEMS_MAX and _walk_all(value, now, texts)
    if kind is dict:
        return len(value) <= MAP_KEYS_MAX and _walk_all(value.values(), now, texts)
    if kind is datetime:
        return values.is_in_reach(value)
    return not isinstance(value, Model) or _walk_of_class(kind)(value, now, texts)


def _walk_all(items: Iterable[Any], now: datetime, texts: list[str | None]) -> bool:
    for item in items:  # noqa: SIM110 - a generator in all() would cost as much as what it looks at
        if item and not _WALKS.get(item.__class__, _walk_any)(item, now, texts):
            return False
    return True


_Getter = Callable[[Any], tuple[Any, ...]]


def _getter(names: Sequence[str]) -> _Getter | None:
    # attrgetter is one call for all of them, but gives a tuple only for two and more.
    if len(names) > 1:
        return attrgetter(*names)
    if not names:
        return None
    get = attrgetter(names[0])
    return lambda value: (get(value),)


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


def _party(party: Party, path: str, now: datetime) -> Faults:
    return party_faults(party, path, local_date(now, ZONE_DEFAULT))


_CHECKS: Mapping[type[Model], _Check] = MappingProxyType({
    Party: _party,
    Address: address_faults,
    Money: values.money_faults,
    Premium: values.premium_faults,
    Period: values.period_faults,
    Term: values.term_faults,
    PayTerm: values.term_faults,
    Coverage: values.units_faults,
    Plan: values.units_faults,
    Copay: values.copay_faults,
    Document: values.document_faults,
    Evidence: values.document_faults,
    PriorPolicy: values.span_faults,
    Project: values.span_faults,
    PersonTravel: values.span_faults,
    PolicyRef: policy_ref_faults,
    Consent: values.happened_faults,
    Disclosure: values.happened_faults,
    Receipt: values.happened_faults,
    Occurrence: values.happened_faults,
})  # fmt: skip
