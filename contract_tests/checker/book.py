"""The journal as evidence: its rows, read through a connection that may only read, its raw messages opened."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, TypeVar

from contract_tests.checker.clock import real_time
from contract_tests.checker.history import Rows
from contract_tests.checker.stores import Store
from contract_tests.checker.webhooks import Told
from gateway.journal.records import Record
from gateway.journal.tables import ATTEMPTS, INBOUND, MESSAGES, NOTES, OBJECTS, OPERATIONS, Table
from gateway.journal.vault import RawMessage, Vault

R = TypeVar("R", bound=Record)


async def read_rows(store: Store, vault: Vault, moves: Sequence[tuple[float, float]]) -> Rows:
    """The whole journal as it stands now; `moves` of the shared clock tell when each attempt really began."""
    attempts, inbound = await _all(store, ATTEMPTS), await _all(store, INBOUND)
    digests = {
        each.owner_id: _digest(vault, each.sealed, each.owner_id)
        for each in await _all(store, MESSAGES)
        if each.direction == "request"
    }
    digests |= {each.inbound_id: _digest(vault, each.sealed, each.inbound_id) for each in inbound}
    return Rows(
        operations=tuple(await _all(store, OPERATIONS)),
        attempts=tuple(attempts),
        objects=tuple(await _all(store, OBJECTS)),
        inbound=tuple(inbound),
        notes=tuple(await _all(store, NOTES)),
        durable_at={each.attempt_id: real_time(each.started_at, moves) for each in attempts},
        digests=digests,
    )


async def recorded_keys(store: Store) -> Mapping[str, str]:
    """Which keys are recorded, and the hash of what was asked under each."""
    rows = await store.rows("SELECT idem_key, request_hash FROM operations")
    return {str(key): str(request_hash) for key, request_hash in rows}


async def states(store: Store) -> Mapping[str, int]:
    """How many operations are in each state."""
    rows = await store.rows("SELECT state, count(*) FROM operations GROUP BY state")
    return {str(state): int(count) for state, count in rows}


async def waiting_events(store: Store) -> int:
    """How many deliveries of events are not over."""
    return int((await store.rows("SELECT count(*) FROM deliveries WHERE state = 'waiting'"))[0][0])


async def told_events(store: Store, client: str) -> list[Told]:
    """The events a client is to be told of."""
    rows = await store.rows("SELECT event_id, object_id, type, body, client FROM events")
    return [
        Told(event_id=str(event_id), object_id=str(object_id), kind=str(kind), body=bytes(body))
        for event_id, object_id, kind, body, whose in rows
        if whose == client
    ]


async def fingerprint(store: Store) -> str:
    """What the operations and objects have come to: equal when nothing that callers can see has changed."""
    said: list[Any] = []
    said += await store.rows("SELECT operation_id, state, answer_status, answer FROM operations ORDER BY operation_id")
    said += await store.rows("SELECT kind, object_id, version, data FROM objects ORDER BY kind, object_id")
    return sha256(repr([tuple(row) for row in said]).encode()).hexdigest()


def _digest(vault: Vault, sealed: bytes, owner: str) -> str:
    return sha256(RawMessage.unpack(vault.open(bytes(sealed), owner)).body).hexdigest()


async def _all(store: Store, table: Table[R]) -> list[R]:
    return [table.load(row) for row in await store.rows(f"SELECT {table.selected} FROM {table.view}")]  # noqa: S608
