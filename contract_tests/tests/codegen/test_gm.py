"""SM2, SM3 and SM4 as layers of a mapping, and what happens where the package of SM2 is not installed."""

import base64
import json

import gmalg
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from msgspec.structs import replace

from cli.mapping.check import check_workspace
from gateway.model import Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import CannotSend, Secret, WireReply, extras
from gateway.wire.gm.use import scheme

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="health@1",
    policyholder=Party(name="张三"),
    expected_premium=Money(amount=1, currency="CNY"),
)
NO = "R" * 20
OURS, THEIRS = "11" * 32, "22" * 32
SM4_KEY = "0123456789abcdeffedcba9876543210"
USER = "hub@example.test"


def public(private: str) -> bytes:
    return gmalg.SM2().generate_pk(bytes.fromhex(private))


def secrets() -> dict[str, Secret]:
    texts = {"ours": OURS, "theirs": public(THEIRS).hex(), "body": SM4_KEY}
    return {name: Secret(text) for name, text in texts.items()}


LAYERS = """\
wire:
  - json: {}
  - sign: { algo: sm3, over: [body], as: digest }
  - encrypt: { algo: sm4-cbc, key: secret.body, key_as: hex, iv: =nonce(16), as: iv }
  - base64: {}
  - sign: { algo: sm2, key: secret.ours, user_id: USER, over: ["sorted(wire;&;drop)"], encode: base64, put: json.sign }
  - json: { put: data, with: { iv: =iv, digest: =digest, data: , sign: } }
reply:
  - json: { put: data }
  - verify: { algo: sm2, key: secret.theirs, user_id: USER, over: ["sorted(wire;&;drop)"], encode: base64, from: wire.sign }
  - base64: {}
  - encrypt: { algo: sm4-cbc, key: secret.body, key_as: hex, iv: wire.iv }
  - verify: { algo: sm3, over: [body], from: wire.digest }
  - json: {}
""".replace("USER", USER)


@pytest.fixture
def module(workshop, carrier_yaml, operation_yaml):
    text = carrier_yaml.replace("kind: rest-json, ", "") + LAYERS
    return workshop.made("gm", {"carrier.yaml": text, "policy_issue.yaml": operation_yaml}).module("policy_issue")


def cipher(iv: bytes) -> Cipher:
    return Cipher(SM4(bytes.fromhex(SM4_KEY)), CBC(iv))


def sealed(data: bytes, iv: bytes) -> bytes:
    padder, made = PKCS7(128).padder(), cipher(iv).encryptor()
    return made.update(padder.update(data) + padder.finalize()) + made.finalize()


def joined(fields: dict[str, str]) -> bytes:
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "sign").encode()


def test_the_body_is_sealed_and_what_stands_around_it_signed(module, ctx):
    fields = json.loads(module.build(REQ, replace(ctx, secrets=secrets())).body)
    message = json.dumps({"no": NO, "holder": "张三"}, ensure_ascii=False, separators=(",", ":")).encode()
    assert base64.b64decode(fields["data"]) == sealed(message, b"n" * 16)
    digest = gmalg.SM3()
    digest.update(message)
    assert fields["digest"] == digest.value().hex()
    signature = base64.b64decode(fields["sign"])
    checked = gmalg.SM2(uid=USER.encode(), pk=public(OURS))
    assert checked.verify(joined(fields), signature[:32], signature[32:])
    assert list(fields) == ["iv", "digest", "data", "sign"]


def reply(*, signer: str = THEIRS, digest: str | None = None, user: str = USER) -> WireReply:
    message = json.dumps({"ok": "1", "no": NO, "policyNo": "P1"}).encode()
    made = gmalg.SM3()
    made.update(message)
    fields = {"data": base64.b64encode(sealed(message, b"i" * 16)).decode(), "iv": "i" * 16}
    fields["digest"] = digest or made.value().hex()
    r, s = gmalg.SM2(sk=bytes.fromhex(signer), uid=user.encode()).sign(joined(fields))
    fields["sign"] = base64.b64encode(r.rjust(32, b"\0") + s.rjust(32, b"\0")).decode()
    return WireReply(status=200, body=json.dumps(fields).encode())


def test_a_reply_of_the_carrier_is_opened_and_believed(module, ctx):
    found = module.parse(reply(), REQ, replace(ctx, secrets=secrets()))
    assert found.outcome.kind is OutcomeKind.accepted


@pytest.mark.parametrize("wrong", [{"signer": OURS}, {"digest": "0" * 64}, {"user": "1234567812345678"}])
def test_a_reply_that_another_made_proves_nothing(module, ctx, wrong):
    found = module.parse(reply(**wrong), REQ, replace(ctx, secrets=secrets()))
    assert found.outcome.kind is OutcomeKind.unknown


def test_a_key_for_sm4_travels_under_sm2(workshop, carrier_yaml, operation_yaml, ctx):
    layers = "wire:\n  - json: {}\n  - encrypt: { algo: sm2-c1c3c2, key: secret.theirs }\n  - hex: {}\n"
    text = carrier_yaml.replace("kind: rest-json, ", "") + layers + "reply: [json: {}]\n"
    made = workshop.made("sealed", {"carrier.yaml": text, "policy_issue.yaml": operation_yaml})
    body = made.module("policy_issue").build(REQ, replace(ctx, secrets=secrets())).body
    opened = gmalg.SM2(sk=bytes.fromhex(THEIRS)).decrypt(bytes.fromhex(body.decode()))
    assert json.loads(opened) == {"no": NO, "holder": "张三"}


def test_the_carrier_says_which_extra_it_needs(workshop, carrier_yaml, operation_yaml):
    plain = workshop.made("plain", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation_yaml})
    assert plain.module("carrier").CARRIER.extras == ()
    nested = 'security: { sign: { algo: md5, over: ["sm2_hex(secret.key;body)"], put: header.X } }\n'
    made = workshop.made("nested", {"carrier.yaml": carrier_yaml + nested, "policy_issue.yaml": operation_yaml})
    assert made.module("carrier").CARRIER.extras == ("gm",)


def test_without_the_package_check_refuses_with_the_command_to_run(workshop, carrier_yaml, operation_yaml, monkeypatch):
    text = carrier_yaml.replace("kind: rest-json, ", "") + LAYERS
    workshop.write("gm", {"carrier.yaml": text, "policy_issue.yaml": operation_yaml})
    monkeypatch.setattr(extras, "_lacks", lambda extra: extra == "gm")
    found = [each for each in check_workspace(workshop.root, ("gm",)).diagnostics if each.code == "E450"]
    assert len(found) == 2
    assert "pip install 'insurehub[gm]'" in (found[0].hint or "")
    assert "carrier.yaml" in str(found[0])


def test_without_the_package_nothing_is_sent(module, ctx, monkeypatch):
    monkeypatch.setattr(extras, "_lacks", lambda extra: extra == "gm")
    scheme.cache_clear()
    with pytest.raises(CannotSend, match=r"pip install 'insurehub\[gm\]'"):
        module.build(REQ, replace(ctx, secrets=secrets()))


def test_a_user_id_belongs_to_sm2(workshop, carrier_yaml, operation_yaml):
    security = "security: { sign: { algo: md5, user_id: x, over: [secret.key, body], put: header.X } }\n"
    found = workshop.refused("wrong", {"carrier.yaml": carrier_yaml + security, "policy_issue.yaml": operation_yaml})
    assert [fault for fault in found if "md5 signs no user id" in fault]
