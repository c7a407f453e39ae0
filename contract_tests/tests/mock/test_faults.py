"""Every fault, on a real socket, seen by a client that looks at bytes."""

import asyncio
import contextlib
import gzip
import json
import ssl
import zlib
from pathlib import Path

import pytest
import trustme

from contract_tests.mock import FAULTS, BadPlan
from contract_tests.mock.faults import read_plan

ISSUED = [("issue", "O1")]


async def raw(pine, *, wait_s=2.0):
    return await pine.client.everything(pine.issue_bytes(), wait_s=wait_s)


def parts(data):
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
    return int(lines[0].split(" ")[1]), headers, body


@pytest.mark.parametrize(
    ("fault", "effects"),
    [("rst_before_commit", []), ("commit_then_rst", ISSUED), ("rst_accept", []), ("rst_mid_request", [])],
)
async def test_a_reset_looks_the_same_to_the_client_whatever_was_done(pine, fault, effects):
    await pine.mock.plan(fault)
    with pytest.raises(ConnectionResetError):
        await raw(pine)
    assert pine.effects() == effects


@pytest.mark.parametrize(
    ("fault", "effects"), [("fin_before_commit", []), ("commit_then_fin", ISSUED), ("fin_accept", [])]
)
async def test_a_close_looks_the_same_to_the_client_whatever_was_done(pine, fault, effects):
    await pine.mock.plan(fault)
    try:
        data = await raw(pine)
    except ConnectionResetError:  # closed on accept: the request meets a socket that is gone
        data = b""
    assert data == b""
    assert pine.effects() == effects


async def test_a_refusing_carrier_keeps_its_port_and_comes_back(pine):
    await pine.mock.plan("refuse")
    with pytest.raises(ConnectionRefusedError):
        await pine.issue()
    await pine.mock.plan()
    assert (await pine.issue()).status == 201


async def test_silence_after_the_deed(pine):
    await pine.mock.plan("commit_then_hang")
    with pytest.raises(TimeoutError):
        await raw(pine, wait_s=0.2)
    assert pine.effects() == ISSUED


async def test_a_late_commit_comes_after_the_client_has_gone_and_never_past_the_horizon(pine):
    await pine.mock.plan(
        {"fault": "late_commit", "with": {"after": 30}, "nth": 1},
        {"fault": "late_commit", "with": {"after": 61}, "nth": 2},
    )
    for order in ("O1", "O2"):
        with pytest.raises(TimeoutError):
            await pine.client.everything(pine.issue_bytes(order), wait_s=0.1)
    assert pine.effects() == []
    pine.mock.world().timers.advance(31)
    assert pine.effects() == ISSUED
    pine.mock.world().timers.advance(3600)
    assert pine.effects() == ISSUED


@pytest.mark.parametrize(("fault", "effects"), [("error_before_commit", []), ("error_after_commit", ISSUED)])
async def test_an_error_status_tells_nothing(pine, fault, effects):
    await pine.mock.plan({"fault": fault, "with": {"status": 504, "html": True}})
    answer = await pine.issue()
    assert (answer.status, answer.headers["content-type"]) == (504, "text/html; charset=utf-8")
    assert pine.effects() == effects


@pytest.mark.parametrize("commit", [False, True])
@pytest.mark.parametrize(
    ("fault", "status", "start"),
    [("html_200", 200, b"<!DOCTYPE"), ("html_502", 502, b"<!DOCTYPE"), ("empty_200", 200, b"")],
)
async def test_a_replaced_reply_does_nothing_unless_told_to(pine, fault, status, start, commit):
    await pine.mock.plan({"fault": fault, "with": {"commit": commit}})
    answer = await pine.issue()
    assert (answer.status, answer.body[:9]) == (status, start)
    assert pine.effects() == (ISSUED if commit else [])


@pytest.mark.parametrize("commit", [False, True])
async def test_a_redirect_leads_to_the_same_address_so_that_who_follows_asks_twice(pine, commit):
    await pine.mock.plan({"fault": "redirect", "with": {"status": 308, "commit": commit}})
    answer = await pine.issue()
    assert (answer.status, answer.headers["location"]) == (308, "/issue")
    assert pine.effects() == (ISSUED if commit else [])
    with pytest.raises(BadPlan, match="status is between 300 and 399"):
        await pine.mock.plan({"fault": "redirect", "with": {"status": 200}})


