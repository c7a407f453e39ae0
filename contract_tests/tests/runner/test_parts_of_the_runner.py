"""The small parts: which checks are wanted, what may be connected to, how signatures are computed a second time."""

import contextlib
import hashlib
import socket
import sys
from types import SimpleNamespace

import pytest

from contract_tests.examples.check import Check
from contract_tests.examples.proof import Difference, Proof
from contract_tests.examples.shown import masked_fields, name_before, shown, window
from contract_tests.loopback import Outside, is_loopback, on_loopback
from contract_tests.runner import Run, read_examples, read_vectors, run_checks
from contract_tests.runner.run import _block, run_check
from contract_tests.runner.wanted import BadWish, wanted
from gateway.catalogue.marks import Mark

NAME = "mappings/carriers/acme/examples/policy_issue.yaml::male-annual::request-bytes"


@pytest.mark.parametrize(
    ("wish", "fits"),
    [
        ("", True),
        ("acme", True),
        ("ISSUE and bytes", True),
        ("issue and reply", False),
        ("reply or bytes", True),
        ("not reply", True),
        ("not (acme and bytes)", False),
        ("acme and (reply or male-annual)", True),
    ],
)
def test_words_choose_checks(wish, fits):
    assert wanted(wish)(NAME) is fits


@pytest.mark.parametrize("wish", ["and", "acme and", "(acme", "acme)", "acme bytes", "x" * 501])
def test_a_wish_that_cannot_be_read_is_refused(wish):
    with pytest.raises(BadWish):
        wanted(wish)


@pytest.mark.parametrize(
    ("host", "home"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("10.0.0.1", False),
        ("a.example", False),
    ],
)
def test_only_this_machine_is_loopback(host, home):
    assert is_loopback(host) is home


def test_a_connection_beyond_this_machine_is_refused_while_examples_run_and_only_then():
    """The hook is told of a connection as Python tells it, without one being made."""
    with on_loopback() as tried:
        sys.audit("socket.connect", None, ("127.0.0.1", 9))
        with pytest.raises(Outside):
            sys.audit("socket.connect", None, ("192.0.2.1", 9))
    assert tried == ["192.0.2.1"]
    sys.audit("socket.connect", None, ("192.0.2.1", 9))


def check_of(room, prove):
    file = read_examples(room.folder, room.root)[0][0]
    return Check(run=Run(file, file.examples[0], room.subject), name="own", level=0, promise="C00", prove=prove)


def test_a_connection_outside_fails_the_check_even_when_it_is_swallowed(room):
    def prove(_run, proof):
        proof.compared += 1
        with contextlib.suppress(OSError):
            socket.getaddrinfo("carrier.example", 443)

    (difference,) = run_check(check_of(room, prove)).differences
    assert difference.actual == "a connection to carrier.example"


def test_a_check_that_compares_nothing_has_failed(room):
    verdict = run_check(check_of(room, lambda _run, _proof: None))
    assert not verdict.passed
    assert verdict.differences[0].actual == "nothing was compared"


def test_a_fault_of_the_machinery_shows_where_it_happened(room):
    def prove(_run, _proof):
        raise ZeroDivisionError

    verdict = run_check(check_of(room, prove))
    assert not verdict.passed
    assert "ZeroDivisionError" in verdict.crash


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("signature: fbf90c27", "signature: fbf90c28", "signature"),
        ("X-Nonce: n0nce1", "X-Nonce: n0nce2", "signature"),
        ('"order":"R000000001"}\'', '"order":"R000000002"}\'', "signature"),
    ],
)
def test_a_changed_known_answer_fails(room, old, new, told):
    room.change("vectors/sign.kat.yaml", old, new)
    checks, faults = read_vectors(room.subject)
    assert faults == ()
    assert told in [each.at for verdict in run_checks(checks) for each in verdict.differences]


def test_a_mapping_that_signs_otherwise_fails_the_known_answer(room):
    room.change("carrier.yaml", "over: [secret.key, header.X-Nonce, body]", "over: [secret.key, body]")
    assert [each.passed for each in run_checks(read_vectors(room.subject)[0])] == [False, True]


def test_known_answers_may_give_the_signed_bytes_themselves(room):
    text = "contract: 1\ncarrier: rowan\nvectors:\n  - id: plain\n    provenance: { kind: spec, source: clause 3 }\n    algo: md5\n    over: rowan-test-keyn0nce1{}\n    signature: {}\n"
    known = hashlib.md5(b"rowan-test-keyn0nce1{}").hexdigest()
    (room.folder / "vectors" / "sign.kat.yaml").write_text(text.replace("signature: {}", f"signature: {known}"))
    (verdict,) = run_checks(read_vectors(room.subject)[0])
    assert (verdict.passed, verdict.compared) == (True, 4)


def test_a_long_number_is_never_shown_whole():
    assert shown("999999199003071234") == '"999***"'
    assert "199003071234" not in window(b'"idNo":"999999199003071234","x":1', 12)


@pytest.mark.parametrize(
    ("data", "name"),
    [(b'{"a":{"b":"c', "b"), (b"<A><B x='1'>text", "B"), (b"a=1&xml=%3CName%3Ex", "Name"), (b"", None)],
)
def test_a_byte_is_told_by_the_element_it_stands_in(data, name):
    assert name_before(data, len(data)) == name


def test_an_instant_is_shown_to_the_second_and_a_number_of_somebody_is_not():
    assert window(b'"startTime":"20260302000001"', 20) == '"startTime":"20260302000001"'
    assert masked_fields("at 20260302235959") == "at 20260302235959"
    number, card = "9999991990" + "03071234", "62000000" + "00000000"
    assert (masked_fields(number), masked_fields(card)) == ("999***", "620***")
    assert masked_fields("20261302000001") == "202***", "there is no month 13: it is a number"


def test_two_texts_that_are_shown_alike_are_said_to_differ_in_what_is_hidden():
    mark = Mark("a.yaml", 1)
    check = SimpleNamespace(run=SimpleNamespace(example=SimpleNamespace(id="one")), name="bytes")
    one, other = "999999" + "199003071234", "999999" + "199003071242"
    found = _block(check, Difference(at="body", mark=mark, expected=one, actual=other))
    assert (one in found, other in found) == (False, False)
    assert "a number that is not shown" in found
    assert "not shown" not in _block(check, Difference(at="body", mark=mark, expected="1", actual="2"))


def test_of_two_long_texts_the_place_where_they_part_is_shown():
    proof = Proof()
    begin = "/gateway.do?" + "method=alipay.ins.scene.application.apply&" * 6
    assert not proof.same(f"{begin}at=09+00&v=1", f"{begin}at=09%2000&v=1", at="target", mark=Mark("x.yaml", 1))
    (found,) = proof.differences
    assert found.at == f"target   (byte {len(begin) + 5} of {len(begin) + 12})"
    assert (found.expected[-9:], found.actual[-11:]) == ("09+00&v=1", "09%2000&v=1")
