"""The workspace's journal as `doctor` and `serve` see it: whether it opens, and whether the keys here are its own."""

import asyncio
from pathlib import Path
from typing import NamedTuple

from gateway.app import open_upkeep, open_vault
from gateway.journal.errors import JournalUnavailable
from gateway.journal.postgres_opening import place_of
from gateway.journal.sealing import SAMPLING, KeysMissing, Sample, must_open
from gateway.journal.upkeep.database import Database
from gateway.journal.vault import VaultError
from gateway.settings import Settings, SettingsInvalid

_BEHIND = "behind the others (id:base64key,id:base64key; the first seals), then insurehub keys reseal"


class Look(NamedTuple):
    """What was found, and what to do where that is not well."""

    found: str
    to_do: str = ""


def how_to_put_back(settings: Settings, missing: KeysMissing) -> str:
    """What a person does about keys that are not here."""
    where = "INSUREHUB_KEY" if settings.key else str(settings.key_file)
    lost = ",".join(missing.key_ids)
    how = "in place of the one named so; a new key needs a name of its own" if missing.has_other else _BEHIND
    return (
        f"put the key that sealed it back into {where}, {how}; "
        f"lost for good: INSUREHUB_LOST_KEYS={lost}, and what it sealed stays closed"
    )


def look(settings: Settings) -> Look:
    """Open the journal's database and try the keys on it; nothing is made or changed."""
    kind, _, path = settings.journal.partition(":")
    if kind == "memory":
        return Look("in memory")
    if kind == "sqlite" and not Path(path).exists():
        return Look(f"{path}: none yet")
    try:
        database = open_upkeep(settings.journal)
    except SettingsInvalid as invalid:
        return Look("unknown", str(invalid))
    place = path if kind == "sqlite" else place_of(settings.journal)
    try:
        return _tried(settings, place, asyncio.run(_samples(database)))
    except JournalUnavailable as down:
        return Look(place, str(down))


async def _samples(database: Database) -> list[Sample]:
    await database.open()
    try:
        (await database.schema()).must_serve()
        return [Sample(owner_id, bytes(sealed)) for owner_id, sealed in await database.rows(SAMPLING)]
    finally:
        await database.close()


def _tried(settings: Settings, place: str, samples: list[Sample]) -> Look:
    if not settings.key and not settings.key_file.exists():
        return Look(place, f"the key that sealed it is not here: put back {settings.key_file}" if samples else "")
    try:
        must_open(open_vault(settings), samples, settings.lost_keys)
    except KeysMissing as missing:
        return Look(place, f"{missing}: {how_to_put_back(settings, missing)}")
    except VaultError as invalid:
        return Look(place, str(invalid))
    return Look(place)
