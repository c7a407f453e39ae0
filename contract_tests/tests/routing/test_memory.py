"""What was seen of a channel fades by time, and by its own calls where those are rare: no channel is met as new."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gateway.model.outcome import OutcomeKind
from gateway.routing.health import OPEN_CALLS_MAX, OPEN_FIRST_S, OPEN_MAX_RARE_S
from gateway.routing.memory import GAP_TIMES_MAX, HALF_LIFE_CALLS, HALF_LIFE_S, RAREST_S, fade, usual_gap_s

GOOD, BAD = OutcomeKind.accepted, OutcomeKind.unknown
RARE_S = 50.0


@pytest.fixture
def called(route, clock):
    """A router whose first channel was called at even gaps, well and then badly."""

    def make(every_s, *, well=20, badly=0, kind=BAD):
        router = route()
        for outcome in [GOOD] * well + [kind] * badly:
            router.observe("one_main", "issue", outcome, 0.1)
            clock.advance(every_s)
        return router

    return make


def seen(router):
    return router.health("one_main", "write")


def stability_of(router, order):
    (one,) = [each for each in router.decide(order(), dry=True).candidates if each.channel == "one_main"]
    return next((term for term in one.terms if term.name == "stability"), None)


def test_a_channel_that_is_called_rarely_and_fails_is_not_forgotten_before_its_next_call(called, order):
    assert stability_of(called(RARE_S, badly=3), order).value < 0.2


def test_one_that_is_called_often_is_forgiven_by_time_alone_as_soon_as_ever(called, order, clock):
    router = called(1.0, badly=3)
    assert router.standing("one_main", "write").half_life_s == HALF_LIFE_S
    failing = 1 - seen(router).success(clock.monotonic())
    clock.advance(4 * HALF_LIFE_S)
    assert failing > 0.05
    assert stability_of(router, order) is None


def test_evidence_of_a_rare_channel_fades_by_half_while_it_is_usually_called_three_times(called, clock):
    router = called(RARE_S)
    assert seen(router).every_s == pytest.approx(RARE_S)
    assert router.standing("one_main", "write").half_life_s == pytest.approx(HALF_LIFE_CALLS * RARE_S)
    assert fade(HALF_LIFE_CALLS * RARE_S, RARE_S) == pytest.approx(0.5)


def test_who_is_called_less_because_it_fails_does_not_seem_to_be_called_rarely_by_nature(called, clock):
    router = called(2.0, badly=4)
    for _ in range(3):
        clock.advance(60)
        router.observe("one_main", "issue", BAD, 0.1)
    assert seen(router).every_s == pytest.approx(2.0)


def test_a_quiet_night_does_not_make_a_channel_rare(called, clock):
    router = called(2.0)
    clock.advance(8 * 3600)
    router.observe("one_main", "issue", GOOD, 0.1)
    assert seen(router).every_s < 3.0


def test_however_rarely_it_is_called_a_channel_is_tried_again_within_minutes(called):
    router = called(4 * 3600.0, badly=5)
    assert router.opens_in_s("one_main", "issue") <= OPEN_CALLS_MAX * RAREST_S
    assert router.standing("one_main", "write").half_life_s <= HALF_LIFE_CALLS * RAREST_S


def test_an_open_breaker_is_not_tried_out_more_often_than_the_channel_is_usually_called(called, clock, order):
    router = called(RARE_S, badly=5)
    waits = []
    for _ in range(6):
        waits.append(seen(router).until_s - seen(router).tripped_at_s)
        clock.advance(max(0.0, seen(router).until_s - clock.monotonic()))
        assert router.decide(order()).picked_by == "probe"
        router.observe("one_main", "issue", BAD, 0.1)
    assert waits[0] >= RARE_S / 2
    assert waits[0] < OPEN_CALLS_MAX * RARE_S / 2 <= waits[-1] <= OPEN_CALLS_MAX * RARE_S


def test_a_probe_that_fails_long_after_the_last_one_is_forgiven_nothing(called, clock, order):
    router = called(1.0, badly=5)
    for _ in range(6):
        clock.advance(OPEN_MAX_RARE_S + 1)
        router.decide(order())
        router.observe("one_main", "issue", BAD, 0.1)
    assert seen(router).trips == 7
    assert router.opens_in_s("one_main", "issue") > OPEN_FIRST_S


def test_a_carrier_that_cannot_be_reached_is_taken_to_be_called_as_often_as_its_busiest_group(called):
    router = called(RARE_S)
    router.observe("one_main", "issue", OutcomeKind.not_executed, 0.1, unreached=True)
    assert router.health("one_main", "carrier").every_s == pytest.approx(RARE_S)


def test_calls_that_another_replica_tells_of_are_calls_of_the_channel(called, route, clock):
    there, here = called(RARE_S, well=1), route()
    there.shares, there.replica = True, "there"
    for _ in range(12):
        there.observe("one_main", "issue", GOOD, 0.1)
        here.hear(there.tell())
        clock.advance(RARE_S)
    assert seen(here).every_s == pytest.approx(RARE_S)


def test_a_decision_says_how_long_it_remembers_where_that_is_longer_than_usual(called, order):
    assert (
        "called every 50 s, so what was seen fades by half in 150 s" in stability_of(called(RARE_S, badly=3), order).why
    )
    assert "fades" not in stability_of(called(1.0, badly=3), order).why


@given(
    every_s=some.floats(0.001, RAREST_S), elapsed_s=some.floats(0, 1e6), calls=some.integers(1, 10_000)
)  # fmt: skip
def test_a_gap_moves_the_usual_one_towards_itself_and_never_beyond_what_bounds_it(every_s, elapsed_s, calls):
    after = usual_gap_s(every_s, elapsed_s, calls)
    assert min(every_s, elapsed_s / calls) - 1e-9 <= after <= min(RAREST_S, GAP_TIMES_MAX * every_s) + 1e-9
    assert 0.0 <= fade(elapsed_s, every_s) <= 1.0
    assert fade(elapsed_s, every_s) >= fade(elapsed_s, 0.0)
