"""Encrypted bodies of generated modules, opened here with the cipher library itself."""

import base64
import hashlib
import hmac
import json

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
from msgspec.structs import replace

from gateway.model import Money, Party, PolicyIssueRequest
from gateway.model.outcome import OutcomeKind
from gateway.wire import CannotSend, Secret, Unreadable, WireReply

REQ = PolicyIssueRequest(
    client_ref="o-1",
    product="life@1",
    policyholder=Party(name="张三"),
    expected_premium=Money(amount=1, currency="CNY"),
)
KEY = b"0123456789abcdef"
YES = {"ok": "1", "no": "R" * 20, "policyNo": "P-1"}


@pytest.fixture
def made(workshop, carrier_yaml, operation_yaml):
    def make(wire, reply=""):
        carrier = (
            carrier_yaml.replace("kind: rest-json, ", "") + f"wire:\n{wire}" + (f"reply:\n{reply}" if reply else "")
        )
        return workshop.made("sealed", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml}).module(
            "policy_issue"
        )

    return make


@pytest.fixture
def keyed(ctx):
    secrets = {
        "aes": Secret(KEY.decode()), "hexed": Secret(KEY.hex()), "b64": Secret(base64.b64encode(KEY).decode()),
        "iv": Secret("fedcba9876543210"), "des": Secret("8bytekey"),
    }  # fmt: skip
    return replace(ctx, secrets={**ctx.secrets, **secrets})


def blocks(mode, data, *, opening=True):
    cipher = Cipher(AES(KEY), mode)
    turn = cipher.decryptor() if opening else cipher.encryptor()
    return turn.update(data) + turn.finalize()


def filled(data):
    count = 16 - len(data) % 16
    return data + bytes([count]) * count


def understood(module, body, ctx, headers=()):
    return module.parse(WireReply(status=200, headers=headers, body=body), REQ, ctx)


@pytest.mark.parametrize(
    "key", ["key: secret.aes", "key: secret.hexed, key_as: hex", "key: secret.b64, key_as: base64"]
)
def test_a_body_in_ecb_and_base64_is_opened_by_its_key_and_the_reply_is_read_the_same_way(made, keyed, key):
    module = made(f"  - json: {{}}\n  - encrypt: {{ algo: aes-128-ecb, {key} }}\n  - base64: {{}}\n")
    opened = blocks(ECB(), base64.b64decode(module.build(REQ, keyed).body))
    assert opened == filled(
        json.dumps({"no": "R" * 20, "holder": "张三"}, ensure_ascii=False, separators=(",", ":")).encode()
    )
    answer = base64.b64encode(blocks(ECB(), filled(json.dumps(YES).encode()), opening=False))
    assert understood(module, answer, keyed).outcome.kind is OutcomeKind.accepted


@pytest.mark.parametrize(
    ("iv", "value"),
    [
        ("secret.iv", b"fedcba9876543210"),
        ('"1234567890123456"', b"1234567890123456"),
        ('"000102030405060708090a0b0c0d0e0f", iv_as: hex', bytes(range(16))),
        ("key", KEY),
        ('=text("abcdefgh") + "12345678"', b"abcdefgh12345678"),
    ],
)
def test_cbc_takes_its_iv_from_a_secret_a_constant_the_key_or_an_expression(made, keyed, iv, value):
    module = made(f"  - json: {{}}\n  - encrypt: {{ algo: aes-128-cbc, key: secret.aes, iv: {iv} }}\n  - hex: {{}}\n")
    opened = blocks(CBC(value), bytes.fromhex(module.build(REQ, keyed).body.decode()))
    assert opened.startswith(b'{"no":"RRR')
    answer = blocks(CBC(value), filled(json.dumps(YES).encode()), opening=False).hex().encode()
    assert understood(module, answer, keyed).outcome.kind is OutcomeKind.accepted


def test_a_prepended_iv_is_new_for_every_message_and_read_from_before_the_reply(made, keyed):
    module = made("  - json: {}\n  - encrypt: { algo: aes-128-cbc, key: secret.aes, iv: prepend }\n")
    counted = iter(range(10))
    fresh = replace(keyed, nonce=lambda n: f"{next(counted):0{n}d}")
    first, second = module.build(REQ, fresh).body, module.build(REQ, fresh).body
    assert (first[:16], second[:16]) == (b"0" * 16, b"0" * 15 + b"1")
    assert blocks(CBC(first[:16]), first[16:]) == blocks(CBC(second[:16]), second[16:])
    iv = bytes(range(16))
    answer = iv + blocks(CBC(iv), filled(json.dumps(YES).encode()), opening=False)
    assert understood(module, answer, keyed).outcome.kind is OutcomeKind.accepted
    assert understood(module, answer[:10], keyed).outcome.kind is OutcomeKind.unknown


