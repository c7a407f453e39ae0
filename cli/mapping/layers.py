"""Wire layers: the ordered list from message to bytes, and the short `transport.kind` expanded into one.

Only the form is read here: which layers exist, which options each has, which of them are single words. Whether an
algorithm or charset exists is checked later, whether a layer can be generated is the generator's to say.
"""

from collections.abc import Mapping
from dataclasses import replace

from cli.mapping.tree import Layer, Option, Text
from cli.mapping.words import Words, value_of
from gateway.catalogue.marks import Mark
from gateway.catalogue.nodes import KeyNode, ListNode, MapNode, Node, ScalarNode, kind_of
from gateway.catalogue.values import Faults, did_you_mean
from gateway.wire.cipher import PADS
from gateway.wire.envelopes.jose import KEY_BYTES
from gateway.wire.layers.escapes import ESCAPES

LAYERS_MAX = 30
OPTIONS_MAX = 200

Layers = tuple[Layer, ...]

_ANY = ""
_DURATION = "duration"
_FLAG = "true|false"
_WRAPPER = {"put": _ANY, "with": _ANY}
_RECORDS = {"fields": _ANY, "records": _ANY, "end": _ANY, "line": _ANY, "last": _FLAG}

# Each layer with its options; a list of words with `|` between them is all an option can be.
LAYERS: Mapping[str, Mapping[str, str]] = {
    "json": {
        "numbers": "decimal|text",
        "unicode": "raw|escaped",
        "separators": "compact|spaced|indented",
        "sorted": _FLAG,
        "root": _ANY,
        "leaf": _ANY,
        "arrays": "none|leaves|all",
        "optional": _FLAG,
        **_WRAPPER,
        "raw": _FLAG,
    },
    "xml": {
        "root": _ANY,
        "declaration": _ANY,
        "empty": "tag|pair|omit",
        "ns": _ANY,
        **_WRAPPER,
        "raw": _FLAG,
        "cdata": _ANY,
    },
    "soap": {
        "version": "1.1|1.2",
        "operation": _ANY,
        "action": _ANY,
        "prefix": _ANY,
        "declaration": _ANY,
        "ns": _ANY,
        "ns_at": _ANY,
        "header": _ANY,
        "wsse": _ANY,
        "empty": "tag|pair|omit",
        **_WRAPPER,
        "raw": _FLAG,
        "cdata": _ANY,
    },
    "form": {"escapes": "|".join(ESCAPES), **_WRAPPER},
    "query": {"escapes": "|".join(ESCAPES), **_WRAPPER},
    "multipart": {"boundary": _ANY, "files": _ANY, **_WRAPPER},
    "pipe": {
        "separator": _ANY,
        "escape": "refuse|backslash|quote",
        "release": _ANY,
        "trim": _FLAG,
        "trailing": "keep|omit",
        "others": "refuse|skip",
        **_RECORDS,
        **_WRAPPER,
    },
    "fixed": {**_RECORDS, **_WRAPPER},
    "text": {"pattern": _ANY, **_WRAPPER},
    "binary": {"to": _ANY, "begins": _ANY, "ends": _ANY},
    "json_text": {
        "fields": _ANY,
        "unicode": "raw|escaped",
        "separators": "compact|spaced|indented",
        "sorted": _FLAG,
    },
    "charset": {"name": _ANY, "unencodable": "error|gb18030|ncr"},
    "sign": {
        "algo": _ANY,
        "over": _ANY,
        "key": _ANY,
        "key_as": _ANY,
        "user_id": _ANY,
        "encode": _ANY,
        "put": _ANY,
        "as": _ANY,
    },
    "verify": {
        "algo": _ANY,
        "over": _ANY,
        "key": _ANY,
        "key_as": _ANY,
        "user_id": _ANY,
        "encode": _ANY,
        "from": _ANY,
        "match": _ANY,
        "max_skew": _DURATION,
        "stamp": _ANY,
        "on_fail": "unknown",
    },
    "xml_signature": {
        **dict.fromkeys(("key", "cert", "algo", "digest", "of", "id", "form", "prefix", "info"), _ANY),
    },
    "http_signature": {
        **dict.fromkeys(("algo", "key", "key_as", "label", "components", "keyid", "nonce", "tag", "digest"), _ANY),
        "created": _FLAG,
        "expires": _DURATION,
        "alg": _FLAG,
        "max_skew": _DURATION,
    },
    "encrypt": {
        "algo": _ANY,
        "key": _ANY,
        "key_as": _ANY,
        "iv": _ANY,
        "iv_as": _ANY,
        "pad": "|".join(PADS),
        "tag": "end|start",
        "aad": _ANY,
        "wrap": _ANY,
        "mac": _ANY,
        "as": _ANY,
        "fields": _ANY,
        "encode": _ANY,
    },
    "jws": {
        **dict.fromkeys(("algo", "key", "key_as", "header", "claims", "as", "from", "crit"), _ANY),
        "detached": _FLAG,
        "b64": _FLAG,
        "max_skew": _DURATION,
    },
    "jwe": {**dict.fromkeys(("algo", "key", "key_as", "header"), _ANY), "enc": "|".join(KEY_BYTES)},
    "base64": {
        "url_safe": _FLAG,
        "lines": "64|76",
        "line": "lf|crlf",
        "last": _FLAG,
        "begin": _ANY,
        "end": _ANY,
    },
    "hex": {"upper": _FLAG},
    "url_encode": {"plus": _FLAG, "lower": _FLAG},
    "gzip": {},
    "mtom": {},
    "headers": {"of": _ANY, "as": _ANY},
    "frame": {"widths": _ANY, "pad": _ANY, "with": _ANY, "length": "digits|binary", "as": _ANY},
}

