"""Layers, signatures, headers, tokens and callbacks of generated modules, against independent arithmetic."""

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from msgspec.structs import replace

from gateway.model import Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import CannotSend, Inbound, Unreadable

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="life@1",
    policyholder=Party(name="张三"),
    expected_premium=Money(amount=1, currency="CNY"),
)
NO = "R" * 20


@pytest.fixture
def made(workshop, carrier_yaml, operation_yaml):
    def make(*, transport=None, extra="", call=""):
        carrier = carrier_yaml if transport is None else carrier_yaml.replace("kind: rest-json, ", transport)
        return workshop.made("layered", {"carrier.yaml": carrier + extra, "policy_issue.yaml": call + operation_yaml})

    return make


def md5(*parts):
    return hashlib.md5(b"".join(part if isinstance(part, bytes) else part.encode() for part in parts)).hexdigest()


def test_a_signature_over_sorted_pairs_stands_in_its_own_field_and_never_covers_itself(made, ctx):
    layers = (
        "wire:\n  - sign: { algo: md5, over: ['sorted(wire;&;drop)', secret.key], encode: hex_upper, put: sign }\n"
        "  - json: {}\n"
    )
    body = json.loads(made(transport="", extra=layers).module("policy_issue").build(REQ, ctx).body)
    assert body.pop("sign") == md5(f"holder=张三&no={NO}", "k-1").upper()


def test_json_text_stands_inside_a_form_field_beside_its_signature(made, ctx):
    layers = (
        "wire:\n  - json: {}\n  - sign: { algo: md5, over: [secret.key, body], encode: hex_lower, as: mac }\n"
        "  - base64: {}\n  - form: { put: data, with: { sign: =mac, version: '1' } }\n"
    )
    request = made(transport="", extra=layers).module("policy_issue").build(REQ, ctx)
    fields = parse_qs(request.body.decode(), strict_parsing=True)
    payload = base64.b64decode(fields["data"][0])
    assert json.loads(payload) == {"no": NO, "holder": "张三"}
    assert fields["sign"] == [md5("k-1", payload)]
    assert list(fields) == ["data", "sign", "version"]
    assert dict(request.headers)["Content-Type"] == "application/x-www-form-urlencoded"


def test_xml_in_gbk_is_signed_as_bytes_and_sent_unchanged(made, ctx):
    text = "kind: xml, charset: GBK, xml: { root: Q, declaration: true }, "
    security = (
        "security:\n  sign: { algo: md5, over: [secret.key, wire.no, body], encode: hex_lower, put: query.sign }\n"
    )
    request = made(transport=text, extra=security).module("policy_issue").build(REQ, ctx)
    assert request.body == f'<?xml version="1.0" encoding="GBK"?><Q><no>{NO}</no><holder>张三</holder></Q>'.encode(
        "gbk"
    )
    assert urlsplit(request.url).query == "sign=" + md5("k-1", NO, request.body)


def test_braces_in_the_quotes_of_a_call_are_text_and_a_query_alone_follows_the_url(made, ctx):
    called = "call: 'POST ?p={encode(''{\"a\":\"'' + binding.product_code + ''\"}'', \"base64\")}&q={request_no(3)}'\n"
    request = made(call=called).module("policy_issue").build(REQ, ctx)
    packed = base64.b64encode(b'{"a":"P1"}').decode()
    assert request.url == f"https://carrier.test/api?p={quote(packed, '')}&q=RRR"


def test_the_query_is_signed_by_name_and_as_it_stands_whether_the_call_or_a_layer_wrote_it(made, ctx):
    sign = "sign: { algo: sha1, over: ['sorted(query;&;keep)', '|', query, '|', body, secret.key], put: query.sign }"
    sha1 = hashlib.sha1

    called = "call: 'POST /policy?ts={now(\"epoch_s\")}&app={binding.product_code}'\n"
    layers = f"wire:\n  - json: {{}}\n  - {sign}\n"
    request = made(transport="", extra=layers, call=called).module("policy_issue").build(REQ, ctx)
    covered = b"app=P1&ts=1772323200|ts=1772323200&app=P1|" + request.body + b"k-1"
    assert urlsplit(request.url).query == "ts=1772323200&app=P1&sign=" + sha1(covered).hexdigest()

    layers = f"wire:\n  - query: {{}}\n  - {sign}\n"
    request = made(transport="", extra=layers).module("policy_issue").build(REQ, ctx)
    raw = f"no={NO}&holder=%E5%BC%A0%E4%B8%89"
    covered = f"holder=张三&no={NO}|{raw}|k-1".encode()
    assert urlsplit(request.url).query == f"{raw}&sign=" + sha1(covered).hexdigest()


