"""`xml_signature`: the signature inside an XML document, of what is sent and of what comes in.

Read once for checker and generator.
"""

import re
from collections.abc import Mapping

from cli.mapping.tree import Expression, Layer, Text
from gateway.catalogue.marks import Mark
from gateway.wire.sign.canonical import FORMS
from gateway.wire.sign.enveloped import INFOS, XmlSealing
from gateway.wire.sign.xml import ALGORITHMS, DIGESTS

_SECRET = re.compile(r"secret\.([a-z][a-z0-9_]*)")
_NAME = re.compile(r"[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?")
_WORDS: Mapping[str, tuple[str, ...]] = {
    "algo": tuple(ALGORITHMS), "digest": tuple(DIGESTS), "form": tuple(FORMS), "info": INFOS,
}  # fmt: skip
_SENT_ONLY = ("cert", "digest", "form", "prefix", "info")
EXAMPLE = "xml_signature: { key: secret.our_key, cert: secret.our_cert, algo: rsa_sha256, of: Order }"
REPLY_EXAMPLE = "xml_signature: { key: secret.carrier_cert, algo: rsa_sha256, of: Order }"


class WrongXmlSignature(Exception):
    """An `xml_signature` that cannot be, with the place it stands at."""

    def __init__(self, mark: Mark, message: str, hint: str | None = None) -> None:
        """Say what is wrong, where, and what to do."""
        super().__init__(message)
        self.mark, self.message, self.hint = mark, message, hint


def read_xml_signature(layer: Layer, *, reply: bool) -> tuple[XmlSealing, str, str]:
    """How documents are signed, and the names of the secrets of key and certificate ("" for none).

    Raises `WrongXmlSignature`.
    """
    if reply and (word := next((word for word in _SENT_ONLY if word in layer.options), None)) is not None:
        raise WrongXmlSignature(_mark(layer, word), f"{word} is said by who signs; a reply's is read", REPLY_EXAMPLE)
    for word, allowed in _WORDS.items():
        if word in layer.options and _text(layer, word) not in allowed:
            raise WrongXmlSignature(_mark(layer, word), f"xml_signature: {word} is one of {', '.join(allowed)}")
    for word in ("of", "id", "prefix"):
        if _text(layer, word) and not _NAME.fullmatch(_text(layer, word)):
            raise WrongXmlSignature(
                _mark(layer, word), f"xml_signature: {word} is a name: of: Order, id: Id, prefix: ds"
            )
    if "id" in layer.options and "of" not in layer.options:
        raise WrongXmlSignature(_mark(layer, "id"), "the whole document is signed without an id: id stands beside of")
    info = _text(layer, "info") or "certificate"
    cert = _secret(layer, "cert") if "cert" in layer.options else ""
    if not reply and (info == "certificate") != bool(cert):
        why = "the certificate that travels is missing" if not cert else f"info: {info} sends no certificate"
        raise WrongXmlSignature(layer.mark, why, "cert: secret.our_cert, or info: none")
    how = XmlSealing(
        algo=_text(layer, "algo") or "rsa_sha256",
        digest=_text(layer, "digest") or "sha256",
        of=_text(layer, "of").rpartition(":")[2],
        id=_text(layer, "id") or "Id",
        form=_text(layer, "form") or "inclusive",
        prefix=_text(layer, "prefix"),
        info=info,
    )
    return how, _secret(layer, "key"), cert


def _secret(layer: Layer, word: str) -> str:
    option = layer.options.get(word)
    source = option.source if isinstance(option, Expression) else option.value if isinstance(option, Text) else ""
    if (found := _SECRET.fullmatch(source.strip())) is None:
        raise WrongXmlSignature(_mark(layer, word), f"xml_signature: {word} is a secret: {word}: secret.name", EXAMPLE)
    return found[1]


def _text(layer: Layer, word: str) -> str:
    found = layer.options.get(word)
    return found.value if isinstance(found, Text) else "" if found is None else "\0"


def _mark(layer: Layer, word: str) -> Mark:
    return layer.key_marks.get(word, layer.mark)
