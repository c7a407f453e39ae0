"""What a mapping must not be certain of: answers that say nothing, numbers that change, numbers nobody can ask for."""

import pytest

from cli.mapping.checks.nothing import holds_for_nothing

ISSUE, GET = "policy_issue.yaml", "policy_get.yaml"
NUMBER = "Head.TranNo: =request_no(30)"


def said(copy, code):
    return [str(each) for each in copy.check() if each.code == code]


@pytest.mark.parametrize("kind", ["accepted", "declined", "not_executed"])
@pytest.mark.parametrize("file", [ISSUE, GET])
def test_what_nobody_foresaw_is_never_a_yes_a_no_or_nothing_done(hengtai, kind, file):
    hengtai.change(file, "    - { else: unknown }", f"    - {{ else: {kind} }}")
    (found,) = said(hengtai, "E409")
    assert f"{file}:" in found
    assert "else: unknown" in found


@pytest.mark.parametrize("kind", ["accepted", "declined", "not_executed"])
def test_a_code_that_nobody_has_listed_is_never_a_yes_a_no_or_nothing_done(hengtai, kind):
    hengtai.change("carrier.yaml", "other: { is: unknown,", f"other: {{ is: {kind}, because: so it is,")
    (found,) = said(hengtai, "E409")
    assert "carrier.yaml:" in found
    assert "every code that nobody has listed" in found


@pytest.mark.parametrize("kind", ["unknown", "refused"])
def test_what_nobody_foresaw_may_be_unknown_or_our_own_fault(hengtai, kind):
    hengtai.change(ISSUE, "    - { else: unknown }", f"    - {{ else: {kind} }}")
    assert said(hengtai, "E409") == []


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("not wire.ErrCode", True),
        ('wire.code != "1"', True),
        ("wire.no is None", True),
        ("wire.a == wire.b", True),
        ('not (wire.code and wire.code != "0")', True),
        ('wire.code not in ("1", "2")', True),
        ('wire("Head@flag") != "N"', True),
        ('trim(wire.no) != "x" or req.plan == "a"', True),
        ('wire.code == "0"', False),
        ('wire.code != "1" and wire.policyNo', False),
        ('http.status == 200 or wire.code == "0"', False),
        ("wire.policyNo", False),
        ('req.plan == "a"', False),
        ("wire.code ==", False),
    ],
)
def test_a_condition_that_holds_for_an_answer_that_says_nothing_is_known(condition, holds):
    assert holds_for_nothing(condition) is holds


ACCEPTED = 'when: wire.Head.Flag == "0" and wire.Body.ContNo, is: accepted'


@pytest.mark.parametrize(
    ("row", "echo", "told"),
    [
        ("when: not wire.Head.ErrCode, is: accepted", "echo: none", 1),
        ("http: 200, is: accepted", "echo: none", 1),
        ("http: 201, is: accepted", "echo: none", 0),
        ("when: not wire.Head.ErrCode, is: accepted", "correlate: { request_no: Head.TranNo }", 0),
        ("when: wire.Body.ContNo, is: accepted", "echo: none", 0),
    ],
)
def test_a_yes_that_an_empty_answer_would_be_is_told_unless_it_must_bear_our_number(hengtai, row, echo, told):
    hengtai.change(ISSUE, ACCEPTED, row).change(ISSUE, "correlate: { request_no: Head.TranNo }", echo)
    assert len(said(hengtai, "W409")) == told


def test_a_record_that_an_empty_answer_would_deny_is_told_of_a_question_too(hengtai):
    row = "    - { when: not wire.Body.ContNo, is: declined, code: policy.not_found }\n"
    hengtai.change(GET, "    - { else: unknown }", f"{row}    - {{ else: unknown }}")
    (found,) = said(hengtai, "W409")
    assert "an answer that says nothing at all would be declined" in found


