"""S1 to S4, S11: what carriers did, beside what was asked, told and stored."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from contract_tests.checker.history import Call, Effect, History, Violation
from contract_tests.checker.invariants.reading import (
    ASKING,
    KINDS,
    NOTHING_HAPPENED,
    by_number,
    document,
    effects_of,
    issues,
    numbers_told,
    operation_ids,
    owners,
    subject_of,
    told_no,
    told_yes,
    view_of,
)
from contract_tests.checker.invariants.refunds import refunds_are_one
from gateway.journal.records import OperationRecord

ONCE = ("cancel", "endorse", "claim_report", "claim_submit")
"""Effects beside those known by their canaries that must not happen twice to the same thing."""
UNDERWRITING, REFUSED = "underwriting.submit", ("declined", "postponed")


def at_most_one_effect(history: History) -> Iterator[Violation]:
    """S1: at most one effect per business identity."""
    for kind in ASKING:
        found = owners(history, kind)
        for name, count in Counter(name for _, names in found for name in names).items():
            if count > 1:
                where = ", ".join(each.channel for each, names in found if name in names)
                text = f"{count} {'policies' if kind == 'issue' else 'applications'}, at {where}"
                yield Violation(invariant="S1", subject=name[1], text=text)
    others = Counter((each.channel, each.kind, subject_of(each)) for each in history.effects if each.kind in ONCE)
    for (channel, kind, subject), count in others.items():
        if count > 1:
            yield Violation(invariant="S1", subject=subject, text=f"{count} times {kind} at {channel}")


def nothing_unasked(history: History) -> Iterator[Violation]:
    """S2: every effect was asked for, with what the request said."""
    asked = defaultdict(list)
    for call in history.calls:
        asked[call.operation, call.target or call.identity].append(call)
    for effect, identities in issues(history):
        if len(identities) != 1:
            text = f"a policy at {effect.channel} fits {len(identities)} orders"
            yield Violation(invariant="S2", subject=effect.number or "", text=text)
            continue
        calls = asked["policy.issue", next(iter(identities))]
        if not any(_same_money(call, effect) for call in calls):
            text = f"issued for {effect.premium}, asked for {sorted({call.premium or 0 for call in calls})}"
            yield Violation(invariant="S2", subject=effect.number or "", text=text)
    yield from _underwritten_unasked(history)
    yield from refunds_are_one(history)
    others = {operation: kind for operation, kind in KINDS.items() if kind not in ASKING}
    for operation, kind in others.items():
        for effect in history.effects:
            if effect.kind == kind and not asked[operation, effect.policy_no or effect.number or ""]:
                text = f"{kind} at {effect.channel} that nobody asked for"
                yield Violation(invariant="S2", subject=effect.policy_no or "", text=text)


def _underwritten_unasked(history: History) -> Iterator[Violation]:
    """An application is somebody's, for the premium it was asked for."""
    asked = defaultdict(list)
    for call in history.calls:
        asked[call.operation, call.identity].append(call)
    for effect, names in owners(history, "underwrite"):
        calls = [call for name in names for call in asked[name]]
        if not any(_same_money(call, effect) for call in calls):
            premiums = sorted({call.premium or 0 for call in calls})
            text = f"underwritten at {effect.channel} for {effect.premium}, asked for {premiums or 'by nobody'}"
            yield Violation(invariant="S2", subject=effect.number or "", text=text)


def told_is_true(history: History) -> Iterator[Violation]:
    """S3: who was told of a policy has it: at the carrier, with its own values."""
    numbered = by_number(history, "issue")
    for call in history.calls:
        if call.operation != "policy.issue" or not told_yes(call):
            continue
        told = document(call)
        for number in numbers_told(told) or {""}:
            effect = numbered.get((told.get("channel", ""), number))
            if effect is None:
                yield Violation(invariant="S3", subject=call.identity, text=f"policy {number} is in no ledger")
            elif not call.canaries <= effect.canaries:
                yield Violation(invariant="S3", subject=call.identity, text=f"policy {number} is another's")
    yield from _told_of_applications(history)
    yield from _told_of_changes(history)


