"""Single fields under the carrier's key, and JSON texts inside JSON, both ways."""

import base64
import json
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from msgspec.structs import replace

from cli.mapping.check import check_workspace
from gateway.model import IdDocument, IdType, Insured, Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import CannotSend, Secret, WireReply

KEY = generate_private_key(65537, 1024)
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = base64.b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
NO = "R" * 20
PERSON = Party(name="张三", id_docs=(IdDocument(type=IdType.passport, number="E1234567"),))
REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="motor@1",
    policyholder=PERSON,
    insureds=(Insured(ref="i1", party=PERSON), Insured(ref="i2", party=Party(name="李四"))),
    expected_premium=Money(amount=1, currency="CNY"),
)
ROWS = """\
idempotency: { kind: reject_duplicate, key: no }
inquiry: { operation: policy.get, not_found_is_final_after: 10m }
request:
  of: PolicyIssueRequest
  send: { no: =request_no(20) }
  fields:
    policyholder: { to: holder, fields: { name: { to: name }, id_docs.0.number: { to: cert } } }
    insureds: { list: persons, fields: { party: { to: ., fields: { name: { to: name }, id_docs.0.number: { to: cert } } } } }
response:
  of: PolicyIssueResult
  correlate: { request_no: no }
  outcome: [{ when: wire.ok == "1", is: accepted }, { else: unknown }]
  fields: { numbers(kind=policy).no: { to: data.policyNo } }
"""


def opened(text):
    return KEY.decrypt(base64.b64decode(text), PKCS1v15()).decode()


@pytest.fixture
def made(workshop, carrier_yaml, ctx):
    def make(layers, rows=ROWS):
        carrier = carrier_yaml.replace("kind: rest-json, ", "") + layers
        module = workshop.made("inside", {"carrier.yaml": carrier, "policy_issue.yaml": rows}).module("policy_issue")
        keys = {"theirs": Secret(PUBLIC), "ours": Secret(PRIVATE)}
        return module, replace(ctx, secrets={**ctx.secrets, **keys}, nonce=lambda characters: "n" * characters)

    return make


FIELDS = """\
wire:
  - encrypt: { algo: rsa-pkcs1, key: secret.theirs, fields: [holder.cert, persons.name, persons.cert, absent.path] }
  - json: {}
reply:
  - json: {}
  - encrypt: { algo: rsa-pkcs1, key: secret.ours, fields: [data.policyNo] }
"""


def test_only_the_fields_named_are_encrypted_each_for_itself_in_every_item_of_a_list(made):
    module, ctx = made(FIELDS)
    body = json.loads(module.build(REQ, ctx).body)
    assert (body["no"], body["holder"]["name"]) == (NO, "张三")
    assert opened(body["holder"]["cert"]) == "E1234567"
    assert [opened(person["name"]) for person in body["persons"]] == ["张三", "李四"]
    assert ["cert" in person for person in body["persons"]] == [True, False]
    assert module.build(REQ, ctx).body == module.build(REQ, ctx).body


def test_a_field_of_the_reply_is_opened_with_our_key_and_one_that_does_not_open_proves_nothing(made):
    module, ctx = made(FIELDS)

    def answered(policy_no):
        body = json.dumps({"ok": "1", "no": NO, "data": {"policyNo": policy_no}}).encode()
        return module.parse(WireReply(status=200, body=body), REQ, ctx)

    sealed = base64.b64encode(KEY.public_key().encrypt("保单-1".encode(), PKCS1v15())).decode()
    assert answered(sealed).result.numbers[0].no == "保单-1"
    for damaged in ("P-1", sealed[:-8], "%%%"):
        assert answered(damaged).outcome.kind is OutcomeKind.unknown


def test_an_object_cannot_stand_where_a_field_is_encrypted(made):
    module, ctx = made(FIELDS.replace("holder.cert,", "holder,"))
    with pytest.raises(CannotSend, match="'holder' is an object: name the values in it"):
        module.build(REQ, ctx)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("fields: [holder.cert, persons.name, persons.cert, absent.path]", "fields: []", "E446"),
        ("holder.cert, persons.name", "holder.cert, holder.cert, holder.cert, holder.cert", "E446"),
        ("absent.path", ", ".join(f"f{n}" for n in range(101)), "E446"),
        ("holder.cert, persons.name", "holder(x=1).cert, persons.name", "E446"),
        ("key: secret.theirs,", "key: secret.theirs, pad: zero,", "E446"),
        ("key: secret.theirs,", "key: secret.theirs, encode: base32,", "E446"),
        ("algo: rsa-pkcs1, key: secret.theirs", "algo: rsa, key: secret.theirs", "E446"),
    ],
)
def test_an_encryption_of_fields_that_cannot_be_is_said_before_anything_is_generated(
    workshop, carrier_yaml, old, new, said
):
    assert old in FIELDS
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + FIELDS.replace(old, new)
    workshop.write("inside", {"carrier.yaml": carrier, "policy_issue.yaml": ROWS})
    assert said in {each.code for each in check_workspace(workshop.root, ("inside",)).diagnostics}


