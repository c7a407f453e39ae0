"""Adapters that are about to be replaced, kept beside the present ones for what is under way with them."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from cli.codegen.generate import ADAPTERS
from gateway.channel.registry import FORMER, Adapter, kept_as


class Kept(Struct, frozen=True, kw_only=True):
    """One version of a carrier's adapter, and the folder it is kept in."""

    carrier: str
    version: str
    folder: str


def keep(root: Path, carrier: str) -> Kept:
    """Copy the present adapter of a carrier to `adapters/former`, where it is imported under a name of its own.

    The same version twice is the same folder. Raises AdapterMissing where there is none.
    """
    version = Adapter(carrier).version
    name = kept_as(carrier, version)
    kept = Kept(carrier=carrier, version=version, folder=f"{FORMER.replace('.', '/')}/{name}")
    relocate(root / ADAPTERS / carrier, root / kept.folder)
    return kept


def relocate(adapter: Path, target: Path) -> None:
    """Copy an adapter's modules to a folder of `adapters/former`, so that they import each other there."""
    target.mkdir(parents=True, exist_ok=True)
    for file in sorted(adapter.glob("*.py")):
        text = file.read_text("utf-8").replace(f"from {ADAPTERS}.{adapter.name}", f"from {FORMER}.{target.name}")
        (target / file.name).write_text(text, "utf-8")


def kept_here(root: Path, carriers: Sequence[str]) -> list[Kept]:
    """What is kept of these carriers, in the order of folders."""
    folder = FORMER.replace(".", "/")
    home = root / folder
    names = sorted(folder.name for folder in home.iterdir() if folder.is_dir()) if home.is_dir() else []
    return [
        Kept(carrier=carrier, version=Adapter(carrier, f"{FORMER}.{name}").version, folder=f"{folder}/{name}")
        for name in names
        for carrier in carriers
        if name.rpartition("_")[0] == carrier
    ]
