"""Made-up people: valid, coherent, the same everywhere; what looks real is found wherever it hides."""

import base64
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from contract_tests.mock.carrier import KEYS_FILE, read_keys
from contract_tests.personal.detect import check_character, findings, is_card
from contract_tests.personal.scan import slipped, slipped_in
from contract_tests.personal.standins import StandIns

ON = date(2026, 3, 1)
WOMAN, MAN = "110101198503121244", "440305199212310115"


def with_check(first: str) -> str:
    return first + check_character(first)


def age_on(day: date, born: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@pytest.fixture
def people() -> StandIns:
    return StandIns(ON)


@pytest.mark.parametrize("first", [WOMAN[:17], MAN[:17], "32010220030301002", "51010720240229003"])
def test_an_identity_number_stays_valid_and_keeps_gender_and_age(people, first):
    number = with_check(first)
    people.meet("identity", number)
    made = people.replaced(number)
    assert made.startswith("999999")
    assert made[17] == check_character(made)
    assert int(made[16]) % 2 == int(number[16]) % 2
    born, stands_in = date.fromisoformat(number[6:14]), date.fromisoformat(made[6:14])
    assert stands_in != born
    for later in range(3):
        day = ON + timedelta(days=365 * later)
        assert age_on(ON, stands_in) == age_on(ON, born), day


def test_the_birth_date_of_a_number_is_that_of_its_field_however_it_is_written(people):
    people.meet("identity", with_check(WOMAN[:17]))
    people.meet("birth_date", "1985-03-12")
    told = people.replaced("1985-03-12 19850312 1985/03/12 1985年3月12日").split()
    number = people.replaced(with_check(WOMAN[:17]))
    born = date.fromisoformat(number[6:14])
    assert told == [f"{born}", f"{born:%Y%m%d}", f"{born:%Y/%m/%d}", f"{born.year}年{born.month}月{born.day}日"]


def test_one_telephone_is_one_telephone_in_every_form(people):
    for form in ("13912345678", "+8613912345678", "139-1234-5678"):
        people.meet("phone", form)
    assert people.replaced("13912345678") == "13800001000"
    assert people.replaced("+8613912345678") == "+8613800001000"
    assert people.replaced("139-1234-5678") == "138-0000-1000"


def test_a_name_in_parts_is_the_whole_name_in_parts(people):
    people.meet("given", "Melanie")
    people.meet("family", "Martinez")
    people.meet("name", "Melanie Martinez")
    given, family = people.replaced("Melanie"), people.replaced("Martinez")
    assert people.replaced("Melanie Martinez") == f"{given} {family}"
    people.meet("family", "欧")
    people.meet("name", "欧晓丽")
    assert people.replaced("欧晓丽")[0] == people.replaced("欧")
    assert people.replaced("客户欧晓丽已投保") == f"客户{people.replaced('欧晓丽')}已投保"


def test_two_people_stay_two_people(people):
    names = ["李小龙", "王小明", "张伟", "Ann Lee", "Bob Lee"]
    for name in names:
        people.meet("name", name)
    made = [people.replaced(name) for name in names]
    assert len(set(made)) == len(names)
    assert not set(made) & set(names)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("card", "6222021234567890128"), ("email", "someone@bank.cn"), ("plate", "京A12345"), ("address", "北京市西城区1号"),
     ("address", "221b Baker Street"), ("other", "LSVAA4187E2184500"), ("identity", "E12345678"), ("phone", "010-88886666")],
)  # fmt: skip
def test_what_stands_in_is_another_text_and_is_not_found_to_be_real(people, kind, text):
    people.meet(kind, text)
    made = people.replaced(text)
    assert made != text
    assert not list(findings(made, mail=True))
    assert kind != "card" or (is_card(made) and len(made) == len(text))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (with_check(WOMAN[:17]), "a real identity number"),
        ("tel 13912345678.", "a mobile number"),
        ("+86 139 1234 5678", "a mobile number"),
        ("+33612345678", "a telephone number"),
        ("6222021234567890128", "a bank card"),
        ("someone@bank.cn", "an e-mail address"),
        ("-----BEGIN RSA PRIVATE KEY-----", "a private key"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "a signed token"),
        ("010-66228899", "a landline number"),
        ("110101850312124", "an identity number of 15 digits"),
        ("A123456(3)", "an identity number of Hong Kong"),
        ("AKIAIOSFODNN7EXAMPLE", "an access key of a cloud or service"),
        ("ghp_" + "a1" * 18, "an access key of a cloud or service"),
    ],
)
@pytest.mark.parametrize(
    "packed",
    [
        str,
        lambda text: base64.b64encode(f'{{"a":"{text}"}}'.encode()).decode(),
        lambda text: quote(f'{{"a":"{text}"}}', safe=""),
        lambda text: f'{{"a":"{text}"}}'.encode().hex(),
        lambda text: base64.b64encode(quote(f"name=张三&a={text}&b=1", safe="=&").encode()).decode(),
        lambda text: base64.b64encode(f"<名>张三</名><a>{text}</a>".encode("gb18030")).decode(),
    ],
    ids=["plain", "base64", "percent", "hex", "percent in base64", "GBK in base64"],
)
def test_what_is_real_is_found_wherever_it_is_packed_and_its_place_is_told_not_its_text(text, what, packed):
    found = slipped(f"one: line\ntwo: {packed(text)}\n", "example.yaml")
    assert what in {each.what for each in found}
    assert all(str(each).startswith("example.yaml:2:") for each in found)
    assert all(text not in str(each) for each in found)


@pytest.mark.parametrize(
    "text",
    ["999999199003071234", "13800000001", "+8613800007001", "person1@example.com", "6200000000000000018", "20260301091000",
     "1772327101000", "PT20260301091000000004", "c0e9112c60c03a2dade8e820dce8598c7c25cb423d6a6d07b9ed4086d816211c"],
)  # fmt: skip
def test_what_is_made_up_or_no_persons_is_not_found(text):
    assert slipped(text) == []


def test_a_key_of_the_shipped_test_keys_is_nobodys_and_one_with_a_character_changed_is_somebodys():
    key = read_keys(KEYS_FILE, "granite")["private_key"]
    other = key[:-8] + ("B" if key[-8] == "A" else "A") + key[-7:]
    assert slipped(f"key: {key}") == []
    assert [each.what for each in slipped(f"key: {other}")] == ["a private key without its PEM lines"]


def test_nothing_in_the_shipped_carriers_looks_like_somebodys():
    found, files = slipped_in(Path(__file__).parents[3] / "mappings" / "carriers")
    assert (list(map(str, found)), files > 400) == ([], True)


def test_what_derived_cases_put_in_the_place_of_a_text_is_nobodys():
    assert slipped("+9999999999999 zzzz.qzzz@zzzzzzz.zzz") == []
    assert len(slipped("+4999999999999 zzzz.qzzz@zzzzzzz.zz")) == 2


def test_known_secrets_and_originals_are_found_packed_too(tmp_path):
    secret, name = "sandbox-key-7788", "李小龙"
    packed = base64.b64encode(f"key={secret}&name={name}".encode()).decode()
    whats = {each.what for each in slipped(packed, secrets=[secret], originals=[name])}
    assert whats == {"a secret of the settings", "a text of the original that should have been replaced"}
    (tmp_path / "a.bin").write_bytes("姓名=x, 手机 13912345678".encode("gbk"))
    (tmp_path / "b.txt").write_text(f"{secret}\n")
    found, files = slipped_in(tmp_path, [secret])
    assert files == 2
    assert [each.what for each in found] == ["a mobile number", "a secret of the settings"]
