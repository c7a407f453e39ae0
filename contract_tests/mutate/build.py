"""A mutant's adapter: planned, emitted and compiled in memory, without the formatter and the disk."""

import importlib
import re
from collections.abc import Iterator
from contextlib import contextmanager

from cli.codegen.generate import ADAPTERS, plan_sources
from cli.mapping.tree import CarrierTree
from contract_tests.in_memory import Sources, executed
from gateway.channel.registry import Adapter

_TAG = re.compile(r"  # (?:\S+\.yaml )?L\d+$", re.MULTILINE)
_FIRST = ("__init__", "codes", "carrier")


def sources_of(tree: CarrierTree) -> Sources | None:
    """The modules of a tree by name, without the lines they come from; None where the generator refuses it."""
    try:
        sources, _, faults = plan_sources(tree)
    except Exception:  # noqa: BLE001 - a tree no file could give: nothing that could be generated either
        return None
    if any(fault.severity == "error" for fault in faults):
        return None
    # Equal texts are equal code wherever the line came from.
    plain = {path.rpartition("/")[2].removesuffix(".py"): _TAG.sub("", text) for path, text in sources.items()}
    return dict(sorted(plain.items(), key=lambda item: _turn(item[0])))


_FUNCTION = re.compile(r"^def (\w+)\(", re.MULTILINE)
_SENDING = re.compile(r"(?:\w+_)?(?:message|build|encoded)(?:_\w+)?|\w+_out")
ASKING, TELLING = ("request", "context", "whole", "declared"), ("reply", "status", "code", "bytes", "callback", "whole")


def sides_of(sources: Sources, unchanged: Sources) -> tuple[str, ...]:
    """Which sides of a message the functions that differ are about; both where it cannot be said."""
    sends = {_SENDING.fullmatch(name) is not None for name in _differing(sources, unchanged)}
    return ASKING if sends == {True} else TELLING if sends == {False} else (*ASKING, *TELLING)


def _differing(sources: Sources, unchanged: Sources) -> Iterator[str]:
    for module, text in sources.items():
        if text != unchanged.get(module):
            mine, theirs = (dict(_functions(each)) for each in (text, unchanged.get(module, "")))
            yield from (name for name in mine if mine[name] != theirs.get(name))


def _functions(text: str) -> Iterator[tuple[str, str]]:
    starts = [*_FUNCTION.finditer(text)]
    ends = [each.start() for each in starts[1:]] + [len(text)]
    yield from ((each[1], text[each.start() : end]) for each, end in zip(starts, ends, strict=False))


def _turn(module: str) -> int:
    """When a module is executed: after those it imports from."""
    return _FIRST.index(module) if module in _FIRST else len(_FIRST)


@contextmanager
def installed(carrier: str, sources: Sources) -> Iterator[Adapter]:
    """The adapter of these sources under the carrier's name; raises what a module raises that cannot be executed."""
    with executed(carrier, sources):
        yield Adapter(carrier)


def require_package(carrier: str) -> None:
    """Let the workspace's own adapters be found."""
    importlib.import_module(f"{ADAPTERS}.{carrier}")
