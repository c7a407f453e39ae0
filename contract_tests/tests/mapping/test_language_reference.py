"""mappings/LANGUAGE.md keeps its word: every snippet marked in it is checked, generated, run, and gives what it prints.

A fence says after its language what it is: `file=acme/x.yaml` a whole file; `request`, `response`, `outcome`, `wire`,
`carrier`, `operation` a piece that is completed here. Comments `# <=` are bytes that come in, `# =>` what must come out.
"""

import importlib
import json
import re
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from cli.codegen import generate
from cli.mapping.check import check_folder
from cli.mapping.workspace import CarrierFolder
from contract_tests.examples.reading import read_examples
from contract_tests.examples.subject import Subject
from contract_tests.runner.expand import checks_of
from contract_tests.runner.run import failure_text, run_checks
from gateway.model import PolicyIssueRequest
from gateway.settings import load_settings
from gateway.wire import Context, Secret, WireReply

PAGE = Path(__file__).parents[3] / "mappings" / "LANGUAGE.md"
TEXT = PAGE.read_text("utf-8")
PIECES = ("request", "response", "outcome", "wire", "carrier", "operation", "codes")

# What completes a piece. A key the piece says itself is left out here.
CARRIER = {
    "format": "format: mapping/1\n",
    "carrier": 'carrier: { id: ID, name: Sketch, version: "1", canonical: insure/2026-01 }\n',
    "transport": 'transport: { url: "{config.base_url}/api" }\n',
    "wire": "wire: [json: {}, charset: UTF-8]\n",
    "defaults": 'defaults: { timezone: "+08:00", currency: CNY }\n',
    "errors": "errors:\n  A1: { is: declined, code: underwriting.age }\n  other: { is: unknown, code: carrier.unmapped }\n",
}
OPERATION = {
    "format": "format: mapping/1\n",
    "idempotency": "idempotency: { kind: reject_duplicate, key: no }\n",
    "inquiry": "inquiry: { operation: policy.get, by: our_reference, not_found_is_final_after: 60s }\n",
    "request": "request:\n  of: PolicyIssueRequest\n  send: { no: =request_no(9) }\n"
    "  fields: { policyholder.name: { to: holder } }\n",
    "response": "response:\n  of: PolicyIssueResult\n  echo: none\n  outcome: [{ when: wire.ok, is: accepted }, { else: unknown }]\n"
    "  fields: { numbers(kind=policy).no: { to: policyNo } }\n",
}
PIPE = """\
wire:
  - pipe:
      records:
        - { starts: H, fields: [no, holder, { list: covers, fields: [code, sum], between: ";", separator: "," }] }
        - { starts: P, list: persons, fields: [ref, name] }
  - charset: UTF-8
"""
CODED = """\
request:
  of: PolicyIssueRequest
  send: { job: '=lookup("occupation", "miner, underground")', class: '=lookup("occupation", "teacher", "class")' }
  fields: { insureds: { list: p, fields: { relationship_to_policyholder: { to: rel, as: enum(relation) } } }, plan: { to: plan, as: enum(plan_code) } }
"""
QUERY = """\
format: mapping/1
wire: [json: {}, charset: UTF-8]
reply: [charset: UTF-8, json: {}]
request: { of: PolicyGetRequest, send: { no: =request_no(9) } }
response: { of: PolicyGetResult, outcome: [{ when: wire.none, is: declined, code: policy.not_found }, { else: unknown }] }
"""
ORDER = ("format", "carrier", "source", "native", "transport", "wire", "reply", "security", "defaults")
OF_A_WORKING_MAPPING = {"E240"}
"""Codes a piece may have: it maps some fields of its request only."""


@dataclass
class Fence:
    """One fenced block of the page: its language, the words behind it, where it begins, its text."""

    language: str
    words: tuple[str, ...]
    line: int
    text: str
    came: list[str] = field(default_factory=list)
    gives: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.words[0] if self.words else ""

    @property
    def carrier(self) -> str:
        return f"line_{self.line}"


