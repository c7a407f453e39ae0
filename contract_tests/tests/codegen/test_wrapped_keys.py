"""A key made for one message, itself encrypted: opened here with the cipher library, and read from a reply."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from msgspec.structs import replace

from cli.mapping.check import check_workspace
from gateway.model import Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import CannotSend, Secret, WireReply
from gateway.wire.session import answered

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="life@1",
    policyholder=Party(name="张三"),
    expected_premium=Money(amount=1, currency="CNY"),
)
KEY = generate_private_key(65537, 2048)
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
OAEP_SHA256 = OAEP(MGF1(SHA256()), SHA256(), None)
SENT = {"no": "R" * 20, "holder": "张三"}
YES = json.dumps({"ok": "1", "no": "R" * 20, "policyNo": "P-1"}).encode()

FIELD = """\
wire:
  - json: {}
  - encrypt: { algo: aes-256-gcm, key: =nonce(32), iv: prepend, wrap: { algo: rsa-pkcs1, key: secret.theirs, of: base64, as: ek } }
  - base64: {}
  - json: { put: data, with: { key: =ek, data: } }
reply:
  - json: { put: data }
  - base64: {}
  - encrypt: { algo: aes-256-gcm, iv: prepend, wrap: { algo: rsa-pkcs1, key: secret.ours, of: base64, from: wire.key } }
  - json: {}
"""
HEADER = """\
wire:
  - json: {}
  - encrypt: { algo: aes-128-gcm, key: =nonce(16), iv: prepend, wrap: { algo: rsa-oaep-sha256, key: secret.theirs, encode: hex_upper, as: ek } }
  - base64: {}
security: { headers: { X-Key: "{ek}" } }
reply:
  - base64: {}
  - encrypt: { algo: aes-128-gcm, iv: prepend, wrap: { algo: rsa-oaep-sha256, key: secret.ours, encode: hex_upper, from: header.X-Key } }
  - json: {}
