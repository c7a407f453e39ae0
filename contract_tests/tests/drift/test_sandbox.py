"""A sandbox that says something else than before: every class of drift, from a real socket, with the mapping's line."""

import json

import pytest
from typer.testing import CliRunner

from cli.commands.drift import app, code_of
from cli.out import out
from contract_tests.drift.compare import Beside
from contract_tests.drift.declared import Field, declared_of
from contract_tests.drift.finding import Finding, sorted_findings, worst
from contract_tests.drift.forms import Form, forms_of
from contract_tests.drift.history import Entry, append, gone, read_history, since, slower
from contract_tests.drift.reading import read_findings
from contract_tests.live.sandbox import FLAG
from contract_tests.runner import Subject
from contract_tests.tests.contract_report.conftest import BEGAN
from contract_tests.tests.drift.conftest import KEYS, ROOT
from gateway.model.outcome import Outcome, OutcomeKind
from gateway.wire.contract import Reply
from gateway.wire.tables import ReadTable
from gateway.wire.trace import problem

QUOTE = "mappings/carriers/lotus/quote_create.yaml"
VALID, STATUS, TOTAL = (
    "          validTime: =show(quote.validUntil, clock)\n",
    '          quoteStatus: "1"\n',
    "          totalPremium: =premium\n",
)


def lines_of(place):
    file, _, line = place.partition(":")
    return (ROOT / file).read_text("utf-8").splitlines()[int(line) - 1]


def test_a_sandbox_that_says_what_it_said_has_not_drifted(changed, asked):
    code, told, _ = asked(changed().url)
    assert (code, told["findings"]) == (0, [])
    assert list(told["wait_s"]) == ["quote.create/travel-two"]


@pytest.mark.parametrize(
    ("old", "new", "severity", "kind", "at", "row", "code"),
    [
        (VALID, "", "warn", "missing field", "body.validTime", "valid_until:", 0),
        (STATUS, f"{STATUS}          gift: =quote.no\n", "info", "new field", "body.gift", None, 0),
        (TOTAL, "          totalPremium: =fixed(premium)\n", "break", "type", "body.totalPremium", "premium.gross:", 1),
        (VALID, "          validTime: =null\n", "warn", "null", "body.validTime", "valid_until:", 0),
        (VALID, '          validTime: "=show(quote.validUntil, \'%Y-%m-%d\')"\n', "break", "unreadable", None, "valid_until:", 1),
        ("      transCode: =message.head.transCode\n", '      transCode: "=\'LH7777\'"\n', "warn", "constant", "head.transCode", "head.transCode", 0),
        (STATUS, '          quoteStatus: "3"\n          reasonCode: U777\n', "break", "unknown code", "code U777", None, 1),
        (STATUS, '          quoteStatus: "7"\n', "break", "outcome", "", None, 1),
    ],
    ids=lambda value: value.replace(" ", "-") if value in ("missing field", "new field", "type", "null", "unreadable", "constant", "unknown code", "outcome") else "",
)  # fmt: skip
def test_each_class_of_drift_is_told_with_its_path_and_mapping_line(
    changed, asked, old, new, severity, kind, at, row, code
):
    found, told, _ = asked(changed((old, new)).url)
    mine = [each for each in told["findings"] if each["kind"] == kind]
    assert mine, told["findings"]
    assert (mine[0]["severity"], found) == (severity, code)
    if at is not None:
        assert mine[0]["at"] == at
    if row is not None:
        assert row in lines_of(mine[0]["mapping"])


def test_a_warning_fails_where_that_is_asked_for(changed, asked):
    url = changed((VALID, "")).url
    assert asked(url, "--fail-on", "warn")[0] == 1
    assert asked(url, "--fail-on", "info")[0] == 1
    assert asked(url)[0] == 0


def test_what_could_not_be_checked_is_neither_drift_nor_right(changed, asked):
    gone_away = changed()
    url = gone_away.url
    gone_away.do(gone_away.mock.plan("refuse"))
    code, told, _ = asked(url)
    assert (code, [each["kind"] for each in told["findings"]]) == (3, ["unreachable"])
    assert told["wait_s"] == {}


def test_keys_that_are_not_right_any_more_are_no_drift(changed, asked):
    code, told, _ = asked(changed(keys={**KEYS, "app_secret": "changed-test-secret"}).url)
    assert (code, [each["kind"] for each in told["findings"]]) == (3, ["not allowed"])


