"""`insurehub record`: a sandbox recorded through a proxy, everybody in it made up, all of it written or nothing."""

import asyncio
import json
import re
import stat
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote

import httpx
import pytest
import yaml
from aiohttp import web

from cli.mapping.load import load_carrier
from contract_tests.examples.reading import read_examples
from contract_tests.record.exchange import Exchange
from contract_tests.record.proxy import NotAllowed, Recorder, allowed_url
from contract_tests.record.run import Sandbox, record
from contract_tests.record.scrub import Undecodable
from contract_tests.record.writing import Refused
from contract_tests.signatures.signatures import Plain
from contract_tests.tests.record.conftest import CARRIERS, ROOT

SECRET = "a-key-of-the-sandbox-7788"
PERSON = {
    "name": "李小龙", "idType": "01", "idNo": "110101198503121240", "gender": "M", "birthday": "19850312",
    "mobile": "13912345678", "email": "li.xiaolong@bank.cn",
}  # fmt: skip
SAID = ["李小龙", "110101198503121240", "19850312", "13912345678", "li.xiaolong@bank.cn", SECRET, "LT-real-token"]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with lotus in it, its examples' shared part only."""
    folder = tmp_path / "ws" / "mappings" / "carriers" / "lotus"
    (folder / "examples").mkdir(parents=True)
    for path in (*(CARRIERS / "lotus").glob("*.yaml"), CARRIERS / "lotus" / "examples" / "defaults.yaml"):
        (folder / path.relative_to(CARRIERS / "lotus")).write_bytes(path.read_bytes())
    return tmp_path / "ws"


def form(code: str, body: dict[str, object], at: str = "20260301091000") -> bytes:
    """A request as the sandbox's partner sends it, signed under the sandbox's key."""
    head = {"transCode": code, "requestNo": "PT20260301091000000004", "requestTime": at}
    content = json.dumps({"head": head, "body": body}, ensure_ascii=False, separators=(",", ":"))
    fields = {
        "appId": "LH20260001",
        "version": "2.0",
        "timestamp": at,
        "nonce": "R000000000000099",
        "bizContent": content,
    }
    return httpx.QueryParams({**fields, "sign": signed(fields)}).__str__().encode()


def answer(code: str, body: dict[str, object]) -> bytes:
    head = {"transCode": code, "requestNo": "PT20260301091000000004", "resultCode": "0000", "resultMsg": "成功"}
    content = json.dumps({"head": head, "body": body}, ensure_ascii=False)
    fields = {
        "appId": "LH20260001",
        "version": "2.0",
        "timestamp": "20260301091001",
        "nonce": "N",
        "bizContent": content,
    }
    return json.dumps({**fields, "sign": signed(fields)}, ensure_ascii=False, indent=1).encode()


def signed(fields: dict[str, str]) -> str:
    joined = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name]) + f"&key={SECRET}"
    return Plain(data=joined.encode(), algo="md5", encode="hex_upper").signature("")


def exchange(**changed: object) -> Exchange:
    found = {
        "at": datetime(2026, 3, 1, 1, 10, 2, tzinfo=UTC), "host": "uat.lotus.example", "method": "POST", "target": "/gateway",
        "headers": (("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"), ("X-Access-Token", "LT-real-token")),
        "body": form("LH1003", {"quoteNo": "Q1", "applicant": PERSON, "insuredList": [{"insuredRef": "1", **PERSON}]}),
        "reply_headers": (("Content-Type", "application/json"),),
        "reply_body": answer("LH1003", {"policyNo": "P1", "reasonMsg": f"{PERSON['name']}({PERSON['mobile']})已承保"}),
    }  # fmt: skip
    return Exchange(**{**found, **changed})  # type: ignore[arg-type]


def recorded(workspace: Path, *exchanges: Exchange, secrets: dict[str, str] | None = None):
    folder = workspace / "mappings" / "carriers" / "lotus"
    tree = load_carrier(folder, workspace)[0]
    assert tree is not None
    sandbox = Sandbox(secrets={"sign_key": SECRET} if secrets is None else secrets)
    return record(exchanges, tree, folder, workspace, sandbox, source="UAT")


