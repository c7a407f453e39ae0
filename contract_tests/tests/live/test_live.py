"""Examples against a sandbox: only where it is allowed three times, tidied away whatever happens, and never in silence."""

import base64
import json
import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from cli.commands.test import app
from contract_tests.live.record import NotRecorded, _refuse_secrets
from contract_tests.live.sandbox import FLAG, NotAllowed, sandbox_at
from contract_tests.personal.detect import luhn_sum
from contract_tests.tests.live.conftest import GET, ISSUE, SAFE
from contract_tests.tests.runner.test_plugin import run_pytest

ROOT = Path(__file__).parents[3]
OF_ONE = "  - id: basic\n    live: { safe: true"


def told(document):
    return {each["id"].partition("examples/")[2]: each for each in document["carriers"][0]["checks"]}


def requests(sandbox):
    return [noted.raw.split(b" ")[1].decode() for noted in sandbox.mock.requests]


def test_safe_examples_alone_are_sent_signed_new_and_in_order(sandbox, command):
    code, document, _ = command(sandbox.url)
    assert code == 0, document
    assert set(told(document)) == {"policy_issue.yaml::basic::live", "policy_get.yaml::issued-before::live"}
    assert requests(sandbox) == ["/issue", "/policy", "/issue"]
    assert all(each["level"] == 4 for each in told(document).values())
    orders = {json.loads(noted.raw.partition(b"\r\n\r\n")[2])["order"] for noted in sandbox.mock.requests}
    nonces = {
        line for noted in sandbox.mock.requests for line in noted.raw.split(b"\r\n") if line.startswith(b"X-Nonce")
    }
    assert (len(orders), len(nonces)) == (2, 3), "an inquiry bears the number of what it asks after; nonces are new"
    assert "R000000001" not in orders
    assert sandbox.effects() == ["issue", "issue"]


@pytest.mark.parametrize(
    ("url", "allowed", "understood", "said"),
    [
        ("http://127.0.0.1:9", (), True, "--allow-host 127.0.0.1"),
        ("http://127.0.0.1:9", ("uat.rowan.example",), True, "--allow-host 127.0.0.1"),
        ("http://127.0.0.1:9", ("127.0.0.1",), False, FLAG),
        ("http://uat.rowan.example", ("uat.rowan.example",), True, "https only"),
        ("uat.rowan.example", ("uat.rowan.example",), True, "no address"),
        ("https://user:secret@uat.rowan.example", ("uat.rowan.example",), True, "no address"),
    ],
)
def test_what_is_not_allowed_is_wrong_use_and_sends_nothing(sandbox, command, url, allowed, understood, said):
    code, document, told_why = command(url, allowed=allowed, understood=understood)
    assert (code, document, said in told_why) == (2, {}, True), told_why
    assert "user" not in told_why
    assert requests(sandbox) == []


def test_an_address_of_the_mapping_s_own_is_not_called(sandbox, command, room):
    room.change(
        "examples/defaults.yaml", 'base_url: "https://uat.rowan.example"', 'base_url: "ftp://elsewhere.example"'
    )
    code, document, _ = command(sandbox.url, "-k", "basic")
    assert code == 1
    failure = told(document)["policy_issue.yaml::basic::live"]["failure"]
    assert "elsewhere.example, which is not on the list" in failure
    assert requests(sandbox) == []


def test_no_safe_example_proves_nothing(room, served, command):
    code, _, said = command(served(room.folder).url)
    assert code == 1
    assert "no check was run" in said


