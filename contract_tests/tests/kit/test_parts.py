"""The parts of the portable runner, each against what its standard or the mock's own opinion says."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from contract_tests.kit.portable import codings, crypto, results
from contract_tests.kit.portable.course import cut
from contract_tests.kit.portable.definition import Said
from contract_tests.kit.portable.results import Result, Verdict, judged
from contract_tests.kit.portable.saying import said
from contract_tests.kit.portable.sending import Address, NotReached, Sender
from contract_tests.kit.portable.shapes import difference
from contract_tests.kit.portable.world import Clock, TooLong, World, seconds, zone_of
from contract_tests.mock import codings as mock_codings
from gateway.wire.contract import Secret
from gateway.wire.sign.sm2 import sm2, sm2_genuine

PORTABLE = Path(codings.__file__).parent
TREE = {"a": {"@n": "1", "b": ["x", "<&>"], "c": "", "d": {"e": "中"}}}


@pytest.mark.parametrize("charset", ["UTF-8", "GBK"])
def test_xml_is_written_and_read_as_the_mock_does(charset):
    written = codings.to_xml(TREE, charset)
    assert written == mock_codings.to_xml(TREE, charset)
    assert codings.from_xml(written) == mock_codings.from_xml(written) == TREE


@pytest.mark.parametrize("tree", [{"a": [1, Decimal("1.50"), None, True, 'é\u2028"\\'], "b": {}}, [], "x"])
def test_json_is_written_compact_with_the_digits_it_has(tree):
    written = codings.to_json(tree)
    assert " " not in written
    assert codings.from_json(written) == tree


def test_a_key_twice_and_nan_are_no_json():
    for text in ('{"a":1,"a":2}', "NaN"):
        with pytest.raises(ValueError, match=r"twice|not JSON"):
            codings.from_json(text)


def test_an_sm2_signature_is_genuine_to_the_gateways_own_reader_and_the_other_way_round():
    private = "ac51d58ae76c788010e16a63ec4e7bdd530074b3db6bcc2452a4364c974e5b75"
    public = "04" + "".join(f"{number:064x}" for number in crypto._times(int(private, 16), crypto._G) or ())
    made = crypto.sm2_signed(private, "文本")
    assert sm2_genuine(Secret(public), "文本".encode(), made)
    assert crypto.sm2_genuine(public, "文本", sm2(Secret(private), "文本".encode()))
    assert not crypto.sm2_genuine(public, "other", made)
    assert not crypto.sm2_genuine(public, "文本", made[:-1])


def test_what_aes_and_sm4_seal_opens_again_and_nothing_else_does():
    sealed = crypto.aes_ecb("harbor-aes-key-1", "海港")
    plain = Cipher(AES(b"harbor-aes-key-1"), ECB()).decryptor().update(sealed)
    assert plain == "海港".encode() + bytes([10]) * 10
    assert crypto.aes_ecb_open("harbor-aes-key-1", sealed).decode() == "海港"
    key, iv = "4a616465424f44594b65793030303031", "V000000000000013"
    assert crypto.sm4_open(key, iv, crypto.sm4_seal(key, iv, "x" * 40)) == b"x" * 40
    with pytest.raises(ValueError, match="padding"):
        crypto.aes_ecb_open("another-aes-key1", sealed)


def test_fresh_numbers_are_never_the_same_and_keep_their_length():
    world = World(UTC, Clock())
    made = [world.fresh("KT", 24) for _ in range(1000)]
    assert len(set(made)) == 1000
    assert {len(each) for each in made} == {24}
    assert all(each.startswith("KT") and each.isalnum() for each in made)
    assert len({world.fresh_digits(11) for _ in range(1000)}) == 1000


@pytest.mark.parametrize("gender", ["male", "female"])
def test_made_up_identity_numbers_are_of_nobody_and_have_their_check_digit(gender):
    number = World(UTC, Clock()).resident_id("1990-03-07", gender)
    assert number.startswith("99999919900307")
    assert int(number[16]) % 2 == (gender == "male")
    total = sum(
        int(digit) * weight
        for digit, weight in zip(number[:17], (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=True)
    )
    assert number[17] == "10X98765432"[total % 11]


def test_a_clock_waits_no_longer_than_agreed():
    with pytest.raises(TooLong, match="--patience 600"):
        Clock(patience_s=5).wait(600)
    assert (seconds("5s"), seconds("10m"), seconds("2h"), seconds("7d")) == (5, 600, 7200, 604800)
    assert datetime(2026, 1, 1, tzinfo=zone_of("+08:00")).isoformat() == "2026-01-01T00:00:00+08:00"


@pytest.mark.parametrize(
    ("actual", "told"),
    [
        ({"a": "12.00", "l": [{"x": 1}], "new": 1}, ""),
        ({"l": [{"x": 1}]}, "a is not there"),
        ({"a": 12, "l": [{"x": 1}]}, "a is a number, the document's sample has a text"),
        ({"a": "12", "l": [{"x": 1}]}, "not an amount with two decimals"),
        ({"a": "12.00", "l": []}, "l is an empty list"),
        ({"a": "12.00", "l": [{"x": 1}, {}]}, "l.1.x is not there"),
        ({"a": "12.00", "l": [{"x": None}]}, "l.0.x is null"),
    ],
)
def test_a_reply_has_the_shape_of_the_sample_or_it_is_said_where_not(actual, told):
    sample = {"a": "10.50", "l": [{"x": 1, "y": 2}, {"x": 3}]}
    found = difference(sample, actual)
    assert told in found
    assert bool(found) is bool(told)


def test_a_member_is_cut_out_of_maps_and_lists():
    tree = {"a": [{"b": 1, "c": 2}, 3], "d": 4}
    assert cut(cut(cut(tree, "a.0.b"), "a.1"), "d") == {"a": [{"c": 2}]}
    assert cut(tree, "x.y") == tree


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ([Result.passed], Verdict.passed),
        ([Result.passed, Result.failed], Verdict.failed),
        ([Result.passed, Result.skipped], Verdict.incomplete),
        ([Result.passed, Result.could_not_check], Verdict.incomplete),
        ([Result.failed, Result.error], Verdict.failed),
        ([], Verdict.incomplete),
    ],
)
def test_a_verdict_is_only_as_good_as_its_worst_test(found, verdict):
    tests = [results.Tested(str(number), each, (), Said("", ""), checks=1) for number, each in enumerate(found)]
    assert judged(tests, "2026-01-01", {}) is verdict


def test_an_optional_test_may_be_left_out_but_not_fail():
    passed = results.Tested("a", Result.passed, (), Said("", ""), checks=1)
    optional = results.Tested("b", Result.skipped, (), Said("", ""), optional=True)
    assert judged([passed, optional], "2026-01-01", {}) is Verdict.passed
    optional.result = Result.failed
    assert judged([passed, optional], "2026-01-01", {}) is Verdict.failed


def test_a_run_in_which_nothing_was_checked_passes_nothing():
    assert judged([results.Tested("a", Result.passed, (), Said("", ""))], "2026-01-01", {}) is Verdict.incomplete


@pytest.mark.parametrize("url", ["ftp://x", "https://", "https://u:p@x", "https://x/?q=1", "x"])
def test_what_is_no_base_url_is_refused(url):
    with pytest.raises(ValueError, match="no base URL"):
        Address.of(url)


def test_a_host_that_is_not_allowed_is_never_connected_to():
    with pytest.raises(NotReached, match="not on the list"):
        Sender(frozenset({"a.invalid"}), 0).send("https://b.invalid", "GET", "/", {}, b"")


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("within 60 s it never came true that a == 1", "在 60 秒内始终未成立：a == 1"),
        ("needs a wait of 61 s; allow it with --patience 61", "需要等待 61 秒；可用 --patience 61 允许"),
        ("no reply came that it could be checked on", "没有可供检查的应答"),
        ("reply: policy.no is a number, the document's sample has a text", "reply: policy.no 是数字，文档样例中是文本"),
        ("reply: a.b is 'x', not a date yyyy-MM-dd", "reply: a.b 为 'x'，不是日期 yyyy-MM-dd"),
        ("quote: no whole reply: 93 bytes of it are missing", "quote：没有完整的应答：缺少 93 字节"),
        ("a.b == 'x': None beside 'x'", "a.b == 'x'：两边分别为 None 与 'x'"),
        ("it does not hold that genuine", "不成立：genuine"),
    ],
)
def test_a_reason_is_said_in_chinese_on_the_chinese_page(reason, told):
    assert said(reason, "zh") == told
    assert said(reason, "en") == reason


def test_every_sentence_a_runner_gives_as_its_reason_has_a_chinese_one():
    written = "\n".join(path.read_text("utf-8") for path in sorted(PORTABLE.glob("*.py")))
    before = {"NotReached": "quote: ", "NoReply": "quote: no whole reply: ", "TookTooLong": "TookTooLong: "}
    raised = re.findall(r"raise (\w+)\(f?\"([^\"]*)\"\)", written)
    ends = {"Failed", "Skipped", "Broken", "NotCheckable", "TooLong", *before}
    made = [before.get(kind, "") + re.sub(r"\{[^}]*\}", "7", text) for kind, text in raised if kind in ends]
    sentences = [text for text in made if re.search(r"[a-z]{2} [a-z]", text)]
    assert len(sentences) > 12
    assert [text for text in sentences if said(text, "zh") == text] == []