def _told_of_applications(history: History) -> Iterator[Violation]:
    """Who was told of an application that the carrier took finds it there, with its own values."""
    numbered = by_number(history, "underwrite")
    for call in history.calls:
        told = document(call)
        if call.operation != UNDERWRITING or not told_yes(call) or told.get("status") in REFUSED:
            continue
        for number in numbers_told(told, ("application",)) or {""}:
            effect = numbered.get((told.get("channel", ""), number))
            if effect is None:
                yield Violation(invariant="S3", subject=call.key, text=f"application {number} is in no ledger")
            elif not call.canaries <= effect.canaries:
                yield Violation(invariant="S3", subject=call.key, text=f"application {number} is another's")


def _told_of_changes(history: History) -> Iterator[Violation]:
    """Who was told that a policy was cancelled, changed or claimed upon finds that at the carrier."""
    happened = {(each.kind, each.policy_no) for each in history.effects}
    # A claim that the carrier refuses to take is an answer of its own, and no error.
    declined = {(row.client, row.operation, row.idem_key) for row in history.rows.operations if row.state == "declined"}
    for call in history.calls:
        kind = KINDS.get(call.operation)
        if not told_yes(call) or call.target is None or (call.client, call.operation, call.key) in declined:
            continue
        if (kind, call.target) not in happened:
            text = f"told of {kind} of {call.target}, which is in no ledger"
            yield Violation(invariant="S3", subject=call.key, text=text)


def no_means_no(history: History) -> Iterator[Violation]:
    """S4: an operation that ended without effect has none, ever; nor has one whose caller was told so."""
    ids = operation_ids(history)
    ended = {row.operation_id: row.operation for row in history.rows.operations if row.state in NOTHING_HAPPENED}
    for call in history.calls:
        if not told_no(call):
            continue
        named = document(call)["operation_id"]
        if call.within is not None or ids.get((call.client, call.operation, call.key)) == named:
            ended[named] = call.operation
    # An application that the carrier refuses, or lets lapse, is one all the same.
    decided = {
        row.operation_id
        for row in history.rows.operations
        if row.operation == UNDERWRITING and row.state in ("declined", "expired")
    }
    for operation_id, operation in ended.items():
        if operation_id in decided:
            continue
        for effect in effects_of(history, operation_id, KINDS.get(operation, operation)):
            text = f"was told no, and {effect.channel} has {effect.kind} {effect.number}"
            yield Violation(invariant="S4", subject=operation_id, text=text)


def stored_is_own(history: History) -> Iterator[Violation]:
    """S11: the policy stored for a key carries that key's values."""
    numbered = by_number(history, "issue")
    asked = {(call.client, call.identity): call for call in history.calls if call.operation == "policy.issue"}
    for row in history.rows.objects:
        call = asked.get((row.client, row.client_ref or ""))
        if row.kind != "policy" or call is None:
            continue
        for number in numbers_told(view_of(row.data)):
            effect = numbered.get((row.channel or "", number))
            if effect is None or not call.canaries <= effect.canaries:
                text = f"policy {number} is stored for it and is {'nobody' if effect is None else 'another'}'s"
                yield Violation(invariant="S11", subject=call.identity, text=text)
    for operation in unstored(history):
        subject = operation.client_ref or operation.operation_id
        yield Violation(invariant="S11", subject=subject, text="it has succeeded, and no policy is stored for it")


def unstored(history: History) -> list[OperationRecord]:
    """Issues that succeeded and of which no policy is kept: their callers have lost it."""
    kept = {row.operation_id for row in history.rows.objects if row.kind == "policy"}
    issued = [row for row in history.rows.operations if (row.operation, row.state) == ("policy.issue", "succeeded")]
    return [row for row in issued if row.operation_id not in kept]


def _same_money(call: Call, effect: Effect) -> bool:
    return None in (call.premium, effect.premium) or (call.premium, call.currency) == (effect.premium, effect.currency)
