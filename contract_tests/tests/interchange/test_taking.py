"""Other tools' files: taken in as drafts with nobody in them, or refused with the place of what is wrong."""

import base64
import json
import shutil
from pathlib import Path

import pytest
import yaml

from contract_tests.examples.reading import read_examples
from contract_tests.interchange import places
from contract_tests.interchange.pact import pact_of
from contract_tests.interchange.places import BadFile
from contract_tests.interchange.taking import taken
from contract_tests.tests.cli.conftest import insurehub  # noqa: F401 - the command line as a person calls it

ROOT = Path(__file__).parents[3]
BODY = '{"request":[{"policy_type":"event_ticket_protection"}],"currency":"GBP","policyholder":{"first_name":"Melanie","last_name":"Martinez","email":"melanie@bank.co.uk"}}'
REPLY = '{"id":"AAAAA-BBBBB-INS","status":"RECEIVED","total_price":2.10,"note":"for Melanie Martinez"}'
TARGET = "/xcover/partners/LLODT/quotes/"
URL = f"https://staging.xcover.example{TARGET}"
SIGNED = 'Signature keyId="LLODT-KEY-1",algorithm="hmac-sha512",headers="date",signature="c2VjcmV0LW9mLXNhbmRib3g="'
HEADERS = {"Date": "Fri, 01 Oct 2021 00:00:00 GMT", "Authorization": SIGNED, "Content-Type": "application/json"}


def har():
    headers = [{"name": name, "value": value} for name, value in HEADERS.items()]
    request = {
        "method": "POST",
        "url": URL,
        "headers": headers,
        "postData": {"mimeType": "application/json", "text": BODY},
    }
    content = {"mimeType": "application/json", "text": base64.b64encode(REPLY.encode()).decode(), "encoding": "base64"}
    response = {"status": 201, "headers": [{"name": "Content-Type", "value": "application/json"}], "content": content}
    aborted = {"request": request, "response": {"status": 0, "headers": [], "content": {}}}
    return {
        "log": {
            "entries": [
                {"startedDateTime": "2021-10-01T00:00:01.5Z", "request": request, "response": response},
                aborted,
            ]
        }
    }


def postman():
    header = [{"key": name, "value": value} for name, value in HEADERS.items()]
    request = {
        "method": "POST",
        "header": header,
        "url": {"raw": "{{base}}/quotes/"},
        "body": {"mode": "raw", "raw": BODY},
    }
    reply = {"name": "quoted", "originalRequest": request, "code": 201, "header": [], "body": REPLY}
    folder = {"name": "quotes", "item": [{"name": "quote", "request": request, "response": [reply]}]}
    base = "https://staging.xcover.example/xcover/partners/{{partner}}"
    variable = [{"key": "base", "value": base}, {"key": "partner", "value": "LLODT"}]
    event = [{"listen": "prerequest", "script": {"exec": ["throw new Error('never run')"]}}]
    return {"info": {"name": "x"}, "item": [folder], "variable": variable, "event": event}


def pact():
    request = {
        "method": "POST",
        "path": TARGET,
        "headers": HEADERS,
        "body": {"content": json.loads(BODY), "encoded": False},
    }
    response = {
        "status": 201,
        "headers": {"Content-Type": ["application/json"]},
        "body": {"content": json.loads(REPLY)},
    }
    return {"interactions": [{"type": "Synchronous/HTTP", "request": request, "response": response},
                             {"type": "Asynchronous/Messages", "contents": {}}]}  # fmt: skip


OPENAPI = f"""\
openapi: 3.1.0
paths:
  {TARGET}:
    post:
      requestBody:
        content: {{ application/json: {{ examples: {{ fine: {{ value: {BODY} }} }} }} }}
      responses:
        "201": {{ description: ok, content: {{ application/json: {{ examples: {{ fine: {{ value: {REPLY} }} }} }} }} }}
"""

FILES = {"har": json.dumps(har()), "postman": json.dumps(postman()), "pact": json.dumps(pact()), "openapi": OPENAPI}


@pytest.fixture
def workspace(tmp_path):
    folder = tmp_path / "ws" / "mappings" / "carriers" / "xcover"
    (folder / "examples").mkdir(parents=True)
    source = ROOT / "mappings" / "carriers" / "xcover"
    for path in (*source.glob("*.yaml"), source / "examples" / "defaults.yaml"):
        shutil.copy(path, folder / path.relative_to(source))
    return tmp_path / "ws"


@pytest.mark.parametrize("kind", sorted(FILES))
def test_an_exchange_becomes_a_draft_with_its_provenance_and_nobody_in_it(kind, workspace, tmp_path, insurehub):  # noqa: F811
    file = tmp_path / f"session.{kind}"
    file.write_text(FILES[kind])
    ended = insurehub(workspace, "import", kind, str(file), "--carrier", "xcover", "--json")
    assert ended.code == 0, ended.err
    (name,) = json.loads(ended.out)["files"]
    text = (workspace / name).read_text("utf-8")
    for gone in ("Melanie", "Martinez", "melanie@bank", "LLODT", "c2VjcmV0LW9mLXNhbmRib3g"):
        assert gone not in text
        assert gone not in ended.out
    (example,) = yaml.safe_load(text)["examples"]
    assert example["draft"] is True
    assert (example["provenance"]["kind"], example["provenance"]["source"]) == ("imported", f"{kind} session.{kind}")
    assert example["request"]["target"] == "/xcover/partners/TESTP/quotes/"
    assert json.loads(example["request"]["body"])["policyholder"]["email"] == "person1@example.com"
    assert json.loads(example["response"]["body"])["total_price"] == 2.1
    assert example["response"]["status"] == 201
    files, faults = read_examples(workspace / "mappings" / "carriers" / "xcover", workspace)
    assert faults == ()
    assert [len(each.drafts) for each in files] == [1]


