"""What a generated message looks like, word by word of the language."""

import base64
import hashlib
from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from gateway.model import (
    Address,
    Coverage,
    Freight,
    FreightObject,
    Gender,
    IdDocument,
    IdType,
    Insured,
    InsuredRole,
    Money,
    Party,
    Period,
    Phone,
    PolicyIssueRequest,
    Relationship,
    Term,
    TermUnit,
)
from gateway.wire import CannotSend, Secret


def money(amount):
    return Money(amount=amount, currency="CNY")


PARTY = Party(
    name="张三", gender=Gender.male, birth_date=date(1990, 1, 2), phones=(Phone(number="13800138000"),),
    id_docs=(IdDocument(type=IdType.passport, number="E1"),), address=Address(line="街1号"),
)  # fmt: skip


def request(**more):
    fields = {"client_ref": "o", "product": "p@1", "policyholder": PARTY, "expected_premium": money(12345), **more}
    return PolicyIssueRequest(**fields)


@pytest.fixture
def message(workshop, carrier_yaml, operation_yaml, ctx):
    """The wire message of a request, for the `request:` part of a mapping."""

    def make(text, req=None, *, shapes="", codes=None, transport=None):
        carrier = carrier_yaml + shapes
        if transport is not None:
            carrier = carrier.replace("kind: rest-json", transport)
        operation = operation_yaml.replace(
            "  send: { no: =request_no(20) }\n  fields: { policyholder.name: { to: holder } }\n", text
        )
        files = {"carrier.yaml": carrier, "policy_issue.yaml": operation}
        if codes is not None:
            files["codes.yaml"] = codes
        module = workshop.made("sender", files).module("policy_issue")
        return module.message(req if req is not None else request(), ctx)

    return make


def test_elements_stand_where_they_are_named_first(message):
    wire = message(
        "  send: { B.z: '1', A: , B.a: '2' }\n"
        "  fields:\n    policyholder.name: { to: A }\n    expected_premium: { to: B.m, as: money(fen) }\n  blank: [C]\n"
    )
    assert list(wire) == ["B", "A", "C"]
    assert list(wire["B"].items()) == [("z", "1"), ("a", "2"), ("m", 12345)]
    assert wire["C"] == ""


def test_a_place_nothing_is_written_to_is_left_out(message):
    assert message("  send: { A: , B: '1' }\n") == {"B": "1"}


def test_objects_without_a_value_are_left_out_with_their_parents(message):
    assert message("  fields: { policyholder.email: { to: a.b.email }, policyholder.name: { to: n } }\n") == {
        "n": "张三"
    }


@pytest.mark.parametrize(
    ("missing", "wire"), [("omit", {}), ("blank", {"m": ""}), ("null", {"m": None}), ('"-"', {"m": "-"})]
)
def test_each_policy_says_what_stands_for_an_absent_value(message, missing, wire):
    assert message(f"  fields: {{ policyholder.email: {{ to: m, missing: {missing} }} }}\n") == wire


