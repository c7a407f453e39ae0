"""`carrier.yaml` and `codes.yaml`: what all operations of a carrier share."""

from collections.abc import Mapping

from cli.mapping.callbacks import read_callbacks
from cli.mapping.files import Folder
from cli.mapping.headers import read_headers
from cli.mapping.layers import Layers, expand, options_of, read_reply, read_wire
from cli.mapping.messages import read_message
from cli.mapping.operations import read_format
from cli.mapping.security import read_signature, read_token, refuse_signatures
from cli.mapping.tables import read_code_tables, read_errors
from cli.mapping.transport import transport_of
from cli.mapping.tree import (
    CarrierFile,
    CodeTable,
    Layer,
    Message,
    Option,
    SourceDecl,
    Text,
    TokenDecl,
    TransportDecl,
    Value,
)
from cli.mapping.words import Words, entries, one_or_many, text_of
from gateway.catalogue.currencies import no_currency
from gateway.catalogue.nodes import MapNode, Node, ScalarNode
from gateway.catalogue.values import as_decimal, as_map, did_you_mean
from gateway.model.operations import OPERATIONS
from gateway.wire.hours import parse_hours
from gateway.wire.patterns import parse_zone

SHAPES_MAX = 500
UNSUPPORTED_MAX = 100

CANONICAL = "insure/2026-01"

_DOCUMENTS = ("file", "openapi", "xsd", "wsdl")
_LIMITS = ("rate_per_s", "concurrent_max", "batch_max", "window", "maintenance")


def read_carrier(folder: Folder) -> CarrierFile | None:
    """The carrier's own file with its code tables, or None when nothing of it can be used."""
    node = folder.read_map("carrier.yaml")
    tables = _codes(folder)
    if node is None:
        return None
    words = Words(node, folder.faults, "carrier.yaml")
    read_format(words)
    _refuse_enums(words)
    wire = _Wire(words)
    head = _head(words, folder)
    carrier = CarrierFile(
        mark=words.mark,
        file=folder.shown("carrier.yaml"),
        id=folder.path.name,
        name=head["name"],
        version=head["version"],
        canonical=head["canonical"],
        native=words.flag("native"),
        transport=wire.transport,
        wire=wire.wire,
        reply=wire.reply,
        headers=wire.headers,
        token=wire.token,
        defaults=_defaults(words),
        tables=tables,
        shapes=_shapes(words),
        errors=read_errors(words, folder),
        callbacks=read_callbacks(words),
        unsupported=_unsupported(words),
        limits=_limits(words),
        source=_source(words),
    )
    words.done()
    return carrier


def _source(words: Words) -> SourceDecl | None:
    """The document among the notes under `source`; what else stands there is for people."""
    node = words.get("source")
    if not isinstance(node, MapNode):
        return None
    inner = Words(node, words.faults, "source")
    file = next((text for word in _DOCUMENTS if (text := inner.text(word)) is not None), None)
    return None if file is None else SourceDecl(file, inner.text("sha256"))


def _codes(folder: Folder) -> Mapping[str, CodeTable]:
    if not (folder.path / "codes.yaml").is_file():
        return {}
    node = folder.read_map("codes.yaml")
    if node is None:
        return {}
    words = Words(node, folder.faults, "codes.yaml")
    read_format(words)
    found = read_code_tables(words, folder)
    words.done()
    return found


def _refuse_enums(words: Words) -> None:
    if words.get("enums") is not None:
        words.faults.add(words.node.mark_of("enums"), "code tables stand in codes.yaml, not here", code="E111")


def _head(words: Words, folder: Folder) -> dict[str, str]:
    """`carrier: {id, name, version, canonical}`; the id is the folder's name."""
    words.need("carrier")
    inner = words.map("carrier")
    if inner is None:
        return {"name": folder.path.name, "version": "", "canonical": CANONICAL}
    found = {}
    for word in ("id", "name", "version", "canonical"):
        inner.need(word)
        text = inner.text(word)
        found[word] = "" if text is None else text.value
        if text is not None and word == "id" and text.value != folder.path.name:
            message = f"the carrier's id is '{text.value}', its folder '{folder.path.name}': they are one name"
            words.faults.add(text.mark, message, code="E121")
        if text is not None and word == "canonical" and text.value != CANONICAL:
            words.faults.add(text.mark, f"canonical '{text.value}' is not known; this is {CANONICAL}", code="E121")
    inner.done()
    return found