def test_a_recording_becomes_a_draft_with_its_provenance_and_nobody_of_it_in_the_file(workspace):
    original = exchange()
    done = recorded(workspace, original)
    (file,) = done.files
    text = file.read_text("utf-8")
    assert not [said for said in SAID if said in text]
    (example,) = yaml.safe_load(text)["examples"]
    assert example["draft"] is True
    told = example["provenance"]
    assert (told["kind"], told["source"], told["host"], told["scrubbed"]) == (
        "recorded",
        "UAT",
        "uat.lotus.example",
        True,
    )
    assert told["when"] == "2026-03-01T01:10:02+00:00"
    assert told["sha256"] == original.sha256
    assert re.fullmatch(r"insurehub \d.*", told["by"])
    assert example["freeze"]["now"] == "2026-03-01T01:10:00+00:00"
    assert example["freeze"]["nonce"] == ["R000000000000099"]
    assert example["freeze"]["request_no"] == "PT20260301091000000004"
    assert example["request"]["headers"]["X-Access-Token"] == "test-token"


def test_the_same_person_is_the_same_made_up_person_everywhere_in_signed_and_packed_texts_too(workspace):
    inquiry = exchange(
        body=form("LH2001", {"queryType": "2"}), reply_body=answer("LH2001", {"applicant": PERSON, "policyNo": "P1"})
    )
    done = recorded(workspace, exchange(), inquiry)
    issue, asked = done.made
    sent = json.loads(parse_qs(issue.exchange.body.decode())["bizContent"][0])["body"]
    told = json.loads(json.loads(asked.exchange.reply_body)["bizContent"])["body"]["applicant"]
    assert sent["applicant"] == told
    assert {name: value for name, value in sent["insuredList"][0].items() if name != "insuredRef"} == told
    assert told["idNo"][6:14] == told["birthday"]
    assert not [name for name in ("name", "idNo", "birthday", "mobile", "email") if told[name] == PERSON[name]]
    assert told["gender"] == "M"
    # The reply keeps what it was laid out like.
    assert asked.exchange.reply_body.startswith(b'{\n "appId": "LH20260001",\n')


def test_a_field_in_somebodys_own_words_is_replaced_whole_and_short_ones_nowhere_else(workspace):
    told = {"quoteNo": "Q1", "applicant": PERSON, "remark": "请联系王大锤,他的密码是 hunter2", "memo": "成功"}
    done = recorded(workspace, exchange(body=form("LH1003", told)))
    text = done.files[0].read_text("utf-8")
    sent = json.loads(parse_qs(done.made[0].exchange.body.decode())["bizContent"][0])["body"]
    assert (sent["remark"], sent["memo"]) == ("示例文字2", "示例文字3")
    assert not [said for said in ("王大锤", "hunter2") if said in text]
    said = json.loads(json.loads(done.made[0].exchange.reply_body)["bizContent"])["head"]
    assert said["resultMsg"] == "成功", "what the carrier says is no echo of a short word"


