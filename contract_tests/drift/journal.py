"""The replies a journal keeps, read again by the adapters of today."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from contract_tests.drift.passive import Sight
from gateway.channel import AdapterMissing, ChannelSettings, Registry
from gateway.journal.protocol import Journal
from gateway.journal.records import AttemptRecord, MessageRecord, OperationRecord
from gateway.journal.vault import RawMessage, Vault, VaultError
from gateway.model.operations import OPERATIONS
from gateway.wire.contract import Context, Operation, Secret, Step, WireReply

PAGE = 200
_CALLS = ("effect", "quote", "inquiry")


class Found(Struct, frozen=True, kw_only=True):
    """A reply of a channel: as it reads now, or None with the reason why it was not read."""

    channel: str
    sight: Sight | None = None
    reason: str = ""


class Replies:
    """Goes through a journal, the newest operation first."""

    def __init__(
        self,
        journal: Journal,
        vault: Vault,
        carriers: Mapping[str, str],
        settings: Mapping[str, ChannelSettings],
        registry: Registry,
    ) -> None:
        """`carriers` names the carrier of each channel; `settings` hold the keys that open its replies."""
        self._journal, self._vault, self._carriers = journal, vault, carriers
        self._settings, self._registry = settings, registry

    async def since(
        self, since: datetime, most: int, *, carrier: str | None = None, listen: Callable[[int], None] | None = None
    ) -> AsyncIterator[Found]:
        """Replies to operations made since an instant, of at most `most` operations."""
        before: datetime | None = None
        done = 0
        while done < most:
            page = await self._journal.operations(before=before, limit=min(PAGE, most - done))
            for record in page:
                if record.created_at < since:
                    return
                async for found in self._of(record, carrier):
                    yield found
            done += len(page)
            if listen is not None:
                listen(done)
            if not page or page[-1].created_at == before:
                return
            before = page[-1].created_at

    async def _of(self, record: OperationRecord, carrier: str | None) -> AsyncIterator[Found]:
        if record.pruned_at is not None:
            return
        for attempt in await self._journal.attempts(record.operation_id):
            theirs = self._carriers.get(attempt.channel)
            if carrier not in (None, theirs) or attempt.purpose not in _CALLS:
                continue
            messages = {each.direction: each for each in await self._journal.messages(attempt.attempt_id)}
            if "reply" not in messages:
                continue
            if theirs is None:
                yield Found(channel=attempt.channel, reason="the catalogue has no such channel any more")
            elif attempt.purpose == "inquiry":
                yield Found(channel=attempt.channel, reason="questions of the ladder are not read again")
            else:
                yield self._read(record, attempt, messages, theirs)

    def _read(
        self, record: OperationRecord, attempt: AttemptRecord, messages: Mapping[str, MessageRecord], carrier: str
    ) -> Found:
        try:
            reply = self._opened(messages["reply"], attempt)
            asked = self._opened(messages["request"], attempt) if "request" in messages else None
            context = self._context(record, attempt, asked)
            request = msgspec.json.decode(record.request, type=OPERATIONS[record.operation].request)
            adapter = self._registry.adapter(carrier)
            operation = adapter.operation(record.operation, request, lambda: context)
            step = _step(operation, attempt.step)
            raw = WireReply(status=int(reply.line), headers=reply.headers, body=reply.body)
            read = step.parse(raw, request, context)
        except VaultError as error:
            return Found(channel=attempt.channel, reason=str(error))
        except (AdapterMissing, LookupError, ValueError, msgspec.DecodeError) as error:
            return Found(channel=attempt.channel, reason=f"not read again: {type(error).__name__}")
        sight = Sight(
            operation=record.operation,
            variant=operation.variant,
            step=step.name,
            reply=read,
            at=attempt.ended_at or attempt.started_at,
            is_xml=raw.body.lstrip()[:1] == b"<",
        )
        return Found(channel=attempt.channel, sight=sight)

    def _opened(self, message: MessageRecord, attempt: AttemptRecord) -> RawMessage:
        return RawMessage.unpack(self._vault.open(message.sealed, attempt.attempt_id))

    def _context(self, record: OperationRecord, attempt: AttemptRecord, asked: RawMessage | None) -> Context:
        settings = self._settings.get(attempt.channel) or ChannelSettings()
        session = {name: Secret(text) for name, text in (asked.session if asked is not None else {}).items()}
        return Context(
            now=attempt.started_at,
            request_no=attempt.request_no,
            attempt_no=attempt.attempt_id.partition("_")[2],
            nonce=lambda characters: "n" * characters,
            config=settings.config,
            secrets=settings.secrets,
            binding=_data(record.binding),
            refs=_data(record.refs),
            session=session,
        )


def _data(packed: bytes | None) -> Any:
    return msgspec.json.decode(packed) if packed else {}


def _step(operation: Operation, name: str) -> Step:
    # The one call of an operation has no name in the journal.
    known = {step.name: step for step in operation.steps}
    found = operation.steps[0] if not name and len(operation.steps) == 1 else known.get(name)
    if found is None:
        raise LookupError(f"{operation.name} has no step '{name}' any more")
    return found
