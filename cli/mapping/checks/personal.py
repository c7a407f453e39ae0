"""Nobody real and no secret in a carrier's examples, known answers and raw messages: E705, before anything is run.

Files are looked through as texts, which is fast; only one in which something is found is read, to see whether its
examples say that it is made up.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from contract_tests.personal.allowed import refuse_strange, secrets_of
from contract_tests.personal.detect import HINT, KEY_HINT, Finding, findings
from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import ListNode, MapNode, Node, ScalarNode
from gateway.catalogue.reader import read_file
from gateway.catalogue.values import Faults

FOLDERS = ("examples", "vectors", "wire")
FILES_MAX = 1_000
FILE_BYTES_MAX = 2 * 1024 * 1024
_LINE_MAX = 1_000_000_000
_SHARED = "defaults.yaml"
OVERLAYS_MAX = 10
_WHOLE = [(1, _LINE_MAX)]
_INLINE = re.compile(r"\bsecrets:\s*(?:[{#\n]|$)", re.MULTILINE)


def check_personal(folder: Path, root: Path, faults: Faults) -> None:
    """A fault for each line that looks like somebody's."""
    named: frozenset[Path] | None = None
    never: frozenset[str] | None = None
    for path in _files(folder):
        text = _text(path)
        if path.suffix == ".yaml" and _INLINE.search(text):
            _refuse_inline(path, folder, root, faults)
        found = sorted(findings(text), key=lambda each: each.start)
        if found and path.suffix != ".yaml":
            named = _named_by_made_up(folder) if named is None else named
        if found:
            never = secrets_of(folder) if never is None else never
            made_up = _WHOLE if path in (named or ()) else _made_up(path)
            _tell(found, text, made_up, never, _shown(path, root), faults)


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _refuse_inline(path: Path, folder: Path, root: Path, faults: Faults) -> None:
    """Secrets that are written out where a set of test keys is named."""
    node = read_file(path, _shown(path, root))[0]
    for one in _with_secrets(node):
        secrets = one.get("secrets")
        if isinstance(secrets, MapNode):
            refuse_strange(secrets, folder.name, root, faults)


def _with_secrets(node: Node | None) -> Iterator[MapNode]:
    """The maps that may say `secrets`: defaults, each example, each known answer."""
    if not isinstance(node, MapNode):
        return
    for name in ("defaults", "examples", "vectors"):
        listed = node.get(name)
        items = listed.items if isinstance(listed, ListNode) else (listed,)
        yield from (item for item in items if isinstance(item, MapNode))


def _files(folder: Path) -> Iterator[Path]:
    listed = (path for name in FOLDERS for path in sorted((folder / name).glob("*")) if path.is_file())
    for count, path in enumerate(listed):
        if count >= FILES_MAX:
            return
        yield path


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(FILE_BYTES_MAX).decode("latin-1")
    except OSError:
        return ""


def _made_up(path: Path) -> list[tuple[int, int]]:
    """The lines of what says `synthetic: true`, first and last: of examples, and of defaults for themselves."""
    node = read_file(path)[0] if path.suffix == ".yaml" else None
    if not isinstance(node, MapNode):
        return []
    made_up = [id(each) for each in _said_made_up(node, path.parent)]
    defaults = node.get("defaults")
    parts = [(item.mark.line, id(item) in made_up) for item in _examples(node)]
    if isinstance(defaults, MapNode):
        parts.append((defaults.mark.line, _says(defaults, otherwise=False)))
    parts.sort()
    ends = [line for line, _ in parts[1:]] + [_LINE_MAX]
    return [(first, after - 1) for (first, said), after in zip(parts, ends, strict=True) if said]


def _named_by_made_up(folder: Path) -> frozenset[Path]:
    """The raw messages whose bytes are those of an example that says `synthetic: true`."""
    found: set[Path] = set()
    for path in sorted((folder / "examples").glob("*.yaml"))[:FILES_MAX]:
        node = read_file(path)[0]
        for item in _said_made_up(node, path.parent) if isinstance(node, MapNode) else ():
            found.update(folder / name for name in _files_named(item))
    return frozenset(found)


def _said_made_up(file: MapNode, folder: Path) -> list[MapNode]:
    """The examples that say so, be it by what they are laid over: another one, the file's defaults, the carrier's."""
    shared = read_file(folder / _SHARED)[0] if (folder / _SHARED).is_file() else None
    otherwise = False
    for each in (shared, file):
        defaults = each.get("defaults") if isinstance(each, MapNode) else None
        otherwise = _says(defaults, otherwise=otherwise) if isinstance(defaults, MapNode) else otherwise
    examples = _examples(file)
    named = {name.text: each for each in examples if isinstance(name := each.get("id"), ScalarNode)}
    return [each for each in examples if _says(each, named, otherwise=otherwise)]


def _examples(file: MapNode) -> list[MapNode]:
    items = file.get("examples")
    return [item for item in items.items if isinstance(item, MapNode)] if isinstance(items, ListNode) else []


def _says(example: MapNode, named: Mapping[str, MapNode] | None = None, *, otherwise: bool) -> bool:
    """Whether an example is made up, by its own word or by that of the one it comes from."""
    for _ in range(OVERLAYS_MAX):
        if isinstance(said := example.get("synthetic"), ScalarNode):
            return said.text == "true"
        source = example.get("from")
        found = (named or {}).get(source.text) if isinstance(source, ScalarNode) else None
        if found is None:
            break
        example = found
    return otherwise


def _files_named(node: Node) -> Iterator[str]:
    """What stands under `file`, however deep."""
    if isinstance(node, ListNode):
        for item in node.items:
            yield from _files_named(item)
    elif isinstance(node, MapNode):
        for key, value in node.entries:
            if key.text == "file" and isinstance(value, ScalarNode):
                yield value.text
            else:
                yield from _files_named(value)


def _tell(
    found: list[Finding], text: str, made_up: list[tuple[int, int]], never: frozenset[str], shown: str, faults: Faults
) -> None:
    told = set()
    for each in found:
        line = text.count("\n", 0, each.start) + 1
        column = each.start - text.rfind("\n", 0, each.start)
        said = each.what not in never and any(first <= line <= last for first, last in made_up)
        if line in told or said:
            continue
        told.add(line)
        faults.add(
            Mark(shown, line, column),
            f"this looks like {each.what}",
            KEY_HINT if each.what in never else HINT,
            code="E705",
        )
