"""The wire's side of rows: what the carrier's document says of its fields holds for what a mapping writes and reads."""

import pytest

GET, SCHEMA, CARRIER = "policy_get.yaml", "wire.schema.yaml", "carrier.yaml"


def _only(copy):
    (found,) = copy.check()
    return found


def test_an_unknown_wire_field_points_at_the_path_and_names_the_near_one(hengtai):
    hengtai.change(GET, "Body.EndDate, as", "Body.EndDat, as")
    found = _only(hengtai)
    assert (found.code, found.message) == ("E243", "the carrier's policy.get has no field 'Body.EndDat'")
    assert found.hint == "did you mean 'Body.EndDate'?"
    assert (found.mark.line, found.mark.column) == hengtai.place(GET, "Body.EndDat,")[1:]


def test_a_field_a_condition_names_must_be_one_of_the_reply(hengtai):
    hengtai.change(GET, "by_code: wire.Head.ErrCode", "by_code: wire.Head.ErrCod")
    found = _only(hengtai)
    assert (found.code, found.hint) == ("E243", "did you mean 'Head.ErrCode'?")
    assert (found.mark.line, found.mark.column) == hengtai.place(GET, "Head.ErrCod ")[1:]


def test_a_path_a_condition_asks_for_by_its_text_must_be_one_of_the_reply(hengtai):
    hengtai.change(GET, "by_code: wire.Head.ErrCode", """by_code: 'wire("Head.ErrCode")'""")
    assert hengtai.said() == []
    hengtai.change(GET, '"Head.ErrCode"', '"Head.Errcod"')
    found = _only(hengtai)
    assert (found.code, found.hint) == ("E243", "did you mean 'Head.ErrCode'?")
    assert (found.mark.line, found.mark.column) == hengtai.place(GET, 'Head.Errcod"')[1:]


def test_a_field_under_another_element_is_found_by_its_name(hengtai):
    hengtai.change(GET, "{ to: Body.State,", "{ to: Body.Risks.State,")
    found = _only(hengtai)
    assert (found.code, found.hint) == ("E243", "did you mean 'Body.State'?")


def test_a_shape_may_read_more_than_this_reply_holds(hengtai):
    assert "Body.Appnt.Sex" not in hengtai.text(SCHEMA)
    assert hengtai.said() == []


def test_nothing_is_said_of_what_stands_inside_a_field_the_document_leaves_open(hengtai):
    hengtai.change(SCHEMA, "Body.Appnt.Name: { type: text, bytes: 60 }", "Body.Appnt: { type: object }")
    assert hengtai.said() == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("type: date }\n      Body.SignDate", "type: decimal }\n      Body.SignDate", []),
        ("Body.Prem: { type: decimal }", "Body.Prem: { type: int }", ["'Body.Prem' is an int at the carrier, money(yuan) writes digits behind a point"]),
        ("Body.Prem: { type: decimal }", "Body.Prem: { type: date }", ["'Body.Prem' is a date at the carrier, the row writes a money"]),
        ("Body.Appnt.Name: { type: text, bytes: 60 }", "Body.Appnt: { type: text }", ["'Body.Appnt' is a text at the carrier, the row writes an object"]),
    ],
)  # fmt: skip
def test_a_row_writes_what_its_field_takes(hengtai, right, wrong, said):
    hengtai.change(SCHEMA, right, wrong)
    assert [found.message for found in hengtai.check() if found.code == "E244"] == said


def test_a_required_field_nobody_writes_is_named_with_its_label(hengtai):
    hengtai.change(SCHEMA, "Head.BankCode: { type: text", "Head.BankNode: { type: text, required: true, label: 网点")
    found = hengtai.check()
    assert [each.code for each in found] == ["E245", "E243"]
    assert found[0].message == "the carrier requires 'Head.BankNode' (网点), and no row writes it"


def test_a_required_field_inside_an_element_that_is_not_sent_is_not_missed(hengtai):
    hengtai.change(SCHEMA, "    response:", "      Body.Extra.Code: { type: text, required: true }\n    response:")
    assert hengtai.said() == []


@pytest.mark.parametrize("words", ["default: X1", "missing: error", "missing: blank", 'missing: "-"'])
def test_what_is_sent_for_an_absent_value_satisfies_a_required_field(hengtai, words):
    hengtai.change(GET, "missing: error", words)
    assert hengtai.said() == []


def test_the_carriers_own_bound_is_asked_for_in_bytes_or_characters(hengtai):
    hengtai.change(SCHEMA, "length: 40, required: true, label: 保单号", "bytes: 20, required: true, label: 保单号")
    found = _only(hengtai)
    assert (found.code, found.message) == (
        "E247",
        "'Body.ContNo' (保单号) takes 20 at the carrier, this may be 40 long",
    )


def test_a_constant_longer_than_its_field_is_seen(hengtai):
    hengtai.change(GET, '"1004"', '"10041"')
    assert _only(hengtai).message == "'Head.TranCode' takes 4 at the carrier, this may be 5 long"


def test_on_json_a_number_is_no_text(aurora):
    schema = "format: mapping/1\nmessages:\n  policy.get:\n    response:\n      policy.number: { type: int }\n      policy: { type: any }\n"
    aurora.write(SCHEMA, schema.replace("      policy: { type: any }\n", ""))
    assert "'policy.number' is an int at the carrier, the row writes a text" in [
        found.message for found in aurora.check()
    ]


def test_a_message_nobody_maps_is_said_at_its_name(hengtai):
    hengtai.change(SCHEMA, "policy.get:", "policy.gets:")
    found, *others = hengtai.check()
    # The request and the response under that name are one message that is not there.
    assert others == []
    assert (found.code, found.hint) == ("E250", "did you mean 'policy.get'?")
    assert (found.mark.line, found.mark.column) == (3, 3)


def test_the_calls_of_a_flow_have_messages_of_their_own(breakwater):
    step = "format: mapping/1\nmessages:\n  policy.issue/site:\n    steps:\n      price:\n        request:\n"
    breakwater.write(
        SCHEMA,
        f"{step}          Head.Serial: {{ type: text, length: 8, required: true }}\n          Body: {{ type: any }}\n",
    )
    found = [each for each in breakwater.check() if each.code != "W412"]
    assert {(each.code, each.message.split(", this")[0]) for each in found} >= {
        ("E247", "'Head.Serial' takes 8 at the carrier")
    }
    assert all("price" in each.message or each.code == "E247" for each in found), "the other call is not held to it"
    breakwater.change(SCHEMA, "      price:", "      prize:")
    assert "E250" in breakwater.codes()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("Head.Flag: { type: integer }", "E110"), ("Head.Flag: { typ: int }", "E111"), ("Head..Flag: {}", "E113"),
        ("/Head.Flag: {}", "E113"), ("Head(a=b).Flag: {}", "E113"), ("Head.Flag: { length: 0 }", "E110"),
    ],
)  # fmt: skip
def test_a_slip_in_the_schema_itself_is_a_fault_of_form(hengtai, wrong, code):
    hengtai.change(SCHEMA, "Head.Flag: { type: int, length: 1, required: true }", wrong)
    assert code in hengtai.codes()


def test_a_huge_schema_is_refused_by_its_number_of_fields(hengtai):
    rows = "".join(f"      F{number}: {{ type: text }}\n" for number in range(6_000))
    hengtai.change(SCHEMA, "      Head.Flag:", f"{rows}      Head.Flag:")
    assert "E119" in hengtai.codes()
