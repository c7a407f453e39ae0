"""Packages that only some wires need: what is asked for, whether it is there, and how to get it."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.util import find_spec

EXTRAS: Mapping[str, tuple[str, ...]] = {"gm": ("gmalg",)}
"""Each extra of the distribution with the packages it installs."""


@lru_cache(maxsize=len(EXTRAS))
def _lacks(extra: str) -> bool:
    return any(find_spec(package) is None for package in EXTRAS[extra])


def missing(extras: Iterable[str]) -> str | None:
    """The sentence that says which extra is not installed and the command to run, or None when all are there."""
    lacking = sorted(extra for extra in extras if _lacks(extra))
    if not lacking:
        return None
    packages = ", ".join(package for extra in lacking for package in EXTRAS[extra])
    return f"{packages} is not installed; run: pip install 'insurehub[{','.join(lacking)}]'"
