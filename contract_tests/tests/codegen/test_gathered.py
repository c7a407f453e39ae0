"""Lists of the whole result that stand inside its elements on the wire: `/beneficiaries` in the rows of an insured."""

import json

import pytest

NAMED = "  fields: { policyholder.name: { to: h } }\n"
PEOPLE = """\
  fields:
    insureds:
      list: people
      fields:
        ref: { to: id }
        party.name: { to: n }
        /beneficiaries: { list: heirs, when: item.insured_ref == up.ref, fields: { party.name: { to: n } } }
"""
WIRE = '{"people":[{"id":"i1","n":"A","heirs":[{"n":"X"}]},{"id":"i2","n":"B","heirs":[{"n":"Y"},{"n":"Z"}]}]}'


def heir(name, ref=None):
    return {"party": {"name": name}} | ({} if ref is None else {"insured_ref": ref})


def test_a_list_inside_of_the_items_of_another_is_read_into_one_list_and_each_item_told_whose_it_is(fragment):
    result = fragment(NAMED, PEOPLE).result(WIRE)
    assert result["beneficiaries"] == [heir("X", "i1"), heir("Y", "i2"), heir("Z", "i2")]
    assert [each["ref"] for each in result["insureds"]] == ["i1", "i2"]


def test_the_same_rows_send_such_a_list_and_read_it_back(fragment):
    piece = fragment(PEOPLE, PEOPLE)
    given = {
        "insureds": [{"ref": "i1", "party": {"name": "A"}}, {"ref": "i2", "party": {"name": "B"}}],
        "beneficiaries": [heir("X", "i1"), heir("Y", "i2"), heir("Z", "i2")],
    }
    sent = piece.sent(**given)
    assert json.loads(sent) == json.loads(WIRE)
    assert {name: piece.result(sent)[name] for name in given} == given


def test_a_shape_of_the_items_gives_its_lists_too_at_any_depth_and_in_every_format(fragment):
    shapes = (
        "shapes:\n"
        "  heir: { of: Beneficiary, fields: { party.name: { to: n } } }\n"
        "  home: { of: Party, fields: { name: { to: n }, /beneficiaries: { list: a.heir, shape: heir } } }\n"
        "  person: { of: Insured, fields: { ref: { to: id }, party: { to: home, shape: home } } }\n"
    )
    rows = "  fields: { insureds: { list: p, shape: person } }\n"
    piece = fragment(NAMED, rows, more=shapes, wire="wire: [xml: { root: R }, charset: UTF-8]\n")
    one = "<p><id>i1</id><home><n>A</n><a><heir><n>X</n></heir><heir><n>Y</n></heir></a></home></p>"
    two = "<p><id>i2</id><home><n>B</n><a><heir><n>Z</n></heir></a></home></p>"
    result = piece.result(f"<R>{one}{two}</R>")
    assert result["beneficiaries"] == [heir("X"), heir("Y"), heir("Z")]


def test_a_shape_of_one_object_gives_its_lists_to_the_whole_result(fragment):
    shapes = (
        "shapes:\n  holder: { of: Party, fields: { name: { to: n }, "
        "/beneficiaries: { list: heirs, fields: { party.name: { to: n } } } } }\n"
    )
    piece = fragment(NAMED, "  fields: { policyholder: { to: holder, shape: holder } }\n", more=shapes)
    result = piece.result('{"holder":{"n":"A","heirs":[{"n":"X"}]}}')
    assert result == {"policyholder": {"name": "A"}, "beneficiaries": [heir("X")]}


def test_rows_of_the_result_and_of_its_items_fill_one_list_together(fragment):
    rows = PEOPLE + "    beneficiaries: { list: others, fields: { party.name: { to: n } } }\n"
    result = fragment(NAMED, rows).result(WIRE[:-1] + ',"others":[{"n":"O"}]}')
    assert sorted(each["party"]["name"] for each in result["beneficiaries"]) == ["O", "X", "Y", "Z"]


def test_numbered_items_give_their_lists_too(fragment):
    rows = (
        '  fields:\n    insureds:\n      list: .\n      fields:\n        ref: { to: "i{n}" }\n'
        '        /beneficiaries: { list: "box{n}.heirs", fields: { party.name: { to: n } } }\n'
    )
    result = fragment(NAMED, rows).result(
        '{"i1":"1","box1":{"heirs":[{"n":"X"}]},"i2":"2","box2":{"heirs":[{"n":"Y"}]}}'
    )
    assert result["beneficiaries"] == [heir("X"), heir("Y")]


def test_one_that_cannot_be_read_is_told_and_costs_no_other(fragment):
    wire = '{"people":[{"id":"i1","n":"A","heirs":[{"n":"X"},{"n":{}}]},7,{"id":"i2","n":"B","heirs":[{"n":"Z"}]}]}'
    reply = fragment(NAMED, PEOPLE).read(wire)
    assert [each.party.name for each in reply.result.beneficiaries] == ["X", "Z"]
    assert reply.incomplete


@pytest.mark.parametrize(
    "row",
    [
        "/issued_at: { to: at, as: datetime(iso) }",
        "ref: { cases: [{ is: $_, wire: { k: b }, fields: { /beneficiaries: { list: b, fields: { party.name: { to: n } } } } }] }",
    ],
)
def test_what_else_of_the_whole_result_an_item_would_fill_is_refused_with_a_hint(
    workshop, carrier_yaml, operation_yaml, row
):
    rows = f"    insureds: {{ list: p, fields: {{ party.name: {{ to: n }}, {row} }} }}\n"
    operation = operation_yaml.rstrip() + "\n" + rows
    said = "\n".join(workshop.refused("gathered", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation}))
    assert "E203" in said
    assert "an item fills lists alone" in said
