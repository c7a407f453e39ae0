"""Signatures of callbacks as webhooks have them: a part of a header, over the address that was called."""

import hmac

import pytest

from gateway.wire import Inbound

CALLBACK = """\
callbacks:
  issued:
    wire:
      - verify: {{ algo: hmac_sha256, key: secret.key, over: [{over}], {more} }}
      - json: {{}}
    of: PolicyIssueResult
    correlate: {{ request_no: no }}
    outcome: [{{ when: wire.policyNo, is: accepted }}, {{ else: unknown }}]
    fields: {{ numbers(kind=policy).no: {{ to: policyNo }} }}
    reply: success
"""
BODY = b'{"no": "R1", "policyNo": "P1"}'
TARGET = "/callbacks/acme_main/issued?b=2&a=1"
STAMP = "'=match(header.X-Sign, \"t=([0-9]+)\")'"


def signed(*parts: bytes) -> str:
    return hmac.digest(b"k-1", b"".join(parts), "sha256").hex()


@pytest.fixture
def heard(workshop, carrier_yaml, operation_yaml, ctx):
    """What becomes of a callback with a header, of a carrier whose `verify` says this."""

    def hear(sign: str, over: str, more: str = "from: header.X-Sign", body: bytes = BODY, **inbound: str) -> bool:
        carrier = carrier_yaml + CALLBACK.format(over=over, more=more)
        made = workshop.made("hooked", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
        came = {"method": "POST", "target": TARGET, **inbound}
        call = Inbound(**came, headers=(("X-Sign", sign),), body=body)
        notice = made.module("carrier").CARRIER.callbacks["issued"].read(call, ctx)
        return bool(notice.genuine)

    return hear


def test_a_callback_is_signed_over_its_method_path_and_query(heard):
    over = 'http.method, "\\n", http.path, "\\n", "sorted(query;&;keep)", "\\n", body'
    sign = signed(b"POST\n/callbacks/acme_main/issued\na=1&b=2\n", BODY)
    assert heard(sign, over)
    assert not heard(sign, over, method="PUT")
    assert not heard(sign, over, target=TARGET.replace("acme", "other"))
    assert not heard(sign, over, target=TARGET.replace("b=2", "b=3"))


@pytest.mark.parametrize("sign", ["sha256={}", "v0={}", "t=1772323200,v1={},v1=00"])
def test_a_signature_is_the_part_of_its_header_that_match_finds(heard, sign):
    more = "from: header.X-Sign, match: '(?:sha256|v0|v1)=([0-9a-f]{64})'"
    assert heard(sign.format(signed(BODY)), "body", more)
    assert not heard(sign.format(signed(BODY, b" ")), "body", more)
    assert not heard(signed(BODY), "body", more)
    assert not heard(sign.format(signed(BODY)), "body")


def test_a_stamp_in_the_header_of_the_signature_is_looked_at(heard):
    more = f"from: header.X-Sign, match: 'v1=([0-9a-f]+)', max_skew: 5m, stamp: {STAMP}"
    over = f'{STAMP}, ".", body'
    for stamp, genuine in (("1772323200", True), ("1772322800", False)):
        assert heard(f"t={stamp},v1={signed(stamp.encode(), b'.', BODY)}", over, more) is genuine


def test_a_signature_behind_the_charset_covers_the_bytes_of_its_successor(workshop, carrier_yaml, operation_yaml, ctx):
    # 㐂 is a character of GB18030 alone, which a host that declares GBK sends all the same.
    body = '{"no": "R1", "policyNo": "㐂"}'.encode("gb18030")
    carrier = carrier_yaml + CALLBACK.format(over="body", more="from: header.X-Sign").replace(
        "      - verify", "      - charset: GBK\n      - verify"
    )
    made = workshop.made("hooked", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    call = Inbound(method="POST", target=TARGET, headers=(("X-Sign", signed(body)),), body=body)
    notice = made.module("carrier").CARRIER.callbacks["issued"].read(call, ctx)
    assert notice.genuine
    assert [number.no for number in notice.reply.result.numbers] == ["㐂"]


def _refusals(workshop, carrier_yaml, operation_yaml, over, more):
    carrier = carrier_yaml + CALLBACK.format(over=over, more=more)
    return workshop.refused("refused", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})


def test_a_stamp_that_is_not_signed_is_refused(workshop, carrier_yaml, operation_yaml):
    more = f"from: header.X-Sign, match: 'v1=([0-9a-f]+)', max_skew: 5m, stamp: {STAMP}"
    assert any("E273" in each for each in _refusals(workshop, carrier_yaml, operation_yaml, "body", more))


def test_a_pattern_that_is_none_is_refused(workshop, carrier_yaml, operation_yaml):
    more = "from: header.X-Sign, match: 'v1=(['"
    assert any("E266" in each for each in _refusals(workshop, carrier_yaml, operation_yaml, "body", more))


@pytest.mark.parametrize("part", ["http.method", "http.path", '"sorted(query;&;keep)"'])
def test_a_reply_has_no_address_that_its_signature_could_cover(workshop, carrier_yaml, operation_yaml, part):
    verify = f"  verify: {{ algo: hmac_sha256, key: secret.key, over: [{part}, body], from: header.X-Sign }}\n"
    files = {"carrier.yaml": carrier_yaml + "security:\n" + verify, "policy_issue.yaml": operation_yaml}
    assert any("E265" in each for each in workshop.refused("replied", files))