def test_a_value_the_carrier_needs_refuses_the_request_with_its_mapping_line(
    workshop, carrier_yaml, operation_yaml, ctx
):
    text = operation_yaml.replace("{ to: holder }", "{ to: h }, policyholder.email: { to: m, missing: error }")
    module = workshop.made("needy", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": text}).module("policy_issue")
    with pytest.raises(CannotSend, match=r"policyholder\.email") as caught:
        module.build(request(), ctx)
    assert caught.value.line.endswith("policy_issue.yaml:7")


def test_a_default_stands_in_and_an_expression_may_be_one(message):
    wire = message(
        "  fields:\n    insureds: { list: p, fields: { relationship_to_policyholder: { to: r, as: enum(rel), default: self },"
        " party.email: { to: e, default: =req.policyholder.name } } }\n",
        request(insureds=(Insured(party=PARTY), Insured(relationship_to_policyholder=Relationship.child))),
        codes='enums:\n  rel: { of: relationship, map: { self: "0", child: "3" }, send_other: "9", read_other: error }\n',
    )
    assert wire == {"p": [{"r": "0", "e": "张三"}, {"r": "3", "e": "张三"}]}


def test_a_position_refuses_a_longer_list_before_anything_is_sent(message):
    two = (Phone(number="1"), Phone(number="2"))
    with pytest.raises(CannotSend, match="at most 1"):
        message(
            "  fields: { policyholder.phones.0.number: { to: m } }\n",
            request(policyholder=Party(name="x", phones=two)),
        )


def test_a_selector_takes_the_one_item_and_refuses_two(message):
    text = "  fields: { insureds(role=owner).party.name: { to: owner } }\n"
    owner = Insured(role=InsuredRole.owner, party=PARTY)
    assert message(text, request(insureds=(Insured(), owner))) == {"owner": "张三"}


def test_chosen_elements_are_added_once_with_their_keys(message):
    wire = message(
        "  send: { Item(code=A).v: '1', Item(code=B).v: '2' }\n"
        "  fields: { policyholder.name: { to: Item(code=A).n }, policyholder.email: { to: Item(code=C).n } }\n"
    )
    assert wire == {"Item": [{"code": "A", "v": "1", "n": "张三"}, {"code": "B", "v": "2"}]}


def test_numbers_in_a_path_are_positions_of_a_list(message):
    wire = message("  send: { a.0.x: '1', a.1.x: '2' }\n  fields: { policyholder.email: { to: a.2.x } }\n")
    assert wire == {"a": [{"x": "1"}, {"x": "2"}]}


def test_rows_that_filter_share_the_list_and_plain_values_are_texts(message):
    covers = (Coverage(code="A"), Coverage(code="B"), Coverage(code="C"))
    wire = message(
        "  fields:\n    coverages:\n"
        '      - { list: L(k=1), when: item.code == "B", fields: { code: { to: c } } }\n'
        '      - { list: L(k=2), when: item.code != "B", fields: { code: { to: c } } }\n'
        "    answers: { list: none, fields: { question: { to: . } } }\n",
        request(coverages=covers),
    )
    assert wire == {"L": [{"k": "1", "c": "B"}, {"k": "2", "c": "A"}, {"k": "2", "c": "C"}]}


def test_a_list_without_items_writes_nothing_and_a_filler_record_where_asked(message):
    text = "  fields: { coverages: { list: L, fields: { code: { to: c } } } }\n"
    assert message(text) == {}
    assert message(text.replace("list: L,", "list: L, missing: blank,")) == {"L": [{"c": ""}]}


@pytest.mark.parametrize(
    ("form", "wire"),
    [
        ("by_index", {"L": {"0": {"c": "A"}, "1": {"c": "B"}}}),
        ("by(c)", {"L": {"A": {"c": "A"}, "B": {"c": "B"}}}),
        ("json", {"L": '[{"c":"A"},{"c":"B"}]'}),
        ("first", {"L": {"c": "A"}}),
    ],
)
def test_a_list_takes_the_form_the_carrier_wants(message, form, wire):
    row = f"coverages: {{ list: L, as: {form}, lossy: test, fields: {{ code: {{ to: c }} }} }}"
    assert message(f"  fields: {{ {row} }}\n", request(coverages=(Coverage(code="A"), Coverage(code="B")))) == wire


def test_numbered_fields_count_the_items(message):
    row = "coverages: { list: 'Cover{n}', fields: { code: { to: c } } }"
    assert message(f"  fields: {{ {row} }}\n", request(coverages=(Coverage(code="A"), Coverage(code="B")))) == {
        "Cover1": {"c": "A"},
        "Cover2": {"c": "B"},
    }


CASES = """\
  fields:
    coverages:
      list: L
      fields:
        code: { to: c }
        term:
          cases:
            - { is: { unit: lifetime }, wire: { T: "999" } }
            - { is: { unit: year, value: $n }, wire: { T: $n as int, U: Y } }
"""


def test_the_first_case_that_holds_writes_constants_and_captures(message):
    covers = (
        Coverage(code="A", term=Term(unit=TermUnit.lifetime)), Coverage(code="B", term=Term(unit=TermUnit.year, value=3)),
        Coverage(code="C"),
    )  # fmt: skip
    assert message(CASES, request(coverages=covers)) == {
        "L": [{"c": "A", "T": "999"}, {"c": "B", "T": 3, "U": "Y"}, {"c": "C"}]
    }


def test_a_value_no_case_holds_for_is_refused(message):
    with pytest.raises(CannotSend, match="no case"):
        message(CASES, request(coverages=(Coverage(code="A", term=Term(unit=TermUnit.day, value=1)),)))


def test_money_carries_its_currency_beside_it(message):
    wire = message("  fields: { expected_premium: { to: p.amount, as: money(major), currency: p.ccy } }\n")
    assert str(wire["p"]["amount"]) == "123.45"
    assert wire["p"]["ccy"] == "CNY"


def test_an_insured_object_is_read_through_its_kind(message):
    text = "  fields: { objects.0.freight.order_no: { to: o }, objects.0.vehicle.vin: { to: v } }\n"
    freight = FreightObject(freight=Freight(order_no="N1"))
    assert message(text, request(objects=(freight,))) == {"o": "N1"}
    assert message(text) == {}


def test_expressions_that_name_the_message_are_worked_out_last_in_place(message):
    wire = message(
        '  send: { Heads: =count(wire("L")), Z: "1" }\n  fields: { coverages: { list: L, fields: { code: { to: c } } } }\n',
        request(coverages=(Coverage(code="A"), Coverage(code="B"))),
    )
    assert list(wire) == ["Heads", "Z", "L"]
    assert wire["Heads"] == 2


def test_a_secret_may_be_a_whole_value(message):
    assert message("  send: { Head.User: =secret.user }\n") == {"Head": {"User": "u-1"}}


def test_a_wire_that_carries_text_gets_text(message):
    wire = message("  send: { Count: =count(req.insureds) }\n", transport="kind: xml, xml: { root: R }")
    assert wire == {"Count": "0"}


def test_a_row_with_a_condition_is_written_only_where_it_holds(message):
    text = '  fields: { policyholder.name: { to: n, when: req.policyholder.gender == "female" } }\n'
    assert message(text) == {}


def test_a_shape_flattened_beside_other_fields_of_the_same_element_is_united_with_them(message):
    shapes = "shapes:\n  who: { of: Party, fields: { name: { to: P.name } } }\n"
    wire = message(
        "  fields:\n    insureds: { list: L, fields: { ref: { to: P.ref }, party: { to: ., shape: who } } }\n",
        request(insureds=(Insured(ref="i1", party=PARTY),)),
        shapes=shapes,
    )
    assert wire == {"L": [{"P": {"ref": "i1", "name": "张三"}}]}


def test_periods_and_premiums_reach_through_objects_that_may_be_absent(message):
    text = "  fields: { period.end: { to: until, as: until(yyyy-MM-dd;1d) } }\n"
    day = datetime(2026, 1, 1, tzinfo=UTC)
    assert message(text) == {}
    assert message(text, request(period=Period(start=day, end=day.replace(year=2027)))) == {"until": "2026-12-31"}


READ = "  fields: { numbers(kind=policy).no: { to: no } }\n"


@pytest.mark.parametrize(
    ("method", "rows", "body"),
    [
        ("GET", "", b""),
        ("DELETE", "", b""),
        ("POST", "", b"{}"),
        ("PUT", "", b"{}"),
        ("POST", "  body: none\n", b""),
        ("PATCH", "  body: none\n", b""),
        ("DELETE", "  send: { why: sold }\n", b'{"why":"sold"}'),
        ("DELETE", "  send: { why: =None }\n", b"{}"),
    ],
)
def test_a_call_without_rows_has_a_body_only_where_its_method_asks_for_one(fragment, method, rows, body):
    piece = fragment(rows, READ, call=f"call: {method} /policies/1\n")
    sent = piece.module.build(piece.request(), piece.ctx)
    assert (sent.body, "Content-Type" in dict(sent.headers)) == (body, bool(body))


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_call_without_rows_may_bear_its_signature_in_the_query(fragment, method):
    sign = "sign: { algo: md5, over: [secret.key, 'sorted(wire;&;drop)'], put: sign }"
    layers = f"wire:\n  - {sign}\n  - query: {{}}\nreply: [json: {{}}]\n"
    piece = fragment("", READ, call=f"call: {method} /policies/1\n", wire=layers)
    sent = piece.module.build(piece.request(), piece.ctx)
    assert (sent.url.partition("?")[2], sent.body) == ("sign=14464ac1dfe6fa8ad8fda94bb6f01571", b"")


def test_a_delete_whose_message_bears_the_signature_has_a_body(fragment):
    layers = "wire:\n  - sign: { algo: md5, over: [secret.key, 'sorted(wire;&;drop)'], put: sign }\n  - json: {}\n"
    piece = fragment("", READ, call="call: DELETE /policies/1\n", wire=layers)
    assert piece.sent() == '{"sign":"14464ac1dfe6fa8ad8fda94bb6f01571"}'


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(
    "token", ["jws: { algo: hmac_sha256, key: secret.key }", "jwe: { algo: direct, enc: A128GCM, key: secret.key }"]
)
def test_a_call_without_rows_sends_no_token_of_nothing(fragment, method, token):
    piece = fragment(
        "", READ, call=f"call: {method} /policies/1\n", wire=f"wire: [json: {{}}, {token}]\nreply: [json: {{}}]\n"
    )
    key = replace(piece.ctx, secrets={"key": Secret("0123456789abcdef")})
    sent = piece.module.build(piece.request(), key)
    assert (sent.body, "Content-Type" in dict(sent.headers)) == (b"", False)


GBK, SJIS = "charset: GBK", "charset: Shift_JIS"


@pytest.mark.parametrize(
    ("call", "layers", "url"),
    [
        ("GET /q?name={req.policyholder.name}", GBK, "/q?name=%D5%C5%C8%FD"),
        ("GET /q?name={req.policyholder.name}", "charset: UTF-8", "/q?name=%E5%BC%A0%E4%B8%89"),
        ("POST ?name={req.policyholder.name}", GBK, "?name=%D5%C5%C8%FD"),
        ("GET /{req.policyholder.name}?name={req.policyholder.name}", GBK, "/%E5%BC%A0%E4%B8%89?name=%D5%C5%C8%FD"),
    ],
)
def test_the_query_of_a_call_is_in_the_charset_of_what_is_sent_and_its_path_in_utf_8(fragment, call, layers, url):
    piece = fragment("", READ, call=f"call: {call}\n", wire=f"wire: [xml: {{ root: R }}, {layers}]\n")
    assert piece.module.build(piece.request(), piece.ctx).url == f"https://carrier.test/api{url}"


def test_a_query_in_gbk_is_signed_by_the_values_it_was_made_of(fragment):
    sign = "sign: { algo: md5, over: [secret.key, 'sorted(query)'], put: header.X-Sign }"
    layers = f"wire:\n  - xml: {{ root: R }}\n  - {GBK}\n  - {sign}\n"
    piece = fragment("", READ, call="call: POST /q?name={req.policyholder.name}\n", wire=layers)
    sent = piece.module.build(piece.request(), piece.ctx)
    assert dict(sent.headers)["X-Sign"] == hashlib.md5("k-1name=张三".encode("gbk")).hexdigest()


@pytest.mark.parametrize(
    ("layers", "body"),
    [
        (f"[form: {{}}, {SJIS}]", "n=%92%A3%8EO"),
        (f"[json: {{}}, {SJIS}, form: {{ put: d }}]", "d=%7B%22n%22%3A%22%92%A3%8EO%22%7D"),
        (f"[json: {{}}, {SJIS}, form: {{ put: d }}, charset: UTF-8]", "d=%7B%22n%22%3A%22%E5%BC%B5%E4%B8%89%22%7D"),
    ],
)
def test_the_values_of_a_form_are_in_the_charset_behind_it_else_in_that_of_the_message_inside(fragment, layers, body):
    piece = fragment(
        "  fields: { policyholder.name: { to: n } }\n", READ, wire=f"wire: {layers}\nreply: [json: {{}}]\n"
    )
    assert piece.sent(policyholder={"name": "張三"}) == body


def test_a_signature_over_percent_signs_takes_them_in_the_charset(fragment):
    layers = f"wire:\n  - sign: {{ algo: md5, over: ['sorted(wire;&;value=url)', secret.key], put: sign }}\n  - form: {{}}\n  - {GBK}\nreply: [json: {{}}]\n"
    piece = fragment("  fields: { policyholder.name: { to: n } }\n", READ, wire=layers)
    signed = hashlib.md5(b"n=%D5%C5%C8%FDk-1").hexdigest()
    assert piece.sent() == f"n=%D5%C5%C8%FD&sign={signed}"


@pytest.mark.parametrize(
    ("layer", "sent"),
    [
        ("query: {}", "name=a%20b%2A~1%E5%BC%A0"),
        ("query: { escapes: java }", "name=a+b*%7E1%E5%BC%A0"),
        ("query: { escapes: dotnet }", "name=a+b*%7e1%e5%bc%a0"),
        ("form: {}", "name=a+b%2A~1%E5%BC%A0"),
        ("form: { escapes: java }", "name=a+b*%7E1%E5%BC%A0"),
        ("form: { escapes: js }", "name=a%20b*~1%E5%BC%A0"),
    ],
)
def test_percent_signs_are_written_as_the_carriers_language_writes_them(fragment, layer, sent):
    piece = fragment("  send: { name: a b*~1张 }\n", READ, call="call: POST /q\n", wire=f"wire: [{layer}]\n")
    made = piece.module.build(piece.request(), piece.ctx)
    assert sent in (made.url.partition("?")[2], made.body.decode())


def test_a_signature_in_the_query_has_the_percent_signs_of_the_query(fragment):
    sign = "sign: { algo: md5, encode: base64, over: [secret.key, 'sorted(query)'], put: query.sign }"
    layers = f"wire:\n  - query: {{ escapes: dotnet }}\n  - {sign}\n"
    piece = fragment("  send: { at: 2026-03-01 08 }\n", READ, call="call: POST /q\n", wire=layers)
    digest = base64.b64encode(hashlib.md5(b"k-1at=2026-03-01 08").digest()).decode()
    query = piece.module.build(piece.request(), piece.ctx).url.partition("?")[2]
    assert query == "at=2026-03-01+08&sign=" + digest.replace("=", "%3d").replace("/", "%2f").replace("+", "%2b")


def test_a_name_that_the_charset_of_a_query_lacks_is_refused_before_anything_is_sent(fragment):
    layers = f"wire: [xml: {{ root: R }}, {SJIS}]\n"
    piece = fragment("", READ, call="call: GET /q?name={req.policyholder.name}\n", wire=layers)
    with pytest.raises(CannotSend, match="character 1 of the text does not exist in Shift_JIS"):
        piece.module.build(piece.request(policyholder={"name": "张"}), piece.ctx)
