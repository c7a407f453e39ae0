"""Every form a list may take on the wire, written and read back with the same row."""

import json

import pytest

from gateway.model import Answer, Coverage, IdDocument, IdType, Insured, InsuredRole, Party, Phone
from gateway.wire import CannotSend, by_value_in

A, B = Coverage(code="A", name="甲"), Coverage(code="B", name="乙")
COVER = "fields: { code: { to: c }, name: { to: n } }"


def covers(form, to="L"):
    named = f", as: {form}" if form else ""
    return f"  fields: {{ coverages: {{ list: '{to}'{named}, lossy: test, {COVER} }} }}\n"


FORMS = [
    ("", "L", {"L": [{"c": "A", "n": "甲"}, {"c": "B", "n": "乙"}]}),
    ("", "x.y.L", {"x": {"y": {"L": [{"c": "A", "n": "甲"}, {"c": "B", "n": "乙"}]}}}),
    ("by_index", "L", {"L": {"0": {"c": "A", "n": "甲"}, "1": {"c": "B", "n": "乙"}}}),
    ("by(c)", "L", {"L": {"A": {"c": "A", "n": "甲"}, "B": {"c": "B", "n": "乙"}}}),
    ("beside", ".", {"c": ["A", "B"], "n": ["甲", "乙"]}),
    ("beside", "x", {"x": {"c": ["A", "B"], "n": ["甲", "乙"]}}),
    ("positions(c;n)", "L", {"L": [["A", "甲"], ["B", "乙"]]}),
    ("positions(n;'';c)", "x.L", {"x": {"L": [["甲", None, "A"], ["乙", None, "B"]]}}),
    ("json", "L", {"L": '[{"c":"A","n":"甲"},{"c":"B","n":"乙"}]'}),
    ("", "Cover{n}", {"Cover1": {"c": "A", "n": "甲"}, "Cover2": {"c": "B", "n": "乙"}}),
    ("", "Cover{n0}", {"Cover0": {"c": "A", "n": "甲"}, "Cover1": {"c": "B", "n": "乙"}}),
]


@pytest.mark.parametrize(("form", "to", "wire"), FORMS)
def test_a_list_in_any_form_is_read_back_as_it_was(both, form, to, wire):
    deal = both(covers(form, to))
    assert deal.sent(coverages=(A, B)) == wire
    reply = deal.read(wire)
    assert reply.result.coverages == (A, B)
    assert not reply.problems


@pytest.mark.parametrize(("form", "to"), [(form, to) for form, to, _ in FORMS])
def test_no_item_is_no_element_and_no_element_is_no_item(both, form, to):
    deal = both(covers(form, to))
    assert deal.sent() == {}
    reply = deal.read({})
    assert (reply.result.coverages, reply.problems) == ((), ())


def test_one_object_counts_as_a_list_of_one(both):
    assert both(covers("")).read({"L": {"c": "A", "n": "甲"}}).result.coverages == (A,)


def test_exactly_one_refuses_two_and_is_an_object_without_a_list(both):
    deal = both(covers("one"))
    assert deal.sent(coverages=(A,)) == {"L": {"c": "A", "n": "甲"}}
    assert deal.read({"L": {"c": "A", "n": "甲"}}).result.coverages == (A,)
    with pytest.raises(CannotSend, match="exactly one"):
        deal.sent(coverages=(A, B))
    two = deal.read({"L": [{"c": "A"}, {"c": "B"}]})
    assert (two.incomplete, two.result.coverages) == (True, ())


def test_the_first_is_sent_and_read_alone(both):
    deal = both(covers("first"))
    assert deal.sent(coverages=(A, B)) == {"L": {"c": "A", "n": "甲"}}
    assert deal.read({"L": [{"c": "A", "n": "甲"}, {"c": "B"}]}).result.coverages == (A,)


def test_a_list_keyed_by_a_value_gets_the_key_back_where_the_carrier_leaves_it_out(both):
    assert both(covers("by(c)")).read({"L": {"A": {"n": "甲"}}}).result.coverages == (A,)


def test_two_items_of_one_key_are_refused(both):
    with pytest.raises(CannotSend, match="comes twice"):
        both(covers("by(c)")).sent(coverages=(A, A))


def test_json_text_may_be_wrapped_twice(both):
    deal = both(covers("json(2)"))
    wire = deal.sent(coverages=(A,))
    assert json.loads(json.loads(wire["L"])) == [{"c": "A", "n": "甲"}]
    assert deal.read(wire).result.coverages == (A,)


