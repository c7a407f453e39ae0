"""Outcomes and declarations: the law on what may follow an unknown write, applied to what a mapping says."""

import pytest

from cli.mapping.checks.asking import WHOLE
from gateway.channel.pipe import request_no

CARRIER, ISSUE, GET, SITE = "carrier.yaml", "policy_issue.yaml", "policy_get.yaml", "policy_issue.site.yaml"
INQUIRY = "inquiry: { operation: policy.get, by: our_reference, visibility_lag: 30s, not_found_is_final_after: 10m }\n"


def test_a_read_may_be_not_executed_without_a_sentence_to_prove_it(hengtai):
    row = '    - { when: wire.Head.Flag == "9", is: not_executed }\n    - { else: unknown }'
    assert hengtai.change(GET, "    - { else: unknown }", row).said() == []
    hengtai.change(ISSUE, "    - { else: unknown }", row)
    assert hengtai.codes() == ["E411"]


def test_a_row_behind_the_same_statuses_is_never_reached(aurora):
    aurora.change(
        ISSUE, "    - { http: 409, is: pending", "    - { http: 422, is: refused }\n    - { http: 409, is: pending"
    )
    (found,) = aurora.check()
    assert (found.code, "takes all it would" in found.message) == ("E402", True)


def test_a_status_with_a_condition_leaves_the_status_to_the_rows_behind(aurora):
    aurora.change(
        ISSUE,
        "    - { http: 201, is: accepted }",
        "    - { http: 201, when: wire.policy.number, is: accepted }\n    - { http: 201, is: pending, then: inquiry }",
    )
    assert aurora.said() == []


def test_without_replay_or_inquiry_a_write_is_a_warning_and_a_declared_duplicate_an_error(hengtai):
    hengtai.change(ISSUE, "is: pending, then: inquiry, every: 30s, for: 24h", "is: pending").change(ISSUE, INQUIRY, "")
    assert hengtai.codes() == ["E412"]
    hengtai.change(ISSUE, "idempotency: { kind: reject_duplicate, key: Head.TranNo }\n", "")
    assert hengtai.codes() == ["W412"]
    hengtai.change(
        ISSUE, "format: mapping/1\n", "format: mapping/1\nidempotency: { kind: replay, key: Head.TranNo, ttl: 24h }\n"
    )
    assert hengtai.codes() == []


def test_a_replay_without_its_key_and_a_time_to_live_without_a_replay_contradict_themselves(hengtai):
    hengtai.change(ISSUE, "{ kind: reject_duplicate, key: Head.TranNo }", "{ kind: query_only, ttl: 24h }")
    assert hengtai.codes() == ["E413"]


def test_an_inquiry_that_writes_is_refused(breakwater):
    breakwater.change(
        SITE, "idempotency: { kind: none }", "idempotency: { kind: query_only }\ninquiry: { operation: policy.issue }"
    )
    assert any("'policy.issue' is a write: an inquiry must have no effect" in each for each in breakwater.said())


def test_a_not_found_may_come_from_the_outcome_rows_themselves(hengtai):
    hengtai.change(
        CARRIER,
        "  E0404: { is: declined,  code: policy.not_found,       zh: 保单不存在 }           # the inquiry's NOT FOUND\n",
        "",
    )
    assert hengtai.codes() == ["W417"]
    hengtai.change(
        GET,
        "    - { else: unknown }",
        '    - { when: wire.Head.Flag == "4", is: declined, code: policy.not_found }\n    - { else: unknown }',
    )
    assert hengtai.said() == []


def test_a_write_that_echoes_nothing_says_so(hengtai):
    hengtai.change(ISSUE, "correlate: { request_no: Head.TranNo }", "echo: none")
    assert hengtai.said() == []
    hengtai.change(ISSUE, "echo: none", "echo: none\n  correlate: { request_no: Head.TranNo }")
    assert hengtai.codes() == ["E420"]


def test_a_reply_may_be_ours_by_a_path_of_the_request(hengtai):
    hengtai.change(ISSUE, "{ request_no: Head.TranNo }", "{ client_ref: Head.Ref, policyholder.name: Body.Name }")
    assert hengtai.said() == []
    hengtai.change(ISSUE, "policyholder.name", "policyholder.nam")
    assert hengtai.codes() == ["E203"]


def test_the_offending_field_of_an_error_is_one_of_a_request(hengtai):
    hengtai.change(CARRIER, "field: insureds", "field: insurd")
    (found,) = hengtai.check()
    assert (found.code, "'insurd' in any request" in found.message) == ("E203", True)


def test_an_error_code_may_end_in_a_star_and_nowhere_else_hold_one(hengtai):
    assert hengtai.change(CARRIER, "  E0300:", "  E03*:").said() == []
    hengtai.change(CARRIER, "  E03*:", "  E*0:")
    assert hengtai.codes() == ["E115"]


