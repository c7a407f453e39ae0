"""Applying the changes of an endorsement to a policy: `insured/i1` `phones` from .. to .."""

from typing import Any

import msgspec

from gateway.errors import RequestInvalid
from gateway.model import Change, Policy
from gateway.model.validate import Fault, FaultCode

_LISTS = {"insured": "insureds", "object": "objects"}


def with_changes(policy: Policy, changes: tuple[Change, ...]) -> Policy:
    """A policy after changes. Raises RequestInvalid for a target or field it does not have."""
    document = msgspec.to_builtins(policy)
    faults = [fault for index, change in enumerate(changes) if (fault := _apply(document, index, change))]
    if not faults:
        try:
            return msgspec.convert(document, Policy)
        except msgspec.ValidationError as error:
            faults = [Fault(path="changes", code=FaultCode.malformed, message=str(error))]
    raise RequestInvalid("a change does not fit the policy", faults=faults)


def _apply(document: dict[str, Any], index: int, change: Change) -> Fault | None:
    kind, _, ref = change.target.partition("/")
    place: Any = document if kind == "policy" else document.get(kind)
    if kind in _LISTS:
        place = next((item for item in document.get(_LISTS[kind], ()) if item.get("ref") == ref), None)
    if not isinstance(place, dict):
        message = f"the policy has no {change.target}"
        return Fault(path=f"changes.{index}.target", code=FaultCode.malformed, message=message)
    *parents, last = change.field.split(".")
    place = place.get("party", place) if kind == "insured" and (parents or [last])[0] not in place else place
    for name in parents:
        place = _step(place, name)
        if place is None:
            return Fault(path=f"changes.{index}.field", code=FaultCode.malformed, message=f"there is no {change.field}")
    _set(place, last, change.to)
    return None


def _step(place: Any, name: str) -> Any:
    if isinstance(place, list):
        return place[int(name)] if name.isdigit() and int(name) < len(place) else None
    return place.setdefault(name, {}) if isinstance(place, dict) else None


def _set(place: Any, name: str, value: Any) -> None:
    if isinstance(place, list):
        if name.isdigit() and int(name) < len(place):
            place[int(name)] = value
    else:
        place[name] = value