@pytest.mark.parametrize("text", ["{not json", '"x"', "[1]", "[[]]"])
def test_a_json_text_nobody_can_read_leaves_the_rest_of_the_result(both, text):
    deal = both("  fields: { coverages: { list: L, as: json, " + COVER + " }, policyholder.name: { to: who } }\n")
    reply = deal.read({"L": text, "who": "李四"})
    assert reply.incomplete
    assert reply.result.coverages == ()
    assert reply.result.policyholder.name == "李四"


def test_plain_values_are_elements_without_fields(both):
    deal = both("  fields: { coverages: { list: Codes, fields: { code: { to: . } } } }\n")
    assert deal.sent(coverages=(Coverage(code="A"), Coverage(code="B"))) == {"Codes": ["A", "B"]}
    assert [cover.code for cover in deal.read({"Codes": ["A", "B"]}).result.coverages] == ["A", "B"]


def test_plain_values_may_be_joined_into_one_text(both):
    deal = both("  fields: { coverages: { list: Codes, as: join(|), fields: { code: { to: . } } } }\n")
    assert deal.sent(coverages=(Coverage(code="A"), Coverage(code="B"))) == {"Codes": "A|B"}
    assert [cover.code for cover in deal.read({"Codes": "A|B"}).result.coverages] == ["A", "B"]
    with pytest.raises(CannotSend):
        deal.sent(coverages=(Coverage(code="A|B"),))


def test_a_map_stands_as_pairs(both):
    deal = both("  fields: { ext: { to: Extras.Pair, as: pairs(k;v) } }\n")
    wire = {"Extras": {"Pair": [{"k": "a", "v": "1"}, {"k": "b", "v": "2"}]}}
    assert deal.sent(ext={"a": "1", "b": "2"}) == wire
    assert deal.read(wire).result.ext == {"a": "1", "b": "2"}


def test_a_list_of_strings_is_a_list_of_values(both):
    deal = both(
        "  fields: { coverages: { list: L, fields: { code: { to: c }, insured_refs: { list: refs, fields: { .: { to: . } } } } } }\n"
    )
    cover = Coverage(code="A", insured_refs=("i1", "i2"))
    assert deal.sent(coverages=(cover,)) == {"L": [{"c": "A", "refs": ["i1", "i2"]}]}
    assert deal.read({"L": [{"c": "A", "refs": ["i1", "i2"]}]}).result.coverages == (cover,)


# --- rows that share or complete the items of one list ---------------------------------------------------------------

ROLES = """\
  fields:
    insureds:
      - { list: M(role=1), when: item.role == "owner", fields: { role: { to: role, as: enum(role) }, ref: { to: id } } }
      - { list: M(role=2), when: item.role == "contractor", fields: { role: { to: role, as: enum(role) }, ref: { to: id } } }
"""
ROLE_CODES = (
    'enums:\n  role: { of: insured_role, map: { owner: "1", contractor: "2" }, send_other: error, read_other: error }\n'
)
OWNER, BUILDER = Insured(role=InsuredRole.owner, ref="o"), Insured(role=InsuredRole.contractor, ref="c")


def test_filtered_rows_are_written_and_read_one_after_the_other(both):
    deal = both(ROLES, codes=ROLE_CODES)
    wire = {"M": [{"role": "1", "id": "o"}, {"role": "2", "id": "c"}]}
    assert deal.sent(insureds=(BUILDER, OWNER)) == wire
    assert deal.read({"M": wire["M"][::-1]}).result.insureds == (OWNER, BUILDER)


def test_an_element_no_filter_selects_belongs_to_none(both):
    reply = both(ROLES, codes=ROLE_CODES).read({"M": [{"role": "3", "id": "x"}]})
    assert reply.result.insureds == ()


def test_a_filter_gives_back_the_value_it_chose_by(both):
    deal = both(
        "  fields:\n    insureds:\n"
        '      - { list: Owner, when: item.role == "owner", fields: { ref: { to: id } } }\n'
        '      - { list: Other, when: item.role == "contractor", fields: { ref: { to: id } } }\n'
    )
    wire = {"Owner": [{"id": "o"}], "Other": [{"id": "c"}]}
    assert deal.sent(insureds=(OWNER, BUILDER)) == wire
    assert deal.read(wire).result.insureds == (OWNER, BUILDER)