@pytest.mark.parametrize(
    ("sent", "told", "hidden"),
    [
        ({}, {"reasonMsg": "被保险人王小明重复投保"}, "王小明"),
        ({}, {"reasonMsg": "Mr Jonathan Wick is already insured"}, "Wick"),
        ({}, {"reasonMsg": "王小明"}, "王小明"),
        ({"applicant": PERSON}, {"reasonMsg": "李 小龙"}, "李 小龙"),
        ({}, {"desc": "王小明, 北京市西城区某某胡同12号"}, "某某胡同"),
        ({}, {"reasonMsg": "护照E12345678已投保"}, "E12345678"),
        ({}, {"reasonMsg": "请致电010-66228899"}, "66228899"),
        ({}, {"reasonMsg": "证件110101850312124"}, "110101850312124"),
        ({}, {"reasonMsg": "HKID A123456(3)"}, "A123456"),
        ({"telNo2": "010-66228899", "zjh": "110101850312124", "hk": "A123456(3)"}, {}, "66228899"),
        ({"zjh": "110101850312124"}, {}, "110101850312124"),
        ({"hk": "A123456(3)"}, {}, "A123456(3)"),
        ({"insuredNm": "Wick"}, {"insuredNm": "王小明"}, "王小明"),
        ({"xm": "王小明"}, {}, "王小明"),
        ({"operatorName": "Jonathan Wick"}, {"agentName": "Wick"}, "Wick"),
        ({"bnfName": "王小明"}, {"beneficiaryName": "王小明"}, "王小明"),
        ({"insured": {"name": "王小明"}}, {}, "王小明"),
        ({}, {"file": "JVBERi0xLjQKV2ljaw=="}, "JVBERi0xLjQKV2lj"),
        ({}, {"docUrl": "https://uat.lotus.example/d/1.pdf?who=Wick"}, "Wick"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_code_number_date_or_print_of_the_carrier_is_replaced_whole(workspace, sent, told, hidden):
    body, reply = form("LH1003", {"quoteNo": "Q1", **sent}), answer("LH1003", {"policyNo": "P1", **told})
    done = recorded(workspace, exchange(body=body, reply_body=reply))
    text = done.files[0].read_text("utf-8")
    assert hidden not in text
    assert hidden not in unquote(text)
    assert ("Q1" in text, "P1" in text, "LH1003" in text, "成功" in text) == (True,) * 4


def test_what_the_carriers_files_print_and_what_is_no_persons_name_stays(workspace):
    body = {
        "productName": "旅行意外险",
        "planName": "S",
        "feeTime": "2026-03-01 09:10:00",
        "rate": "2.5%",
        "seq": "0007-A",
    }
    document = (CARRIERS / "lotus" / "document.md").read_bytes()
    (workspace / "mappings" / "carriers" / "lotus" / "document.md").write_bytes(document)
    done = recorded(workspace, exchange(body=form("LH1003", body), reply_body=answer("LH1003", body)))
    assert json.loads(parse_qs(done.made[0].exchange.body.decode())["bizContent"][0])["body"] == body
    assert json.loads(json.loads(done.made[0].exchange.reply_body)["bizContent"])["body"] == body


def test_a_code_that_stays_in_a_field_nobody_knows_is_told_with_its_field(workspace):
    body = form("LH1003", {"quoteNo": "Q1", "hzh": "E12345678"})
    done = recorded(workspace, exchange(body=body, reply_body=answer("LH1003", {"policyNo": "P1"})))
    (note,) = [note for note in done.notes if "hzh" in note]
    assert "exchange 1 keeps codes" in note
    assert not any("quoteNo" in note or "policyNo" in note or "E12345678" in note for note in done.notes)


def test_the_numbers_of_the_operation_and_of_the_attempt_stand_still(workspace):
    """An inquiry bears both: its own number, and that of what it asks after."""
    body = {"queryType": "1", "origRequestNo": "PT20260301090200000003"}
    (example,) = yaml.safe_load(recorded(workspace, exchange(body=form("LH2001", body))).files[0].read_text("utf-8"))[
        "examples"
    ]
    numbers = {name: example["freeze"].get(name) for name in ("request_no", "attempt_no")}
    assert numbers == {"request_no": "PT20260301090200000003", "attempt_no": "PT20260301091000000004"}


def test_the_drafts_are_read_by_the_runner_and_not_run(workspace):
    recorded(workspace, exchange())
    files, faults = read_examples(workspace / "mappings" / "carriers" / "lotus", workspace)
    assert faults == ()
    assert [(file.examples, [draft.id for draft in file.drafts]) for file in files] == [((), ["recorded-1"])]


def test_what_cannot_be_looked_into_writes_nothing_at_all(workspace):
    unreadable = exchange(reply_body=b"\xff\xfe\x00" * 40)
    with pytest.raises(Undecodable, match="reply 2 cannot be looked into"):
        recorded(workspace, exchange(), unreadable)
    assert [path.name for path in (workspace / "mappings/carriers/lotus/examples").iterdir()] == ["defaults.yaml"]


def test_what_slips_through_is_refused_with_its_place_and_nothing_is_written(workspace):
    hidden = exchange(body=form("LH1003", {"applicant": PERSON, "blob": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0."}))
    with pytest.raises(
        Refused, match=r"policy_issue\.recorded-20260301T011002\.yaml:\d+:\d+: this looks like a signed token"
    ):
        recorded(workspace, hidden)
    assert [path.name for path in (workspace / "mappings/carriers/lotus/examples").iterdir()] == ["defaults.yaml"]


def test_a_file_that_is_there_is_never_written_over(workspace):
    recorded(workspace, exchange())
    with pytest.raises(FileExistsError):
        recorded(workspace, exchange())
    assert len(list((workspace / "mappings/carriers/lotus/examples").iterdir())) == 2


@pytest.mark.parametrize("to", ["https://uat.acme.example", "ftp://127.0.0.1", "http://user:pw@127.0.0.1", "uat"])
def test_a_host_that_nobody_has_allowed_is_not_recorded(to):
    with pytest.raises(NotAllowed):
        allowed_url(to, ("another.example",))


def test_loopback_and_an_allowed_host_are_recorded_and_only_this_machine_may_listen():
    assert allowed_url("http://127.0.0.1:9/x/", ()) == "http://127.0.0.1:9/x"
    assert allowed_url("https://uat.acme.example", ("uat.acme.example",)) == "https://uat.acme.example"
    with pytest.raises(NotAllowed, match="loopback"):
        Recorder("http://127.0.0.1:9", host="0.0.0.0")


async def served(replies: dict[str, tuple[int, bytes]]) -> tuple[web.AppRunner, str, list[tuple[str, bytes]]]:
    seen: list[tuple[str, bytes]] = []

    async def reply(request: web.Request) -> web.Response:
        seen.append((request.raw_path, await request.read()))
        status, body = replies.get(request.path, (404, b"{}"))
        return web.Response(
            status=status, body=body, headers={"Content-Type": "application/json", "Location": "/elsewhere"}
        )

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", reply)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}", seen


async def test_the_proxy_hands_on_bytes_and_raw_targets_and_follows_no_redirect():
    runner, url, seen = await served({"/gateway/a b": (302, b'{"ok": 1.50}')})
    try:
        async with Recorder(url) as proxy, httpx.AsyncClient(trust_env=False) as client:
            got = await client.post(
                f"{proxy.base_url}/gateway/a%20b?x=%2f&y", content=b"\x00\xff body", headers={"X-One": "1"}
            )
            assert (got.status_code, got.content) == (302, b'{"ok": 1.50}')
            (kept,) = proxy.exchanges
        assert seen == [("/gateway/a%20b?x=%2f&y", b"\x00\xff body")]
        assert (kept.method, kept.target, kept.body) == ("POST", "/gateway/a%20b?x=%2f&y", b"\x00\xff body")
        assert (kept.status, kept.reply_body) == (302, b'{"ok": 1.50}')
        assert dict(kept.headers)["X-One"] == "1"
    finally:
        await runner.cleanup()


async def test_a_host_that_does_not_answer_is_a_502_and_no_exchange():
    async with Recorder("http://127.0.0.1:9") as proxy, httpx.AsyncClient(trust_env=False) as client:
        got = await client.get(f"{proxy.base_url}/x")
        assert got.status_code == 502
        assert proxy.exchanges == []
        assert proxy.failed == 1


async def test_the_command_records_a_sandbox_and_keeps_originals_only_outside_and_only_for_their_owner(
    workspace, tmp_path
):
    runner, url, _ = await served({"/gateway": (200, exchange().reply_body)})
    secrets = tmp_path / "secrets.yaml"
    secrets.write_text(f"sign_key: {SECRET}\n")
    raw = tmp_path / "raw"
    words = [
        "record",
        "lotus",
        "--to",
        url,
        "--secrets",
        str(secrets),
        "--count",
        "1",
        "--keep-raw",
        str(raw),
        "--json",
    ]
    try:
        process = await _insurehub(workspace, *words)
        assert process.stderr is not None
        said = (await process.stderr.readline()).decode()
        at = re.search(r"at (http://\S+) until", said)
        assert at is not None, said
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.post(f"{at[1]}/gateway", content=exchange().body, headers=dict(exchange().headers))
        told, more = await asyncio.wait_for(process.communicate(), 30)
    finally:
        await runner.cleanup()
    assert process.returncode == 0, more.decode()
    document = json.loads(told)
    (file,) = document["files"]
    assert re.fullmatch(r"mappings/carriers/lotus/examples/policy_issue\.recorded-\d{8}T\d{6}\.yaml", file)
    assert document["exchanges"][0]["operation"] == "policy.issue"
    assert document["replaced"]["phone"] == 1
    assert not [each for each in SAID if each in told.decode() + more.decode()]
    (kept,) = raw.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_bytes()


async def test_originals_inside_the_workspace_and_a_host_not_allowed_are_wrong_use(workspace):
    for words, what in (
        (["--to", "http://127.0.0.1:9", "--keep-raw", "raw"], b"outside of it"),
        (["--to", "https://uat.lotus.example"], b"--allow uat.lotus.example"),
    ):
        process = await _insurehub(workspace, "record", "lotus", *words)
        _, said = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode == 2
        assert what in said


async def _insurehub(folder: Path, *words: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    command = str(ROOT / ".venv" / "bin" / "insurehub")
    return await asyncio.create_subprocess_exec(command, *words, cwd=folder, stdout=pipe, stderr=pipe)


async def test_scanning_tells_places_alone_and_ends_with_1_where_something_is(workspace, tmp_path):
    file = tmp_path / "kept.json"
    file.write_text('{"a": 1,\n "mobile": "13912345678"}')
    for path, code in ((file, 1), (workspace / "mappings", 0)):
        process = await _insurehub(workspace, "record", "scan", str(path), "--json")
        told, _ = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode == code
        assert b"13912345678" not in told
        assert bool(json.loads(told)["found"]) is bool(code)
    process = await _insurehub(workspace, "record", "scan", str(file))
    told, _ = await asyncio.wait_for(process.communicate(), 30)
    assert f"{file}:2:13: this looks like a mobile number" in told.decode()
