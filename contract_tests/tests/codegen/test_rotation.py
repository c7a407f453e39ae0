"""Keys that are being changed, and messages from another time: what a generated reader believes, and what it does not."""

import hashlib
import hmac
import json

import pytest
from msgspec.structs import replace

from gateway.model import Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import Inbound, Secret, WireReply

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="life@1",
    policyholder=Party(name="张三"),
    expected_premium=Money(amount=1, currency="CNY"),
)
NO = "R" * 20
TWO_KEYS = """\
wire:
  - json: {}
  - sign: { algo: md5, over: [secret.salt, body], put: header.X-Salted }
  - sign: { algo: hmac_sha256, key: secret.key, over: [body], put: header.X-Sign }
reply:
  - verify: { algo: md5, over: [secret.salt, body], from: header.X-Salted }
  - verify: { algo: hmac_sha256, key: secret.key, over: [body], from: header.X-Sign }
  - json: {}
"""
BODY = json.dumps({"ok": "1", "no": NO, "policyNo": "P1"}).encode()


def reply(salt: str, key: str) -> WireReply:
    salted = hashlib.md5(salt.encode() + BODY).hexdigest()
    sign = hmac.digest(key.encode(), BODY, "sha256").hex()
    return WireReply(status=200, headers=(("X-Salted", salted), ("X-Sign", sign)), body=BODY)


@pytest.fixture
def rotating(workshop, carrier_yaml, operation_yaml, ctx):
    """A carrier whose two secrets are both being changed."""
    text = carrier_yaml.replace("kind: rest-json, ", "") + TWO_KEYS
    made = workshop.made("rotating", {"carrier.yaml": text, "policy_issue.yaml": operation_yaml})
    secrets = {"salt": Secret("s2", Secret("s1")), "key": Secret("k2", Secret("k1"))}
    return made.module("policy_issue"), replace(ctx, secrets=secrets)


def test_we_sign_with_the_keys_of_now(rotating):
    module, ctx = rotating
    request = module.build(REQ, ctx)
    assert dict(request.headers)["X-Sign"] == hmac.digest(b"k2", request.body, "sha256").hex()
    assert dict(request.headers)["X-Salted"] == hashlib.md5(b"s2" + request.body).hexdigest()


@pytest.mark.parametrize(("salt", "key"), [("s2", "k2"), ("s1", "k2"), ("s2", "k1"), ("s1", "k1")])
def test_a_reply_is_believed_under_each_of_the_two_valid_keys(rotating, salt, key):
    module, ctx = rotating
    assert module.parse(reply(salt, key), REQ, ctx).outcome.kind is OutcomeKind.accepted


@pytest.mark.parametrize(("salt", "key"), [("s0", "k2"), ("s2", "k0"), ("", ""), ("k1", "s1")])
def test_a_reply_under_any_other_key_proves_nothing(rotating, salt, key):
    module, ctx = rotating
    assert module.parse(reply(salt, key), REQ, ctx).outcome.kind is OutcomeKind.unknown


def test_the_key_before_is_believed_no_longer_once_it_is_taken_away(rotating):
    module, ctx = rotating
    after = replace(ctx, secrets={"salt": Secret("s2"), "key": Secret("k2")})
    assert module.parse(reply("s1", "k1"), REQ, after).outcome.kind is OutcomeKind.unknown
    assert module.parse(reply("s2", "k2"), REQ, after).outcome.kind is OutcomeKind.accepted


def test_a_message_nobody_signed_is_read_a_bounded_number_of_times(rotating, monkeypatch):
    module, ctx = rotating
    tried = []
    many = {f"k{n}": Secret("a", Secret("b")) for n in range(20)} | dict(ctx.secrets)
    carrier = __import__(module.__name__.rpartition(".")[0] + ".carrier", fromlist=["carrier"])
    once = carrier.decoded_once
    monkeypatch.setattr(carrier, "decoded_once", lambda *given: tried.append(1) or once(*given))
    module.parse(reply("", ""), REQ, replace(ctx, secrets=many))
    assert len(tried) <= 8


STAMPED = """\
wire: [json: {}]
reply: [json: {}]
callbacks:
  issued:
    wire:
      - json: {}
      - verify: { algo: md5, over: ["sorted(wire;&)", secret.key], from: wire.sign, max_skew: 300s, stamp: wire.at }
    match: wire.kind == "issued"
    dedup: wire.id
    correlate: { request_no: no }
    of: PolicyIssueResult
    outcome: [{ when: wire.policyNo, is: accepted }, { else: unknown }]
    fields: { numbers(kind=policy).no: { to: policyNo } }
    reply: { code: "0" }
"""


def notice(at: int, **more: str) -> Inbound:
    fields = {"kind": "issued", "id": "e1", "no": NO, "policyNo": "P1", "at": str(at), **more}
    joined = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
    fields["sign"] = hashlib.md5(f"{joined}k-1".encode()).hexdigest()
    return Inbound(method="POST", target="/callbacks/x/issued", body=json.dumps(fields).encode())


@pytest.fixture
def read(workshop, carrier_yaml, operation_yaml, ctx):
    text = carrier_yaml.replace("kind: rest-json, ", "") + STAMPED
    made = workshop.made("stamped", {"carrier.yaml": text, "policy_issue.yaml": operation_yaml})
    callback = made.module("carrier").CARRIER.callbacks["issued"]
    return lambda inbound, now=ctx.now: callback.read(inbound, replace(ctx, now=now))


NOW = 1772323200


@pytest.mark.parametrize("at", [NOW, NOW - 300, NOW + 300, NOW * 1000, (NOW - 299) * 1000])
def test_a_callback_of_now_is_genuine(read, at):
    found = read(notice(at))
    assert found.genuine
    assert found.event_id == "e1"


@pytest.mark.parametrize("at", [NOW - 301, NOW + 301, (NOW - 301) * 1000, 0, 10**15, ""])
def test_a_callback_sent_again_from_another_time_is_no_proof(read, at):
    assert not read(notice(at)).genuine


def test_a_time_stamp_that_was_changed_is_no_proof(read):
    genuine = notice(NOW - 1000)
    again = replace(genuine, body=genuine.body.replace(str(NOW - 1000).encode(), str(NOW).encode()))
    assert not read(again).genuine


@pytest.mark.parametrize(
    ("verify", "words"),
    [
        ("over: [body, secret.key], from: header.X, max_skew: 300s, stamp: wire.at", "is no signed field here"),
        ("over: [body, secret.key], from: header.X, max_skew: 300s, stamp: header.X-Time", "one signed time stamp"),
        ("over: [body, secret.key], from: header.X, max_skew: 300s", "one signed time stamp"),
        ("over: [header.X-Time, body, secret.key], from: header.X, stamp: header.X-Time", "without max_skew"),
    ],
)
def test_a_stamp_that_is_not_signed_is_refused(workshop, carrier_yaml, operation_yaml, verify, words):
    text = carrier_yaml.replace("kind: rest-json, ", "") + (
        f"wire: [json: {{}}]\nreply: [verify: {{ algo: md5, {verify} }}, json: {{}}]\n"
    )
    found = workshop.refused("wrong", {"carrier.yaml": text, "policy_issue.yaml": operation_yaml})
    assert [fault for fault in found if words in fault], found
