"""What messages of carriers look like beyond plain nesting: numbered fields, odd names, leaves, values in pieces."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from gateway.model import (
    Beneficiary,
    BeneficiaryKind,
    Coverage,
    Insured,
    Money,
    Party,
    Period,
    Phone,
)
from gateway.wire import CannotSend, Inbound
from gateway.wire.hours import parse_hours

TWO = tuple(Beneficiary(kind=BeneficiaryKind.named, share="1/2", party=Party(name=name)) for name in ("甲", "乙"))
NUMBERED = """\
  fields:
    beneficiaries:
      list: .
      fields: { party: { to: ., shape: heir }, share: { to: "bnf{n}Share", as: percent(0) } }
"""
HEIR = """\
shapes:
  heir: { of: Party, fields: { name: { to: "bnf{n}Name" }, email: { to: "bnf{n}.mail" } } }
"""


def test_numbered_fields_of_one_element_are_read_as_they_are_written(both):
    deal = both(NUMBERED, shapes=HEIR)
    wire = {"bnf1Name": "甲", "bnf1Share": 50, "bnf2Name": "乙", "bnf2Share": 50}
    assert deal.sent(beneficiaries=TWO) == wire
    reply = deal.read(wire)
    found = [(each.party.name, each.share) for each in reply.result.beneficiaries]
    assert (found, reply.problems, reply.unmapped) == ([("甲", "1/2"), ("乙", "1/2")], (), ())


def test_numbered_fields_that_are_all_blank_are_nobody_and_end_where_a_number_has_no_field(both):
    deal = both(NUMBERED, shapes=HEIR)
    wire = {
        "bnf1Name": "甲",
        "bnf2Name": "",
        "bnf2Share": "",
        "bnf3": {"mail": "c@x.test"},
        "bnf3Name": "丙",
        "bnf5Name": "戊",
    }
    found = [(each.party.name, each.party.email) for each in deal.read(wire).result.beneficiaries]
    assert found == [("甲", None), ("丙", "c@x.test")]


def test_a_list_in_the_element_itself_needs_numbers_in_its_names(workshop, carrier_yaml, operation_yaml):
    rows = "  fields:\n    insureds: { list: ., fields: { ref: { to: no } } }\n"
    operation = operation_yaml.replace("  fields:\n    numbers", rows + "    numbers")
    said = workshop.refused("plain", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation})
    assert any("E241" in text and "{n}" in text for text in said)


def test_any_character_may_stand_in_a_name_behind_a_backslash(both):
    deal = both(
        "  fields: { policyholder: { to: ., fields: { name: { to: 'a\\ b.\\$n' }, email: { to: 'p\\[0\\]\\.mail' } } } }\n"
    )
    wire = {"a b": {"$n": "张三"}, "p[0].mail": "z@x.test"}
    assert deal.sent(policyholder=Party(name="张三", email="z@x.test")) == wire
    assert deal.read(wire).result.policyholder == Party(name="张三", email="z@x.test")


def test_a_colon_belongs_to_a_name_of_json_and_parts_off_a_prefix_of_xml(both):
    rows = '  fields: { policyholder: { to: ., fields: { name: { to: "ns:name" } } } }\n'
    assert both(rows).read({"ns:name": "张三"}).result.policyholder.name == "张三"
    layer = 'kind: xml, xml: { root: R, ns: { ns: "urn:x" } }'
    assert (
        both(rows, transport=layer).read(b'<R xmlns:q="urn:x"><q:name>A</q:name></R>').result.policyholder.name == "A"
    )


@pytest.mark.parametrize(
    ("options", "body"),
    [
        ("leaf: value", b'{"p":{"name":{"value":"A"},"mails":[{"value":"x"},{"value":"y"}]}}'),
        ("leaf: value, arrays: leaves", b'{"p":{"name":[{"value":"A"}],"mails":[{"value":"x"},{"value":"y"}]}}'),
        ("leaf: $, arrays: all", b'{"p":[{"name":[{"$":"A"}],"mails":[{"$":"x"},{"$":"y"}]}]}'),
    ],
)
def test_every_value_may_stand_in_a_leaf_of_its_own(both, options, body):
    rows = """\
  fields:
    policyholder: { to: p, fields: { name: { to: name } } }
    coverages: { list: p.mails, fields: { code: { to: . } } }
