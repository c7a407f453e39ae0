"""Parts of `over` as generated code: each against arithmetic written by hand, and against the runner's second opinion."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from cli.mapping.load import load_carrier
from contract_tests.signatures.covered import Signed
from contract_tests.signatures.signatures import signature_of
from gateway.model import Money, Party, PolicyIssueRequest
from gateway.wire import Forged, Secret, WireReply

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="life@1",
    policyholder=Party(name="张 三"),
    expected_premium=Money(amount=1, currency="CNY"),
)
NO = "R" * 20
FIELDS = {"no": NO, "holder": "张 三"}
BODY = f'{{"no":"{NO}","holder":"张 三"}}'.encode()


def hexed(name: str, data: bytes | str) -> str:
    return hashlib.new(name, data if isinstance(data, bytes) else data.encode()).hexdigest()


def url(text: str) -> str:
    return quote(text, "")


BYTES = [
    ("md5_hex(sha1_hex(body))", hexed("md5", hexed("sha1", BODY))),
    ("md5_hex(md5_hex(md5_hex(body)))", hexed("md5", hexed("md5", hexed("md5", BODY)))),
    ("md5_hex(md5_hex(body);secret.key;'a;(b')", hexed("md5", hexed("md5", BODY) + "k-1a;(b")),
    ("sm3_hex_upper(body)", hexed("sm3", BODY).upper()),
    ("sha384_hex(secret.key;body;secret.key)", hexed("sha384", b"k-1" + BODY + b"k-1")),
    ("hmac_sha1_hex(secret.key;body;x)", hmac.digest(b"k-1", BODY + b"x", "sha1").hex()),
    ("hmac_sm3_hex(secret.key;body)", hmac.new(b"k-1", BODY, "sm3").hexdigest()),
    ("upper(hex(body))", BODY.hex().upper()),
    ("base64(a;b;c)", "YWJj"),
    ("base64_url(body)", urlsafe_b64encode(BODY).decode()),
    ("base64_url_bare(body)", urlsafe_b64encode(BODY).decode().rstrip("=")),
    ("sha256_base64_url_bare(a)", "ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs"),
    ("hex(sha256_raw(a))", hexed("sha256", "a")),
    (
        "hmac_sha256_hex(hmac_sha256_raw(secret.key;a);b)",
        hmac.digest(hmac.digest(b"k-1", b"a", "sha256"), b"b", "sha256").hex(),
    ),
    ("bytes(a;secret.key;body)", "ak-1" + BODY.decode()),
    ("lower(ABC;D)", "abcd"),
    ("url(wire.holder)", url("张 三")),
    ("form(wire.holder)", url("张 三").replace("%20", "+")),
    ("trim( x )", "x"),
    ("sort(b;secret.key;a;http.method)", "POSTabk-1"),
    ('between(body;"no":";")', NO),
    ('between(body;"no":;,;whole)', f'"no":"{NO}",'),
    ("member(body;holder)", '"张 三"'),
    ("sorted(wire;&;drop)", f"holder=张 三&no={NO}"),
    ("sorted(wire;;keep;kv=)", f"holder张 三no{NO}"),
    ("sorted(wire;|;kv=:;descending)", f"no:{NO}|holder:张 三"),
    ("sorted(wire;&;value=url;name=upper)", f"HOLDER={url('张 三')}&NO={NO}"),
    ("sorted(wire;&;without=no x)", "holder=张 三"),
    ("sorted(wire;&;only=no)", f"no={NO}"),
    ("sorted(wire;&;with=key:secret.key;fold)", f"holder=张 三&key=k-1&no={NO}"),
    ("sorted(wire;&;with=digest:md5_hex(secret.key))", f"digest={hexed('md5', 'k-1')}&holder=张 三&no={NO}"),
    ("sorted(wire;&;with=biz:body)", f"biz={BODY.decode()}&holder=张 三&no={NO}"),
    ("sorted(wire;&;with=o:member(body;holder))", f'holder=张 三&no={NO}&o="张 三"'),
    ("sort(z;body;a)", "az" + BODY.decode()),
    ("sorted(wire;';')", f"holder=张 三;no={NO}"),
    ("values(wire;,)", f"{NO},张 三"),
    ("values(wire;,;by_name)", f"张 三,{NO}"),
    ("json(wire)", f'{{"no":"{NO}","holder":"张 三"}}'),
    ("json_sorted(wire;drop)", f'{{"holder":"张 三","no":"{NO}"}}'),
    ("upper(sorted(wire;&);&key=;secret.key)", f"HOLDER=张 三&NO={NO}&KEY=K-1"),
]


@pytest.fixture
def signed(workshop, carrier_yaml, operation_yaml, ctx):
    """The signature a layer makes, and the layer as it was loaded."""

    def make(layer: str, carrier: str = "covered") -> tuple[str, object]:
        text = carrier_yaml.replace("kind: rest-json, ", "") + f"wire:\n  - json: {{}}\n  - sign: {layer}\n"
        made = workshop.made(carrier, {"carrier.yaml": text, "policy_issue.yaml": operation_yaml})
        request = made.module("policy_issue").build(REQ, ctx)
        tree = load_carrier(workshop.root / "mappings" / "carriers" / carrier, workshop.root)[0]
        return dict(request.headers)["X-Sign"], next(each for each in tree.carrier.wire if each.name == "sign")

    return make


def opinion(layer: object) -> str:
    message = Signed(method="POST", body=BODY, fields=FIELDS, secrets={"key": "k-1"})
    return signature_of(layer, message)


@pytest.mark.parametrize(("part", "text"), BYTES)
def test_a_part_is_covered_as_written(signed, part, text):
    escaped = part.replace('"', '\\"')
    found, layer = signed(f'{{ algo: sha256, over: ["{escaped}"], put: header.X-Sign }}')
    assert found == hexed("sha256", text) == opinion(layer)


@pytest.mark.parametrize(
    ("layer", "signature"),
    [
        (
            "{ algo: hmac_sha1, key: [secret.key, '&'], over: [body], put: header.X-Sign }",
            hmac.digest(b"k-1&", BODY, "sha1").hex(),
        ),
        (
            "{ algo: hmac_sm3, key: ['md5_hex(secret.key)'], over: [body], put: header.X-Sign }",
            hmac.new(hexed("md5", "k-1").encode(), BODY, "sm3").hexdigest(),
        ),
        ("{ algo: sm3, over: [secret.key, body], encode: base64_of_hex, put: header.X-Sign }", None),
        ("{ algo: md5, over: [body, secret.key], encode: hex_upper_16, put: header.X-Sign }", None),
        ("{ algo: hmac_sha384, key: secret.key, over: [body], encode: base64_url_bare, put: header.X-Sign }", None),
    ],
)
def test_keys_and_encodings_are_those_the_mapping_names(signed, layer, signature):
    found, loaded = signed(layer)
    assert found == opinion(loaded)
    assert signature is None or found == signature


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("sha1_hex(=binding.product_code;x)", hexed("sha1", "P1x")),
        ("hmac_sha256_hex(secret.key;=now('yyyyMMdd');body)", hmac.digest(b"k-1", b"20260301" + BODY, "sha256").hex()),
        ("upper(=config.none;a)", "A"),
        ("lower('=binding.product_code';=;A)", "=binding.product_code=a"),
    ],
)
def test_an_expression_stands_inside_a_part_as_it_does_beside_one(signed, part, text):
    found, _ = signed(f'{{ algo: sha256, over: ["{part}"], put: header.X-Sign }}')
    assert found == hexed("sha256", text)


def test_a_key_may_have_a_header_among_its_parts_both_ways(workshop, carrier_yaml, operation_yaml, ctx):
    extra = """\