@pytest.mark.parametrize("status", [401, 403])
def test_a_message_that_is_refused_with_a_token_of_this_run_is_a_break_of_its_signature(changed, asked, status):
    sandbox = changed()
    sandbox.do(
        sandbox.mock.plan({"fault": "error_before_commit", "operation": "quote.create", "with": {"status": status}})
    )
    code, told, _ = asked(sandbox.url)
    assert (code, [(each["severity"], each["kind"]) for each in told["findings"]]) == (1, [("break", "signature")])
    assert str(status) in told["findings"][0]["said"]


def test_a_token_reply_that_the_carrier_did_not_sign_is_a_break_of_the_signature(changed, asked):
    code, told, _ = asked(changed(keys={**KEYS, "sign_key": "changed-test-key"}).url)
    assert (code, [(each["severity"], each["kind"]) for each in told["findings"]]) == (1, [("break", "signature")])


def test_a_no_of_the_sandbox_is_missing_data_and_no_drift(changed, asked):
    code, told, _ = asked(changed((STATUS, '          quoteStatus: "3"\n          reasonCode: U101\n')).url)
    assert (code, [each["kind"] for each in told["findings"]]) == (3, ["data"])
    code, told, _ = asked(
        changed((STATUS, '          quoteStatus: "3"\n          reasonCode: U101\n')).url, keep="underwriting"
    )
    assert code == 3
    assert "given.after quote.create/travel-two came to declined" in told["findings"][0]["said"]


def test_a_slow_sandbox_is_told_beside_what_it_took_before(changed, asked, drift):
    sandbox = changed()
    quick = {"quote.create/travel-two": 0.1}
    for _ in range(5):
        append(
            drift.history, Entry(at=BEGAN, carrier="lotus", host="127.0.0.1", mapping="m", findings=(), wait_s=quick)
        )
    sandbox.do(sandbox.mock.plan({"fault": "slow_first_byte", "with": {"seconds": 1.5}}))
    code, told, _ = asked(sandbox.url)
    assert (code, [each["kind"] for each in told["findings"]]) == (0, ["latency"])
    assert len(drift.history.read_text().splitlines()) == 6


def test_since_when_and_what_is_gone_are_told_from_the_history(changed, asked):
    sandbox = changed((VALID, ""))
    first = asked(sandbox.url)[1]
    second = asked(sandbox.url)[1]
    assert first["findings"][0]["since"] is None
    assert second["findings"][0]["since"] == first["at"]
    third = asked(changed().url)[1]
    assert (third["findings"], [each["at"] for each in third["gone"]]) == ([], ["body.validTime"])


def test_a_run_that_could_not_look_says_neither_that_it_is_gone_nor_that_it_is_new(changed, asked):
    first = asked(changed((VALID, "")).url)[1]
    away = changed()
    away.do(away.mock.plan("refuse"))
    code, told, _ = asked(away.url)
    assert (code, {each["severity"] for each in told["findings"]}, told["gone"]) == (3, {"could-not-check"}, [])
    again = asked(changed((VALID, "")).url)[1]
    (finding,) = again["findings"]
    assert finding["since"] == first["at"]
    assert {each["kind"] for each in again["gone"]} == {"unreachable"}
    last = asked(changed().url)[1]
    assert (last["findings"], [each["at"] for each in last["gone"]]) == ([], ["body.validTime"])


def test_no_value_of_a_reply_is_told_or_kept(changed, asked, drift):
    secret = "999999199003071234"
    sandbox = changed(
        (STATUS, f'{STATUS}          gift: "{secret}"\n'), (TOTAL, f'          totalPremium: "{secret}x"\n')
    )
    _, told, said = asked(sandbox.url)
    assert {each["at"] for each in told["findings"]} >= {"body.gift", "body.totalPremium"}
    for text in (json.dumps(told), said, drift.history.read_text()):
        assert secret not in text


