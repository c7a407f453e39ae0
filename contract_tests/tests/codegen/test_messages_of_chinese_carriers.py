"""Pieces of messages as carriers in China exchange them: the bytes worked out by hand, names and values invented."""

import pytest

from gateway.wire import CannotSend

LI = {
    "name": "李小明", "gender": "male", "birth_date": "1990-03-07", "phones": [{"number": "13800000001"}],
    "id_docs": [{"type": "cn_resident_id", "number": "99999919900307123x"}],
}  # fmt: skip
CODES = """\
enums:
  gender: { of: gender, map: { male: "1", female: "2" }, send_other: error, read_other: unknown }
  salutation: { of: gender, map: { male: 先生, female: 女士 }, read_also: { 小姐: female }, send_other: 客户, read_other: unknown }
  relation: { of: relationship, map: { self: 本人, spouse: 配偶, child: 子女, parent: 父母 }, send_other: 其他, read_other: other }
"""


def test_a_head_and_a_body_with_an_empty_placeholder_a_value_in_two_places_and_a_derived_birth_date(fragment):
    piece = fragment(
        """\
  send:
    head.tradeCode: "1001"
    head.serial: =request_no(15)
    head.tradeTime: =now("yyyy-MM-dd HH:mm:ss")
    body.applicant.type: "1"
  fields:
    policyholder:
      to: body.applicant
      fields:
        name: [{ to: name }, { to: invoiceTitle }]
        gender: { to: sex, as: enum(gender), default: =id_gender(first(req.policyholder.id_docs).number) }
        birth_date: { to: birthday, as: date(yyyyMMdd), default: =id_birth_date(first(req.policyholder.id_docs).number) }
        id_docs.0.number: { to: certNo, as: upper }
  blank: [body.applicant.fax, body.remark]
""",
        """\
  send: { head.tradeCode: "1001" }
  fields: { numbers(kind=policy).no: { to: body.policyNo, as: trim } }
""",
        codes=CODES,
    )
    holder = {"name": "李小明", "id_docs": [{"type": "cn_resident_id", "number": "99999919900307123x"}]}
    assert piece.sent(policyholder=holder) == (
        '{"head":{"tradeCode":"1001","serial":"RRRRRRRRRRRRRRR","tradeTime":"2026-03-01 08:00:00"},"body":{"applicant":'
        '{"type":"1","name":"李小明","invoiceTitle":"李小明","sex":"1","birthday":"19900307","certNo":"99999919900307123X",'
        '"fax":""},"remark":""}}'
    )
    assert piece.result('{"head":{"tradeCode":"1001"},"body":{"policyNo":"  P100 "}}') == {
        "numbers": [{"kind": "policy", "no": "P100"}]
    }


def test_a_bank_hubs_xml_in_gbk_with_padded_fen_a_flag_for_years_and_numbered_heirs(fragment):
    rows = """\
  send: { "Head.TranCode": "1013" }
  fields:
    %s: { to: Body.Prem, as: pad(12;0;money(fen)) }
    coverages:
      list: Body.Risks.Risk
      fields: { code: { to: Code }, sum_insured: { to: Amnt, as: money(yuan;0) } }
      cases:
        - { is: { term.unit: lifetime }, wire: { YearFlag: A, Years: "999" } }
        - { is: { term.unit: to_age, term.value: $n }, wire: { YearFlag: A, Years: $n as pad(3;0;int) } }
        - { is: { term.unit: year, term.value: $n }, wire: { YearFlag: Y, Years: $n as pad(3;0;int) } }
    beneficiaries:
      list: .
      fields: { party.name: { to: "Body.Bnf{n}Name" }, share: { to: "Body.Bnf{n}Lot", as: affix(;%%;percent(0)) } }
"""
    piece = fragment(
        rows % "expected_premium",
        rows % "premium.gross",
        wire="wire: [xml: { root: TranData, declaration: true }, charset: GBK]\n",
    )
    piece.charset = "gbk"
    body = (
        '<?xml version="1.0" encoding="GBK"?><TranData><Head><TranCode>1013</TranCode></Head><Body>'
        "<Prem>000000012345</Prem><Risks><Risk><Code>A1</Code><Amnt>200000</Amnt><YearFlag>A</YearFlag><Years>999</Years>"
        "</Risk><Risk><Code>A2</Code><YearFlag>Y</YearFlag><Years>020</Years></Risk></Risks>"
        "<Bnf1Name>甲</Bnf1Name><Bnf1Lot>50%</Bnf1Lot><Bnf2Name>乙</Bnf2Name><Bnf2Lot>50%</Bnf2Lot></Body></TranData>"
    )
    covers = [
        {"code": "A1", "sum_insured": {"amount": 20000000, "currency": "CNY"}, "term": {"unit": "lifetime"}},
        {"code": "A2", "term": {"unit": "year", "value": 20}},
    ]
    heirs = [{"kind": "named", "share": "1/2", "party": {"name": name}} for name in "甲乙"]
    assert piece.sent(coverages=covers, beneficiaries=heirs) == body
    assert piece.result(body) == {
        "premium": {"gross": {"amount": 12345, "currency": "CNY"}},
        "coverages": covers,
        "beneficiaries": [{"share": "1/2", "party": {"name": name}} for name in "甲乙"],
    }


