"""`insurehub show CARRIER OPERATION --example ID`: an author sees every byte that leaves, before any is expected."""

import json
from pathlib import Path

import pytest

from contract_tests.examples.flow import play
from contract_tests.runner import Subject

ROOT = Path(__file__).parents[3]
EXAMPLES = "mappings/carriers/acme/examples/policy_issue.yaml"


def sent(workspace, example="issued"):
    subject = Subject(workspace / "mappings" / "carriers" / "acme", workspace)
    (found,) = [each for file in subject.files for each in file.examples if each.id == example]
    return play(found, subject).played[0].wire


def test_every_byte_that_leaves_is_shown_and_what_the_reply_says(workspace, insurehub):
    shown = insurehub(workspace, "show", "acme", "policy.issue", "--example", "issued")
    wire = sent(workspace)
    assert shown.code == 0
    assert shown.out.startswith(f"POST {wire.url}\n")
    assert f"\n\n{wire.body.decode()}\n" in shown.out
    assert all(f"{name}: {value}\n" in shown.out for name, value in wire.headers)
    assert "\n=> accepted\n" in shown.out


def test_an_example_need_not_say_yet_what_is_sent(workspace, insurehub):
    path = workspace / EXAMPLES
    head, _, _ = path.read_text().partition("examples:\n")
    draft = "examples:\n  - id: first\n    provenance: { kind: hand, source: draft }\n    given: {}\n    canonical: CANONICAL\n"
    canonical = (
        "{ client_ref: o-1, product: personal-accident@1, plan: standard, expected_premium: { amount: 100, currency: CNY },"
        " policyholder: { type: person, name: 张三, gender: male, birth_date: '1990-03-07',"
        " phones: [{ number: '13800000001' }], id_docs: [{ type: passport, number: E1 }] },"
        " period: { start: '2026-04-01T00:00:00+08:00', end: '2026-04-02T00:00:00+08:00' } }"
    )
    path.write_text(
        head
        + draft.replace("CANONICAL", canonical)
        + "    response: { status: 500 }\n    expect: { outcome: unknown }\n"
    )
    shown = insurehub(workspace, "show", "acme", "policy.issue", "--example", "first", "--json")
    assert shown.err == ""
    (step,) = json.loads(shown.out)
    assert json.loads(step["body"])["holder"]["name"] == "张三"
    assert step["outcome"]["kind"] == "unknown"


def test_an_example_that_cannot_be_read_is_told_with_its_fault(workspace, insurehub):
    path = workspace / EXAMPLES
    path.write_text(path.read_text().replace("    canonical:\n", "    canonicle:\n", 1))
    shown = insurehub(workspace, "show", "acme", "policy.issue", "--example", "issued")
    assert "canonicle" in shown.err


def test_what_cannot_be_sent_says_why(workspace, insurehub):
    path = workspace / EXAMPLES
    path.write_text(path.read_text().replace("name: 张三", f"name: {'张' * 21}"))
    shown = insurehub(workspace, "show", "acme", "policy.issue", "--example", "issued")
    assert "cannot be sent" in shown.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("policy.issue", "--example", "isued"), "has no example 'isued'"),
        (("policy.isue", "--example", "issued"), "has no operation 'policy.isue'"),
    ],
)
def test_an_example_that_is_not_there_is_refused_by_name(workspace, insurehub, words, said):
    shown = insurehub(workspace, "show", "acme", *words)
    assert shown.code != 0
    assert said in shown.err


def test_an_adapter_that_is_older_than_its_mapping_shows_nothing(workspace, insurehub):
    path = workspace / "mappings/carriers/acme/policy_issue.yaml"
    path.write_text(path.read_text().replace("payMode: monthly", "payMode: yearly"))
    shown = insurehub(workspace, "show", "acme", "policy.issue", "--example", "issued")
    assert "is not what its mapping gives now" in shown.err
    assert shown.out == ""


def test_what_is_encrypted_is_shown_as_it_is_inside(insurehub):
    shown = insurehub(ROOT, "show", "jade", "policy.issue", "--example", "three", "--json")
    (step, *_) = json.loads(shown.out)
    assert "<" in step["inside"] or "{" in step["inside"]
    assert step["inside"] not in step["body"]
    told = insurehub(ROOT, "show", "jade", "policy.issue", "--example", "three").out
    assert f"\ninside: {step['inside']}\n" in told
