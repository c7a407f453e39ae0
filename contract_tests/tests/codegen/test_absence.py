"""What stands for a value that is not there, and what of the wire counts as none: in both directions."""

import json
from datetime import date

import pytest

from gateway.model import Coverage, Insured, Money, Party, Premium, PriorPolicy, Relationship
from gateway.wire import CannotSend

XML = "kind: xml, xml: { root: R }"


def email(missing, **more):
    extra = "".join(f", {name}: {value}" for name, value in more.items())
    return (
        f"  fields: {{ policyholder.name: {{ to: n }}, policyholder.email: {{ to: m, missing: {missing}{extra} }} }}\n"
    )


@pytest.mark.parametrize(
    ("missing", "wire"), [("omit", {}), ("blank", {"m": ""}), ("null", {"m": None}), ('"-"', {"m": "-"})]
)
def test_what_is_sent_for_absence_is_read_back_as_absence(both, missing, wire):
    deal = both(email(missing))
    assert deal.sent() == {"n": "张三", **wire}
    reply = deal.read({"n": "张三", **wire})
    assert reply.result.policyholder == Party(name="张三")
    assert not reply.problems


@pytest.mark.parametrize("missing", ["omit", "blank", "null", '"-"'])
@pytest.mark.parametrize("wire", [{}, {"m": ""}, {"m": "  "}, {"m": None}])
def test_every_kind_of_nothing_is_read_as_absent_whatever_is_sent(both, missing, wire):
    assert both(email(missing)).read({"n": "x", **wire}).result.policyholder.email is None


def test_the_filler_of_one_row_is_a_value_in_another(both):
    assert both(email("omit")).read({"n": "x", "m": "-"}).result.policyholder.email == "-"


def test_a_needed_value_refuses_the_request_and_leaves_a_result_incomplete(both):
    deal = both(email("error"))
    with pytest.raises(CannotSend, match=r"policyholder\.email"):
        deal.sent()
    reply = deal.read({"n": "x"})
    assert reply.incomplete
    assert "missing wire field 'm'" in reply.problems[0]
    assert "policy_issue.yaml:" in reply.problems[0]


def test_a_message_and_the_carrier_say_it_for_all_their_rows_and_a_row_for_itself(both):
    rows = (
        "  missing: blank\n  fields: { policyholder.name: { to: n }, policyholder.email: { to: a },"
        " policyholder.school: { to: b, missing: omit } }\n"
    )
    assert both(rows).sent() == {"n": "张三", "a": ""}


def test_an_object_of_which_nothing_is_there_may_be_sent_as_one_blank_record(both):
    shapes = "shapes:\n  price: { of: Premium, fields: { gross: { to: g, as: money(fen) }, net: { to: t, as: money(fen) } } }\n"
    row = "  fields: { coverages: { list: L, fields: { code: { to: c }, premium: { to: P, shape: price, missing: blank } } } }\n"
    deal = both(row, shapes=shapes)
    assert deal.sent(coverages=(Coverage(code="A"),)) == {"L": [{"c": "A", "P": {"g": "", "t": ""}}]}
    assert deal.read({"L": [{"c": "A", "P": {"g": "", "t": ""}}]}).result.coverages == (Coverage(code="A"),)
    paid = Coverage(code="A", premium=Premium(gross=Money(amount=5, currency="CNY")))
    assert deal.read(deal.sent(coverages=(paid,))).result.coverages == (paid,)


def test_a_filler_record_keeps_what_selectors_and_constants_wrote(both):
    rows = (
        '  fields:\n    insureds: { list: M(role=1), when: item.role == "owner", missing: blank,'
        " send: { fixed: F }, fields: { ref: { to: id } } }\n"
    )
    deal = both(rows)
    assert deal.sent() == {"M": [{"role": "1", "fixed": "F", "id": ""}]}
    assert deal.read(deal.sent()).result.insureds == ()
    assert [one.ref for one in deal.read({"M": {"role": "1", "id": "x"}}).result.insureds] == ["x"]


def test_what_is_sent_is_never_overwritten_by_an_absent_value(both):
    rows = "  send: { m: fixed }\n  fields: { policyholder.email: { to: k.e, missing: blank } }\n  blank: [z]\n"
    assert both(rows).sent() == {"m": "fixed", "k": {"e": ""}, "z": ""}


def test_blank_tags_are_sent_and_never_counted_as_unknown(both):
    deal = both("  fields: { policyholder.name: { to: n } }\n  blank: [Weight, Body.Height]\n")
    assert deal.sent() == {"n": "张三", "Weight": "", "Body": {"Height": ""}}
    assert deal.read({"n": "x", "Weight": "70", "Body": {"Height": "1"}}).unmapped == ()