# The option a bare value stands for: `charset: GBK`.
_SHORT = {"charset": "name", "text": "pattern"}

FORMATS = ("json", "xml", "soap", "form", "query", "multipart", "pipe", "fixed", "text", "binary")

KINDS: Mapping[str, str] = {"rest-json": "json", "xml": "xml", "soap": "soap", "form": "form"}
"""What `transport.kind` is short for: the format layer in front of the charset."""


def read_layers(node: Node, faults: Faults, what: str) -> Layers:
    """A list of layers."""
    if not isinstance(node, ListNode) or not 0 < len(node) <= LAYERS_MAX:
        faults.add(node.mark, f"{what} must be a list of 1 to {LAYERS_MAX} layers")
        return ()
    found = (_entry(item, faults) for item in node)
    return tuple(layer for layer in found if layer is not None)


def read_wire(words: Words) -> Layers | None:
    """`wire`, or None when it is left out."""
    return words.read("wire", read_layers)


def read_reply(words: Words) -> tuple[Layers, ...] | None:
    """`reply`: one list of layers, or several of which the first that decodes is taken; None when it is left out."""
    node = words.get("reply")
    if node is None:
        return None
    if isinstance(node, ListNode) and node.items and all(isinstance(item, ListNode) for item in node):
        return tuple(read_layers(item, words.faults, "reply") for item in node)
    return (read_layers(node, words.faults, "reply"),)


def _entry(node: Node, faults: Faults) -> Layer | None:
    if isinstance(node, ScalarNode):
        return _layer(KeyNode(node.text, node.quoted, node.mark), MapNode((), node.mark), faults)
    if not isinstance(node, MapNode) or len(node) != 1:
        faults.add(node.mark, "a layer is one name with its options: - charset: GBK")
        return None
    key, value = node.entries[0]
    return _layer(key, value, faults)


def _layer(key: KeyNode, node: Node, faults: Faults) -> Layer | None:
    if key.text not in LAYERS:
        faults.add(key.mark, f"no layer '{key.text}'", did_you_mean(key.text, LAYERS), code="E124")
        return None
    return layer_of(key.text, node, key.mark, faults)


def layer_of(name: str, node: Node, mark: Mark, faults: Faults) -> Layer:
    """The layer of that name with its options; unknown options are faults."""
    if isinstance(node, ScalarNode):
        return _short_layer(name, node, mark, faults)
    if not isinstance(node, MapNode):
        faults.add(node.mark, f"the options of {name} are a map, not {kind_of(node)}")
        return Layer(mark, name)
    words = Words(node, faults, f"layer {name}")
    for option, allowed in LAYERS[name].items():
        if allowed == _DURATION:
            words.duration_s(option)
        elif allowed:
            words.word(option, allowed.split("|"))
        else:
            words.asked.add(option)
    words.done()
    return Layer(mark, name, options_of(node, faults), {key.text: key.mark for key, _ in node})


