"""What `transport.tls` may say, for checker and generator: certificate and key are secrets, the rest settings."""

import re
from collections.abc import Iterator

from cli.mapping.tree import Expression, Text, TransportDecl
from gateway.catalogue.marks import Mark

_SECRET = re.compile(r"secret\.[a-z][a-z0-9_]*")
_FORMS = {
    "cert": _SECRET,
    "key": _SECRET,
    "ca": re.compile(r"(?:secret|config)\.[a-z][a-z0-9_]*"),
    "version": re.compile(r"1\.[23]"),
}
_HINT = "tls: { cert: secret.client_cert, ca: config.ca_file }"


def faults_of_tls(transport: TransportDecl) -> Iterator[tuple[Mark, str, str | None]]:
    """Everything that is wrong with it: where, what, and what to write."""
    for word, option in transport.tls.items():
        if not isinstance(option, Text) or not _FORMS[word].fullmatch(option.value):
            mark = option.mark if isinstance(option, Text | Expression) else transport.mark
            yield mark, f"tls: {word} is not what it should be", _HINT
    if "cert" not in transport.tls:
        if "key" in transport.tls:
            yield transport.mark, "tls: a key without its certificate", _HINT
        if "version" in transport.tls:
            yield transport.mark, "tls: version says how a certificate is shown, and there is none", _HINT
