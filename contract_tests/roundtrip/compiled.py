"""A planned inverse as functions: emitted, compiled in memory, and content with a part of an object."""

from collections.abc import Mapping
from typing import Any

import msgspec

from cli.codegen.emit.module import module_source
from cli.codegen.plan.environment import Carrier
from contract_tests.in_memory import executed

_FIRST = ("codes", "carrier")


class Partly:
    """An object of which a message tells a part: what it does not tell is None, also where the model needs it."""

    def __init__(self, kind: type[msgspec.Struct], given: Mapping[str, Any]) -> None:
        """Keep the kind, for the names of its fields."""
        self._kind, self._given = kind, given

    def __getattr__(self, name: str) -> Any:
        """What was told of a field."""
        return self._given.get(name)


def functions_of(carrier: Carrier, places: Mapping[Any, tuple[str, str]]) -> dict[Any, Any]:
    """The functions at some places (module, name) of a planned carrier."""
    names = sorted(carrier.modules, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
    sources = {name: module_source(carrier.modules[name], carrier.id) for name in names}
    with executed(carrier.id, sources) as modules:
        for module in modules.values():
            for name, value in list(vars(module).items()):
                if isinstance(value, type) and issubclass(value, msgspec.Struct):
                    vars(module)[name] = _in_part(value)
        return {key: vars(modules[module])[name] for key, (module, name) in places.items()}


def _in_part(kind: type[msgspec.Struct]) -> Any:
    """What makes an object of a kind, of whatever is there."""

    def made(**given: Any) -> Any:
        try:
            return kind(**given)
        except TypeError:
            return Partly(kind, given)

    return made


def kind_of(found: Any) -> type[Any]:
    """The kind of an object, told in part or not."""
    return found._kind if isinstance(found, Partly) else type(found)  # noqa: SLF001 - its fields have the names
