"""`insurehub new`: a carrier's folder, its channel, its product entry, its keys and its adapter, all or nothing."""

import keyword
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cli.codegen.generate import generate
from cli.mapping.check import check_workspace
from cli.mapping.workspace import list_carriers, shipped
from cli.scaffold.catalogue import (
    PRODUCT,
    channel_entry,
    channel_of,
    keys_entry,
    product_entry,
    with_channel,
    with_entry,
)
from cli.scaffold.templates import renamed, template
from cli.scaffold.workspace import write_new
from gateway.catalogue.load import load
from gateway.catalogue.nodes import MapNode
from gateway.catalogue.reader import read_file

NAME = re.compile(r"[a-z][a-z0-9_]*")
NAME_LENGTH_MAX = 35
WIRES = ("json", "xml", "form", "soap")
CHANNELS = "mappings/channels.yaml"
PRODUCT_FILE = f"mappings/products/{PRODUCT}.yaml"
KEYS = "contract_tests/keys/test-only.yaml"
WEIGHT = 100


class Refused(Exception):
    """Nothing was written: why, and what to do instead."""

    def __init__(self, reason: str, hint: str) -> None:
        """Keep the reason and the hint apart, for printing."""
        super().__init__(reason)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class NewCarrier:
    """What was written, what was added to, and what a person still has to add; paths are relative to the workspace.

    `to_add` holds the text to add by file, where it could not be added without touching what stands there.
    """

    carrier: str
    channel: str
    written: tuple[str, ...]
    added_to: tuple[str, ...]
    to_add: Mapping[str, str] = field(default_factory=dict)


def scaffold_carrier(root: Path, carrier: str, wire: str = "json") -> NewCarrier:
    """Write a new carrier into a workspace and generate its adapter. Raises Refused, with nothing written."""
    _refuse_name(root, carrier)
    files = {f"mappings/carriers/{carrier}/{path}": renamed(text, carrier) for path, text in template(wire).items()}
    changed, to_add = _entries(root, carrier)
    with tempfile.TemporaryDirectory() as staged:
        changed, to_add = _proved(root, Path(staged), carrier, files, changed, to_add)
    there = tuple(path for path in changed if (root / path).exists())
    for path, text in files.items():
        write_new(root / path, text)
    for path, text in changed.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="\n")
    written = generate(root, (carrier,)).written
    made = (*files, *(path for path in changed if path not in there), *written)
    return NewCarrier(carrier, channel_of(carrier), made, there, to_add)


def _refuse_name(root: Path, carrier: str) -> None:
    if not NAME.fullmatch(carrier) or keyword.iskeyword(carrier) or len(carrier) > NAME_LENGTH_MAX:
        reason = f"'{carrier}' is no name for a carrier"
        raise Refused(reason, f"{NAME.pattern}, up to {NAME_LENGTH_MAX} characters, no word of Python: north_star")
    for folder in (f"mappings/carriers/{carrier}", f"adapters/{carrier}"):
        if (root / folder).exists():
            raise Refused(f"{folder} is there already", "choose another name, or remove it first")
    base = shipped()
    if base is not None and carrier in {folder.id for folder in list_carriers(base)}:
        raise Refused(f"insurehub ships a carrier '{carrier}'", "choose another name: a carrier in both is an error")
    known, _ = read_file(root / CHANNELS)
    if isinstance(known, MapNode) and channel_of(carrier) in known:
        raise Refused(f"{CHANNELS} has a channel '{channel_of(carrier)}' already", "choose another name")


def _entries(root: Path, carrier: str) -> tuple[dict[str, str], dict[str, str]]:
    """The files that name carriers with their new text; and what cannot be added to them."""
    fresh = template("workspace")
    channels = with_entry(_text(root, CHANNELS, fresh), channel_entry(carrier))
    keys = with_entry(_text(root, KEYS, fresh), keys_entry(carrier))
    weight = 0 if _sells(root) else WEIGHT
    entry = product_entry(carrier, weight)
    product = with_channel(_text(root, PRODUCT_FILE, fresh), entry)
    changed = {CHANNELS: channels, KEYS: keys}
    if product is None:
        return changed, {PRODUCT_FILE: entry}
    return {**changed, PRODUCT_FILE: product}, {}


def _text(root: Path, path: str, fresh: Mapping[str, str]) -> str:
    file = root / path
    return file.read_text(encoding="utf-8") if file.exists() else fresh[path]


def _sells(root: Path) -> bool:
    """Whether the product is sold through some channel already: its shares are a person's decision."""
    node, _ = read_file(root / PRODUCT_FILE)
    channels = node.get("channels") if isinstance(node, MapNode) else None
    return isinstance(channels, MapNode) and len(channels) > 0


def _proved(
    root: Path,
    staged: Path,
    carrier: str,
    files: Mapping[str, str],
    changed: Mapping[str, str],
    to_add: Mapping[str, str],
) -> tuple[dict[str, str], dict[str, str]]:
    """Check the workspace as it would be, in a copy: an addition that would break a file is left to a person."""
    for part in ("products", "channels.yaml"):
        _copy(root / "mappings" / part, staged / "mappings" / part)
    for path, text in files.items():
        write_new(staged / path, text)
    faults = [str(fault) for fault in check_workspace(staged, (carrier,)).diagnostics if fault.severity == "error"]
    if faults:
        raise Refused("the scaffold does not fit this insurehub:\n" + "\n".join(faults), "report this as a bug")
    carriers = {carrier, *_names(root)}
    before = _errors(staged, carriers)
    for path in (CHANNELS, PRODUCT_FILE):
        if path in changed:
            _replace(staged / path, changed[path])
    if _errors(staged, carriers) <= before:
        return dict(changed), dict(to_add)
    by_hand = {CHANNELS: channel_entry(carrier), PRODUCT_FILE: product_entry(carrier, WEIGHT)}
    return {KEYS: changed[KEYS]}, by_hand


def _names(root: Path) -> set[str]:
    base = shipped()
    return {folder.id for each in (root, base) if each is not None for folder in list_carriers(each)}


def _errors(root: Path, carriers: set[str]) -> frozenset[str]:
    """The errors of a catalogue, without their lines: those move when something is added."""
    if not (root / CHANNELS).is_file():
        return frozenset()
    _, found = load(root / "mappings", carriers, by_commission=True)
    return frozenset(f"{fault.mark.file} {fault.message}" for fault in found if fault.severity == "error")


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _replace(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