def test_rows_that_do_not_filter_each_write_the_whole_list_and_the_first_that_is_there_is_read(both):
    deal = both(
        "  fields:\n    coverages:\n"
        "      - { list: New, fields: { code: { to: c } } }\n      - { list: Old, fields: { code: { to: c } } }\n"
    )
    cover = Coverage(code="A")
    assert deal.sent(coverages=(cover,)) == {"New": [{"c": "A"}], "Old": [{"c": "A"}]}
    assert deal.read({"Old": [{"c": "B"}]}).result.coverages[0].code == "B"
    assert deal.read({"New": [{"c": "A"}], "Old": [{"c": "B"}]}).result.coverages == (cover,)


def test_a_row_with_a_number_completes_the_item_the_list_has_read(both):
    deal = both(
        "  fields:\n    insureds: { list: L, fields: { ref: { to: id } } }\n    insureds.0.certificate_no: { to: cert }\n"
    )
    reply = deal.read({"L": [{"id": "a"}], "cert": "C1"})
    assert reply.result.insureds == (Insured(ref="a", certificate_no="C1"),)
    assert deal.sent(insureds=(Insured(ref="a", certificate_no="C1"),)) == {"L": [{"id": "a"}], "cert": "C1"}


def test_a_single_item_read_alone_is_a_list_of_one(both):
    deal = both("  fields: { insureds.0.ref: { to: id }, policyholder.phones.0.number: { to: mobile } }\n")
    reply = deal.read({"id": "a", "mobile": "1"})
    assert reply.result.insureds == (Insured(ref="a"),)
    assert deal.read({}).result.insureds == ()


def test_a_single_item_row_refuses_a_second_before_sending(both):
    deal = both("  fields: { insureds.0.ref: { to: id } }\n")
    with pytest.raises(CannotSend, match="at most 1"):
        deal.sent(insureds=(Insured(ref="a"), Insured(ref="b")))


def test_positions_assert_the_length_of_the_last_one_named(both):
    deal = both("  fields: { policyholder.phones.0.number: { to: a }, policyholder.phones.1.number: { to: b } }\n")
    phones = tuple(Phone(number=number) for number in "123")
    assert deal.sent(policyholder=Party(name="x", phones=phones[:2])) == {"a": "1", "b": "2"}
    with pytest.raises(CannotSend, match="at most 2"):
        deal.sent(policyholder=Party(name="x", phones=phones))


def test_a_selector_refuses_two_that_fit_before_sending(both):
    deal = both("  fields: { insureds(role=owner).ref: { to: id } }\n")
    assert deal.sent(insureds=(OWNER, BUILDER)) == {"id": "o"}
    assert deal.sent(insureds=(BUILDER,)) == {}
    with pytest.raises(CannotSend):
        deal.sent(insureds=(OWNER, OWNER))
    assert deal.read({"id": "o"}).result.insureds == (OWNER,)


def test_an_item_knows_its_number_and_the_object_around_it(both):
    rows = (
        '  fields: { coverages: { list: L, send: { "@id": ="C" + text(n), at0: =n0, who: =up.policyholder.name },'
        " fields: { code: { to: c } } } }\n"
    )
    assert both(rows).sent(coverages=(A, B))["L"] == [
        {"@id": "C1", "at0": 0, "who": "张三", "c": "A"},
        {"@id": "C2", "at0": 1, "who": "张三", "c": "B"},
    ]


def test_columns_of_a_list_stand_beside_other_fields_of_their_parent(both):
    rows = f"  fields: {{ policyholder.name: {{ to: who }}, coverages: {{ list: ., as: beside, {COVER} }} }}\n"
    deal = both(rows)
    wire = deal.sent(coverages=(A, B))
    assert wire == {"who": "张三", "c": ["A", "B"], "n": ["甲", "乙"]}
    reply = deal.read({"ok": "1", "spare": ["1", "2", "3"], **wire})
    assert (reply.result.coverages, reply.problems) == ((A, B), ())


def test_arrays_in_an_array_hold_the_items_by_their_place(both):
    deal = both(covers("positions(c;n?)"))
    assert deal.sent(coverages=(A, Coverage(code="B"))) == {"L": [["A", "甲"], ["B"]]}
    reply = deal.read({"L": [["A", "甲"], ["B"], ["B", None]]})
    assert reply.result.coverages == (A, Coverage(code="B"), Coverage(code="B"))
    assert not reply.problems


