"""Where mappings are: the nearest folder upwards with `mappings/`, and the folder an installed insurehub ships."""

from dataclasses import dataclass
from pathlib import Path

import gateway
from gateway.catalogue.marks import Diagnostic, Mark
from gateway.catalogue.values import did_you_mean

MAPPINGS = "mappings"
LEVELS_MAX = 40
CARRIERS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class CarrierFolder:
    """One carrier's folder, and the root its files are named from."""

    path: Path
    root: Path

    @property
    def id(self) -> str:
        """The carrier's name."""
        return self.path.name


def find_workspace(start: Path) -> Path | None:
    """The nearest folder upwards from `start` that has a folder `mappings`, or None."""
    for folder in (start.resolve(), *start.resolve().parents[:LEVELS_MAX]):
        if (folder / MAPPINGS).is_dir():
            return folder
    return None


def shipped() -> Path | None:
    """The folder that holds the shipped `mappings`, beside the installed gateway; None when it ships none."""
    folder = Path(gateway.__file__).resolve().parent.parent
    return folder if (folder / MAPPINGS).is_dir() else None


def list_carriers(root: Path) -> tuple[CarrierFolder, ...]:
    """The carriers of one root, by name."""
    carriers = root / MAPPINGS / "carriers"
    found = sorted(path for path in carriers.iterdir() if path.is_dir()) if carriers.is_dir() else []
    kept = [path for path in found if not path.name.startswith((".", "_"))]
    return tuple(CarrierFolder(path, root) for path in kept[:CARRIERS_MAX])


def list_products(root: Path) -> tuple[Path, ...]:
    """The product files of one root, by name."""
    products = root / MAPPINGS / "products"
    return tuple(sorted(products.glob("*.yaml"))) if products.is_dir() else ()


def carrier_folders(
    root: Path, names: tuple[str, ...] | None = None
) -> tuple[tuple[CarrierFolder, ...], tuple[Diagnostic, ...]]:
    """The carriers to look at, and what is wrong with the choice: a name nobody has, a carrier in both folders (E122).

    The shipped carriers stand beside the workspace's own, unless the workspace is where they are shipped from.
    """
    own = list_carriers(root)
    base = shipped()
    others = () if base is None or base == root.resolve() else list_carriers(base)
    known = {folder.id: folder for folder in (*others, *own)}
    found = [_in_both(folder, known) for folder in others if known[folder.id] is not folder]
    if names is None:
        return tuple(known[name] for name in sorted(known)), tuple(found)
    for name in names:
        if name not in known:
            place = Mark(f"{MAPPINGS}/carriers/{name}", 1)
            found.append(Diagnostic("E122", place, f"no carrier '{name}'", did_you_mean(name, known)))
    return tuple(known[name] for name in names if name in known), tuple(found)


def _in_both(shipped_one: CarrierFolder, known: dict[str, CarrierFolder]) -> Diagnostic:
    place = Mark(f"{MAPPINGS}/carriers/{shipped_one.id}/carrier.yaml", 1)
    message = f"carrier '{known[shipped_one.id].id}' is shipped with insurehub and in this workspace"
    return Diagnostic("E122", place, message, "give yours a name of its own")