security:
  headers: { X-Time: =now("epoch_s") }
  sign: { algo: hmac_sha256, key: [secret.key, header.X-Time], over: [body], put: header.X-Sign }
"""
    reply = "reply: [json: {}, verify: { algo: hmac_sha256, key: [secret.key, header.X-Time], over: [wire.no], from: wire.sign }]\n"
    made = workshop.made("timed", {"carrier.yaml": carrier_yaml + extra, "policy_issue.yaml": operation_yaml + reply})
    module = made.module("policy_issue")
    request = module.build(REQ, ctx)
    assert dict(request.headers)["X-Sign"] == hmac.digest(b"k-11772323200", request.body, "sha256").hex()
    body = json.dumps(
        {"ok": "1", "no": NO, "policyNo": "P1", "sign": hmac.digest(b"k-19", NO.encode(), "sha256").hex()}
    )
    for stamp, outcome in (("9", "accepted"), ("8", "unknown")):
        found = module.parse(WireReply(status=200, headers=(("X-Time", stamp),), body=body.encode()), REQ, ctx)
        assert found.outcome.kind == outcome


def test_a_key_written_in_hex_is_its_bytes(workshop, carrier_yaml, operation_yaml, ctx):
    security = (
        "security:\n  sign: { algo: hmac_sha256, key: secret.key, key_as: hex, over: [body], put: header.X-Sign }\n"
    )
    made = workshop.made("hexkey", {"carrier.yaml": carrier_yaml + security, "policy_issue.yaml": operation_yaml})
    request = made.module("policy_issue").build(REQ, replace(ctx, secrets={"key": Secret("00ff")}))
    assert dict(request.headers)["X-Sign"] == hmac.digest(b"\x00\xff", request.body, "sha256").hex()


REFUSED = [
    ("'md5_hex(=nothing.x)'", "unknown name 'nothing'"),
    ("'nope(body)'", "unknown part nope"),
    ("'sorted(wire;&;often)'", "no option 'often'"),
    ("'sorted(wire;&;by_name)'", "no option 'by_name'"),
    ("'values(wire;;kv=:)'", "no option 'kv=:'"),
    ("'sorted(wire;&;value=rot13)'", "no option 'value=rot13'"),
    ("'sorted(body;&)'", "takes query, wire or wire.path first"),
    ("'between(body;a)'", "is written between"),
    ("'between(body;;b)'", "is written between"),
    ("'member(wire;a)'", "is written member"),
    ("'md5_hex(sha1_hex(body)'", "not closed"),
    ("'hmac_md5_hex(body;body)'", "a key is a secret"),
    ("'" + "md5_hex(" * 12 + "body" + ")" * 12 + "'", "stands in more than 8 others"),
]


@pytest.mark.parametrize(("part", "words"), REFUSED)
def test_a_part_nobody_knows_is_refused_with_its_place(workshop, carrier_yaml, operation_yaml, part, words):
    security = f"security:\n  sign: {{ algo: md5, over: [{part}], put: header.X-Sign }}\n"
    found = workshop.refused("wrong", {"carrier.yaml": carrier_yaml + security, "policy_issue.yaml": operation_yaml})
    assert [fault for fault in found if words in fault and "carrier.yaml:" in fault], found


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("algo: hmac_md5, key: ['&']", "a secret among them"),
        ("algo: hmac_md5, key: secret.key, key_as: base32", "no key form 'base32'"),
        ("algo: rsa_sha256, key: secret.key, key_as: hex", "takes a secret as it is"),
    ],
)
def test_a_key_that_is_none_is_refused(workshop, carrier_yaml, operation_yaml, key, words):
    security = f"security:\n  sign: {{ {key}, over: [body], put: header.X-Sign }}\n"
    found = workshop.refused("wrong", {"carrier.yaml": carrier_yaml + security, "policy_issue.yaml": operation_yaml})
    assert [fault for fault in found if words in fault], found


def test_a_reply_is_checked_over_its_raw_member(workshop, carrier_yaml, operation_yaml, ctx):
    layers = (
        "wire: [json: {}]\nreply:\n"
        "  - verify: { algo: md5, over: ['member(body;data)', secret.key], from: header.X-Sign }\n  - json: {}\n"
    )
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + layers
    made = workshop.made("raw", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    body = b'{"data": {"a" : 1.0 }, "ok":"1"}'
    sign = hexed("md5", b'{"a" : 1.0 }k-1')
    decoded = made.module("carrier").decoded
    assert decoded(WireReply(status=200, headers=(("X-Sign", sign),), body=body), ctx)["ok"] == "1"
    with pytest.raises(Forged):
        decoded(WireReply(status=200, headers=(("X-Sign", sign),), body=body.replace(b"1.0 ", b"1.00")), ctx)


WRAPPED = """\
wire:
  - sign: { algo: md5, over: ["sorted(wire.inner;&)", secret.key], put: outer.sign }
  - json: {}