@pytest.mark.parametrize(("empty", "written"), [("tag", b"<R><n>x</n><m/></R>"), ("omit", b"<R><n>x</n></R>")])
def test_an_empty_text_is_a_tag_or_is_left_out_of_xml(both, empty, written):
    deal = both(email("omit"), transport=f"kind: xml, xml: {{ root: R, empty: {empty} }}")
    assert deal.body(policyholder=Party(name="x", email="")) == written


@pytest.mark.parametrize("empty", ["tag", "omit"])
def test_an_absent_value_is_left_out_of_xml_however_an_empty_text_is_written(both, empty):
    deal = both(email("omit"), transport=f"kind: xml, xml: {{ root: R, empty: {empty} }}")
    assert deal.body(policyholder=Party(name="x")) == b"<R><n>x</n></R>"


def test_a_default_is_sent_for_an_absent_value_and_set_for_an_absent_field(both):
    codes = 'enums:\n  rel: { of: relationship, map: { self: "0" }, send_other: "9", read_other: error }\n'
    rows = (
        "  fields: { insureds: { list: L, fields: { ref: { to: id },"
        " relationship_to_policyholder: { to: r, as: enum(rel), default: self } } } }\n"
    )
    deal = both(rows, codes=codes)
    assert deal.sent(insureds=(Insured(ref="a"),)) == {"L": [{"id": "a", "r": "0"}]}
    read = deal.read({"L": [{"id": "a"}]}).result.insureds
    assert read == (Insured(ref="a", relationship_to_policyholder=Relationship.self),)


def test_a_default_that_is_an_expression_is_for_sending_only(both):
    rows = (
        "  fields: { policyholder.name: { to: n }, policyholder.email: { to: m, default: =req.policyholder.name } }\n"
    )
    deal = both(rows)
    assert deal.sent() == {"n": "张三", "m": "张三"}
    assert deal.read({"n": "x"}).result.policyholder.email is None


def test_a_default_of_a_number_is_a_number(both):
    rows = "  fields: { coverages: { list: L, fields: { code: { to: c }, units: { to: u, as: int, default: 1 } } } }\n"
    deal = both(rows)
    assert deal.sent(coverages=(Coverage(code="A"),)) == {"L": [{"c": "A", "u": 1}]}
    assert deal.read({"L": [{"c": "A"}]}).result.coverages[0].units == 1


def test_an_optional_answer_is_none_when_the_question_was_never_asked(both):
    rows = '  send: { h: ="?" if answer("health") is None else "Y" if answer("health") else "N" }\n'
    assert both(rows).sent() == {"h": "?"}


def test_constants_are_text_and_typed_where_they_say_so(both):
    wire = both("  send: { a: 0, b: =0, c: =True, d: =None, e: '01', f: no }\n").sent()
    assert wire == {"a": "0", "b": 0, "c": True, "e": "01", "f": "no"}


def test_a_condition_on_a_row_decides_about_sending_only(both):
    deal = both('  fields: { policyholder.name: { to: n, when: req.policyholder.gender == "male" } }\n')
    assert deal.sent() == {}
    assert deal.read({"n": "x"}).result.policyholder.name == "x"


def test_a_condition_about_the_reply_decides_about_reading_only(both):
    deal = both('  fields: { policyholder.name: { to: n, when: wire.kind == "P" } }\n')
    assert deal.sent() == {"n": "张三"}
    assert deal.read({"n": "x", "kind": "P"}).result.policyholder.name == "x"
    assert deal.read({"n": "x", "kind": "Q"}).result.policyholder is None


def test_blank_is_a_value_for_a_carrier_that_says_so(workshop, carrier_yaml, operation_yaml, ctx, reply_of):
    carrier = carrier_yaml.replace('timezone: "+08:00"', 'timezone: "+08:00", blank_is_missing: false')
    files = {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml.replace("to: policyNo", "to: p")}
    made = workshop.made("blanks", files).module("policy_issue")
    body = json.dumps({"no": "R" * 20, "ok": "1", "p": " "})
    assert made.parse(reply_of(body), None, ctx).result.numbers[0].no == " "


@pytest.mark.parametrize(
    "rows",
    [
        "  fields: { policyholder.name: { to: n }, policyholder.email: { to: n@mail } }\n",
        "  fields: { policyholder: { to: p, fields: { name: { to: n }, email: { to: n@mail } } } }\n",
    ],
    ids=["on top", "inside an object"],
)
def test_an_element_without_its_attribute_is_a_plain_text_and_read_as_one(both, rows):
    deal = both(rows)
    for who in (Party(name="x"), Party(name="x", email="a@example.com")):
        reply = deal.read(deal.sent(policyholder=who))
        assert (reply.result.policyholder, reply.problems, reply.unmapped) == (who, (), ())


