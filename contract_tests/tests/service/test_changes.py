"""The changes of an endorsement, applied to a policy: where they fit, and where they do not."""

import msgspec
import pytest

from gateway.errors import RequestInvalid
from gateway.model import Change, Policy
from gateway.model.examples import example_proposal
from gateway.model.roles import Insured
from gateway.service.cases.changes import with_changes


@pytest.fixture
def policy():
    proposal = example_proposal()
    second = Insured(ref="i2", party=example_proposal(serial=2).policyholder)
    terms = {name: getattr(proposal, name) for name in ("policyholder", "objects", "coverages")}
    return Policy(policy_id="pol_1", product="p@1", status="in_force", insureds=(*proposal.insureds, second), **terms)


def changed(policy, target, field, to):
    return with_changes(policy, (Change(target=target, field=field, to=to),))


def test_a_field_deep_inside_a_list_is_changed_and_nothing_else(policy):
    after = changed(policy, "policyholder", "phones.0.number", "13911112222")
    assert after.policyholder.phones[0].number == "13911112222"
    assert msgspec.structs.replace(after, policyholder=policy.policyholder) == policy


def test_an_insureds_field_is_found_in_its_party(policy):
    after = changed(policy, "insured/i2", "name", "李四")
    assert [insured.party.name for insured in after.insureds] == [policy.insureds[0].party.name, "李四"]


def test_an_objects_field_is_found_by_its_ref(policy):
    assert changed(policy, "object/o1", "freight.shop", "Other Shop").objects[0].freight.shop == "Other Shop"


def test_what_is_missing_on_the_way_is_made(policy):
    bare = changed(policy, "policyholder", "phones", [])
    assert (
        changed(bare, "policyholder", "phones.0.number", "13911112222").policyholder.phones[0].number == "13911112222"
    )


def test_an_insured_without_a_ref_any_more_is_removed(policy):
    assert [insured.ref for insured in changed(policy, "insured/i2", "ref", None).insureds] == ["i1"]


@pytest.mark.parametrize(
    ("target", "field", "to", "path"),
    [
        ("insured/i9", "name", "x", "changes.0.target"),
        ("nobody", "name", "x", "changes.0.target"),
        ("policyholder", "phones.7.number", "x", "changes.0.field"),
        ("policyholder", "name.first", "x", "changes.0.field"),
        ("policyholder", "gender", "secret-value", "changes"),
    ],
)
def test_a_change_that_does_not_fit_is_refused_with_its_place_and_without_its_value(policy, target, field, to, path):
    with pytest.raises(RequestInvalid) as refused:
        changed(policy, target, field, to)
    (fault,) = refused.value.faults
    assert fault.path == path
    assert "secret-value" not in fault.message