def test_what_we_export_to_pact_is_what_we_take_in(subject_of, plays, tmp_path):
    file = tmp_path / "pact.json"
    file.write_text(json.dumps(pact_of(subject_of("lotus"), subject_of("lotus").files)))
    found = taken("pact", file)
    assert len(found) == len(plays("lotus"))
    for got, wanted in zip(found, plays("lotus").values(), strict=True):
        reply = wanted.exchange.reply.reply
        assert (got.method, got.target) == (wanted.request.method.value, wanted.request.target.value)
        assert got.body == wanted.request.body.value
        assert (got.status, got.reply_body) == (reply.status, reply.body)


def deep(levels):
    return '{"log":{"entries":' + "[" * levels + "]" * levels + "}}"


BROKEN = {
    "no json": ('{"log": {"entries": [}}', r":1:22: this is no JSON|:1:22: "),
    "a line of it": ('{"log":\n {"entries":\n  7}}', r":3:3: 'log\.entries' must be a list"),
    "nothing in it": ('{"log": {}}', r":1:9: 'log\.entries' must be a list"),
    "too deep": (deep(200), r":1:\d+: deeper than 60"),
    "a name twice": ('{"log": 1, "log": 2}', r":1:12: this name stands twice"),
    "more behind": ('{"log": {"entries": []}} x', r":1:26: there is more"),
    "a constant of none": ('{"log": NaN}', r":1:9: this is no JSON"),
    "an odd status": (json.dumps(har()).replace('"status": 201', '"status": 99999'), r":1:\d+: a status is a number"),
    "an odd url": (json.dumps(har()).replace("https://staging", "file://staging"), r":1:\d+: a URL of http"),
    "no base64": (json.dumps(har()).replace('"text": "eyJpZCI6', '"text": "*'), r":1:\d+: this is no Base 64"),
    "half a character in a name": ('{"log": {"entries": [], "\\ud800": 1}}', r":1:25: half a character"),
    "half a character in a text": ('{"log": "\\udc00"}', r":1:9: half a character"),
    "no exchange": ('{"log": {"entries": []}}', r"no request with a reply"),
}


@pytest.mark.parametrize("what", sorted(BROKEN))
def test_a_file_that_is_wrong_is_refused_with_the_place(what, tmp_path):
    text, told = BROKEN[what]
    (tmp_path / "a.har").write_text(text)
    with pytest.raises(BadFile, match=rf"a\.har.*({told})"):
        taken("har", tmp_path / "a.har")


def test_size_and_number_are_bounded(tmp_path, monkeypatch):
    file = tmp_path / "a.har"
    file.write_text(json.dumps(har()))
    monkeypatch.setattr(places, "FILE_BYTES_MAX", 100)
    with pytest.raises(BadFile, match="longer than 100 bytes"):
        taken("har", file)
    monkeypatch.undo()
    monkeypatch.setattr(places, "VALUES_MAX", 20)
    with pytest.raises(BadFile, match="more than 20 values"):
        taken("har", file)
    monkeypatch.undo()
    many = har()
    many["log"]["entries"] = many["log"]["entries"][:1] * 501
    file.write_text(json.dumps(many))
    with pytest.raises(BadFile, match="more than 500 exchanges"):
        taken("har", file)


def test_folders_of_folders_and_bodies_of_files_are_bounded_and_named(tmp_path):
    file = tmp_path / "a.json"
    inner = {"item": []}
    for _ in range(25):
        inner = {"item": [inner]}
    file.write_text(json.dumps(inner))
    with pytest.raises(BadFile, match="folders deeper than 20"):
        taken("postman", file)
    found = postman()
    found["item"][0]["item"][0]["response"][0]["originalRequest"]["body"] = {
        "mode": "file",
        "file": {"src": "/etc/passwd"},
    }
    file.write_text(json.dumps(found))
    with pytest.raises(BadFile, match="a body of mode 'file' is not taken in"):
        taken("postman", file)


@pytest.mark.timeout(60)
def test_variables_that_multiply_are_told_before_the_memory_is_full(tmp_path):
    file = tmp_path / "a.json"
    found = postman()
    saved = found["item"][0]["item"][0]["response"][0]["originalRequest"]
    saved["body"] = {"mode": "raw", "raw": "{{long}}" * 100_000}
    found["variable"] = [{"key": "long", "value": "x" * 1_000_000}]
    file.write_text(json.dumps(found))
    with pytest.raises(BadFile, match=r"a\.json:1:\d+: its variables make more than 10485760 characters"):
        taken("postman", file)
    found["variable"] = [{"key": "long", "value": "{{long}}{{long}}"}]
    saved["body"]["raw"] = "{{long}}"
    file.write_text(json.dumps(found))
    assert taken("postman", file)[0].body == b"{{long}}" * 2**5


def test_the_command_exports_and_says_what_it_does_not_know(tmp_path, insurehub):  # noqa: F811
    ended = insurehub(ROOT, "test", "xcover", "--export", "pact", str(tmp_path / "pacts"), "--json")
    assert ended.code == 0
    document = json.loads(ended.out)
    (file,) = document["files"]
    assert Path(file).name == "insurehub-xcover.json"
    assert len(json.loads(Path(file).read_text())["interactions"]) == document["exchanges"]["xcover"] > 20
    wrong = insurehub(ROOT, "test", "xcover", "--export", "soapui", str(tmp_path))
    assert wrong.code == 2
    assert "pact, wiremock" in wrong.err
