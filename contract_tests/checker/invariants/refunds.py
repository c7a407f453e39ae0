"""S2 of cancellations: what was asked for, told, stored and given back is one amount, under one number."""

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.checker.history import Call, Effect, History, Violation
from contract_tests.checker.invariants.reading import document, operation_ids, told_yes, view_of

Money = tuple[int, str]
CANCELLATION = "cancellation.submit"


def refunds_are_one(history: History) -> Iterator[Violation]:
    """S2: the caller, the journal and the ledger have the same refund, which is the one that the request settles.

    Where one of them says nothing there is nothing to compare: what is missing is S3's and S12's to see.
    """
    for call, amounts, numbers in _found(history):
        yield from _differing(call, "refund", amounts)
        yield from _differing(call, "number", numbers)


def compared(history: History) -> int:
    """How many cancellations have a refund that the caller, the journal and the ledger each name."""
    where = {"told", "stored", "in the ledger"}
    return len(
        {
            (call.client, call.key)
            for call, amounts, _ in _found(history)
            if all(amounts[each] is not None for each in where)
        }
    )


def _found(history: History) -> Iterator[tuple[Call, dict[str, Any], dict[str, Any]]]:
    """Each answer that told of a cancellation, with the amounts and the numbers that are to be one."""
    ids = operation_ids(history)
    channels = {row.operation_id: row.channel for row in history.rows.operations}
    stored = {row.operation_id: view_of(row.data) for row in history.rows.objects if row.kind == "endorsement"}
    given = {(each.channel, each.policy_no): each for each in history.effects if each.kind == "cancel"}
    for call in history.calls:
        if call.operation != CANCELLATION or not told_yes(call):
            continue
        operation_id = ids.get((call.client, call.operation, call.key), "")
        effect = given.get((channels.get(operation_id) or "", call.target))
        kept = stored.get(operation_id, {}).get("cancellation") or {}
        yield call, _amounts(call, kept, effect), _numbers(call, kept, effect)


def _amounts(call: Call, kept: Mapping[str, Any], effect: Effect | None) -> dict[str, Any]:
    settled = None if call.premium is None else (call.premium, call.currency)
    there = None if effect is None or effect.premium is None else (-effect.premium, effect.currency or "")
    return {"asked for": settled, "told": _refund(document(call)), "stored": _refund(kept), "in the ledger": there}


def _numbers(call: Call, kept: Mapping[str, Any], effect: Effect | None) -> dict[str, Any]:
    there = effect.number if effect is not None else None
    return {"told": document(call).get("no"), "stored": kept.get("no"), "in the ledger": there}


def _refund(cancellation: Mapping[str, Any]) -> Money | None:
    amount = (cancellation.get("refund") or {}).get("amount") or {}
    return (amount["amount"], amount["currency"]) if amount else None


def _differing(call: Call, what: str, found: Mapping[str, Any]) -> Iterator[Violation]:
    said = {where: value for where, value in found.items() if value is not None}
    if len(set(said.values())) > 1:
        text = ", ".join(
            f"{where} {' '.join(map(str, value)) if isinstance(value, tuple) else value}"
            for where, value in said.items()
        )
        yield Violation(invariant="S2", subject=call.key, text=f"{what} of {call.target}: {text}")