def test_a_callback_to_come_must_be_one_the_carrier_sends(hengtai):
    row = '    - { when: wire.Head.Flag == "7", is: pending, then: callback }\n    - { else: unknown }'
    assert hengtai.change(ISSUE, "    - { else: unknown }", row).said() == []
    hengtai.change(GET, "    - { else: unknown }", row)
    assert hengtai.codes() == ["E407"]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("call: POST /policies", "call: POST policies", "E443: 'POST policies' is no call"),
        ("call: POST /policies", "call: POST", "what is sent without call: leave it out"),
        ("call: POST /policies", "call: POST /p/{req.plann}", "E303: req has no field 'plann'; did you mean 'plan"),
        ("call: POST /policies", "call: POST /p/{req.plan}", None),
    ],
)
def test_a_call_is_a_method_and_a_path_with_expressions(aurora, right, wrong, said):
    found = [each for each in aurora.change(ISSUE, right, wrong).said() if "E241" not in each]
    assert found == [] if said is None else any(said in each for each in found)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("algo: hmac_sha256\n", "algo: md5\n", "md5 takes no key"),
        ("key: secret.hmac_key\n", "key: topsecret\n", "a key is a secret: key: secret.name"),
        ("    put: header.X-Signature\n", "", "does not say where the signature stands"),
        ("    encode: base64\n", "    encode: base65\n", "no encoding 'base65'; did you mean 'base64'?"),
        ('"{config.base_url}/partner', '"{secret.base_url}/partner', "cannot stand in a URL"),
        ("client_secret: secret.client_secret", "client_secret: plain", "client_secret is a secret of the channel"),
        ("grant: client_credentials", "grant: login", "a login does not say where its token stands"),
        ("X-Nonce: =nonce(16)", "X-Nonce: =nonse(16)", "unknown function nonse()"),
        ("X-Nonce: =nonce(16)", "X-Nonce: =req.plan", "'req' is not there"),
        ("Bearer {token}", "Bearer {token} {confg.x}", "unknown name 'confg'"),
        ("body: { received: true }", "body: { received: =wir.ok }", "unknown name 'wir'"),
    ],
)  # fmt: skip
def test_what_travels_beside_the_message_is_checked_too(aurora, right, wrong, said):
    assert any(said in each for each in aurora.change(CARRIER, right, wrong).said())


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        ("binary: {}", "'binary' does not stand in wire"),
        ("verify: { algo: md5, over: [body], from: header.X }", "'verify' does not stand in wire"),
    ],
)
def test_a_layer_that_goes_the_other_way_is_refused_with_its_place(breakwater, layer, said):
    found = next(
        each for each in breakwater.change(CARRIER, "  - base64: {}", f"  - {layer}").check() if each.code == "E117"
    )
    assert said in found.message
    assert (found.mark.line, found.mark.column) == breakwater.place(CARRIER, layer)[1:]


def test_an_inquiry_by_our_reference_that_never_sends_what_the_lost_write_is_known_by_is_refused(hengtai):
    assert "E414" not in hengtai.codes()
    hengtai.change("policy_get.yaml", "=request_no(30)", "=attempt_no(30)")
    (said,) = [each for each in hengtai.check() if each.code == "E414"]
    assert "policy.get never sends our number" in said.message
    assert said.mark.column == hengtai.place(ISSUE, "our_reference")[2]
    hengtai.change(ISSUE, "by: our_reference", "by: natural_key")
    assert "E414" not in hengtai.codes()


def test_a_number_that_a_reply_must_repeat_is_a_reference_as_well(hengtai):
    hengtai.change("policy_get.yaml", "=request_no(30)", "=attempt_no(30)")
    hengtai.change(
        "policy_get.yaml",
        "numbers(kind=policy).no: { to: Body.ContNo, max",
        "numbers(kind=quote).no: { to: Body.ContNo, max",
    )
    assert "E414" in hengtai.codes()
    hengtai.change(ISSUE, "correlate: { request_no: Head.TranNo }", "correlate: { numbers(kind=quote).no: Body.Q }")
    assert "E414" not in hengtai.codes()
    hengtai.change(ISSUE, "correlate: { numbers(kind=quote)", "correlate: { numbers(kind=proposal)")
    assert "E414" in hengtai.codes()


def test_a_number_that_is_asked_after_by_more_of_it_than_was_sent_is_never_found(hengtai):
    hengtai.change("policy_get.yaml", "=request_no(30)", "=request_no(32)")
    (said,) = [each for each in hengtai.check() if each.code == "E477"]
    assert said.message == "policy.issue is sent under 30 characters of our number, and asked after by 32"
    hengtai.change("policy_get.yaml", "=request_no(32)", "=request_no()")
    assert "asked after by 50" in next(each.message for each in hengtai.check() if each.code == "E477")
    hengtai.change("policy_get.yaml", "=request_no()", "=request_no(30)")
    assert "E477" not in hengtai.codes()


def test_the_whole_number_is_as_long_as_the_gateway_makes_it():
    assert len(request_no("op_1", "main")) == WHOLE


def test_a_reply_cannot_bear_a_number_that_was_never_sent(hengtai):
    hengtai.change(ISSUE, "=request_no(30) ", "=attempt_no(30) ")
    (said,) = [each for each in hengtai.check() if each.code == "E420"]
    assert "the reply must bear request_no, which policy.issue never sends" in said.message