async def test_a_reply_may_promise_to_keep_a_connection_that_is_closed_all_the_same(pine):
    await pine.mock.plan("idle_close")
    reader, writer = await pine.client.connect()
    writer.write(pine.issue_bytes())
    data = await asyncio.wait_for(reader.read(-1), 2.0)
    writer.close()
    status, headers, body = parts(data)
    assert (status, len(body), headers.get("connection")) == (201, int(headers["content-length"]), None)
    assert pine.effects() == ISSUED


async def test_garbage_is_no_http(pine):
    await pine.mock.plan("garbage")
    assert not (await raw(pine)).startswith(b"HTTP/")
    assert pine.effects() == []


async def test_maintenance_says_when_to_come_back(pine):
    await pine.mock.plan({"fault": "maintenance", "with": {"retry_after": 120}})
    answer = await pine.issue()
    assert (answer.status, answer.headers["retry-after"]) == (503, "120")


async def test_maintenance_with_a_window_is_over_when_the_carriers_clock_has_passed_it(pine):
    await pine.mock.plan({"fault": "maintenance", "with": {"window": 60}})
    assert (await pine.issue()).status == 503
    pine.mock.world().timers.advance(59)
    assert (await pine.issue()).status == 503
    pine.mock.world().timers.advance(2)
    assert (await pine.issue()).status == 201
    assert pine.effects() == ISSUED


@pytest.mark.parametrize("pct", [0, 25, 50, 75, 99, 100])
async def test_a_truncated_body_is_shorter_than_its_announced_length(pine, pct):
    await pine.mock.plan({"fault": "truncate", "with": {"pct": pct}})
    _, headers, body = parts(await raw(pine))
    assert len(body) < int(headers["content-length"])
    assert pine.effects() == ISSUED


async def test_a_body_cut_by_the_close_has_no_announced_length(pine):
    await pine.mock.plan("truncate_close")
    status, headers, body = parts(await raw(pine))
    assert (status, headers["connection"]) == (201, "close")
    assert "content-length" not in headers
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


async def test_chunks_that_stop(pine):
    await pine.mock.plan("truncate_chunked")
    _, headers, body = parts(await raw(pine))
    assert headers["transfer-encoding"] == "chunked"
    assert b"\r\n0\r\n" not in body


async def test_a_chunk_whose_size_is_no_number(pine):
    await pine.mock.plan("bad_chunk")
    _, _, body = parts(await raw(pine))
    with pytest.raises(ValueError, match="invalid literal"):
        int(body.partition(b"\r\n")[0], 16)


async def test_broken_gzip(pine):
    await pine.mock.plan("bad_gzip")
    answer = await pine.issue()
    assert answer.headers["content-encoding"] == "gzip"
    with pytest.raises((zlib.error, EOFError, gzip.BadGzipFile)):
        gzip.decompress(answer.body)


async def test_bytes_of_another_charset_than_announced(pine):
    await pine.mock.plan("wrong_charset")
    answer = await pine.issue()
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode()
    assert "张三" in answer.body.decode("gbk")


async def test_a_body_without_other_characters_still_breaks_the_charset(pine):
    await pine.mock.plan("wrong_charset")
    answer = await pine.issue(holder="plain")
    with pytest.raises(UnicodeDecodeError):
        answer.body.decode()


async def test_a_byte_order_mark(pine):
    await pine.mock.plan("bom")
    assert (await pine.issue()).body.startswith(b"\xef\xbb\xbf{")


async def test_a_dribble_comes_in_pieces_and_is_whole_in_the_end(pine):
    await pine.mock.plan({"fault": "dribble", "with": {"bytes": 40, "interval": 0.01}})
    reader, writer = await pine.client.connect()
    writer.write(pine.issue_bytes())
    pieces = []
    while not b"".join(pieces).endswith(b"}"):
        pieces.append(await reader.read(4096))
    writer.close()
    assert len(pieces) > 2
    assert json.loads(parts(b"".join(pieces))[2])["no"] == "P000001"


@pytest.mark.parametrize(("fault", "meanwhile"), [("slow", []), ("slow_first_byte", ISSUED)])
async def test_a_wait_before_or_after_the_work(pine, fault, meanwhile):
    await pine.mock.plan({"fault": fault, "with": {"seconds": 0.3}})
    reply = asyncio.create_task(pine.issue())
    await asyncio.sleep(0.1)
    assert not reply.done()
    assert pine.effects() == meanwhile
    assert (await reply).status == 201
    assert pine.effects() == ISSUED


