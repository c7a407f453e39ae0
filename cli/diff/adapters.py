"""The adapter of one version, generated in a folder of its own and loaded in the place of the installed one."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import adapters
from cli.codegen.emit.guard import require_safe
from cli.codegen.generate import ADAPTERS, HOOKS, plan_sources
from cli.diff.version import NoVersion, Version
from gateway.channel.registry import Adapter


@contextmanager
def adapter_of(version: Version) -> Iterator[Adapter]:
    """The version's adapter; everything of it must be used before this ends. Raises `NoVersion`."""
    sources, _, faults = plan_sources(version.tree)
    error = next((fault for fault in faults if fault.severity == "error"), None)
    if error is not None:
        raise NoVersion(f"{version.label} cannot be generated: {error}", f"insurehub check {version.folder.name}")
    with TemporaryDirectory(prefix="insurehub-adapter-") as temporary:
        folder = Path(temporary) / ADAPTERS / version.folder.name
        folder.mkdir(parents=True)
        for path, text in sources.items():
            require_safe(text, path)
            (Path(temporary) / path).write_text(text, encoding="utf-8")
        if version.hooks.is_file():
            (folder / HOOKS).write_bytes(version.hooks.read_bytes())
        with _instead(version.folder.name, folder):
            yield Adapter(version.folder.name)


@contextmanager
def _instead(carrier: str, folder: Path) -> Iterator[None]:
    """Let `adapters.<carrier>` mean this folder for a while."""
    name = f"{ADAPTERS}.{carrier}"
    kept = _taken_out(name)
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package
    before = getattr(adapters, carrier, None)
    setattr(adapters, carrier, package)
    try:
        yield
    finally:
        _taken_out(name)
        sys.modules.update(kept)
        if before is None:
            delattr(adapters, carrier)
        else:
            setattr(adapters, carrier, before)


def _taken_out(name: str) -> dict[str, ModuleType]:
    found = [each for each in sys.modules if each == name or each.startswith(f"{name}.")]
    return {each: sys.modules.pop(each) for each in found}
