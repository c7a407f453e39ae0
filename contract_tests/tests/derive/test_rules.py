"""Each rule of derivation makes the case that it says."""

from contract_tests.derive.replies import blanks, reply_changes
from contract_tests.derive.requests import request_changes, request_combinations
from contract_tests.derive.texts import of_another_day, with_other_digits
from contract_tests.derive.vocabulary import Vocabulary
from gateway.model.operations import OPERATIONS
from gateway.model.reflect import describe
from gateway.wire.known import Known

WORDS = Vocabulary(
    codes={},
    told={"cause_code": ("rain",)},
    lengths={},
    asked={"gender": ("male", "female"), "relationship_to_policyholder": ("self", "child"), "field": ("email", "name")},
    together=(("gender", "relationship_to_policyholder"),),
    kinds=("policy",),
    numbers=(32,),
    defaults=(("holder", ("refund_to", "party", "name")),),
    statuses=(),
)
ISSUE = {
    "product": "p@1",
    "client_ref": "c",
    "numbers": [{"kind": "quote", "no": "Q1"}],
    "policyholder": {"name": "A", "gender": "male"},
    "insureds": [{"ref": "i1", "relationship_to_policyholder": "self", "party": {"name": "B", "gender": "male"}}],
    "objects": [{"type": "freight", "ref": "o1", "freight": {"order_no": "1"}}],
    "expected_premium": {"amount": 1, "currency": "CNY"},
}


def changed(told, operation="policy.issue") -> dict[tuple[str, str], list]:
    """What each kind of change puts at each place."""
    found: dict[tuple[str, str], list] = {}
    for kind, at, value in request_changes(told, describe(OPERATIONS[operation].request), WORDS):
        found.setdefault((kind, "/".join(at)), []).append(value)
    return found


def test_a_list_is_emptied_and_doubled_and_gets_items_of_every_kind():
    found = changed(ISSUE)
    assert found["items", "numbers"] == [[]]
    assert found["twice", "numbers"] == [ISSUE["numbers"] * 2]
    assert [each[-1]["kind"] for each in found["kind", "numbers"]] == ["policy", "policy"]
    assert [len(each) for each in found["kind", "numbers"]] == [2, 1]


def test_an_object_of_a_list_becomes_each_other_kind_of_object():
    types = [each[0]["type"] for each in changed(ISSUE)["member", "objects"]]
    assert {"freight", "event_ticket", "person_travel"} <= set(types)
    assert all(each[0]["ref"] == "o1" for each in changed(ISSUE)["member", "objects"])


def test_an_object_is_filled_with_all_that_the_model_has_room_for_and_no_two_texts_in_it_are_alike():
    (full,) = changed(ISSUE)["full", "policyholder"]
    assert full["name"] == "A"
    texts = [value for value in full["address"].values() if isinstance(value, str)]
    assert len(texts) == len(set(texts)) > 3


def test_a_field_that_is_not_there_gets_every_word_a_table_has_for_it():
    report = {"occurrence": {"at": "2026-03-01T08:00:00+08:00"}}
    assert "rain" in changed(report, "claim.report")["added", "occurrence/cause_code"]


def test_the_fields_one_row_decides_by_are_combined_and_no_others():
    found = {at: [] for _, at, _ in request_combinations(ISSUE, WORDS)}
    for _, at, values in request_combinations(ISSUE, WORDS):
        found[at].append(values)
    ((at, values),) = found.items()
    assert set(at) == {
        "policyholder/gender",
        "insureds/0/party/gender",
        "insureds/0/relationship_to_policyholder",
    }
    assert len(values) == 8


def test_what_is_sent_in_the_place_of_a_missing_field_is_there_when_the_field_is_not():
    told = {"refund_to": {"account": {"holder": "A", "number": "1"}}}
    (first, *_) = request_combinations(told, WORDS)
    assert first[1:] == (("refund_to/account/holder", "refund_to/party/name"), [None, "HR6"])


def test_a_date_with_a_time_becomes_one_whose_hour_minute_and_second_differ():
    assert next(of_another_day("2026-03-01 10:00:00")) == "2024-02-29 13:24:35"
    assert next(of_another_day("20260301100000")) == "20240229132435"
    assert next(of_another_day("20260301")) == "20240229"


def test_a_header_gets_other_digits_and_other_letters_only_where_it_has_none():
    assert with_other_digits("a1=9") == "a9=8"
    assert with_other_digits("ab") == "zz"


def test_what_an_outcome_asks_for_is_once_nothing_but_a_space():
    assert list(blanks({"ok": "1", "text": "x"}, {"ok": ("1",)})) == [("blank", ("ok",), " ")]


def test_an_object_a_reply_lacks_is_added_with_texts_that_tell_its_fields_apart():
    known = Known({"who": {"first": None, "last": None}})
    added = [value for kind, at, value in reply_changes({}, known, {}) if (kind, at) == ("added", ("who",))]
    assert {"first": "FT5", "last": "LT4"} in added


def test_an_object_of_a_reply_is_filled_with_all_that_is_read_of_it_and_keeps_what_it_tells():
    known = Known({"first": None, "last": None, "city": None})
    full = [value for kind, _, value in reply_changes({"first": "A", "last": None}, known, {}) if kind == "full"]
    assert full == [{"first": "A", "last": "LT4", "city": "CY4"}]
