"""JWS and JWE layers of generated modules: the body as a token, a signature beside it, a token of its own."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from msgspec.structs import replace

from gateway.model import Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import (
    Secret,
    WireReply,
    hmac_sha256,
    jwe_in,
    jwe_out,
    jws_in,
    jws_out,
    made_again,
    rsa_oaep_sha256_in,
    rsa_oaep_sha256_out,
    rsa_sha256,
)

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="life@1",
    policyholder=Party(name="张三"),
    expected_premium=Money(amount=1, currency="CNY"),
)
KEY = generate_private_key(65537, 2048)
PRIVATE = Secret(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
PUBLIC = Secret(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())
SHARED = Secret("k-1")
CHECK = made_again(hmac_sha256)
SENT = {"no": "R" * 20, "holder": "张三"}
YES = json.dumps({"ok": "1", "no": "R" * 20, "policyNo": "P-1"}).encode()


@pytest.fixture
def made(workshop, carrier_yaml, operation_yaml):
    def make(layers):
        carrier = carrier_yaml.replace("kind: rest-json, ", "") + layers
        return workshop.made("tokens", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml}).module(
            "policy_issue"
        )

    return make


@pytest.fixture
def keyed(ctx):
    return replace(ctx, secrets={"ours": PRIVATE, "theirs": PUBLIC, "key": SHARED})


def header_of(token):
    return json.loads(urlsafe_b64decode(token.split(".")[0] + "==="))


def outcome(module, ctx, body, *headers):
    return module.parse(WireReply(status=200, headers=headers, body=body), REQ, ctx).outcome.kind


JWS = """\
wire: [json: {}, jws: { algo: hmac_sha256, key: secret.key, header: { kid: =config.base_url } }]
reply: [jws: { algo: hmac_sha256, key: secret.key }, json: {}]
"""


def test_the_body_is_a_token_both_ways(made, keyed):
    module = made(JWS)
    request = module.build(REQ, keyed)
    token = request.body.decode()
    assert dict(request.headers)["Content-Type"] == "application/jose"
    assert header_of(token) == {"alg": "HS256", "kid": keyed.config["base_url"]}
    assert json.loads(jws_in(CHECK, SHARED, "HS256", token)) == SENT
    genuine = jws_out(hmac_sha256, SHARED, {"alg": "HS256"}, YES)
    assert outcome(module, keyed, genuine.encode()) is OutcomeKind.accepted
    for forged in (jws_out(hmac_sha256, Secret("other"), {"alg": "HS256"}, YES), genuine[:-4]):
        assert outcome(module, keyed, forged.encode()) is OutcomeKind.unknown
    assert outcome(module, keyed, YES) is OutcomeKind.unknown


JWE = """\
wire: [json: {}, jwe: { algo: rsa-oaep-sha256, enc: A256GCM, key: secret.theirs, header: { x-to: "1" } }, json: { put: payload, with: { payload: } }]
reply: [json: { put: payload }, jwe: { algo: rsa-oaep-sha256, enc: A256GCM, key: secret.ours }, json: {}]
"""


@pytest.mark.parametrize(("enc", "key", "iv"), [("A256GCM", 32, 12), ("A256CBC-HS512", 64, 16)])
def test_an_encrypted_token_stands_in_a_wrapper_both_ways(made, keyed, enc, key, iv):
    module = made(JWE.replace("A256GCM", enc))
    token = json.loads(module.build(REQ, keyed).body)["payload"]
    assert header_of(token) == {"alg": "RSA-OAEP-256", "enc": enc, "x-to": "1"}
    assert json.loads(jwe_in(rsa_oaep_sha256_in, PRIVATE, "RSA-OAEP-256", enc, token)) == SENT
    wrapped = rsa_oaep_sha256_out(PUBLIC, "s" * 32, b"k" * key)
    told = jwe_out(wrapped, b"k" * key, b"i" * iv, {"alg": "RSA-OAEP-256", "enc": enc}, YES)
    assert outcome(module, keyed, json.dumps({"payload": told}).encode()) is OutcomeKind.accepted
    assert outcome(module, keyed, json.dumps({"payload": told[:-4] + "AAAA"}).encode()) is OutcomeKind.unknown
    assert outcome(module, keyed, YES) is OutcomeKind.unknown


BESIDE = """\
wire:
  - json: {}
  - jws: { algo: hmac_sha256, key: secret.key, detached: true, as: signature }
  - jws: { algo: hmac_sha256, key: secret.key, header: { typ: JWT }, claims: { iss: us, iat: '=decode(now("epoch_s"), "text(int)")' }, as: jwt }
