"""Signatures of one key pair for each side: sent under our private key, believed under the carrier's public one."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from msgspec.structs import replace

from gateway.model import Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import Secret, WireReply
from gateway.wire.sign import SIGNERS

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="motor@1",
    policyholder=Party(name="张三"),
    expected_premium=Money(amount=1, currency="CNY"),
)
NO = "R" * 20


@pytest.fixture
def made(workshop, carrier_yaml, operation_yaml):
    def make(*, extra=""):
        return workshop.made("paired", {"carrier.yaml": carrier_yaml + extra, "policy_issue.yaml": operation_yaml})

    return make


KEY = generate_private_key(65537, 2048)
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = base64.b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
ASYMMETRIC = """security:
  sign: { algo: rsa_sha256, key: secret.ours, over: [body], encode: base64, put: header.X-Sign }
  verify: { algo: rsa_sha256, key: secret.theirs, over: [body], encode: base64, from: header.X-Sign, on_fail: unknown }
"""


def test_we_sign_with_our_private_key_and_read_only_what_the_carriers_public_key_finds_genuine(made, ctx):
    ctx = replace(ctx, secrets={"ours": Secret(PRIVATE), "theirs": Secret(PUBLIC)})
    module = made(extra=ASYMMETRIC).module("policy_issue")
    sent = module.build(REQ, ctx)
    KEY.public_key().verify(base64.b64decode(dict(sent.headers)["X-Sign"]), sent.body, PKCS1v15(), SHA256())

    body = json.dumps({"ok": "1", "no": NO, "policyNo": "P1"}).encode()
    signature = base64.b64encode(KEY.sign(body, PKCS1v15(), SHA256())).decode()
    genuine = WireReply(status=200, headers=(("X-Sign", signature),), body=body)
    assert module.parse(genuine, REQ, ctx).outcome.kind is OutcomeKind.accepted
    for forged in (
        replace(genuine, body=body.replace(b"P1", b"P2")),
        replace(genuine, headers=()),
        replace(genuine, headers=(("X-Sign", signature.rstrip("=")),)),
        replace(genuine, headers=(("X-Sign", dict(sent.headers)["X-Sign"]),)),
    ):
        assert module.parse(forged, REQ, ctx).outcome.kind is OutcomeKind.unknown


def test_a_salted_signature_is_another_every_time_over_the_same_bytes(made, ctx):
    ctx = replace(ctx, secrets={"ours": Secret(PRIVATE), "theirs": Secret(PUBLIC)})
    module = made(extra=ASYMMETRIC.replace("rsa_sha256", "rsa_pss_sha256")).module("policy_issue")
    once, twice = module.build(REQ, ctx), module.build(REQ, ctx)
    assert (once.body, len(dict(once.headers)["X-Sign"])) == (twice.body, len(dict(twice.headers)["X-Sign"]))
    assert once.headers != twice.headers
    assert SIGNERS["rsa_pss_sha256"].random
    assert not SIGNERS["rsa_sha256"].random