def test_the_request_line_and_headers_are_signed_as_they_are_sent(made, ctx):
    security = """\
security:
  sign:
    algo: hmac_sha256
    key: secret.key
    over: [http.method, "\\n", http.path, "\\n", header.X-Timestamp, "\\n", sha256_hex(body)]
    encode: base64
    put: header.X-Signature
  headers: { X-Timestamp: =now("epoch_s"), X-Static: fixed }
"""
    request = made(extra=security, call="call: PUT /policies/{req.client_ref}\n").module("policy_issue").build(REQ, ctx)
    headers = dict(request.headers)
    digest = hashlib.sha256(request.body).hexdigest()
    covered = f"PUT\n/api/policies/o-1\n{headers['X-Timestamp']}\n{digest}".encode()
    assert headers["X-Signature"] == base64.b64encode(hmac.digest(b"k-1", covered, "sha256")).decode()
    assert headers["X-Static"] == "fixed"
    assert headers["X-Timestamp"] == str(int(ctx.now.timestamp()))


def test_what_an_expression_puts_into_a_path_is_percent_encoded(made, ctx):
    module = made(call="call: POST /p/{req.policyholder.name}/x\n").module("policy_issue")
    assert module.build(REQ, ctx).url == "https://carrier.test/api/p/%E5%BC%A0%E4%B8%89/x"


def test_a_key_the_carrier_wants_in_a_header_is_the_number_of_the_operation(
    workshop, carrier_yaml, operation_yaml, ctx
):
    operation = operation_yaml.replace("key: no", "key: header.Idempotency-Key")
    made = workshop.made("keyed", {"carrier.yaml": carrier_yaml, "policy_issue.yaml": operation})
    assert dict(made.module("policy_issue").build(REQ, ctx).headers)["Idempotency-Key"] == ctx.request_no[:20]


def test_a_setting_that_is_missing_is_named_and_nothing_leaves(made, ctx):
    with pytest.raises(CannotSend, match="base_url"):
        made().module("policy_issue").build(REQ, replace(ctx, config={}))


VERIFY = """\
security:
  verify: { algo: md5, over: [secret.key, body], encode: hex_lower, from: header.X-Sign, on_fail: unknown }
"""


def test_a_reply_whose_signature_is_wrong_or_missing_is_unknown_whatever_its_status(made, ctx, reply_of):
    module = made(extra=VERIFY).module("policy_issue")
    body = json.dumps({"no": NO, "ok": "1", "policyNo": "P1"}).encode()
    right = module.parse(reply_of(body, X_Sign=md5("k-1", body)), REQ, ctx)
    assert right.outcome.kind is OutcomeKind.accepted
    for headers in ({}, {"X_Sign": "0" * 32}, {"X_Sign": md5("k-1", body + b" ")}):
        assert module.parse(reply_of(body, **headers), REQ, ctx).outcome.kind is OutcomeKind.unknown


LOGIN = """\
security:
  headers: { Authorization: "Bearer {token}" }
  token:
    grant: login
    call: POST /login
    request: { send: { user: =secret.user, pass: =secret.key } }
    read: { token: data.token, expires_in: data.ttl }
    lifetime: 24h
"""


def test_a_login_call_gives_the_token_later_requests_bear(made, ctx, reply_of):
    carrier = made(extra=LOGIN)
    source = carrier.module("carrier").CARRIER.token
    request = source.build(ctx)
    assert request.url == "https://carrier.test/api/login"
    assert json.loads(request.body) == {"user": "u-1", "pass": "k-1"}
    token = source.read(reply_of('{"data": {"token": "abc", "ttl": 60}}'), ctx)
    assert (token.value.reveal(), token.expires_in_s, source.lifetime_s) == ("abc", 60.0, 86400.0)
    with pytest.raises(Unreadable):
        source.read(reply_of("{}"), ctx)
    module = carrier.module("policy_issue")
    assert dict(module.build(REQ, replace(ctx, token="abc")).headers)["Authorization"] == "Bearer abc"
    assert module.OPERATION.steps[0].needs_token


OAUTH = """\
security:
  token: { grant: client_credentials, url: "{config.base_url}/token", client_id: secret.user, client_secret: secret.key, scope: a, auth: basic, refresh_before: 60s }
"""


def test_client_credentials_are_asked_for_as_oauth_has_it(made, ctx):
    request = made(extra=OAUTH).module("carrier").CARRIER.token.build(ctx)
    assert parse_qs(request.body.decode()) == {"grant_type": ["client_credentials"], "scope": ["a"]}
    assert dict(request.headers)["Authorization"] == "Basic " + base64.b64encode(b"u-1:k-1").decode()


