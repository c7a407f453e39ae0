"""The state machine, duplicates by kind, signatures, virtual time, namespaces, the admin API, the ledger."""

import asyncio
import base64
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from contract_tests.mock import load_definition, read_ledger
from contract_tests.mock.world import World

PINE = Path(__file__).parent / "pine"


def code(answer):
    return json.loads(answer.body)["code"]


async def test_an_unsigned_request_is_refused_and_does_nothing(pine):
    answer = await pine.client.send(pine.issue_bytes().replace(b"pine-key", b"wrong-key"))
    assert (answer.status, code(answer)) == (401, "UNSIGNED")
    assert pine.effects() == []


async def test_a_wrong_field_is_named_and_does_not_use_up_the_key(pine):
    answer = await pine.issue(plan="golden")
    assert json.loads(answer.body) == {"code": "WRONG", "text": "wrong: plan", "field": "plan"}
    assert (await pine.issue()).status == 201


async def test_bytes_that_cannot_be_read_are_said_to_be_so(pine):
    answer = await pine.client.send(pine.issue_bytes(body=b'{"order":"O1","order":"O2"}'))
    assert (answer.status, code(answer)) == (400, "UNREADABLE")


async def test_an_unknown_operation_is_said_to_be_so(pine):
    answer = await pine.client.send(pine.issue_bytes().replace(b"POST /issue", b"POST /renew"))
    assert (answer.status, code(answer)) == (404, "NO_SUCH")


async def test_a_move_the_machine_does_not_know_is_an_illegal_state(pine):
    await pine.issue()
    assert (await pine.cancel()).status == 200
    again = await pine.cancel()
    assert (again.status, code(again)) == (409, "STATE")
    assert pine.effects() == [("issue", "O1"), ("cancel", "P000001")]


async def test_a_state_ends_after_its_time(pine):
    await pine.issue(hint="later")
    assert json.loads((await pine.get()).body)["state"] == "pending"
    pine.mock.world().timers.advance(4)
    assert pine.effects() == []
    pine.mock.world().timers.advance(1)
    assert json.loads((await pine.get()).body)["state"] == "issued"


async def test_a_state_ends_after_so_many_inquiries(pine):
    await pine.issue(hint="ask")
    states = [json.loads((await pine.get()).body)["state"] for _ in range(4)]
    assert states == ["counted", "counted", "issued", "issued"]


async def test_a_person_ends_a_state_through_the_admin_api(pine):
    await pine.issue(hint="later")
    moved = await pine.admin("POST", "/_mock/progress", {"record": "policy", "no": "P000001", "way": "decline"})
    assert (moved["moved"], moved["record"]["state"]) == (True, "cancelled")
    pine.mock.world().timers.advance(60)
    assert pine.effects() == []


async def test_a_replaying_carrier_gives_the_first_answer_again(pine):
    first, again = await pine.issue(), await pine.issue()
    assert first.body == again.body or json.loads(first.body)["no"] == json.loads(again.body)["no"]
    assert pine.effects() == [("issue", "O1")]


async def test_a_replaying_carrier_refuses_another_content_and_an_old_key(pine):
    await pine.issue()
    assert code(await pine.issue(plan="plus")) == "CONFLICT"
    pine.mock.world().timers.advance(3601)
    assert code(await pine.issue()) == "EXPIRED"
    assert pine.effects() == [("issue", "O1")]


async def test_an_answer_that_was_lost_is_kept_for_the_repetition(pine):
    assert code(await pine.issue(hint="lost")) == "UNKNOWN"
    assert (await pine.issue(hint="lost")).status == 201
    assert pine.effects() == [("issue", "O1")]


@pytest.mark.parametrize(
    ("kind", "status", "body", "effects"),
    [
        ("reject, fail: DUPLICATE", 409, b'{"code":"DUPLICATE","text":"known"}', 1),
        ("empty_reply", 200, b"", 1),
        ("create_second", 201, None, 2),
    ],
)
async def test_a_duplicate_is_answered_as_the_file_says(pine_with, kind, status, body, effects):
    pine = await pine_with("on_duplicate: return_same", f"on_duplicate: {kind}")
    await pine.issue()
    again = await pine.issue()
    assert again.status == status
    assert body is None or again.body == body
    assert len(pine.effects()) == effects