async def test_a_duplicated_reply_is_left_for_the_next_request_of_the_connection(pine, eventually):
    await pine.mock.plan({"fault": "dup_response", "nth": 1})
    reader, writer = await pine.client.connect()
    bodies = []
    for order in ("O1", "O2"):
        writer.write(pine.issue_bytes(order))
        head = await reader.readuntil(b"\r\n\r\n")
        bodies.append(await reader.readexactly(int(parts(head)[1]["content-length"])))
    assert bodies[0] == bodies[1]
    await eventually(lambda: len(pine.effects()) == 2)  # the second request's own reply would be the third
    assert pine.effects() == [("issue", "O1"), ("issue", "O2")]
    writer.close()


async def test_two_requests_get_each_others_reply(pine):
    await pine.mock.plan({"fault": "swap_response", "first": 2})
    first, second = await asyncio.gather(pine.issue("O1"), pine.issue("O2"))
    assert {json.loads(one.body)["no"] for one in (first, second)} == {"P000001", "P000002"}
    policies = {thing["no"]: thing["order"] for thing in pine.mock.world().things["policy"]}
    assert policies[json.loads(first.body)["no"]] == "O2"
    assert policies[json.loads(second.body)["no"]] == "O1"


async def test_a_huge_header(pine):
    await pine.mock.plan({"fault": "huge_header", "with": {"bytes": 200_000}})
    assert len(parts(await pine_all(pine))[1]["x-padding"]) == 200_000


async def test_a_deep_body(pine):
    await pine.mock.plan({"fault": "deep_body", "with": {"depth": 300}})
    body = (await pine.issue("O1")).body
    assert body == b'{"a":' * 300 + b"1" + b"}" * 300
    assert pine.effects() == [("issue", "O1")]


async def pine_all(pine):
    reader, writer = await pine.client.connect()
    writer.write(pine.issue_bytes())
    data = b""
    while b"\r\n\r\n" not in data:
        data += await reader.read(65536)
    writer.close()
    return data


async def test_a_huge_body(pine):
    await pine.mock.plan({"fault": "huge_body", "with": {"bytes": 3_000_000}})
    answer = await pine.issue()
    assert len(answer.body) == 3_000_000


async def test_a_small_body_that_inflates_to_a_huge_one(pine):
    await pine.mock.plan({"fault": "huge_body", "with": {"bytes": 5_000_000, "gzip": True}})
    answer = await pine.issue()
    assert len(answer.body) < 20_000
    assert len(gzip.decompress(answer.body)) == 5_000_000


async def test_a_rate_limit_is_said_in_the_carriers_own_code(pine):
    pine.mock.world().timers.freeze(1_800_000_000.0)
    await pine.mock.plan({"fault": "rate_limit", "with": {"n": 2, "retry_after": 7}})
    answers = [await pine.issue(f"O{n}") for n in range(3)]
    assert [answer.status for answer in answers] == [201, 201, 429]
    assert json.loads(answers[2].body)["code"] == "SLOW_DOWN"
    assert answers[2].headers["retry-after"] == "7"
    assert len(pine.effects()) == 2


async def test_an_expired_token_is_said_in_the_carriers_own_code(pine):
    await pine.mock.plan({"fault": "auth_expired", "first": 1})
    answer = await pine.issue()
    assert (answer.status, json.loads(answer.body)["code"]) == (401, "UNSIGNED")
    assert pine.effects() == []
    assert (await pine.issue()).status == 201


async def test_a_skewed_clock_shows_in_one_reply_only(pine):
    pine.mock.world().timers.freeze(1_800_000_000.0)  # 16:00:00 in this carrier's zone
    await pine.mock.plan({"fault": "clock_skew", "with": {"seconds": 3600}, "nth": 1})
    assert [json.loads((await pine.issue(o)).body)["at"] for o in ("O1", "O2")] == ["17:00:00", "16:00:00"]


async def test_a_lagging_inquiry_does_not_see_what_is_young(pine):
    await pine.issue()
    await pine.mock.plan({"fault": "query_lag", "with": {"seconds": 30}})
    assert (await pine.get()).status == 404
    pine.mock.world().timers.advance(31)
    assert (await pine.get()).status == 200


async def test_the_first_inquiries_of_a_key_find_nothing(pine):
    await pine.issue()
    await pine.mock.plan({"fault": "query_not_found_then_found", "with": {"times": 2}, "operation": "policy.get"})
    assert [(await pine.get()).status for _ in range(3)] == [404, 404, 200]


async def test_no_inquiry_misses_what_is_as_old_as_the_horizon(pine):
    """A carrier that says after its own horizon that it knows nothing would make anybody wrong."""
    await pine.issue()
    await pine.mock.plan({"fault": "query_not_found_then_found", "with": {"times": 2}, "operation": "policy.get"})
    pine.mock.world().timers.advance(60)
    assert (await pine.get()).status == 200


