"""Single values on their way: lengths, charsets, money, codes, kinds of objects, places. Refused early, read exactly."""

from decimal import Decimal

import pytest

from gateway.model import Coverage, Freight, FreightObject, Gender, Insured, Money, Party, Premium
from gateway.wire import CannotSend

XML_GBK = "kind: xml, charset: GBK, unencodable: {}, xml: {{ root: R }}"


def yuan(fen, currency="CNY"):
    return Money(amount=fen, currency=currency)


# --- lengths and characters ------------------------------------------------------------------------------------------

NAME = "  fields: { policyholder.name: { to: n, max_bytes: 6 } }\n"


@pytest.mark.parametrize(("charset", "fits", "long"), [("GBK", "张三丰", "张三丰x"), ("UTF-8", "张三", "张三丰")])
def test_max_bytes_counts_bytes_of_the_wires_charset(both, charset, fits, long):
    deal = both(NAME, transport=f"kind: xml, charset: {charset}, xml: {{ root: R }}")
    assert deal.sent(policyholder=Party(name=fits)) == {"n": fits}
    with pytest.raises(CannotSend) as caught:
        deal.sent(policyholder=Party(name=long))
    assert long not in str(caught.value)


def test_a_long_text_is_read_as_it_is(both):
    assert both(NAME).read({"n": "a name of many letters"}).result.policyholder.name == "a name of many letters"


RARE = "𠮷田"


def test_a_character_the_charset_lacks_is_refused_where_the_mapping_says_error(both):
    deal = both(NAME.replace("6", "60"), transport=XML_GBK.format("error"))
    with pytest.raises(CannotSend) as caught:
        deal.body(policyholder=Party(name=RARE))
    assert RARE not in str(caught.value)


@pytest.mark.parametrize(
    ("policy", "written"), [("gb18030", RARE.encode("gb18030")), ("ncr", b"&#134071;" + "田".encode("gbk"))]
)
def test_or_is_written_as_the_mapping_says_and_read_back(both, policy, written):
    deal = both(NAME.replace("6", "60"), transport=XML_GBK.format(policy))
    body = deal.body(policyholder=Party(name=RARE))
    assert body == b"<R><n>" + written + b"</n></R>"
    assert deal.read(body).result.policyholder.name == RARE


@pytest.mark.parametrize("name", ["<b>&'\"]]>", "a\tb", "010119900307", "1e5", "None", "是", "\u00a0x"])
def test_any_text_goes_through_xml_and_json_unchanged(both, name):
    rows = "  fields: { policyholder.name: { to: n } }\n"
    for transport in ("kind: rest-json", "kind: xml, xml: { root: R }"):
        deal = both(rows, transport=transport)
        assert deal.read(deal.body(policyholder=Party(name=name))).result.policyholder.name == name


# --- money -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codec", "wire"),
    [
        ("money(fen)", 12345),
        ("money(yuan)", Decimal("123.45")),
        ("text(money(yuan))", "123.45"),
        ("money(wan;6)", Decimal("0.012345")),
    ],
)
def test_an_amount_is_written_in_the_carriers_unit_and_read_back_to_the_fen(both, codec, wire):
    deal = both(
        f"  fields: {{ coverages: {{ list: L, fields: {{ code: {{ to: c }}, sum_insured: {{ to: a, as: {codec} }} }} }} }}\n"
    )
    cover = Coverage(code="A", sum_insured=yuan(12345))
    sent = deal.sent(coverages=(cover,))["L"][0]["a"]
    assert str(sent) == str(wire)
    assert deal.read({"L": [{"c": "A", "a": wire}]}).result.coverages == (cover,)


CURRENCY = (
    "  fields: { coverages: { list: L, fields: { code: { to: c },"
    " sum_insured: { to: a.v, as: money(major), currency: a.ccy } } } }\n"
)