"""


@pytest.fixture
def made(workshop, carrier_yaml, operation_yaml):
    def make(layers):
        carrier = carrier_yaml.replace("kind: rest-json, ", "") + layers
        return workshop.made("envelope", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})

    return make


@pytest.fixture
def keyed(ctx):
    return replace(ctx, secrets={"theirs": Secret(PUBLIC), "ours": Secret(PRIVATE)})


def sealed(key, inside):
    return base64.b64encode(b"n" * 12 + AESGCM(key).encrypt(b"n" * 12, inside, b"")).decode()


def opened(key, text):
    raw = base64.b64decode(text)
    return json.loads(AESGCM(key).decrypt(raw[:12], raw[12:], b""))


def test_the_carrier_opens_the_key_of_the_message_and_with_it_the_message(made, keyed):
    envelope = json.loads(made(FIELD).module("policy_issue").build(REQ, keyed).body)
    key = base64.b64decode(KEY.decrypt(base64.b64decode(envelope["key"]), PKCS1v15()))
    assert opened(key, envelope["data"]) == SENT


def test_a_wrapped_key_may_stand_in_a_header(made, keyed):
    request = made(HEADER).module("policy_issue").build(REQ, keyed)
    key = KEY.decrypt(bytes.fromhex(dict(request.headers)["X-Key"]), OAEP_SHA256)
    assert opened(key, request.body) == SENT


def test_another_message_has_another_key(made, keyed):
    module = made(FIELD).module("policy_issue")
    other = replace(keyed, nonce=lambda length: "z" * length)
    assert len({module.build(REQ, each).body for each in (keyed, other)}) == 2


def test_a_reply_brings_the_key_it_is_under(made, keyed):
    module, key = made(FIELD).module("policy_issue"), b"k" * 32
    wrapped = base64.b64encode(KEY.public_key().encrypt(base64.b64encode(key), PKCS1v15())).decode()
    body = json.dumps({"key": wrapped, "data": sealed(key, YES)}).encode()
    found = module.parse(WireReply(status=200, body=body), REQ, keyed)
    assert (found.outcome.kind, found.result.numbers[0].no) == (OutcomeKind.accepted, "P-1")


def test_a_reply_brings_its_key_in_a_header(made, keyed):
    module, key = made(HEADER).module("policy_issue"), b"k" * 16
    wrapped = KEY.public_key().encrypt(key, OAEP_SHA256).hex().upper()
    reply = WireReply(status=200, headers=(("X-Key", wrapped),), body=sealed(key, YES).encode())
    assert module.parse(reply, REQ, keyed).outcome.kind is OutcomeKind.accepted


@pytest.mark.parametrize("inside", [b"short", b"not base 64!", b"\xff" * 32, base64.b64encode(b"k" * 16)])
def test_a_key_of_another_form_or_length_opens_nothing(made, keyed, inside):
    wrapped = base64.b64encode(KEY.public_key().encrypt(inside, PKCS1v15())).decode()
    body = json.dumps({"key": wrapped, "data": sealed(b"k" * 32, YES)}).encode()
    found = made(FIELD).module("policy_issue").parse(WireReply(status=200, body=body), REQ, keyed)
    assert found.outcome.kind is OutcomeKind.unknown


@pytest.mark.parametrize("body", [b"{}", b'{"data":"x"}', b'{"key":"","data":"x"}', b'{"key":{"a":1},"data":"x"}'])
def test_a_reply_without_its_key_is_unknown(made, keyed, body):
    found = made(FIELD).module("policy_issue").parse(WireReply(status=200, body=body), REQ, keyed)
    assert found.outcome.kind is OutcomeKind.unknown


def test_a_key_of_the_wrong_length_sends_nothing(made, keyed):
    module = made(FIELD.replace("nonce(32)", "nonce(20)")).module("policy_issue")
    with pytest.raises(CannotSend, match="20 bytes"):
        module.build(REQ, keyed)


WRONG = [
    ("key: =nonce(32), iv: prepend, wrap: { algo: rsa-pkcs1, key: secret.theirs, of: base64, as: ek }",
     "key: secret.x, iv: prepend, wrap: { algo: rsa-pkcs1, key: secret.theirs, as: ek }", "is made for each message"),
    ("of: base64, as: ek", "of: base64", "has no name to be sent by"),
    ("of: base64, as: ek", "of: base32, as: ek", "no of 'base32'"),
    ("algo: rsa-pkcs1, key: secret.theirs", "algo: aes-128-ecb, key: secret.theirs", "aes-128-ecb wraps no key"),
    ("algo: rsa-pkcs1, key: secret.theirs", "algo: rsa-pkcs1, key: plain", "a key is a secret of the channel"),
    ("wrap: { algo: rsa-pkcs1, key: secret.theirs", "wrap: { algo: rsa-pkcs1, kee: secret.theirs", "did you mean 'key'"),
    ("from: wire.key", "as: ek", "where in the reply"),
    ("iv: prepend, wrap: { algo: rsa-pkcs1, key: secret.ours", "key: secret.x, iv: prepend, wrap: { algo: rsa-pkcs1, key: secret.ours",
     "is the one it brings"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), WRONG, ids=[row[2] for row in WRONG])
def test_a_wrap_that_makes_no_envelope_is_told(workshop, carrier_yaml, operation_yaml, old, new, said):
    assert old in FIELD
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + FIELD.replace(old, new)
    faults = workshop.refused("bad", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    assert any("E446" in fault and said in fault for fault in faults), faults


FIELDS = """\
wire:
  - encrypt: { algo: aes-128-cbc, key: =nonce(16), iv: key, fields: [holder, no], wrap: { algo: rsa-pkcs1, key: secret.theirs, put: PLACE } }
  - json: {}
reply:
  - json: {}
  - encrypt: { algo: aes-128-cbc, key: sent, iv: key, fields: [policyNo] }
"""


@pytest.mark.parametrize("place", ["head.ek", "header.X-Key"])
def test_single_fields_are_encrypted_under_one_key_made_for_the_message(made, keyed, place):
    request = made(FIELDS.replace("PLACE", place)).module("policy_issue").build(REQ, keyed)
    sent = json.loads(request.body)
    wrapped = dict(request.headers)["X-Key"] if place == "header.X-Key" else sent["head"]["ek"]
    key = KEY.decrypt(base64.b64decode(wrapped), PKCS1v15())
    opening = [Cipher(AES(key), CBC(key)).decryptor() for _ in range(2)]
    clear = [each.update(base64.b64decode(sent[name])) for each, name in zip(opening, ("holder", "no"), strict=True)]
    assert [each[: -each[-1]].decode() for each in clear] == ["张三", "R" * 20]


def cbc(key, iv, inside):
    fill = 16 - len(inside) % 16
    sealing = Cipher(AES(key), CBC(iv)).encryptor()
    return base64.b64encode(sealing.update(inside + bytes([fill]) * fill)).decode()


def test_fields_of_a_reply_come_under_the_key_of_the_request(made, keyed):
    module = made(FIELDS.replace("PLACE", "head.ek")).module("policy_issue")
    request = module.build(REQ, keyed)
    key = KEY.decrypt(base64.b64decode(json.loads(request.body)["head"]["ek"]), PKCS1v15())
    body = json.dumps({"ok": "1", "no": "R" * 20, "policyNo": cbc(key, key, b"P-1")}).encode()
    found = module.parse(WireReply(status=200, body=body), REQ, answered(keyed, request))
    assert (found.outcome.kind, found.result.numbers[0].no) == (OutcomeKind.accepted, "P-1")


SENT_BACK = """\
wire:
  - json: {}
  - encrypt: { algo: aes-128-cbc, key: =nonce(16), iv: =nonce(16), as: iv, wrap: { algo: rsa-pkcs1, key: secret.theirs, as: ek } }
  - base64: {}
  - json: { put: data, with: { key: =ek, iv: =iv, data: } }