def test_a_damaged_history_is_named_with_its_line(changed, asked, drift):
    drift.history.write_text('{"not": "a run"}\n')
    code, _, said = asked(changed().url)
    assert (code, f"{drift.history}:1" in said) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lotus",), "--against URL or --journal DSN"),
        (("--against", "http://127.0.0.1:1"), "which carrier?"),
        (("lotus", "--against", "http://127.0.0.1:1", "--every", "soon"), "--every is"),
        (("lotus", "--against", "http://127.0.0.1:1", "--allow-host", "127.0.0.1"), FLAG),
        (("lotus", "--against", "http://127.0.0.1:1", FLAG), "--allow-host 127.0.0.1"),
        (("lotus", "--journal", "sqlite:nowhere.db", "--channel", "x"), "are about --against"),
        (("--journal", "mysql:x"), "is not one of"),
        (("lotus", "--against", "http://127.0.0.1:1", "--fail-on", "all"), "--fail-on is"),
    ],
)  # fmt: skip
def test_wrong_use_says_what_to_do(drift, words, said, monkeypatch, tmp_path):
    monkeypatch.setenv("INSUREHUB_KEY", "k1:" + "A" * 43 + "=")
    code, _, told = drift(*words)
    assert (code, said in told) == (2, True), told


def test_a_watch_asks_again_and_again_until_it_is_interrupted(changed, asked, drift, monkeypatch):
    waits = []

    def sleep(wait_s):
        waits.append(wait_s)
        if len(waits) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("cli.commands.drift.time.sleep", sleep)
    words = ["lotus", "--against", changed((VALID, "")).url, "--allow-host", "127.0.0.1", FLAG, "-k", "quote.create"]
    more = ["--every", "6h", "--fail-on", "warn", "--history", str(drift.history)]
    done = CliRunner().invoke(app, [*words, *more])
    assert (done.exit_code, waits, len(drift.history.read_text().splitlines())) == (1, [21600.0, 21600.0], 2)