WHOLE = "wire: [json: {}, encrypt: { algo: rsa-pkcs1, key: secret.theirs }, base64: {}]\n"


def test_what_one_half_of_a_key_pair_seals_the_other_opens_so_the_reply_is_written_out(workshop, carrier_yaml, made):
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + WHOLE
    workshop.write("inside", {"carrier.yaml": carrier, "policy_issue.yaml": ROWS})
    assert "E446" in {each.code for each in check_workspace(workshop.root, ("inside",)).diagnostics}

    module, ctx = made(WHOLE + "reply: [base64: {}, encrypt: { algo: rsa-pkcs1, key: secret.ours }, json: {}]\n")
    sealed = base64.b64decode(module.build(REQ, ctx).body)
    inside = b"".join(KEY.decrypt(sealed[at : at + 128], PKCS1v15()) for at in range(0, len(sealed), 128))
    assert json.loads(inside)["holder"] == {"name": "张三", "cert": "E1234567"}
    reply = json.dumps({"ok": "1", "no": NO, "data": {"policyNo": "P1"}}).encode()
    sealed = base64.b64encode(KEY.public_key().encrypt(reply, PKCS1v15()))
    assert module.parse(WireReply(status=200, body=sealed), REQ, ctx).outcome.kind is OutcomeKind.accepted


TWICE = """\
wire:
  - json: {}
  - json: { put: payload, with: { app: A1, payload: } }
  - json: { put: request.data }
reply:
  - charset: UTF-8
  - json: { put: response.data }
  - json: { put: payload }
  - json: {}
"""


def test_a_json_text_stands_inside_json_twice_both_ways(made):
    module, ctx = made(TWICE)
    outer = json.loads(module.build(REQ, ctx).body)
    middle = json.loads(outer["request"]["data"])
    assert list(middle) == ["app", "payload"]
    assert json.loads(middle["payload"])["holder"] == {"name": "张三", "cert": "E1234567"}

    inner = json.dumps({"ok": "1", "no": NO, "data": {"policyNo": "P1"}})
    body = json.dumps({"response": {"data": json.dumps({"payload": inner})}}).encode()
    assert module.parse(WireReply(status=200, body=body), REQ, ctx).result.numbers[0].no == "P1"
    for damaged in (inner.replace("}", ""), 5, None, "[]"):
        body = json.dumps({"response": {"data": json.dumps({"payload": damaged})}}).encode()
        assert module.parse(WireReply(status=200, body=body), REQ, ctx).outcome.kind is OutcomeKind.unknown


def test_what_would_cost_a_private_key_minutes_is_refused_after_a_moment(made):
    module, ctx = made(FIELDS.replace("[data.policyNo]", "[data.policyNo, data.more]"))
    sealed = base64.b64encode(KEY.public_key().encrypt(b"x", PKCS1v15())).decode()
    for data in ({"policyNo": "P", "more": [sealed] * 50_000}, {"policyNo": "A" * 4_000_000}):
        body = json.dumps({"ok": "1", "no": NO, "data": data}).encode()
        began = time.perf_counter()
        assert module.parse(WireReply(status=200, body=body), REQ, ctx).outcome.kind is OutcomeKind.unknown
        assert time.perf_counter() - began < 5


OBJECTS = """\
wire:
  - encrypt: { algo: rsa-pkcs1, key: secret.theirs, fields: [holder.cert] }
  - json_text: { fields: [holder, persons, holder] }
  - json: {}
reply:
  - json: {}
  - json_text: { fields: [data, items.part] }
"""


def test_objects_and_lists_of_a_message_are_json_texts_and_one_named_twice_is_escaped_twice(made):
    module, ctx = made(OBJECTS)
    body = json.loads(module.build(REQ, ctx).body)
    assert json.loads(body["persons"]) == [{"name": "张三", "cert": "E1234567"}, {"name": "李四"}]
    holder = json.loads(json.loads(body["holder"]))
    assert (holder["name"], opened(holder["cert"])) == ("张三", "E1234567")


def test_a_reply_is_read_through_the_json_texts_in_it_and_what_is_none_proves_nothing(made):
    module, ctx = made(OBJECTS)

    def answered(**fields):
        body = json.dumps({"ok": "1", "no": NO, **fields}).encode()
        return module.parse(WireReply(status=200, body=body), REQ, ctx)

    assert answered(data='{"policyNo":"P1"}', items=[{"part": "[1]"}, {"part": ""}]).result.numbers[0].no == "P1"
    for absent in (None, ""):
        assert answered(data=absent).result.numbers == ()
    for damaged in ("{", {"policyNo": "P1"}, 5, '{"a":NaN}', '{"a":1,"a":2}'):
        assert answered(data=damaged).outcome.kind is OutcomeKind.unknown


def test_a_codec_beside_the_rows_of_an_object_is_refused_and_never_dropped(workshop, carrier_yaml):
    rows = ROWS.replace("{ to: holder, fields", "{ to: holder, as: json, fields")
    workshop.write("inside", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": rows})
    (fault,) = [each for each in check_workspace(workshop.root, ("inside",)).diagnostics if each.code == "E215"]
    assert "json_text: { fields: [..] }" in str(fault)