reply:
  - json: {}
  - verify: { algo: md5, over: ["sorted(wire.data;&)", secret.key], from: wire.sign }
"""


@pytest.fixture
def wrapped(workshop, carrier_yaml, operation_yaml):
    operation = operation_yaml.replace(
        "send: { no: =request_no(20) }", "send: { no: =request_no(20), inner.b: '2', inner.a: '1' }"
    )
    text = carrier_yaml.replace("kind: rest-json, ", "") + WRAPPED
    return workshop.made("inside", {"carrier.yaml": text, "policy_issue.yaml": operation}).module("policy_issue")


def test_the_fields_of_one_object_are_signed_and_the_signature_stands_in_another(wrapped, ctx):
    tree = json.loads(wrapped.build(REQ, ctx).body)
    assert tree["outer"] == {"sign": hexed("md5", "a=1&b=2k-1")}
    assert tree["inner"] == {"b": "2", "a": "1"}


def test_a_reply_is_checked_over_the_fields_of_one_object(wrapped, ctx):
    data = {"x": "1", "y": "2"}
    tree = {"ok": "1", "no": NO, "policyNo": "P1", "data": data, "sign": hexed("md5", "x=1&y=2k-1")}
    assert wrapped.parse(WireReply(status=200, body=json.dumps(tree).encode()), REQ, ctx).outcome.kind == "accepted"


HOSTILE = [
    {"data": None}, {"data": "text"}, {"data": ["x"]}, {"data": {"x": {"y": "1"}}}, {"data": {"x": ["1"]}}, {"data": 5},
    {"data": {}}, {"sign": None}, {"sign": {"a": "b"}}, {"sign": ["x"]}, {"sign": 5}, {"sign": "\ud800"},
]  # fmt: skip


@pytest.mark.parametrize("damage", HOSTILE, ids=str)
def test_a_reply_whose_signed_fields_are_of_another_kind_proves_nothing(wrapped, ctx, damage):
    tree = {"ok": "1", "no": NO, "policyNo": "P1", "data": {"x": "1"}, "sign": hexed("md5", "x=1k-1")} | damage
    for body in (json.dumps(tree).encode(), json.dumps([tree]).encode(), b"[]", b"null", b"5"):
        reply = wrapped.parse(WireReply(status=200, body=body), REQ, ctx)
        assert reply.outcome.kind == "unknown"


PLACED = """\
wire:
  - sign: { algo: md5, over: [PART, secret.key], put: head.sign }
  - json: {}
