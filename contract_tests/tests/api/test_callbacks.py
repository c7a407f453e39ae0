"""A carrier's callback reaches the service byte for byte, and the carrier's own answer goes back."""

import pytest

from gateway.api import Limits, Settings
from gateway.errors import Unavailable

RAW = "<通知>一</通知>".encode("gbk") + b"\x00\xff"


@pytest.mark.parametrize("method", ["POST", "GET", "PUT"])
async def test_bytes_method_target_and_headers_pass_untouched(method, shop, insurer):
    reply = await shop.http.request(
        method, "/callbacks/lotus-a/issued?sign=a%2Bb&x=%E4", content=RAW, headers={"Content-Type": "text/xml;charset=GBK", "X-Sign": "Ab1"}
    )  # fmt: skip
    assert (reply.status_code, reply.content) == (200, b"<ok/>")
    assert reply.headers["content-type"] == "application/xml; charset=GBK"
    ((_, _, (channel, name, inbound), _),) = insurer.calls
    assert (channel, name, inbound.method, inbound.body) == ("lotus-a", "issued", method, RAW)
    assert inbound.target == "/callbacks/lotus-a/issued?sign=a%2Bb&x=%E4"
    assert inbound.header("x-sign") == "Ab1"


async def test_a_carrier_needs_no_api_key_and_gives_none_away(shop, insurer):
    del shop.http.headers["Authorization"]
    assert (await shop.http.post("/callbacks/lotus-a/issued", content=b"x")).status_code == 200
    assert insurer.calls[0][2][2].header("authorization") is None


async def test_a_callback_nobody_expects_is_404(shop):
    reply = await shop.http.post("/callbacks/nobody/issued", content=b"x")
    assert (reply.status_code, reply.json()["code"]) == (404, "request.not_found")


async def test_a_callback_that_cannot_be_kept_is_not_acknowledged(shop, insurer):
    insurer.error = Unavailable("the journal is locked")
    assert (await shop.http.post("/callbacks/lotus-a/issued", content=b"x")).status_code == 503


async def test_a_callback_too_large_is_refused_before_it_reaches_the_service(insurer, open_shop):
    shop = open_shop(insurer, Settings(limits=Limits(callback_bytes_max=10)))
    assert (await shop.http.post("/callbacks/lotus-a/issued", content=b"x" * 11)).status_code == 413
    assert insurer.calls == []


async def test_a_callback_is_logged_by_its_kind_without_its_query(shop):
    await shop.http.post("/callbacks/lotus-a/issued?id_no=CANARY", content=b"CANARY")
    (line,) = shop.log()
    assert (line["operation"], line["status"]) == ("callback", 200)
    assert b"CANARY" not in shop.written.getvalue()