def test_safe_is_said_by_an_example_itself_and_never_inherited(sandbox, command, room):
    assert "from: basic" in (room.folder / ISSUE).read_text("utf-8")
    _, document, _ = command(sandbox.url)
    assert "policy_issue.yaml::too-old::live" not in told(document)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  - id: refused-connection\n", f"  - id: refused-connection\n{SAFE}", "only an example with a reply"),
        ("  - id: name-too-long\n", f"  - id: name-too-long\n{SAFE}", "only an example with a reply"),
        (OF_ONE, f"{OF_ONE}, unique: [policyholder.nick]", "no text at 'policyholder.nick'"),
        (OF_ONE, f"{OF_ONE}, clean: [x]", "clean"),
    ],
)
def test_what_cannot_run_live_is_told_with_its_place(sandbox, room, old, new, said):
    room.change(ISSUE, old, new)
    (fault,) = room.faults()
    assert said in fault
    assert "policy_issue.yaml:" in fault


def test_a_state_of_the_mock_is_no_state_of_a_sandbox(sandbox, room):
    room.change(GET, "  - id: found\n", f"  - id: found\n{SAFE}")
    assert any("cannot be brought about at a sandbox" in fault for fault in room.faults())


def test_the_command_that_is_printed_asks_the_same_sandbox_again(sandbox, command, room):
    room.change(ISSUE, OF_ONE, f"{OF_ONE}, same: [premium.gross.amount]")
    room.change("mock.yaml", "basic: 1.00", "basic: 1.75")
    with sandbox.__class__(room.folder) as dearer:
        _, document, _ = command(dearer.url)
        again = (
            told(document)["policy_issue.yaml::basic::live"]["failure"]
            .splitlines()[-1]
            .split("rerun    insurehub test ")[1]
        )
        before = len(dearer.mock.requests)
        done = CliRunner().invoke(app, shlex.split(again))
    assert (done.exit_code, "expected 100" in done.stdout) == (1, True), done.output
    assert len(dearer.mock.requests) == before + 1


def test_what_goes_before_must_be_safe_too(room, served, command):
    room.change(GET, "  - id: issued-before\n", f"  - id: issued-before\n{SAFE}")
    sandbox = served(room.folder)
    code, document, _ = command(sandbox.url)
    assert code == 1
    assert "given.after policy.issue/basic does not say live" in json.dumps(document)
    assert requests(sandbox) == []


def test_another_shape_of_the_result_fails_at_the_mapping_line(sandbox, command, room):
    room.change("mock.yaml", "premium: =fixed(policy.premium) }, status: 201", "}, status: 201")
    with_less = sandbox.__class__(room.folder)
    with with_less:
        code, document, _ = command(with_less.url, "-k", "basic")
    failure = told(document)["policy_issue.yaml::basic::live"]["failure"]
    assert code == 1
    assert "at       $.premium" in failure
    assert "nothing here" in failure


def test_a_field_that_hangs_on_a_member_that_may_be_absent_may_be_absent(sandbox, command, room):
    room.change("mock.yaml", "premium: =fixed(policy.premium) }, status: 201", "}, status: 201")
    with sandbox.__class__(room.folder) as with_less:
        room.change(ISSUE, OF_ONE, f"{OF_ONE} }}\n    match: {{ response.body.premium: {{ type: string }}")
        code, document, _ = command(with_less.url, "-k", "basic")
        failure = told(document)["policy_issue.yaml::basic::live"]["failure"]
        assert (code, "at       response.body.premium\n  expected string\n  actual   nothing here" in failure) == (
            1,
            True,
        )
        room.change(ISSUE, "{ type: string }", "{ type: string, optional: true }")
        assert command(with_less.url, "-k", "basic")[0] == 0


def test_a_value_that_breaks_a_rule_fails_and_is_not_shown(sandbox, command, room):
    room.change("mock.yaml", "no: ='P' + pad", "no: ='Q' + pad")
    with sandbox.__class__(room.folder) as other:
        assert command(other.url, "-k", "basic")[0] == 0
        room.change(ISSUE, OF_ONE, f"{OF_ONE} }}\n    match: {{ response.body.no: {{ regex: '^P' }}")
        code, document, _ = command(other.url, "-k", "basic")
    failure = told(document)["policy_issue.yaml::basic::live"]["failure"]
    assert (code, 'actual   string "Q***" (7 characters)' in failure) == (1, True), failure


