"""What the lines of a mapping became in its generated modules, by the `# L<n>` after each statement."""

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from gateway.wire.trace import TAG

Line = tuple[str, int]


class Statement(Struct, frozen=True, kw_only=True):
    """A statement of a function: the mapping line it carries out, its own lines, the tables it looks things up in."""

    mapping: Line
    module: str
    function: str
    first: int
    last: int
    asks: bool
    names: frozenset[str]


class Module(Struct, frozen=True):
    """A generated module: the statements of its functions, and the mapping lines that became a table of its own."""

    path: Path
    statements: tuple[Statement, ...]
    tables: tuple[tuple[str, Line], ...]


@lru_cache(maxsize=512)
def read_module(path: Path) -> Module:
    """What a generated module carries out."""
    text = path.read_text("utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    tags = _Tags(lines, _mapping(tree))
    functions = [each for each in tree.body if isinstance(each, ast.FunctionDef)]
    found = tuple(each for function in functions for each in _carried_out(path.stem, function, tags))
    tables = ((name, tags.of(*span)) for name, _, span in _assigned(tree))
    return Module(path, found, tuple((name, line) for name, line in tables if line is not None))


class _Tags:
    """The lines of a module with what their tags say."""

    def __init__(self, lines: Sequence[str], mapping: str) -> None:
        self._lines, self._mapping = lines, mapping

    def of(self, first: int, last: int) -> Line | None:
        """The mapping line of a statement; the tag stands on its last line."""
        for number in range(last, first - 1, -1):
            if (found := TAG.search(self._lines[number - 1])) is not None:
                folder = self._mapping.rpartition("/")[0]
                return (f"{folder}/{found[1]}" if found[1] else self._mapping, int(found[2]))
        return None


def _mapping(tree: ast.Module) -> str:
    return next((str(ast.literal_eval(value)) for name, value, _ in _assigned(tree) if name == "MAPPING"), "")


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr, tuple[int, int]]]:
    """The names a module gives values to, with the lines each stands on."""
    for each in tree.body:
        if isinstance(each, ast.Assign | ast.AnnAssign) and each.value is not None:
            target = each.targets[0] if isinstance(each, ast.Assign) else each.target
            if isinstance(target, ast.Name):
                yield target.id, each.value, (each.lineno, each.end_lineno or each.lineno)


def _carried_out(module: str, function: ast.FunctionDef, tags: _Tags) -> Iterator[Statement]:
    for parts, first, last, asks in _spans(function.body):
        line = tags.of(first, last)
        if line is not None:
            names = frozenset(each.id for part in parts for each in ast.walk(part) if isinstance(each, ast.Name))
            yield Statement(
                mapping=line, module=module, function=function.name, first=first, last=last, asks=asks, names=names
            )


def _spans(body: Sequence[ast.stmt]) -> Iterator[tuple[list[ast.AST], int, int, bool]]:
    """Each statement once: of one with a block its first line alone, then what stands in the block."""
    for each in body:
        blocks = [getattr(each, name, []) for name in ("body", "orelse", "finalbody")]
        blocks += [handler.body for handler in getattr(each, "handlers", [])]
        if blocks[0]:
            asked = [getattr(each, name) for name in ("test", "iter") if hasattr(each, name)]
            yield asked, each.lineno, max(each.lineno, blocks[0][0].lineno - 1), True
        else:
            yield [each], each.lineno, each.end_lineno or each.lineno, False
        for block in blocks:
            yield from _spans(block)