async def test_a_lagging_copy_shows_old_states(pine_with):
    pine = await pine_with("lag: 0s", "lag: 10s")
    pine.mock.world().timers.freeze(1_800_000_000.0)
    await pine.issue()
    assert (await pine.get()).status == 404
    pine.mock.world().timers.advance(11)
    await pine.cancel()
    assert json.loads((await pine.get()).body)["state"] == "issued"
    pine.mock.world().timers.advance(11)
    assert json.loads((await pine.get()).body)["state"] == "cancelled"


async def test_the_clock_jumps_through_every_timer_at_its_own_time(pine):
    clock = pine.mock.world().timers
    clock.freeze(1_800_000_000.0)
    seen = []
    for delay_s in (30, 10, 20):
        clock.after(delay_s, lambda: seen.append(clock.clock.now() - 1_800_000_000))
    clock.advance(25)
    assert seen == [10, 20]
    clock.advance(5)
    assert seen == [10, 20, 30]


async def test_a_frozen_clock_waits_and_a_running_one_does_not(pine, eventually):
    await pine.admin("POST", "/_mock/clock/freeze", {"at": 1_800_000_000})
    clock, seen = pine.mock.world().timers, []
    clock.after(0.01, lambda: seen.append(1))
    await asyncio.sleep(0.05)
    assert seen == []
    await pine.admin("POST", "/_mock/clock/run", {})
    await eventually(lambda: seen)


async def test_namespaces_share_nothing_but_the_process(pine):
    await pine.client.send(pine.issue_bytes(where="/ns/left"))
    await pine.mock.plan("html_502", namespace="right")
    left, right = await pine.get(where="/ns/left"), await pine.get(where="/ns/right")
    assert (left.status, right.status) == (200, 502)
    assert (await pine.get()).status == 404
    by_header = pine.issue_bytes().replace(b"Host: carrier", b"Host: carrier\r\nX-Mock-Namespace: third")
    assert (await pine.client.send(by_header)).status == 201
    assert pine.effects("left") == pine.effects("third") == [("issue", "O1")]
    assert pine.effects("right") == []
    pine.mock.world("left").timers.advance(100)
    assert pine.mock.world("right").now() < pine.mock.world("left").now()


async def test_the_admin_api_shows_what_happened(pine):
    message = pine.issue_bytes()
    await pine.client.send(message)
    (seen,) = (await pine.admin("GET", "/_mock/requests"))["requests"]
    assert (base64.b64decode(seen["raw"]), seen["operation"], seen["fault"]) == (message, "policy.issue", None)
    (effect,) = (await pine.admin("GET", "/_mock/ledger"))["effects"]
    assert (effect["number"], effect["premium"]) == ("P000001", {"amount": 100, "currency": "CNY"})
    state = await pine.admin("GET", "/_mock/state")
    assert [thing["no"] for thing in state["records"]["policy"]] == ["P000001"]


async def test_plans_are_put_read_and_ended_over_the_admin_api(pine):
    await pine.admin("PUT", "/_mock/faults", {"faults": [{"fault": "html_502", "first": 1}], "seed": 3})
    assert (await pine.issue()).status == 502
    shown = await pine.admin("GET", "/_mock/faults")
    assert (shown["faults"][0]["met"], shown["seed"]) == (1, 3)
    await pine.admin("PUT", "/_mock/faults", {"faults": []})
    assert (await pine.issue()).status == 201


async def test_a_wrong_call_of_the_admin_api_is_explained(pine):
    with pytest.raises(AssertionError, match="unknown fault 'explode'"):
        await pine.admin("PUT", "/_mock/faults", {"faults": ["explode"]})
    with pytest.raises(AssertionError, match="no such call"):
        await pine.admin("GET", "/_mock/weather")


