"""The scaffolded carrier's tests bite: damage any row of its mapping, and it is refused or a contract test fails.

Each row is dropped, moved on the wire, given another codec, another code, another meaning. A damaged mapping is checked
as `insurehub check` does, generated as `insurehub generate` does (without formatting), and its pure tests are run.
"""

import copy
import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.codegen.generate import plan_sources
from cli.mapping.check import check_carrier
from cli.mapping.load import load_carrier
from cli.scaffold import init_workspace, scaffold_carrier
from cli.scaffold.templates import FILES
from contract_tests.runner import Subject, checks_of, read_examples, read_vectors, run_check
from gateway.catalogue.values import Faults

Tree = dict[str, Any]

_OTHER_CODEC = {
    "money(fen)": "money(yuan)",
    "int": "affix(0;)",
    "upper": "lower",
    "percent(0)": "percent(2)",
}
_OTHER_OUTCOME = {"accepted": "pending", "pending": "accepted", "refused": "unknown", "unknown": "refused"}
_SHIFTED = {"date(": ("date(yyyyMMdd)", "date(ddMMyyyy)"), "until(": (";1s)", ";1d)"), "datetime(": ("HHmmss", "HHmm")}


@dataclass(frozen=True)
class Damage:
    """One damage: the file it is done to, where, what, and all that the damaged file says."""

    file: str
    where: str
    what: str
    tree: Tree

    @property
    def text(self) -> str:
        """The damaged file, written where it is asked for: most processes only count the damages."""
        return _written(self.tree)

    def __str__(self) -> str:
        return f"{self.file}-{self.where}-{self.what}".replace(" ", "_")


def damages(folder: Path) -> list[Damage]:
    """All damages of a carrier's folder."""
    return [
        Damage(file.name, where, what, tree) for file in _mapping(folder) for where, what, tree in _of_file(_read(file))
    ]


def _mapping(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.glob("*.yaml")) if file.name not in ("mock.yaml", "kit.yaml")]


def _read(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)


def _written(tree: Any) -> str:
    return yaml.dump(tree, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=10_000)


def _of_file(tree: Tree) -> Iterator[tuple[str, str, Tree]]:
    for path in _rows(tree):
        for what, change in _changes(path, _at(tree, path)):
            damaged = copy.deepcopy(tree)
            change(_at(damaged, path[:-1]), path[-1])
            yield ".".join(map(str, path)), what, damaged


