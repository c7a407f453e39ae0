"""The walk through a request finds what a look at every value of it by reflection finds, in the same order."""

import random
from datetime import UTC, date, datetime
from hashlib import sha256

import msgspec
import pytest

from gateway.model import Model, QuoteCreateBody
from gateway.model.examples import EXAMPLES, example_person, yuan
from gateway.model.validate import faults_of
from gateway.model.validate.bodies import check_body
from gateway.model.validate.fault import ROOT, Findings
from gateway.model.validate.rules import RULES
from gateway.model.validate.text import (
    LIST_ITEMS_MAX,
    MAP_KEYS_MAX,
    TEXT_CHARS_MAX,
    check_size,
    check_text,
    has_plain_texts,
)
from gateway.model.validate.values import check_instant

QUOTE = EXAMPLES["quote.create"]
NOW = datetime(2025, 12, 1, 4, 0, tzinfo=UTC)
LONG = TEXT_CHARS_MAX + 1
TEXTS = (
    "", " ", "x", "CN", "cn", "i1", "i9", "self", "1/3", "0.5", "999999199003071234", "999999199003071235", "￥(，）",
    "a\nb\r\tc", 'said "so"', "\\b", "\x00", "\x08", "\x0c", "\x1f", "\x7f", "\u2028", "\u200b", "e\u0301", "\ufffc",
    "\ufffd", "\ufffe", "\uffff", "\ud800", "三" * TEXT_CHARS_MAX, "三" * LONG, "x" * LONG, '"' * LONG, "\\" * LONG,
    'x"' * TEXT_CHARS_MAX, "x" * TEXT_CHARS_MAX + '"', "1899-12-31T23:59:59Z", "1900-01-01T00:00:00Z",
    "2200-01-01T00:00:00+08:00", "2025-12-01T04:05:00Z", "2025-12-01T04:05:01Z", "2025-12-02",
)  # fmt: skip
NUMBERS = (-1, 0, 1, 2, 100, 101, 10**15, 10**15 + 1)
LOOSE = ({"deep": [{"er": "\x02"}]}, {str(at): 1 for at in range(MAP_KEYS_MAX + 1)}, {"\x00": "x"}, {"deep": [[]] * 9})


def rich_proposal():
    """A proposal with something of everything that rules look at."""
    third = {"party": example_person(), "relationship_to_insured": "child", "share": "1/3", "insured_ref": "i1"}
    cover = {
        "code": "A", "insured_refs": ["i1"], "plan": "p1", "units": 2, "term": {"unit": "year", "value": 1},
        "pay_term": {"unit": "single"}, "sum_insured": yuan("100.00"), "copay": {"percent": 10, "min": yuan("1.00")},
        "limits": [{"kind": "per_event", "amount": yuan("9.00")}], "period": QUOTE.period,
        "premium": {"gross": yuan("6.36"), "tax": yuan("0.36"), "per_insured": [{"insured_ref": "i1", "amount": yuan("6.36")}]},
    }  # fmt: skip
    travel = {"departs_on": date(2025, 8, 1), "returns_on": date(2025, 8, 2)}
    return msgspec.convert(
        {
            **{name: getattr(QUOTE, name) for name in QUOTE.__struct_fields__},
            "insureds": [{**msgspec.to_builtins(each), "plan": "p1"} for each in QUOTE.insureds],
            "objects": [
                *msgspec.to_builtins(QUOTE.objects),
                {"type": "person_travel", "ref": "t1", "person_travel": travel},
            ],
            "coverages": [cover, {**cover, "code": "B"}],
            "beneficiaries": [third, third, third, {"class": "survival", "party": example_person(serial=1)}],
            "plans": [{"ref": "p1", "units": 1}, {"ref": "p2"}],
            "prior_policy": {"start": date(2024, 7, 2), "end": date(2025, 7, 2)},
            "locations": [{"ref": "l1", "address": {"country": "CN"}, "exposures": [{"activity": "storage"}]}],
            "answers": [{"question": "smoker", "value": {"a": ["no"]}, "instance": "i1"}],
            "documents": [{"kind": "photo", "content": b"a", "sha256": sha256(b"a").hexdigest()}],
            "applied_at": NOW,
            "ext": {"deep": [{"er": "text"}]},
        },
        QuoteCreateBody,
    )


