"""What a resend bears, and what opens the replies of earlier steps after a restart."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from gateway.journal.records import AttemptRecord
from gateway.model.outcome import UNKNOWN
from gateway.service.engine.attempted import sealed_reply, sealed_request
from gateway.service.engine.evidence import earlier_steps, sent_bytes, signed_anew
from gateway.wire.contract import Context, Reply, Secret, WireReply, WireRequest
from gateway.wire.errors import CannotSend

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def request(url, body=b"{}", **more):
    return WireRequest(method="POST", url=url, body=body, headers=(("X-Sign", url),), **more)


def resent(made, sent, *, was_refused=False, token="new/1"):
    def build(*_):
        if made is None:
            raise CannotSend("no")
        return made

    context = Context(now=NOW, nonce=lambda n: "n" * n, token=token)
    return signed_anew(SimpleNamespace(build=build), None, None, context, sent, was_refused=was_refused)


OLD = "https://c.example/api?access_token=old%2F1&v=2"


@pytest.mark.parametrize(
    ("made", "sent"),
    [
        (request("https://c.example/api?access_token=new%2F1&v=2"), request(OLD)),
        (request("https://c.example/t/new%2F1/orders"), request("https://c.example/t/old%2F1/orders")),
        (request("https://c.example/api"), request("https://c.example/api")),
    ],
)
def test_the_same_message_under_a_new_token_in_its_url_is_sent_under_the_new_one(made, sent):
    assert resent(made, sent) is made


@pytest.mark.parametrize(
    "made",
    [
        request("https://other.example/api?access_token=new%2F1&v=2"),
        request("https://c.example/api?access_token=new%2F1&v=3"),
        request("https://c.example/api?access_token=new%2F1&v=2&x=1"),
        request("https://c.example/api/x?access_token=new%2F1&v=2"),
        request("https://c.example/api?access_token=new%2F1&v=2", b"{ }"),
        None,
    ],
)
def test_another_place_or_another_message_is_never_sent_in_place_of_the_first(made):
    sent = request(OLD)
    assert resent(made, sent) is sent


def test_a_token_reaches_over_no_other_part_of_a_url():
    sent = request("https://c.example/api?access_token=old&v=1&v=2")
    assert resent(request("https://c.example/api?access_token=new%2F1&v=2"), sent) is sent


def test_a_message_refused_as_stale_is_made_anew_though_its_query_bears_the_instant():
    made, sent = request("https://c.example/api?ts=2&sign=b", b"2"), request("https://c.example/api?ts=1&sign=a", b"1")
    assert resent(made, sent) is sent
    assert resent(made, sent, was_refused=True) is made
    elsewhere = request("https://d.example/api?ts=2&sign=b", b"2")
    assert resent(elsewhere, sent, was_refused=True) is sent


ATTEMPT = AttemptRecord(
    attempt_id="att_1", operation_id="op_1", step="book", purpose="effect", number=1, channel="c", request_no="R1",
    adapter_version="1", started_at=NOW,
)  # fmt: skip


async def test_what_opens_the_reply_of_a_request_is_kept_with_it_and_read_again_after_a_restart(make):
    parts = (await make()).parts
    wire = request("https://c.example/api", session={"key": Secret("0a0b")})
    reply = sealed_reply(parts, ATTEMPT, WireReply(status=200, body=b"sealed"))
    await parts.journal.write(sealed_request(parts, ATTEMPT, wire), reply)
    found = await sent_bytes(parts, ATTEMPT)
    assert found is not None
    assert (found.body, found.session["key"].reveal()) == (b"{}", "0a0b")
    seen = []

    def parse(raw, _request, context):
        seen.append((raw.body, context.session["key"].reveal()))
        return Reply(outcome=UNKNOWN, wire={"no": "1"})

    def context_of(_attempt_id, _steps):
        return Context(now=NOW, nonce=lambda n: "n" * n)

    steps, _ = await earlier_steps(parts, [(SimpleNamespace(name="book", parse=parse), ATTEMPT)], None, context_of)
    assert (seen, steps) == ([(b"sealed", "0a0b")], {"book": {"no": "1"}})