@pytest.fixture
def authority():
    return trustme.CA()


@pytest.fixture
async def safe_pine(open_pine, authority):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return await open_pine(tls=context)


async def handshake(pine, authority, *, wait_s=2.0):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    host, port = pine.mock.base_url.removeprefix("https://").split(":")
    async with asyncio.timeout(wait_s):
        _, writer = await asyncio.open_connection(host, int(port), ssl=context, server_hostname="localhost")
        writer.close()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("tls_reset", ConnectionResetError),
        ("tls_hang", TimeoutError),
        ("tls_untrusted", ssl.SSLCertVerificationError),
        ("tls_expired", ssl.SSLCertVerificationError),
    ],
)
async def test_a_handshake_that_fails_leaves_nothing_sent(safe_pine, authority, fault, error):
    await handshake(safe_pine, authority)
    await safe_pine.mock.plan(fault)
    with pytest.raises(error):
        await handshake(safe_pine, authority, wait_s=0.3)
    assert list(safe_pine.mock.requests) == []


async def played(pine):
    return (await pine.admin("GET", "/_mock/faults"))["played"]


@pytest.mark.parametrize(
    "fault", ["rst_accept", "fin_accept", "rst_mid_request", "rst_before_commit", "commit_then_fin"]
)
async def test_what_is_played_is_counted_by_its_name_also_where_no_request_is_known(pine, fault):
    await pine.mock.plan({"fault": fault, "nth": [1, 2]})
    for _ in range(3):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await pine.issue()
    assert await played(pine) == {fault: 2}
    await pine.mock.plan()
    assert await played(pine) == {fault: 2}, "another plan forgets nothing"
    pine.mock.reset()
    assert await played(pine) == {}


@pytest.mark.parametrize("fault", ["tls_reset", "tls_hang", "tls_untrusted", "tls_expired"])
async def test_a_handshake_that_fails_on_purpose_is_counted_by_its_name(safe_pine, authority, fault):
    await safe_pine.mock.plan({"fault": fault, "first": 1})
    with pytest.raises((OSError, TimeoutError)):
        await handshake(safe_pine, authority, wait_s=0.3)
    await handshake(safe_pine, authority)
    assert await played(safe_pine) == {fault: 1}


async def test_a_port_that_is_shut_is_counted_once_however_long_it_stays_so(pine):
    for _ in range(2):
        await pine.mock.plan("refuse")
    assert await played(pine) == {"refuse": 1}
    await pine.mock.plan()
    await pine.mock.plan("refuse")
    assert await played(pine) == {"refuse": 2}


async def test_a_fault_that_came_to_nothing_is_not_counted(pine):
    await pine.mock.plan({"fault": "swap_response", "with": {"wait": 0.05}})
    await pine.issue("O1")
    await pine.mock.plan({"fault": "late_commit", "with": {"after": 61}})
    with pytest.raises(TimeoutError):
        await pine.client.everything(pine.issue_bytes("O2"), wait_s=0.1)
    await pine.mock.plan({"fault": "rate_limit", "with": {"n": 1000}})
    await pine.issue("O3")
    await pine.mock.plan("early_callback")
    await pine.issue("O4")
    assert await played(pine) == {}
    await pine.mock.plan({"fault": "swap_response", "first": 2})
    await asyncio.gather(pine.issue("O5"), pine.issue("O6"))
    assert await played(pine) == {"swap_response": 2}


async def test_a_key_that_was_hidden_twice_was_hidden_twice_however_often_it_is_asked_for(pine):
    await pine.issue()
    await pine.mock.plan({"fault": "query_not_found_then_found", "with": {"times": 2}, "operation": "policy.get"})
    for _ in range(4):
        await pine.get()
    assert await played(pine) == {"query_not_found_then_found": 2}


async def test_what_is_played_is_counted_in_its_namespace(pine):
    await pine.mock.plan("empty_200", namespace="mine")
    await pine.client.send(pine.issue_bytes().replace(b"POST /issue", b"POST /ns/mine/issue"))
    assert await played(pine) == {}
    assert (await pine.admin("GET", "/_mock/faults?ns=mine"))["played"] == {"empty_200": 1}


def test_every_fault_is_proved_here_or_with_the_callbacks():
    tests = "".join(
        Path(__file__).with_name(name).read_text("utf-8") for name in ("test_faults.py", "test_callbacks.py")
    )
    assert [name for name in FAULTS if f'"{name}"' not in tests] == []


