"""Loading the catalogue from a `mappings` folder, and changing it while the gateway runs."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from gateway.catalogue.channels import Channel, read_channels
from gateway.catalogue.marks import Diagnostic, Mark
from gateway.catalogue.nodes import MapNode, kind_of
from gateway.catalogue.product_file import read_product
from gateway.catalogue.products import Product
from gateway.catalogue.reader import read_file
from gateway.catalogue.snapshot import Snapshot
from gateway.catalogue.values import Faults

CHANNELS = "channels.yaml"
PRODUCTS = "products"

Loaded = tuple[Snapshot | None, tuple[Diagnostic, ...]]


class CatalogueInvalid(Exception):
    """The catalogue has errors: each is named with its file, line and column."""

    def __init__(self, found: tuple[Diagnostic, ...]) -> None:
        """Keep what was found; the message lists it, one per line."""
        super().__init__("\n".join(map(str, found)))
        self.found = found


def load(
    folder: Path,
    carriers: Collection[str],
    number: int = 1,
    shown: str | None = None,
    *,
    by_commission: bool = False,
) -> Loaded:
    """Read `channels.yaml` and `products/*.yaml` under a folder; a snapshot comes only without errors.

    `carriers` are the carriers there are; `shown` is how diagnostics name the folder (default: its own name).
    `by_commission`: the settings allow a product to choose by what is earned.
    """
    faults = Faults("E503")
    shown = shown or folder.name
    channels = _channels(folder, carriers, shown, faults)
    products = _products(folder / PRODUCTS, channels, f"{shown}/{PRODUCTS}", faults, by_commission=by_commission)
    found = faults.all()
    if faults.has_errors:
        return None, found
    snapshot = Snapshot(number=number, channels=MappingProxyType(channels), products=MappingProxyType(products))
    return snapshot, found


def _channels(folder: Path, carriers: Collection[str], shown: str, faults: Faults) -> dict[str, Channel]:
    root = _root(folder / CHANNELS, f"{shown}/{CHANNELS}", faults)
    return {} if root is None else dict(read_channels(root, carriers, faults))


def _products(
    folder: Path, channels: Mapping[str, Channel], shown: str, faults: Faults, *, by_commission: bool
) -> dict[str, Product]:
    products: dict[str, Product] = {}
    # Sorted: the same folder gives the same catalogue and the same list of faults everywhere.
    for path in sorted(folder.glob("*.yaml")):
        file = f"{shown}/{path.name}"
        root = _root(path, file, faults)
        product = None if root is None else read_product(root, channels, faults, by_commission=by_commission)
        if product is None or root is None:
            continue
        if product.code and product.code != path.stem:
            faults.add(root.mark, f"the file of the product '{product.code}' is called {product.code}.yaml")
        products[product.code] = product
    if not products:
        faults.add(Mark(shown, 1), "no product is there", "write products/<product>.yaml")
    return products


def _root(path: Path, file: str, faults: Faults) -> MapNode | None:
    node, found = read_file(path, file)
    faults.extend(found)
    if node is None or isinstance(node, MapNode):
        return node
    faults.add(node.mark, f"the file is a map, not {kind_of(node)}")
    return None


def _files(folder: Path) -> tuple[Path, ...]:
    return folder / CHANNELS, *sorted((folder / PRODUCTS).glob("*.yaml"))


class Catalogue:
    """The snapshot in force. Reading `snapshot` once gives one consistent catalogue for a whole decision."""

    def __init__(
        self,
        snapshot: Snapshot,
        folder: Path | None = None,
        carriers: Collection[str] = (),
        *,
        by_commission: bool = False,
    ) -> None:
        """Begin with a snapshot; without a folder it never changes."""
        self._snapshot, self._by_commission = snapshot, by_commission
        self._folder, self._carriers = folder, carriers

    @classmethod
    def open(cls, folder: Path, carriers: Collection[str], *, by_commission: bool = False) -> "Catalogue":
        """Load the first snapshot; raises CatalogueInvalid."""
        snapshot, found = load(folder, carriers, by_commission=by_commission)
        if snapshot is None:
            raise CatalogueInvalid(found)
        return cls(snapshot, folder, carriers, by_commission=by_commission)

    @property
    def snapshot(self) -> Snapshot:
        """The catalogue in force now."""
        return self._snapshot

    def reload(
        self, carriers: Collection[str] | None = None, allow: Callable[[Snapshot], str | None] = lambda _: None
    ) -> tuple[Diagnostic, ...]:
        """Read the folder again: the next number takes over at once, or nothing changes and the errors are returned.

        Decisions being made go on with the snapshot they began with. `allow` may say why one that is sound in itself
        cannot take over here.
        """
        if self._folder is None:
            return ()
        wanted = self._carriers if carriers is None else carriers
        number = self._snapshot.number + 1
        snapshot, found = load(self._folder, wanted, number, by_commission=self._by_commission)
        if snapshot is None:
            return found
        if (why := allow(snapshot)) is not None:
            faults = Faults("E503")
            faults.add(Mark(f"{self._folder.name}/{CHANNELS}", 1), why)
            return (*found, *faults.all())
        self._snapshot, self._carriers = snapshot, wanted
        return found

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Names, times and sizes of the files: cheap to look at again and again. Nothing without a folder."""
        found = []
        for path in _files(self._folder) if self._folder is not None else ():
            with suppress(OSError):  # removed meanwhile: that is another stamp, too
                at = path.stat()
                found.append((path.name, at.st_mtime_ns, at.st_size))
        return tuple(found)

    def digest(self) -> str | None:
        """A hash of the files as they stand: another one, another catalogue. None without a folder."""
        if self._folder is None:
            return None
        hashed = hashlib.sha256()
        for path in _files(self._folder):
            hashed.update(path.name.encode() + b"\0")
            with suppress(OSError):  # removed meanwhile: that is another catalogue, too
                hashed.update(path.read_bytes() + b"\0")
        return hashed.hexdigest()
