"""HTTP Message Signatures against the test cases of RFC 9421 appendix B.2, and what is refused of a signed reply."""

import base64
from datetime import UTC, datetime

import pytest

from gateway.wire import (
    CannotSend,
    Forged,
    Inbound,
    Secret,
    Unreadable,
    WireReply,
    content_digest,
    ecdsa_p256_sha256,
    ecdsa_p256_sha256_genuine,
    ed25519,
    ed25519_genuine,
    hmac_sha256,
    key_bytes,
    request_message,
    signature_base,
    signature_input,
    signed_reply,
)

URL = "https://example.com/foo?param=Value&Pet=dog"
BODY = b'{"hello": "world"}'
HEADERS = {
    "Host": "example.com",
    "Date": "Tue, 20 Apr 2021 02:07:55 GMT",
    "Content-Type": "application/json",
    "Content-Digest": (
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
    ),
    "Content-Length": "18",
}
CREATED = 1618884473
MESSAGE = request_message("POST", URL, HEADERS, BODY)

SHARED = Secret("uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==")
ED_PRIVATE = Secret(
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----"
)
ED_PUBLIC = Secret(
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----"
)
P256_PUBLIC = Secret(
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf\n"
    "w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==\n-----END PUBLIC KEY-----"
)


def test_a_request_signed_with_a_shared_secret_is_that_of_b_2_5():
    covered = ("date", "@authority", "content-type")
    described = signature_input(covered, (("created", CREATED), ("keyid", "test-shared-secret")))
    assert described == '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"'
    signature = hmac_sha256(key_bytes(SHARED, "base64"), signature_base(covered, described, MESSAGE))
    assert base64.b64encode(signature).decode() == "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="


def test_a_request_signed_with_ed25519_is_that_of_b_2_6():
    covered = ("date", "@method", "@path", "@authority", "content-type", "content-length")
    described = signature_input(covered, (("created", CREATED), ("keyid", "test-key-ed25519")))
    base = signature_base(covered, described, MESSAGE)
    signature = ed25519(ED_PRIVATE, base)
    assert base64.b64encode(signature).decode() == (
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    )
    assert ed25519_genuine(ED_PUBLIC, base, signature)
    assert not ed25519_genuine(ED_PUBLIC, base + b" ", signature)


RESPONSE = WireReply(
    status=200,
    headers=(
        ("Content-Type", "application/json"),
        (
            "Content-Digest",
            "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:",
        ),
        ("Content-Length", "23"),
        (
            "Signature-Input",
            'sig-b24=("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"',
        ),
        (
            "Signature",
            "sig-b24=:wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==:",
        ),
    ),
    body=b'{"message": "good dog"}',
)
NEEDED = ("@status", "content-digest")
NOW = datetime.fromtimestamp(CREATED + 60, UTC)


def test_the_response_of_b_2_4_is_genuine():
    found = signed_reply(RESPONSE, "sig-b24", NEEDED, algorithm="ecdsa-p256-sha256", now=NOW, skew_s=300.0)
    assert ecdsa_p256_sha256_genuine(P256_PUBLIC, found.base, found.signature)
    assert not ecdsa_p256_sha256_genuine(P256_PUBLIC, found.base, found.signature[:-1])
    assert not ecdsa_p256_sha256_genuine(P256_PUBLIC, found.base, bytes(64))


@pytest.mark.parametrize(
    ("component", "value"),
    [
        ("@method", "POST"), ("@target-uri", URL), ("@authority", "example.com"), ("@scheme", "https"),
        ("@request-target", "/foo?param=Value&Pet=dog"), ("@path", "/foo"), ("@query", "?param=Value&Pet=dog"),
        ('@query-param;name="Pet"', "dog"), ('@query-param;name="Value"', None), ("date", HEADERS["Date"]), ("x-no", None),
    ],
)  # fmt: skip
def test_a_component_is_that_of_section_2_2(component, value):
    assert MESSAGE.value(component) == value


@pytest.mark.parametrize(
    ("url", "component", "value"),
    [
        ("https://EXAMPLE.com:443/", "@authority", "example.com"),
        ("https://u:p@example.com:8443", "@authority", "example.com:8443"),
        ("http://example.com:80/x", "@authority", "example.com"),
        ("https://example.com", "@path", "/"),
        ("https://example.com", "@query", "?"),
        ("https://example.com/p?", "@request-target", "/p"),
        ("https://e.com/?a=x%20y&b=%E5%BC%A0", '@query-param;name="a"', "x%20y"),
        ("https://e.com/?a=x%20y&b=%E5%BC%A0", '@query-param;name="b"', "%E5%BC%A0"),
        ("https://e.com/?a=1&a=2", '@query-param;name="a"', None),
    ],
)
def test_a_component_of_the_url_is_brought_into_its_one_form(url, component, value):
    assert request_message("GET", url, {}, b"").value(component) == value


