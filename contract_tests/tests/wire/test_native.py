"""The native wire: our own words both ways, four outcomes and no fifth."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from gateway.model import (
    IdDocument,
    IdType,
    Money,
    Number,
    NumberKind,
    Party,
    PolicyGetRequest,
    PolicyIssueRequest,
    RoutingHints,
)
from gateway.model.outcome import Outcome, OutcomeKind
from gateway.wire import CannotSend, Context, Inbound, Secret, WireReply
from gateway.wire.native import native_build, native_genuine, native_sign
from gateway.wire.native_reply import native_answer, native_notice, native_parse
from gateway.wire.sign.digests import sha256
from gateway.wire.sign.hmacs import hmac_sha256

NOW = datetime(2026, 3, 1, 1, 5, 10, tzinfo=UTC)
KEY = Secret("cedar-test-hmac-key")
HOLDER = Party(name="张三", id_docs=(IdDocument(type=IdType.cn_resident_id, number="999999199003071234"),))
ISSUE = PolicyIssueRequest(
    product="travel-accident@1",
    policyholder=HOLDER,
    client_ref="order-9917#o1",
    expected_premium=Money(amount=1700, currency="CNY"),
    numbers=(Number(kind=NumberKind.quote, no="Q1", channel="cedar-main"),),
    routing=RoutingHints(scenario="apparel"),
)
POLICY = {"numbers": [{"kind": "policy", "no": "CDP1"}], "issued_at": "2026-03-01T01:02:01Z"}


def context(**more: Any) -> Context:
    return Context(
        now=NOW,
        request_no="GW1",
        nonce=lambda n: "nonce00000000001"[:n],
        config={"base_url": "https://test.cedar-insurance.example/"},
        secrets={"token": Secret("cedar-test-token-0001"), "hmac_key": KEY},
        **more,
    )


def signed(body: bytes, *, status: int = 200, age_s: int = 0, headers: tuple[tuple[str, str], ...] = ()) -> WireReply:
    stamp = str(int((NOW - timedelta(seconds=age_s)).timestamp()))
    signature = hmac_sha256(KEY, f"{stamp}\n{sha256(body).hex()}".encode()).hex()
    return WireReply(status=status, headers=(("X-Timestamp", stamp), ("X-Signature", signature), *headers), body=body)


def parsed(tree: Any, operation: str = "policy.issue", *, status: int = 200, errors: Any = None, **headers: str):
    body = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    given = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return native_parse(operation, signed(body, status=status, headers=given), context(), errors)


def test_the_request_is_the_canonical_one_without_what_only_the_gateway_uses():
    request = native_build("policy.issue", ISSUE, context())
    assert request.method == "POST"
    assert request.url == "https://test.cedar-insurance.example/carrier/v1/policy/issue"
    body = json.loads(request.body)
    assert (body["request_no"], body["sent_at"]) == ("GW1", "2026-03-01T01:05:10Z")
    assert "routing" not in body["request"]
    assert body["request"]["numbers"] == [{"kind": "quote", "no": "Q1"}]
    assert body["request"]["expected_premium"] == {"amount": 1700, "currency": "CNY"}
    back = msgspec.convert(body["request"], PolicyIssueRequest)
    assert back.policyholder == ISSUE.policyholder
    assert None not in body["request"].values()


def test_a_request_without_number_or_address_is_never_built():
    for ctx in (
        msgspec.structs.replace(context(), request_no=""),
        msgspec.structs.replace(context(), config={}),
    ):
        with pytest.raises(CannotSend):
            native_build("policy.get", PolicyGetRequest(product="a@1", policyholder=HOLDER), ctx)


def test_the_signature_is_the_one_of_the_published_example():
    digest = "429d8d3e7b5fa005e985c305ded7c79bf1c3c178b0e85c51364c079670a6f25c"
    text = f"POST\n/carrier/v1/policy/get\n1772327110\nnonce00000000001\n{digest}"
    expected = "33bb549e6a90e3da344d393ef4209a82db2c3d9b6d90a94e863a637f20080e4b"
    assert hmac_sha256(KEY, text.encode()).hex() == expected


def test_a_signed_request_covers_method_path_time_nonce_and_body():
    request = native_sign(
        native_build("policy.get", PolicyGetRequest(product="a@1", policyholder=HOLDER), context()), context()
    )
    headers = dict(request.headers)
    assert headers["Authorization"] == "Bearer cedar-test-token-0001"
    assert headers["X-Timestamp"] == "1772327110"
    text = f"POST\n/carrier/v1/policy/get\n1772327110\nnonce00000000001\n{sha256(request.body).hex()}"
    assert headers["X-Signature"] == hmac_sha256(KEY, text.encode()).hex()


def test_a_channel_without_its_secrets_cannot_sign():
    ctx = msgspec.structs.replace(context(), secrets={})
    with pytest.raises(CannotSend, match="no secret 'token'"):
        native_sign(native_build("policy.issue", ISSUE, context()), ctx)


def test_only_a_fresh_reply_with_the_carriers_signature_is_genuine():
    reply = signed(b"{}")
    assert native_genuine(reply, context())
    assert not native_genuine(msgspec.structs.replace(reply, body=b"{ }"), context())
    assert not native_genuine(signed(b"{}", age_s=301), context())
    assert not native_genuine(WireReply(status=200, body=b"{}"), context())
    assert not native_genuine(WireReply(status=200, headers=(("X-Timestamp", "9" * 400),), body=b"{}"), context())


def test_accepted_with_a_policy_number_is_a_policy():
    reply = parsed({"request_no": "GW1", "outcome": "accepted", "result": POLICY})
    assert reply.outcome.kind is OutcomeKind.accepted
    assert reply.result.numbers[0].no == "CDP1"
    assert not reply.incomplete
    assert reply.problems == ()


@pytest.mark.parametrize(
    "result", [None, {}, {"numbers": [{"kind": "policy", "no": " "}]}, {"numbers": [{"kind": "quote", "no": "1"}]}]
)
def test_accepted_without_a_policy_number_is_unknown(result):
    tree = {"request_no": "GW1", "outcome": "accepted", **({"result": result} if result is not None else {})}
    assert parsed(tree).outcome.kind is OutcomeKind.unknown
    assert parsed(tree, "policy.get").outcome.kind is OutcomeKind.unknown
    assert parsed(tree, "claim.get").outcome.kind is OutcomeKind.accepted


def test_a_yes_that_cannot_be_read_whole_stays_a_yes():
    result = {**POLICY, "premium": {"gross": "张三"}, "surprise": 1}
    reply = parsed({"request_no": "GW1", "outcome": "accepted", "result": result})
    assert reply.outcome.kind is OutcomeKind.accepted
    assert reply.incomplete
    assert reply.result.numbers[0].no == "CDP1"
    assert sorted(reply.problems) == [
        "result.premium is not what the interface says",
        "result.surprise is not what the interface says",
    ]


def test_a_member_the_interface_does_not_name_is_counted():
    tree = {"request_no": "GW1", "outcome": "accepted", "result": POLICY, "extra": 1}
    assert parsed(tree).unmapped == ("extra",)


@pytest.mark.parametrize(
    ("word", "code", "kind"),
    [
        ("declined", "underwriting.age", "declined"),
        ("declined", "policy.not_found", "declined"),
        ("declined", "cedar.unlisted", "unknown"),
        ("declined", "carrier.busy", "unknown"),
        ("declined", None, "unknown"),
        ("refused", "request.invalid", "refused"),
        ("refused", "product.not_offered", "refused"),
        ("refused", "underwriting.age", "unknown"),
        ("pending", "underwriting.manual", "pending"),
        ("pending", "cedar.unlisted", "pending"),
        ("not_executed", "carrier.busy", "unknown"),
        ("done", "x", "unknown"),
        (None, None, "unknown"),
        (True, None, "unknown"),
    ],
)
def test_a_word_counts_only_with_a_code_that_belongs_to_it(word, code, kind):
    tree = {"request_no": "GW1", "outcome": word, "code": code, "text": "没有"}
    reply = parsed({name: value for name, value in tree.items() if value is not None})
    assert reply.outcome.kind == kind


def test_a_carriers_own_code_counts_when_it_is_listed_under_the_same_word():
    errors = {"cedar.own": Outcome(kind=OutcomeKind.declined, code="underwriting.region")}
    tree = {"request_no": "GW1", "outcome": "declined", "code": "cedar.own", "text": "said"}
    outcome = parsed(tree, errors=errors).outcome
    assert (outcome.kind, outcome.code, outcome.carrier_code) == ("declined", "underwriting.region", "cedar.own")
    assert parsed({**tree, "outcome": "refused"}, errors=errors).outcome.kind is OutcomeKind.unknown


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "request.invalid", "refused"),
        (401, "request.unauthorized", "refused"),
        (409, "request.duplicate", "refused"),
        (409, "operation.in_progress", "pending"),
        (429, "request.rate_limited", "not_executed"),
        (503, "carrier.busy", "not_executed"),
        (503, "something.else", "unknown"),
        (500, "carrier.internal", "unknown"),
        (302, "request.invalid", "unknown"),
        (201, "request.invalid", "unknown"),
    ],
)
def test_a_status_counts_only_with_its_own_code(status, code, kind):
    reply = parsed({"request_no": "GW1", "code": code, "text": "x"}, status=status, Retry_After="5")
    assert reply.outcome.kind == kind
    if kind == "not_executed":
        assert reply.outcome.after_s == 5
        assert reply.outcome.because


@pytest.mark.parametrize(
    "body", [b"", b"<html>502</html>", b"[]", b'"ok"', b'{"outcome":"accepted"', b'{"a":1,"a":1}', b"\xff"]
)
@pytest.mark.parametrize("status", [200, 401, 429, 503])
def test_an_unreadable_body_is_unknown_whatever_the_status(body, status):
    reply = parsed(body, status=status)
    assert reply.outcome.kind is OutcomeKind.unknown
    assert reply.problems


@pytest.mark.parametrize("number", ["GW2", None, "", 1])
def test_a_reply_with_another_number_is_not_ours(number):
    tree = {"outcome": "accepted", "result": POLICY, **({"request_no": number} if number is not None else {})}
    reply = parsed(tree)
    assert (reply.outcome.kind, reply.result) == (OutcomeKind.unknown, None)
    error = {"code": "carrier.busy", **({"request_no": number} if number is not None else {})}
    assert parsed(error, status=503).outcome.kind == ("unknown" if number is not None else "not_executed")


def test_an_unsigned_yes_or_no_is_unknown():
    for word in ("accepted", "declined"):
        body = json.dumps({"request_no": "GW1", "outcome": word, "code": "underwriting.age", "result": POLICY}).encode()
        reply = native_parse("policy.issue", WireReply(status=200, body=body), context())
        assert reply.outcome.kind is OutcomeKind.unknown


def notice(tree: Any, *, tampered: bool = False):
    body = json.dumps(tree).encode()
    sent = signed(body)
    return native_notice(
        Inbound(method="POST", target="/", headers=sent.headers, body=body + b" " if tampered else body), context()
    )


CALLBACK = {
    "event_id": "CDV1",
    "operation": "policy.issue",
    "request_no": "GW1",
    "outcome": "accepted",
    "result": POLICY,
}


def test_a_callback_names_its_event_its_write_and_what_became_of_it():
    told = notice(CALLBACK)
    assert (told.matched, told.genuine, told.event_id) == (True, True, "CDV1")
    assert told.correlate == {"request_no": "GW1"}
    assert told.reply.outcome.kind is OutcomeKind.accepted
    assert json.loads(native_answer().body) == {"received": True}


def test_a_forged_callback_is_not_genuine():
    assert not notice(CALLBACK, tampered=True).genuine


@pytest.mark.parametrize(
    "change", [{"operation": "policy.burn"}, {"event_id": None}, {"request_no": 5}, {"operation": ["x"]}]
)
def test_a_callback_of_another_kind_does_not_match(change):
    assert not notice({**CALLBACK, **change}).matched
    assert not native_notice(Inbound(method="POST", target="/", body=b"<x/>"), context()).matched
