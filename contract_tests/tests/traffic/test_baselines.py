"""Each baseline does what its own documentation states; the source is named, so that none is a straw man."""

from collections import Counter

import pytest

from contract_tests.traffic.strategies.ejecting import (
    Envoy,
    LiteLlmDefault,
    LiteLlmTuned,
    Nginx,
    Polly,
    Resilience4j,
)
from contract_tests.traffic.strategies.scoring import Bifrost, Finagle, Juspay, PeakEwma, SlidingUcb, Thompson
from contract_tests.traffic.strategies.simple import Oracle, Static
from contract_tests.traffic.world import WEIGHTS, Call

GOOD, BAD = Call(ok=True, takes_s=0.2), Call(ok=False, takes_s=0.2)


def tell(strategy, channel, call, now_s, times=1, replica=0):
    for serial in range(times):
        strategy.began(replica, 0, channel, now_s, serial)
        strategy.ended(replica, 0, channel, now_s, serial, call)


def picks(strategy, now_s=0.0, count=2000, replica=0):
    return Counter(strategy.pick(replica, 0, now_s, frozenset()) for _ in range(count))


def sweep(strategy, upto_s):
    for second in range(1, int(upto_s) + 1):
        strategy.tick(float(second))


def test_static_picks_by_weight_and_never_learns():
    static = Static(WEIGHTS, 1)
    tell(static, "a", BAD, 1.0, 100)
    assert picks(static, 2.0, 10_000)["a"] / 10_000 == pytest.approx(0.30, abs=0.02)


def test_the_oracle_leaves_out_who_is_worse_by_more_than_a_point_now():
    oracle = Oracle(WEIGHTS, 1, lambda channel, _product, at_s: 0.5 if channel == "a" and at_s < 10 else 0.99)
    assert picks(oracle, 5.0)["a"] == 0
    assert picks(oracle, 15.0)["a"] > 0


# https://docs.litellm.ai/docs/routing (cooldowns): more than half of a minute's calls failed, of five at least: 5 s out.
def test_litellm_as_installed_cools_down_for_five_seconds_in_one_process():
    litellm = LiteLlmDefault(WEIGHTS, 1)
    tell(litellm, "a", GOOD, 1.0, 2)
    tell(litellm, "a", BAD, 1.0, 2)
    assert not litellm.is_out(0, "a", 1.5), "four calls are too few"
    tell(litellm, "a", BAD, 1.0)
    assert litellm.is_out(0, "a", 5.9)
    assert not litellm.is_out(1, "a", 1.5), "another process does not know"
    assert not litellm.is_out(0, "a", 6.1)
    tell(litellm, "a", BAD, 61.0, 4)
    assert not litellm.is_out(0, "a", 61.5), "a new minute counts anew"


# https://docs.litellm.ai/docs/routing (cooldowns): a 429 cools a deployment down at once.
def test_litellm_as_installed_leaves_who_turns_a_call_away_at_once():
    litellm = LiteLlmDefault(WEIGHTS, 1)
    tell(litellm, "a", GOOD, 1.0, 20)
    tell(litellm, "a", Call(ok=False, takes_s=0.2, refused=True), 2.0)
    assert litellm.is_out(0, "a", 6.9)
    assert not litellm.is_out(1, "a", 2.5), "another process does not know"
    assert not litellm.is_out(0, "a", 7.1)


# https://docs.litellm.ai/docs/routing: `allowed_fails: 3, cooldown_time: 60` with Redis.
def test_litellm_tuned_cools_down_everywhere_after_the_fourth_failure_of_a_minute():
    litellm = LiteLlmTuned(WEIGHTS, 1)
    for replica in (0, 1, 2):
        tell(litellm, "a", BAD, 1.0, replica=replica)
    assert not litellm.is_out(0, "a", 1.5)
    tell(litellm, "a", BAD, 2.0, replica=1)
    assert all(litellm.is_out(replica, "a", 61.0) for replica in (0, 1, 2))
    assert not litellm.is_out(0, "a", 62.5)


# https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/outlier_detection.proto: consecutive_5xx 5,
# interval 10 s, base_ejection_time 30 s, max_ejection_percent 10.
def test_envoys_default_cap_ejects_nobody_among_six_hosts():
    envoy = Envoy(WEIGHTS, 1)
    tell(envoy, "a", BAD, 1.0, 50)
    assert not envoy.is_out(0, "a", 2.0)


