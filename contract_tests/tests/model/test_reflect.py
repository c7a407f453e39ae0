"""What the mapping compiler and the expression compiler learn about the vocabulary."""

import msgspec
import pytest

import gateway.model as vocabulary
from gateway.model import (
    OPERATIONS,
    Beneficiary,
    ClaimGetRequest,
    ClaimReportRequest,
    IdType,
    Model,
    Party,
    PiiClass,
    PolicyGetRequest,
    PolicyIssueRequest,
)
from gateway.model.reflect import (
    EnumType,
    ListType,
    MapType,
    MoneyType,
    NoSuchPath,
    Scalar,
    ScalarKind,
    StructType,
    UnionType,
    describe,
    enum_named,
    leaves,
    resolve,
    struct_named,
    suggest,
    walk,
)

STRUCTS = [each for each in vars(vocabulary).values() if isinstance(each, type) and issubclass(each, Model)]
ISSUE = describe(PolicyIssueRequest)


@pytest.mark.parametrize("cls", STRUCTS, ids=lambda cls: cls.__name__)
def test_every_struct_can_be_described(cls):
    described = describe(cls)
    assert described.name == cls.__name__
    assert [field.attribute for field in described.fields.values()] == list(cls.__struct_fields__)


@pytest.mark.parametrize("cls", STRUCTS, ids=lambda cls: cls.__name__)
def test_a_field_is_required_optional_or_has_a_default_of_its_type(cls):
    for field in describe(cls).fields.values():
        if field.required:
            assert field.default is None
        elif field.default is None:
            assert field.optional
        elif isinstance(field.type, ListType):
            assert field.default == ()


def test_describing_twice_gives_the_same_object():
    assert describe(Party) is describe(Party)
    assert ISSUE.fields["policyholder"].type is describe(Party)


def test_a_path_leads_through_lists_to_a_single_value():
    field = resolve(ISSUE, ["insureds", "0", "party", "id_docs", "0", "number"])
    assert field.type == Scalar(ScalarKind.text)
    assert field.required
    assert field.pii is PiiClass.sensitive


def test_a_walk_tells_which_part_of_a_path_may_be_absent():
    assert [each.optional for each in walk(ISSUE, ["insureds", "0", "party", "birth_date"])] == [
        False,
        False,
        True,
        True,
    ]


def test_an_enum_field_knows_its_class_and_its_values():
    kind = resolve(ISSUE, ["policyholder", "id_docs", "0", "type"]).type
    assert kind == EnumType("id_type", IdType, tuple(IdType))
    assert enum_named("id_type") == kind


def test_an_enum_with_other_values_than_names_gives_the_values_of_the_wire():
    assert "NBS" in enum_named("transaction_purpose").values


def test_money_is_its_own_kind_with_two_parts():
    assert resolve(ISSUE, ["expected_premium"]).type == MoneyType()
    assert resolve(ISSUE, ["expected_premium", "amount"]).type == Scalar(ScalarKind.int)


def test_a_map_takes_any_key():
    refs = describe(OPERATIONS["policy.issue"].result)
    assert isinstance(refs.fields["refs"].type, MapType)
    assert resolve(refs, ["refs", "check_code"]).type == Scalar(ScalarKind.text)
    assert resolve(ISSUE, ["ext", "anything", "deeper"]).type == Scalar(ScalarKind.json)


def test_a_union_answers_for_its_tag_and_for_the_fields_of_its_members():
    union = resolve(ISSUE, ["objects", "0"]).type
    assert isinstance(union, UnionType)
    assert resolve(ISSUE, ["objects", "0", "type"]).type.values == tuple(union.members)
    assert resolve(ISSUE, ["objects", "0", "vehicle", "vin"]).pii is PiiClass.personal
    assert union.holders("freight") == ("freight",)
    assert union.holders("object_id") == tuple(union.members)


def test_a_reserved_word_keeps_its_canonical_name_and_has_an_attribute():
    field = describe(Beneficiary).fields["class"]
    assert (field.name, field.attribute) == ("class", "class_")


def test_stored_fields_are_context_and_the_operations_own_fields_are_not():
    report = describe(ClaimReportRequest)
    assert report.fields["policyholder"].context
    assert not report.fields["occurrence"].context
    assert describe(ClaimGetRequest).fields["occurrence"].context
    assert all(field.context for field in describe(PolicyGetRequest).fields.values())
    assert not any(field.context for field in ISSUE.fields.values())


def test_a_mistyped_field_is_pointed_at_with_a_suggestion():
    with pytest.raises(NoSuchPath, match="no field 'birthdate' in Party, did you mean 'birth_date'") as caught:
        resolve(ISSUE, ["policyholder", "birthdate"])
    assert (caught.value.at, caught.value.suggestion) == (1, "birth_date")


def test_a_name_on_a_list_asks_for_an_item():
    with pytest.raises(NoSuchPath, match="stands on a list"):
        resolve(ISSUE, ["insureds", "party"])


def test_a_path_below_a_single_value_leads_nowhere():
    with pytest.raises(NoSuchPath, match="in a single value"):
        resolve(ISSUE, ["policyholder", "name", "family"])


def test_types_and_enums_are_found_by_name_or_suggested():
    assert struct_named("Coverage").name == "Coverage"
    with pytest.raises(NoSuchPath, match="did you mean 'Beneficiary'"):
        struct_named("Beneficary")
    with pytest.raises(NoSuchPath, match="did you mean 'relationship'"):
        enum_named("relation_ship")


def test_nothing_is_suggested_when_nothing_is_near():
    assert suggest("xyzzy", ["policyholder", "insureds"]) is None


def test_leaves_are_paths_that_resolve():
    found = list(leaves(ISSUE))
    assert (("policyholder", "name"), resolve(ISSUE, ["policyholder", "name"])) in found
    assert len(found) > 300
    for path, _ in found:
        assert not isinstance(resolve(ISSUE, path).type, StructType | UnionType)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.name)
def test_a_carriers_result_can_be_empty_because_a_no_carries_only_reasons(operation):
    assert msgspec.json.encode(operation.result()) == b"{}"