"""
    deal = both(rows, transport=f"kind: rest-json, json: {{ {options} }}")
    covers = (Coverage(code="x"), Coverage(code="y"))
    assert deal.body(policyholder=Party(name="A"), coverages=covers) == body
    reply = deal.read(body)
    assert (reply.result.policyholder.name, reply.result.coverages, reply.problems) == ("A", covers, ())


def test_the_body_may_be_what_stands_under_one_name_of_the_message(both):
    deal = both(
        "  fields: { insureds: { list: items, fields: { ref: { to: id } } } }\n",
        transport="kind: rest-json, json: { root: items }",
    )
    people = (Insured(ref="a", party=Party(name="A")), Insured(ref="b", party=Party(name="B")))
    assert deal.body(insureds=people) == b'[{"id":"a"},{"id":"b"}]'
    refs = [each.ref for each in deal.read(b'[{"id":"a"},{"id":"b"}]').result.insureds]
    assert refs == ["a", "b"]


def test_no_item_may_be_an_empty_list_and_no_object_an_empty_one(both):
    deal = both(
        """\
  fields:
    insureds: { list: L, missing: empty, fields: { ref: { to: id } } }
    coverages: { list: x.C, missing: empty, when: 'item.code == "A"', fields: { code: { to: . } } }
    period: { to: P, missing: empty, shape: per }
    beneficiaries: { list: B, missing: empty, when: req.insureds, fields: { share: { to: s, as: percent(0) } } }
""",
        shapes="shapes: { per: { of: Period, fields: { start: { to: s, as: datetime(iso) } } } }\n",
    )
    assert deal.sent(coverages=(Coverage(code="B"),)) == {"L": [], "x": {"C": []}, "P": {}}
    assert deal.sent(insureds=(Insured(ref="a", party=Party(name="A")),))["B"] == []
    reply = deal.read({"L": [], "x": {"C": []}, "P": {}, "B": []})
    assert (reply.result.insureds, reply.result.period, reply.problems) == ((), None, ())


def test_a_currency_is_written_as_the_carrier_writes_it(both):
    codes = 'enums: { money: { map: { CNY: RMB, GBP: "826" }, send_other: error, read_other: error } }\n'
    for codec, ours, theirs in (("lower", "CNY", "cny"), ("enum(money)", "GBP", "826")):
        rows = f"  fields: {{ PATH: {{ to: a.sum, as: money(major), currency: a.unit as {codec} }} }}\n"
        request, reply = rows.replace("PATH", "expected_premium"), rows.replace("PATH", "premium.gross")
        deal = both(request, reply=reply, codes=codes)
        sent = deal.sent(expected_premium=Money(amount=150, currency=ours))
        assert sent == {"a": {"sum": Decimal("1.50"), "unit": theirs}}
        found = deal.read({"a": {"sum": 1.5, "unit": theirs}})
        assert (found.result.premium.gross, found.problems) == (Money(amount=150, currency=ours), ())
        assert deal.read({"a": {"sum": 1.5, "unit": "?"}}).incomplete


def test_an_unknown_currency_is_not_sent(both):
    codes = "enums: { money: { map: { CNY: RMB }, send_other: error, read_other: error } }\n"
    rows = "  fields: { expected_premium: { to: sum, as: money(major), currency: unit as enum(money) } }\n"
    deal = both(rows, reply="  fields: { policyholder.name: { to: n } }\n", codes=codes)
    with pytest.raises(CannotSend, match="no code"):
        deal.sent(expected_premium=Money(amount=150, currency="JPY"))


def test_one_value_in_several_fields_is_put_together_again(both):
    east = timezone(timedelta(hours=8))
    period = Period(start=datetime(2027, 1, 10, 8, tzinfo=east), end=datetime(2027, 1, 13, tzinfo=east))
    deal = both(
        """\
  fields:
    period.start: { to: [s.day, s.hour], as: datetime(yyyyMMdd|H) }
    period.end: { to: [e.day, e.hour], as: datetime(yyyyMMdd|kk) }
    policyholder: { to: ., fields: { name: { to: [family, given], as: name(family|given) } } }