GCM = (
    "  - json: {}\n"
    "  - encrypt: { algo: aes-128-gcm, key: secret.aes, iv: =nonce(12), as: nonce, aad: order, tag: TAG }\n"
    "  - base64: {}\n"
    "  - json: { put: data, with: { nonce: =nonce, data: } }\n"
)
GCM_REPLY = (
    "  - json: { put: data }\n  - base64: {}\n"
    "  - encrypt: { algo: aes-128-gcm, key: secret.aes, iv: wire.nonce, aad: order, tag: TAG }\n  - json: {}\n"
)


@pytest.mark.parametrize("tag", ["end", "start"])
def test_a_nonce_stands_in_the_wrapper_beside_the_data_both_ways(made, keyed, tag):
    module = made(GCM.replace("TAG", tag), GCM_REPLY.replace("TAG", tag))
    sent = json.loads(module.build(REQ, replace(keyed, nonce=lambda n: "N" * n)).body)
    assert list(sent) == ["nonce", "data"]
    data = base64.b64decode(sent["data"])
    whole = data if tag == "end" else data[16:] + data[:16]
    assert json.loads(AESGCM(KEY).decrypt(b"N" * 12, whole, b"order"))["holder"] == "张三"
    sealed = AESGCM(KEY).encrypt(b"M" * 12, json.dumps(YES).encode(), b"order")
    sealed = sealed if tag == "end" else sealed[-16:] + sealed[:-16]
    answer = {"nonce": "M" * 12, "data": base64.b64encode(sealed).decode()}
    assert understood(module, json.dumps(answer).encode(), keyed).outcome.kind is OutcomeKind.accepted
    answer["nonce"] = "X" * 12
    assert understood(module, json.dumps(answer).encode(), keyed).outcome.kind is OutcomeKind.unknown


def test_an_iv_may_travel_in_a_header(made, keyed):
    module = made(
        "  - json: {}\n  - encrypt: { algo: aes-128-cbc, key: secret.aes, iv: =nonce(16), as: iv }\n  - base64: {}\n"
        "security: { headers: { X-Iv: '{iv}' } }\n",
        "  - base64: {}\n  - encrypt: { algo: aes-128-cbc, key: secret.aes, iv: header.X-Iv }\n  - json: {}\n",
    )
    request = module.build(REQ, replace(keyed, nonce=lambda n: "i" * n))
    assert dict(request.headers)["X-Iv"] == "i" * 16
    assert blocks(CBC(b"i" * 16), base64.b64decode(request.body)).startswith(b'{"no"')
    answer = base64.b64encode(blocks(CBC(b"j" * 16), filled(json.dumps(YES).encode()), opening=False))
    told = understood(module, answer, keyed, (("x-iv", "j" * 16),))
    assert told.outcome.kind is OutcomeKind.accepted
    assert understood(module, answer, keyed).outcome.kind is OutcomeKind.unknown


def test_a_reply_sealed_with_another_key_is_unknown_and_neither_key_nor_text_is_told(made, keyed):
    module = made("  - json: {}\n  - encrypt: { algo: aes-128-ecb, key: secret.aes }\n")
    body = module.build(REQ, keyed).body
    other = replace(keyed, secrets={**keyed.secrets, "aes": Secret("another-key-1234")})
    told = understood(module, body, other)
    assert told.outcome.kind is OutcomeKind.unknown
    assert told.problems
    assert not any("another-key" in text or "张三" in text for text in told.problems)


def test_a_key_of_the_wrong_length_sends_nothing(made, keyed):
    module = made("  - json: {}\n  - encrypt: { algo: aes-256-ecb, key: secret.aes }\n")
    with pytest.raises(CannotSend, match=r"16 bytes.*32"):
        module.build(REQ, keyed)


