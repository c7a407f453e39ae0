"""Replicas tell each other over a real Redis; slow, away or emptied, it changes no outcome and holds nobody up."""

import asyncio
import secrets
import shutil
import tempfile
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from contract_tests.tests.servers import redis, required
from gateway.model.outcome import OutcomeKind
from gateway.ports import World
from gateway.routing.places import WAIT_MAX_S, Patience, Places
from gateway.routing.quota import FULL_S
from gateway.routing.router import HEARD_S
from gateway.routing.sharing import KEPT_S, Sharing

pytestmark = pytest.mark.asyncio
PER_DAY = "limits: { per_day: 10 },"


@pytest.fixture
async def server():
    """A client's maker over a prefix of the test's own, removed at the end."""
    url, prefix = await redis(), f"insurehub-test-{secrets.token_hex(6)}"
    made = []

    def client():
        made.append(Redis.from_url(url, socket_timeout=1.0, socket_connect_timeout=1.0))
        return made[-1]

    yield client, prefix
    cleaner = client()
    async for key in cleaner.scan_iter(f"{prefix}:*"):
        await cleaner.delete(key)
    for each in made:
        await each.aclose()


@pytest.fixture
def replica(route, server):
    """A replica's router and its exchange, not yet running: rounds are made by hand."""

    def make(name, **more):
        router = route(**more)
        client, prefix = server
        return router, Sharing(router, World(), client(), replica=name, prefix=prefix)

    return make


