"""Every fault of the mock carriers is played under torture; what chance leaves out is played on purpose."""

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from cli.mapping.load import load_carrier
from contract_tests.checker import on_purpose
from contract_tests.checker.faults import BEYOND, EXCHANGE_FAULTS, PLANNED, TLS_CHANNELS, WRITES, each_once, faults_of
from contract_tests.checker.nemeses import CALLBACKS, OF_STORE, SHARES, deck
from contract_tests.checker.notes import Notes
from contract_tests.checker.on_purpose import lacking, play_missing
from contract_tests.checker.orders import CHANNELS, LATER_YES, OFFERS, Orders
from contract_tests.mock.faults import FAULTS, make_plan

ROOT = Path(__file__).parents[3]
PRICES = {(offer.product, offer.plan, offer.channels[0]): 60 for offer in OFFERS}


def test_every_fault_of_the_mock_carriers_is_planned_and_its_absence_is_seen():
    planned = {each["fault"] for channel in CHANNELS for each in faults_of(channel, 0.3, refuses=True)}
    assert planned == set(PLANNED) == set(FAULTS) - {"clock_skew"}
    assert len(make_plan(faults_of("harbor_main", 0.3)).rules) > len(EXCHANGE_FAULTS)
    assert "policy.issue" in WRITES


def test_replies_are_swapped_where_each_bears_our_number_and_nowhere_else():
    """`echo: success` takes an error for ours by its connection: swapped at the carrier, it deceives whoever is careful."""
    bears_none = set()
    for carrier in {channel.partition("_")[0] for channel in CHANNELS}:
        tree = load_carrier(ROOT / "mappings" / "carriers" / carrier, ROOT)[0]
        steps = [step for each in tree.operations if each.name in WRITES for step in each.steps]
        if any(step.response.echo_yes or step.response.echo_none for step in steps if step.response is not None):
            bears_none.add(carrier)
    swapping = {each for each in CHANNELS if "swap_response" in {rule["fault"] for rule in faults_of(each, 0.3)}}
    assert bears_none == set(BEYOND)
    assert {each.partition("_")[0] for each in CHANNELS} - {each.partition("_")[0] for each in swapping} == bears_none
    assert swapping
    assert [each_once(channel, ["swap_response"]) for channel in CHANNELS if channel not in swapping] == [[], [], []]


def test_what_is_wanted_on_purpose_is_planned_somewhere_and_nothing_else_is():
    plans = {channel: make_plan(each_once(channel, PLANNED)) for channel in CHANNELS}
    assert {rule.fault for plan in plans.values() for rule in plan.rules} == set(PLANNED)
    assert [rule.fault for rule in make_plan(each_once(TLS_CHANNELS[0], ["tls_hang"])).rules] == ["tls_hang"]
    assert each_once("cedar_main", ["tls_hang"]) == each_once("cedar_main", []) == []


def test_on_purpose_every_write_meets_another_fault_until_each_was_played():
    wanted = [each["fault"] for each in EXCHANGE_FAULTS]
    plan, met = make_plan(each_once("cedar_main", wanted)), []
    while (rule := plan.strike("exchange", {"operation": "policy.issue"})) is not None:
        met.append(rule.fault)
    assert Counter(met) == {name: 2 if name == "swap_response" else 1 for name in wanted}


@pytest.mark.parametrize("db", OF_STORE)
def test_every_nemesis_comes_once_before_any_comes_again(db):
    cards, names = deck(db, random.Random(3)), {*SHARES, *OF_STORE[db]}
    assert set(cards[-len(names) :]) == names
    assert len(cards) <= 50


class Playing:
    """Carriers that play at once whatever is planned, but for some that only come in a later round."""

    def __init__(self, played, late=()):
        self.counts, self._late, self.rounds, self.verbs = Counter(played), set(late), 0, []

    async def played(self):
        self.rounds += 1
        return self.counts

    async def plan(self, _channel, *faults):
        self.counts.update(each["fault"] for each in faults if each["fault"] not in self._late or self.rounds > 2)

    async def callbacks(self, verb):
        self.verbs.append(verb)
        if verb != "hold":
            self.counts[f"callbacks/{verb}"] += 1

    async def again(self, verb, _channel):
        self.counts[f"callbacks/{verb}"] += 1


class Stage:
    """As much of a stage as is needed to order something."""

    def __init__(self, carriers):
        self.carriers, self.notes, self.clients = carriers, Notes(), self
        self.orders, self.bought, self.passed_s = Orders("t", 7, PRICES), [], 0.0

    async def buy(self, intent):
        self.bought.append(intent)

    async def forward(self, seconds):
        self.passed_s += seconds


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    plain = asyncio.sleep
    monkeypatch.setattr(on_purpose.asyncio, "sleep", lambda _: plain(0))


async def test_what_was_never_played_is_played_on_purpose_until_it_was():
    stage = Stage(Playing({}, late=("tls_hang", "early_callback")))
    await play_missing(stage)
    assert lacking(stage.carriers.counts) == ([], [])
    assert set(stage.carriers.verbs) == {"hold", "reorder", "release"}
    assert {each.channels for each in stage.bought} == {offer.channels for offer in OFFERS}
    assert any(each.fate == LATER_YES for each in stage.bought)


async def test_a_run_in_which_everything_was_played_goes_on_at_once():
    stage = Stage(Playing([*PLANNED, *CALLBACKS.values()]))
    await play_missing(stage)
    assert (stage.bought, stage.carriers.rounds) == ([], 1)


async def test_a_fault_that_no_carrier_will_play_ends_in_the_report_and_not_in_a_loop():
    stage = Stage(Playing([*CALLBACKS.values()], late=("tls_hang",)))
    stage.carriers.plan = lambda *_: asyncio.sleep(0)
    await play_missing(stage)
    assert stage.carriers.rounds == on_purpose.ROUNDS_MAX
    assert lacking(stage.carriers.counts) == (list(PLANNED), [])
