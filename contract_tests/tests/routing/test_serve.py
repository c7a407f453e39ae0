"""What exists already is served by a connection to its own insurer: now, later, or from what is known."""

import pytest

from gateway.model.outcome import OutcomeKind
from gateway.routing.health import OPEN_FIRST_S, PROBE_GAP_S
from gateway.routing.types import Ruled

CHANNELS = """
one_main: { carrier: one, insurer: one_pc, via: direct, state: active }
one_other: { carrier: one, insurer: one_pc, via: direct, state: active }
one_broker: { carrier: six, insurer: one_pc, via: broker, state: active }
one_gone: { carrier: one, insurer: one_pc, via: direct, state: suspended }
two_main: { carrier: two, insurer: two_pc, via: direct, state: active }
six_main: { carrier: six, insurer: six_pc, via: direct, regions: [CN], state: active }
"""


@pytest.fixture
def router(route):
    return route(channels=CHANNELS)


def fail(router, channel, times, kind=OutcomeKind.not_executed):
    for _ in range(times):
        router.observe(channel, "query", kind, 0.1)


def asked(router, otherwise="degrade", **more):
    return router.serve("one_main", "query", otherwise, **more)


def test_only_connections_to_the_same_insurer_over_the_same_carrier_stand_in_for_each_other(router):
    assert asked(router).channels == ("one_main", "one_other")
    assert router.serve("two_main", "query", "degrade").channels == ("two_main",)


def test_the_connection_a_policy_belongs_to_goes_before_its_equals(router):
    assert router.serve("one_other", "query", "degrade").channels == ("one_other", "one_main")


def test_a_steadier_connection_goes_first(router):
    fail(router, "one_main", 3)
    assert asked(router).channels == ("one_other", "one_main")


def test_one_whose_breaker_is_open_is_not_asked(router):
    fail(router, "one_main", 5)
    serving = asked(router)
    assert (serving.mode, serving.channels) == ("sync", ("one_other",))
    (out,) = [each for each in serving.candidates if each.ruled_out]
    assert (out.channel, out.ruled_out) == ("one_main", "channel.breaker_open")


@pytest.mark.parametrize("otherwise", ["queue", "degrade"])
def test_where_nobody_may_be_asked_the_mode_is_the_other_one_and_each_has_its_reason(router, otherwise):
    fail(router, "one_main", 5)
    router.stopped = {"one_other": Ruled("channel.held", "Wang Li has disabled it")}
    serving = asked(router, otherwise)
    assert (serving.mode, serving.channels) == (otherwise, ())
    assert [each.ruled_out for each in serving.candidates] == ["channel.breaker_open", "channel.held"]
    assert "Wang Li has disabled it" in serving.sentence


def test_what_must_stay_with_its_channel_has_no_other(router):
    fail(router, "one_main", 5)
    assert asked(router, "queue", alone=True).mode == "queue"


def test_when_its_time_is_over_one_question_tries_its_own_connection_out_and_the_next_does_not(router, clock):
    fail(router, "one_main", 5)
    assert router.opens_in_s("one_main", "query") > 0
    clock.advance(OPEN_FIRST_S)
    assert asked(router).channels == ("one_main", "one_other")
    router.tries("one_main", "query")
    assert asked(router).channels == ("one_other",)
    clock.advance(PROBE_GAP_S)
    assert asked(router).channels == ("one_main", "one_other")
    assert router.opens_in_s("one_main", "query") == 0


def test_an_outage_of_issuing_leaves_questions_alone(router):
    for _ in range(5):
        router.observe("one_main", "issue", OutcomeKind.unknown, 0.1)
    assert asked(router).channels == ("one_main", "one_other")


def test_a_connection_in_its_maintenance_window_is_not_asked(route, clock):
    now = clock.now()
    window = f'maintenance: [{{ from: "{now:%H:%M}", to: "{now:%H}:59", zone: UTC }}]'
    router = route(
        channels=CHANNELS.replace("one_pc, via: direct, state: active }", f"one_pc, state: active, {window} }}", 1)
    )
    assert asked(router).channels == ("one_other",)
