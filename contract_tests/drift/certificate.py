"""The certificate a sandbox shows: whose key, who signed it, until when, and what of that was otherwise before."""

import hashlib
import socket
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct

from contract_tests.drift.finding import Finding

HTTPS_PORT = 443
WAIT_S = 5.0
ENDS_SOON = timedelta(days=30)
AT = "certificate"


class Shown(Struct, frozen=True, kw_only=True):
    """One certificate: the digest of its public key, its issuer, its last moment."""

    key: str
    issuer: str
    ends_at: datetime


def shown_at(origin: str) -> Shown | None:
    """The certificate of a host called over TLS; None without TLS, and where no handshake comes about.

    Nothing is sent and nothing is believed: whether the certificate is trusted is what the calls themselves find out.
    """
    parts = urlsplit(origin)
    if parts.scheme != "https" or parts.hostname is None:
        return None
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((parts.hostname, parts.port or HTTPS_PORT), WAIT_S) as plain,
            context.wrap_socket(plain, server_hostname=parts.hostname) as secured,
        ):
            data = secured.getpeercert(binary_form=True)
    except OSError:
        return None
    return _read(data) if data else None


def _read(data: bytes) -> Shown | None:
    try:
        found = x509.load_der_x509_certificate(data)
        key = found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except ValueError:
        return None
    issuer = found.issuer.rfc4514_string()
    return Shown(key=hashlib.sha256(key).hexdigest(), issuer=issuer, ends_at=found.not_valid_after_utc)


def certificate_findings(carrier: str, now: Shown | None, before: Shown | None, at: datetime) -> Iterator[Finding]:
    """It ends within 30 days or has ended, and what is another than in the last run that saw one."""
    if now is None:
        return
    left = now.ends_at - at
    if left < ENDS_SOON:
        words = f"ends in {left.days} days" if left > timedelta(0) else "has ended"
        yield _told(carrier, f"{AT} end", f"{words}, {now.ends_at:%Y-%m-%d}")
    if before is not None and before.key != now.key:
        yield _told(carrier, f"{AT} key", "another key than in the run before: whoever pins it refuses it")
    if before is not None and before.issuer != now.issuer:
        yield _told(carrier, f"{AT} issuer", f"signed by '{now.issuer}', was '{before.issuer}'")


def _told(carrier: str, at: str, said: str) -> Finding:
    return Finding(severity="warn", kind="certificate", carrier=carrier, operation="", at=at, said=said)
