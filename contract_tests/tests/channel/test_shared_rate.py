"""A gateway takes its part of a carrier's rate, by how many it hears of over the server they share."""

from datetime import UTC, datetime

import httpx
import pytest

from cli.build import catalogue_of
from contract_tests.tests.channel.test_extras import ROOT, SETTINGS
from gateway.app import Gateway
from gateway.channel.call import Exchange
from gateway.model.outcome import SafetyClass
from gateway.ports import FrozenWorld
from gateway.settings import load_settings
from gateway.wire.contract import Context, Reply, Step, WireRequest, not_executed

NOW = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
SENT = Step(
    name="x",
    operation="policy.issue",
    safety=SafetyClass.write_blind,
    build=None,
    parse=lambda *_: Reply(outcome=not_executed("x")),
)


def exchange():
    return Exchange(
        channel="jade_main",
        attempt_id="a",
        step=SENT,
        request=None,
        context=Context(now=NOW, nonce=lambda n: "n" * n),
        wire=WireRequest(method="POST", url="http://127.0.0.1:9/"),
        deadline_s=10.0,
    )


@pytest.mark.parametrize(("shared", "heard_of", "part"), [(True, 4, 4), (True, 0, 1), (False, 0, 1)])
async def test_a_carriers_rate_is_divided_by_the_gateways_that_are_heard_of(tmp_path, shared, heard_of, part):
    more = "shared: redis://127.0.0.1:1/0\n" if shared else ""
    (tmp_path / "insurehub.yaml").write_text(SETTINGS + more, encoding="utf-8")
    world, at = FrozenWorld(NOW), []

    def answer(_):
        at.append(world.monotonic())
        return httpx.Response(200)

    transport = httpx.MockTransport(answer)
    gateway = Gateway(load_settings(tmp_path, {"K": "x"}), catalogue_of(ROOT), world=world, transport=transport)
    if gateway.sharing is not None:
        gateway.sharing.places.replicas = heard_of
    channel = gateway.parts.channels["jade_main"]
    for _ in range(60):
        await channel.send(exchange())
    most = int(channel.adapter.carrier.rate_per_s) // part
    spans = [later - earlier for earlier, later in zip(at, at[most:], strict=False)]
    assert len(at) == 60
    assert 1.0 <= min(spans) <= max(spans) < 1.3