def test_envoy_tuned_ejects_after_five_in_a_row_and_longer_each_time_until_a_sweep():
    envoy = Envoy(WEIGHTS, 1, ejection_max=0.5, ejects_one=True)
    tell(envoy, "a", BAD, 1.0, 4)
    tell(envoy, "a", GOOD, 1.0)
    tell(envoy, "a", BAD, 1.0, 4)
    assert not envoy.is_out(0, "a", 1.5)
    tell(envoy, "a", BAD, 1.0)
    assert envoy.is_out(0, "a", 1.5)
    sweep(envoy, 30)
    assert envoy.is_out(0, "a", 30.5), "30 s are not over at this sweep"
    envoy.tick(40.0)
    assert not envoy.is_out(0, "a", 40.5)
    tell(envoy, "a", BAD, 41.0, 5)
    envoy.tick(80.0)
    assert envoy.is_out(0, "a", 80.5), "the second time it is 60 s"
    envoy.tick(110.0)
    assert not envoy.is_out(0, "a", 110.5)


# https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/panic_threshold: 50 %.
def test_envoy_asks_everyone_when_less_than_half_are_healthy():
    envoy = Envoy(WEIGHTS, 1, ejection_max=0.9, ejects_one=True)
    for channel in "abcd":
        tell(envoy, channel, BAD, 1.0, 5)
    assert picks(envoy, 2.0)["a"] > 0


# https://resilience4j.readme.io/docs/circuitbreaker: window 100 calls, minimum 100, rate 50 %, open 60 s, 10 half open.
def test_resilience4j_opens_at_half_of_a_hundred_calls_and_lets_ten_through_after_a_minute():
    breaker = Resilience4j(WEIGHTS, 1)
    tell(breaker, "a", BAD, 1.0, 99)
    assert not breaker.is_out(0, "a", 1.5), "below a hundred calls there is no rate"
    tell(breaker, "a", BAD, 1.0)
    assert breaker.is_out(0, "a", 60.9)
    assert not breaker.is_out(0, "a", 61.1)
    for serial in range(10):
        breaker.began(0, 0, "a", 61.2, serial)
    assert breaker.is_out(0, "a", 61.3), "ten are under way"
    for serial in range(10):
        breaker.ended(0, 0, "a", 61.5, serial, GOOD)
    assert not breaker.is_out(0, "a", 61.6)
    tell(breaker, "a", BAD, 62.0, 50)
    assert not breaker.is_out(0, "a", 62.5), "the window began anew"


# https://www.pollydocs.org/strategies/circuit-breaker: ratio 0.1, throughput 100, sampling 30 s, break 5 s.
def test_polly_opens_at_a_tenth_of_a_hundred_calls_within_half_a_minute():
    polly = Polly(WEIGHTS, 1)
    tell(polly, "a", GOOD, 1.0, 89)
    tell(polly, "a", BAD, 2.0, 10)
    assert not polly.is_out(0, "a", 2.5), "99 calls are too few"
    tell(polly, "a", BAD, 2.0)
    assert polly.is_out(0, "a", 6.9)
    assert not polly.is_out(0, "a", 7.1)
    rare = Polly(WEIGHTS, 1)
    for second in range(200):
        tell(rare, "a", BAD, float(second))
    assert not rare.is_out(0, "a", 200.0), "thirty calls in thirty seconds are too few"


# https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server: max_fails=1, fail_timeout=10s.
def test_nginx_leaves_out_for_ten_seconds_after_one_failure():
    nginx = Nginx(WEIGHTS, 1)
    tell(nginx, "a", BAD, 1.0)
    assert nginx.is_out(0, "a", 10.9)
    assert not nginx.is_out(0, "a", 11.1)