security: { headers: { x-jws-signature: "{signature}", Authorization: "Bearer {jwt}" } }
reply: [jws: { algo: hmac_sha256, key: secret.key, from: header.x-jws-signature }, json: {}]
"""


def test_a_signature_and_a_token_of_its_own_stand_beside_a_body_that_stays(made, keyed):
    module = made(BESIDE)
    request = module.build(REQ, keyed)
    headers = dict(request.headers)
    assert json.loads(request.body) == SENT
    assert headers["Content-Type"] == "application/json"
    jws_in(CHECK, SHARED, "HS256", headers["x-jws-signature"], request.body)
    claims = jws_in(CHECK, SHARED, "HS256", headers["Authorization"].removeprefix("Bearer "))
    assert json.loads(claims) == {"iss": "us", "iat": int(keyed.now.timestamp())}
    signature = jws_out(hmac_sha256, SHARED, {"alg": "HS256"}, YES, detached=True)
    assert outcome(module, keyed, YES, ("X-JWS-Signature", signature)) is OutcomeKind.accepted
    assert outcome(module, keyed, YES + b" ", ("X-JWS-Signature", signature)) is OutcomeKind.unknown
    assert outcome(module, keyed, YES) is OutcomeKind.unknown


WRONG = [
    (JWE, "algo: rsa-oaep-sha256", "algo: RSA-OAEP-256", "RSA-OAEP-256 is written algo: rsa-oaep-sha256"),
    (JWE, "enc: A256GCM, key: secret.theirs", "key: secret.theirs", "jwe says what the message is under"),
    (JWE, "key: secret.theirs", "key: theirs", "a key is a secret of the channel"),
    (JWE, 'header: { x-to: "1" }', "header: { alg: x }", "'alg' is not written into the header by hand"),
    (JWE, 'header: { x-to: "1" }', "header: { x: =secret.key }", "no secrets"),
    (BESIDE, "detached: true, as: signature", "detached: true", "kept under a name"),
    (BESIDE, "detached: true, as: signature", "detached: true, claims: { a: b }, as: signature", "not both"),
    (BESIDE, "from: header.x-jws-signature", "from: wire.x", "stands in a header"),
    (BESIDE, "from: header.x-jws-signature", "detached: true", "says nothing when reading"),
]


@pytest.mark.parametrize(("layers", "old", "new", "said"), WRONG, ids=[row[3] for row in WRONG])
def test_a_token_that_cannot_be_is_told_with_its_place(workshop, carrier_yaml, operation_yaml, layers, old, new, said):
    assert old in layers
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + layers.replace(old, new, 1)
    faults = workshop.refused("bad", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    assert any("E452" in fault and said in fault for fault in faults), faults


def test_a_header_says_that_a_call_of_its_own_layers_makes_no_such_signature(workshop, carrier_yaml, operation_yaml):
    files = {
        "carrier.yaml": carrier_yaml.replace("kind: rest-json, ", "") + BESIDE,
        "policy_issue.yaml": "wire: [json: {}]\nreply: [json: {}]\n" + operation_yaml,
    }
    faults = workshop.refused("bare", files)
    assert any("E267" in fault and "{signature} is made by the carrier's wire" in fault for fault in faults), faults


BANKING = """\
wire:
  - json: {}
  - jws:
      algo: rsa_sha256
      key: secret.ours
      detached: true
      as: signature
      b64: false
      crit: ["http://openbanking.org.uk/iat"]
      header: { crit: , kid: K1, "http://openbanking.org.uk/iat": '=decode(now("epoch_s"), "text(int)")' }
security: { headers: { x-jws-signature: "{signature}" } }
reply:
  - jws: { algo: rsa_sha256, key: secret.theirs, from: header.x-jws-signature, b64: false, crit: [iat] }
  - json: {}