@pytest.mark.parametrize("wire", [["A", "甲"], [["A"]], [["A", "甲", "x"]], [{"c": "A"}]])
def test_an_array_of_another_length_is_unreadable_and_never_shifted(both, wire):
    reply = both(covers("positions(c;n)")).read({"L": wire})
    assert (reply.incomplete, reply.result.coverages) == (True, ())


def test_lists_in_a_list_are_written_and_read_without_names(both):
    deal = both("""\
  fields:
    insureds: { list: G, as: bare(tels), fields: { party.phones: { list: tels, fields: { number: { to: . } } } } }
""")
    people = tuple(
        Insured(party=Party(name="", phones=tuple(Phone(number=n) for n in each))) for each in ("12", "", "3")
    )
    assert deal.sent(insureds=people) == {"G": [["1", "2"], [], ["3"]]}


def test_arrays_stand_in_arrays_of_arrays(both):
    docs = "party.id_docs: { list: ring, as: positions(x;y), fields: { number: { to: x }, issuer: { to: y } } }"
    deal = both(f"  fields: {{ insureds: {{ list: G, as: bare(ring), fields: {{ {docs} }} }} }}\n")
    docs = (
        IdDocument(type=IdType.other, number="1", issuer="A"),
        IdDocument(type=IdType.other, number="2", issuer="B"),
    )
    assert deal.sent(insureds=(Insured(party=Party(name="", id_docs=docs)),)) == {"G": [[["1", "A"], ["2", "B"]]]}


def test_an_unreadable_element_of_a_list_inside_an_item_costs_that_element_alone(both):
    docs = "party.id_docs: { list: docs, fields: { number: { to: no }, type: { to: t, as: enum(doc) } } }"
    rows = (
        f"  fields: {{ insureds: {{ list: G, fields: {{ ref: {{ to: id }}, party.name: {{ to: id }}, {docs} }} }} }}\n"
    )
    table = "enums:\n  doc: { of: id_type, map: { passport: P }, send_other: error, read_other: error }\n"
    good, bad = {"no": "1", "t": "P"}, {"no": "2", "t": "?"}
    reply = both(rows, codes=table).read({"G": [{"id": "a", "docs": [good, bad]}, {"id": "b", "docs": [good]}]})
    assert [(each.ref, [doc.number for doc in each.party.id_docs]) for each in reply.result.insureds] == [
        ("a", ["1"]),
        ("b", ["1"]),
    ]
    assert reply.incomplete
    assert len(reply.problems) == 1
    assert "doc" in reply.problems[0]


@pytest.mark.parametrize(
    "rows",
    [
        "client_ref: { to: L.ref }, coverages: { list: L, %s }",
        "coverages: { list: L, %s }, client_ref: { to: L.ref }",
        "client_ref: { to: L.ref }, coverages: { list: L, as: one, %s }",
        "client_ref: { to: L.ref }, coverages: { list: L, as: first, lossy: one, %s }",
        "client_ref: { to: L.ref }, coverages: { list: L, as: by(c), %s }",
        "client_ref: { to: L.ref, when: req.plan }, coverages: { list: L, when: req.plan is None, %s }",
        "policyholder: { to: L, fields: { name: { to: n } } }, coverages: { list: L, when: item.name, %s }",
        "coverages: { list: L, %s }, client_ref: { to: L.0.ref }",
        ".: { to: L, fields: { client_ref: { to: ref } } }, coverages: { list: L, %s }",
    ],
)
def test_a_list_at_an_object_that_others_write_into_is_refused(workshop, carrier_yaml, operation_yaml, rows):
    operation = operation_yaml.replace("policyholder.name: { to: holder }", rows % COVER)
    said = workshop.said("lost", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation})
    assert any("E231: 'L' is a list" in each for each in said)


@pytest.mark.parametrize(
    ("rows", "wire"),
    [
        (f"client_ref: {{ to: L.ref }}, coverages.0: {{ to: L, {COVER} }}", {"ref": "o", "c": "A", "n": "甲"}),
        (f"client_ref: {{ to: L.ref }}, coverages: {{ list: 'L.x{{n}}', {COVER} }}", {"ref": "o", "x1": {"c": "A", "n": "甲"}}),
        (f"client_ref: {{ to: L.ref }}, coverages: {{ list: L, as: beside, {COVER} }}", {"ref": "o", "c": ["A"], "n": ["甲"]}),
        (f"client_ref: {{ to: L.0.ref }}, coverages: {{ list: L, {COVER} }}", [{"ref": "o"}, {"c": "A", "n": "甲"}]),
    ],
)  # fmt: skip
def test_an_item_columns_and_numbered_items_stand_beside_other_fields(both, rows, wire):
    assert both(f"  fields: {{ {rows} }}\n", reply="  echo: none\n").sent(coverages=(A,))["L"] == wire