@pytest.mark.parametrize(
    ("method", "call", "body", "said"),
    [
        ("PUT", "faults", b"x", "the body is no JSON"),
        ("PUT", "faults", b"[]", "a plan is"),
        ("PUT", "faults", b'{"faults": ["slow"], "seed": "x"}', "seed is a whole number"),
        ("POST", "clock/advance", b"5", "the body is a JSON object with seconds, to"),
        ("POST", "clock/advance", b"{}", "needs 'seconds'"),
        ("POST", "clock/advance", b'{"second": 60}', "knows no 'second'; it takes seconds, to"),
        ("POST", "clock/advance", b'{"seconds": NaN}', "NaN is no number"),
        ("POST", "clock/advance", b'{"seconds": 1e300}', "the clock goes from 0 to"),
        ("POST", "clock/advance", b'{"seconds": ' + b"9" * 400 + b"}", "the clock goes from 0 to"),
        ("POST", "clock/freeze", b'{"at": "noon"}', "needs 'at', a number"),
        ("PUT", "numbers", b'{"serials": 5}', "serials are names with whole numbers"),
        ("PUT", "numbers", b'{"nonces": "N1"}', "nonces are a list of texts"),
        ("POST", "given", b'{"name": "nope"}', "no given 'nope'; there are: policy_exists"),
        ("POST", "progress", b'{"record": "pollicy", "no": "1"}', "no record 'pollicy'; there are:"),
        ("POST", "progress", b'{"record": "policy", "no": "1"}', "no policy '1' in the namespace default"),
        ("POST", "callbacks/forge", b'{"id": 7}', "no callback 7 in the namespace default"),
        ("POST", "reset", b'{"all": true}', "knows no 'all'; it takes nothing"),
        ("POST", "reset", b"[" * 100_000, "the body is"),
        ("GET", "requests?last=x", b"", "last is a whole number"),
        ("GET", "state?namespace=t1", b"", "no call asks for 'namespace'"),
    ],
)  # fmt: skip
async def test_bad_input_of_the_admin_api_is_answered_with_what_it_takes_and_changes_nothing(
    pine, bytes_of, method, call, body, said
):
    client = type(pine.client)(pine.mock.admin_url)
    before = pine.mock.world().clock.now()
    answer = await client.send(bytes_of(method, f"/_mock/{call}", body))
    assert answer.status in (400, 404)
    assert said in json.loads(answer.body)["error"]
    assert 0 <= pine.mock.world().clock.now() - before < 60
    assert (await pine.admin("GET", "/_mock/state"))["errors"] == []


@pytest.mark.parametrize("noise", [b"hello\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n"])
async def test_bytes_that_are_no_request_are_told_so_by_the_admin_api(pine, noise):
    answer = await type(pine.client)(pine.mock.admin_url).send(noise)
    assert (answer.status, "this is no request" in json.loads(answer.body)["error"]) == (400, True)


async def test_the_newest_requests_can_be_asked_for_and_none_of_them(pine):
    for order in ("O1", "O2"):
        await pine.issue(order)
    shown = [len((await pine.admin("GET", f"/_mock/requests?last={n}"))["requests"]) for n in (0, 1, 5)]
    assert shown == [0, 1, 2]


async def test_a_state_can_be_given_and_numbers_foretold(pine):
    made = await pine.admin("POST", "/_mock/given", {"name": "policy_exists", "with": {"no": "P777777"}})
    assert made["records"]["policy"]["state"] == "issued"
    assert (await pine.get("P777777")).status == 200
    await pine.admin("PUT", "/_mock/numbers", {"serials": {"policy": 45}})
    assert json.loads((await pine.issue()).body)["no"] == "P000045"


async def test_a_reset_forgets_records_but_neither_numbers_nor_effects(pine):
    await pine.issue()
    await pine.admin("POST", "/_mock/reset", {})
    assert (await pine.get()).status == 404
    assert json.loads((await pine.issue()).body)["no"] == "P000002"
    assert pine.effects() == [("issue", "O1"), ("issue", "O1")]


async def test_a_limit_of_requests_a_second_is_kept_unless_switched_off(pine_with):
    pine = await pine_with("lag: 0s", "lag: 0s\nper_second: 2")
    pine.mock.world().timers.freeze(1_800_000_000.0)
    assert [(await pine.issue(f"O{n}")).status for n in range(3)] == [201, 201, 429]
    free = await pine_with("lag: 0s", "lag: 0s\nper_second: 2", limits=False)
    free.mock.world().timers.freeze(1_800_000_000.0)
    assert [(await free.issue(f"O{n}")).status for n in range(3)] == [201, 201, 201]


async def test_a_fault_of_the_file_is_a_500_that_names_the_place(pine_with):
    pine = await pine_with("prices[sent_body.plan]", "prices[sent_body.plan] + 'x'")
    answer = await pine.issue()
    assert answer.status == 500
    assert "mock.yaml:" in answer.body.decode()
    assert len(pine.mock.errors()) == 1
    pine.mock.world().errors.clear()


