"""Generated modules executed in memory, under their carrier's name meanwhile: no formatter, no disk."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from types import CodeType, ModuleType

import adapters
from cli.codegen.generate import ADAPTERS

CODES_KEPT = 2_048

Sources = Mapping[str, str]


@lru_cache(maxsize=CODES_KEPT)
def _code(name: str, source: str) -> CodeType:
    return compile(source, f"<{name}>", "exec", dont_inherit=True)


@contextmanager
def executed(carrier: str, sources: Sources) -> Iterator[dict[str, ModuleType]]:
    """The modules of these sources by name, found under the carrier's name meanwhile."""
    name = f"{ADAPTERS}.{carrier}"
    kept, before = _taken_out(name), getattr(adapters, carrier, None)
    package = ModuleType(name)
    # The hand-written hooks stand where they always do.
    package.__path__ = [f"{folder}/{carrier}" for folder in adapters.__path__]
    sys.modules[name] = package
    setattr(adapters, carrier, package)
    try:
        for module, source in sources.items():
            _execute(name, module, source)
        yield {module: found for module in sources if (found := getattr(package, module, None)) is not None}
    finally:
        _taken_out(name)
        sys.modules.update(kept)
        if before is None:
            delattr(adapters, carrier)
        else:
            setattr(adapters, carrier, before)


def _execute(package: str, name: str, source: str) -> None:
    if name == "__init__":
        return
    module = ModuleType(f"{package}.{name}")
    sys.modules[module.__name__] = module
    setattr(sys.modules[package], name, module)
    exec(_code(module.__name__, source), module.__dict__)  # noqa: S102 - the generator's own text


def _taken_out(name: str) -> dict[str, ModuleType]:
    """The package and its modules, which it has as members: nobody else's need to be looked at."""
    package = sys.modules.get(name)
    inside = [each for each, value in vars(package).items() if isinstance(value, ModuleType)] if package else []
    names = (name, *(f"{name}.{each}" for each in inside))
    return {each: sys.modules.pop(each) for each in names if each in sys.modules}