def test_a_list_that_is_one_object_is_told_how_to_stand_in_the_element_here(workshop, carrier_yaml, operation_yaml):
    rows = operation_yaml.replace("policyholder.name: { to: holder }", f"coverages: {{ list: ., as: one, {COVER} }}")
    (fault,) = workshop.generate("here", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": rows}).errors
    assert "coverages.0: { to: ., fields: .. }" in fault.hint


@pytest.mark.parametrize(
    ("fields", "wire"),
    [
        ('code: { to: "C{n}.c" }, name: { to: "C{n}.n" }', {"C1": {"c": "A", "n": "甲"}, "C2": {"c": "B", "n": "乙"}}),
        ('code: { to: "Z.C{n0}.c" }', {"Z": {"C0": {"c": "A"}, "C1": {"c": "B"}}}),
        ('.: { to: "C{n}", fields: { code: { to: c } } }', {"C1": {"c": "A"}, "C2": {"c": "B"}}),
        ('.: { to: Z, fields: { code: { to: "C{n}.c" } } }', {"Z": {"C1": {"c": "A"}, "C2": {"c": "B"}}}),
        ('.: { to: Z, send: { "K{n}": k }, fields: { code: { to: "C{n}" } } }', {"Z": {"K1": "k", "C1": "A", "K2": "k", "C2": "B"}}),
    ],
)  # fmt: skip
def test_a_number_stands_anywhere_on_the_way_to_a_field_and_is_read_back(both, fields, wire):
    deal = both(f"  fields: {{ coverages: {{ list: ., lossy: test, fields: {{ {fields} }} }} }}\n")
    assert deal.sent(coverages=(A, B)) == wire
    assert [each.code for each in deal.read(wire).result.coverages] == ["A", "B"]


@pytest.mark.parametrize(
    ("rows", "path"),
    [
        ('policyholder.name: { to: "p{n}.x" }', "p{n}.x"),
        ('policyholder: { to: p, fields: { name: { to: "p{n0}" } } }', "p{n0}"),
        ('.: { to: p, fields: { client_ref: { to: "@p{n}" } } }', "@p{n}"),
        ('insureds: { list: "p{n}.x", fields: { ref: { to: r } } }', "p{n}.x"),
        ('insureds: { list: ., fields: { ref: { to: "p(no={n}).x" } } }', "p(no={n}).x"),
        ('policyholder.name: { cases: [{ is: $x, wire: { "p{n}": $x } }] }', "p{n}"),
    ],
)
def test_the_number_of_an_item_where_there_is_none_is_refused_at_its_place(
    workshop, carrier_yaml, operation_yaml, rows, path
):
    operation = operation_yaml.replace("policyholder.name: { to: holder }", rows)
    (fault,) = workshop.said("numbers", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation}, "E229")
    line, column = next(
        (at, each.index(f'"{path}') + 2) for at, each in enumerate(operation.split("\n"), 2) if path in each
    )
    assert f"policy_issue.yaml:{line}:{column}: error E229: '{path}'" in fault


@pytest.mark.parametrize(
    ("rows", "wire", "answers"),
    [
        ("value: { to: v, as: raw }", {"f": {"q1": True, "q2": "2"}}, [("q1", True), ("q2", "2")]),
        ("value: { to: v, as: raw }", {"f": {"q1": False}}, [("q1", False)]),
        ("value: { to: v, as: raw }", {}, []),
    ],
)
def test_an_object_of_values_under_their_keys_is_written_and_read(both, rows, wire, answers):
    table = f"  fields: {{ answers: {{ list: f, as: by(k;v), fields: {{ question: {{ to: k }}, {rows} }} }} }}\n"
    deal = both(table, reply="  echo: none\n")
    given = tuple(Answer(question=question, value=value) for question, value in answers)
    assert deal.sent(answers=given) == wire
    assert by_value_in(wire.get("f"), "k", "v") == [{"k": question, "v": value} for question, value in answers]