def test_a_content_digest_is_that_of_rfc_9530():
    assert content_digest(BODY, "sha-512") == HEADERS["Content-Digest"]
    assert content_digest(BODY, "sha-256") == "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"


def changed(**headers: str) -> WireReply:
    wanted = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    kept = [(name, wanted.get(name.lower(), value)) for name, value in RESPONSE.headers]
    return WireReply(status=RESPONSE.status, headers=tuple(pair for pair in kept if pair[1]), body=RESPONSE.body)


INPUT = dict(RESPONSE.headers)["Signature-Input"]
BAD = [
    (changed(signature_input=""), "bears no signature"),
    (changed(signature=""), "bears no signature"),
    (changed(signature="sig-b24=:AAAA"), "not written as the standard says"),
    (changed(signature="sig-b24=:A:"), "no base 64"),
    (changed(signature="other=:AAAA:"), "no signature 'sig-b24'"),
    (changed(signature_input=INPUT + ", " + INPUT), "no signature 'sig-b24'"),
    (changed(signature_input=INPUT.replace('"content-digest" ', "")), "does not cover content-digest"),
    (changed(signature_input=INPUT.replace('"content-type"', '"@status"')), "names something twice"),
    (changed(signature_input=INPUT + ";created=1"), "names something twice"),
    (changed(signature_input=INPUT.replace('"content-type"', '"x-absent"')), "no x-absent to sign"),
    (changed(signature_input=INPUT.replace('"content-type"', '"@method"')), "no @method to sign"),
    (changed(signature_input=INPUT.replace("created=1618884473", "created=1618884000")), "too far from now"),
    (changed(signature_input=INPUT.replace("created=1618884473;", "")), "too far from now"),
    (changed(signature_input=INPUT + ";expires=1618884474"), "is over"),
    (changed(signature_input=INPUT + ';alg="hmac-sha256"'), "another algorithm"),
    (changed(content_digest="sha-512=:AAAA:"), "not that of its Content-Digest"),
    (changed(content_digest="md5=:AAAA:"), "not that of its Content-Digest"),
    (changed(signature_input="sig-b24=" + "(" * 4000), "not written"),
    (changed(signature_input="sig-b24=(" + '"a" ' * 2000 + ")"), "bears no signature"),
    (WireReply(status=200, headers=RESPONSE.headers, body=b"{}"), "not that of its Content-Digest"),
]


@pytest.mark.parametrize(("reply", "words"), BAD)
def test_a_reply_that_is_not_signed_well_enough_is_forged(reply, words):
    with pytest.raises(Forged, match=words.replace("'", ".")):
        signed_reply(reply, "sig-b24", NEEDED, algorithm="ecdsa-p256-sha256", now=NOW, skew_s=300.0)


def test_of_several_signatures_that_of_the_label_is_taken():
    both = changed(
        signature_input='proxy=("@status");created=1, ' + INPUT,
        signature="proxy=:AAAA:, " + dict(RESPONSE.headers)["Signature"],
    )
    found = signed_reply(both, "sig-b24", NEEDED, now=NOW)
    assert ecdsa_p256_sha256_genuine(P256_PUBLIC, found.base, found.signature)


def test_a_callback_is_read_as_the_request_it_is():
    headers = (
        ("Host", "Hub.example:8443"),
        ("Signature-Input", 'a=("@method" "@path" "@authority" "@query")'),
        ("Signature", "a=:AAAA:"),
    )
    found = signed_reply(Inbound(method="POST", target="/callbacks/x?e=1", headers=headers), "a", ("@method",))
    assert found.base.decode().split("\n") == [
        '"@method": POST', '"@path": /callbacks/x', '"@authority": hub.example:8443', '"@query": ?e=1',
        '"@signature-params": ("@method" "@path" "@authority" "@query")',
    ]  # fmt: skip


def test_what_cannot_be_signed_is_not_sent():
    for headers in ({"X-Name": "张"}, {"X-Name": "a\r\nb"}, {}):
        with pytest.raises(CannotSend) as caught:
            signature_base(("x-name",), "()", request_message("GET", URL, headers, b""))
        assert "张" not in str(caught.value)
    with pytest.raises(CannotSend, match="keyid"):
        signature_input(("@method",), (("keyid", "键"),))
    assert signature_input(("@method",), (("tag", 'a"b\\c'),)) == '("@method");tag="a\\"b\\\\c"'


