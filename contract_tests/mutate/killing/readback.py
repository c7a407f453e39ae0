"""An example read back from a file, at the end of those it is laid over: as it will be read once it is pasted."""

import re
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from contract_tests.examples.example import Example, ExampleFile
from contract_tests.examples.reading import SHARED, read_example_file
from contract_tests.examples.subject import Subject
from gateway.catalogue.nodes import ListNode, MapNode, ScalarNode
from gateway.catalogue.reader import read_text

_FILE = re.compile(r"\bfile\b")
FILES_KEPT = 500


class Pieces(Struct, frozen=True):
    """A file of examples in pieces: what stands before the first, and each example with what it is laid over."""

    head: str
    items: dict[str, tuple[str, str]]

    def below(self, name: str) -> str:
        """The head, and what an example needs: itself, and the examples it comes from."""
        chain: list[str] = []
        while name in self.items and name not in chain:
            chain.append(name)
            name = self.items[name][1]
        return self.head + "".join(self.items[each][0] for each in reversed(chain))


def read_back(item: str, name: str, file: ExampleFile, subject: Subject) -> Example | None:
    """The example as its file says it; None where it is refused. `item` is its text, `name` its own."""
    text = _text_below(item, file.path)
    with tempfile.TemporaryDirectory() as work:
        copy = _beside(Path(work) / subject.carrier, file.path, text)
        copy.write_text(text, "utf-8")
        read, faults = read_example_file(copy, subject.root)
    if read is None or any(each.severity == "error" for each in faults):
        return None
    return next((each for each in read.examples if each.id == name), None)


def _beside(folder: Path, path: Path, text: str) -> Path:
    """Where the copy stands, with the files beside it that it may name."""
    (folder / "examples").mkdir(parents=True)
    shared = path.parent / SHARED
    if shared.is_file():
        shutil.copy(shared, folder / "examples" / SHARED)
    wire = path.parent.parent / "wire"
    if wire.is_dir() and (_FILE.search(text) or shared.is_file()):
        shutil.copytree(wire, folder / "wire")
    return folder / "examples" / path.name


def _text_below(item: str, path: Path) -> str:
    text = path.read_text("utf-8")
    pieces = _pieces(text)
    base = re.search(r"^ +from: (.*)$", item, re.MULTILINE)
    if pieces is None or base is None or base[1] not in pieces.items:
        return f"{text.rstrip()}\n{item}"
    return f"{pieces.below(base[1]).rstrip()}\n{item}"


@lru_cache(FILES_KEPT)
def _pieces(text: str) -> Pieces | None:
    """The pieces of a file whose examples come last, each on lines of its own; None for another."""
    top = read_text(text, "examples")[0]
    items = top.get("examples") if isinstance(top, MapNode) else None
    if not isinstance(top, MapNode) or not isinstance(items, ListNode):
        return None
    lines = text.splitlines(keepends=True)
    starts = [each.mark.line - 1 for each in items]
    is_last = [key.text for key, _ in top][-1] == "examples"
    if not is_last or not all(lines[each].lstrip().startswith("- ") for each in starts):
        return None
    found: dict[str, tuple[str, str]] = {}
    for node, start, end in zip(items, starts, [*starts[1:], len(lines)], strict=True):
        if isinstance(node, MapNode):
            found[_word(node, "id")] = ("".join(lines[start:end]), _word(node, "from"))
    return Pieces("".join(lines[: starts[0]]), found)


def _word(node: MapNode, key: str) -> str:
    found = node.get(key)
    return found.text if isinstance(found, ScalarNode) else ""