"""


def test_a_body_is_signed_as_it_is_and_the_header_demands_what_the_document_says(made, keyed):
    module = made(BANKING)
    request = module.build(REQ, keyed)
    token = dict(request.headers)["x-jws-signature"]
    first, middle, last = token.split(".")
    assert (json.loads(request.body), middle) == (SENT, "")
    assert list(header_of(token)) == ["alg", "crit", "kid", "http://openbanking.org.uk/iat", "b64"]
    assert header_of(token)["crit"] == ["b64", "http://openbanking.org.uk/iat"]
    assert header_of(token)["b64"] is False
    signed = first.encode() + b"." + request.body
    KEY.public_key().verify(urlsafe_b64decode(last + "=="), signed, padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize(
    ("demanded", "kind"), [(["b64"], "accepted"), (["b64", "iat"], "accepted"), (["b64", "exp"], "unknown")]
)
def test_a_reply_signed_over_its_body_as_it_is_is_believed(made, keyed, demanded, kind):
    header = {"alg": "RS256", "b64": False, "iat": 1, "exp": 2, "crit": demanded}
    token = jws_out(rsa_sha256, PRIVATE, header, YES, detached=True)
    reply = WireReply(status=200, headers=(("x-jws-signature", token),), body=YES)
    assert made(BANKING).parse(reply, REQ, keyed).outcome.kind == kind


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("b64: false", "only a detached signature"),
        ("detached: true, as: s, b64: false, header: { b64: x }", "'b64' is not written"),
        ("detached: true, as: s, header: { crit: }", "'crit' is not written"),
        ("detached: true, as: s, crit: [exp]", "the header demands 'exp' and has none"),
        ("detached: true, as: s, crit: [b64]", "crit lists names of the header"),
    ],
)
def test_a_header_that_demands_what_it_does_not_say_is_refused(workshop, carrier_yaml, operation_yaml, said, told):
    layers = f"wire: [json: {{}}, jws: {{ algo: hmac_sha256, key: secret.key, {said} }}]\n"
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + layers
    files = {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml}
    assert any("E452" in fault and told in fault for fault in workshop.refused("wrong_token", files))


FOR_US = """\
wire: [json: {}]
reply: [jws: { algo: hmac_sha256, key: secret.key, claims: { iss: I-1, aud: =config.base_url }, max_skew: 300s }, json: {}]
"""
YES_TO = {"ok": "1", "no": "R" * 20, "policyNo": "P-1", "iss": "I-1", "aud": "https://carrier.test", "iat": 1772323200}


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({}, "accepted"),
        ({"aud": ["other", "https://carrier.test"]}, "accepted"),
        ({"exp": 1772323199}, "accepted"),  # the clocks may differ by as much
        ({"aud": "https://another.test"}, "unknown"),
        ({"iss": None}, "unknown"),
        ({"iss": "I-2"}, "unknown"),
        ({"iat": 1772322899}, "unknown"),
        ({"iat": 1772323501}, "unknown"),
        ({"iat": None}, "unknown"),
        ({"iat": "1772323200"}, "unknown"),
        ({"exp": 1772322899}, "unknown"),
        ({"nbf": 1772323501}, "unknown"),
        ({"exp": True}, "unknown"),
    ],
)
def test_a_signed_reply_for_another_or_of_another_time_proves_nothing(made, keyed, ctx, changed, kind):
    at = replace(keyed, now=datetime(2026, 3, 1, tzinfo=UTC))
    told = json.dumps({name: value for name, value in (YES_TO | changed).items() if value is not None}).encode()
    token = jws_out(hmac_sha256, SHARED, {"alg": "HS256"}, told)
    assert outcome(made(FOR_US), at, token.encode()) == kind


def test_a_signed_reply_that_is_no_object_has_no_claims(made, keyed):
    token = jws_out(hmac_sha256, SHARED, {"alg": "HS256"}, b'["I-1"]')
    assert outcome(made(FOR_US), keyed, token.encode()) is OutcomeKind.unknown


@pytest.mark.parametrize(
    ("wire", "reply", "told"),
    [
        ("max_skew: 300s", "", "max_skew says nothing when sending"),
        ("", "from: header.x-sig, claims: { iss: a }", "a detached signature has no claims"),
    ],
)
def test_claims_are_asked_of_a_reply_that_is_a_token_itself(workshop, carrier_yaml, operation_yaml, wire, reply, told):
    layer = "jws: {{ algo: hmac_sha256, key: secret.key, {} }}"
    layers = f"wire: [json: {{}}, {layer.format(wire)}]\nreply: [{layer.format(reply)}, json: {{}}]\n"
    files = {
        "carrier.yaml": carrier_yaml.replace("kind: rest-json, ", "") + layers,
        "policy_issue.yaml": operation_yaml,
    }
    assert any("E452" in fault and told in fault for fault in workshop.refused("claims", files))