def test_a_value_is_the_sandbox_s_own_unless_the_example_says_it_is_the_same(sandbox, command, room):
    room.change("mock.yaml", "basic: 1.00", "basic: 1.75")
    with sandbox.__class__(room.folder) as dearer:
        assert command(dearer.url, "-k", "basic")[0] == 0
        room.change(ISSUE, OF_ONE, f"{OF_ONE}, same: [premium.gross.amount]")
        code, document, _ = command(dearer.url, "-k", "basic")
    failure = told(document)["policy_issue.yaml::basic::live"]["failure"]
    assert (code, "expected 100\n  actual   175" in failure) == (1, True), failure


def test_people_are_new_in_every_run_and_the_same_within_it(sandbox, command, room):
    room.change(ISSUE, OF_ONE, f"{OF_ONE}, unique: [policyholder.name, client_ref]")
    room.change(
        ISSUE, "policyholder: { type: person, name: 张三 }", "policyholder: { type: person, name: Zhang San 0001 }"
    )
    for _ in range(2):
        assert command(sandbox.url, "-k", "basic")[0] == 0
    names = {json.loads(each.raw.partition(b"\r\n\r\n")[2])["holder"]["name"] for each in sandbox.mock.requests}
    assert len(names) == 2
    assert "Zhang San 0001" not in names
    assert {len(name) for name in names} == {len("Zhang San 0001")}


def test_cleanup_runs_after_a_failure_and_one_that_fails_is_a_failure(sandbox, command, room):
    room.change(ISSUE, OF_ONE, f"{OF_ONE}, same: [premium.gross.amount], cleanup: [policy.get/issued-before]")
    room.change("mock.yaml", "basic: 1.00", "basic: 1.75")
    with sandbox.__class__(room.folder) as dearer:
        code, document, _ = command(dearer.url, "-k", "basic")
        assert requests(dearer) == ["/issue", "/policy"]
    failure = told(document)["policy_issue.yaml::basic::live"]["failure"]
    assert (code, "cleanup" in failure, "$.premium.gross.amount" in failure) == (1, False, True)
    room.change(GET, "    live: { safe: true }\n", "")
    with sandbox.__class__(room.folder) as dearer:
        _, document, _ = command(dearer.url, "-k", "basic")
    failure = told(document)["policy_issue.yaml::basic::live"]["failure"]
    assert "what policy.issue/basic made is left at the sandbox: policy.get/issued-before does not say live" in failure


def test_cleanup_runs_when_the_reply_never_came(sandbox, command, room):
    room.change(ISSUE, OF_ONE, f"{OF_ONE}, cleanup: [policy.get/issued-before]")
    sandbox.do(sandbox.mock.plan({"fault": "commit_then_rst", "nth": 1}))
    code, document, _ = command(sandbox.url, "-k", "basic")
    assert code == 1
    assert "unknown" in told(document)["policy_issue.yaml::basic::live"]["failure"]
    assert requests(sandbox) == ["/issue", "/policy"]


def bought(sandbox, monkeypatch):
    """The shipped carrier's policy is bought there; how the command ended, with what it printed."""
    monkeypatch.chdir(ROOT)
    words = ["--live", sandbox.url, "--allow-host", "127.0.0.1", FLAG, "-k", "policy_issue and travel-two", "--json"]
    return CliRunner().invoke(app, ["lotus", *words])


def test_a_shipped_carrier_s_policy_is_bought_and_cancelled_again(served, monkeypatch):
    sandbox = served(ROOT / "mappings" / "carriers" / "lotus")
    done = bought(sandbox, monkeypatch)
    assert done.exit_code == 0, done.stdout
    assert sandbox.effects()[-2:] == ["issue", "cancel"], sandbox.effects()


