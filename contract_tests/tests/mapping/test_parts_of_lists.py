"""Lists that are sent or read in part: what no row takes is told before anything runs, unless the mapping says why."""

import pytest

from cli.mapping.checks.conditions import OTHER, left_out

ISSUE = "policy_issue.yaml"
INSUREDS = "insureds:          { list: Body.Insureds.Insured, shape: insured }"
ITEM = "fields: { ref: { to: No } }"


def told(copy, code):
    return [each.message for each in copy.check() if each.code == code]


def sending(hengtai, *rows):
    """The carrier with other rows for the insureds."""
    return hengtai.change(ISSUE, INSUREDS, f"insureds: [{', '.join(rows)}]")


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        (['{ list: A, when: item.role == "owner", %s }'], "role = contractor, or role = other_party, or no role"),
        (['{ list: A, when: item.ref != "a", %s }'], "ref = a"),
        (["{ list: A, when: 'item.ref in (\"a\", \"b\")', %s }"], "another ref, or no ref"),
        (['{ list: A, when: item.party.gender == "male", %s }'], "party.gender = female"),
        (['{ list: A, when: item.ref == "a" and item.plan == "x", %s }'], "ref = a and another plan"),
        (['{ list: A, when: item.ref == "a", %s }', '{ list: B, when: item.ref == "b", %s }'], "another ref"),
        (["{ list: A, when: count(item.party.phones) > 1, %s }"], "'count(item.party.phones) > 1' false"),
        (["{ list: A, as: one, when: item.ref is not None, %s }"], "no ref"),
    ],
)  # fmt: skip
def test_items_that_no_row_sends_are_told_with_what_they_are_like(hengtai, rows, left):
    (said,) = told(sending(hengtai, *(row % ITEM for row in rows)), "W256")
    assert said.startswith("policy.issue request: items of 'insureds' with ")
    assert left in said


@pytest.mark.parametrize(
    "rows",
    [
        ["{ list: A, %s }"],
        ["{ list: A, when: req.plan is not None, %s }"],
        ['{ list: A, when: item.ref == "a", %s }', '{ list: B, when: item.ref != "a", %s }'],
        ['{ list: A, when: item.ref == "a", %s }', '{ list: B, when: not item.ref == "a", %s }'],
        ['{ list: A, when: item.ref == "a", %s }', "{ list: B, %s }"],
        ["{ list: A, when: item.ref, %s }", "{ list: B, when: item.ref is None, %s }"],
        ['{ list: A, when: item.ref == "a", lossy: the others are by law, %s }'],
        [
            "{ list: A, when: count(item.party.phones) > 1, %s }",
            "{ list: B, when: not count(item.party.phones) > 1, %s }",
        ],
    ],
)
def test_rows_that_take_every_item_or_say_why_not_are_right(hengtai, rows):
    assert told(sending(hengtai, *(row % ITEM for row in rows)), "W256") == []


def test_an_item_chosen_by_a_constant_leaves_the_others_out_and_a_position_does_not(hengtai):
    coverages = "coverages:         { list: Body.Risks.Risk, shape: coverage }"
    hengtai.change(ISSUE, coverages, "coverages(code=DEATH).sum_insured: { to: Body.Sum, as: money(fen) }")
    (said,) = told(hengtai, "W256")
    assert "items of 'coverages' with another code are sent by no row" in said
    hengtai.change(ISSUE, "coverages(code=DEATH).sum", "coverages.0.sum")
    assert told(hengtai, "W256") == []


BELOW = "/beneficiaries: { list: Bnf, when: COND, fields: { party.name: { to: N } } }"


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        ("item.insured_ref == up.ref", ["no insured_ref"]),
        ("item.insured_ref is None or item.insured_ref == up.ref", []),
        ("item.insured_ref == up.ref, lossy: none without one", []),
    ],
)
def test_an_item_that_belongs_to_the_object_around_is_sent_if_it_names_one(hengtai, condition, left):
    hengtai.change(
        ISSUE, "    beneficiaries:     { list: Body.Bnfs.Bnf, shape: beneficiary, when: req.beneficiaries }\n", ""
    )
    row = BELOW.replace("COND", condition)
    hengtai.change(
        "carrier.yaml",
        "relationship_to_policyholder: { to: RelaToAppnt",
        f"{row}\n      relationship_to_policyholder: {{ to: RelaToAppnt",
    )
    said = told(hengtai, "W256")
    assert [each in text for each, text in zip(left, said, strict=True)] == [True] * len(left)


READ = "coverages:                    { list: Body.Risks.Risk, shape: coverage }"


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ("coverages: { list: Body.Risks.Risk(Kind=1), shape: coverage }", ["Kind = 1 only"]),
        ("coverages: [{ list: Body.R(K=1), shape: coverage }, { list: Body.R(K=2), shape: coverage }]", ["K = 1 or K = 2 only"]),
        ("coverages: [{ list: Body.R(K=1), shape: coverage }, { list: Body.R, shape: coverage }]", []),
        ("coverages: { list: Body.R(K=1), shape: coverage, lossy: fees are no covers }", []),
        ("coverages: { list: Body.R(K=1), shape: coverage }\n  blank: [Body.R]", []),
    ],
)  # fmt: skip
def test_elements_of_a_reply_that_no_row_reads_are_told(hengtai, rows, left):
    said = told(hengtai.change(ISSUE, READ, rows), "W257")
    assert [each in text for each, text in zip(left, said, strict=True)] == [True] * len(left)


def test_conditions_over_too_many_fields_are_not_judged():
    conditions = [" and ".join(f'item.f{number} == "a"' for number in range(12))]
    assert left_out(conditions, lambda path: ((), True)) == []


def test_fields_that_change_nothing_are_not_told():
    left = left_out(['item.a == "x" and (item.b is None or item.b == up.c)'], lambda path: ((), True))
    assert {"item.a": OTHER} in left
    assert {"item.a": "x", "item.b": OTHER} not in left