CALLBACK = """\
callbacks:
  issued:
    match: wire.kind == "ISSUED"
    verify: same
    dedup: wire.event
    correlate: { request_no: data.no }
    of: PolicyIssueResult
    fields: { numbers(kind=policy).no: { to: data.policyNo } }
    outcome: [{ when: wire.data.policyNo, is: accepted }, { else: unknown }]
    reply: { http: 201, body: { received: true, at: here } }
"""


@pytest.fixture
def callback(made):
    return made(extra=VERIFY + CALLBACK).module("carrier").CARRIER.callbacks["issued"]


def inbound(body, sign=None):
    raw = json.dumps(body).encode()
    return Inbound(
        method="POST", target="/callbacks/x/issued", headers=(("X-Sign", sign or md5("k-1", raw)),), body=raw
    )


def test_a_genuine_callback_says_whose_it_is_and_what_became_of_it(callback, ctx):
    notice = callback.read(inbound({"kind": "ISSUED", "event": "e1", "data": {"no": 7, "policyNo": "P1"}}), ctx)
    assert (notice.matched, notice.genuine, notice.event_id) == (True, True, "e1")
    assert notice.correlate == {"request_no": "7"}
    assert notice.reply.outcome.kind is OutcomeKind.accepted
    assert notice.reply.result.numbers[0].no == "P1"


@pytest.mark.parametrize(
    ("codec", "told", "found"),
    [
        ("uuid", "00000000-0000-8000-8000-a1a4f8ff0001", {"request_no": "R00000001"}),
        ("uuid", "{00000000-0000-8000-8000-A1A4F8FF0001}", {"request_no": "R00000001"}),
        ("uuid", "ea0db62f-3eb6-52dc-8124-0b3ae0d9ff3b", {}),
        ("uuid", "R00000001", {}),
        ("affix(ORG-;)", "ORG-R00000001", {"request_no": "R00000001"}),
        ("affix(ORG-;)", "R00000001", {}),
    ],
)
def test_a_callback_by_a_number_that_was_not_sent_as_it_stands_finds_its_operation(made, ctx, codec, told, found):
    extra = VERIFY + CALLBACK.replace("data.no }", f"data.no as {codec} }}")
    read = made(extra=extra).module("carrier").CARRIER.callbacks["issued"].read
    notice = read(inbound({"kind": "ISSUED", "event": "e1", "data": {"no": told, "policyNo": "P1"}}), ctx)
    assert (notice.matched, notice.genuine, notice.correlate) == (True, True, found)


def test_a_callback_that_bears_the_carriers_number_only_names_its_kind(made, ctx):
    extra = VERIFY + CALLBACK.replace("{ request_no: data.no }", "{ numbers(kind=application).no: data.applyNo }")
    read = made(extra=extra).module("carrier").CARRIER.callbacks["issued"].read
    notice = read(inbound({"kind": "ISSUED", "event": "e1", "data": {"applyNo": "U7", "policyNo": "P1"}}), ctx)
    assert notice.correlate == {"application": "U7"}


def test_a_forged_callback_is_not_genuine_and_says_nothing(callback, ctx):
    notice = callback.read(inbound({"kind": "ISSUED", "event": "e1", "data": {"policyNo": "P1"}}, "0" * 32), ctx)
    assert not notice.genuine
    assert notice.reply is None


def test_a_callback_of_another_kind_does_not_match(callback, ctx):
    assert not callback.read(inbound({"kind": "OTHER"}), ctx).matched


def test_the_answer_is_in_the_carriers_own_format(callback, ctx):
    notice = callback.read(inbound({"kind": "ISSUED", "event": "e1", "data": {"no": "7"}}), ctx)
    answer = callback.answer(notice, ctx)
    assert answer.status == 201
    assert json.loads(answer.body) == {"received": True, "at": "here"}


GIVEN_BACK = """\
    reply:
      wire:
        - json: {}
        - sign: { algo: md5, over: [secret.key, body], as: mac }
        - json: { put: data, raw: true, with: { head.event: =step.issued.event, data: , sign: =mac } }
      body: { ok: "1", no: =wire.data.no }
"""


@pytest.mark.parametrize(("heard", "event"), [({"event": "e7"}, "e7"), ({}, None)])
def test_what_came_in_may_stand_around_the_answer_beside_what_is_signed(made, ctx, heard, event):
    extra = VERIFY + CALLBACK.replace("    reply: { http: 201, body: { received: true, at: here } }\n", GIVEN_BACK)
    callback = made(extra=extra).module("carrier").CARRIER.callbacks["issued"]
    notice = callback.read(inbound({"kind": "ISSUED", **heard, "data": {"no": "7", "policyNo": "P1"}}), ctx)
    told = json.loads(callback.answer(notice, ctx).body)
    assert told.pop("sign") == md5("k-1", b'{"ok":"1","no":"7"}')
    assert told == {"head": {"event": event}, "data": {"ok": "1", "no": "7"}}


