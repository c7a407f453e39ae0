"""`extends`: what a message takes over, and where that ends."""

from cli.mapping.resolve import resolve
from gateway.catalogue.values import Faults


def resolved(copy):
    faults = Faults()
    return resolve(copy.load(), faults), [each.code for each in faults.all()]


def test_a_shape_has_the_rows_of_the_one_it_extends_before_its_own(hengtai):
    found, faults = resolved(hengtai)
    rows = [row.canonical.text for row in found.shapes["policyholder"].rows]
    assert (rows[0], rows[-1], faults) == ("name", "annual_income", [])
    assert found.shapes["policyholder"].of.value == "Party"
    assert [path.text for path in found.shapes["policyholder"].blank] == [
        "Stature",
        "Weight",
        "MaritalStatus",
        "WorkAddress",
    ]


def test_a_row_for_the_same_field_or_the_same_wire_path_replaces(hengtai):
    hengtai.change(
        "carrier.yaml",
        "      annual_income:    {",
        "      email:            { to: Mail }\n      school:           { to: Name }\n      annual_income:    {",
    )
    found, _ = resolved(hengtai)
    rows = {row.canonical.text: row.to.text for row in found.shapes["policyholder"].rows}
    assert rows["email"] == "Mail"
    assert rows["school"] == "Name"
    assert "name" not in rows


def test_a_later_step_sends_what_the_earlier_one_sent_with_its_own_values(breakwater):
    found, faults = resolved(breakwater)
    price, issue = found.operations[0].steps
    sends = {send.to.text: send.value for send in issue.request.send}
    assert (sends["Head.Mode"].value, sends["Head.Serial"].source, faults) == ("2", "attempt_no(20)", [])
    assert len(issue.request.rows) == len(price.request.rows)
    assert issue.request.of.value == "PolicyIssueRequest"


def test_a_request_may_extend_that_of_another_operation_or_of_a_variant(hengtai):
    hengtai.change("policy_issue.yaml", "format: mapping/1\n", 'format: mapping/1\nwhen: req.plan == "a"\n')
    variant = (
        'format: mapping/1\nwhen: req.plan != "a"\nrequest: { extends: policy.issue, send: { Body.GetPolMode: "2" } }\n'
        "response: { extends: policy.issue, outcome: [{ else: unknown }], echo: none }\n"
    )
    hengtai.write("policy_issue.short.yaml", variant)
    found, faults = resolved(hengtai)
    short = next(operation for operation in found.operations if operation.variant == "short")
    modes = [send.value.value for send in short.steps[0].request.send if send.to.text == "Body.GetPolMode"]
    assert (modes, faults) == (["2"], [])
    assert short.steps[0].response.message.of.value == "PolicyIssueResult"


def test_a_circle_of_extends_is_reported_and_does_not_turn_for_ever(hengtai):
    hengtai.change("carrier.yaml", "  person:\n    of: Party", "  person:\n    extends: policyholder\n    of: Party")
    _, faults = resolved(hengtai)
    assert set(faults) == {"E218"}


def test_steps_that_extend_each_other_are_a_circle_too(breakwater):
    breakwater.change(
        "policy_issue.site.yaml",
        "    request:\n      of: PolicyIssueRequest",
        "    request:\n      extends: issue\n      of: PolicyIssueRequest",
    )
    _, faults = resolved(breakwater)
    assert set(faults) == {"E218"}