@pytest.mark.parametrize("fault", ["commit_then_rst", "error_after_commit"])
def test_a_policy_whose_reply_was_lost_is_asked_after_by_our_own_number_and_cancelled(served, monkeypatch, fault):
    sandbox = served(ROOT / "mappings" / "carriers" / "lotus")
    sandbox.do(sandbox.mock.plan({"fault": fault, "operation": "policy.issue"}))
    done = bought(sandbox, monkeypatch)
    assert done.exit_code == 1, done.stdout
    assert "is left at the sandbox" not in done.stdout
    assert sandbox.effects()[-2:] == ["issue", "cancel"], sandbox.effects()


# --- written down ------------------------------------------------------------------------------------------------------


def test_update_writes_what_the_sandbox_said_with_where_it_comes_from_and_the_tests_still_pass(sandbox, command, room):
    room.change(GET, "  - id: issued-before\n", "  # kept\n  - id: issued-before\n")
    before = (room.folder / GET).read_text("utf-8")
    code, _, said = command(sandbox.url, "-k", "issued-before", "--update")
    assert code == 0
    assert "example issued-before: recorded" in said, said
    text = (room.folder / GET).read_text("utf-8")
    assert text != before
    assert "# kept" in text
    assert "recorded" in text
    assert "127.0.0.1, 20" in text
    assert room.faults() == []
    assert room.failed() == set()
    assert not list((room.folder / "examples").glob(".*"))


def test_nothing_is_written_unless_it_is_asked_for(sandbox, command, room):
    before = {path.name: path.read_bytes() for path in (room.folder / "examples").iterdir()}
    assert command(sandbox.url)[0] == 0
    assert {path.name: path.read_bytes() for path in (room.folder / "examples").iterdir()} == before


def test_a_recording_under_which_other_examples_fail_is_refused_and_nothing_changes(sandbox, command, room):
    before = (room.folder / ISSUE).read_bytes()
    _, _, said = command(sandbox.url, "-k", "basic", "--update")
    assert "example basic: not recorded: with it" in said, said
    assert (room.folder / ISSUE).read_bytes() == before


def card_of_somebody():
    card = "62" + "4" * 13 + "57"
    return next(found for last in range(10) if luhn_sum(found := card[:-1] + str(last)) % 10 == 0)


@pytest.mark.parametrize(
    ("hint", "what"),
    [
        (card_of_somebody(), "a bank card"),
        (base64.b64encode(f"card {card_of_somebody()}".encode()).decode(), "a bank card"),
        (f"card {card_of_somebody()}".encode().hex(), "a bank card"),
        ("ask li.lei" + "@" + "somebank.cn", "an e-mail address"),
        ("AK" + "IA" + "Q" * 16, "an access key of a cloud or service"),
    ],
    ids=["card", "card-in-base64", "card-in-hexadecimal", "mail", "access-key"],
)
def test_a_reply_with_what_the_scan_of_recordings_finds_is_not_recorded(sandbox, command, room, hint, what):
    room.change("mock.yaml", '"no": =policy.no } }', f'"no": =policy.no, hint: "{hint}" }} }}')
    before = (room.folder / GET).read_bytes()
    with sandbox.__class__(room.folder) as talkative:
        _, _, said = command(talkative.url, "-k", "issued-before", "--update")
    assert f"not recorded: the reply holds what looks like {what}" in said, said
    assert hint not in said
    assert (room.folder / GET).read_bytes() == before


@pytest.mark.parametrize("packed", [str, lambda text: base64.b64encode(f"<{text}>".encode()).decode()])
def test_a_secret_of_the_channel_is_found_in_what_is_kept_also_packed(packed):
    secret = "kept-by-nobody-else"
    settings = SimpleNamespace(secrets={"app_key": SimpleNamespace(reveal=lambda: secret)})
    example = SimpleNamespace(secrets={}, token="")
    course = SimpleNamespace(
        channel=SimpleNamespace(settings=settings), contexts=[], run=SimpleNamespace(example=example)
    )
    with pytest.raises(NotRecorded, match="the secret 'app_key'"):
        _refuse_secrets({"response": {"body": f'{{"echo":"{packed(secret)}"}}'}}, course)
    _refuse_secrets({"response": {"body": "nothing of it"}}, course)


