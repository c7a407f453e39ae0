"""Certificates made at start: of a carrier that demands one of its callers, and those a careful client refuses."""

import datetime as dt
import ipaddress
import ssl
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_PEM = serialization.Encoding.PEM
_DAY = dt.timedelta(days=1)
_HERE = (x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1")))


@lru_cache(maxsize=2)
def bad_context(*, expired: bool) -> ssl.SSLContext:
    """A server's TLS context with such a certificate for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    today = dt.datetime.now(dt.UTC)
    start, end = (today - 30 * _DAY, today - _DAY) if expired else (today - _DAY, today + 30 * _DAY)
    name = _name("localhost")
    certificate = _builder(name, name, key, start, end).add_extension(
        x509.SubjectAlternativeName(_HERE[:1]), critical=False
    )
    return _context(_pair(certificate.sign(key, hashes.SHA256()), key))


@dataclass(frozen=True, slots=True)
class Mutual:
    """What both sides of mutual TLS need: the server's context, and for its client two PEM texts.

    `ca` is the authority both sides believe, `client` the client's certificate with its private key; without one the
    server asks for none.
    """

    server: ssl.SSLContext
    ca: str
    client: str

    def write(self, folder: Path) -> dict[str, str]:
        """The client's part as files, for another process; the key is readable by us alone."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = {}
        for name, text in (("ca", self.ca), ("client", self.client)) if self.client else (("ca", self.ca),):
            file = folder / f"{name}.pem"
            file.touch(mode=0o600)
            file.write_text(text, "ascii")
            found[name] = str(file)
        return found


def mutual(client: str = "insurehub test client") -> Mutual:
    """A fresh authority, a server's certificate for this machine and a client's, none of which opens anything real."""
    authority = ec.generate_private_key(ec.SECP256R1())
    issuer = _name("insurehub mock authority")
    today = dt.datetime.now(dt.UTC)
    span = (today - _DAY, today + 30 * _DAY)
    ca = _builder(issuer, issuer, authority, *span).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    ca_text = ca.sign(authority, hashes.SHA256()).public_bytes(_PEM).decode()
    pairs = []
    for name in ("localhost", client):
        key = ec.generate_private_key(ec.SECP256R1())
        made = _builder(_name(name), issuer, key, *span)
        if name == "localhost":
            made = made.add_extension(x509.SubjectAlternativeName(_HERE), critical=False)
        pairs.append(_pair(made.sign(authority, hashes.SHA256()), key))
    context = _context(pairs[0])
    context.load_verify_locations(cadata=ca_text)
    context.verify_mode = ssl.CERT_REQUIRED
    return Mutual(context, ca_text, pairs[1])


def one_sided() -> Mutual:
    """The same of a carrier that shows a certificate and asks for none."""
    both = mutual()
    both.server.verify_mode = ssl.CERT_NONE
    return Mutual(both.server, both.ca, "")


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, start: dt.datetime, end: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )


def _pair(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> str:
    """Certificate and private key as one PEM text."""
    private = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return (private + certificate.public_bytes(_PEM)).decode()


def _context(pair: str) -> ssl.SSLContext:
    """The ssl module reads certificates from files only."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mock.pem"
        file.write_text(pair, "ascii")
        context.load_cert_chain(file)
    return context
