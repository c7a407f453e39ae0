"""Frames of generated modules: the bytes, what the transport is told, and a head that outcomes can name."""

from hashlib import md5

import pytest
from msgspec.structs import replace

from gateway.model import Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import WireReply
from gateway.wire.contract import Framing

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="life@1",
    policyholder=Party(name="张三"),
    expected_premium=Money(amount=1, currency="CNY"),
)
NO = "R" * 20
WIRE = (
    "wire:\n  - xml: { root: Q }\n  - charset: GBK\n"
    "  - frame: { widths: [8, 6, -4], with: { length: =size(rest), code: '1001', bank: =binding.product_code }, as: Head }\n"
)


@pytest.fixture
def made(workshop, carrier_yaml, operation_yaml):
    def make(wire, operation=operation_yaml):
        carrier = (
            carrier_yaml.replace("kind: rest-json, ", "").replace("{config.base_url}/api", "tcp://{config.host}") + wire
        )
        return workshop.made("framed", {"carrier.yaml": carrier, "policy_issue.yaml": operation}).module("policy_issue")

    return make


@pytest.fixture
def here(ctx):
    return replace(ctx, config={**ctx.config, "host": "127.0.0.1:9"})


def test_a_frame_is_the_last_layer_and_its_length_counts_bytes(made, here):
    request = made(WIRE).build(REQ, here)
    body = f"<Q><no>{NO}</no><holder>张三</holder></Q>".encode("gbk")
    assert request.body == b"%08d001001P1  " % (len(body) + 10) + body
    assert request.url == "tcp://127.0.0.1:9"
    assert request.headers == ()
    assert request.framing == Framing(head_bytes=18, at=0, width=8, beyond_head=-10)


def test_an_outcome_may_name_the_head_of_a_reply(made, ctx, operation_yaml):
    operation = operation_yaml.replace(
        '{ when: wire.ok == "1", is', '{ when: wire.Head.code == "000000" and wire.no, is'
    )
    module = made(WIRE, operation)
    inner = f"<A><no>{NO}</no><policyNo>P1</policyNo></A>".encode()
    for code, outcome in ((b"000000", OutcomeKind.accepted), (b"000009", OutcomeKind.unknown)):
        body = b"%08d" % (len(inner) + 10) + code + b"P1  " + inner
        told = module.parse(
            WireReply(status=200, body=body.replace(b"<A>", b"<Q>").replace(b"</A>", b"</Q>")), REQ, ctx
        )
        assert told.outcome.kind is outcome
    assert module.parse(WireReply(status=200, body=b"00000001"), REQ, ctx).outcome.kind is OutcomeKind.unknown


def test_a_reply_that_is_framed_otherwise_tells_the_transport_so(made, here):
    reply = (
        "reply:\n  - frame: { widths: [2], with: { n: =size(all) }, length: binary }\n  - charset: GBK\n  - xml: {}\n"
    )
    assert made(WIRE + reply).build(REQ, here).framing == Framing(
        head_bytes=2, at=0, width=2, binary=True, beyond_head=-2
    )


def test_a_reply_without_a_frame_ends_with_the_connection(made, here):
    assert made(WIRE + "reply: [{ charset: GBK }, { xml: {} }]\n").build(REQ, here).framing is None


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ("frame: { widths: [8], with: { a: '1' } }", "exactly one length"),
        ("frame: { widths: [8, 8], with: { a: =size(body), b: =size(all) } }", "exactly one length"),
        ("frame: { widths: [8], with: { a: =size(body), b: '1' } }", "a width for every field"),
        ("frame: { widths: [eight], with: { a: =size(body) } }", "a width is a number of bytes"),
        ("frame: { widths: [9], with: { a: =size(body) }, length: binary }", "at most 8 bytes"),
        ("frame: { widths: [8], with: { a: =size(body) }, pad: '00' }", "one printable ASCII character"),
        ("frame: { widths: [8], with: { a: =size(body) } }\n  - base64: {}", "frame is the last layer"),
    ],
)
def test_a_frame_that_cannot_be_is_refused_with_its_place(workshop, carrier_yaml, operation_yaml, layers, said):
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + f"wire:\n  - json: {{}}\n  - {layers}\n"
    found = workshop.refused("wrong", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    assert any(said in fault and "carrier.yaml:" in fault for fault in found), found


MACCED = (
    "wire:\n  - xml: { root: Q }\n  - charset: GBK\n  - sign: { algo: md5, over: [body, secret.key], as: mac }\n"
    "  - frame: { widths: [-8, -4, 32], with: { length: =size(all), bank: =binding.product_code, mac: =mac } }\n"
    "reply:\n  - frame: { widths: [-8, -4, 32], with: { length: =size(all), bank: , mac: }, as: Head }\n"
    "  - verify: { algo: md5, over: [body, wire.Head.bank, secret.key], from: wire.Head.mac }\n"
    "  - charset: GBK\n  - xml: {}\n"
)


def test_a_signature_in_the_head_covers_the_body_behind_it(made, here):
    body = f"<Q><no>{NO}</no><holder>张三</holder></Q>".encode("gbk")
    mac = md5(body + b"k-1").hexdigest().encode()
    assert made(MACCED).build(REQ, here).body == b"%-8dP1  " % (44 + len(body)) + mac + body


def test_a_reply_is_believed_by_the_signature_in_its_head_and_by_no_other(made, here, operation_yaml):
    module = made(MACCED, operation_yaml.replace('wire.ok == "1"', "wire.policyNo"))
    inner = f"<A><no>{NO}</no><policyNo>P1</policyNo></A>".encode()
    mac = md5(inner + b"B1" + b"k-1").hexdigest().encode()
    for head, outcome in ((b"B1  " + mac, OutcomeKind.accepted), (b"B2  " + mac, OutcomeKind.unknown)):
        told = module.parse(WireReply(status=200, body=b"%-8d" % (44 + len(inner)) + head + inner), REQ, here)
        assert told.outcome.kind is outcome