def test_a_build_server_records_nothing(sandbox, command, monkeypatch):
    monkeypatch.setenv("CI", "1")
    code, _, said = command(sandbox.url, "--update")
    assert (code, "CI is set" in said, requests(sandbox)) == (2, True, [])


# --- expected failures -------------------------------------------------------------------------------------------------


def expecting(room, check, expires="2999-01-01", reason="the sandbox is older"):
    path = room.root / "expected.yaml"
    path.write_text(f'expected: 1\nfailures:\n  - {{ check: "{check}", reason: {reason}, expires: {expires} }}\n')
    return str(path)


def dearer(room):
    room.change(ISSUE, OF_ONE, f"{OF_ONE}, same: [premium.gross.amount]")
    room.change("mock.yaml", "basic: 1.00", "basic: 1.75")


def test_an_expected_failure_is_told_and_does_not_fail_the_run(sandbox, command, room):
    dearer(room)
    with sandbox.__class__(room.folder) as other:
        code, document, _ = command(other.url, "--expected", expecting(room, "*::basic::live"))
    assert (code, document["expected"], document["failed"]) == (0, 1, 0)
    assert told(document)["policy_issue.yaml::basic::live"]["expected"] == "the sandbox is older"


def test_an_expected_failure_that_passes_is_a_failure(sandbox, command, room):
    code, document, _ = command(sandbox.url, "--expected", expecting(room, "*::basic::live"))
    assert (code, document["failed"]) == (1, 1)
    assert "passed: take" in told(document)["policy_issue.yaml::basic::live"]["failure"]


def test_an_expectation_that_has_expired_excuses_nothing(sandbox, command, room):
    dearer(room)
    with sandbox.__class__(room.folder) as other:
        code, document, _ = command(other.url, "--expected", expecting(room, "*::basic::live", expires="2020-01-01"))
    assert (code, document["expected"], document["failed"]) == (1, 0, 1)


def test_an_expectation_of_no_check_fails_the_run(sandbox, command, room):
    code, document, said = command(sandbox.url, "--expected", expecting(room, "*::nobody::live"))
    assert (code, document["failed"], len(document["unmet"])) == (1, 0, 1)
    assert "expects a failure of no check: *::nobody::live" in said


def test_a_malformed_file_of_expectations_is_wrong_use_with_its_place(sandbox, command, room):
    code, _, said = command(sandbox.url, "--expected", expecting(room, "*", expires="soon"))
    assert (code, "expected.yaml:3" in said, requests(sandbox)) == (2, True, [])


def test_pytest_runs_the_same_against_a_sandbox_and_knows_what_is_expected(sandbox, room):
    dearer(room)
    with sandbox.__class__(room.folder) as other:
        options = ("--contract-live", other.url, "--contract-allow-host", "127.0.0.1", FLAG, "-rA", "-v")
        code, said = run_pytest(
            room.root, "mappings", *options, "--contract-expected", expecting(room, "*::basic::live")
        )
        assert requests(other) == ["/issue", "/policy", "/issue"] or requests(other) == ["/issue", "/issue", "/policy"]
    assert code == 0, said
    assert "1 passed, 1 xfailed" in said, said


def test_the_sandbox_s_address_is_kept_without_its_end_and_its_hosts_in_small_letters():
    sandbox = sandbox_at("https://uat.rowan.example:8443/api/", ["UAT.rowan.example"], understood=True)
    assert (sandbox.origin, sandbox.hosts) == ("https://uat.rowan.example:8443/api", frozenset({"uat.rowan.example"}))
    with pytest.raises(NotAllowed):
        sandbox_at("https://uat.rowan.example", ["rowan.example"], understood=True)
