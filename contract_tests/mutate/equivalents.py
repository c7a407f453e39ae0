"""Declared equivalents: mutants that mean the same as the mapping, each with its reason, and few of them.

`mutation/equivalents.yaml` beside a carrier. One that is no mutant any more, and one that an example notices, is an
error: the list cannot outlive its reasons.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from contract_tests.mutate.mutant import Mutant
from gateway.catalogue.marks import Diagnostic, Mark
from gateway.catalogue.nodes import ListNode, Node
from gateway.catalogue.reader import read_file
from gateway.catalogue.values import Faults, as_map, as_text, needed, unknown_keys

FILE = "mutation/equivalents.yaml"
PART_MAX = 0.05
_TOP = ("mutation", "carrier", "equivalents")
_WORDS = ("mutant", "because")


class Equivalent(Struct, frozen=True, kw_only=True):
    """One mutant that no example can notice, and why."""

    mutant: str
    because: str
    mark: Mark


Declared = tuple[tuple[Equivalent, ...], tuple[Diagnostic, ...]]


def keys_of(mutants: Iterable[Mutant]) -> tuple[str, ...]:
    """The name of each mutant; several of one name are numbered."""
    seen: Counter[str] = Counter()
    keys = []
    for mutant in mutants:
        seen[mutant.key] += 1
        keys.append(mutant.key if seen[mutant.key] == 1 else f"{mutant.key} ({seen[mutant.key]})")
    return tuple(keys)


def read_equivalents(folder: Path, root: Path) -> Declared:
    """The carrier's declared equivalents and what is wrong with their file; none where there is no file."""
    path, faults = folder / FILE, Faults("E701")
    if not path.is_file():
        return (), ()
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    node, found = read_file(path, shown)
    faults.extend(each for each in found if each.severity == "error")
    top = as_map(node, faults, "a file of equivalents") if node is not None else None
    if top is None:
        return (), faults.all()
    unknown_keys(top, _TOP, faults, "a file of equivalents", code="E702")
    items = top.get("equivalents")
    if not isinstance(items, ListNode):
        faults.add(top.mark, "equivalents is a list of { mutant, because }")
        return (), faults.all()
    read = [_one(item, faults) for item in items.items]
    return tuple(each for each in read if each is not None), faults.all()


def _one(node: Node, faults: Faults) -> Equivalent | None:
    words = as_map(node, faults, "an equivalent")
    if words is None:
        return None
    unknown_keys(words, _WORDS, faults, "an equivalent", code="E702")
    said = [needed(words, name, faults, "an equivalent") for name in _WORDS]
    mutant, because = (as_text(each, faults, name) if each else None for each, name in zip(said, _WORDS, strict=True))
    if not mutant or not (because or "").strip():
        faults.add(words.mark, "an equivalent names its mutant and says why nobody can notice it")
        return None
    return Equivalent(mutant=mutant, because=because or "", mark=words.mark)