async def test_requests_may_come_in_chunks_and_on_one_connection(pine):
    reader, writer = await pine.client.connect()
    body = b'{"order":"O1","plan":"basic","holder":"x"}'
    head = b"POST /issue HTTP/1.1\r\nHost: c\r\nX-Key: pine-key\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"5\r\n" + body[:5] + b"\r\n" + f"{len(body) - 5:x}".encode() + b"\r\n" + body[5:] + b"\r\n0\r\n\r\n"
    for _ in range(2):
        writer.write(head + chunks)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert b" 201 " in answer
        await reader.readexactly(int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
    writer.close()
    assert pine.effects() == [("issue", "O1")]


async def test_what_is_no_http_is_answered_with_400(pine):
    answer = await pine.client.send(b"HELLO\r\n\r\n")
    assert answer.status == 400


async def test_the_log_of_requests_is_bounded(open_pine):
    pine = await open_pine(requests_kept_max=3)
    for n in range(5):
        await pine.issue(f"O{n}")
    assert len((await pine.admin("GET", "/_mock/requests"))["requests"]) == 3


class Process:
    """A mock carrier as a process of its own."""

    def __init__(self, *options):
        self.options = options

    async def __aenter__(self):
        self.child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "contract_tests.mock", *self.options, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[3],
        )  # fmt: skip
        async with asyncio.timeout(20):
            self.said = await self.child.stdout.readline()
        return self

    async def __aexit__(self, *_):
        if self.child.returncode is None:
            self.child.kill()
        await self.child.wait()


@pytest.fixture
def keys_file(tmp_path):
    file = tmp_path / "keys.yaml"
    file.write_text("pine: {key: pine-key}\n", "utf-8")
    return str(file)


async def test_a_killed_process_keeps_every_line_it_wrote(tmp_path, keys_file, bytes_of):
    ledger = tmp_path / "ledger.jsonl"
    async with Process(str(PINE), "--ledger", str(ledger), "--secrets", keys_file) as process:
        host, port = json.loads(process.said)["base_url"].removeprefix("http://").split(":")
        for n in range(20):
            reader, writer = await asyncio.open_connection(host, int(port))
            body = json.dumps({"order": f"O{n}", "plan": "basic", "holder": "x"}).encode()
            writer.write(bytes_of("POST", "/issue", body, x_key="pine-key"))
            await reader.readuntil(b"\r\n\r\n")
            writer.close()
        os.kill(process.child.pid, signal.SIGKILL)
        await process.child.wait()
    lines = read_ledger(ledger)
    assert [line["business_key"] for line in lines] == [f"O{n}" for n in range(20)]
    assert set(lines[0]) == {
        "time", "carrier", "namespace", "carrier_time", "effect", "request_no", "business_key", "number", "premium",
        "canaries", "request_sha256",
    }  # fmt: skip


async def test_a_process_stops_when_it_is_asked_to(keys_file):
    async with Process(str(PINE), "--secrets", keys_file) as process:
        process.child.terminate()
        async with asyncio.timeout(10):
            assert await process.child.wait() == 0


async def test_a_process_starts_with_its_plan(tmp_path, keys_file, bytes_of):
    plan = tmp_path / "plan.json"
    plan.write_text('{"faults": ["html_502"]}', "utf-8")
    async with Process(str(PINE), "--secrets", keys_file, "--faults", str(plan)) as process:
        host, port = json.loads(process.said)["base_url"].removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(bytes_of("GET", "/policies/P1"))
        assert b" 502 " in await reader.readuntil(b"\r\n\r\n")
        writer.close()


async def test_a_process_says_where_its_file_is_wrong(tmp_path):
    (tmp_path / "mock.yaml").write_text("mock: 1\ncarrier: oak\ncolour: blue\n", "utf-8")
    async with Process(str(tmp_path)) as process:
        errors = (await process.child.stderr.read()).decode()
        assert await process.child.wait() == 1
    assert f"{tmp_path}/mock.yaml:3:1: error E651: unknown key 'colour'" in errors


async def test_an_unfinished_last_line_of_a_ledger_is_left_out(tmp_path):
    file = tmp_path / "ledger.jsonl"
    file.write_bytes(b'{"effect":"issue"}\n{"effect":"iss')
    assert read_ledger(file) == [{"effect": "issue"}]


def test_records_made_without_fields_have_numbers_of_their_own():
    definition = load_definition(Path(__file__).parents[3] / "mappings" / "carriers" / "aurora")
    world = World(definition, "default", {"secret": {"client_id": "id", "client_secret": "secret"}}, "0")
    basic = "Basic " + base64.b64encode(b"id:secret").decode()
    grant = {"grant_type": "client_credentials", "scope": "policy.write"}
    scopes = [world.scope(request={"headers": {"authorization": basic}, "sha256": "0"}, grant=grant) for _ in range(2)]
    for scope in scopes:
        assert definition.operations["auth.token"].steps(scope).ok
    assert len({scope["token"]["no"] for scope in scopes}) == 2
