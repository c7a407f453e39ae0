"""Every check fails when what it guards is changed, in the example or in the generated module."""

import json
from pathlib import Path

import httpx
import pytest

from contract_tests.runner import Subject, checks_of, failure_text, missing_of, read_examples, run_check
from gateway.transport import CarrierTransport

ISSUE = "examples/policy_issue.yaml"
GET = "examples/policy_get.yaml"
CALLBACKS = "examples/callbacks.yaml"


def test_the_unchanged_examples_pass_at_every_level_and_nothing_is_missing(room):
    verdicts = room.verdicts(level=2)
    assert [each.check.id for each in verdicts if not each.passed] == []
    assert all(each.compared > 0 for each in verdicts)
    assert missing_of(room.subject, read_examples(room.folder, room.root)[0]) == ()


def test_a_callback_without_a_signature_needs_no_forged_example(room):
    def wanted():
        subject = Subject(room.folder, room.root)
        return {each.what for each in missing_of(subject, read_examples(room.folder, room.root)[0])}

    room.change("examples/callbacks.yaml", "genuine: false", "matched: true")
    assert "callback issued has no forged example" in wanted()
    room.change("carrier.yaml", "    verify: same\n", "    verify: none\n")
    assert "callback issued has no forged example" not in wanted()


def test_a_carrier_without_frozen_cases_misses_them_and_so_does_an_operation_of_which_none_are_frozen(room):
    def missing():
        subject = Subject(room.folder, room.root)
        return [str(each) for each in missing_of(subject, read_examples(room.folder, room.root)[0])]

    lock, command = room.folder / "contract.lock.json", "insurehub test rowan --update-lock"
    told = json.loads(lock.read_text("utf-8"))
    del told["cases"]["policy_get.yaml"]
    lock.write_text(json.dumps(told), "utf-8")
    assert missing() == [f"mappings/carriers/rowan/{GET}:1 missing: frozen cases of these examples: {command}"]
    lock.unlink()
    assert missing() == [f"mappings/carriers/rowan/contract.lock.json:1 missing: frozen cases: {command}"]


def test_a_signature_without_a_known_answer_of_the_carrier_misses_one(room):
    def missing():
        subject = Subject(room.folder, room.root)
        found = missing_of(subject, read_examples(room.folder, room.root)[0])
        return [each.what.partition(" (")[0] for each in found]

    of_ours, of_theirs = (f"no known answer of the signature of {what}" for what in ("what is sent", "a reply"))
    answers = "vectors/sign.kat.yaml"
    room.change(answers, "layer: verify", "layer: sign")
    assert missing() == [of_theirs]
    room.change(answers, "kind: spec", "kind: hand")
    assert missing() == [of_ours, of_theirs]
    (room.folder / answers).unlink()
    assert missing() == [of_ours, of_theirs]


def test_the_same_names_are_given_to_the_same_checks(room):
    names = {each.check.id.partition("::")[2] for each in room.verdicts(level=2)}
    assert names >= {
        "basic::request-bytes",
        "basic::outcome",
        "basic::reply",
        "basic::client-stack",
        "basic::mock",
        "basic::freshness",
        "basic::unreadable-reply",
        "basic::cut-reply",
        "basic::tampered-reply",
        "too-old::error-row-SLOW_DOWN",
        "too-old::unknown-code",
        "name-too-long::cannot-send",
        "reset-after-commit::fault-commit_then_rst",
        "reset-after-commit::fault-commit_then_rst-socket",
        "issued::callback",
        "issued::callback-answer",
        "issued::callback-tampered",
    }


