"""Probes, metrics, the log and the reader of the documentation."""

import re
from importlib.resources import files

import pytest

from gateway.api import Settings
from gateway.channel.call import Answer, Exchange
from gateway.errors import Unavailable
from gateway.model import OperationState, OrphanState
from gateway.model.outcome import Outcome, OutcomeKind, SafetyClass
from gateway.wire.contract import Context, Reply, Step, WireRequest

DOCS = ("/docs", "/docs/start.js", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css", "/docs/favicon-32x32.png")


async def test_healthz_answers_anybody_without_asking_the_service(shop, insurer):
    del shop.http.headers["Authorization"]
    reply = await shop.get("/healthz")
    assert (reply.status_code, reply.json()) == (200, {"status": "ok"})
    assert insurer.calls == []


async def test_readyz_says_what_works_and_503_when_something_does_not(shop, insurer):
    reply = await shop.get("/readyz")
    assert (reply.status_code, reply.json()) == (200, {"status": "ok", "checks": {"journal": "ok"}})
    insurer.error = Unavailable("the journal cannot be read")
    reply = await shop.get("/readyz")
    assert (reply.status_code, reply.json()["code"]) == (503, "gateway.unavailable")


async def _metrics(shop) -> str:
    return (await shop.get("/metrics")).text


async def test_requests_are_counted_by_operation_and_status(shop):
    await shop.get("/v1/channels")
    await shop.get("/v1/channels")
    await shop.get("/v1/policies?limit=0")
    text = await _metrics(shop)
    assert 'insurehub_requests_total{operation="channel.list",status="200"} 2.0' in text
    assert 'insurehub_requests_total{operation="policy.list",status="422"} 1.0' in text
    assert 'insurehub_request_seconds_count{operation="channel.list"} 2.0' in text
    assert "insurehub_requests_in_flight 1.0" in text, "the one that asks"


async def test_a_path_nobody_knows_is_no_label(shop):
    await shop.get("/v1/CANARY")
    text = await _metrics(shop)
    assert "CANARY" not in text
    assert 'operation="unmatched",status="404"' in text


def _exchange() -> Exchange:
    step = Step(name="issue", operation="policy.issue", safety=SafetyClass.write_blind, build=None, parse=None)
    return Exchange(
        channel="lotus-a", attempt_id="att_1", step=step, request=None, context=Context(now=None, nonce=str),
        wire=WireRequest(method="POST", url="https://lotus.example"), deadline_s=1.0,
    )  # fmt: skip


async def test_attempts_are_counted_by_channel_and_outcome_and_unmapped_codes_apart(shop):
    said = Outcome(kind=OutcomeKind.unknown, code="carrier.unmapped", carrier_code="CANARY", text="CANARY")
    shop.metrics.attempted(_exchange(), Answer(reply=Reply(outcome=said), wait_s=0.3))
    shop.metrics.attempted(_exchange(), Answer(reply=Reply(outcome=Outcome(kind=OutcomeKind.accepted)), wait_s=0.1))
    text = await _metrics(shop)
    assert 'insurehub_attempts_total{channel="lotus-a",operation="policy.issue",outcome="unknown"} 1.0' in text
    assert 'insurehub_attempts_total{channel="lotus-a",operation="policy.issue",outcome="accepted"} 1.0' in text
    assert 'insurehub_unmapped_codes_total{channel="lotus-a",operation="policy.issue"} 1.0' in text
    assert 'insurehub_attempt_seconds_sum{channel="lotus-a"} 0.4' in text
    assert "CANARY" not in text


async def test_operations_by_state_are_refreshed_when_metrics_are_read(insurer, open_shop):
    counts = {OperationState.unknown: 3}

    async def refresh():
        shop.metrics.operations_are(counts)

    shop = open_shop(insurer, before_metrics=refresh)
    assert 'insurehub_operations{state="unknown"} 3.0' in await _metrics(shop)
    counts.clear()
    assert 'insurehub_operations{state="unknown"} 0.0' in await _metrics(shop)


async def test_orphans_are_a_total_that_never_falls_and_a_number_for_each_state(insurer, open_shop):
    async def refresh():
        shop.metrics.orphans_are({OrphanState.review: 2, OrphanState.adopted: 1})

    shop = open_shop(insurer, before_metrics=refresh)
    text = await _metrics(shop)
    assert "insurehub_orphans_total 3.0" in text
    assert 'insurehub_orphans_in_state{state="review"} 2.0' in text
    assert 'insurehub_orphans_in_state{state="voided"} 0.0' in text


async def test_a_request_is_one_line_of_json_with_keys_from_the_list_alone(shop):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    await shop.post(
        "/v1/claims/CANARY/withdrawal?x=CANARY", {"reason": "CANARY"}, traceparent=f"00-{trace}-00f067aa0ba902b7-01"
    )
    (line,) = shop.log()
    assert set(line) == {
        "event",
        "level",
        "timestamp",
        "operation",
        "method",
        "status",
        "wait_ms",
        "client",
        "code",
        "trace_id",
    }
    assert (line["operation"], line["client"], line["trace_id"]) == ("claim.withdraw", "shop", trace)
    assert b"CANARY" not in shop.written.getvalue()


async def test_a_key_off_the_list_never_reaches_the_log(shop):
    shop.app._log.info("request", status=200, name="CANARY", body="CANARY")
    (line,) = shop.log()
    assert "CANARY" not in str(line)


@pytest.mark.parametrize("value", ["", "x", "00-CANARY-00f067aa0ba902b7-01", "00-" + "G" * 32 + "-" + "0" * 16 + "-01"])
async def test_a_trace_that_is_not_well_formed_is_left_out(value, shop):
    await shop.get("/v1/channels", headers={"traceparent": value})
    assert "trace_id" not in shop.log()[0]


async def test_the_log_can_be_switched_off(insurer, open_shop):
    shop = open_shop(insurer, Settings(logs_requests=False))
    await shop.get("/healthz")
    assert shop.log() == []


@pytest.mark.parametrize("path", DOCS)
async def test_the_reader_comes_from_this_host_under_a_policy_that_allows_no_other(path, shop):
    del shop.http.headers["Authorization"]
    reply = await shop.get(path)
    assert reply.status_code == 200
    assert len(reply.content) > 100
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy


def test_our_own_pages_name_no_other_host():
    for name in ("index.html", "start.js"):
        text = files("gateway.api").joinpath("static", name).read_text()
        assert not re.search(r"(https?:)?//[a-z]", text), name


async def test_the_reader_can_be_switched_off(insurer, open_shop):
    shop = open_shop(insurer, Settings(shows_docs=False))
    assert (await shop.get("/docs")).status_code == 404


async def test_another_application_stands_under_its_prefix(insurer, open_shop):
    async def console(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()})

    shop = open_shop(insurer, mounts={"/console": console})
    assert (await shop.get("/console/operations")).text == "/console/operations"
    assert (await shop.get("/console")).text == "/console"
    assert (await shop.get("/consoles")).status_code == 404
