"""S12: what was taken and given back, as the ledgers have it and as it is stored: each, and in sum."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.checker.history import History, Violation
from contract_tests.checker.invariants.reading import by_number, issues, numbers_told, operation_ids, view_of
from gateway.journal.records import ObjectRecord, OperationRecord

Money = tuple[int, str]
CANCELLATION = "cancellation.submit"


def sums_agree(history: History) -> Iterator[Violation]:
    """S12: premiums, and what was given back, agree with the ledgers: each, and in sum.

    What an operation that succeeded did at a carrier counts whether anything of it is stored or not.
    """
    yield from _agree("policies", _premiums(history), _of_issues(history))
    yield from _agree("refunds", _refunds(history), _of_cancellations(history))


def _agree(what: str, stored: Mapping[str, Money], there: Mapping[str, Money]) -> Iterator[Violation]:
    """By the carrier's channel and number: each amount, and the totals of each currency."""
    for number in sorted({*stored, *there}):
        if stored.get(number) != there.get(number):
            text = f"{_said(stored.get(number))} stored, {_said(there.get(number))} in the ledger"
            yield Violation(invariant="S12", subject=number, text=text)
    here, beyond = _total(stored), _total(there)
    if here != beyond:
        yield Violation(invariant="S12", subject=f"all {what}", text=f"{dict(here)} stored, {dict(beyond)} there")


def _said(money: Money | None) -> str:
    return "nothing" if money is None else f"{money[0]} {money[1]}"


def _total(amounts: Mapping[str, Money]) -> Counter[str]:
    total: Counter[str] = Counter()
    for amount, currency in amounts.values():
        total[currency] += amount
    return total


def _premiums(history: History) -> dict[str, Money]:
    """What policies are stored for, by channel and number; what a carrier's ledger has no price of is left out."""
    unpriced = {key for key, effect in by_number(history, "issue").items() if effect.premium is None}
    found: dict[str, Money] = {}
    for row in history.rows.objects:
        view = view_of(row.data) if row.kind == "policy" else {}
        gross = (view.get("premium") or {}).get("gross") or {}
        for number in numbers_told(view):
            if gross and (row.channel, number) not in unpriced:
                found[f"{row.channel} {number}"] = (gross["amount"], gross["currency"])
    return found


def _of_issues(history: History) -> dict[str, Money]:
    """The premiums of what is in the ledgers for issues that succeeded, and of what is stored."""
    done = {row.client_ref for row in history.rows.operations if _has_succeeded(row, "policy.issue")}
    stored = {
        (row.channel, number)
        for row in history.rows.objects
        if row.kind == "policy"
        for number in numbers_told(view_of(row.data))
    }
    return {
        f"{effect.channel} {effect.number}": (effect.premium, effect.currency or "")
        for effect, identities in issues(history)
        if effect.premium is not None and (identities & done or (effect.channel, effect.number) in stored)
    }


def _refunds(history: History) -> dict[str, Money]:
    """What is stored as given back, by channel and number of the cancellation."""
    found: dict[str, Money] = {}
    for row in history.rows.objects:
        cancellation = _cancellation(row)
        refund = (cancellation.get("refund") or {}).get("amount") or {}
        if refund:
            found[f"{row.channel} {cancellation.get('no')}"] = (refund["amount"], refund["currency"])
    return found


def _of_cancellations(history: History) -> dict[str, Money]:
    """What the ledgers gave back where the cancellation's own reply told it, and for what is stored.

    One that was found by asking after the policy has no reply: the policy's record does not say what was given back.
    """
    told = {row.operation_id for row in history.rows.attempts if (row.purpose, row.outcome) == ("effect", "accepted")}
    done = {row.operation_id: row.channel for row in history.rows.operations if _has_succeeded(row, CANCELLATION)}
    ids = operation_ids(history)
    by_call = ((call, ids.get((call.client, call.operation, call.key), "")) for call in history.calls)
    targets = {(done[each], call.target) for call, each in by_call if each in done and each in told}
    stored = set(_refunds(history))
    return {
        f"{effect.channel} {effect.number}": (-effect.premium, effect.currency or "")
        for effect in history.effects
        if effect.kind == "cancel" and effect.premium is not None
        if (effect.channel, effect.policy_no) in targets or f"{effect.channel} {effect.number}" in stored
    }


def _cancellation(row: ObjectRecord) -> Mapping[str, Any]:
    return (view_of(row.data).get("cancellation") or {}) if row.kind == "endorsement" else {}


def _has_succeeded(row: OperationRecord, operation: str) -> bool:
    return row.operation == operation and row.state == "succeeded"
