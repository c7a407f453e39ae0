"""Applying the changes of an endorsement to a policy: `insured/i1` `phones` from .. to .."""

from typing import Any

import msgspec

from gateway.errors import RequestInvalid
from gateway.model import Change, Policy
from gateway.model.validate import Fault, FaultCode

_LISTS = {"insured": "insureds", "object": "objects"}


def with_changes(policy: Policy, changes: tuple[Change, ...]) -> Policy:
    """A policy after changes; `ref` of an insured changed to nothing removes the insured.

    Raises RequestInvalid for a target or field it does not have.
    """
    # Through JSON, because plain lists can be changed and the model's tuples cannot.
    document = msgspec.json.decode(msgspec.json.encode(policy))
    faults = [fault for index, change in enumerate(changes) if (fault := _apply(document, index, change))]
    if not faults:
        try:
            return msgspec.convert(document, Policy)
        except msgspec.ValidationError as error:
            # Its words may quote the value; its place does not.
            place = str(error).rpartition(" - at ")[2].strip("`$.")
            message = f"the changed policy would not be valid at {place}"
            faults = [Fault(path="changes", code=FaultCode.malformed, message=message)]
    raise RequestInvalid("a change does not fit the policy", faults=faults)


def _apply(document: dict[str, Any], index: int, change: Change) -> Fault | None:
    kind, _, ref = change.target.partition("/")
    place: Any = document if kind == "policy" else document.get(kind)
    if kind in _LISTS:
        place = next((item for item in document.get(_LISTS[kind], ()) if item.get("ref") == ref), None)
    if not isinstance(place, dict):
        message = f"the policy has no {change.target}"
        return Fault(path=f"changes.{index}.target", code=FaultCode.malformed, message=message)
    if kind in _LISTS and change.field == "ref" and change.to is None:
        document[_LISTS[kind]].remove(place)
        return None
    names = change.field.split(".")
    place = place.get("party", place) if kind == "insured" and names[0] not in place else place
    if not _set(place, names, change.to):
        message = f"there is no {change.field}"
        return Fault(path=f"changes.{index}.field", code=FaultCode.malformed, message=message)
    return None


def _set(place: Any, names: list[str], value: Any) -> bool:
    """Put a value at a dotted path, making what is missing on the way; False where there is no such place."""
    name, *behind = names
    key: Any = name
    if isinstance(place, list):
        if not name.isdigit() or int(name) > len(place):
            return False
        key = int(name)
        place += [{}] if key == len(place) else []
    elif isinstance(place, dict):
        place.setdefault(key, [] if behind and behind[0].isdigit() else {})
    else:
        return False
    if behind:
        return _set(place[key], behind, value)
    place[key] = value
    return True
