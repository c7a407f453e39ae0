"""How much a field may hurt a person: one class for every field, written beside its type.

A field without a class holds nothing personal. The class travels in `Meta(extra={"pii": ...})`, from where the log
filter, the masked repr, the audit view and the mapping checker read it. A hash of a personal value is personal too.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from msgspec import Meta


class PiiClass(StrEnum):
    """How sensitive a value is, from harmless to never shown."""

    none = "none"
    personal = "personal"
    sensitive = "sensitive"
    health = "health"
    secret = "secret"  # noqa: S105 - the name of a class, not a secret


def _meta(pii: PiiClass) -> Meta:
    return Meta(extra={"pii": pii}, extra_json_schema={"x-pii": pii.value})


PERSONAL = _meta(PiiClass.personal)
SENSITIVE = _meta(PiiClass.sensitive)
HEALTH = _meta(PiiClass.health)

PersonalText = Annotated[str, PERSONAL]
PersonalDate = Annotated[date, PERSONAL]
SensitiveText = Annotated[str, SENSITIVE]
HealthText = Annotated[str, HEALTH]
HealthNumber = Annotated[Decimal, HEALTH]
HealthJson = Annotated[Any, HEALTH]
SensitiveJson = Annotated[Any, SENSITIVE]
SensitiveFlag = Annotated[bool, SENSITIVE]
PersonalBytes = Annotated[bytes, PERSONAL]

_RANK = tuple(PiiClass)


def pii_of_annotation(annotation: object) -> PiiClass:
    """The strictest class written in an annotation such as `PersonalText | None` or `tuple[HealthText, ...]`."""
    origin = get_origin(annotation)
    found = [PiiClass.none]
    if origin is Annotated:
        inner, *notes = get_args(annotation)
        found += [PiiClass(note.extra["pii"]) for note in notes if isinstance(note, Meta) and note.extra]
        found.append(pii_of_annotation(inner))
    elif origin in (Union, UnionType, tuple, dict):
        found += [pii_of_annotation(each) for each in get_args(annotation)]
    return max(found, key=_RANK.index)
