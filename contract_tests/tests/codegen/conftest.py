"""A workshop: mapping text in, imported adapter modules out, all in a folder of the test's own."""

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from cli.codegen import Report, generate
from cli.mapping.check import check_folder
from cli.mapping.workspace import CarrierFolder
from gateway.model import Money, Party, PolicyIssueRequest
from gateway.wire import Context, Reply, Secret, WireReply

collect_ignore = ["golden"]

HEAD = "format: mapping/1\n"

CARRIER = """\
carrier: { id: ID, name: Test Insurance, version: "1", canonical: insure/2026-01 }
transport: { kind: rest-json, url: "{config.base_url}/api", timeout: { connect: 1s, total: 5s } }
defaults: { timezone: "+08:00" }
errors:
  E1: { is: declined, code: underwriting.age, zh: 年龄不符, field: insureds }
  "B*": { is: not_executed, code: carrier.busy, after: 5s, because: clause 4 }
  other: { is: unknown, code: carrier.unmapped, alert: true }
"""

OPERATION = """\
idempotency: { kind: reject_duplicate, key: no }
inquiry: { operation: policy.get, visibility_lag: 30s, not_found_is_final_after: 10m }
request:
  of: PolicyIssueRequest
  send: { no: =request_no(20) }
  fields: { policyholder.name: { to: holder } }
response:
  of: PolicyIssueResult
  correlate: { request_no: no }
  outcome: [{ when: wire.ok == "1", is: accepted }, { when: wire.code, by_code: wire.code }, { else: unknown }]
  fields:
    numbers(kind=policy).no: { to: policyNo }
    premium.gross: { to: prem, as: money(yuan) }
"""


BOTH = """\
idempotency: {{ kind: reject_duplicate, key: no }}
inquiry: {{ operation: policy.get, not_found_is_final_after: 10m }}
request:
  of: PolicyIssueRequest
{rows}response:
  of: PolicyIssueResult
  outcome: [{{ when: wire.ok == "no", is: declined }}, {{ http: 200, is: accepted }}, {{ else: unknown }}]
{reply}"""


