"""Every migration, by the format it leads from."""

from collections.abc import Mapping

from cli.mapping.operations import FORMAT
from cli.migrate.codemod import Migration
from cli.migrate.mapping_0 import MIGRATION as MAPPING_0

MIGRATIONS: Mapping[str, Migration] = {each.before: each for each in (MAPPING_0,)}


def chain(before: str) -> tuple[Migration, ...]:
    """The migrations from a format to this one; empty for this one, and for a format nobody knows."""
    found: list[Migration] = []
    while before in MIGRATIONS:
        found.append(MIGRATIONS[before])
        before = found[-1].after
    return tuple(found) if before == FORMAT else ()
