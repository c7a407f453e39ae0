"""One name for several code tables: which of them holds is told by the product's entry or the channel's settings."""

import msgspec
import pytest
from msgspec.structs import replace

from gateway.model import Gender, Insured, Party, Relationship
from gateway.wire import CannotSend

CODES = """\
enums:
  relation: { of: relationship, by: binding.line, tables: { life: relation_life, travel: relation_travel } }
  relation_life: { of: relationship, map: { self: "00", spouse: "01" }, send_other: "99", read_other: other }
  relation_travel: { of: relationship, map: { self: "1", spouse: "2" }, send_other: error, read_other: error }
"""
ROWS = """\
  fields:
    insureds: { list: people, shape: person }
"""
SHAPES = """\
shapes:
  person: { of: Insured, fields: { relationship_to_policyholder: { to: rel, as: enum(relation) }, party.name: { to: name } } }
"""


@pytest.fixture
def deal(both):
    found = both(ROWS, shapes=SHAPES, codes=CODES)

    def of(line):
        found.ctx = msgspec.structs.replace(found.ctx, binding={"line": line})
        return found

    return of


WIFE = Insured(relationship_to_policyholder=Relationship.spouse, party=Party(name="A"))
CHILD = Insured(relationship_to_policyholder=Relationship.child, party=Party(name="B"))


@pytest.mark.parametrize(("line", "code"), [("life", "01"), ("travel", "2")])
def test_a_code_is_of_the_line_in_both_directions(deal, line, code):
    found = deal(line)
    wire = {"people": [{"rel": code, "name": "A"}]}
    assert found.sent(insureds=(WIFE,)) == wire
    reply = found.read(wire)
    assert (reply.result.insureds, reply.problems) == ((WIFE,), ())


def test_each_table_says_itself_what_holds_for_other_values(deal):
    assert deal("life").sent(insureds=(CHILD,))["people"][0]["rel"] == "99"
    with pytest.raises(CannotSend):
        deal("travel").sent(insureds=(CHILD,))
    read = deal("life").read({"people": [{"rel": "77", "name": "A"}]})
    assert read.result.insureds[0].relationship_to_policyholder is Relationship.other
    assert deal("travel").read({"people": [{"rel": "77", "name": "A"}]}).incomplete


def test_a_line_without_a_table_is_refused(deal):
    with pytest.raises(CannotSend, match="relation has no codes for 'motor'"):
        deal("motor").sent(insureds=(WIFE,))


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (CODES.replace("life: relation_life", "life: relation_lief"), "E213"),
        (CODES.replace("by: binding.line", "by: wire.plan"), "by is binding.name, config.name or req.path"),
        (CODES.replace("by: binding.line", "by: req.paln"), "did you mean 'plan'"),
        (CODES.replace("by: binding.line", "by: req.policyholder.gender.code"), "E203"),
        (CODES.replace(", tables: { life: relation_life, travel: relation_travel }", ""), "E112"),
    ],
)
def test_a_choice_that_means_nothing_is_a_fault(workshop, carrier_yaml, operation_yaml, codes, said):
    rows = operation_yaml.replace("  fields: { policyholder.name: { to: holder } }\n", ROWS)
    files = {"carrier.yaml": carrier_yaml + SHAPES, "policy_issue.yaml": rows, "codes.yaml": codes}
    assert any(said in text for text in workshop.refused("wrong", files))


BY_REQUEST = """\
enums:
  relation: { of: relationship, by: req.PATH, tables: TABLES }
  relation_a: { of: relationship, map: { self: "00", spouse: "01" }, send_other: error, read_other: error }
  relation_b: { of: relationship, map: { self: "1", spouse: "2" }, send_other: error, read_other: error }
"""
CHOICES = {
    "plan": ("{ gold: relation_a, standard: relation_b }", {"plan": "gold"}, {"plan": "standard"}),
    "policyholder.gender": (
        "{ female: relation_a, male: relation_b }",
        {"policyholder": Party(name="P", gender=Gender.female)},
        {"policyholder": Party(name="P", gender=Gender.male)},
    ),
    "product": ("{ life: relation_a, car: relation_b }", {"product": "life@1"}, {"product": "car@2"}),
    "insureds.0.party.nationality": (
        "{ CN: relation_a, JP: relation_b }",
        {"insureds": (replace(WIFE, party=Party(name="A", nationality="CN")),)},
        {"insureds": (replace(WIFE, party=Party(name="A", nationality="JP")),)},
    ),
}


@pytest.mark.parametrize("path", CHOICES)
@pytest.mark.parametrize("shaped", [True, False])
def test_a_table_may_be_chosen_by_the_request_in_both_directions(both, path, shaped):
    tables, first, second = CHOICES[path]
    codes = BY_REQUEST.replace("PATH", path).replace("TABLES", tables)
    inline = SHAPES.partition("fields: ")[2].rstrip().removesuffix("}").rstrip()
    rows = ROWS if shaped else ROWS.replace("shape: person", f"fields: {inline}")
    found = both(rows, shapes=SHAPES if shaped else "", codes=codes)
    for given, code in ((first, "01"), (second, "2")):
        values = {"insureds": (WIFE,), **given}
        assert found.sent(**values)["people"][0]["rel"] == code
        reply = found.read({"people": [{"rel": code, "name": "A"}]}, **values)
        assert [each.relationship_to_policyholder for each in reply.result.insureds] == [Relationship.spouse]


def test_a_value_no_table_is_for_is_refused_and_told_by_its_length(both):
    codes = BY_REQUEST.replace("PATH", "policyholder.name").replace("TABLES", "{ Anna: relation_a }")
    found = both(ROWS, shapes=SHAPES, codes=codes)
    with pytest.raises(CannotSend, match="no codes for a text of 3 characters"):
        found.sent(insureds=(WIFE,), policyholder=Party(name="李小燕"))


CALLBACK = """\
callbacks:
  told:
    wire: [charset: UTF-8, json: {}]
    correlate: { request_no: no }
    of: PolicyIssueResult
    outcome: [{ when: wire.ok, is: accepted }, { else: unknown }]
    fields: { insureds: { list: people, shape: person } }
    reply: { code: "0" }
"""


def test_a_callback_knows_no_request_to_choose_by(workshop, carrier_yaml, operation_yaml):
    codes = BY_REQUEST.replace("PATH", "plan").replace("TABLES", "{ gold: relation_a }")
    files = {"carrier.yaml": carrier_yaml + SHAPES + CALLBACK, "policy_issue.yaml": operation_yaml, "codes.yaml": codes}
    assert any("no request of ours is known here" in text for text in workshop.refused("wrong", files))