@pytest.mark.parametrize(
    ("file", "old", "new", "failed"),
    [
        (ISSUE, 'name: 张三 }, premium: "1.00" } }', 'name: 张三 }, premium: "1.01" } }', "basic/request-bytes"),
        (ISSUE, "plan: basic, holder", "holder: { name: 张三 }, plan: basic, was", "basic/request-bytes"),
        (ISSUE, "target: /issue", "target: /issue?x=1", "basic/request-bytes"),
        (ISSUE, "method: POST", "method: PUT", "basic/request-bytes"),
        (ISSUE, "X-Sign: 40efa9669", "X-Sign: 50efa9669", "basic/request-bytes"),
        (ISSUE, "X-Partner: P1", "X-Partner: P2", "basic/request-bytes"),
        (ISSUE, "X-Partner: P1", "X-Missing: P1", "basic/request-bytes"),
        (ISSUE, "no: P000001 }], premium", "no: P000002 }], premium", "basic/reply"),
        (ISSUE, "amount: 100, currency: CNY } } }", "amount: 101, currency: CNY } } }", "basic/reply"),
        (ISSUE, "amount: 100, currency: CNY } } }", 'amount: "100", currency: CNY } } }', "basic/reply"),
        (ISSUE, ", premium: { gross: { amount: 100, currency: CNY } } }", " }", "basic/reply"),
        (ISSUE, "canonical: { numbers", "canonical: { status: in_force, numbers", "basic/reply"),
        (ISSUE, "outcome: accepted", "outcome: pending", "basic/outcome"),
        (ISSUE, "outcome: declined, code: underwriting.age", "outcome: refused, code: underwriting.age", "too-old/outcome"),
        (ISSUE, "code: underwriting.age", "code: underwriting.refused", "too-old/outcome"),
        (ISSUE, "carrier_code: AGE", "carrier_code: YOUTH", "too-old/outcome"),
        (ISSUE, "X-Sign: cbc02790c", "X-Sign: dbc02790c", "basic/outcome"),
        (ISSUE, '"order":"R000000001","no"', '"order":"R000000002","no"', "basic/outcome"),
        (ISSUE, "the carrier allows 40", "the carrier allows 41", "name-too-long/cannot-send"),
        (CALLBACKS, "event_id: E0001", "event_id: E0002", "issued/callback"),
        (CALLBACKS, "correlate: { request_no: R000000001 }", "correlate: { request_no: R000000002 }", "issued/callback"),
        (CALLBACKS, "no: P000001 }] }", "no: P000009 }] }", "issued/callback"),
        (CALLBACKS, '\'{"ok":true}\'', '\'{"ok":false}\'', "issued/callback-answer"),
        (CALLBACKS, "expect: { genuine: false }", "expect: { genuine: true }", "forged/callback"),
    ],
)  # fmt: skip
def test_a_changed_example_fails(room, file, old, new, failed):
    assert failed in room.change(file, old, new).failed()


@pytest.mark.parametrize(
    ("fault", "expect", "failed"),
    [
        ("next: resend }\n  - id: cut", "next: inquiry }\n  - id: cut", "reset-after-commit/fault-commit_then_rst"),
        ("next: resend }\n  - id: cut", "must_not: resend }\n  - id: cut", "reset-after-commit/fault-commit_then_rst"),
        ("outcome: not_executed", "outcome: unknown", "refused-connection/fault-refuse"),
    ],
)
def test_a_wrong_word_about_a_fault_fails_in_memory_and_on_the_socket(room, fault, expect, failed):
    found = room.change(ISSUE, fault, expect).failed(level=2)
    assert {failed, f"{failed}-socket"} <= found


@pytest.mark.parametrize(
    ("module", "old", "new", "failed"),
    [
        ("policy_issue", 'wire["plan"]', 'wire["plans"]', "basic/request-bytes"),
        ("policy_issue", '"POST"', '"PUT"', "basic/request-bytes"),
        ("policy_issue", "number_cut(ctx.request_no, 10)", "number_cut(ctx.request_no, 9)", "basic/request-bytes"),
        ("policy_issue", "OutcomeKind.accepted", "OutcomeKind.pending", "basic/outcome"),
        ("policy_issue", "status == 201", "status == 200", "basic/outcome"),
        ("policy_issue", "NumberKind.policy", "NumberKind.quote", "basic/reply"),
        ("policy_issue", "return Reply(outcome=UNKNOWN, problems=(problem(error),))", "return Reply(outcome=Outcome(kind=OutcomeKind.accepted))", "basic/unreadable-reply"),
        ("policy_issue", "return Reply(outcome=UNKNOWN, problems=(problem(error),))", "return Reply(outcome=Outcome(kind=OutcomeKind.accepted))", "basic/cut-reply"),
        ("policy_issue", "return Outcome(kind=OutcomeKind.unknown)", "return Outcome(kind=OutcomeKind.accepted)", "says-nothing/outcome"),
        ("carrier", "if not same_signature(", "if False and not same_signature(", "basic/tampered-reply"),
        ("carrier", "nonce_text(ctx.nonce, 6)", '"n0nce1"', "basic/freshness"),
        ("carrier", "headers: dict[str, str] = {}", 'headers = {"X-Time": "20260301080000"}', "basic/freshness"),
        ("carrier", "headers: dict[str, str] = {}", 'headers = {"X-Time": "1772323200"}', "basic/freshness"),
        ("carrier", "headers: dict[str, str] = {}", 'headers = {"X-Time": "2026-03-01T00:00:00Z"}', "basic/freshness"),
        ("carrier", '"X-Partner"', '"X-Party"', "basic/request-bytes"),
        ("carrier", 'secret(ctx, "key"), given.get', "given.get", "basic/request-bytes"),
    ],
)  # fmt: skip
def test_a_changed_module_fails(mutated, module, old, new, failed):
    assert failed in mutated(module, old, new).failed(level=1)


def test_a_row_that_means_something_else_in_the_module_fails(room):
    """The tree says refused, the module generated before says declined."""
    room.change(
        "carrier.yaml", "AGE: { is: declined, code: underwriting.age }", "AGE: { is: refused, code: request.invalid }"
    )
    assert {"too-old/error-row-AGE", "not-found/error-row-AGE"} <= room.failed()