class _Wire:
    """Transport, layers and security: three words of the file that only make sense together."""

    transport: TransportDecl | None = None
    headers: tuple[tuple[Text, Value], ...] = ()
    token: TokenDecl | None = None
    wire: Layers
    reply: tuple[Layers, ...]

    def __init__(self, words: Words) -> None:
        transport, security = words.map("transport"), words.map("security")
        own_wire, own_reply = read_wire(words), read_reply(words)
        sign: Layer | None = None
        verify: Layer | None = None
        if security is not None:
            self.headers, self.token = read_headers(security), read_token(security)
            if own_wire is None:
                sign, verify = read_signature(security, "sign"), read_signature(security, "verify")
            else:
                refuse_signatures(security)
            security.done()
        self.wire, self.reply = own_wire or (), own_reply or ()
        if transport is not None:
            self.transport = transport_of(transport)
            if own_wire is not None and "kind" in transport.node:
                hint = "'kind' is short for a wire list"
                place = transport.node.mark_of("kind")
                words.faults.add(place, "both 'transport.kind' and 'wire'", hint, code="E116")
            wire, reply = expand(transport, sign, verify)
            self.wire, self.reply = own_wire or wire, own_reply or reply
            transport.done()


def _defaults(words: Words) -> Mapping[str, Text]:
    inner = words.map("defaults")
    if inner is None:
        return {}
    found = {
        "timezone": inner.text("timezone"),
        "currency": inner.text("currency"),
        "missing": inner.text("missing"),
        "blank_is_missing": inner.word("blank_is_missing", ("true", "false")),
        "unknown_wire_fields": inner.word("unknown_wire_fields", ("warn", "ignore", "error")),
    }
    inner.done()
    currency = found["currency"]
    if currency is not None and (wrong := no_currency(currency.value)) is not None:
        words.faults.add(currency.mark, *wrong, code="E217")
    zone = found["timezone"]
    if zone is not None:
        try:
            parse_zone(zone.value)
        except ValueError as fault:
            words.faults.add(zone.mark, str(fault))
    return {word: text for word, text in found.items() if text is not None}


def _shapes(words: Words) -> Mapping[str, Message]:
    found = {}
    for key, node in entries(words, "shapes", SHAPES_MAX):
        inner = as_map(node, words.faults, f"shape '{key.text}'")
        if inner is not None:
            shape = Words(inner, words.faults, f"shape '{key.text}'")
            found[key.text] = read_message(shape, of_item=True)
            shape.done()
    return found


def _unsupported(words: Words) -> Mapping[str, Text]:
    found = {}
    for key, node in entries(words, "unsupported", UNSUPPORTED_MAX):
        reason = text_of(node, words.faults, f"the reason why '{key.text}' is unsupported")
        if key.text not in OPERATIONS:
            words.faults.add(key.mark, f"no operation '{key.text}'", did_you_mean(key.text, OPERATIONS), code="E405")
        elif reason is not None:
            found[key.text] = reason
    return found


def _each(node: Node | None) -> tuple[Node, ...]:
    return () if node is None else one_or_many(node)


def _limits(words: Words) -> Mapping[str, Option]:
    inner = words.map("limits")
    if inner is None:
        return {}
    inner.asked.update(_LIMITS)
    inner.done()
    inner.read("rate_per_s", as_decimal)
    inner.whole("concurrent_max", least=1)
    inner.whole("batch_max", least=1)
    for word in ("window", "maintenance"):
        for text in _each(inner.get(word)):
            try:
                parse_hours(text.text if isinstance(text, ScalarNode) else "")
            except ValueError as fault:
                words.faults.add(text.mark, f"{word}: {fault}")
    known = MapNode(tuple((key, node) for key, node in inner.node if key.text in _LIMITS), inner.mark)
    return options_of(known, words.faults)