@pytest.mark.parametrize(
    ("money", "text"), [(yuan(150, "USD"), "1.50"), (yuan(150, "JPY"), "150"), (yuan(1500, "KWD"), "1.500")]
)
def test_a_currency_stands_beside_its_amount_and_says_how_many_digits_it_has(both, money, text):
    deal = both(CURRENCY)
    wire = deal.sent(coverages=(Coverage(code="A", sum_insured=money),))
    assert (str(wire["L"][0]["a"]["v"]), wire["L"][0]["a"]["ccy"]) == (text, money.currency)
    assert (
        deal.read({"L": {"c": "A", "a": {"v": Decimal(text), "ccy": money.currency}}}).result.coverages[0].sum_insured
        == money
    )


def test_an_amount_without_its_currency_is_no_amount_and_an_absent_one_bears_none(both):
    deal = both(CURRENCY)
    assert deal.sent(coverages=(Coverage(code="A"),)) == {"L": [{"c": "A"}]}
    reply = deal.read({"L": {"c": "A", "a": {"v": 1}}})
    assert reply.incomplete


def test_money_of_another_currency_is_not_sent_as_yuan(both):
    with pytest.raises(CannotSend):
        both("  fields: { policyholder.annual_income: { to: p, as: money(fen) } }\n").sent(
            policyholder=Party(name="x", annual_income=yuan(5, "USD"))
        )


ROUNDED = (
    "  fields: {{ coverages: {{ list: L, fields: {{ code: {{ to: c }},"
    " sum_insured: {{ to: a, as: money(wan;0){rule} }} }} }} }}\n"
)


@pytest.mark.parametrize(("rule", "written"), [("half_up", "2"), ("down", "1"), ("up", "2")])
def test_an_amount_with_too_many_digits_is_rounded_only_as_the_row_says(both, rule, written):
    deal = both(ROUNDED.format(rule=f", round: {rule}, lossy: whole 万"))
    assert str(deal.sent(coverages=(Coverage(code="A", sum_insured=yuan(1_500_000)),))["L"][0]["a"]) == written


def test_without_a_rule_it_is_refused(both):
    with pytest.raises(CannotSend):
        both(ROUNDED.format(rule="")).sent(coverages=(Coverage(code="A", sum_insured=yuan(1_500_000)),))


@pytest.mark.parametrize("wire", [12.345, "12.345", "1,200", "abc", "1e3", True, {"v": 1}, [1]])
def test_an_amount_that_is_none_leaves_a_yes_a_yes(both, wire):
    reply = both(
        "  fields: { policyholder.name: { to: n }, policyholder.annual_income: { to: p, as: money(yuan) } }\n"
    ).read({"n": "x", "p": wire})
    assert reply.outcome.kind == "accepted"
    assert reply.incomplete


# --- codes -----------------------------------------------------------------------------------------------------------

SEX = "  fields: { policyholder: { to: p, fields: { name: { to: n }, gender: { to: s, as: enum(sex) } } } }\n"
TABLE = (
    'enums:\n  sex: {{ of: gender, map: {{ male: "1", female: "2" }}, read_also: {{ F: female }},'
    " send_other: {send}, read_other: {read} }}\n"
)


def test_a_code_the_table_lacks_is_refused_or_replaced_when_sending(both):
    other = Party(name="x", gender=Gender.unknown)
    with pytest.raises(CannotSend):
        both(SEX, codes=TABLE.format(send="error", read="unknown")).sent(policyholder=other)
    wire = both(SEX, codes=TABLE.format(send='"9"', read="unknown")).sent(policyholder=other)
    assert wire == {"p": {"n": "x", "s": "9"}}


def test_a_code_the_table_lacks_is_kept_raw_or_is_a_problem_when_reading(both):
    kept = both(SEX, codes=TABLE.format(send="error", read="unknown")).read({"p": {"n": "x", "s": "7"}})
    assert (kept.result.policyholder.gender, kept.incomplete) == (Gender.unknown, False)
    assert kept.result.ext == {"raw": {"policyholder.gender": "7"}}
    refused = both(SEX, codes=TABLE.format(send="error", read="error")).read({"p": {"n": "x", "s": "7"}})
    assert refused.incomplete
    assert "unknown sex code" in refused.problems[0]


