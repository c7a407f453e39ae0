"""What the clients asked and saw, as it happened: the callers' side of the evidence."""

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from msgspec import Struct

from contract_tests.checker.orders import Intent
from gateway.api.table import TABLE
from gateway.service.entrance.submit import request_hash

ENDED = frozenset({"succeeded", "declined", "failed", "expired"})
NOT_AN_END = frozenset({"request.duplicate", "idempotency.key_reused", "version.conflict"})
_ROWS = {row.name: row for row in TABLE}


class Told(Struct, frozen=True, kw_only=True):
    """One answer to a write, or none: `status` is absent when the connection broke or the caller left.

    `other` marks a request that bore the key with another body than the key's own.
    """

    key: str
    began_at: float
    ended_at: float
    status: int | None = None
    body: bytes = b""
    other: bool = False

    def document(self) -> dict[str, Any]:
        """The answer's JSON object, empty when it is none."""
        try:
            found = msgspec.json.decode(self.body)
        except msgspec.DecodeError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def operation_id(self) -> str | None:
        """The operation an answer names, when it does."""
        found = self.document().get("operation_id")
        return str(found) if found else None

    @property
    def state(self) -> str | None:
        """What this answer tells about the operation's state: terminal for a stored answer, else what a 202 says."""
        if self.status is None or self.other:
            return None
        document = self.document()
        if self.status in (200, 201):
            return "succeeded"
        if self.status == 202:
            return str(document.get("state"))
        if not document.get("operation_id") or document.get("code") in NOT_AN_END or self.status in (401, 403, 409):
            return None
        if document.get("code") in ("application.expired", "policy.lapsed"):
            return "expired"
        return "declined" if document.get("source") == "carrier" and self.status == 422 else "failed"

    @property
    def acknowledges(self) -> bool:
        """Whether this answer promises that the key's operation is recorded."""
        return self.state is not None


class Seen(Struct, frozen=True, kw_only=True):
    """One look at an operation, with the time the look began and ended."""

    key: str
    operation_id: str
    state: str
    began_at: float
    ended_at: float


class Read(Struct, frozen=True, kw_only=True):
    """A policy that was read afresh: its number and its holder's canaries as its caller knows them, and what came."""

    policy_id: str
    no: str | None
    status: int
    body: bytes

    @property
    def is_last_known(self) -> bool:
        """Whether it says that nobody could be asked, and that it is no more than what was known."""
        return b'"channel.last_known"' in self.body

    @property
    def is_another(self) -> bool:
        """Whether it is a policy, and not the one that was asked for."""
        if self.status != HTTPStatus.OK:
            return False
        found = msgspec.json.decode(self.body)
        told = {each["no"] for each in found.get("numbers", ()) if each.get("kind") == "policy"}
        return found.get("policy_id") != self.policy_id or (self.no is not None and self.no not in told)


class Notes:
    """Everything the clients asked for and saw."""

    def __init__(self, client: str = "torture") -> None:
        """Begin with nothing."""
        self.client = client
        self.intents: dict[str, Intent] = {}
        self.told: list[Told] = []
        self.seen: list[Seen] = []
        self.reads: list[Read] = []
        self.lost_answers: set[str] = set()
        self._acknowledged: set[str] = set()

    def ask(self, intent: Intent) -> None:
        """An intent is about to be sent for the first time."""
        self.intents[intent.key] = intent

    def tell(self, told: Told) -> None:
        """Keep an answer."""
        self.told.append(told)
        if told.acknowledges:
            self._acknowledged.add(told.key)
        elif told.status is None and not told.other:
            self.lost_answers.add(told.key)

    def look(self, seen: Seen) -> None:
        """Keep what an operation looked like."""
        self.seen.append(seen)

    def sold_at(self, channel: str) -> list[tuple[Intent, dict[str, Any]]]:
        """Orders that only this channel could take and whose policy was seen, on which no claim was reported yet."""
        found = {}
        for told in self.told:
            intent = self.intents[told.key]
            is_sold = told.status == HTTPStatus.CREATED and intent.effect == "issue" and intent.channels == (channel,)
            if is_sold and f"{told.key}-claim_report" not in self.intents:
                found[told.key] = intent, told.document()
        return list(found.values())

    @property
    def acknowledged(self) -> frozenset[str]:
        """The keys whose operation some answer has promised to be recorded."""
        return frozenset(self._acknowledged)


def hash_of(intent: Intent, *, other: bool = False) -> str:
    """The hash the journal must hold for an intent's body, or for its other body, worked out from the body alone."""
    asked = other_body(intent) if other else intent.body
    body = msgspec.convert(asked, _ROWS[intent.operation].json_type, strict=False)
    return request_hash(body)  # type: ignore[arg-type]


def other_body(intent: Intent) -> dict[str, Any]:
    """What a caller sends who uses a key twice for different things."""
    return {**intent.body, "client_ref": f"{intent.key}-other"}


def now() -> float:
    """The clock that clients and carriers share: seconds since 1970."""
    return time.time()


def values_of(line: Mapping[str, Any]) -> list[str]:
    """Every canary a ledger line bears."""
    canaries = line.get("canaries") or {}
    flat: list[str] = []
    for value in canaries.values() if isinstance(canaries, Mapping) else canaries:
        flat += [str(each) for each in value if each] if isinstance(value, list) else [str(value)] if value else []
    return flat