def test_an_ecdsa_signature_is_the_same_every_time_and_a_wrong_key_is_not_quoted():
    private = Secret(
        "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIFKbhfNZfpDsW43+0+JjUr9K+bTeuxopu653+hBaXGA7oAoGCCqGSM49\n"
        "AwEHoUQDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7xB4FivAxzic30tMM\n4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==\n"
        "-----END EC PRIVATE KEY-----"
    )
    signature = ecdsa_p256_sha256(private, b"x")
    assert signature == ecdsa_p256_sha256(private, b"x")
    assert ecdsa_p256_sha256_genuine(P256_PUBLIC, b"x", signature)
    for sign in (ed25519, ecdsa_p256_sha256):
        with pytest.raises(CannotSend) as caught:
            sign(Secret("geheim"), b"x")
        assert "geheim" not in str(caught.value)
    for check in (ed25519_genuine, ecdsa_p256_sha256_genuine):
        with pytest.raises(Unreadable):
            check(Secret("geheim"), b"x", bytes(64))
    with pytest.raises(CannotSend):
        ed25519(private, b"x")


# --- RFC 9421, 2.1.1 to 2.1.3: fields under a parameter ---

DICT = "a=1,    b=2;x=1;y=2,   c=(a   b   c), d"
FIELDS = [
    (("a=1,    b=2;x=1;y=2,   c=(a   b   c)",), ";sf", "a=1, b=2;x=1;y=2, c=(a b c)"),
    ((DICT,), ';key="a"', "1"),
    ((DICT,), ';key="d"', "?1"),
    ((DICT,), ';key="b"', "2;x=1;y=2"),
    ((DICT,), ';key="c"', "(a b c)"),
    (("a=1", "a=2, b"), ';key="a"', "2"),
    (('a="x, b=3 ; y";q=1,b=4',), ';key="b"', "4"),
    (('a="x, b=3 ; y" ; q=1 ,b',), ";sf", 'a="x, b=3 ; y";q=1, b'),
    (("value, with, lots", "of, commas"), ";bs", ":dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:"),
    (("value, with, lots, of, commas",), ";bs", ":dmFsdWUsIHdpdGgsIGxvdHMsIG9mLCBjb21tYXM=:"),
]


@pytest.mark.parametrize(("lines", "parameter", "value"), FIELDS, ids=[f"{row[1]} {row[0][0][:12]}" for row in FIELDS])
def test_a_field_under_a_parameter_is_covered_as_the_standard_writes_it(lines, parameter, value):
    component = f"example{parameter}"
    described = signature_input((component,), (("keyid", "k"),))
    assert described == f'("example"{parameter});keyid="k"'
    headers = tuple(("Example", line) for line in lines)
    signed = (("Signature-Input", f"sig1={described}"), ("Signature", "sig1=:AAAA:"))
    found = signed_reply(WireReply(status=200, headers=(*headers, *signed), body=b""), "sig1", (component,))
    assert found.base.decode() == f'"example"{parameter}: {value}\n"@signature-params": {described}'


def test_a_request_signs_a_member_of_a_header_of_its_own():
    message = request_message("GET", URL, {"Example": "a=1,  b"}, b"")
    described = signature_input(('example;key="b"',), ())
    assert signature_base(('example;key="b"',), described, message).startswith(b'"example";key="b": ?1\n')


@pytest.mark.parametrize("component", ['example;key="z"', "example;sf", "absent;bs"])
def test_a_field_that_has_no_such_value_is_not_signed(component):
    message = request_message("GET", URL, {"Example": 'a="unclosed'}, b"")
    with pytest.raises(CannotSend, match="has no"):
        signature_base((component,), "()", message)


def test_a_digest_covered_as_a_member_is_compared_with_the_body_too():
    component = 'content-digest;key="sha-256"'
    digest = content_digest(b"{}", "sha-256")
    headers = (
        ("Content-Digest", digest),
        ("Signature-Input", 'sig1=("content-digest";key="sha-256")'),
        ("Signature", "sig1=:AAAA:"),
    )
    assert signed_reply(WireReply(status=200, headers=headers, body=b"{}"), "sig1", (component,)).base
    with pytest.raises(Forged, match="not that of its Content-Digest"):
        signed_reply(WireReply(status=200, headers=headers, body=b"[]"), "sig1", (component,))