# https://twitter.github.io/finagle/guide/Clients.html#failure-accrual: five in a row or 80 % over 30 s; 5 s to 300 s.
def test_finagle_marks_dead_after_five_in_a_row_for_longer_each_time_and_tries_with_one_request():
    finagle = Finagle(WEIGHTS, 1)
    for channel in "bcdef":
        tell(finagle, channel, Call(ok=True, takes_s=60.0), 1.0)
    tell(finagle, "a", BAD, 1.0, 5)
    assert picks(finagle, 2.0)["a"] == 0
    assert picks(finagle, 6.5)["a"] > 0, "its time is over: it may be tried"
    finagle.began(0, 0, "a", 6.5, 1)
    assert picks(finagle, 6.6)["a"] == 0, "one request tries it"
    finagle.ended(0, 0, "a", 6.7, 1, BAD)
    assert picks(finagle, 12.0)["a"] == 0, "ten seconds the second time"
    tell(finagle, "a", GOOD, 17.0)
    assert picks(finagle, 17.5)["a"] > 0


# https://twitter.github.io/finagle/guide/Clients.html#power-of-two-choices-p2c-least-loaded and peak EWMA.
def test_peak_ewma_prefers_the_faster_of_two_and_a_failure_that_is_fast_attracts():
    ewma = PeakEwma(WEIGHTS, 1)
    for channel in WEIGHTS:
        tell(ewma, channel, Call(ok=True, takes_s=0.5), 1.0)
    tell(ewma, "a", Call(ok=True, takes_s=5.0), 1.0)
    assert picks(ewma, 1.0)["a"] == 0
    quick = PeakEwma(WEIGHTS, 1)
    for channel in WEIGHTS:
        tell(quick, channel, Call(ok=channel != "a", takes_s=0.01 if channel == "a" else 0.5), 1.0)
    assert picks(quick, 1.0)["a"] / 2000 == pytest.approx(1 / 3, abs=0.05), "whenever it is drawn"


# https://api-reference.hyperswitch.io/decision-engine-api-reference: success rate over a bucket of the last results,
# the strongest is taken, a hedging percentage goes elsewhere.
def test_juspay_takes_the_strongest_and_hedges_five_in_a_hundred():
    juspay = Juspay(WEIGHTS, 1)
    for channel in "abcde":
        tell(juspay, channel, BAD, 1.0)
    found = picks(juspay, 2.0, 10_000)
    assert found["f"] / 10_000 == pytest.approx(0.95 + 0.05 / 6, abs=0.01)
    assert all(found[channel] for channel in "abcde"), "hedging keeps the others' rates fresh"


def test_juspay_leaves_out_who_is_below_the_floor_and_forgets_what_left_the_bucket():
    juspay = Juspay(WEIGHTS, 1)
    tell(juspay, "a", BAD, 1.0, 82)
    assert juspay.rate("a") < 0.35
    tell(juspay, "a", GOOD, 2.0, 125)
    assert juspay.rate("a") == 1.0


# https://docs.getbifrost.ai/enterprise/adaptive-load-balancing: weights worked out anew every five seconds.
def test_bifrost_lowers_the_weight_of_who_fails_at_the_next_five_seconds_and_never_to_nothing():
    bifrost = Bifrost(WEIGHTS, 1)
    for channel in WEIGHTS:
        tell(bifrost, channel, BAD if channel == "a" else GOOD, 1.0, 20)
    before = picks(bifrost, 2.0)["a"]
    sweep(bifrost, 5)
    after = picks(bifrost, 6.0)["a"]
    assert before / 5 < after < before / 2, "its errors count half of all: a third of its weight is left"


# Raj and Kalyani, Taming non-stationary bandits, arXiv:1707.09727.
def test_discounted_thompson_sampling_leaves_who_fails_and_forgets():
    thompson = Thompson(WEIGHTS, 1)
    for channel in WEIGHTS:
        tell(thompson, channel, BAD if channel == "a" else GOOD, 1.0, 50)
    assert picks(thompson)["a"] < 20
    for channel in "bcdef":
        tell(thompson, channel, GOOD, 2.0, 200)
    good, bad = thompson._counts["a"]
    assert good + bad < 1.0


# Garivier and Moulines, On upper-confidence bound policies for non-stationary bandit problems, arXiv:0805.3415.
def test_sliding_window_ucb_tries_who_was_not_seen_within_the_window():
    ucb = SlidingUcb(WEIGHTS, 1)
    for channel in WEIGHTS:
        tell(ucb, channel, GOOD, 1.0, 10)
    tell(ucb, "b", GOOD, 2.0, 500)
    assert ucb.pick(0, 0, 3.0, frozenset()) != "b", "the others have left the window"
