"""Migrate the files of a carrier: all of them or, when one cannot be, none."""

import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.mapping.operations import FORMAT
from cli.migrate.codemod import Document, Migration
from cli.migrate.registry import MIGRATIONS, chain
from cli.yaml_text import comments, dump, load
from gateway.catalogue.nodes import MapNode, ScalarNode
from gateway.catalogue.reader import read_text

_OTHERS = ("mock.yaml", "kit.yaml")


class CannotMigrate(Exception):
    """A file that cannot be migrated, and why; nothing was written."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        """Keep the sentence and the advice."""
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Migrated:
    """One file: its path, what it was and is, and the rules that applied."""

    path: Path
    shown: str
    before: str
    after: str
    codemods: tuple[str, ...]

    def diff(self) -> str:
        """The difference, as `diff -u` prints it."""
        before, after = self.before.splitlines(keepends=True), self.after.splitlines(keepends=True)
        return "".join(difflib.unified_diff(before, after, fromfile=self.shown, tofile=self.shown))


def migrate_folder(folder: Path, root: Path) -> tuple[Migrated, ...]:
    """What the files of one carrier become; nothing is written yet. Raises `CannotMigrate`."""
    files = sorted(path for path in folder.glob("*.yaml") if path.name not in _OTHERS)
    found = (_file(path, path.relative_to(root).as_posix()) for path in files)
    return tuple(each for each in found if each is not None)


def write(migrated: tuple[Migrated, ...]) -> None:
    """Put the new texts in the place of the old, each by one rename."""
    for each in migrated:
        beside = each.path.with_name(f".{each.path.name}.new")
        beside.write_bytes(each.after.encode())
        beside.replace(each.path)


def _file(path: Path, shown: str) -> Migrated | None:
    try:
        before = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotMigrate(f"{shown} cannot be read: {error}") from None
    node = _strict(before, shown)
    written = node.get("format")
    name = written.text if isinstance(written, ScalarNode) else ""
    if name == FORMAT:
        return None
    migrations = chain(name)
    if not migrations:
        raise CannotMigrate(
            f"{shown}: nothing leads from format '{name}'", f"known: {', '.join((*MIGRATIONS, FORMAT))}"
        )
    document = load(before)
    applied = tuple(rule for migration in migrations for rule in _apply(migration, document, shown))
    after = dump(document)
    _strict(after, shown)
    _check_comments(before, after, shown)
    if "\r\n" in before:
        after = after.replace("\n", "\r\n")
    return Migrated(path, shown, before, after, applied)


def _strict(text: str, shown: str) -> MapNode:
    """The text as the loader's own reader takes it: what it refuses is not touched, and not written."""
    node, faults = read_text(text, shown)
    error = next((fault for fault in faults if fault.severity == "error"), None)
    if error is not None or not isinstance(node, MapNode):
        raise CannotMigrate(str(error) if error is not None else f"{shown} is no map")
    return node


def _check_comments(before: str, after: str, shown: str) -> None:
    """Nothing an author wrote for people is lost, wherever it stands."""
    lost = Counter(map(_words, comments(before))) - Counter(map(_words, comments(after)))
    for comment in lost:
        raise CannotMigrate(f"{shown}: the comment '# {comment}' would be lost", "put it on a line before its row")


def _words(comment: str) -> str:
    return comment.lstrip("#").strip()


def _apply(migration: Migration, document: Document, shown: str) -> Iterator[str]:
    for codemod in migration.codemods:
        if not codemod.should_migrate(document):
            continue
        try:
            codemod.migrate(document)
        except (KeyError, TypeError, AttributeError) as error:
            raise CannotMigrate(f"{shown}: '{codemod.name}' does not fit this file ({error!r})") from None
        left = codemod.verify(document)
        if left is not None:
            raise CannotMigrate(f"{shown}: '{codemod.name}' did not do: {left}")
        yield codemod.name
    document["format"] = migration.after