def test_a_zero_is_a_value_where_the_model_has_another_default(both):
    deal = both(
        "  fields: { beneficiaries: { list: B, fields: { order: { to: o, as: int }, party.name: { to: n } } } }\n"
    )
    for order, wire in ((0, {"o": 0}), (1, {}), (1, {"o": ""}), (3, {"o": 3})):
        reply = deal.read({"B": [{"n": "x", **wire}]})
        assert ([each.order for each in reply.result.beneficiaries], reply.problems) == ([order], ())


def test_a_codec_that_only_sends_leaves_its_field_alone_when_reading(both):
    deal = both(
        "  fields: { policyholder: { to: p, fields: { name: { to: n }, birth_date: { to: b, as: date(yy-MM-dd) } } } }\n"
    )
    who = Party(name="x", birth_date=date(1990, 3, 7))
    assert deal.sent(policyholder=who) == {"p": {"n": "x", "b": "90-03-07"}}
    assert deal.read(deal.sent(policyholder=who)).result.policyholder == Party(name="x")


@pytest.mark.parametrize("when", ["", ', when: item.code == "A"'])
def test_without_an_item_of_a_needed_list_nothing_is_sent(both, when):
    rows = f"  fields: {{ coverages: {{ list: c, missing: error{when}, fields: {{ code: {{ to: k }} }} }} }}\n"
    deal = both(rows)
    for coverages in ((), (Coverage(code="B"),)) if when else ((),):
        with pytest.raises(CannotSend, match="coverages"):
            deal.sent(coverages=coverages)
    assert deal.sent(coverages=(Coverage(code="A"),)) == {"c": [{"k": "A"}]}


def test_without_a_needed_object_nothing_is_sent(both):
    rows = "  fields: { prior_policy: { to: p, missing: error, fields: { no: { to: n } } } }\n"
    deal = both(rows, reply="  fields: { coverages: { list: c, fields: { code: { to: k } } } }\n")
    with pytest.raises(CannotSend, match="prior_policy"):
        deal.sent()
    assert deal.sent(prior_policy=PriorPolicy(no="P1")) == {"p": {"n": "P1"}}


@pytest.mark.parametrize(("missing", "refused"), [("eror", True), ("blnak", True), ('"eror"', False), ("N/A", False)])
def test_a_slip_of_a_word_for_absence_is_not_sent_to_a_carrier(workshop, carrier_yaml, missing, refused):
    issue = (
        "request: { of: PolicyIssueRequest, fields: { policyholder.email: { to: m, missing: " + missing + " } } }\n"
        "response: { of: PolicyIssueResult, echo: none, outcome: [{ else: unknown }] }\n"
    )
    faults = workshop.refused("slips", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": issue})
    assert any("E234" in fault and "did you mean" in fault for fault in faults) is refused


XSI = 'xsi: "http://www.w3.org/2001/XMLSchema-instance"'
NIL = "  fields: { policyholder.name: { to: n }, policyholder.school: { to: s, missing: 'null' }, policyholder.email: { to: '@mail', missing: 'null' } }\n"


def test_null_of_xml_is_an_element_that_says_so_and_is_read_as_absent(fragment):
    piece = fragment(NIL, NIL, wire=f"wire: [xml: {{ root: R, ns: {{ {XSI} }} }}, charset: UTF-8]\n")
    head = '<R xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    assert piece.sent(policyholder={"name": "张三"}) == f'{head}<n>张三</n><s xsi:nil="true"/></R>'
    assert piece.sent(policyholder={"name": "张三", "school": "三中"}) == f"{head}<n>张三</n><s>三中</s></R>"
    assert piece.result(f'{head}<n>张三</n><s xsi:nil="true"/></R>')["policyholder"] == {"name": "张三"}


def test_null_of_xml_needs_the_prefix_that_it_is_written_with(workshop, carrier_yaml, operation_yaml):
    carrier = carrier_yaml.replace("kind: rest-json", "kind: xml, xml: { root: R }")
    operation = operation_yaml.replace(
        "{ to: holder }", "{ to: holder }, policyholder.school: { to: s, missing: 'null' }"
    )
    (fault,) = workshop.refused("nil", {"carrier.yaml": carrier, "policy_issue.yaml": operation})
    assert "E234" in fault
    assert "XMLSchema-instance" in fault