@asynccontextmanager
async def silent():
    """A server that takes connections and never answers."""

    async def swallow(reader, _writer):
        while await reader.read(65536):
            pass

    listener = await asyncio.start_server(swallow, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()


def fail(router, times=5):
    for _ in range(times):
        router.observe("one_main", "issue", OutcomeKind.not_executed, 0.1)


async def test_a_breaker_opened_by_one_replica_is_open_on_the_others(replica):
    (first, one), (second, two) = replica("r1"), replica("r2")
    await one.round(), await two.round()
    fail(first)
    await one.round(), await two.round()
    assert second.standing("one_main", "write").breaker == "open"
    assert second.standing("one_main", "quote").breaker == "closed"


async def test_failures_that_each_replica_alone_would_bear_open_the_breaker_together(replica):
    (first, one), (second, two) = replica("r1"), replica("r2")
    await one.round(), await two.round()
    fail(first, 3), fail(second, 3)
    assert first.standing("one_main", "write").breaker == "closed"
    await one.round(), await two.round(), await one.round()
    assert "open" in (first.standing("one_main", "write").breaker, second.standing("one_main", "write").breaker)


async def test_one_replica_at_a_time_tries_out_an_open_breaker(replica, clock):
    (first, one), (second, two) = replica("r1"), replica("r2")
    await one.round(), await two.round()
    fail(first)
    await one.round(), await two.round()
    clock.advance(60)
    await one.round(), await two.round()
    standings = [router.standing("one_main", "write").breaker for router in (first, second)]
    assert sorted(standings) == ["half_open", "probed"]


async def test_a_carrier_that_could_not_be_reached_by_calls_of_several_groups_is_tried_out_again(replica, clock, order):
    (first, one), (second, two) = replica("r1"), replica("r2")
    await one.round(), await two.round()
    for family in ("quote", "issue", "quote", "issue", "quote"):
        first.observe("one_main", family, OutcomeKind.not_executed, 0.1, unreached=True)
    await one.round(), await two.round()
    assert [each.standing("one_main", "write").breaker for each in (first, second)] == ["open", "open"]
    clock.advance(300)
    await one.round(), await two.round()
    assert [each.standing("one_main", "write").breaker for each in (first, second)] == ["half_open", "probed"]
    for _ in range(3):
        assert first.decide(order("policy.issue")).chosen == "one_main"
        first.observe("one_main", "issue", OutcomeKind.accepted, 0.1)
        clock.advance(2)
    await one.round(), await two.round()
    assert [each.standing("one_main", "quote").breaker for each in (first, second)] == ["closed", "closed"]


async def test_a_carrier_is_tried_out_though_the_leases_of_it_and_of_its_group_are_held_by_two(replica, clock):
    (first, one), (second, two) = replica("r1"), replica("r2")
    await one.round(), await two.round()
    for _ in range(5):
        first.observe("one_main", "issue", OutcomeKind.not_executed, 0.1, unreached=True)
    await one.round(), await two.round()
    clock.advance(300)
    client, prefix = one._client, one._prefix
    await client.set(f"{prefix}:probe:one_main:write", "r1")
    await client.set(f"{prefix}:probe:one_main:carrier", "r2")
    await one.round(), await two.round()
    standings = [each.standing("one_main", "write").breaker for each in (first, second)]
    assert standings == ["half_open", "probed"]


async def test_a_replica_without_trade_lets_another_try_a_breaker_out(route, server, clock):
    client, prefix = server
    routers = [route(), route()]
    idle, busy = (Sharing(each, clock, client(), replica=f"r{no}", prefix=prefix) for no, each in enumerate(routers))
    await idle.round(), await busy.round()
    fail(routers[0])
    await idle.round(), await busy.round()
    clock.advance(60)
    may = []
    for _ in range(60):
        await idle.round(), await busy.round()
        may.append([each.standing("one_main", "write").breaker for each in routers])
        clock.advance(0.5)
    assert all(sorted(each) in (["half_open", "probed"], ["probed", "probed"]) for each in may), "never two at a time"
    assert may[0] == ["half_open", "probed"]
    assert may.index(["probed", "half_open"]) == KEPT_S / 0.5, "the other has its turn as soon as the first gives it up"
    assert may[-1] == ["half_open", "probed"], "and the first again, where the other had no trade either"


async def test_who_starts_later_knows_the_breakers_that_stand_open(replica):
    first, one = replica("r1")
    await one.round()
    fail(first)
    await one.round()
    late, other = replica("r9")
    await other.round()
    assert late.standing("one_main", "write").breaker == "open"


async def test_hanging_calls_of_all_replicas_count_together(replica, clock):
    (first, one), (second, two) = replica("r1"), replica("r2")
    await one.round(), await two.round()
    for number in range(3):
        first.began("one_main", "issue", f"a{number}")
        second.began("one_main", "issue", f"b{number}")
    clock.advance(3)
    assert first.standing("one_main", "write").breaker == "closed"
    await two.round(), await one.round()
    assert first.standing("one_main", "write").breaker == "open"


async def test_hanging_calls_of_a_replica_that_died_with_them_are_soon_forgotten(replica, clock):
    (first, one), (second, two) = replica("r1"), replica("r2")
    await one.round(), await two.round()
    for number in range(6):
        second.began("one_main", "issue", f"b{number}")
    clock.advance(3)
    await two.round(), await one.round()
    assert first.standing("one_main", "write").breaker == "open"
    clock.advance(HEARD_S)
    await one.round()
    assert first.standing("one_main", "write").breaker == "closed"


async def test_hanging_calls_of_others_do_not_count_while_nobody_can_be_heard(replica, clock):
    (first, one), (second, two) = replica("r1"), replica("r2")
    await one.round(), await two.round()
    for number in range(6):
        second.began("one_main", "issue", f"b{number}")
    clock.advance(3)
    await two.round(), await one.round()
    await one.stop()
    assert first.standing("one_main", "write").breaker == "closed"


async def test_a_shared_quota_is_never_exceeded_and_a_place_given_back_is_free(replica, order):
    parties = [replica(f"r{number}", rules=(PER_DAY, "", "")) for number in range(3)]
    for router, sharing in parties:
        router.places = sharing.places
    placed = await asyncio.gather(*(router.place(order(), Patience(5.0)) for router, _ in parties for _ in range(20)))
    mine = [each for each in placed if each.chosen == "one_main"]
    assert len(mine) == 10
    for router, sharing in parties:
        for each in placed:
            router.settle(each.decision_id, took=each is not mine[0])
        await sharing.places.settled()
    again = await asyncio.gather(
        *(router.place(order(pin="one_main"), Patience(5.0)) for router, _ in parties for _ in range(2))
    )
    assert sum(each.chosen == "one_main" for each in again) <= 1


async def test_orders_are_placed_while_a_server_takes_connections_and_never_answers(route, order):
    async with silent() as port:
        router = route(rules=(PER_DAY, "", ""))
        router.places = Sharing(router, World(), Redis(port=port), replica="r1").places
        async with asyncio.timeout(20 * WAIT_MAX_S):
            decisions = [await router.place(order()) for _ in range(10)]
    assert all(each.chosen for each in decisions)


async def test_a_day_that_was_full_is_asked_after_again(route, order, clock):
    router = route(rules=(PER_DAY, PER_DAY, PER_DAY))
    client = _Full()
    router.places = Places(client, World(), "test")
    assert (await router.place(order())).chosen is None
    client.is_full = False
    assert (await router.place(order())).chosen is None, "for a while nobody asks"
    clock.advance(FULL_S)
    assert (await router.place(order())).chosen is not None


async def test_while_the_server_is_away_what_is_left_is_divided_among_the_replicas(replica, order):
    parties = [replica(f"r{number}", rules=(PER_DAY, "", "")) for number in range(3)]
    for _ in range(2):
        for _, sharing in parties:
            await sharing.round()
    assert [sharing.places.replicas for _, sharing in parties] == [3, 3, 3]
    placed = []
    for router, sharing in parties:
        router.places = sharing.places
        placed.append(await router.place(order(pin="one_main")))
    for router, sharing in parties:
        sharing.places._client = _Broken()
        placed += [await router.place(order(pin="one_main")) for _ in range(10)]
    assert 3 < sum(each.chosen == "one_main" for each in placed) <= 10


async def test_an_emptied_server_learns_from_a_replica_how_much_of_a_quota_is_gone(replica, server, order, clock):
    router, sharing = replica("r1", rules=(PER_DAY, "", ""))
    router.places = sharing.places
    router.quotas.count("freight-return", "one_main", clock.now().date(), 9)
    placed = [await router.place(order(pin="one_main"), Patience(5.0)) for _ in range(3)]
    assert [each.chosen for each in placed] == ["one_main", None, None]


async def test_who_starts_while_the_server_is_away_sells_a_part_of_what_the_journal_says_is_left(route, order, clock):
    async with own_redis() as (client, begin):
        router = route(rules=("limits: { per_day: 100 },", "", ""))
        sharing = Sharing(router, World(), client, replica="late", prefix="late")
        sharing.start()
        try:
            asked = [(await router.place(order(pin="one_main"))).chosen for _ in range(3)]
            assert asked == [None] * 3, "before the journal is read nobody knows what is left"
            today = clock.now().date()
            router.quotas.count("freight-return", "one_main", today, 60)
            router.quotas.counted("freight-return", today)
            clock.advance(FULL_S)
            alone = [await router.place(order(pin="one_main")) for _ in range(20)]
            sold = [each for each in alone if each.chosen == "one_main"]
            assert len(sold) == 4, "a tenth of the 40 that are left"
            for each in sold:
                router.settle(each.decision_id, took=True)
            await begin()
            await asyncio.wait_for(_until(lambda: router.shares), 20)
            clock.advance(FULL_S)
            sharing.places._away_until_s = 0.0
            after = [await router.place(order(pin="one_main"), Patience(5.0)) for _ in range(60)]
            assert sum(each.chosen == "one_main" for each in after) == 36, "the server knows what was sold without it"
        finally:
            await sharing.stop()


async def test_replicas_of_whom_none_ever_heard_the_server_sell_no_more_together_than_there_is(route, order, clock):
    sold = 0
    for _ in range(10):
        router = route(rules=("limits: { per_day: 100 },", "", ""))
        router.places = Places(_Broken(), World(), "test")
        router.quotas.counted("freight-return", clock.now().date())
        placed = [await router.place(order(pin="one_main")) for _ in range(20)]
        sold += sum(each.chosen == "one_main" for each in placed)
    assert sold == 100


async def test_a_new_day_that_begins_while_the_server_is_away_is_divided_among_the_replicas_known(
    replica, order, clock
):
    router, sharing = replica("r1", rules=(PER_DAY, "", ""))
    await sharing.round()
    router.places = sharing.places
    sharing.places._client = _Broken()
    tomorrow = order(pin="one_main", at=clock.now() + timedelta(days=1))
    router.quotas.counted("freight-return", tomorrow.at.date())
    placed = [await router.place(tomorrow) for _ in range(10)]
    assert sum(each.chosen == "one_main" for each in placed) == 8


async def test_without_a_server_routing_goes_on_alone_and_comes_back_when_it_does(replica, server):
    router, sharing = replica("r1")
    await sharing.round()
    assert router.shares
    working, sharing._client = sharing._client, _Broken()
    sharing.start()
    await asyncio.sleep(0.05)
    assert not router.shares
    fail(router)
    assert router.standing("one_main", "write").breaker == "open"
    await sharing.stop()
    sharing._client = working
    await sharing.round()
    assert router.shares


async def test_an_emptied_server_loses_nothing_that_matters(replica, server):
    (first, one), (second, two) = replica("r1"), replica("r2")
    await one.round(), await two.round()
    fail(first)
    await one.round()
    client, prefix = server
    cleaner = client()
    async for key in cleaner.scan_iter(f"{prefix}:*"):
        await cleaner.delete(key)
    await two.round()
    assert first.standing("one_main", "write").breaker == "open"
    fail(second)
    await two.round(), await one.round()
    assert second.standing("one_main", "write").breaker == "open"


async def _until(holds):
    while not holds():  # noqa: ASYNC110 - what is waited for happens in another process
        await asyncio.sleep(0.05)


@asynccontextmanager
async def own_redis():
    """A client of a server that is not there until it is begun, on a socket of the test's own; skips without one."""
    binary = shutil.which("redis-server") or shutil.which("valkey-server")
    if binary is None:
        message = "no redis-server on PATH: what a replica does that starts before its server was not proved"
        (pytest.fail if required("redis") else pytest.skip)(message)
    with tempfile.TemporaryDirectory() as folder:
        socket, process = Path(folder) / "s", None
        client = Redis(unix_socket_path=str(socket), socket_timeout=1.0)

        async def begin():
            nonlocal process
            told = ("--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", folder)
            quiet = asyncio.subprocess.DEVNULL
            process = await asyncio.create_subprocess_exec(binary, *told, stdout=quiet, stderr=quiet)
            await asyncio.wait_for(_until(socket.exists), 10)

        try:
            yield client, begin
        finally:
            await client.aclose()
            if process is not None:
                process.terminate()
                await process.wait()


class _Full:
    """A server that has no place."""

    def __init__(self):
        self.is_full = True

    async def eval(self, *_):
        return [0, 10] if self.is_full else [1, 1]


class _Broken:
    def __getattr__(self, name):
        raise ConnectionError("gone")