def test_a_premium_is_divided_over_the_insureds_so_that_the_parts_add_up(fragment):
    piece = fragment(
        """\
  send: { count: =count(req.insureds), perHead: '=encode(money(divide(req.expected_premium.amount, count(req.insureds), 0, "down"), "CNY"), "text(money(yuan))")' }
  fields:
    insureds:
      list: people
      send: { no: =n, premium: '=encode(money(allot(req.expected_premium.amount, req.insureds, 1, n), "CNY"), "text(money(yuan))")' }
      fields: { party.name: { to: name } }
""",
        """\
  send: { perHead: , count: }
  read: { premium.gross: '=money(decode(wire.perHead, "text(money(yuan))").amount * decode(wire.count, "int"), "CNY")' }
""",
    )
    people = [{"party": {"name": name}} for name in ("甲", "乙", "丙")]
    assert piece.sent(insureds=people, expected_premium={"amount": 10000, "currency": "CNY"}) == (
        '{"count":3,"perHead":"33.33","people":[{"no":1,"premium":"33.34","name":"甲"},{"no":2,"premium":"33.33","name":"乙"},'
        '{"no":3,"premium":"33.33","name":"丙"}]}'
    )
    assert piece.result('{"perHead":"33.33","count":3}') == {"premium": {"gross": {"amount": 9999, "currency": "CNY"}}}


def test_a_travel_form_with_numbered_people_words_as_codes_and_a_last_day(fragment):
    rows = """\
  fields:
    period.start: { to: [beginDate, beginHour], as: datetime(yyyy-MM-dd|H) }
    period.end: { to: [endDate, endHour], as: datetime(yyyy-MM-dd|k) }
    insureds:
      list: .
      fields:
        party.name: { to: 'insured\\[{n0}\\]\\.name' }
        party.gender: { to: 'insured\\[{n0}\\]\\.title', as: enum(salutation) }
        relationship_to_policyholder: { to: 'insured\\[{n0}\\]\\.relation', as: enum(relation) }
"""
    piece = fragment(
        rows, rows, wire="wire: [form: {}, charset: UTF-8]\nreply: [charset: UTF-8, json: {}]\n", codes=CODES
    )
    people = [
        {"relationship_to_policyholder": "self", "party": {"name": "李", "gender": "male"}},
        {"relationship_to_policyholder": "child", "party": {"name": "王", "gender": "female"}},
    ]
    period = {"start": "2027-01-10T08:00:00+08:00", "end": "2027-01-13T00:00:00+08:00"}
    assert piece.sent(period=period, insureds=people) == (
        "beginDate=2027-01-10&beginHour=8&endDate=2027-01-12&endHour=24"
        "&insured%5B0%5D.name=%E6%9D%8E&insured%5B0%5D.title=%E5%85%88%E7%94%9F&insured%5B0%5D.relation=%E6%9C%AC%E4%BA%BA"
        "&insured%5B1%5D.name=%E7%8E%8B&insured%5B1%5D.title=%E5%A5%B3%E5%A3%AB&insured%5B1%5D.relation=%E5%AD%90%E5%A5%B3"
    )
    came = (
        '{"beginDate":"2027-01-10","beginHour":8,"endDate":"2027-01-12","endHour":24,"insured[0].name":"李",'
        '"insured[0].title":"先生","insured[0].relation":"本人","insured[1].name":"王","insured[1].title":"小姐",'
        '"insured[1].relation":"子女"}'
    )
    assert piece.result(came) == {"period": period, "insureds": people}


def test_group_business_in_levels_with_the_people_of_each_plan(fragment):
    rows = """\
  fields:
    plans:
      list: levels
      fields:
        ref: { to: planCode }
        /insureds: { list: people, when: item.plan == up.ref, fields: { party.name: { to: name }, ref: { to: seq } } }
"""
    piece = fragment(rows, "  send: { levels: }\n  fields: { numbers(kind=policy).no: { to: no } }\n")
    people = [
        {"ref": "1", "plan": "A", "party": {"name": "甲"}}, {"ref": "2", "plan": "B", "party": {"name": "乙"}},
        {"ref": "3", "plan": "A", "party": {"name": "丙"}},
    ]  # fmt: skip
    assert piece.sent(plans=[{"ref": "A"}, {"ref": "B"}], insureds=people) == (
        '{"levels":[{"planCode":"A","people":[{"name":"甲","seq":"1"},{"name":"丙","seq":"3"}]},'
        '{"planCode":"B","people":[{"name":"乙","seq":"2"}]}]}'
    )


