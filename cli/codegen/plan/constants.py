"""`constants` of a call: what the layers and headers all calls share say differently in each of them."""

import re
from collections.abc import Iterable, Iterator

from cli.codegen.plan.frame import Refused
from cli.mapping.tree import Constants, Expression, Layer, Option, Text, Value
from gateway.catalogue.marks import Mark

_NAMED = re.compile(r"\bconstant\.([a-z][a-z0-9_]*)")

Headers = tuple[tuple[Text, Value], ...]


def constants_of(said: Constants, mark: Mark, what: str, layers: Iterable[Layer], headers: Headers) -> Constants | None:
    """What a call says, None when layers and headers ask for nothing; raises `Refused` for what it does not say."""
    options = [*(option for layer in layers for option in layer.options.values()), *(value for _, value in headers)]
    named = {name for option in options for text in _texts(option) for name in _NAMED.findall(text)}
    if missing := sorted(named - set(said)):
        names = ", ".join(f"{name}: .." for name in missing)
        raise Refused("E112", mark, f"the layers of {what} want constant.{missing[0]}", f"constants: {{ {names} }}")
    return said if named else None


def _texts(option: Option) -> Iterator[str]:
    if isinstance(option, Text):
        yield option.value
    elif isinstance(option, Expression):
        yield option.source
    else:
        for each in option.values() if hasattr(option, "values") else option:
            yield from _texts(each)
