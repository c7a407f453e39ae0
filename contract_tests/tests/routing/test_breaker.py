"""A channel's breaker: it opens, waits, is tried out once at a time, closes after three good calls, and starts slowly."""

import pytest

from gateway.model.outcome import OutcomeKind
from gateway.routing.health import OPEN_FIRST_S, PROBE_GAP_S
from gateway.routing.score import SLOW_START_S


@pytest.fixture
def tripped(route, order):
    router = route((60, 30, 10))
    for _ in range(5):
        router.observe("one_main", "issue", OutcomeKind.not_executed, 0.1)
    return router


def ruled_out(router, request, channel="one_main"):
    decision = router.decide(request, dry=True)
    return next(each.ruled_out for each in decision.candidates if each.channel == channel)


def test_five_failures_in_a_row_open_it(tripped, order):
    assert ruled_out(tripped, order()) == "channel.breaker_open"
    assert tripped.decide(order()).chosen == "two_main"


def test_half_of_six_calls_failing_opens_it_too(route, order):
    router = route()
    for kind in (OutcomeKind.accepted, OutcomeKind.unknown) * 3:
        router.observe("one_main", "issue", kind, 0.1)
    assert ruled_out(router, order()) == "channel.breaker_open"


def test_when_its_time_is_over_one_call_tries_it_out_and_the_others_wait(tripped, order, clock):
    clock.advance(OPEN_FIRST_S)
    probe = tripped.decide(order())
    assert (probe.chosen, probe.picked_by) == ("one_main", "probe")
    assert ruled_out(tripped, order()) == "channel.probing"
    assert tripped.decide(order()).chosen == "two_main"
    clock.advance(PROBE_GAP_S)
    assert tripped.decide(order()).chosen == "one_main"


def test_three_good_probes_close_it_and_it_starts_slowly(tripped, order, clock):
    clock.advance(OPEN_FIRST_S)
    for _ in range(3):
        assert tripped.health_view("one_main", "write")["breaker"] == "half_open"
        assert tripped.decide(order()).chosen == "one_main"
        tripped.observe("one_main", "issue", OutcomeKind.accepted, 0.1)
        clock.advance(PROBE_GAP_S)
    assert tripped.health_view("one_main", "write")["breaker"] == "closed"

    def slow_start():
        decision = tripped.decide(order(), dry=True)
        (found,) = [each for each in decision.candidates if each.channel == "one_main"]
        return next((term.value for term in found.terms if term.name == "slow start"), 1.0)

    assert slow_start() == pytest.approx(0.1)
    clock.advance(SLOW_START_S / 2)
    assert 0.4 < slow_start() < 0.6
    clock.advance(SLOW_START_S)
    assert slow_start() == 1.0


def test_a_bad_probe_opens_it_again_for_longer(tripped, order, clock):
    clock.advance(OPEN_FIRST_S)
    tripped.decide(order())
    tripped.observe("one_main", "issue", OutcomeKind.unknown, 0.1)
    clock.advance(OPEN_FIRST_S / 2)
    assert ruled_out(tripped, order()) == "channel.breaker_open"
    clock.advance(OPEN_FIRST_S * 2)
    assert ruled_out(tripped, order()) is None


def test_a_carriers_retry_after_is_honoured(route, order, clock):
    router = route()
    router.observe("one_main", "issue", OutcomeKind.not_executed, 0.1, hold_s=40.0)
    clock.advance(39)
    assert ruled_out(router, order()) == "channel.breaker_open"
    clock.advance(2)
    assert ruled_out(router, order()) is None


def test_when_to_ask_again_for_what_is_not_decided_yet_holds_no_channel(route, order):
    router = route()
    router.observe("one_main", "issue", OutcomeKind.pending, 0.1, hold_s=10.0)
    assert ruled_out(router, order()) is None


def test_when_every_breaker_is_open_quotes_are_asked_all_the_same_and_writes_are_not(route, order):
    router = route()
    for channel in ("one_main", "two_main", "six_main"):
        for _ in range(5):
            router.observe(channel, "quote", OutcomeKind.unknown, 0.1)
            router.observe(channel, "issue", OutcomeKind.unknown, 0.1)
    assert router.decide(order("quote.create")).chosen is not None
    assert router.decide(order("policy.issue")).chosen is None


def test_a_channel_that_is_called_often_is_seen_failing_within_its_next_calls(route, order, clock):
    router = route()
    for _ in range(2_000):
        router.observe("one_main", "issue", OutcomeKind.accepted, 0.1)
        clock.advance(0.02)
    for number in range(50):
        kind = OutcomeKind.unknown if number % 6 == 0 else OutcomeKind.accepted
        router.observe("one_main", "issue", kind, 0.1)
        clock.advance(0.02)
    (one,) = [each for each in router.decide(order(), dry=True).candidates if each.channel == "one_main"]
    assert next(term.value for term in one.terms if term.name == "stability") < 0.5