def test_covers_keyed_by_their_code_and_a_rate_in_per_mille_of_a_motor_carrier(fragment):
    rows = """\
  fields:
    objects.0.vehicle: { to: car, fields: { plate: { to: licenseNo }, vin: { to: frameNo, as: upper }, tonnage: { to: loadKg, as: scaled(3;0) } } }
    coverages: { list: kinds, as: by(code), fields: { code: { to: code }, rate: { to: rate, as: scaled(3) }, sum_insured: { to: amount, as: text(grouped(money(yuan))) } } }
"""
    piece = fragment(rows, rows)
    body = (
        '{"car":{"licenseNo":"京A00001","frameNo":"LSV0000000000001","loadKg":1500},"kinds":{"C01":{"code":"C01","rate":1.25,'
        '"amount":"1,000,000.00"},"C02":{"code":"C02"}}}'
    )
    covers = [
        {"code": "C01", "rate": "0.00125", "sum_insured": {"amount": 100000000, "currency": "CNY"}}, {"code": "C02"},
    ]  # fmt: skip
    car = {"plate": "京A00001", "vin": "LSV0000000000001", "tonnage": "1.5"}
    assert piece.sent(objects=[{"type": "vehicle", "vehicle": car}], coverages=covers) == body
    assert piece.result(body) == {"objects": [{"type": "vehicle", "vehicle": car}], "coverages": covers}


SUCCESS = """\
    - { when: 'wire.code in ("1", "0000", "S000") and trim(wire.policyNo)', is: accepted }
    - { when: 'match(wire.msg, "^(?:成功|OK)$")', is: accepted }
    - { when: 'match(wire.msg, "已(?:报案|承保)")', is: accepted }
    - { when: 'wire.error is None and wire("Result@flag") == "Y"', is: accepted }
    - { when: wire.error or wire.code, is: declined, code: underwriting.refused, message: wire.msg }
    - { else: unknown }
"""


@pytest.mark.parametrize(
    ("body", "kind", "number"),
    [
        ('{"code":1,"policyNo":"P1"}', "accepted", "P1"), ('{"code":"0000","policyNo":"P1"}', "accepted", "P1"),
        ('{"code":"0000","policyNo":"                      "}', "declined", None), ('{"msg":"OK"}', "accepted", None),
        ('{"msg":"已报案，案件号为07P2021001，请勿重复"}', "accepted", "07P2021001"), ('{"Result":{"@flag":"Y"}}', "accepted", None),
        ('{"error":true,"msg":"年龄不符"}', "declined", None), ('{"msg":""}', "unknown", None), ("[]", "unknown", None),
    ],
)  # fmt: skip
def test_what_means_yes_is_unique_to_a_carrier(fragment, body, kind, number):
    piece = fragment(
        "  fields: { policyholder.name: { to: n } }\n",
        """\
  fields: { numbers(kind=policy).no: { to: policyNo } }
  read: { numbers(kind=policy).no: '=trim(wire.policyNo) or match(wire.msg, "案件号为([0-9A-Z]+)")' }
""",
        outcome=SUCCESS,
    )
    reply = piece.read(body)
    assert reply.outcome.kind == kind
    numbers = reply.result.numbers if reply.result else ()
    assert [each.no for each in numbers] == ([number] if number else [])


def test_an_address_is_cut_to_the_bytes_a_gbk_field_holds_and_a_name_too_long_is_refused(fragment):
    piece = fragment(
        """\
  fields:
    policyholder: { to: ., fields: { name: { to: name, max_bytes: 8 }, address.line: { to: addr, as: cut(10;bytes), lossy: the field holds 10 bytes } } }
""",
        "  fields: { numbers(kind=policy).no: { to: no } }\n",
        wire="wire: [xml: { root: R }, charset: { name: GBK, unencodable: ncr }]\n",
    )
    piece.charset = "gbk"
    assert piece.sent(policyholder={"name": "张三丰", "address": {"line": "北京市A区和平里1号"}}) == (
        "<R><name>张三丰</name><addr>北京市A区</addr></R>"
    )
    assert piece.sent(policyholder={"name": "𠮷"}) == "<R><name>&#134071;</name></R>"
    with pytest.raises(CannotSend, match="bytes"):
        piece.sent(policyholder={"name": "张三李四王"})