"""
    )
    wire = {
        "s": {"day": "20270110", "hour": "8"}, "e": {"day": "20270112", "hour": "24"}, "family": "张", "given": "三",
    }  # fmt: skip
    assert deal.sent(period=period) == wire
    reply = deal.read(wire)
    assert (reply.result.period, reply.result.policyholder.name, reply.problems) == (period, "张三", ())
    assert deal.read({"s": {"hour": "8"}}).result.period is None
    assert deal.read({"s": {"day": "20270110"}}).incomplete


def test_a_result_is_worked_out_from_the_element_it_stands_in(both):
    deal = both(
        """\
  fields:
    insureds: { list: I, fields: { party: { to: ., shape: person } } }
    policyholder: { to: holder, shape: person }
""",
        shapes="""\
shapes:
  person:
    of: Party
    send: { family: =surname(item.name), given: =given_name(item.name), whole: =here.family + "-" + here.given }
    read: { name: =here.family + here.given }
""",
    )
    wire = {
        "I": [{"family": "欧阳", "given": "小明", "whole": "欧阳-小明"}],
        "holder": {"family": "张", "given": "三", "whole": "张-三"},
    }
    assert deal.sent(insureds=(Insured(party=Party(name="欧阳小明")),)) == wire
    reply = deal.read(wire)
    assert reply.problems == ()
    assert (reply.result.policyholder.name, reply.result.insureds[0].party.name) == ("张三", "欧阳小明")
    assert reply.unmapped == ()


def test_hours_of_a_carrier_reach_its_channel(workshop, carrier_yaml, operation_yaml):
    limits = 'limits: { window: "08:00-22:00", maintenance: [sun 01:00-05:00, "23:00-01:00"] }\n'
    made = workshop.made("hourly", {"carrier.yaml": carrier_yaml + limits, "policy_issue.yaml": operation_yaml})
    carrier = made.module("carrier").CARRIER
    assert carrier.window == (parse_hours("08:00-22:00"),)
    assert carrier.maintenance == (parse_hours("sun 01:00-05:00"), parse_hours("23:00-01:00"))
    assert carrier.zone == "+08:00"
    wrong = carrier_yaml + "limits: { window: 8-22 }\n"
    said = workshop.refused("hours", {"carrier.yaml": wrong, "policy_issue.yaml": operation_yaml})
    assert any("'8-22' are no hours; write 08:00-22:00" in text for text in said)


def test_a_reply_with_a_field_no_row_names_is_incomplete_where_the_mapping_says_error(
    workshop, carrier_yaml, operation_yaml, both, ctx, reply_of
):
    strict = carrier_yaml.replace('timezone: "+08:00"', 'timezone: "+08:00", unknown_wire_fields: error')
    module = workshop.made("strict", {"carrier.yaml": strict, "policy_issue.yaml": operation_yaml}).module(
        "policy_issue"
    )
    request = both("  fields: { policyholder.name: { to: n } }\n").request()
    number = ctx.request_no[:20]
    plain = module.parse(reply_of(f'{{"ok":"1","no":"{number}","policyNo":"P1"}}'), request, ctx)
    assert (plain.outcome.kind, plain.incomplete) == ("accepted", False)
    more = module.parse(reply_of(f'{{"ok":"1","no":"{number}","policyNo":"P1","x":{{"y":1}}}}'), request, ctx)
    assert (more.outcome.kind, more.incomplete, more.unmapped) == ("accepted", True, ("x",))
    assert more.problems == ("the carrier sent 'x', which no row names",)


PARTS = """\
shapes:
  known: { of: Party, fields: { name: { to: Contact.name }, phones.0.number: { to: Contact.phone } } }
  mailed: { of: Party, fields: { email: { to: Contact.mail } } }
  listed: { of: Party, fields: { name: { to: A.B.C.D }, phones: { list: "Party(role=1)", fields: { number: { to: n } } } } }
