"""From `mappings/carriers` to `adapters`: plan, emit, format, examine, and only then write."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.codegen.emit.formatting import formatted
from cli.codegen.emit.guard import require_safe
from cli.codegen.emit.module import hooks_source, module_source, package_source
from cli.codegen.plan.carrier import plan_carrier
from cli.codegen.plan.codes import codes_module
from cli.codegen.plan.environment import Carrier
from cli.codegen.plan.frame import Faults
from cli.codegen.plan.native import native_modules
from cli.mapping.load import load_carrier
from cli.mapping.tree import CarrierTree
from gateway.catalogue.marks import Diagnostic

MAPPINGS, ADAPTERS = "mappings/carriers", "adapters"
HOOKS = "hooks.py"
GENERATED = "# mapping-sha256: "
"""The line by which a module is known to be the generator's, and may be replaced or removed."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found and did; paths are relative to the workspace.

    With an error among `diagnostics` nothing was written. Under `check`, `differing` are files that would be written,
    removed or changed.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that stop generation."""
        return tuple(found for found in self.diagnostics if found.severity == "error")

    @property
    def is_clean(self) -> bool:
        """No error, and under `check` nothing that differs."""
        return not self.errors and not self.differing


def generate(root: Path, carriers: Iterable[str] | None = None, *, check: bool = False) -> Report:
    """Generate the adapters of a workspace, all or those named; `check` compares byte for byte and writes nothing."""
    folders = _folders(root, carriers)
    diagnostics: list[Diagnostic] = []
    sources: dict[str, str] = {}
    hooks: dict[str, str] = {}
    for folder in folders:
        tree, found = load_carrier(folder, root)
        diagnostics += found
        if tree is None or any(fault.severity == "error" for fault in found):
            continue
        planned, first_hooks, faults = plan_sources(tree)
        diagnostics += faults
        sources |= planned
        hooks |= first_hooks
    names = tuple(folder.name for folder in folders)
    known = names if carriers is not None else _with_abandoned(root, names)
    if any(fault.severity == "error" for fault in diagnostics):
        return Report(tuple(diagnostics), carriers=names)
    done = _examined(sources)
    hooks = {path: text for path, text in _examined(hooks).items() if not (root / path).exists()}
    stale = sorted(path for name in known for path in _generated(root, name) if path not in done)
    if check:
        differing = [path for path, text in {**done, **hooks}.items() if _text(root / path) != text]
        return Report(tuple(diagnostics), differing=tuple(sorted([*differing, *stale])), carriers=names)
    return _write(root, {**done, **hooks}, stale, tuple(diagnostics), names)


def plan_sources(tree: CarrierTree) -> tuple[dict[str, str], dict[str, str], tuple[Diagnostic, ...]]:
    """The unformatted sources of one carrier by path, a first `hooks.py` where hooks are named, and every refusal."""
    faults = Faults()
    if tree.carrier.native:
        carrier = native_modules(tree, faults)
    else:
        carrier = plan_carrier(tree, faults)
        codes = codes_module(carrier)
        if codes is not None:
            carrier.modules["codes"] = codes
    return _sources(carrier), _hooks(carrier), tuple(sorted(faults.found, key=lambda fault: (fault.mark, fault.code)))


def _sources(carrier: Carrier) -> dict[str, str]:
    folder = f"{ADAPTERS}/{carrier.id}"
    title = f"{carrier.tree.carrier.name} {carrier.tree.carrier.version}"
    file = carrier.tree.carrier.file
    found = {f"{folder}/__init__.py": package_source(title, file, carrier.digest(file))}
    for name, module in carrier.modules.items():
        found[f"{folder}/{name}.py"] = module_source(module, title)
    return found


def _hooks(carrier: Carrier) -> dict[str, str]:
    if not carrier.hooks:
        return {}
    title = f"{carrier.tree.carrier.name} {carrier.tree.carrier.version}"
    return {f"{ADAPTERS}/{carrier.id}/{HOOKS}": hooks_source(title, carrier.id, sorted(carrier.hooks))}


def _examined(sources: Mapping[str, str]) -> dict[str, str]:
    """The sources formatted, and each found to hold nothing but what was planned."""
    if not sources:
        return {}
    done = formatted(sources)
    for path, text in done.items():
        require_safe(text, path)
    return done


def _folders(root: Path, carriers: Iterable[str] | None) -> list[Path]:
    home = root / MAPPINGS
    if carriers is not None:
        return [home / name for name in sorted(set(carriers))]
    found = home.iterdir() if home.is_dir() else iter(())
    return sorted(folder for folder in found if (folder / "carrier.yaml").is_file())


def _with_abandoned(root: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    """Every carrier that has a folder of adapters, its mapping gone or not."""
    home = root / ADAPTERS
    return tuple(sorted({*names, *(folder.name for folder in home.iterdir())})) if home.is_dir() else names


def _generated(root: Path, carrier: str) -> list[str]:
    folder = root / ADAPTERS / carrier
    files = sorted(folder.glob("*.py")) if folder.is_dir() else []
    return [f"{ADAPTERS}/{carrier}/{file.name}" for file in files if f"\n{GENERATED}" in _text(file)]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _write(
    root: Path,
    sources: Mapping[str, str],
    stale: list[str],
    diagnostics: tuple[Diagnostic, ...],
    names: tuple[str, ...],
) -> Report:
    written = []
    for path, text in sorted(sources.items()):
        if _text(root / path) != text:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
            written.append(path)
    for path in stale:
        (root / path).unlink()
    return Report(diagnostics, tuple(written), tuple(stale), carriers=names)
