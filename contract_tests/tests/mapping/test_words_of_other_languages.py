"""What somebody writes who comes from another language is answered with what is written here, at its place."""

import pytest

from cli.mapping.codecs import parse_codec
from cli.mapping.grammar import SyntaxFault
from cli.mapping.paths import parse_path, print_path
from gateway.catalogue.compiling.scope import Scope
from gateway.catalogue.expression import compile_expression
from gateway.catalogue.marks import Mark
from gateway.model import PolicyIssueRequest
from gateway.model.reflect import describe
from gateway.wire.cipher import plan_cipher
from gateway.wire.codecs import Site, Written, plan_codec

HERE = Mark("x.yaml", 1)
SCOPE = Scope(req=describe(PolicyIssueRequest), wire=True, reply=True)

EXPRESSIONS = [
    ('wire.a == "0" && wire.b', "E301", "write and"), ('wire.a == "0" || wire.b', "E301", "write or"),
    ('wire.a = "0"', "E301", "write == to compare"), ('wire.a === "0"', "E301", "write =="), ("!wire.a", "E301", "write not"),
    ("wire.a ? 1 : 2", "E301", "a if condition else b"), ("${wire.a}", "E301", "names stand as they are"),
    ("wire.a == null", "E304", "write None"), ("wire.ok == true", "E304", "write True"),
    ("len(req.plan)", "E306", "length(text)"), ("substring(req.plan, 0, 2)", "E306", "slice(text, from, to)"),
    ("req.numbers(kind=policy).no", "E308", 'req("numbers(kind=policy).no")'),
    ("guid()", "E306", "uuid(attempt_no())"), ("req.plan[0:2]", "E308", "slice(text, from, to)"),
    ('f"{req.plan}"', "E308", "join texts with +"), ("req.plan.upper()", "E308", "upper(x)"),
    ("wire.from", "E301", 'wire("from")'),
    ("wire.errors.0.code", "E301", 'wire("errors.0.code")'), ("1 / 3", "E308", "divide(a, b, places)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "hint"), EXPRESSIONS)
def test_an_expression_of_another_language_is_answered_with_this_ones(text, code, hint):
    made, (found, *_) = compile_expression(text, HERE, SCOPE)
    assert made is None
    assert (found.code, hint in (found.hint or "")) == (code, True)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("persons[0].name", "persons.0.name"), ("Body/Head/No", "Body.Head.No"), ("$.a.b", "first name"), ("a..b", "one dot"),
        ("a.*.b", "list:"), ("a b", "inside a name write \\ "),
    ],
)  # fmt: skip
def test_a_path_of_another_language_is_answered_with_this_ones(text, hint):
    with pytest.raises(SyntaxFault) as caught:
        parse_path(text, HERE)
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("string", "text"),
        ("boolean", "flag(Y/N)"),
        ("float", "decimal(2)"),
        ("amount", "money(yuan)"),
        ("fen2yuan", "money(fen)"),
    ],
)
def test_a_type_of_another_language_is_answered_with_a_codec(name, meant):
    with pytest.raises(ValueError, match="unknown codec") as caught:
        plan_codec(Written(name), Site())
    assert f"did you mean '{meant}'?" in str(caught.value)


def test_a_bare_date_pattern_is_answered_with_its_codec():
    with pytest.raises(SyntaxFault) as caught:
        parse_codec("yyyy-MM-dd", HERE)
    assert caught.value.hint == "a pattern stands in a codec: date(yyyy-MM-dd)"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("AES/CBC/PKCS5Padding", "is written aes-128-cbc, aes-256 where its key has 32 bytes;"),
        ("AES/GCM/NoPadding", "is written aes-128-gcm, aes-256"),
        ("AES/ECB/NoPadding", "is written aes-128-ecb, aes-256 where its key has 32 bytes, pad: none;"),
        ("RSA/ECB/PKCS1Padding", "is written rsa-pkcs1;"),
        ("RSA/ECB/OAEPWithSHA-1AndMGF1Padding", "is written rsa-oaep-sha1;"),
        ("DESede/CBC/PKCS5Padding", "is written des3-cbc;"),
    ],
)
def test_a_transformation_of_java_is_answered_with_our_cipher(written, meant):
    with pytest.raises(ValueError, match="unknown cipher") as caught:
        plan_cipher(written)
    assert meant in str(caught.value)


def test_a_cipher_nobody_knows_is_answered_with_all_of_them():
    with pytest.raises(ValueError, match="unknown cipher 'ROT/13'; known: aes-128-ecb"):
        plan_cipher("ROT/13")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("D(@type=System.Integer).v", "System.Integer"),
        (r"D(@type=System\.Integer).v", "System.Integer"),
        (r"D(a=x\\y).v", r"x\y"),
        ("D(a=.b).v", ".b"),
    ],
)
def test_the_value_of_a_selector_stands_as_it_is_with_or_without_backslashes(path, value):
    found = parse_path(path, HERE)
    assert [each.value for each in found.segments[0].selectors] == [value]
    assert parse_path(print_path(found), HERE).segments == found.segments
