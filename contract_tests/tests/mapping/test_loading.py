"""What the loader makes of a carrier's files: every word in its place in the tree, nothing guessed."""

import pytest

from cli.mapping.tree import Codec, Expression, Text


def names(layers):
    return [layer.name for layer in layers]


def test_a_transport_kind_becomes_the_layers_it_is_short_for(hengtai):
    carrier = hengtai.load().carrier
    assert names(carrier.wire) == ["xml", "charset", "sign"]
    assert [names(reply) for reply in carrier.reply] == [["verify", "charset", "xml"]]
    assert carrier.wire[1].options["name"].value == "GBK"
    assert carrier.wire[1].options["unencodable"].value == "error"


def test_without_verify_the_reply_is_left_to_plain_undoing(hengtai):
    text = hengtai.text("carrier.yaml")
    line = next(line for line in text.split("\n") if line.startswith("  verify:"))
    assert hengtai.change("carrier.yaml", f"{line}\n", "").load().carrier.reply == ()


def test_layers_written_out_keep_their_order_and_several_replies_stay_several(breakwater):
    carrier = breakwater.load().carrier
    assert names(carrier.wire) == ["xml", "charset", "sign", "base64", "form"]
    assert [names(reply) for reply in carrier.reply] == [["charset", "xml"], ["charset", "xml"]]
    assert carrier.wire[4].options["with"]["user"] == Expression(
        "secret.user", carrier.wire[4].options["with"]["user"].mark
    )


def test_an_operation_with_one_call_has_one_step_of_its_name(hengtai):
    (get, issue) = hengtai.load().operations
    assert [step.name for step in (*get.steps, *issue.steps)] == ["policy.get", "policy.issue"]
    assert issue.idempotency.kind.value == "reject_duplicate"
    assert (issue.inquiry.visibility_lag_s, issue.inquiry.not_found_is_final_after_s) == (30.0, 600.0)


def test_steps_keep_their_order_their_operations_and_what_they_extend(breakwater):
    (operation,) = breakwater.load().operations
    assert (operation.name, operation.variant) == ("policy.issue", "site")
    assert [(step.name, step.operation) for step in operation.steps] == [
        ("price", "quote.create"),
        ("issue", "policy.issue"),
    ]
    assert operation.steps[1].request.extends.value == "price"


def test_every_row_of_a_list_of_rows_is_a_row_of_its_own(breakwater):
    rows = [row for row in breakwater.load().carrier.shapes["party"].rows if row.canonical.text == "gender"]
    assert [(row.to.text, row.codec.arguments) for row in rows] == [
        ("Sex.Code@code", ("sex",)),
        ("Sex.Text", ("sex_text",)),
    ]


def test_an_entry_of_send_without_a_value_only_takes_its_place(breakwater):
    kind, marital = breakwater.load().carrier.shapes["party"].send
    assert (kind.to.text, kind.value) == ("Kind", None)
    assert marital.value.value == "9"


def test_a_value_behind_an_equals_sign_is_an_expression_that_knows_its_first_character(hengtai):
    (_, issue) = hengtai.load().operations
    send = next(send for send in issue.steps[0].request.send if send.to.text == "Body.InsuredCount")
    assert isinstance(send.value, Expression)
    assert send.value.source == "count(req.insureds)"
    assert str(send.value.mark).endswith(
        ":{}:{}".format(*hengtai.place("policy_issue.yaml", "count(req.insureds)")[1:])
    )


def test_a_quoted_constant_stays_text_and_says_that_it_was_quoted(hengtai):
    table = hengtai.load().carrier.tables["gender"]
    (_, male), (_, female) = table.pairs
    assert (male.value, male.quoted, female.value) == ("0", True, "1")


def test_a_bare_is_tests_the_field_of_its_row(breakwater):
    (operation,) = breakwater.load().operations
    inner = operation.steps[0].request.rows[0].body
    row = next(row for row in inner.rows if row.canonical.text.endswith("relationship_to_policyholder"))
    (path, pattern) = row.cases[2].matches[0]
    assert (path.text, [text.value for text in pattern.texts]) == (".", ["employee", "employer"])
    assert row.cases[3].matches[0][1].kind == "present"


def test_a_capture_carries_its_codec(hengtai):
    case = hengtai.load().carrier.shapes["person"].cases[1]
    (_, pattern) = case.wire[0]
    assert (pattern.kind, pattern.capture, pattern.codec) == (
        "capture",
        "d",
        Codec("date", pattern.codec.mark, ("yyyyMMdd",)),
    )