def test_people_get_a_table(changed, monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(out, "width", 240)
    words = ["lotus", "--against", changed((VALID, "")).url, "--allow-host", "127.0.0.1", FLAG, "-k", "quote.create"]
    done = CliRunner().invoke(app, [*words, "--history", str(tmp_path / "h.jsonl")])
    assert "body.validTime" in done.stdout
    assert "quote_create.yaml:58" in done.stdout
    assert "1 example answered: 1 warn" in done.stdout


# --- the parts, pure ---------------------------------------------------------------------------------------------------


def beside(**fields):
    return Beside("rowan", "policy.issue", fields)


def test_a_field_that_must_be_there_breaks_and_of_a_part_that_is_gone_only_the_part_is_told():
    declared = {
        "a": Field(place="m.yaml:1", is_read=True, is_required=True),
        "b.c": Field(place="m.yaml:2", is_read=True),
    }
    told = list(Beside("r", "o", declared).missing(forms_of({"a": "1", "b": {"c": "1", "d": "2"}}), forms_of({})))
    assert [(each.severity, each.at, each.mapping) for each in told] == [("break", "a", "m.yaml:1"), ("info", "b", "")]


def test_decimals_and_dates_that_look_otherwise_are_another_format():
    read = Field(place="m.yaml:1", is_read=True)
    for old, new in (("1.00", "1.0"), ("20260301", "2026-03-01"), ("2026-03-01T00:00:00Z", "2026-03-01T00:00:00")):
        (told,) = beside(x=read).changed(forms_of({"x": old}), forms_of({"x": new}))
        assert (told.severity, told.kind, told.mapping) == ("warn", "format", "m.yaml:1")
    assert list(beside(x=read).changed(forms_of({"x": "P1"}), forms_of({"x": "20260301"}))) == []


def test_an_element_that_comes_once_is_no_drift_in_xml_and_is_in_json():
    one, many = forms_of({"a": {"b": "1"}}), forms_of({"a": [{"b": "1"}, {"b": "2"}]})
    read = {"a": Field(place="m.yaml:1", is_read=True)}
    assert list(Beside("r", "o", read, is_xml=True).changed(one, many)) == []
    assert [each.kind for each in Beside("r", "o", read).changed(one, many)] == ["type"]


def test_forms_hold_no_values():
    forms = forms_of({"n": 1.25, "t": "张三", "l": [{"d": "20260301"}, {"d": None}], "f": True, "e": ""})
    assert forms["l.d"] == {Form("text", "yyyyMMdd"), Form("null")}
    assert forms["n"] == {Form("number", "2 decimals")}
    assert "张三" not in repr(forms)


def test_a_code_that_a_table_does_not_list_is_told_by_its_table_and_line():
    try:
        ReadTable("policy_status", {"1": "issued"})["77"]
    except Exception as error:  # noqa: BLE001 - the words of the real error are what is read
        words = f"{problem(error)} -> mappings/carriers/rowan/policy_get.yaml:44"
    reply = Reply(outcome=Outcome(kind=OutcomeKind.accepted), incomplete=True, problems=(words,))
    (told,) = read_findings(reply, beside())
    assert (told.severity, told.kind, told.at) == ("warn", "unknown code", "policy_status '77'")
    assert told.mapping == "mappings/carriers/rowan/policy_get.yaml:44"


def test_a_code_that_is_read_as_another_value_in_silence_is_told_all_the_same():
    place = {"list.kind": Field(place="m.yaml:9", is_read=True, table="kinds", codes=frozenset({"A", "B"}))}
    wire = {"list": [{"kind": "A"}, {"kind": "Z"}, {"kind": ""}]}
    (told,) = beside(**place).codes(wire)
    assert (told.severity, told.kind, told.at, told.mapping) == ("warn", "unknown code", "kinds 'Z'", "m.yaml:9")


def test_the_codes_of_a_table_that_is_silent_come_from_the_mapping():
    aurora = Subject(ROOT / "mappings" / "carriers" / "aurora", ROOT)
    tables = {
        field.table
        for operation in aurora.tree.operations
        for step in operation.steps
        for field in declared_of(aurora, operation.name, operation.variant, step.name).values()
        if field.codes
    }
    silent = {
        name
        for name, table in aurora.tree.carrier.tables.items()
        if table.read_other and table.read_other.value != "error"
    }
    assert tables
    assert tables <= silent


def test_a_field_that_examples_have_is_unread_and_not_new():
    reply = Reply(outcome=Outcome(kind=OutcomeKind.accepted), unmapped=("known", "fresh"))
    told = read_findings(reply, beside(), forms_of({"known": "1"}))
    assert [(each.kind, each.at) for each in told] == [("unread field", "known"), ("new field", "fresh")]


def test_what_a_mapping_declares_is_read_from_its_rows(lotus):
    declared = declared_of(lotus, "quote.create", "", "quote.create")
    assert declared["head.transCode"].constant == "LH1001"
    assert declared["body.validTime"].is_read
    assert declared["body.insuredList.premium"].place.startswith(f"{QUOTE}:")


def finding(severity="warn", kind="type", at="a"):
    return Finding(severity=severity, kind=kind, carrier="r", operation="o", example="e", at=at, said="s")


def test_the_worst_decides_and_unchecked_is_worse_than_a_warning():
    assert worst([finding("info"), finding("warn")]) == "warn"
    assert worst([finding("warn"), finding("could-not-check")]) == "could-not-check"
    assert [code_of(each, "break") for each in (None, "info", "warn", "could-not-check", "break")] == [0, 0, 0, 3, 1]
    assert [
        each.severity for each in sorted_findings([finding("info", at="b"), finding("break"), finding("break")])
    ] == ["break", "info"]


def test_a_history_keeps_runs_of_other_hosts_apart(tmp_path):
    path = tmp_path / "deep" / "h.jsonl"
    runs = [
        Entry(at=BEGAN, carrier="r", host=host, mapping="m", findings=(finding(),)) for host in ("one", "two", "one")
    ]
    for run in runs:
        append(path, run)
    assert read_history(path, "r", "one") == (runs[0], runs[2])
    assert path.stat().st_mode & 0o777 == 0o600
    assert since(finding(), (runs[0],)) == BEGAN
    assert since(finding(at="other"), (runs[0],)) is None
    now = Entry(at=BEGAN, carrier="r", host="one", mapping="m", findings=(), wait_s={"o/e": 0.1})
    assert gone(now, (runs[0],)) == (finding(),)


def test_too_few_runs_say_nothing_about_speed():
    runs = tuple(
        Entry(at=BEGAN, carrier="r", host="h", mapping="m", findings=(), wait_s={"o/e": 0.1}) for _ in range(4)
    )
    assert list(slower({"o/e": 9.0}, runs, "r")) == []
    assert [each.kind for each in slower({"o/e": 9.0}, (*runs, runs[0]), "r")] == ["latency"]
