"""The state machines: the moves that exist, and no others."""

from itertools import product

import pytest

from gateway.model import (
    ApplicationStatus,
    ClaimDecision,
    ClaimProcess,
    EndorsementStatus,
    Gender,
    OperationState,
    PolicyStatus,
    SettlementStatus,
)
from gateway.model.states import IN_FLIGHT, MOVES, TERMINAL, OrphanState, may_move

S = OperationState
MACHINES = {
    OperationState: OperationState.created,
    OrphanState: OrphanState.found,
    ApplicationStatus: ApplicationStatus.draft,
    PolicyStatus: PolicyStatus.issuing,
    EndorsementStatus: EndorsementStatus.draft,
    ClaimProcess: ClaimProcess.reported,
    ClaimDecision: ClaimDecision.undecided,
    SettlementStatus: SettlementStatus.instructed,
}


def reachable(start):
    seen, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        for end in start.__class__:
            if may_move(here, end) and end not in seen:
                seen.add(end)
                waiting.append(end)
    return seen


@pytest.mark.parametrize("machine", MACHINES, ids=lambda each: each.__name__)
def test_every_state_can_be_reached_and_none_moves_to_itself(machine):
    assert reachable(MACHINES[machine]) == set(machine)
    assert not any(may_move(state, state) for state in machine)


def test_an_operation_ends_in_four_ways_and_stays_there():
    assert {S.succeeded, S.declined, S.failed, S.expired} == TERMINAL
    assert not any(may_move(end, anything) for end, anything in product(TERMINAL, S))


def test_waiting_for_a_person_is_not_an_end():
    assert S.needs_review not in TERMINAL
    assert {end for start, end in MOVES if start is S.needs_review} == {S.succeeded, S.declined, S.failed}


def test_an_unknown_operation_can_only_be_resolved_never_sent_again():
    assert {end for start, end in MOVES if start is S.unknown} == {S.resolving}


def test_only_a_routed_operation_is_sent():
    assert {start for start, end in MOVES if end is S.sending} == {S.routed}


def test_only_what_waits_at_the_carrier_can_lapse():
    assert {start for start, end in MOVES if end is S.expired} == {S.pending}


def test_an_operation_that_may_have_had_an_effect_is_in_flight():
    assert {S.sending, S.pending, S.unknown, S.resolving, S.needs_review} == IN_FLIGHT


def test_a_cancelled_policy_is_not_revived_and_a_lapsed_one_is():
    assert not may_move(PolicyStatus.cancelled, PolicyStatus.in_force)
    assert may_move(PolicyStatus.lapsed, PolicyStatus.in_force)


def test_cover_that_never_began_becomes_void_without_having_been_in_force():
    assert may_move(PolicyStatus.issued_not_effective, PolicyStatus.void)


def test_a_decided_claim_is_changed_only_after_it_was_reopened():
    assert not may_move(ClaimProcess.decided, ClaimProcess.under_review)
    assert may_move(ClaimProcess.closed, ClaimProcess.reopened)
    assert not may_move(ClaimDecision.rejected, ClaimDecision.approved)


def test_a_returned_payment_is_instructed_again():
    assert may_move(SettlementStatus.returned, SettlementStatus.instructed)
    assert not may_move(SettlementStatus.unknown, SettlementStatus.instructed)


def test_states_of_two_machines_do_not_mix_though_their_words_do():
    assert not may_move(ApplicationStatus.submitted, EndorsementStatus.withdrawn)


def test_what_is_no_state_does_not_move():
    with pytest.raises(TypeError, match="Gender is not a state"):
        may_move(Gender.male, Gender.female)