@pytest.mark.parametrize(
    "value", ["=attempt_no(30)", "=nonce(20)", '="A" + now("yyyyMMddHHmmss")', "=uuid(attempt_no())"]
)
def test_a_key_that_is_new_for_every_attempt_is_refused(hengtai, value):
    hengtai.change(ISSUE, NUMBER, f"Head.TranNo: '{value}'" if '"' in value else f"Head.TranNo: {value}")
    (found,) = said(hengtai, "E419")
    assert "no duplicate is known by 'Head.TranNo'" in found


@pytest.mark.parametrize("value", ['="A" + request_no(20)', "=req.client_ref", "=uuid(request_no(26))"])
def test_a_key_made_of_what_stays_is_right(hengtai, value):
    hengtai.change(ISSUE, NUMBER, f"Head.TranNo: '{value}'")
    assert said(hengtai, "E419") == []


@pytest.mark.parametrize(("own", "told"), [("", 1), (", Head.Serial: =request_no(20)", 0)])
def test_a_flow_may_ask_for_a_price_under_a_number_of_the_moment_if_another_call_bears_the_one_that_stays(
    breakwater, own, told
):
    site = "policy_issue.site.yaml"
    breakwater.change(site, "idempotency: { kind: none }", "idempotency: { kind: query_only, key: Head.Serial }")
    breakwater.change(site, 'extends: price, send: { Head.Mode: "2"', f'extends: price, send: {{ Head.Mode: "2"{own}')
    assert len(said(breakwater, "E419")) == told


def test_a_key_in_a_header_is_judged_alike(hengtai):
    hengtai.change(ISSUE, "key: Head.TranNo }", "key: header.X-Key }")
    hengtai.change(ISSUE, "request:\n", "headers: { x-key: =attempt_no(20) }\nrequest:\n")
    assert len(said(hengtai, "E419")) == 1


def test_a_key_that_no_row_writes_is_told_with_the_one_that_was_meant(hengtai):
    hengtai.change(ISSUE, "key: Head.TranNo }", "key: Head.TransNo }")
    (found,) = said(hengtai, "W418")
    assert "did you mean 'Head.TranNo'?" in found


PAID = 'paid:     { of: premium_frequency, map: { single: "0", monthly: "1", annual: "12" }'


@pytest.mark.parametrize(
    "table",
    [
        'paid:     { map: { "0": single, "1": monthly, "12": annual }',
        'paid:     { of: premium_frequency, map: { "0": single, "1": monthly, "12": annual }',
    ],
)
def test_a_table_that_is_the_wrong_way_round_is_refused_with_the_hint_that_says_so(hengtai, table):
    hengtai.change("codes.yaml", PAID, table)
    told = said(hengtai, "E221")
    assert told
    assert all("ours stands left, the carrier's right" in each for each in told)


def test_a_table_of_no_enum_holds_values_of_the_field_it_is_used_for(hengtai):
    hengtai.change("codes.yaml", PAID, 'paid:     { map: { single: "0", montly: "1", annual: "12" }')
    (found,) = said(hengtai, "E221")
    assert "'montly' is no value of premium_frequency that this table is used for" in found


ZONE = 'timezone: "+08:00", '


def test_instants_on_a_clock_that_is_named_nowhere_are_told_once(hengtai):
    hengtai.change("carrier.yaml", ZONE, "")
    (found,) = said(hengtai, "W258")
    assert "taken as UTC" in found


@pytest.mark.parametrize(
    "codec", ["datetime(yyyyMMddHHmmss;+08:00)", "datetime(yyyyMMddHHmmssXX)", "datetime(iso)", "datetime(epoch_s)"]
)
def test_an_instant_that_says_its_own_offset_or_zone_needs_no_clock(hengtai, codec):
    hengtai.change("carrier.yaml", ZONE, "").change(ISSUE, "as: datetime(yyyyMMdd) }", f"as: {codec} }}")
    assert [each for each in said(hengtai, "W258") if f"{ISSUE}:18" in each] == []
