"""The journal's schema through its life: numbered files of SQL, each applied once, each in one of two phases.

*Before* a deploy a file adds what the new code needs, and the code that still runs goes on working. *After* it, when no
old code runs any more, a file removes what only old code needed. So several gateways change over one by one.

A file is named `<database>_<number>_<name>.<phase>.sql`. It is never edited once it has been applied anywhere, and a
*before* file must not need an *after* file of its own release.
"""

import hashlib
import re
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

from msgspec import Struct

from gateway.journal.errors import JournalUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE = "insurehub db upgrade"
_NAMED = re.compile(r"(?P<database>[a-z]+)_(?P<number>\d{4})_(?P<name>[a-z0-9_]+)\.(?P<phase>before|after)\.sql")


class SchemaRefused(JournalUnavailable):
    """The schema is not one this version may work on: do what the sentence says, then start again."""


class Phase(StrEnum):
    """When a migration is applied: before the new code is deployed, or after the last old code has ended."""

    before = "before"
    after = "after"


EVERY_PHASE = frozenset(Phase)


class Migration(Struct, frozen=True, kw_only=True):
    """One file: what it is called, when it is applied, its statements and their hash."""

    number: int
    name: str
    phase: Phase
    file: str
    sql: str
    checksum: str

    @property
    def title(self) -> str:
        """Its number and name, as people speak of it."""
        return f"{self.number:04}_{self.name}"


class Applied(Struct, frozen=True, kw_only=True):
    """A row of `schema_migrations`: what this database has seen."""

    number: int
    name: str
    phase: Phase
    checksum: str
    applied_at: datetime

    @property
    def title(self) -> str:
        """Its number and name, as people speak of it."""
        return f"{self.number:04}_{self.name}"


class Schema(Struct, frozen=True):
    """What this version has files for, beside what a database has seen."""

    files: Sequence[Migration]
    applied: Sequence[Applied]

    def pending(self, phases: Collection[Phase] = EVERY_PHASE) -> list[Migration]:
        """What is still to be applied, in order."""
        done = {each.number for each in self.applied}
        return [each for each in self.files if each.number not in done and each.phase in phases]

    @property
    def unknown(self) -> list[Applied]:
        """What a newer version has applied."""
        known = {each.number for each in self.files}
        return [each for each in self.applied if each.number not in known]

    def must_be_as_applied(self) -> None:
        """Raises SchemaRefused for a file that is not what was applied, or that removed what this version needs."""
        files = {each.number: each for each in self.files}
        for row in self.applied:
            file = files.get(row.number)
            if file is None and row.phase is Phase.after:
                _refuse(f"a newer version applied {row.title}, which removes what this version needs: run that version")
            if file is not None and file.checksum != row.checksum:
                _refuse(
                    f"{file.file} was changed after it had been applied at {row.applied_at:%Y-%m-%d %H:%M}Z: "
                    "an applied migration is never edited; restore it, and put the change into a file of its own"
                )

    def must_serve(self) -> list[str]:
        """What an operator should know of a schema that can be worked on. Raises SchemaRefused when it cannot."""
        self.must_be_as_applied()
        lacking = ", ".join(each.title for each in self.pending({Phase.before}))
        if lacking:
            _refuse(
                f"the journal's schema lacks {lacking}: run `{UPGRADE} --phase before`, "
                "or start with INSUREHUB_JOURNAL_UPGRADE=auto"
            )
        newer = ", ".join(each.title for each in self.unknown)
        return [f"a newer version has prepared the journal for itself ({newer}); this one goes on"] if newer else []


def _refuse(why: str) -> NoReturn:
    raise SchemaRefused(why)


def migrations_of(database: str, folder: Path = MIGRATIONS) -> list[Migration]:
    """The files of one database, in order. Raises SchemaRefused for a file whose name says too little."""
    found: dict[int, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        named = _NAMED.fullmatch(path.name)
        if named is None:
            _refuse(f"{path.name}: a migration is named <database>_<four digits>_<name>.<before or after>.sql")
        if named["database"] != database:
            continue
        sql = path.read_text(encoding="utf-8")
        number = int(named["number"])
        if number in found:
            _refuse(f"{path.name}: {found[number].file} has the same number")
        found[number] = Migration(
            number=number,
            name=named["name"],
            phase=Phase(named["phase"]),
            file=path.name,
            sql=sql,
            checksum=hashlib.sha256(sql.encode()).hexdigest(),
        )
    return list(found.values())


UNRECORDED = (
    "this database has tables of an insurehub that did not record its migrations yet, or of something else: "
    "name an empty one"
)
RECORD = (
    "CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, phase TEXT NOT NULL, "
    "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)"
)
RECORDED = "SELECT number, name, phase, checksum, applied_at FROM schema_migrations ORDER BY number"