def test_an_encrypted_text_of_gbk_is_encrypted_as_its_bytes(made, keyed):
    module = made(
        "  - xml: { root: Q, declaration: true }\n  - charset: GBK\n"
        "  - encrypt: { algo: des-ecb, key: secret.des, pad: zero }\n  - base64: { }\n"
        "  - form: { put: data }\n",
        "  - form: { put: data }\n  - base64: {}\n  - encrypt: { algo: des-ecb, key: secret.des, pad: zero }\n"
        "  - charset: GBK\n  - xml: { root: Q }\n",
    )
    request = module.build(REQ, keyed)
    again = understood(module, request.body, keyed)
    assert again.wire["holder"] == "张三"


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ("encrypt: { algo: aes-128-ebc, key: secret.k }", "unknown cipher 'aes-128-ebc'"),
        ("encrypt: { algo: aes-128-ecb, key: plain }", "a key is a secret of the channel"),
        ("encrypt: { algo: aes-128-ecb, key: secret.k, iv: secret.iv }", "aes-128-ecb has no iv"),
        ("encrypt: { algo: aes-128-cbc, key: secret.k }", "aes-128-cbc needs an iv"),
        ("encrypt: { algo: aes-128-cbc, key: secret.k, iv: '12345' }", "5 bytes"),
        ("encrypt: { algo: aes-128-gcm, key: secret.k, iv: prepend, pad: zero }", "aes-128-gcm has no pad"),
        ("encrypt: { algo: aes-128-gcm, key: secret.k, iv: prepend(13) }", "12 or 16 bytes"),
        ("encrypt: { algo: aes-128-ecb, key: secret.k, key_as: rot13 }", "no key_as 'rot13'"),
        ("encrypt: { algo: aes-128-cbc, key: secret.k, iv: wire.iv }", "read from a field of a reply only"),
        ("encrypt: { algo: aes-128-cbc, key: secret.k, iv: prepend, as: iv }", "as keeps the text"),
        ("encrypt: { algo: aes-128-ecb, key: secret.k, tag: end }", "aes-128-ecb has no tag"),
        ("encrypt: { algo: aes-128-ecb, key: secret.k }\n  - form: { put: data }", "put base64 or hex behind encrypt"),
        ("encrypt: { algo: aes-128-ecb, key: secret.k }\n  - charset: GBK", "put charset before encrypt"),
    ],
)
def test_a_cipher_that_cannot_be_is_refused_with_its_place(workshop, carrier_yaml, operation_yaml, layers, said):
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + f"wire:\n  - json: {{}}\n  - {layers}\n"
    found = workshop.refused("wrong", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    assert any(said in fault and "carrier.yaml:" in fault for fault in found), found


def test_what_is_no_message_at_all_is_unreadable(made, keyed):
    module = made("  - json: {}\n  - encrypt: { algo: aes-128-ecb, key: secret.aes }\n  - base64: {}\n")
    for body in (b"", b"<html>", b"AAAA", base64.b64encode(bytes(16))):
        assert understood(module, body, keyed).outcome.kind is OutcomeKind.unknown
    with pytest.raises(Unreadable):
        module.decoded(WireReply(status=200, body=b"AAAA"), keyed)


COVERED = """\
  - json: { put: resource.ciphertext }
  - base64: {}
  - encrypt: { algo: aes-128-gcm, key: secret.aes, iv: wire.resource.nonce, aad: AAD }
  - json: {}
"""


@pytest.mark.parametrize(
    ("aad", "covered"), [("wire.resource.about", b"policy"), ("header.X-About", b"head"), ('"wire.x"', b"wire.x")]
)
def test_what_the_tag_covers_may_stand_in_the_reply(made, keyed, aad, covered):
    module = made("  - json: {}\n", COVERED.replace("AAD", aad))
    for about, kind in ((covered, OutcomeKind.accepted), (b"another", OutcomeKind.unknown)):
        sealed = base64.b64encode(AESGCM(KEY).encrypt(b"n" * 12, json.dumps(YES).encode(), about)).decode()
        body = json.dumps({"resource": {"ciphertext": sealed, "nonce": "n" * 12, "about": "policy"}}).encode()
        assert understood(module, body, keyed, (("X-About", "head"),)).outcome.kind is kind


def test_what_a_request_covers_is_no_field_of_a_reply(workshop, carrier_yaml, operation_yaml):
    layers = "wire:\n  - json: {}\n  - encrypt: { algo: aes-128-gcm, key: secret.aes, iv: prepend, aad: wire.x }\n  - base64: {}\n"
    carrier = carrier_yaml.replace("kind: rest-json, ", "") + layers
    faults = workshop.refused("aad", {"carrier.yaml": carrier, "policy_issue.yaml": operation_yaml})
    assert any("E446" in fault and "aad: wire.x" in fault for fault in faults), faults


MACS = [
    ("aes-128-cbc", "prepend", "", "start", 32, "cipher"),
    ("aes-128-cbc", "prepend", "bytes: 10, over: cipher", "start", 10, "cipher"),
    ("aes-128-cbc", "prepend", "bytes: 16, over: all", "end", 16, "all"),
    ("aes-128-cbc", "secret.iv", "over: all", "end", 32, "cipher"),
    ("aes-128-ecb", "", "key: secret.hexed, key_as: hex", "start", 32, "cipher"),
]


@pytest.mark.parametrize(("algo", "iv", "more", "at", "size", "over"), MACS)
def test_a_code_stands_beside_the_encrypted_bytes_and_is_compared_in_the_reply(
    made, keyed, algo, iv, more, at, size, over
):
    named = "".join(
        f", {word}"
        for word in ([f"iv: {iv}"] if iv else [])
        + [f"mac: {{ algo: hmac_sha256, at: {at}{', ' if more else ''}{more} }}"]
    )
    module = made(f"  - json: {{}}\n  - encrypt: {{ algo: {algo}, key: secret.aes{named} }}\n  - base64: {{}}\n")
    body = base64.b64decode(module.build(REQ, keyed).body)
    code, rest = (body[:size], body[size:]) if at == "start" else (body[-size:], body[:-size])
    head = 16 if iv == "prepend" else 0
    assert code == hmac.digest(KEY, rest if over == "all" else rest[head:], "sha256")[:size]
    mode = ECB() if not iv else CBC(rest[:16] if head else b"fedcba9876543210")
    assert json.loads(blocks(mode, rest[head:]).rstrip(bytes(range(1, 17))))["holder"] == "张三"
    inner = blocks(mode, filled(json.dumps(YES).encode()), opening=False)
    told = rest[:head] + inner
    code = hmac.digest(KEY, told if over == "all" else inner, "sha256")[:size]
    good = code + told if at == "start" else told + code
    assert understood(module, base64.b64encode(good), keyed).outcome.kind is OutcomeKind.accepted
    for bad in (bytes([good[0] ^ 1]) + good[1:], good[:-1] + bytes([good[-1] ^ 1]), good[:size], b""):
        assert understood(module, base64.b64encode(bad), keyed).outcome.kind is OutcomeKind.unknown


@pytest.mark.parametrize(
    ("cipher", "mac", "said"),
    [
        ("aes-128-gcm, iv: prepend", "{ algo: hmac_sha256 }", "mac stands beside a block cipher"),
        ("aes-128-ecb", "{ algo: md5 }", "no algo 'md5'"),
        ("aes-128-ecb", "{}", "mac does not say its algo"),
        ("aes-128-ecb", "hmac_sha256", "mac is a map"),
        ("aes-128-ecb", "{ algo: hmac_sha256, bytes: 4 }", "from 8 to 32"),
        ("aes-128-ecb", "{ algo: hmac_md5, bytes: 17 }", "from 8 to 16"),
        ("aes-128-ecb", "{ algo: hmac_sha256, at: middle }", "no at 'middle'"),
        ("aes-128-ecb", "{ algo: hmac_sha256, key: abc }", "a key is a secret"),
        ("aes-128-ecb", "{ algo: hmac_sha256, key_as: hex }", "key of its own"),
        ("aes-128-ecb", "{ algo: hmac_sha256, size: 10 }", "no word 'size'"),
    ],
)
def test_a_code_that_cannot_be_made_is_refused(workshop, carrier_yaml, operation_yaml, cipher, mac, said):
    wire = f"wire:\n  - json: {{}}\n  - encrypt: {{ algo: {cipher}, key: secret.aes, mac: {mac} }}\n  - base64: {{}}\n"
    files = {"carrier.yaml": carrier_yaml.replace("kind: rest-json, ", "") + wire, "policy_issue.yaml": operation_yaml}
    assert any("E446" in each and said in each for each in workshop.said("codeless", files))


@pytest.mark.parametrize(
    ("key", "form", "wanted"),
    [
        ("[=config.base_url, secret.aes, =now('epoch_s')]", "sha256", b"https://carrier.test" + KEY + b"1772323200"),
        ("[secret.aes, header.X-Time]", "md5", KEY + b"1772323200"),
        ("['sha256_raw(secret.aes;-;=now(epoch_s))']", "", None),
    ],
)
def test_a_key_is_made_of_parts_for_each_call_and_opens_its_reply(made, keyed, key, form, wanted):
    named = f", key_as: {form}" if form else ""
    key = key.replace("=now(epoch_s)", "x") if wanted is None else key
    bits = 128 if form == "md5" else 256
    layer = f"  - json: {{}}\n  - encrypt: {{ algo: aes-{bits}-cbc, key: {key}{named}, iv: key }}\n  - base64: {{}}\n"
    module = made(layer + "security: { headers: { X-Time: =now('epoch_s') } }\n")
    digest = hashlib.md5 if form == "md5" else hashlib.sha256
    made_key = digest(KEY + b"-x" if wanted is None else wanted).digest()
    sent = module.build(REQ, keyed)
    cipher = Cipher(AES(made_key), CBC(made_key[:16]))
    opener = cipher.decryptor()
    assert "张三".encode() in opener.update(base64.b64decode(sent.body)) + opener.finalize()
    sealer = cipher.encryptor()
    told = base64.b64encode(sealer.update(filled(json.dumps(YES).encode())) + sealer.finalize())
    headers = (("X-Time", "1772323200"),)
    assert understood(module, told, keyed, headers).outcome.kind is OutcomeKind.accepted


@pytest.mark.parametrize(
    ("algo", "key", "said"),
    [
        ("aes-128-ecb", "[=config.a, b]", "E446: a key made of parts has a secret among them"),
        ("aes-128-ecb", "[secret.a, config.b]", "E440: 'config.b' would be covered as these letters"),
        ("aes-128-ecb", "[secret.a, =nothing.b]", "E304"),
        ("aes-128-ecb", "[secret.a, [b]]", "E446: a key is made of texts and expressions"),
        ("rsa-pkcs1", "[secret.a, b]", "E446: rsa-pkcs1 takes a key as it is"),
        ("aes-128-ecb", "=now('epoch_s')", "E446: a key is a secret of the channel"),
    ],
)
def test_a_key_of_wrong_parts_is_refused(workshop, carrier_yaml, operation_yaml, algo, key, said):
    wire = f"wire:\n  - json: {{}}\n  - encrypt: {{ algo: {algo}, key: {key} }}\n  - base64: {{}}\n"
    files = {"carrier.yaml": carrier_yaml.replace("kind: rest-json, ", "") + wire, "policy_issue.yaml": operation_yaml}
    found = workshop.said("partless", files)
    assert any(said in each for each in found), found


ARMOUR = "begin: ----BEGIN DATA----, end: ----END DATA----"


@pytest.mark.parametrize(
    ("more", "line_end", "behind"),
    [("", "\n", ""), (", line: crlf, last: true", "\r\n", "\r\n"), (", lines: 64", "\n", "")],
)
def test_base_64_stands_between_two_lines_and_is_taken_out_of_them(made, keyed, more, line_end, behind):
    module = made(
        f"  - json: {{}}\n  - encrypt: {{ algo: aes-128-ecb, key: secret.aes }}\n  - base64: {{ {ARMOUR}{more} }}\n"
    )
    body = module.build(REQ, keyed).body.decode()
    first, *lines, last = body.removesuffix(behind).split(line_end)
    assert (first, last) == ("----BEGIN DATA----", "----END DATA----")
    assert all(len(line) <= 64 for line in lines) if "lines" in more else len(lines) == 1
    assert "张三".encode() in blocks(ECB(), base64.b64decode("".join(lines)))
    told = base64.b64encode(blocks(ECB(), filled(json.dumps(YES).encode()), opening=False)).decode()
    for space in ("\n", "\r\n", ""):
        good = f"{space}----BEGIN DATA----{space}{told}{space}----END DATA----{space}".encode()
        assert understood(module, good, keyed).outcome.kind is OutcomeKind.accepted
    for bad in (told, f"----BEGIN DATA----{told}", f"{told}----END DATA----", "----BEGIN DATA", "", "{}"):
        assert understood(module, bad.encode(), keyed).outcome.kind is OutcomeKind.unknown


@pytest.mark.parametrize("wrong", ["begin: [a]", 'end: ""', 'begin: "a\\nb"', "begin: =now('yyyy')"])
def test_what_is_no_line_stands_before_no_data(workshop, carrier_yaml, operation_yaml, wrong):
    wire = f"wire:\n  - json: {{}}\n  - base64: {{ {wrong} }}\n"
    files = {"carrier.yaml": carrier_yaml.replace("kind: rest-json, ", "") + wire, "policy_issue.yaml": operation_yaml}
    assert any("E261" in each for each in workshop.refused("lineless", files))


def test_a_text_before_other_layers_of_a_reply_is_told_as_that_and_not_on_every_row(
    workshop, carrier_yaml, operation_yaml
):
    wire = "wire: [json: {}]\nreply:\n  - text: '(?P<data>.*)'\n  - base64: {}\n  - json: {}\n"
    files = {"carrier.yaml": carrier_yaml.replace("kind: rest-json, ", "") + wire, "policy_issue.yaml": operation_yaml}
    assert workshop.said("early", files, "E473") == []
    assert any(
        "E270: base64 unpacks bytes, here is a message already" in each for each in workshop.refused("early", files)
    )