def test_an_inner_signature_that_fails_is_not_tried_again_in_a_form_without_one(made, ctx, reply_of):
    layers = (
        "wire: [{ json: {} }]\nreply:\n  - [{ verify: { algo: md5, over: [secret.key, body], encode: hex_lower,"
        " from: header.X-Sign } }, { json: {} }]\n  - [{ json: {} }]\n"
    )
    module = made(transport="", extra=layers).module("policy_issue")
    body = json.dumps({"no": NO, "ok": "1", "policyNo": "P1"})
    assert module.parse(reply_of(body, X_Sign="0"), REQ, ctx).outcome.kind is OutcomeKind.unknown


def test_the_settings_of_a_client_certificate_are_data_of_the_carrier(workshop, carrier_yaml, operation_yaml):
    tls = "tls: { cert: secret.client_cert, key: secret.client_key, ca: config.ca_file, version: '1.3' }, "
    carrier = carrier_yaml.replace("kind: rest-json, ", "kind: rest-json, " + tls)
    found = (
        workshop.made("shown", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml}).module("carrier").CARRIER
    )
    assert (found.tls.cert, found.tls.key, found.tls.ca, found.tls.version) == (
        "secret.client_cert",
        "secret.client_key",
        "config.ca_file",
        "1.3",
    )
    assert {"client_cert", "client_key"} <= set(found.secret_keys)
    assert "ca_file" in found.config_keys


@pytest.mark.parametrize(
    ("tls", "said"),
    [
        ("{ cert: /etc/client.pem }", "tls: cert is not what it should be"),
        ("{ cert: config.client_cert }", "tls: cert is not what it should be"),
        ("{ cert: secret.a, ca: verify-none }", "tls: ca is not what it should be"),
        ("{ cert: secret.a, version: '1.1' }", "tls: version is not what it should be"),
        ("{ key: secret.a }", "a key without its certificate"),
        ("{ ca: config.ca, version: '1.3' }", "there is none"),
        ("{ cert: secret.a, verify: false }", "verify"),
    ],
)
def test_a_certificate_is_a_setting_and_verification_has_no_switch(workshop, carrier_yaml, operation_yaml, tls, said):
    carrier = carrier_yaml.replace("kind: rest-json, ", f"kind: rest-json, tls: {tls}, ")
    found = workshop.refused("shy", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    assert any(said in fault for fault in found), found


def test_a_signature_stands_in_a_header_as_the_password_of_basic_credentials(
    workshop, carrier_yaml, operation_yaml, ctx
):
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + (
        "wire:\n  - json: {}\n  - sign: { algo: hmac_sha256, key: secret.key, over: [body], encode: base64, as: sig }\n"
        'security: { headers: { Signature: "v1 {basic(secret.user;sig)}" } }\n'
    )
    made = workshop.made("paired", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml}).module(
        "policy_issue"
    )
    sent = made.build(REQ, ctx)
    signed = base64.b64encode(hmac.digest(b"k-1", sent.body, "sha256")).decode()
    wanted = base64.b64encode(f"u-1:{signed}".encode()).decode()
    assert dict(sent.headers)["Signature"] == f"v1 {wanted}"


@pytest.mark.parametrize("part", ["sgi", "req.plan", "config.", "base64(sig)"])
def test_credentials_that_are_no_setting_secret_or_signature_are_refused(workshop, carrier_yaml, operation_yaml, part):
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + (
        "wire:\n  - json: {}\n  - sign: { algo: md5, over: [body, secret.key], as: sig }\n"
        f'security: {{ headers: {{ Signature: "{{basic(config.base_url;{part})}}" }} }}\n'
    )
    said = workshop.said("unpaired", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    code = "E301" if "(" in part else "E443"
    assert any(f"error {code}" in each for each in said), said


def test_a_header_says_the_method_and_path_of_its_call(workshop, carrier_yaml, operation_yaml, ctx):
    headers = 'security: { headers: { X-Path: "{http.path}", X-Call: "{http.method} {http.path}", X-Method: =http.method } }\n'
    files = {
        "carrier.yaml": carrier_yaml + headers,
        "policy_issue.yaml": "call: PUT /a/{req.client_ref}?x=1\n" + operation_yaml,
    }
    assert not [each for each in workshop.said("pathed", files) if "E304" in each or "E443" in each]
    sent = workshop.made("pathed", files).module("policy_issue").build(REQ, ctx)
    told = dict(sent.headers)
    assert (told["X-Path"], told["X-Call"], told["X-Method"]) == ("/api/a/o-1", "PUT /api/a/o-1", "PUT")
