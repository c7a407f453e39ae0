"""The workspace a command stands in, found without opening anything: authoring commands start at once."""

import sys
from collections.abc import Iterable
from pathlib import Path

from cli.mapping.workspace import MAPPINGS, carrier_folders, find_workspace, list_carriers
from cli.out import Exit, leave
from gateway.catalogue.load import CHANNELS
from gateway.catalogue.values import did_you_mean


def workspace_root(start: Path | None = None) -> Path:
    """The nearest folder upwards that has `mappings/`, its adapters importable; ends the command when there is none."""
    here = (start or Path.cwd()).resolve()
    root = find_workspace(here)
    if root is None:
        leave(Exit.usage, f"no workspace here: neither {here} nor a folder above it has mappings/", "insurehub init")
    # Last, so that nothing of the workspace can stand before an installed package; `adapters` is one name over both.
    if str(root) not in sys.path:
        sys.path.append(str(root))
    return root


def carriers_of(root: Path) -> tuple[str, ...]:
    """The carriers that have a mapping in the workspace, or in the folder an installed insurehub ships."""
    folders, _ = carrier_folders(root)
    return tuple(sorted(folder.id for folder in folders))


def must_be_carriers(root: Path, names: Iterable[str]) -> None:
    """Ends the command for the name of a carrier that is not there."""
    known = carriers_of(root)
    for name in names:
        if name not in known:
            leave(Exit.usage, f"there is no carrier '{name}'", did_you_mean(name, known))


def own_carriers(root: Path) -> tuple[str, ...]:
    """The carriers of the workspace itself: what is checked and generated when no carrier is named."""
    return tuple(folder.id for folder in list_carriers(root))


def has_channels(root: Path) -> bool:
    """Whether the workspace says anything about channels yet; a new one has a file of comments."""
    file = root / MAPPINGS / CHANNELS
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return False
    return any(line.strip() and not line.lstrip().startswith("#") for line in lines)
