"""Whether the keys configured here are those a journal was sealed with: asked at the start, before anything is sealed.

A journal is sealed anew by a gateway with other keys as if nothing were wrong; what was sealed before could not be
opened any more, and nobody would know until a message of long ago is wanted.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from gateway.journal.vault import Vault, VaultError, key_id_of

SAMPLES_EACH = 3
"""How many of the oldest and of the newest are tried: one that is damaged does not speak for its key."""
_PLACES = (
    ("messages", "sealed", ("owner_id", "direction")),
    ("inbound", "sealed", ("inbound_id",)),
    ("webhook_endpoints", "keys", ("endpoint_id",)),
)


class Sample(NamedTuple):
    """A sealed text of a journal, and the id it was sealed for."""

    owner_id: str
    sealed: bytes


class KeysMissing(VaultError):
    """A journal was sealed with keys that are not configured here: put them back, or say that they are lost."""

    def __init__(self, named: Mapping[str, bool]) -> None:
        """Name the keys, and of each whether another one of its name is configured."""
        super().__init__("; ".join(_said(key_id, is_other=is_other) for key_id, is_other in named.items()))
        self.key_ids = tuple(named)
        self.has_other = any(named.values())


def _ends(table: str, column: str, keys: tuple[str, ...]) -> Iterator[str]:
    """Statements for the first and the last rows of a table, by its primary key."""
    for way in ("", " DESC"):
        order = ", ".join(f"{key}{way}" for key in keys)
        rows = f"SELECT {keys[0]}, {column} FROM {table} ORDER BY {order} LIMIT {SAMPLES_EACH}"  # noqa: S608 - our names
        yield f"SELECT * FROM ({rows}) AS sample"  # noqa: S608


SAMPLING = " UNION ALL ".join(part for place in _PLACES for part in _ends(*place))
"""The oldest and the newest of everything sealed, by primary keys alone, whatever the size of a journal."""


def must_open(vault: Vault, samples: Iterable[Sample], lost: Collection[str] = ()) -> None:
    """Raises KeysMissing for keys of which nothing can be opened, but for those known to be `lost`."""
    opened, closed = set[str](), set[str]()
    for sample in samples:
        key_id = key_id_of(sample.sealed)
        if key_id is not None:
            (opened if _opens(vault, sample) else closed).add(key_id)
    if missing := sorted(closed - opened - set(lost)):
        raise KeysMissing({key_id: key_id in vault.key_ids for key_id in missing})


def _opens(vault: Vault, sample: Sample) -> bool:
    try:
        vault.open(sample.sealed, sample.owner_id)
    except VaultError:
        return False
    return True


def _said(key_id: str, *, is_other: bool) -> str:
    if is_other:
        return f"the journal is sealed with another key '{key_id}' than the one configured under this name"
    return f"the journal is sealed with the key '{key_id}', which is not configured"