def damaged(sound, chance):
    """A request with one to three of its values changed, left out, repeated or put in another's place."""
    request = sound
    for _ in range(chance.randint(1, 3)):
        request = next(filter(None, (damaged_once(request, chance) for _ in range(100))), request)
    return request


def damaged_once(request, chance):
    """One change, or None where the types already refuse it."""
    tree = msgspec.to_builtins(request)
    holders = [each for each in every(tree) if isinstance(each, dict | list) and each]
    holder = chance.choice(holders)
    key = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    if chance.random() < 0.1:
        del holder[key]
    else:
        holder[key] = changed(holder[key], holders, key, chance)
    try:
        return msgspec.convert(tree, request.__class__)
    except (msgspec.ValidationError, UnicodeEncodeError):
        return None


def every(tree):
    yield tree
    for inner in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from every(inner)


def changed(value, holders, key, chance):
    if isinstance(value, str):
        return chance.choice([*TEXTS, value.upper(), value[::-1]])
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return chance.choice(NUMBERS)
    if isinstance(value, list):
        return chance.choice([[], value * 2, value + value[-1:] * 3, value[:1] * (LIST_ITEMS_MAX + 1)])
    like = [each[key] for each in holders if isinstance(each, dict) and key in each]
    return chance.choice([*LOOSE, *like])


def by_reflection(value, path, found):
    """Look at a value and all that is inside it, whatever its type promises."""
    if isinstance(value, str):
        check_text(value, path, found)
    elif isinstance(value, datetime):
        check_instant(value, path, found)
    elif isinstance(value, Model):
        RULES.get(value.__class__, lambda *_: None)(value, path, found)
        for attribute, name in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
            by_reflection(getattr(value, attribute), (path, name), found)
    elif isinstance(value, tuple | list):
        check_size(len(value), LIST_ITEMS_MAX, path, found)
        for at, item in enumerate(value):
            by_reflection(item, (path, at), found)
    elif isinstance(value, dict):
        check_size(len(value), MAP_KEYS_MAX, path, found)
        for key, item in value.items():
            by_reflection(item, (path, key), found)


@pytest.mark.parametrize("name", ["rich", *EXAMPLES])
def test_no_value_of_a_request_is_passed_by(name):
    chance, seen = random.Random(name), set()
    sound = rich_proposal() if name == "rich" else EXAMPLES[name]
    for _ in range(400 if name == "rich" else 40):
        request = damaged(sound, chance)
        found = Findings(NOW)
        by_reflection(request, ROOT, found)
        check_body(request, found)
        assert faults_of(request, now=NOW) == tuple(found.faults)
        seen.add(bool(found.faults))
    assert seen == {True, False}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("behind", ["", "x" * 3_998, '\\"' * 10_000])
def test_a_text_with_a_fault_is_never_taken_for_plain(text, behind):
    found = Findings(NOW)
    check_text(text, ROOT, found)
    check_text(behind, ROOT, found)
    request = msgspec.structs.replace(EXAMPLES["quote.create"], note=text, ext={"before": "a", "behind": behind})
    assert not (found.faults and has_plain_texts(request))


def test_the_texts_of_sound_requests_are_told_by_one_look():
    asked = msgspec.structs.replace(
        EXAMPLES["quote.create"], note='says "你好"\nand\tgoes; 100￥ (，）', client_ref="q" * 4_000
    )
    assert has_plain_texts(asked)
    assert has_plain_texts(msgspec.structs.replace(asked, ext={"many": ["三" * 1_000] * 100}))
    assert all(map(has_plain_texts, EXAMPLES.values()))
