"""Mutual TLS on real sockets: who we are, whom we believe, and that nothing has left when either side says no."""

import ssl

import pytest
import trustme

from gateway.transport import Ambiguous, CarrierTransport, Fault, NotSent, TlsInvalid, client_context, send


async def ok(visit):
    await visit.request()
    await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def pem(certificate):
    return b"".join(part.bytes() for part in certificate.cert_chain_pems).decode()


@pytest.fixture
def client(authority):
    return authority.issue_cert("insurehub.example")


@pytest.fixture
def ca(authority):
    return authority.cert_pem.bytes().decode()


@pytest.fixture
def demanding(authority):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


async def sent(host, context):
    async with CarrierTransport(tls=context) as transport:
        return await send(transport, "POST", f"{host.url}/issue", body=b"<a/>", deadline_s=5)


async def test_the_right_certificate_opens_the_way(a_host, demanding, client, ca):
    context = client_context(pem(client), client.private_key_pem.bytes().decode(), ca)
    async with a_host(ok, tls=demanding) as host:
        assert (await sent(host, context)).status == 200


@pytest.mark.parametrize("parts", ["one text", "one line", "files"])
async def test_certificate_and_key_may_be_texts_lines_or_files(a_host, demanding, client, ca, tmp_path, parts):
    both = client.private_key_and_cert_chain_pem.bytes().decode()
    if parts == "files":
        for name, text in (("both.pem", both), ("ca.pem", ca)):
            (tmp_path / name).write_text(text, "ascii")
        context = client_context(str(tmp_path / "both.pem"), str(tmp_path / "both.pem"), str(tmp_path / "ca.pem"))
    else:
        context = client_context(both if parts == "one text" else both.replace("\n", "\\n"), ca=ca)
    async with a_host(ok, tls=demanding) as host:
        assert (await sent(host, context)).status == 200


async def test_without_a_certificate_nothing_is_sent_in_tls_1_2(a_host, demanding, ca):
    bare = client_context(ca=ca)
    bare.maximum_version = ssl.TLSVersion.TLSv1_2
    async with a_host(ok, tls=demanding) as host:
        with pytest.raises(NotSent):
            await sent(host, bare)
        assert host.requests == []


async def test_a_certificate_the_carrier_does_not_know_is_refused_before_anything_is_sent(a_host, demanding, ca):
    stranger = trustme.CA().issue_cert("insurehub.example")
    context = client_context(stranger.private_key_and_cert_chain_pem.bytes().decode(), ca=ca)
    async with a_host(ok, tls=demanding) as host:
        with pytest.raises(NotSent) as caught:
            await sent(host, context)
        assert caught.value.fault in (Fault.tls, Fault.unreachable)
        assert host.requests == []


async def test_in_tls_1_3_the_same_refusal_comes_when_the_request_may_have_left(a_host, demanding, ca):
    demanding.minimum_version = ssl.TLSVersion.TLSv1_3
    stranger = trustme.CA().issue_cert("insurehub.example")
    context = client_context(stranger.private_key_and_cert_chain_pem.bytes().decode(), ca=ca, version="1.3")
    async with a_host(ok, tls=demanding) as host:
        with pytest.raises(Ambiguous):
            await sent(host, context)


async def test_a_server_of_another_authority_or_name_is_sent_nothing(a_host, authority, demanding, client, ca):
    both = client.private_key_and_cert_chain_pem.bytes().decode()
    others = trustme.CA().cert_pem.bytes().decode()
    async with a_host(ok, tls=demanding) as host:
        for context in (client_context(both, ca=others), client_context(both)):
            with pytest.raises(NotSent) as caught:
                await sent(host, context)
            assert caught.value.fault is Fault.tls
        assert host.requests == []
    named = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("other.example").configure_cert(named)
    async with a_host(ok, tls=named) as host:
        with pytest.raises(NotSent):
            await sent(host, client_context(both, ca=ca))


def test_names_and_certificates_of_hosts_are_always_verified(client, ca):
    for context in (
        client_context(),
        client_context(ca=ca),
        client_context(pem(client), client.private_key_pem.bytes().decode()),
    ):
        assert context.check_hostname
        assert context.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("what", ["no pair", "no key", "no file", "no pem", "a key under a password", "no authority"])
def test_what_is_no_certificate_is_told_without_a_word_of_it(client, ca, tmp_path, what):
    certificate, key = pem(client), client.private_key_pem.bytes().decode()
    strange = trustme.CA().issue_cert("x.example").private_key_pem.bytes().decode()
    (tmp_path / "empty").write_text("secret words", "ascii")
    locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"
    given = {
        "no pair": (certificate, strange, ca),
        "no key": (certificate, None, ca),
        "no file": (str(tmp_path / "missing.pem"), None, ca),
        "no pem": (str(tmp_path / "empty"), None, ca),
        "a key under a password": (certificate, locked, ca),
        "no authority": (certificate, key, "-----BEGIN CERTIFICATE-----\nsecret words\n-----END CERTIFICATE-----\n"),
    }
    with pytest.raises(TlsInvalid) as caught:
        client_context(*given[what])
    assert "secret words" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
