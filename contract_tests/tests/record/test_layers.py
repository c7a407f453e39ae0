"""What a mapping packs, encodes, encrypts and signs is opened, rewritten inside and closed again, byte for byte."""

import json
from datetime import UTC, datetime
from importlib import import_module
from urllib.parse import parse_qs

import pytest
from msgspec.structs import replace

from contract_tests.examples.frozen import context_of
from contract_tests.personal.standins import StandIns
from contract_tests.record.scrub import Undecodable
from gateway.model.outcome import OutcomeKind

from .conftest import ON, Nobody

EXCHANGES_MAX = 25
# Fields that are encrypted with random padding, and one message of records, come out otherwise.
OTHERWISE = {"granite": 25, "tide": 0}
CARRIERS_SHIPPED = ["aurora", "bamboo", "cedar", "harbor", "jade", "lotus", "tide", "xcover"]


def accepted(shown, carrier):
    return [each for each in shown(carrier) if each[1].outcome == "accepted" and each[1].fault is None]


@pytest.mark.parametrize("carrier", CARRIERS_SHIPPED)
def test_what_nobody_stands_in_comes_out_byte_for_byte_signed_and_encrypted_alike(shown, scrubber, carrier):
    if carrier == "jade":
        pytest.importorskip("gmalg")
    compared = 0
    work = scrubber(carrier, Nobody(ON))
    for _, _, exchange in accepted(shown, carrier)[:EXCHANGES_MAX]:
        (made,) = work.scrubbed([exchange])
        assert made.exchange.body == exchange.body
        assert made.exchange.reply_body == exchange.reply_body
        signed = {name: value for name, value in exchange.reply_headers if "sign" in name.lower()}
        assert {name: dict(made.exchange.reply_headers)[name] for name in signed} == signed
        compared += 1
    assert compared


@pytest.mark.parametrize("carrier", ["lotus", "bamboo", "harbor", "tide"])
def test_each_exchange_is_known_by_its_path_and_its_constants(shown, scrubber, carrier):
    work = scrubber(carrier, Nobody(ON))
    found = [(operation, work.scrubbed([exchange])[0].call) for operation, _, exchange in accepted(shown, carrier)[:12]]
    assert found
    for operation, call in found:
        # Two operations of lotus send the very same inquiry, and one is priced by the other's call.
        alike = {"policy.get": "underwriting.get", "underwriting.submit": "quote.create"}.get(operation)
        if operation != "policy.issue_batch":
            assert call is not None
            assert call.operation in (operation, alike)


def test_a_signed_text_inside_a_form_is_signed_again_and_believed_under_the_test_key(shown, scrubber):
    work = scrubber("lotus", test={"sign_key": "another-key"})
    _operation, example, exchange = next(each for each in accepted(shown, "lotus") if each[0] == "policy.issue")
    (made,) = work.scrubbed([exchange])
    assert "张三".encode() not in b"".join((made.exchange.body, made.exchange.reply_body))
    form = {name: texts[0] for name, texts in parse_qs(made.exchange.body.decode()).items()}
    assert json.loads(form["bizContent"])["body"]["applicant"]["name"] != "张三"
    parse = import_module("adapters.lotus.policy_issue").OPERATION.steps[0].parse
    reply = example.exchanges[0].reply.reply
    for key, kind in (("another-key", OutcomeKind.accepted), ("lotus-test-key-0001", OutcomeKind.unknown)):
        context = context_of(replace(example, secrets={**example.secrets, "sign_key": key}), example.freeze, {})
        assert parse(replace(reply, body=made.exchange.reply_body), example.request, context).outcome.kind is kind


def test_an_encrypted_message_is_sealed_again_under_the_test_key_with_another_person_in_it(shown, scrubber):
    work = scrubber("harbor", test={"aes_key": "another-aes-key1"})
    _, _example, exchange = next(each for each in accepted(shown, "harbor") if each[0] == "policy.issue")
    (made,) = work.scrubbed([exchange])
    assert made.exchange.body != exchange.body
    again = scrubber("harbor", Nobody(ON))
    again.keys = type(again.keys)({"aes_key": "another-aes-key1"}, {"aes_key": "another-aes-key1"})
    (opened,) = again.scrubbed([made.exchange])
    assert any("赵" in text for text in opened.leaves.values())
    assert not any("张三" in text for text in opened.leaves.values())


def test_a_carriers_own_signature_is_made_with_the_test_key_of_its_pair(shown, scrubber):
    pytest.importorskip("gmalg")
    _, example, exchange = next(each for each in accepted(shown, "jade") if each[0] == "policy.issue")
    (made,) = scrubber("jade").scrubbed([exchange])
    assert made.exchange.reply_body != exchange.reply_body or made.exchange.body != exchange.body
    parse = import_module("adapters.jade.policy_issue").OPERATION.steps[0].parse
    context = context_of(example, example.freeze, {}, now=datetime(2026, 3, 1, 1, 5, 1, tzinfo=UTC))
    reply = replace(example.exchanges[0].reply.reply, body=made.exchange.reply_body)
    assert not any("genuine" in each or "signature" in each for each in parse(reply, example.request, context).problems)


def test_without_the_key_nothing_is_written_and_the_layer_is_named(shown, scrubber):
    work = scrubber("harbor")
    work.keys = type(work.keys)({}, work.keys.test)
    _, _, exchange = accepted(shown, "harbor")[0]
    with pytest.raises(Undecodable, match=r"carrier.yaml:\d+.*'aes_key' is needed"):
        work.scrubbed([exchange])


def test_a_page_of_the_edge_is_rewritten_as_the_text_it_is_and_said_to_be_none_of_the_mappings(shown, scrubber):
    _, _, exchange = accepted(shown, "lotus")[0]
    page = "<html><body>对不起, 13912345678</body></html>".encode()
    (made,) = scrubber("lotus", StandIns(ON)).scrubbed([replace(exchange, reply_body=page)])
    assert made.exchange.reply_body == "<html><body>示例文字1</body></html>".encode()
    assert any("none of the mapping's" in note for note in made.notes)


def test_a_signature_that_was_wrong_already_is_told(shown, scrubber):
    _, _, exchange = accepted(shown, "lotus")[0]
    forged = replace(exchange, body=exchange.body[:-1] + (b"0" if exchange.body[-1:] != b"0" else b"1"))
    (made,) = scrubber("lotus").scrubbed([forged])
    assert any("request 1 was signed or padded otherwise" in note for note in made.notes)