def test_coverages_keyed_by_their_codes_with_a_bare_value_are_read_back(both):
    table = (
        "  fields: { coverages: { list: f, lossy: test, as: by(c;n), fields: { code: { to: c }, name: { to: n } } } }\n"
    )
    deal = both(table)
    assert deal.sent(coverages=(A, B)) == {"f": {"A": "甲", "B": "乙"}}
    assert deal.read({"f": {"A": "甲", "B": "乙"}}).result.coverages == (A, B)
    assert deal.read({"f": {"A": None}}).result.coverages == (Coverage(code="A"),)
    assert deal.read({"f": [1]}).problems
    with pytest.raises(CannotSend, match="comes twice"):
        deal.sent(coverages=(A, A))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("by(.)", "E215: by names the wire field of an item that is its key"),
        ("by(c;.)", "E215: by names the wire field"),
        ("by(x.c;n)", "E215: by(key;value) names two fields"),
        ("by(x)", "E473: no row of an item writes 'x', its key"),
        ("by(x;n)", "E473: no row of an item writes 'x', its key"),
        ("by(c;x)", "E473: a value under its key has no field 'n'"),
    ],
)
def test_a_key_that_is_no_field_of_an_item_is_refused(workshop, carrier_yaml, operation_yaml, form, said):
    rows = operation_yaml.replace(
        "policyholder.name: { to: holder }", f"coverages: {{ list: L, as: '{form}', {COVER} }}"
    )
    found = workshop.said("keyless", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": rows})
    assert any(said in each for each in found), found


def test_the_presence_of_an_object_is_a_flag_of_json_and_a_text_elsewhere(both):
    row = "  fields: { coverages(code=A): { to: has, as: present(true;false) } }\n"
    deal = both(row)
    assert (deal.body(coverages=(A,)), deal.body()) == (b'{"has":true}', b'{"has":false}')
    assert deal.read({"has": True}).result.coverages[0].code == "A"
    assert deal.read({"has": False}).result.coverages == ()
    deal = both(row, transport="kind: xml, xml: { root: R }")
    assert b"<has>true</has>" in deal.body(coverages=(A,))


NUMBERED = """\
  fields:
    insureds: { list: ., fields: { ref: { to: "i{n}No" }, party.name: { to: "i{n}Name" } } }
    coverages: { list: ., fields: { code: { to: "c{n}" }, name: { to: "c{n}Name" } } }
    policyholder.email: { to: mail }
"""


def test_several_numbered_lists_stand_in_one_element(both, workshop):
    deal = both(NUMBERED)
    people = (Insured(ref="1", party=Party(name="甲")), Insured(ref="2", party=Party(name="乙")))
    wire = {
        "i1No": "1",
        "i1Name": "甲",
        "i2No": "2",
        "i2Name": "乙",
        "c1": "A",
        "c1Name": "甲",
        "c2": "B",
        "c2Name": "乙",
    }
    assert deal.sent(insureds=people, coverages=(A, B)) == wire
    reply = deal.read(wire)
    assert (reply.result.insureds, reply.result.coverages, reply.problems) == (people, (A, B), ())
    assert not workshop.said("both_ways", {}, "E23")


@pytest.mark.parametrize(
    ("rows", "path"),
    [
        ('insureds: { list: ., fields: { ref: { to: "p{n}" } } }, coverages: { list: ., fields: { code: { to: "p{n}" } } }', "p{n}"),
        ('insureds: [{ list: ., when: item.ref == "1", fields: { ref: { to: "p{n}" } } }, { list: ., when: item.ref == "2", fields: { ref: { to: "p{n}" } } }]', "p{n}"),
        ('insureds: [{ list: "p{n}", when: item.ref == "1", fields: { ref: { to: a } } }, { list: "p{n}", when: item.ref == "2", fields: { ref: { to: b } } }]', "p{n}"),
    ],
)  # fmt: skip
def test_lists_that_would_write_one_numbered_field_are_refused(workshop, carrier_yaml, operation_yaml, rows, path):
    operation = operation_yaml.replace("fields: { policyholder.name", f"fields: {{ {rows}, policyholder.name", 1)
    said = workshop.said("twice", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation}, "E230")
    assert [f"'{path}' is written twice" in each for each in said] == [True]


def test_each_item_of_a_list_is_completed_by_the_row_of_its_number(both):
    deal = both(
        "  fields:\n    insureds: { list: L, fields: { ref: { to: r } } }\n"
        "    insureds.0.certificate_no: { to: c0 }\n    insureds.1.certificate_no: { to: c1 }\n"
    )
    read = deal.read({"L": [{"r": "1"}, {"r": "2"}], "c0": "A", "c1": "B"}).result.insureds
    assert [(each.ref, each.certificate_no) for each in read] == [("1", "A"), ("2", "B")]
