"""Everything in a value that does not fit the canonical model, each with its path: msgspec names the first alone."""

import re
import types
from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

import msgspec

MISFITS_MAX = 100

_AT = re.compile(r" - at `(\$[^`]*)`")


class Misfit(NamedTuple):
    """What does not fit, in the model's words, and where (`$.insureds[0].party.name`)."""

    path: str
    what: str


def misfits(value: Any, kind: Any) -> tuple[Misfit, ...]:
    """All that is wrong with a value of plain data held against a type of the model; none when it can be converted.

    Whatever can be judged alone is: fields of structs, items of lists, values of maps.
    """
    return tuple(found for found, _ in zip(_within(value, kind, "$"), range(MISFITS_MAX), strict=False))


def _within(value: Any, kind: Any, path: str) -> Iterator[Misfit]:
    try:
        msgspec.convert(value, kind)
    except (msgspec.ValidationError, ValueError) as error:
        found = False
        for each in _inside(value, _plain(kind), path):
            found = True
            yield each
        if not found:
            yield _as_told(str(error), path)


def _inside(value: Any, kind: Any, path: str) -> Iterator[Misfit]:
    """What is wrong with the parts of a value; nothing where it has none, or only the whole is wrong."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
        yield from _in_struct(value, kind, path)
    elif get_origin(kind) in (tuple, list) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _within(item, get_args(kind)[0], f"{path}[{index}]")
    elif get_origin(kind) is dict and isinstance(value, dict):
        for name, item in value.items():
            yield from _within(item, get_args(kind)[1], f"{path}.{name}")


def _in_struct(value: dict[str, Any], kind: type[msgspec.Struct], path: str) -> Iterator[Misfit]:
    fields = {each.encode_name: each for each in msgspec.structs.fields(kind)}
    for name, item in value.items():
        if name in fields:
            yield from _within(item, fields[name].type, f"{path}.{name}")
        elif kind.__struct_config__.forbid_unknown_fields:
            yield Misfit(path, f"Object contains unknown field `{name}`")
    for name, each in fields.items():
        if each.required and name not in value:
            yield Misfit(path, f"Object missing required field `{name}`")


def _plain(kind: Any) -> Any:
    """The type itself, without what annotates it and without `None` beside it."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in (Union, types.UnionType):
            others = [each for each in get_args(kind) if each is not type(None)]
            if len(others) != 1:
                return kind
            kind = others[0]
        else:
            return kind


def _as_told(said: str, path: str) -> Misfit:
    at = _AT.search(said)
    return Misfit(path + (at[1].removeprefix("$") if at else ""), _AT.sub("", said))