reply:
  - base64: {}
  - encrypt: { algo: aes-128-cbc, key: sent, iv: sent }
  - json: {}
"""


def test_a_reply_comes_under_the_key_and_the_iv_that_its_request_brought(made, keyed):
    module = made(SENT_BACK).module("policy_issue")
    request = module.build(REQ, keyed)
    envelope = json.loads(request.body)
    key = KEY.decrypt(base64.b64decode(envelope["key"]), PKCS1v15())
    reply = WireReply(status=200, body=cbc(key, envelope["iv"].encode(), YES).encode())
    found = module.parse(reply, REQ, answered(keyed, request))
    assert (found.outcome.kind, found.result.numbers[0].no) == (OutcomeKind.accepted, "P-1")


def test_a_reply_to_another_request_is_not_opened(made, keyed):
    module = made(SENT_BACK).module("policy_issue")
    request = module.build(REQ, keyed)
    envelope = json.loads(request.body)
    key = KEY.decrypt(base64.b64decode(envelope["key"]), PKCS1v15())
    reply = WireReply(status=200, body=cbc(key, envelope["iv"].encode(), YES).encode())
    other = module.build(REQ, replace(keyed, nonce=lambda length: "z" * length))
    for context in (keyed, answered(keyed, other)):
        assert module.parse(reply, REQ, context).outcome.kind is OutcomeKind.unknown


def test_what_opens_the_reply_is_not_printed_and_not_kept_where_no_reply_asks_for_it(made, keyed):
    request = made(SENT_BACK).module("policy_issue").build(REQ, keyed)
    assert sorted(request.session) == ["iv", "key"]
    assert "***" in repr(request.session)
    assert made(FIELD).module("policy_issue").build(REQ, keyed).session == {}


NOT_SENT = [
    (SENT_BACK.replace("key: =nonce(16), iv: =nonce(16), as: iv, wrap: { algo: rsa-pkcs1, key: secret.theirs, as: ek }", "key: secret.theirs, iv: key")
     .replace("with: { key: =ek, iv: =iv, data: }", "with: { data: }"), "no layer of wire makes a key"),
    (SENT_BACK.replace("iv: =nonce(16), as: iv,", "iv: key,").replace("iv: =iv, ", ""), "the request makes no iv of its own"),
    (SENT_BACK.replace("key: =nonce(16)", "key: sent"), "is made for each message"),
    (SENT_BACK.replace("key: sent, iv: sent", "key: sent, key_as: hex, iv: sent"), "as it is"),
    (SENT_BACK.replace("iv: =nonce(16), as: iv,", "iv: sent,").replace("iv: =iv, ", ""), "iv: sent is that of the request"),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "said"), NOT_SENT, ids=[row[1] for row in NOT_SENT])
def test_what_nobody_sent_opens_no_reply(workshop, carrier_yaml, operation_yaml, layers, said):
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + layers
    faults = checked(workshop, {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    assert any("E446" in fault and said in fault for fault in faults), faults


def checked(workshop, files):
    workshop.write("bad", files)
    return [str(fault) for fault in check_workspace(workshop.root, ("bad",)).diagnostics]


def test_a_callback_answers_no_request(workshop, carrier_yaml, operation_yaml):
    callback = """\
callbacks:
  issued:
    match: wire.ok == "1"
    correlate: { request_no: no }
    of: PolicyIssueResult
    outcome: [{ when: wire.policyNo, is: accepted }, { else: unknown }]
    fields: { numbers(kind=policy).no: { to: policyNo } }
    reply: success
"""
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + SENT_BACK + callback
    faults = checked(workshop, {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    assert any("E446" in fault and "no layer of wire makes a key" in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("with: { key: =ek, data: }", "with: { data: }", ["ek"]),
        ("with: { key: =ek, data: }", "with: { key: =ek, data: }", []),
    ],
)
def test_a_wrapped_key_that_is_sent_nowhere_is_told(workshop, carrier_yaml, operation_yaml, old, new, told):
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + FIELD.replace(old, new)
    workshop.write("unsent", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    found = [each for each in check_workspace(workshop.root).diagnostics if each.code == "W454"]
    assert [each.message.split("'")[1] for each in found] == told
