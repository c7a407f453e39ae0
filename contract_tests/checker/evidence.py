"""From what a run left behind to a `History`: clients' notes, ledgers, what passed the wire, the journal."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

from contract_tests.checker.batches import said_of
from contract_tests.checker.carriers import Delivery, Met
from contract_tests.checker.faults import WRITES
from contract_tests.checker.history import Arrival, Call, Callback, Effect, History, Rows, Seen, Terms
from contract_tests.checker.notes import Notes, Told, hash_of, values_of
from contract_tests.checker.orders import CHANNELS, Intent
from gateway.channel import Registry

Ledgers = Mapping[str, Sequence[Mapping[str, Any]]]


def history(
    notes: Notes,
    ledgers: Ledgers,
    rows: Rows,
    met: Iterable[Met] = (),
    deliveries: Iterable[Delivery] = (),
    steady: Sequence[tuple[str, str, str]] = (),
) -> History:
    """Everything of one run as the invariants read it."""
    hashes = {(key, False): hash_of(intent) for key, intent in notes.intents.items()}
    others = {told.key for told in notes.told if told.other}
    hashes |= {(key, True): hash_of(notes.intents[key], other=True) for key in others}
    return History(
        calls=tuple(call for told in notes.told for call in _calls(notes, told, hashes[told.key, told.other])),
        effects=tuple(_effect(channel, line) for channel, lines in ledgers.items() for line in lines),
        rows=rows,
        seen=tuple(Seen(at=one.ended_at, operation_id=one.operation_id, state=one.state) for one in notes.seen),
        arrivals=tuple(_arrival(each) for each in met if each.operation in WRITES),
        callbacks=_without_copies(tuple(deliveries)),
        terms=terms(),
        steady=tuple(steady),
    )


def terms() -> dict[tuple[str, str], Terms]:
    """What the mappings promise of every write under torture."""
    found = {}
    for channel in CHANNELS:
        adapter = Registry().adapter(channel.partition("_")[0])
        for name in WRITES:
            for operation in adapter.variants(name):
                found[channel, name] = Terms(
                    safety=operation.safety,
                    ttl_s=operation.idempotency.ttl_s,
                    final_after_s=operation.inquiry.not_found_is_final_after_s if operation.inquiry else None,
                )
    return found


def _calls(notes: Notes, told: Told, body_hash: str) -> Iterator[Call]:
    """An answer as a call, and the orders of a batch each as one of its own."""
    yield _call(notes, told, body_hash)
    if told.other:
        return
    for item in notes.intents[told.key].items:
        yield _of_item(notes, told, item)


def _of_item(notes: Notes, told: Told, item: Intent) -> Call:
    status, answer = said_of(told.document(), item.key)
    return Call(
        client=notes.client,
        operation=item.operation,
        key=item.key,
        body_hash=hash_of(item),
        identity=item.biz.partition(":")[2],
        at=told.began_at,
        answered_at=told.ended_at if status is not None else None,
        status=status,
        answer=answer,
        canaries=frozenset(item.canaries),
        premium=item.amount,
        currency=item.currency,
        within=told.key,
    )


def _call(notes: Notes, told: Told, body_hash: str) -> Call:
    intent: Intent = notes.intents[told.key]
    return Call(
        client=notes.client,
        operation=intent.operation,
        key=told.key,
        body_hash=body_hash,
        identity=f"{told.key}-other" if told.other else intent.policy or intent.biz.partition(":")[2],
        at=told.began_at,
        answered_at=told.ended_at if told.status is not None else None,
        status=told.status,
        answer=told.body,
        canaries=frozenset() if told.other else frozenset(intent.canaries),
        target=intent.policy,
        premium=intent.amount,
        currency=intent.currency,
    )


def _effect(channel: str, line: Mapping[str, Any]) -> Effect:
    premium = line.get("premium") or {}
    return Effect(
        channel=channel,
        kind=line["effect"],
        number=line.get("number"),
        request_no=line.get("request_no"),
        business_key=line.get("business_key"),
        policy_no=line.get("policy_no"),
        premium=int(premium["amount"]) if premium else None,
        currency=premium.get("currency"),
        canaries=frozenset(values_of(line)),
        at=datetime.fromisoformat(line["time"]).timestamp(),
    )


def _arrival(met: Met) -> Arrival:
    return Arrival(channel=met.channel, operation=met.operation, at=met.at, digest=met.digest)


def _callbacks(delivery: Delivery) -> Iterator[Callback]:
    for body, acknowledged in delivery.attempts:
        if acknowledged or delivery.forged:
            request_no, word = said_in(delivery.channel, body)
            yield Callback(
                channel=delivery.channel,
                digest=sha256(body).hexdigest(),
                genuine=not delivery.forged,
                request_no=request_no,
                word=word,
            )


def _without_copies(deliveries: Sequence[Delivery]) -> tuple[Callback, ...]:
    """The callbacks; a forgery of the very words, its signature beside them, is not told from the genuine by its body.

    The genuine one may have come without being acknowledged: its gateway died over it.
    """
    genuine = {(each.channel, body) for each in deliveries if not each.forged for body, _ in each.attempts}
    told = [
        each for each in deliveries if not (each.forged and {(each.channel, b) for b, _ in each.attempts} & genuine)
    ]
    return tuple(found for each in told for found in _callbacks(each))


def said_in(channel: str, body: bytes) -> tuple[str | None, str]:
    """Whom a callback is about and what it says, as the carriers' documents have it."""
    if channel.startswith("cedar"):
        told = json.loads(body)
        return told["request_no"], told["outcome"]
    if channel.startswith("aurora"):
        told = json.loads(body)
        word = {"POLICY_ISSUED": "accepted", "POLICY_DECLINED": "declined"}.get(told["eventType"], "")
        return (told.get("data") or {}).get("partnerOrderId"), word
    if channel.startswith("lotus"):
        said = json.loads(parse_qs(body.decode())["bizContent"][0])["body"]
        return said.get("origRequestNo"), "accepted" if said.get("policyNo") else "declined"
    return None, ""
