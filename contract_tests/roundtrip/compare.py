"""What of an object has not come back: only what its shape carries without loss is asked for."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from gateway.model.kinds import ListType, StructType


class Lost(NamedTuple):
    """A path whose value is another one after the round trip; `is_absent` when there is none at all."""

    path: str
    sent: Any
    read: Any
    is_absent: bool


def lost(kind: StructType, compared: Any, sent: Any, read: Any, way: str = "") -> Iterator[Lost]:
    """Everything that has not come back as it was sent."""
    for name, told in compared.items() if isinstance(compared, dict) else ():
        field = kind.fields[name]
        yield from _lost(field.type, told, _of(sent, field.attribute), _of(read, field.attribute), f"{way}{name}")


def _lost(kind: Any, told: Any, sent: Any, read: Any, path: str) -> Iterator[Lost]:
    if told is True and sent != read:
        yield Lost(path, sent, read, is_absent=read is None or read == ())
    elif isinstance(told, dict) and isinstance(kind, StructType):
        yield from lost(kind, told, sent, read, f"{path}.")
    elif isinstance(told, list) and isinstance(kind, ListType):
        if len(sent or ()) != len(read or ()):
            yield Lost(path, sent, read, is_absent=not read)
            return
        for at, (inner, one, other) in enumerate(zip(told, sent or (), read or (), strict=True)):
            yield from _lost(kind.item, inner, one, other, f"{path}.{at}")


def _of(holder: Any, attribute: str) -> Any:
    return None if holder is None else getattr(holder, attribute)