@pytest.mark.parametrize(
    ("code", "gender"), [("1", Gender.male), (1, Gender.male), ("F", Gender.female), ("2", Gender.female)]
)
def test_a_code_may_be_a_number_or_one_of_several(both, code, gender):
    reply = both(SEX, codes=TABLE.format(send="error", read="error")).read({"p": {"n": "x", "s": code}})
    assert reply.result.policyholder.gender is gender


def test_raw_codes_of_two_rows_do_not_displace_each_other(both):
    rows = (
        "  fields:\n    policyholder: { to: p, shape: who }\n"
        "    insureds: { list: L, fields: { party: { to: ., shape: who } } }\n"
    )
    shapes = "shapes:\n  who: { of: Party, fields: { name: { to: n }, gender: { to: s, as: enum(sex) } } }\n"
    deal = both(rows, shapes=shapes, codes=TABLE.format(send="error", read="unknown"))
    reply = deal.read({"p": {"n": "x", "s": "7"}, "L": [{"n": "y", "s": "8"}]})
    assert set(reply.result.ext["raw"].values()) == {"7", "8"}


# --- kinds of objects, positions, selectors ----------------------------------------------------------------------------


def test_an_object_of_one_kind_is_read_back_as_that_kind(both):
    deal = both("  fields: { objects.0.freight.order_no: { to: o }, objects.0.freight.shop: { to: s } }\n")
    freight = FreightObject(freight=Freight(order_no="N1", shop="S"))
    assert deal.sent(objects=(freight,)) == {"o": "N1", "s": "S"}
    assert deal.read({"o": "N1", "s": "S"}).result.objects == (freight,)
    assert deal.read({}).result.objects == ()


SELECTED = (
    "  send: {{ Item(code=A).label: first }}\n"
    "  fields: {{ policyholder.name: {{ to: Item(code=A).v }}, policyholder.email: {{ to: Item(code=B).v }} }}\n"
)


def test_a_chosen_element_is_found_or_added_when_sending_and_found_when_reading(both):
    deal = both(SELECTED.format())
    party = Party(name="x", email="m")
    wire = {"Item": [{"code": "A", "label": "first", "v": "x"}, {"code": "B", "v": "m"}]}
    assert deal.sent(policyholder=party) == wire
    assert deal.read({"Item": wire["Item"][::-1]}).result.policyholder == party
    assert deal.read({"Item": {"code": "B", "v": "m"}}).result.policyholder is None


def test_several_selectors_must_all_hold(both):
    deal = both("  fields: { policyholder.name: { to: Item(code=A)(lang=zh).v } }\n")
    assert deal.sent() == {"Item": [{"code": "A", "lang": "zh", "v": "张三"}]}
    items = [{"code": "A", "lang": "en", "v": "no"}, {"code": "A", "lang": "zh", "v": "yes"}]
    assert deal.read({"Item": items}).result.policyholder.name == "yes"


def test_a_number_beside_a_list_of_another_length_is_absent(both):
    deal = both("  fields: { policyholder.name: { to: a.0.n }, policyholder.email: { to: a.1.n } }\n")
    assert deal.read({"a": [{"n": "x"}]}).result.policyholder == Party(name="x")
    assert deal.read({"a": [{"n": "x"}, {"n": "m"}]}).result.policyholder == Party(name="x", email="m")


def test_attributes_stand_beside_texts_in_xml_both_ways(both):
    rows = '  fields: { policyholder.name: { to: P.N }, policyholder.email: { to: P.N@mail }, policyholder.school: { to: "@school" } }\n'
    deal = both(rows, transport="kind: xml, xml: { root: R }")
    party = Party(name="x", email="m", school="s")
    body = deal.body(policyholder=party)
    assert body == b'<R school="s"><P><N mail="m">x</N></P></R>'
    assert deal.read(body).result.policyholder == party