async def test_a_plan_strikes_by_operation_number_key_and_path(pine):
    await pine.mock.plan(
        {"fault": "empty_200", "operation": "policy.issue", "nth": [2]},
        {"fault": "html_502", "key": "O4"},
        {"fault": "html_200", "path": "/policies/P000001"},
    )
    answers = [await pine.issue(f"O{n}") for n in range(1, 5)] + [await pine.get()]
    assert [(answer.status, len(answer.body) > 0) for answer in answers] == [
        (201, True), (200, False), (201, True), (502, True), (200, True),
    ]  # fmt: skip


@pytest.mark.parametrize("told", [{"plan": ["empty_200"]}, {"faults": "empty_200"}, ["empty_200"], {"fault": "x"}])
def test_a_plan_under_another_word_is_refused_and_not_taken_for_none(told):
    with pytest.raises(BadPlan, match="a plan"):
        read_plan(told)
    assert read_plan({"faults": ["empty_200"], "seed": 3}) == (["empty_200"], 3)


async def test_chance_repeats_itself_from_its_seed_and_yields_to_the_script(pine):
    async def statuses():
        await pine.mock.plan(
            {"fault": "html_502", "probability": 0.5}, {"fault": "empty_200", "nth": 3}, seed=11, namespace="default"
        )
        return [(await pine.issue(f"X{n}")).status for n in range(12)]

    first = await statuses()
    assert await statuses() == [200 if n == 2 else s for n, s in enumerate(first)]
    assert first[2] == 200
    assert {201, 502} <= set(first)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("explode", "unknown fault 'explode'"),
        ("commit_then_rts", "did you mean 'commit_then_rst'"),
        ("dns", "no fault of a carrier"),
        (5, "a fault is a name"),
        ({"fault": "slow", "with": {"hours": 1}}, "no parameter hours; it has seconds"),
        ({"fault": "slow", "with": 5}, "with is a map"),
        ({"fault": "slow", "sometimes": True}, "unknown condition sometimes"),
        ({"fault": "truncate", "with": {"pct": "half"}}, "pct is a number, not 'half'"),
        ({"fault": "truncate", "with": {"pct": 101}}, "pct is between 0 and 100"),
        ({"fault": "dribble", "with": {"bytes": 0}}, "bytes is between 1 and"),
        ({"fault": "html_200", "with": {"commit": "yes"}}, "commit is true or false"),
        ({"fault": "slow", "nth": 0}, "nth cannot be 0; a whole number from 1"),
        ({"fault": "slow", "first": "two"}, "first cannot be 'two'"),
        ({"fault": "slow", "probability": 50}, "a number from 0 to 1"),
        ({"fault": "slow", "operation": 7}, "operation cannot be 7"),
    ],
)
async def test_a_plan_that_cannot_be_meant_is_refused_with_what_would_be_right(pine, wrong, said):
    await pine.mock.plan("empty_200")
    with pytest.raises(BadPlan, match=said):
        await pine.mock.plan(wrong)
    assert [rule.fault for rule in pine.mock.plan_of("default").rules] == ["empty_200"], "what was planned stays"


@pytest.mark.parametrize(
    ("idle", "said"),
    [
        ({"fault": "slow", "operation": "polcy.issue"}, "no operation 'polcy.issue'; did you mean 'policy.issue'"),
        ({"fault": "rst_mid_request", "operation": "policy.issue"}, "where no operation is known yet; it takes path"),
        ({"fault": "rst_accept", "path": "/policies"}, "where no path is known yet"),
        ({"fault": "refuse", "nth": 1}, "where no nth is known yet; it takes none"),
        ({"fault": "lost_callback", "callback": "weather"}, "no callback 'weather'"),
        ("tls_untrusted", "start it with --tls"),
    ],
)
async def test_a_fault_that_no_request_could_ever_meet_is_refused_and_not_silently_idle(pine, idle, said):
    with pytest.raises(BadPlan, match=said):
        await pine.mock.plan(idle)


async def test_a_plan_for_several_carriers_may_name_operations_this_one_has_not(pine):
    await pine.mock.plan({"fault": "empty_200", "operation": ["policy.issue", "claim.report"]})
    assert (await pine.issue()).body == b""


@pytest.mark.parametrize("fault", ["rst_accept", "fin_accept"])
async def test_a_namespace_plans_no_fault_that_strikes_before_it_is_known(pine, fault):
    with pytest.raises(BadPlan, match="plan it for the namespace default"):
        await pine.mock.plan(fault, namespace="mine")
    assert (await pine.issue()).status == 201