def fences() -> tuple[Fence, ...]:
    found = []
    for match in re.finditer(r"^```(\w+)?([^\n]*)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE):
        language, words, text = match.group(1) or "", tuple(match.group(2).split()), match.group(3)
        fence = Fence(language, words, TEXT.count("\n", 0, match.start()) + 1, text)
        for line in text.splitlines():
            for mark, kept in (("# <= ", fence.came), ("# => ", fence.gives)):
                if line.startswith(mark):
                    kept.append(line.removeprefix(mark))
        found.append(fence)
    return tuple(found)


FENCES = fences()
SKETCHES = tuple(each for each in FENCES if each.kind in PIECES)


def table(name: str) -> list[list[str]]:
    """The rows of the table behind `<!-- name -->`, without the backticks around a cell."""
    _, _, rest = TEXT.partition(f"<!-- {name} -->\n")
    assert rest, f"no table {name}"
    lines = [line for line in rest.split("\n\n")[0].splitlines() if line.startswith("|")]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines[2:]]
    return [[cell.strip().removeprefix("`").removesuffix("`").replace(r"\|", "|") for cell in row] for row in rows]


def sections(text: str) -> dict[str, str]:
    """The top-level keys of a piece of YAML with their lines."""
    found: dict[str, str] = {}
    key = ""
    for line in text.splitlines(keepends=True):
        if line.startswith(("# =>", "# <=")):
            continue
        if named := re.match(r"([a-z_]+):", line):
            key = named.group(1)
        if key:
            found[key] = found.get(key, "") + line
    return found


def indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines() if not line.startswith(("# =>", "# <=")))


def files_of(fence: Fence) -> dict[str, str]:
    """The files of the carrier a piece becomes."""
    carrier, operation = dict(CARRIER), dict(OPERATION)
    said = sections(fence.text)
    if fence.kind in ("carrier", "wire"):
        if "transport" in said and "kind:" in said["transport"]:
            carrier.pop("wire")
        carrier |= said
    elif fence.kind == "codes":
        operation["request"] = CODED
    elif fence.kind == "operation":
        operation |= said
        if "steps" in said:
            operation = {key: text for key, text in operation.items() if key not in ("request", "response")}
    else:
        if "shapes" in said:
            carrier["shapes"] = said.pop("shapes")
        body = indented("".join(said.values()))
        if fence.kind == "request":
            operation["request"] = f"request:\n  of: PolicyIssueRequest\n{body}"
        else:
            more = "" if "outcome" in said else "  outcome: [{ else: unknown }]\n"
            operation["response"] = f"response:\n  of: PolicyIssueResult\n  echo: none\n{more}{body}"
    if "xml" in fence.words:
        carrier["wire"] = "wire: [xml: { root: Req }, charset: UTF-8]\n"
    if "pipe" in fence.words:
        carrier["wire"] = PIPE
        operation["response"] = operation["response"].replace("wire.ok", "wire.no")
        operation["response"] = operation["response"].replace("policyNo", "holder")
    ordered = [*(key for key in ORDER if key in carrier), *(key for key in carrier if key not in ORDER)]
    codes = "format: mapping/1\n" + fence.text if fence.kind == "codes" else whole("acme/codes.yaml")
    return {
        "carrier.yaml": "".join(carrier[key] for key in ordered).replace("id: ID", f"id: {fence.carrier}"),
        "codes.yaml": codes,
        "occupations.csv": whole("occupations.csv"),
        "policy_issue.yaml": "".join(operation.values()),
        "policy_get.yaml": QUERY,
    }


def whole(name: str) -> str:
    return next(each.text for each in FENCES if each.kind == f"file={name}")


SPECIMEN = next(each for each in FENCES if each.kind == "specimen")
REQUEST = msgspec.json.decode(SPECIMEN.text, type=PolicyIssueRequest)
CTX = Context(
    now=datetime(2026, 3, 1, 0, 0, tzinfo=UTC),
    request_no="R00000001",
    attempt_no="A00000001",
    nonce=lambda length: "n0n1n2n3n4n5n6n7"[:length],
    config={"base_url": "https://acme.example", "app_id": "APP1", "host": "10.0.0.9:7001"},
    secrets={
        name: Secret(f"{name}-1")
        for name in ("sign_key", "user", "password", "client_id", "client_secret", "cipher_key_one")
    },
    binding={"product_code": "TA01", "plan_code": {"standard": "S"}},
    token="tok-1",
)


