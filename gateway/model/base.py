"""The base class of every canonical Struct: frozen, closed, and unable to print personal data."""

from functools import cache

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields

from gateway.model.pii import PiiClass, pii_of_annotation


class Model(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A canonical value: immutable, keyword-only, defaults left out of its JSON, unknown fields refused.

    Its repr shows only fields that hold nothing personal, so that a value may stand in a log or a failing test.
    """

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={text}" for name, text in self._shown())
        return f"{self.__class__.__name__}({shown})"

    __str__ = __repr__

    def _shown(self) -> list[tuple[str, str]]:
        pairs = []
        for name, default, masked in _repr_plan(self.__class__):
            value = getattr(self, name)
            if value is not default and value != default:
                pairs.append((name, "***" if masked else repr(value)))
        return pairs


@cache
def _repr_plan(cls: type[Struct]) -> tuple[tuple[str, object, bool], ...]:
    """For each field: its attribute, its default, and whether its value is masked."""
    return tuple((each.name, _default(each), pii_of_annotation(each.type) is not PiiClass.none) for each in fields(cls))


def _default(each: FieldInfo) -> object:
    return each.default if each.default_factory is NODEFAULT else each.default_factory()
