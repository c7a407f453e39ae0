"""Who we are to a carrier: a client certificate and the authorities we believe, as one TLS context.

The host's name and certificate are verified always; there is no switch for it.
"""

import ssl
import tempfile
from pathlib import Path

PEM = "-----BEGIN"
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - the one place a file never reaches a disk


class TlsInvalid(ValueError):
    """A certificate, key or authority that cannot be used; the message quotes nothing of it."""


def client_context(
    cert: str | None = None, key: str | None = None, ca: str | None = None, version: str = "1.2"
) -> ssl.SSLContext:
    """A context for calls to one carrier; each part is a PEM text or the path of a PEM file.

    `key` may stand in `cert`. `ca` takes the place of the system's authorities: a carrier with an authority of its own
    is believed on its word alone.

    In TLS 1.3 a host looks at the certificate after our side of the handshake is done: a refusal arrives when the
    request may have left, and a write is then unknown. In 1.2 the handshake itself fails and nothing was sent, so a
    certificate is shown in 1.2 unless `version` says otherwise. Raises TlsInvalid.
    """
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cadata=_pem(ca, "ca") if ca else None)
    except ssl.SSLError:
        raise TlsInvalid("tls.ca holds no certificate of an authority") from None
    if cert is not None:
        context.maximum_version = ssl.TLSVersion.TLSv1_3 if version == "1.3" else ssl.TLSVersion.TLSv1_2
        _load(context, _pem(cert, "cert"), _pem(key, "key") if key else "")
    return context


def _pem(text: str, what: str) -> str:
    if PEM in text:
        # An environment variable may hold a PEM in one line.
        return text.replace("\\n", "\n")
    try:
        found = Path(text).read_text("ascii")
    except (OSError, ValueError):
        raise TlsInvalid(f"tls.{what} is neither a PEM text nor a file that can be read") from None
    if PEM not in found:
        raise TlsInvalid(f"tls.{what}: the file holds no PEM")
    return found


def _load(context: ssl.SSLContext, cert: str, key: str) -> None:
    """The ssl module reads a private key from a file only: one for us alone, in memory where there is such a place."""
    folder = str(_IN_MEMORY) if _IN_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="insurehub-", dir=folder) as private:
        file = Path(private) / "client.pem"
        file.touch(mode=0o600)
        file.write_text(f"{cert}\n{key}", "ascii")
        try:
            context.load_cert_chain(file, password=_no_password)
        except (ssl.SSLError, OSError, ValueError):
            message = "tls.cert and its key are no pair: a PEM certificate, and its private key without a password"
            raise TlsInvalid(message) from None


def _no_password() -> str:
    # Without this OpenSSL would ask on the terminal.
    raise ValueError