def _rows(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything that counts as a row, in the order of the file."""
    entries = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in entries:
        here = (*path, key)
        if _is_row(here):
            yield here
        yield from _rows(value, here)


_TABLES = ("fields", "send", "read", "errors", "outcome", "map", "correlate", "headers")
_WHOLE = ("call", "url", "idempotency", "inquiry", "sign")


def _is_row(path: tuple[Any, ...]) -> bool:
    return _table(path) in _TABLES or path[-1] in _WHOLE


def _table(path: tuple[Any, ...]) -> Any:
    """The word a row stands under; one of several rows of a field stands two words below it."""
    several = isinstance(path[-1], int) and path[-3:-2] == ("fields",)
    return path[-3] if several else "".join(map(str, path[-2:-1]))


def _at(tree: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        tree = tree[key]
    return tree


Change = Callable[[Any, Any], None]


def _changes(path: tuple[Any, ...], row: Any) -> Iterator[tuple[str, Change]]:
    yield "dropped", _drop
    table = _table(path)
    if table == "map":
        yield "another code", _put("Z9")
    elif table in ("send", "headers", "correlate"):
        yield "another place", _renamed
        if not row.startswith("="):
            yield "another value", _put(f"{row}x")
    elif table == "read":
        yield "another value", _put("=None")
    elif table in ("errors", "outcome"):
        yield from _meanings(row)
    elif isinstance(row, dict) and table == "fields":
        yield from _fields(row)


def _fields(row: Tree) -> Iterator[tuple[str, Change]]:
    for word in ("to", "list"):
        if word in row:
            yield "another path", _set(word, "elsewhere" if row[word] == "." else f"{row[word]}x")
    if "as" in row:
        yield "another codec", _set("as", _other_codec(row["as"]))
    elif not {"shape", "fields", "list"} & set(row):
        yield "another codec", _set("as", "affix(x;)")


def _other_codec(codec: str) -> str:
    if codec.startswith("enum("):
        return "enum(gender)" if codec != "enum(gender)" else "enum(benefit)"
    for start, (old, new) in _SHIFTED.items():
        if codec.startswith(start):
            return codec.replace(old, new)
    return _OTHER_CODEC[codec]


def _meanings(row: Tree) -> Iterator[tuple[str, Change]]:
    if "is" in row:
        yield "another outcome", _set("is", _OTHER_OUTCOME.get(row["is"], "unknown"))
    if "code" in row:
        yield "another canonical code", _set("code", "claim.not_found")
    if "else" in row:
        yield "another outcome", _set("else", "declined")
    if "by_code" in row:
        yield "another code looked up", _set("by_code", f"{row['by_code']}x")
    if "when" in row:
        yield "the opposite condition", _set("when", f"not ({row['when']})")
    for word in ("after", "every", "for"):
        if word in row:
            yield f"another {word}", _set(word, "77s")


def _drop(holder: Any, key: Any) -> None:
    del holder[key]


def _renamed(holder: Tree, key: str) -> None:
    entries = [(f"{name}x" if name == key else name, value) for name, value in holder.items()]
    holder.clear()
    holder.update(entries)


def _put(value: str) -> Change:
    def change(holder: Any, key: Any) -> None:
        holder[key] = value

    return change


def _set(word: str, value: str) -> Change:
    def change(holder: Any, key: Any) -> None:
        holder[key][word] = value

    return change


class Damaged:
    """A workspace whose one carrier is damaged, and mended again."""

    def __init__(self, root: Path) -> None:
        init_workspace(root)
        scaffold_carrier(root, "acme")
        self.root, self.folder = root, root / "mappings" / "carriers" / "acme"
        self.files, faults = read_examples(self.folder, root)
        assert faults == ()

    def found(self, file: str, text: str) -> str | None:
        """What finds the damage: the code of a diagnostic, or the id of a contract test; None when nothing does."""
        path = self.folder / file
        whole = path.read_text(encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        try:
            return self._refused() or self._failed(file)
        finally:
            path.write_text(whole, encoding="utf-8")

    def _refused(self) -> str | None:
        tree, found = load_carrier(self.folder, self.root)
        faults = Faults()
        faults.extend(found)
        if tree is not None:
            check_carrier(tree, faults)
        if tree is None or faults.has_errors:
            return next(each.code for each in faults.all() if each.severity == "error")
        sources, _, refused = plan_sources(tree)
        if refused:
            return refused[0].code
        for name, source in sources.items():
            (self.root / name).write_text(source, encoding="utf-8")
        return None

    def _failed(self, damaged: str) -> str | None:
        for name in [name for name in sys.modules if name.startswith("adapters.acme")]:
            del sys.modules[name]
        importlib.invalidate_caches()
        subject = Subject(self.folder, self.root)
        # The examples of the damaged operation first: most damages end there, and a file's checks are made when asked for.
        nearest = sorted(self.files, key=lambda file: file.path.name != damaged)
        checks = chain(read_vectors(subject)[0], (each for file in nearest for each in checks_of(file, subject, 0)))
        ran = 0
        for check in checks:
            ran += 1
            if not run_check(check).passed:
                return check.id
        assert ran > 50
        return None


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Damaged]:
    """One workspace for all damages; its modules are written without byte code, which knows whole seconds only."""
    path, writes = list(sys.path), sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    yield Damaged(tmp_path_factory.mktemp("damaged"))
    sys.path[:], sys.dont_write_bytecode = path, writes


TEMPLATE = FILES / "json"
DAMAGES = damages(TEMPLATE)


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
def test_a_damaged_row_is_refused_or_fails_a_contract_test(damaged, damage):
    assert damaged.found(damage.file, damage.text) is not None


@pytest.mark.parametrize("file", _mapping(TEMPLATE), ids=lambda file: file.name)
def test_the_same_mapping_written_anew_is_found_right(damaged, file):
    assert damaged.found(file.name, _written(_read(file))) is None


def test_every_kind_of_row_is_damaged():
    whats = {damage.what for damage in DAMAGES}
    assert {"dropped", "another path", "another codec", "another code", "another outcome", "another value"} <= whats
    assert len(DAMAGES) > 350
    assert {damage.file for damage in DAMAGES} == {file.name for file in _mapping(TEMPLATE)}