def test_several_rows_for_one_field_are_all_sent_and_the_first_that_is_there_is_read(both):
    deal = both("  fields: { policyholder.name: [{ to: Name }, { to: Alias, as: upper }] }\n")
    assert deal.sent(policyholder=Party(name="x")) == {"Name": "x", "Alias": "X"}
    assert deal.read({"Alias": "Y"}).result.policyholder.name == "Y"
    assert deal.read({"Name": "", "Alias": "Y"}).result.policyholder.name == "Y"
    assert deal.read({"Name": "a", "Alias": "Y"}).result.policyholder.name == "a"


def test_an_item_whose_required_field_is_missing_costs_itself_and_nothing_else(both):
    deal = both(
        "  fields: { policyholder.name: { to: n }, coverages: { list: L, fields: { code: { to: c } } },"
        " insureds: { list: M, fields: { ref: { to: r } } } }\n"
    )
    reply = deal.read({"n": "x", "L": [{"c": "A"}, {}], "M": [{"r": "i"}]})
    assert reply.incomplete
    assert reply.result.coverages == (Coverage(code="A"),)
    assert "missing wire field 'c'" in reply.problems[0]
    assert (reply.result.policyholder.name, reply.result.insureds) == ("x", (Insured(ref="i"),))


def test_presence_of_a_coverage_is_a_flag_both_ways(both):
    deal = both("  fields: { coverages(code=theft): { to: TheftYN, as: present(Y;N) } }\n")
    theft = Coverage(code="theft")
    assert deal.sent(coverages=(theft,)) == {"TheftYN": "Y"}
    assert deal.sent() == {"TheftYN": "N"}
    assert deal.read({"TheftYN": "Y"}).result.coverages == (theft,)
    for wire in ({"TheftYN": "N"}, {}):
        assert deal.read(wire).result.coverages == ()


def test_a_premium_of_a_coverage_is_absent_as_a_whole_or_there(both):
    deal = both(
        "  fields: { coverages: { list: L, fields: { code: { to: c }, premium.gross: { to: p, as: money(fen) } } } }\n"
    )
    covers = (Coverage(code="A"), Coverage(code="B", premium=Premium(gross=yuan(5))))
    assert deal.read(deal.sent(coverages=covers)).result.coverages == covers


@pytest.mark.parametrize(
    ("codec", "currency", "wire"),
    [
        ("money(major)", "CNY", "123.45"), ("text(money(major))", "CNY", '"123.45"'), ("money(minor)", "JPY", "12345"),
        ("grouped(money(major))", "CNY", '"123.45"'), ("money(major;2)", "CNY", "123.45"),
    ],
)  # fmt: skip
def test_an_amount_that_an_expression_or_a_case_reads_is_in_the_carriers_own_currency(fragment, codec, currency, wire):
    read = f"  read: {{ premium.gross: '=decode(wire.prem, \"{codec}\")' }}\n"
    case = f'  cases: [{{ is: {{ premium.tax: $x }}, wire: {{ tax: "$x as {codec}" }} }}]\n'
    rows = "  fields: { policyholder.name: { to: n } }\n"
    piece = fragment(rows, case + read, defaults=f'timezone: "+08:00", currency: {currency}')
    reply = piece.result(f'{{"prem":{wire},"tax":{wire}}}')
    amount = {"amount": 12345, "currency": currency}
    assert reply["premium"] == {"gross": amount, "tax": amount}


def test_an_amount_in_no_currency_is_told_before_anything_is_generated(workshop, carrier_yaml, operation_yaml):
    lines = '    premium.net: { cases: [{ is: $x, wire: { net: "$x as money(major)" } }] }\n'
    read = "  read: { premium.tax: '=decode(wire.tax, \"money(major)\")' }\n"
    said = workshop.said(
        "moneyless", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation_yaml + lines + read}
    )
    assert any("E307: money(major) does not say in which currency it is" in each for each in said)
    assert any("E217: this amount does not say in which currency" in each for each in said)
