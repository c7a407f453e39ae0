"""A position at the end of a wire path: one of a list of plain values."""

import json

import pytest

ROWS = """\
  fields:
    policyholder.name: { to: a.names.0 }
    policyholder.email: { to: a.names.1 }
    policyholder.gender: { to: a.names.2, as: enum(gender) }
"""
CODES = "enums:\n  gender: { of: gender, map: { male: '1', female: '2' }, send_other: error, read_other: error }\n"


@pytest.mark.parametrize(
    ("holder", "names"),
    [
        ({"name": "张三"}, ["张三"]),
        ({"name": "张三", "gender": "male"}, ["张三", None, "1"]),
        ({"name": "张三", "gender": "male", "email": "a@b.example"}, ["张三", "a@b.example", "1"]),
    ],
)
def test_values_stand_at_their_positions_and_come_back(fragment, holder, names):
    piece = fragment(ROWS, ROWS, codes=CODES)
    body = piece.sent(policyholder=holder)
    assert json.loads(body) == {"a": {"names": names}}
    assert piece.result(body)["policyholder"] == holder


def test_in_xml_they_are_repeated_elements(fragment):
    rows = "  fields:\n    policyholder.name: { to: A.N.0 }\n    policyholder.email: { to: A.N.1 }\n"
    piece = fragment(rows, rows, wire="wire: [xml: { root: R }, charset: UTF-8]\n")
    body = piece.sent(policyholder={"name": "张三", "email": "a@b.example"})
    assert body == "<R><A><N>张三</N><N>a@b.example</N></A></R>"
    assert piece.result(body)["policyholder"] == {"name": "张三", "email": "a@b.example"}
    assert piece.result("<R><A><N>张三</N></A></R>")["policyholder"] == {"name": "张三"}


def test_a_position_is_written_behind_the_one_before_it(workshop, carrier_yaml):
    issue = "request: { of: PolicyIssueRequest, send: { x.1: a } }\nresponse: { of: PolicyIssueResult, echo: none, outcome: [{ else: unknown }] }\n"
    faults = workshop.refused("holes", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": issue})
    assert any("E232" in fault and "position 0 has to be written first" in fault for fault in faults)


@pytest.mark.parametrize("day", ['{"d":[2027,1,10],"e":{"y":2027,"m":2,"d":3}}'])
def test_a_day_may_come_as_a_list_or_an_object_of_its_numbers(fragment, day):
    rows = (
        "  fields:\n    period.start: { to: [d.0, d.1, d.2], as: datetime(yyyy|M|d) }\n"
        "    period.end: { to: [e.y, e.m, e.d], as: datetime(yyyy|M|d) }\n"
    )
    period = fragment("  fields: { policyholder.name: { to: n } }\n", rows).result(day)["period"]
    assert period == {"start": "2027-01-10T00:00:00+08:00", "end": "2027-02-03T00:00:00+08:00"}


def test_a_day_may_be_sent_as_an_object_or_a_list_of_its_numbers(fragment):
    rows = (
        "  fields:\n    period.start: { to: [d.y, d.m, d.d], as: number(datetime(yyyy|M|d)) }\n"
        "    period.end: { to: [e.0, e.1, e.2], as: number(until(yyyy|M|d;1d)) }\n"
    )
    piece = fragment(rows, rows)
    period = {"start": "2027-01-10T00:00:00+08:00", "end": "2027-02-04T00:00:00+08:00"}
    body = piece.sent(period=period)
    assert body == '{"d":{"y":2027,"m":1,"d":10},"e":[2027,2,3]}'
    assert piece.result(body)["period"] == period


def test_numbers_of_pieces_stand_on_a_wire_that_has_numbers(workshop, carrier_yaml, operation_yaml):
    row = "policyholder.birth_date: { to: [y, m], as: number(date(yyyy|M)) }"
    issue = (
        f"request: {{ of: PolicyIssueRequest, fields: {{ {row} }} }}\n"
        + operation_yaml[operation_yaml.index("response:") :]
    )
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + "wire: [xml: { root: R }, charset: UTF-8]\n"
    faults = workshop.refused("texts", {"carrier.yaml": carrier, "policy_issue.yaml": issue})
    assert any("number stands on a wire that has numbers of its own" in fault for fault in faults), faults


def test_arrays_in_arrays_stand_in_a_json_text_on_xml(fragment):
    rows = """\
  fields:
    insureds:
      list: P
      as: json
      fields:
        ref: { to: no }
        party: { to: ., fields: { name: { to: name }, id_docs: { list: docs, as: positions(no;type), fields: { number: { to: no }, type: { to: type, as: enum(doc) } } } } }
"""
    codes = "enums:\n  doc: { of: id_type, map: { passport: '02' }, send_other: error, read_other: other }\n"
    piece = fragment(rows, rows, wire="wire: [xml: { root: R }, charset: UTF-8]\n", codes=codes)
    insured = {"ref": "i1", "party": {"name": "A", "id_docs": [{"type": "passport", "number": "E1"}]}}
    body = piece.sent(insureds=[insured])
    assert body == '<R><P>[{"no":"i1","name":"A","docs":[["E1","02"]]}]</P></R>'
    assert piece.result(body)["insureds"] == [insured]


def test_an_object_without_what_it_never_lacks_is_told_by_the_field(fragment):
    piece = fragment(
        "  fields: { policyholder.name: { to: n } }\n", "  fields: { period.start: { to: from, as: datetime(iso) } }\n"
    )
    (told,) = piece.read('{"from":"2027-01-10"}').problems
    assert str(told).startswith("the message tells no 'end', without which there is no such object -> ")


COUNTRIES = "  fields: { objects.0.person_travel.countries: { list: to.country, fields: { .: { to: code, as: country(alpha3) } } } }\n"
JOURNEY = [{"type": "person_travel", "person_travel": {"countries": ["JP", "TH"]}}]


def test_plain_values_may_stand_each_in_an_object_of_its_own(fragment):
    piece = fragment(COUNTRIES, COUNTRIES)
    body = piece.sent(objects=JOURNEY)
    assert json.loads(body) == {"to": {"country": [{"code": "JPN"}, {"code": "THA"}]}}
    read = piece.result(body)["objects"][0]["person_travel"]
    assert read == {"countries": ["JP", "TH"]}


def test_an_object_without_its_plain_value_is_a_problem_and_left_out(fragment):
    reply = fragment(COUNTRIES, COUNTRIES).read('{"to":{"country":[{"code":"JPN"},{"no":1}]}}')
    assert [each.person_travel.countries for each in reply.result.objects] == [("JP",)]
    assert [each.partition(" ->")[0] for each in reply.problems] == ["missing wire field 'code'"]