def test_a_table_beside_the_mapping_gives_codes_and_further_columns(breakwater):
    table = breakwater.load().carrier.tables["done"]
    assert [(canonical.value, code.value) for canonical, code in table.pairs] == [("accepted", "1"), ("declined", "0")]
    assert table.columns == {"text": {"accepted": "完成", "declined": "拒绝"}}
    assert str(table.pairs[1][1].mark).endswith("done.csv:3:1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "an empty table"),
        ("outcome\naccepted\n", "names 2 to 50 different columns"),
        ("outcome,flag\naccepted\n", "1 cells, but the header names 2"),
        ("outcome,flag\naccepted,1\naccepted,2\n", "stands in the table twice"),
        ('outcome,flag\n"accepted,1\n', "not CSV"),
    ],
)
def test_a_table_that_is_not_right_is_a_fault_of_the_table(breakwater, text, said):
    assert any("done.csv" in each and said in each for each in breakwater.write("done.csv", text).said())


def test_errors_may_stand_in_a_table_whose_header_names_the_result_words(hengtai):
    hengtai.write("errors.csv", "code,is,because,zh\nS0002,not_executed,规范4.3,系统忙\nE0500,declined,,拒保\n")
    hengtai.change("carrier.yaml", "  S9999:", "  table: errors.csv\n  S9999:")
    rows = {code.value: result for code, result in hengtai.load().carrier.errors.rows}
    assert (rows["S0002"].kind.value, rows["S0002"].because.value) == ("not_executed", "规范4.3")
    assert (rows["E0500"].kind.value, rows["E0500"].because, rows["E0500"].zh.value) == ("declined", None, "拒保")
    assert hengtai.said() == []


def test_a_callback_knows_its_operation_by_its_result_type_and_answers_in_the_carriers_form(hengtai, aurora):
    (callback,) = hengtai.load().carrier.callbacks
    assert (callback.operation, callback.verify_same, callback.answer.status) == ("policy.issue", True, 200)
    assert callback.answer.fields["Head.Desc"].value == "成功"
    (other,) = aurora.load().carrier.callbacks
    assert (other.dedup.source, other.answer.fields["received"].value) == ("wire.eventId", "true")


def test_the_token_keeps_its_words_and_their_places(aurora):
    token = aurora.load().carrier.token
    assert token.options["refresh_before"] == Text("60s", token.key_marks["refresh_before"].shifted(16))


def test_what_was_read_is_known_by_its_hash(breakwater):
    before = breakwater.load().sha256
    breakwater.change("done.csv", "完成", "成")
    after = breakwater.load().sha256
    changed = {file.rpartition("/")[2] for file in before if before[file] != after[file]}
    assert changed == {"done.csv"}


def test_an_operation_of_a_native_carrier_declares_and_maps_nothing(hengtai):
    hengtai.change("carrier.yaml", "format: mapping/1", "format: mapping/1\nnative: true")
    said = [each for each in hengtai.said() if "nothing is mapped there" in each]
    assert len(said) == 4
    declared = "format: mapping/1\nidempotency: { kind: replay, key: header.Idempotency-Key, ttl: 24h }\n"
    hengtai.write("policy_issue.yaml", declared).write("policy_get.yaml", "format: mapping/1\n")
    (get, issue) = hengtai.load().operations
    assert (get.steps, issue.steps, issue.idempotency.ttl_s) == ((), (), 86_400.0)


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("carrier.yaml", "connect: 3s", "connect: 3 s", "must be a duration such as 30s"),
        ("carrier.yaml", "kind: xml ", "kind: yml ", "kind cannot be 'yml'; did you mean 'xml'?"),
        ("carrier.yaml", "  xml: { root", "  json: { sorted: true }\n  xml: { root", "kind xml has no 'json'"),
        ("carrier.yaml", "empty: tag", "empty: tags", "empty cannot be 'tags'; did you mean 'tag'?"),
        ("carrier.yaml", 'timezone: "+08:00"', 'timezone: "8"', "neither an offset (+08:00) nor a zone name"),
        ("carrier.yaml", "{ to: Name, max_bytes: 60 }", "Name", "row 'name' must be a map; write { to: Name }"),
        ("carrier.yaml", "{ to: Name, max_bytes: 60 }", "{ max_bytes: 60 }", "needs 'to', 'list', 'cases' or rows"),
        ("carrier.yaml", "verify: same", "verify: yes", "verify cannot be 'yes'"),
        ("codes.yaml", "map: { single", "maps: { single", "did you mean 'map'?"),
        ("policy_issue.yaml", "is: accepted", "is: acepted", "is cannot be 'acepted'; did you mean 'accepted'?"),
        ("policy_issue.yaml", "when: req.beneficiaries", "when: =req.beneficiaries", "leave the '=' out"),
        ("policy_issue.yaml", "issued_at: =datetime", "issued_at: datetime", "must be an expression"),
    ],
)  # fmt: skip
def test_a_fault_of_form_says_what_would_be_right(hengtai, file, right, wrong, said):
    assert any(said in each for each in hengtai.change(file, right, wrong).said())
