"""The words of the language by the place they stand in, as the loader itself asks for them.

A small carrier that has everything is loaded, and what its readers ask for is written down: a word that is added to the
loader is in the editor's schema without anybody thinking of it.
"""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.mapping.load import load_carrier
from cli.mapping.operations import FILES
from cli.mapping.words import WATCHERS, Words

_FILES = {
    "carrier.yaml": """
format: mapping/1
carrier: { id: sample, name: Sample, version: "1", canonical: insure/2026-01 }
source: { file: a }
transport: { kind: xml, url: "{config.url}", timeout: { total: 1s }, tls: { ca: a } }
security: { token: { grant: login, request: { send: { a: b } }, read: { token: a } } }
defaults: { missing: omit }
limits: { rate_per_s: 1 }
shapes:
  person: { of: Party, fields: { name: { to: Name } }, cases: [{ is: { type: person }, wire: { K: P } }] }
errors: { other: { is: unknown } }
callbacks:
  done:
    of: PolicyIssueResult
    outcome: [{ when: wire.a, is: accepted }, { else: unknown }]
    reply: { http: 200, body: { a: b } }
""",
    "codes.yaml": """
format: mapping/1
enums: { gender: { of: gender, map: { male: a } } }
""",
    "policy_issue.yaml": """
format: mapping/1
idempotency: { kind: none }
inquiry: { operation: policy.get }
steps:
  one:
    operation: policy.issue
    needs: { kind: sms_code }
    request: { of: PolicyIssueRequest }
    response: { outcome: [{ else: unknown }] }
""",
    "policy_get.yaml": """
format: mapping/1
request: { of: PolicyGetRequest }
response:
  of: PolicyGetResult
  outcome: [{ else: unknown }]
  fields: { insureds: { list: I, fields: { ref: { to: No } }, outcome: [{ else: unknown }] } }
""",
    "statement.yaml": """
format: mapping/1
wire: [charset: GBK, pipe: { fields: [a] }]
records: [{ list: lines, kind: issue, fields: { request_no: { to: no } } }]
checks: [{ kinds: [issue], fields: { count: { to: count } } }]
""",
    "wire.schema.yaml": """
format: mapping/1
messages: { policy.get: { request: { A: { type: text } }, steps: { one: { request: { A: {} } } } } }
""",
}

Vocabulary = Mapping[str, frozenset[str]]


def vocabulary() -> Vocabulary:
    """Every place of the language with its words: `row`, `case`, `request`, `carrier.yaml`, `operation`, .."""
    found: dict[str, set[str]] = {}

    def watch(words: Words) -> None:
        found.setdefault(_place(words.what), set()).update(words.asked)

    WATCHERS.append(watch)
    try:
        with TemporaryDirectory(prefix="insurehub-words-") as temporary:
            folder = Path(temporary) / "sample"
            folder.mkdir()
            for name, text in _FILES.items():
                (folder / name).write_text(text, encoding="utf-8")
            load_carrier(folder, folder)
    finally:
        WATCHERS.remove(watch)
    return {place: frozenset(words) for place, words in found.items()}


def _place(what: str) -> str:
    """`row 'name'` and `row 'gender'` are one place."""
    if what in FILES.values():
        return "operation"
    return what.partition(" '")[0]
