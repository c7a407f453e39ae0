"""Which reader a document needs: by the end of its name."""

from pathlib import Path

from cli.wire_import import openapi, xsd
from cli.wire_import.document import ImportRefused, Offer

_READERS = {
    ".yaml": openapi.offers, ".yml": openapi.offers, ".json": openapi.offers, ".xsd": xsd.offers, ".wsdl": xsd.offers,
    ".xml": xsd.offers,
}  # fmt: skip


def offers_of(file: Path) -> tuple[Offer, ...]:
    """The messages a document describes; raises `ImportRefused`."""
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        raise ImportRefused(f"{file}: nothing is known of '{file.suffix}'", f"known: {', '.join(_READERS)}")
    found = reader(file)
    if not found:
        raise ImportRefused(f"{file} describes no message")
    return found