def test_an_unknown_code_must_be_unknown_and_unmapped(room):
    room.change(
        "carrier.yaml",
        "other: { is: unknown, code: carrier.unmapped",
        "other: { is: declined, code: underwriting.refused",
    )
    assert "too-old/unknown-code" in room.failed()


def test_a_mock_that_says_something_else_fails(room):
    room.change("mock.yaml", "hex(md5(secret.key, request.headers['x-nonce'], request.body))", "'no signature fits'")
    assert "basic/mock" in room.failed(level=2)


def test_a_fault_of_the_mock_itself_is_told(room):
    room.change("mock.yaml", 'premium: "=prices[message.plan]"', 'premium: "=prices[message.plan] / 0"')
    assert "basic/mock" in room.failed(level=2)


def test_a_missing_adapter_is_told_in_one_sentence(room):
    room.folder.rename(room.folder.parent / "hazel")
    folder = room.folder.parent / "hazel"
    for path in (*folder.rglob("*.yaml"), *(room.root / "contract_tests").rglob("*.yaml")):
        path.write_text(path.read_text("utf-8").replace("rowan", "hazel"), "utf-8")
    file = next(f for f in read_examples(folder, room.root)[0] if f.operation == "policy.issue")
    verdict = run_check(checks_of(file, Subject(folder, room.root))[0])
    assert "insurehub generate" in verdict.differences[0].actual


def test_a_failure_is_one_block_with_both_places_and_how_to_run_it_again(room):
    room.change(ISSUE, 'name: 张三 }, premium: "1.00" } }', 'name: 张三 }, premium: "1.01" } }')
    verdict = next(each for each in room.verdicts() if not each.passed)
    text = failure_text(verdict, "pytest 'x'")
    assert text.splitlines() == [
        "mappings/carriers/rowan/examples/policy_issue.yaml:21 example basic / request-bytes",
        "  at       body, premium   (byte 78 of 81)",
        '  expected ..."张三"},"premium":"1.01"}',
        '  actual   ..."张三"},"premium":"1.00"}',
        "  mapping  mappings/carriers/rowan/policy_issue.yaml:12   expected_premium: { to: premium, as: money(yuan) }",
        "  rerun    pytest 'x'",
    ]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "X-Sign: 40efa9669d9afd4800c07c3b173e93b0",
            "X-Sign: 40efa9669d9afd4800c07c3b173e93b1",
            "put: header.X-Sign }",
        ),
        ("X-Partner: P1", "X-Partner: P2", "X-Partner: =config.partner"),
    ],
)
def test_a_header_that_is_another_names_the_line_that_makes_it(room, old, new, line):
    room.change(ISSUE, old, new)
    told = [each for verdict in room.verdicts() for each in verdict.differences if each.at.startswith("header X-")]
    assert told
    for each in told:
        place, _, text = (each.mapping or "").partition("   ")
        assert line in text
        file, _, number = place.rpartition(":")
        assert (room.root / file).read_text("utf-8").splitlines()[int(number) - 1].strip() == text


def test_a_signature_in_the_message_or_around_it_names_the_layer_that_puts_it_there():
    root = Path(__file__).parents[3]
    for carrier, field, line in (("lotus", "sign", "put: form.sign }"), ("bamboo", "sign", "sign: =signature")):
        lines = Subject(root / "mappings" / "carriers" / carrier, root).lines
        assert line in (lines.of_wire("policy.issue", field) or "")


def test_a_canonical_difference_names_its_own_line_and_the_row_that_read_it(room):
    room.change(ISSUE, "amount: 100, currency: CNY } } }", "amount: 101, currency: CNY } } }")
    verdict = next(each for each in room.verdicts() if not each.passed)
    text = failure_text(verdict, "")
    assert "policy_issue.yaml:28 example basic / reply" in text
    assert "at       $.premium.gross.amount" in text
    assert "premium.gross: { to: premium, as: money(yuan) }" in text


def _with(request, **changed):
    told = {"method": request.method, "url": str(request.url), "headers": request.headers.raw, **changed}
    return httpx.Request(**told, content=request.content, extensions=request.extensions)


WRONG_ON_THE_WAY = {
    "a header nobody built": lambda each: _with(each, headers=[(b"X-Junk", b"1"), *each.headers.raw]),
    "headers in another order": lambda each: _with(each, headers=each.headers.raw[::-1]),
    "another target": lambda each: _with(each, url=f"{each.url}?junk=1"),
    "another content type": lambda each: _with(
        each, headers=[(k, b"text/plain" if k.lower() == b"content-type" else v) for k, v in each.headers.raw]
    ),
}


@pytest.mark.parametrize("wrong", WRONG_ON_THE_WAY.values(), ids=WRONG_ON_THE_WAY)
def test_what_is_changed_between_the_channel_and_the_socket_fails_at_level_2(room, monkeypatch, wrong):
    honest = CarrierTransport.handle_async_request

    async def changing(self, request):
        return await honest(self, wrong(request))

    monkeypatch.setattr(CarrierTransport, "handle_async_request", changing)
    assert "basic/mock" in room.failed(level=2)
