"""What a decoder complains of, in the words of a problem document: where, what kind, how to put it right.

A decoder quotes what it refuses; that may be personal, so only our own vocabulary is ever repeated to the caller.
"""

import re
from typing import Any

import msgspec

from gateway.errors import BodyUnreadable, HubError, RequestInvalid, TooLarge
from gateway.model.reflect import EnumType, Kind, NoSuchPath, StructType, describe, suggest, walk
from gateway.model.validate import Fault, FaultCode

_AT = re.compile(r" - at `(key in )?\$(.*)`$", re.DOTALL)
_SEGMENT = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\[\.\.\.\]")
_BYTE = re.compile(r"\(byte (\d+)\)")
_NAMED = re.compile(r"(missing required|contains unknown) field `([A-Za-z_][A-Za-z0-9_]{0,39})`")
# The decoder's sentences that speak of types and rules alone; any other may quote a value and is not repeated.
_SAFE = re.compile(
    r"Expected `[a-z| `]+`(, got `[a-z]+`| with .*| of length .*| matching regex .*| [<>]=? .*)?"
    r"|Invalid (RFC3339 encoded \w+|base64 encoded string|decimal string|UUID)"
    r"|Integer value out of range|Number out of range"
)


def refusal(error: Exception, body: bytes, type_: Any) -> HubError:
    """The refusal of a body that a typed decoder did not take."""
    if isinstance(error, msgspec.ValidationError):
        return RequestInvalid("one field is not as the schema says", faults=(fault_of(error, type_),))
    if isinstance(error, RecursionError):
        return TooLarge("objects and arrays stand too deep in each other")
    if isinstance(error, UnicodeDecodeError):
        return _unreadable("it is not UTF-8", body, _first_bad_byte(body))
    found = _BYTE.search(str(error))
    if found is None:
        return _unreadable("the JSON ends too early", body, len(body))
    return _unreadable("it is not JSON", body, int(found[1]))


def fault_of(error: msgspec.ValidationError, type_: Any) -> Fault:
    """The one field a decoder stopped at."""
    text = str(error)
    at = _AT.search(text)
    said = text[: at.start()] if at else text
    path = [name or index or "*" for name, index in _SEGMENT.findall(at[2])] if at else []
    named = _NAMED.search(said)
    if named and named[1] == "missing required":
        return Fault(".".join([*path, named[2]]), FaultCode.missing, "this field is required")
    if named:
        return Fault(".".join([*path, named[2]]), FaultCode.malformed, _no_such_field(type_, path, named[2]))
    code = FaultCode.missing if said.startswith("Object missing") else FaultCode.malformed
    return Fault(".".join(path), code, _allowed(type_, path) or _safe(said))


def _no_such_field(type_: Any, path: list[str], name: str) -> str:
    kind = _kind_at(type_, path)
    near = suggest(name, kind.fields) if isinstance(kind, StructType) else None
    return "there is no such field here" + (f", did you mean '{near}'?" if near else "")


def _safe(said: str) -> str:
    if said.startswith("Object contains unknown field"):
        return "this object has a field that does not exist"
    return said.replace("`", "'") if _SAFE.fullmatch(said) else "this is not a value of the field"


def _allowed(type_: Any, path: list[str]) -> str | None:
    """The members of the code list that a path leads to, when it leads to one."""
    kind = _kind_at(type_, path)
    return f"say one of {', '.join(kind.values)}" if isinstance(kind, EnumType) else None


def _kind_at(type_: Any, path: list[str]) -> Kind | None:
    """What the vocabulary has at a path, or None where it says nothing."""
    try:
        return walk(describe(type_), path)[-1].type if path else describe(type_)
    except (NoSuchPath, TypeError):
        return None


def _unreadable(what: str, body: bytes, at: int) -> BodyUnreadable:
    before = body[:at]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    return BodyUnreadable(f"the body cannot be read at line {line}, column {column}: {what}")


def _first_bad_byte(body: bytes) -> int:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return error.start
    return len(body)