"""
ANN = Party(name="A", email="e@x.test", phones=(Phone(number="1"),))


@pytest.mark.parametrize(
    ("rows", "wire"),
    [
        ("policyholder: [{ to: ., shape: known }, { to: ., shape: mailed }]", {"Contact": {"name": "A", "phone": "1", "mail": "e@x.test"}}),
        ("policyholder: [{ to: H, shape: known }, { to: H, shape: mailed }]", {"H": {"Contact": {"name": "A", "phone": "1", "mail": "e@x.test"}}}),
        ("policyholder: { to: H, shape: known }\n    client_ref: { to: H.Contact.ref }", {"H": {"Contact": {"name": "A", "phone": "1", "ref": "o"}}}),
        ("client_ref: { to: H.Contact.ref }\n    policyholder: { to: H, shape: known }", {"H": {"Contact": {"ref": "o", "name": "A", "phone": "1"}}}),
        ("policyholder: { to: ., shape: known }\n    client_ref: { to: Contact.ref }", {"Contact": {"name": "A", "phone": "1", "ref": "o"}}),
        ("policyholder: { to: ., shape: listed }\n    client_ref: { to: A.B.C.ref }", {"A": {"B": {"C": {"D": "A", "ref": "o"}}}, "Party": [{"role": "1", "n": "1"}]}),
        (
            'policyholder: { to: ., shape: listed }\n    insureds: { list: "Party(role=2)", fields: { ref: { to: n } } }',
            {"A": {"B": {"C": {"D": "A"}}}, "Party": [{"role": "1", "n": "1"}, {"role": "2", "n": "i"}]},
        ),
    ],
)  # fmt: skip
def test_what_several_shapes_and_rows_write_into_one_element_is_all_there(both, rows, wire):
    deal = both(f"  fields:\n    {rows}\n", shapes=PARTS, reply="  fields: { numbers(kind=policy).no: { to: no } }\n")
    assert deal.sent(policyholder=ANN, insureds=(Insured(ref="i", party=ANN),)) == wire


def test_no_list_is_left_behind_where_nothing_was_written_into_it(both):
    rows = '  fields: { policyholder: { to: ., shape: listed }, insureds: { list: "Party(role=2)", fields: { ref: { to: n } } } }\n'
    deal = both(rows, shapes=PARTS, reply="  fields: { numbers(kind=policy).no: { to: no } }\n")
    assert deal.sent(policyholder=Party(name="A")) == {"A": {"B": {"C": {"D": "A"}}}}


def test_the_text_of_a_repeated_element_stands_beside_its_attributes(both):
    rows = """\
  fields:
    coverages: { list: Covs.Cov, fields: { code: { to: "@code" }, name: { to: "@name" }, sum_insured: { to: ., as: money(yuan) } } }
"""
    deal = both(rows, transport="kind: xml, xml: { root: R }")
    covers = (
        Coverage(code="A", sum_insured=Money(amount=100, currency="CNY")),
        Coverage(code="B", name="乙"),
    )
    body = '<R><Covs><Cov code="A">1.00</Cov><Cov code="B" name="乙"/></Covs></R>'
    assert deal.body(coverages=covers).decode() == body
    reply = deal.read(body.encode())
    assert (reply.result.coverages, reply.problems, reply.unmapped) == (covers, (), ())
    bare = both(rows.replace('to: "@code"', 'to: "@code", default: A'), transport="kind: xml, xml: { root: R }")
    assert bare.read(b"<R><Covs><Cov>1.00</Cov></Covs></R>").result.coverages == covers[:1]


def test_a_callback_may_be_the_only_one_that_looks_into_the_table_of_errors(
    workshop, carrier_yaml, operation_yaml, ctx
):
    callback = """\
callbacks:
  done:
    wire: [charset: UTF-8, json: {}]
    correlate: { request_no: no }
    of: PolicyIssueResult
    outcome: [{ when: wire.code, by_code: wire.code }, { else: unknown }]
    fields: { numbers(kind=policy).no: { to: policyNo } }
    reply: { ok: "1" }
"""
    plain = operation_yaml.replace("{ when: wire.code, by_code: wire.code }, ", "")
    made = workshop.made("called", {"carrier.yaml": carrier_yaml + callback, "policy_issue.yaml": plain})
    inbound = Inbound(method="POST", target="/callbacks/c/done", headers=(), body=b'{"no":"R","code":"E1"}')
    notice = made.module("carrier").CARRIER.callbacks["done"].read(inbound, ctx)
    assert (notice.reply.outcome.kind, notice.reply.outcome.code) == ("declined", "underwriting.age")