def _short_layer(name: str, node: ScalarNode, mark: Mark, faults: Faults) -> Layer:
    if node.is_null:
        return Layer(mark, name)
    if name not in _SHORT:
        faults.add(node.mark, f"the options of {name} are a map, not a text")
        return Layer(mark, name)
    option = _SHORT[name]
    return Layer(mark, name, {option: Text(node.text, node.mark, node.quoted)}, {option: node.mark})


def options_of(node: MapNode, faults: Faults) -> Mapping[str, Option]:
    """A map of options as typed: texts, expressions after `=`, lists and maps of them."""
    found = {key.text: option_of(value, faults) for key, value in node.entries[:OPTIONS_MAX]}
    if len(node) > OPTIONS_MAX:
        faults.add(node.mark, f"more than {OPTIONS_MAX} options", code="E119")
    return found


def option_of(node: Node, faults: Faults) -> Option:
    """One option as typed; a key without a value is an empty text."""
    if isinstance(node, MapNode):
        return options_of(node, faults)
    if isinstance(node, ListNode):
        return tuple(option_of(item, faults) for item in node)
    if node.is_null:
        return Text("", node.mark)
    return value_of(node, faults, "an option") or Text("", node.mark)


def expand(transport: Words, sign: Layer | None, verify: Layer | None) -> tuple[Layers, tuple[Layers, ...]]:
    """`transport.kind` as what it is short for: the layers sent, and the reply's when it is not plain undoing."""
    kind = transport.word("kind", KINDS)
    charset = _charset(transport)
    formats = {name: transport.get(name) for name in KINDS.values()}
    if kind is None:
        _refuse_without_kind(transport, formats)
        return (), ()
    name = KINDS[kind.value]
    for other, node in formats.items():
        if node is not None and other != name:
            hint = f"'{kind.value}' takes '{name}', or write the layers out under wire"
            transport.faults.add(
                transport.node.mark_of(other), f"kind {kind.value} has no '{other}'", hint, code="E116"
            )
    options = formats[name]
    mark = transport.node.mark_of(name if options is not None else "kind")
    layer = Layer(mark, name) if options is None else layer_of(name, options, mark, transport.faults)
    wire = (layer, charset, *(() if sign is None else (sign,)))
    return wire, () if verify is None else ((verify, *undone(wire)),)


def _charset(transport: Words) -> Layer:
    name, unencodable = transport.text("charset"), transport.word("unencodable", ("error", "gb18030", "ncr"))
    options: dict[str, Option] = {"name": name or Text("UTF-8", transport.mark)}
    if unencodable is not None:
        options["unencodable"] = unencodable
    mark = transport.node.mark_of("charset")
    return Layer(mark, "charset", options, {key: transport.node.mark_of(key) for key in options})


def _refuse_without_kind(transport: Words, formats: Mapping[str, Node | None]) -> None:
    for word in (*formats, "charset", "unencodable"):
        if word in transport.node:
            hint = "with layers written out under wire, this is an option of its layer"
            transport.faults.add(transport.node.mark_of(word), f"'{word}' stands with 'kind' only", hint, code="E116")


def undone(wire: Layers) -> Layers:
    """The wire undone from last to first, without signatures, wrappers and what was done to single fields."""
    return tuple(_without_header(layer) for layer in reversed(wire) if is_undone(layer))


def _without_header(layer: Layer) -> Layer:
    """An envelope without what only the sender puts into its header."""
    kept = {word: option for word, option in layer.options.items() if word not in ("wsse", "header")}
    return replace(layer, options=kept if layer.name == "soap" else layer.options)


def is_undone(layer: Layer) -> bool:
    """Whether a reply whose layers are left out is taken to be under this one as well."""
    alone = layer.name == "encrypt" and "fields" in layer.options
    return (
        layer.name not in ("sign", "http_signature", "xml_signature", "json_text", "jws", "jwe")
        and "put" not in layer.options
        and not alone
    )


__all__ = [
    "FORMATS", "KINDS", "LAYERS", "Layers", "expand", "is_undone", "layer_of", "option_of", "options_of", "read_layers",
    "read_reply", "read_wire", "undone",
]  # fmt: skip