def index_pieces(name: str, kind: str, first: int) -> list[Fence]:
    """The rows of an index, each a piece of a message of its own."""
    return [
        Fence("yaml", (kind,), first + at, "\n".join(f"{line}" for line in row[1].split("<br>")) + "\n")
        for at, row in enumerate(table(name))
    ]


def requests() -> list[Fence]:
    return index_pieces("index", "request", 20_000)


def replies() -> list[Fence]:
    return index_pieces("index of replies", "response", 30_000)


def functions_piece() -> Fence:
    sends = "".join(f"  e{at}: {json.dumps('=' + row[2])}\n" for at, row in enumerate(table("functions")))
    return Fence("yaml", ("request",), 0, f"send:\n{sends}")


def list_pieces() -> list[Fence]:
    return [
        Fence("yaml", ("request",), 10_000 + at, f"fields:\n  insureds: {row[1]}\n")
        for at, row in enumerate(table("list forms"))
    ]


@dataclass
class Page:
    """Every carrier of the page, generated in one folder."""

    root: Path
    said: dict[str, list[str]]
    refused: list[str]

    def module(self, carrier: str, name: str = "policy_issue") -> ModuleType:
        return importlib.import_module(f"adapters.{carrier}.{name}")

    def body(self, fence: Fence) -> str:
        return self.module(fence.carrier).build(REQUEST, CTX).body.decode()


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    root = tmp_path_factory.mktemp("page")
    home = root / "mappings" / "carriers"
    for each in FENCES:
        if each.kind.startswith("file=") and "/" in each.kind:
            write(home / each.kind.removeprefix("file="), each.text)
    for each in (*SKETCHES, functions_piece(), *list_pieces(), *requests(), *replies()):
        for name, text in files_of(each).items():
            write(home / each.carrier / name, text)
    write(root / "contract_tests" / "keys" / "test-only.yaml", "acme: { sign_key: sign_key-1 }\n")
    said = {}
    for folder in sorted(home.iterdir()):
        found = check_folder(CarrierFolder(folder, root)).diagnostics
        said[folder.name] = [
            str(one) for one in found if one.severity == "error" or not folder.name.startswith("line_")
        ]
    refused = [str(one) for one in generate(root).errors]
    sys.path.insert(0, str(root))
    importlib.invalidate_caches()
    yield Page(root, said, refused)
    sys.path.remove(str(root))
    for name in [name for name in sys.modules if name == "adapters" or name.startswith("adapters.")]:
        del sys.modules[name]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def of_kind(*kinds: str) -> Any:
    found = [each for each in SKETCHES if each.kind in kinds and each.gives]
    assert found, kinds
    return pytest.mark.parametrize("fence", found, ids=[f"line {each.line}" for each in found])


def test_everything_the_page_shows_checks_clean(page):
    faults = [text for texts in page.said.values() for text in texts]
    assert [text for text in faults if not any(f"error {code}" in text for code in OF_A_WORKING_MAPPING)] == []


def test_the_whole_carriers_of_the_page_have_not_even_a_warning(page):
    whole_ones = {
        each.kind.removeprefix("file=").split("/")[0]
        for each in FENCES
        if each.kind.startswith("file=") and "/" in each.kind
    }
    assert whole_ones >= {"acme", "birch", "oak"}
    assert {name: page.said[name] for name in whole_ones} == {name: [] for name in whole_ones}


def test_everything_the_page_shows_can_be_generated(page):
    assert page.refused == []


@of_kind("request")
def test_a_request_is_written_as_the_page_prints_it(page, fence):
    assert page.body(fence).splitlines() == fence.gives


def test_a_code_table_and_its_csv_file_give_their_codes(page):
    (fence,) = (each for each in SKETCHES if each.kind == "codes")
    assert json.loads(page.body(fence)) == {
        "job": "0902",
        "class": "1",
        "p": [{"rel": "01"}, {"rel": "03"}],
        "plan": "1",
    }