class Workshop:
    """Makes carriers out of mapping text and imports what is generated for them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, carrier: str, files: Mapping[str, str]) -> None:
        folder = self.root / "mappings" / "carriers" / carrier
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(HEAD + text.replace("id: ID", f"id: {carrier}"), encoding="utf-8")

    def generate(self, carrier: str, files: Mapping[str, str]) -> Report:
        self.write(carrier, files)
        return generate(self.root, [carrier])

    def made(self, carrier: str, files: Mapping[str, str]) -> "Made":
        report = self.generate(carrier, files)
        assert not report.errors, "\n".join(str(fault) for fault in report.errors)
        return Made(self.root, carrier)

    def said(self, carrier: str, files: Mapping[str, str], code: str = "") -> list[str]:
        """What the check says of a carrier, of all codes or of one, before anything is generated."""
        self.write(carrier, files)
        folder = CarrierFolder(self.root / "mappings" / "carriers" / carrier, self.root)
        return [str(fault) for fault in check_folder(folder).diagnostics if code in fault.code]

    def refused(self, carrier: str, files: Mapping[str, str]) -> list[str]:
        return [str(fault) for fault in self.generate(carrier, files).errors]


class Made:
    """The generated modules of one carrier."""

    def __init__(self, root: Path, carrier: str) -> None:
        self.root, self.carrier = root, carrier
        # A test may generate one carrier twice: what was imported before is forgotten.
        for known in [known for known in sys.modules if known.startswith(f"adapters.{carrier}")]:
            del sys.modules[known]
        importlib.invalidate_caches()

    def module(self, name: str) -> ModuleType:
        return importlib.import_module(f"adapters.{self.carrier}.{name}")

    def source(self, name: str) -> str:
        return (self.root / "adapters" / self.carrier / f"{name}.py").read_text(encoding="utf-8")


class Both:
    """One table of rows, used as a request and as a reply: what is sent, and what is read of it."""

    def __init__(self, made: Made, ctx: Context) -> None:
        self.made, self.ctx = made, ctx
        self.module = made.module("policy_issue")

    def sent(self, **fields: Any) -> dict[str, Any]:
        return self.module.message(self.request(**fields), self.ctx)

    def body(self, **fields: Any) -> bytes:
        return self.module.build(self.request(**fields), self.ctx).body

    def read(self, wire: Any, **fields: Any) -> Reply:
        body = wire if isinstance(wire, bytes) else self.encode(wire)
        return self.module.parse(WireReply(status=200, body=body), self.request(**fields), self.ctx)

    encode = staticmethod(msgspec.json.Encoder(decimal_format="number").encode)

    @staticmethod
    def request(**fields: Any) -> PolicyIssueRequest:
        known = {
            "policyholder": Party(name="张三"),
            "expected_premium": Money(amount=1, currency="CNY"),
            "product": "p@1",
        }
        return PolicyIssueRequest(client_ref="o", **{**known, **fields})


@pytest.fixture
def both(workshop: Workshop, carrier_yaml: str, ctx: Context) -> Callable[..., Both]:
    """`both(rows)`: the rows of a message, sent and read; `shapes`, `codes`, `transport` as the mapping has them."""

    def make(
        rows: str, *, shapes: str = "", codes: str = "", transport: str = "kind: rest-json", reply: str | None = None
    ) -> Both:
        carrier = carrier_yaml.replace("kind: rest-json", transport) + shapes
        operation = BOTH.format(rows=rows, reply=rows if reply is None else reply)
        files = {"carrier.yaml": carrier, "policy_issue.yaml": operation}
        return Both(workshop.made("both_ways", files | ({"codes.yaml": codes} if codes else {})), ctx)

    return make


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    sys.path.insert(0, str(tmp_path))
    importlib.invalidate_caches()
    yield Workshop(tmp_path)
    sys.path.remove(str(tmp_path))
    for name in [name for name in sys.modules if name == "adapters" or name.startswith("adapters.")]:
        del sys.modules[name]


@pytest.fixture
def carrier_yaml() -> str:
    return CARRIER


@pytest.fixture
def operation_yaml() -> str:
    return OPERATION


@pytest.fixture
def ctx() -> Context:
    return Context(
        now=datetime(2026, 3, 1, 0, 0, tzinfo=UTC),
        request_no="R" * 26,
        attempt_no="A" * 26,
        nonce=lambda length: "n" * length,
        config={"base_url": "https://carrier.test"},
        secrets={"key": Secret("k-1"), "user": Secret("u-1")},
        binding={"product_code": "P1"},
    )


@pytest.fixture
def reply_of() -> Any:
    def make(body: str | bytes, status: int = 200, **headers: str) -> WireReply:
        raw = body if isinstance(body, bytes) else body.encode()
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        return WireReply(status=status, headers=named, body=raw)

    return make


FRAGMENT = """\
idempotency: {{ kind: query_only }}
inquiry: {{ operation: policy.get, not_found_is_final_after: 10m }}
{call}request:
  of: PolicyIssueRequest
{request}response:
  of: PolicyIssueResult
  echo: none
  outcome:
{outcome}{reply}"""

ACCEPTED = "    - { http: 200, is: accepted }\n    - { else: unknown }\n"


class Fragment:
    """A piece of a carrier's message: the bytes of a request, and what a reply says."""

    def __init__(self, made: Made, ctx: Context) -> None:
        self.module, self.ctx, self.made = made.module("policy_issue"), ctx, made

    def sent(self, **canonical: Any) -> str:
        return self.module.build(self.request(**canonical), self.ctx).body.decode(self.charset)

    charset = "utf-8"

    @staticmethod
    def request(**canonical: Any) -> PolicyIssueRequest:
        known = {
            "client_ref": "o-1",
            "product": "p@1",
            "policyholder": {"name": "张三"},
            "expected_premium": {"amount": 12345, "currency": "CNY"},
        }
        return msgspec.convert(known | canonical, PolicyIssueRequest)

    def read(self, body: str | bytes, **canonical: Any) -> Reply:
        raw = body if isinstance(body, bytes) else body.encode(self.charset)
        reply: Reply = self.module.parse(WireReply(status=200, body=raw), self.request(**canonical), self.ctx)
        return reply

    def result(self, body: str | bytes, **canonical: Any) -> Any:
        """The canonical result of a reply that is read without a problem, as plain data."""
        reply = self.read(body, **canonical)
        assert reply.problems == ()
        assert reply.unmapped == ()
        return msgspec.json.decode(msgspec.json.encode(reply.result))


@pytest.fixture
def fragment(workshop: Workshop, ctx: Context) -> Callable[..., Fragment]:
    """`fragment(request, reply, wire=..)`: a carrier made of rows of both, with its layers, shapes and tables."""

    def make(
        request: str, reply: str, *, wire: str = "wire: [json: {}]\n", more: str = "", codes: str = "",
        outcome: str = ACCEPTED, call: str = "", defaults: str = 'timezone: "+08:00", currency: CNY',
    ) -> Fragment:  # fmt: skip
        carrier = (
            'carrier: { id: ID, name: Fragment, version: "1", canonical: insure/2026-01 }\n'
            'transport: { url: "{config.base_url}/api" }\n'
            f"{wire}defaults: {{ {defaults} }}\n{more}"
            "errors: { other: { is: unknown, code: carrier.unmapped } }\n"
        )
        operation = FRAGMENT.format(request=request, reply=reply, outcome=outcome, call=call)
        files = {"carrier.yaml": carrier, "policy_issue.yaml": operation} | ({"codes.yaml": codes} if codes else {})
        return Fragment(workshop.made("piece", files), ctx)

    return make
