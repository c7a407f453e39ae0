"""One name for several code tables: which of them holds is told by the product's entry or the channel's settings."""

import msgspec
import pytest

from gateway.model import Insured, Party, Relationship
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
        (CODES.replace("by: binding.line", "by: req.plan"), "by is binding.name or config.name"),
        (CODES.replace(", tables: { life: relation_life, travel: relation_travel }", ""), "E112"),
    ],
)
def test_a_choice_that_means_nothing_is_a_fault(workshop, carrier_yaml, operation_yaml, codes, said):
    rows = operation_yaml.replace("  fields: { policyholder.name: { to: holder } }\n", ROWS)
    files = {"carrier.yaml": carrier_yaml + SHAPES, "policy_issue.yaml": rows, "codes.yaml": codes}
    assert any(said in text for text in workshop.refused("wrong", files))