def test_the_settings_of_the_page_can_be_loaded(tmp_path):
    (fence,) = (each for each in FENCES if each.kind == "settings")
    write(tmp_path / "insurehub.yaml", fence.text)
    channel = load_settings(tmp_path, {"ACME_SIGN_KEY": "k"}).channels["acme_main"]
    assert (channel.config["app_id"], channel.secrets["sign_key"].reveal()) == ("APP1", "k")


@of_kind("response")
def test_a_reply_is_read_as_the_page_prints_it(page, fence):
    assert [read(page, fence, body) for body in fence.came] == fence.gives


def read(page: Page, fence: Fence, body: str) -> str:
    found = page.module(fence.carrier).parse(WireReply(status=200, body=body.encode()), REQUEST, CTX)
    return msgspec.json.encode(found.result).decode()


@of_kind("outcome")
def test_a_reply_is_classified_as_the_page_prints_it(page, fence):
    assert [classified(page, fence, line) for line in fence.came] == fence.gives


def classified(page: Page, fence: Fence, line: str) -> str:
    status, _, body = line.partition(" ")
    reply = WireReply(status=int(status), headers=(("Retry-After", "7"),), body=body.encode())
    found = page.module(fence.carrier).parse(reply, REQUEST, CTX).outcome
    named = {name: getattr(found, name) for name in ("code", "then", "every_s", "for_s", "after_s", "text")}
    return " ".join([found.kind, *(f"{name}={value}" for name, value in named.items() if value is not None)])


@of_kind("wire", "carrier")
def test_a_request_leaves_with_the_bytes_the_page_prints(page, fence):
    printed = "\n".join(sent(page.module(fence.carrier))).replace("\r\n", "\n")
    assert printed.split("\n") == fence.gives


def sent(module: ModuleType) -> list[str]:
    request = module.build(REQUEST, CTX)
    headers = [f"{name}: {value}" for name, value in request.headers]
    declared = re.search("charset=([A-Za-z0-9-]+)", "".join(headers))
    body = request.body.decode(declared[1] if declared else "utf-8")
    lines = body.removesuffix("\r\n").split("\r\n") if "multipart/" in "".join(headers) else [body]
    return [f"{request.method} {request.url}", *headers, *lines]


def test_the_minimal_carrier_sends_and_reads_what_the_page_prints(page):
    module = page.module("acme")
    request, reply = (next(each for each in FENCES if each.kind == kind) for kind in ("sent", "reply"))
    assert sent(module) == [line for line in request.text.splitlines() if line]
    came, gives = reply.text.splitlines()
    found = module.parse(WireReply(status=200, body=came.encode()), REQUEST, CTX)
    assert found.outcome.kind == "accepted"
    assert msgspec.json.encode(found.result).decode() == gives


def test_the_examples_of_the_page_pass_as_contract_tests(page):
    folder = page.root / "mappings" / "carriers" / "acme"
    files, faults = read_examples(folder, page.root)
    assert [str(each) for each in faults] == []
    checks = [check for file in files for check in checks_of(file, Subject(folder, page.root), 0)]
    verdicts = run_checks(checks)
    assert len(verdicts) > len(files[0].examples)
    assert [failure_text(each, "") for each in verdicts if not each.passed] == []


def test_every_function_gives_what_its_row_says(page):
    body = json.loads(page.body(functions_piece()), parse_float=Decimal)
    rows = table("functions")
    got = {row[2]: body.get(f"e{at}") for at, row in enumerate(rows)}
    assert got == {row[2]: json.loads(row[3], parse_float=Decimal) for row in rows}


@pytest.mark.parametrize("at", range(len(table("list forms"))))
def test_every_form_of_a_list_is_written_as_its_row_says(page, at):
    assert page.body(list_pieces()[at]) == table("list forms")[at][2]


@pytest.mark.parametrize("at", range(len(table("index"))))
def test_what_the_index_says_for_requests_is_what_is_sent(page, at):
    assert page.body(requests()[at]) == table("index")[at][2]


@pytest.mark.parametrize("at", range(len(table("index of replies"))))
def test_what_the_index_says_for_replies_is_what_is_read(page, at):
    came, _, gives = table("index of replies")[at]
    assert read(page, replies()[at], came.partition("`")[0]) == gives