"""


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("json_sorted(wire.head)", '{"a":"1","b":"2"}'),
        ("sorted(wire.head;&;null)", "a=1&b=2"),
        ("sorted(wire;&;nested=json;without=no holder)", 'head={"b":"2","a":"1"}'),
        ("sorted(wire;&;nested=same)", f"head=a=1&b=2&holder=张 三&no={NO}"),
    ],
)
def test_a_signature_keeps_its_place_in_the_message_and_never_covers_it(
    workshop, carrier_yaml, operation_yaml, ctx, part, text
):
    operation = operation_yaml.replace(
        "send: { no: =request_no(20) }", "send: { head.b: '2', head.sign: , head.a: '1', no: =request_no(20) }"
    )
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + PLACED.replace("PART", f'"{part}"')
    made = workshop.made("placed", {"carrier.yaml": carrier, "policy_issue.yaml": operation}).module("policy_issue")
    head = json.loads(made.build(REQ, ctx).body)["head"]
    assert list(head) == ["b", "sign", "a"]
    assert head["sign"] == hexed("md5", text + "k-1")


DERIVED = "bytes('AWS4';secret.key)"
for scope in ("20150830", "us-east-1", "iam", "aws4_request"):
    DERIVED = f"hmac_sha256_raw({DERIVED};'{scope}')"
TO_SIGN = (
    "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n"
    "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59"
)


def test_a_key_derived_in_steps_signs_as_the_published_sample_does(ctx, workshop, carrier_yaml, operation_yaml):
    layer = f"{{ algo: hmac_sha256, key: [{json.dumps(DERIVED)}], over: [{json.dumps(TO_SIGN)}], put: header.X-Sign }}"
    text = carrier_yaml.replace("kind: rest-json, ", "") + f"wire:\n  - json: {{}}\n  - sign: {layer}\n"
    made = workshop.made("derived", {"carrier.yaml": text, "policy_issue.yaml": operation_yaml})
    sample = replace(ctx, secrets={"key": Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")})
    request = made.module("policy_issue").build(REQ, sample)
    wanted = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    assert dict(request.headers)["X-Sign"] == wanted


def test_a_key_that_is_derived_from_nothing_secret_is_refused(workshop, carrier_yaml, operation_yaml):
    layer = "{ algo: sha256, over: ['hmac_sha256_hex(body;a)'], put: header.X-Sign }"
    text = carrier_yaml.replace("kind: rest-json, ", "") + f"wire:\n  - json: {{}}\n  - sign: {layer}\n"
    (fault,) = workshop.refused("open", {"carrier.yaml": text, "policy_issue.yaml": operation_yaml})
    assert "E266" in fault
    assert "derived from one" in fault
