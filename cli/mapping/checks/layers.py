"""Wire layers, URL, calls, headers and token: what each names must exist, a secret must stand where it may."""

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping

from cli.mapping.braces import BRACES, CALL
from cli.mapping.capabilities import CALL_METHODS
from cli.mapping.checks.ciphers import check_cipher, check_json_text
from cli.mapping.checks.expressions import check_expression, is_secret
from cli.mapping.checks.extras import check_extras
from cli.mapping.checks.forgotten import check_constant
from cli.mapping.checks.proof import check_forms
from cli.mapping.checks.records import check_record_layer
from cli.mapping.checks.surroundings import Checking, Place
from cli.mapping.checks.unused import check_unused
from cli.mapping.ciphers import makes_key, opens_with_sent, sends_iv
from cli.mapping.frames import WrongFrame, read_frame
from cli.mapping.headers import OF_CALL, TAKEN, basic_parts, taken_headers
from cli.mapping.jose import WrongJose, read_jose
from cli.mapping.layers import FORMATS, Layers
from cli.mapping.soap import WrongSoap, check_soap, read_call, soap_layer
from cli.mapping.tls import faults_of_tls
from cli.mapping.tree import CallHeader, CarrierFile, Expression, Layer, Option, Text, TransportDecl
from cli.mapping.wrapping import kept_names
from cli.mapping.xml_signature import WrongXmlSignature, read_xml_signature
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import did_you_mean
from gateway.wire.layers.charset import CHARSETS
from gateway.wire.sign import ENCODINGS, SIGNERS, plan_signer
from gateway.wire.sign.messages import ALGORITHMS

_SETTING = re.compile(r"(config|secret)\.[a-z][a-z0-9_]*")
# What only the layer itself can know: bytes, signatures and digests made on the way.
_OF_BYTES = re.compile(r"\b(body|query|signature|size|sorted|values|between|http)\b|_hex|_base64|_raw")
# Names that stand in `over` as expressions only; `secret.x`, `header.X` and `wire.x` are parts by themselves.
_NEEDS_EQUALS = re.compile(r"(?:config|binding|refs)\.[a-z][a-z0-9_.]*|(?:now|nonce|request_no|attempt_no)\(.*\)")
_CREDENTIAL = re.compile(r"(?:config|secret)\.[a-z][a-z0-9_]*")
_SECRET_IN_TEXT = re.compile(r"\{\s*secret\.")


def check_layers(checking: Checking, layers: Layers, *, reply: bool = False) -> None:
    """The options of every layer that name something."""
    kept = _kept(layers)
    for layer in layers:
        check_record_layer(checking, layer)
        match layer.name:
            case "charset":
                _check_charset(checking, layer)
            case "sign" | "verify":
                _check_signature(checking, layer)
            case "http_signature":
                _check_message_signature(checking, layer)
            case "xml_signature":
                _check_xml_signature(checking, layer, reply=reply)
            case "encrypt":
                check_cipher(checking, layer, reply=reply)
                _check_parts(checking, layer.options.get("key"))
            case "jws" | "jwe":
                _check_jose(checking, layer, reply=reply)
            case "json_text":
                check_json_text(checking, layer)
            case "headers":
                _check_taken(checking, layer)
            case "frame":
                _check_frame(checking, layer)
                _check_wrapper(checking, layer, kept)
            case "soap":
                _check_soap(checking, layer, reply=reply)
                _check_wrapper(checking, layer, kept)
            case _:
                _check_wrapper(checking, layer, kept)


def check_opened(checking: Checking, wire: Layers, reply: tuple[Layers, ...] | None) -> None:
    """What one half of a key pair has sealed the other opens: the reply cannot be read off the wire."""
    for layer in wire:
        algo = layer.options.get("algo")
        by_pair = "wrap" in layer.options or (isinstance(algo, Text) and algo.value.startswith("rsa-"))
        paired = (layer.name == "encrypt" and by_pair) or (layer.name in ("jws", "jwe") and "as" not in layer.options)
        if paired and "fields" not in layer.options and not reply:
            hint = f"reply: [.., {layer.name}: {{ algo: .., key: secret.our_key }}, ..]"
            hint += ", or key: sent where it comes under the key of the request" if "wrap" in layer.options else ""
            checking.say("E446", layer.mark, "the reply is not under this key: write out its layers", hint)


def check_sent(checking: Checking, wire: Layers, reply: tuple[Layers, ...]) -> None:
    """A reply under what was made for its request needs a request that made it, once; a callback answers none."""
    for layer in (each for layers in reply for each in layers if opens_with_sent(each)):
        _check_made(checking, layer, wire)


def _check_made(checking: Checking, layer: Layer, wire: Layers) -> None:
    made = [each for each in wire if makes_key(each)]
    hint = "encrypt: { .., key: =nonce(16), wrap: { algo: rsa-pkcs1, key: secret.carrier_key, as: wrapped } } in wire"
    if len(made) != 1:
        text = "no layer of wire makes a key" if not made else "several layers of wire make keys"
        checking.say("E446", layer.mark, f"sent is what the request was encrypted with, and {text}", hint)
    elif sends_iv(layer) and not isinstance(made[0].options.get("iv"), Expression):
        checking.say("E446", layer.mark, "the request makes no iv of its own", "iv: =nonce(16), as: iv in wire")


def _kept(layers: Layers) -> frozenset[str]:
    """The names something is kept under (`as`), for a wrapper's `with` or a header that comes later."""
    return frozenset(name for layer in layers for name in kept_names(layer))


def _check_charset(checking: Checking, layer: Layer) -> None:
    name = layer.options.get("name")
    if not isinstance(name, Text):
        checking.say("E441", layer.mark, "a charset layer names its charset: charset: GBK")
        return
    try:
        is_text = codecs.lookup(name.value)._is_text_encoding  # noqa: SLF001 - "rot13" and "zip" are codecs too
    except (LookupError, ValueError):
        is_text = False
    if not is_text:
        hint = did_you_mean(name.value, CHARSETS) or f"such as {', '.join(CHARSETS)}"
        checking.say("E441", name.mark, f"no charset '{name.value}'", hint)


def _check_signature(checking: Checking, layer: Layer) -> None:
    algo, over, encode = (layer.options.get(word) for word in ("algo", "over", "encode"))
    if not isinstance(algo, Text):
        checking.say("E440", layer.mark, f"{layer.name} does not say its algo")
    else:
        try:
            plan_signer(algo.value, keyed="key" in layer.options)
        except ValueError as fault:
            checking.say("E440", algo.mark, str(fault))
    if not isinstance(over, tuple) or not over:
        checking.say("E440", layer.mark, f"{layer.name} does not say what it covers", "over: [secret.key, body]")
    _check_parts(checking, over)
    if isinstance(encode, Text) and encode.value not in ENCODINGS:
        checking.say("E440", encode.mark, f"no encoding '{encode.value}'", did_you_mean(encode.value, ENCODINGS))
    where = "put" if layer.name == "sign" else "from"
    if where not in layer.options and "as" not in layer.options:
        checking.say("E440", layer.mark, f"{layer.name} does not say where the signature stands", f"{where}: header.X")
    _check_key(checking, layer)
    check_extras(checking, layer, [spec.extra for name, spec in SIGNERS.items() if _names(layer, name)])


def _check_parts(checking: Checking, parts: Option | None) -> None:
    """E440 for the name of a value among parts that would stand there as its letters."""
    for part in parts if isinstance(parts, tuple) else ():
        if isinstance(part, Text) and not part.quoted and _NEEDS_EQUALS.fullmatch(part.value):
            message = f"'{part.value}' would be covered as these letters"
            checking.say("E440", part.mark, message, f"write ={part.value}, or quote the letters")


def _check_message_signature(checking: Checking, layer: Layer) -> None:
    algo = layer.options.get("algo")
    if not isinstance(algo, Text) or algo.value not in ALGORITHMS:
        mark = algo.mark if isinstance(algo, Text) else layer.mark
        checking.say("E440", mark, "http_signature names one of its algorithms", f"algo: {', '.join(ALGORITHMS)}")
    _check_key(checking, layer)
    for word in ("keyid", "nonce", "tag"):
        if (option := layer.options.get(word)) is not None:
            check_options(checking, {word: option}, None)


def _check_xml_signature(checking: Checking, layer: Layer, *, reply: bool) -> None:
    try:
        read_xml_signature(layer, reply=reply)
    except WrongXmlSignature as fault:
        checking.say("E440", fault.mark, fault.message, fault.hint)


def _names(layer: Layer, algo: str) -> bool:
    """Whether a signature is made by an algorithm, or has a part that is."""
    over = layer.options.get("over")
    parts = [part.value for part in over if isinstance(part, Text)] if isinstance(over, tuple) else []
    said = layer.options.get("algo")
    return (isinstance(said, Text) and said.value == algo) or any(f"{algo}_" in part for part in parts)


def _check_taken(checking: Checking, layer: Layer) -> None:
    if taken_headers(layer) is None:
        checking.say("E445", layer.mark, "which headers stand in the message, and under which name?", TAKEN)


def _check_frame(checking: Checking, layer: Layer) -> None:
    try:
        read_frame(layer)
    except WrongFrame as fault:
        checking.say("E449", fault.mark, fault.message, fault.hint)


def _check_jose(checking: Checking, layer: Layer, *, reply: bool) -> None:
    try:
        said = read_jose(layer, reply=reply)
    except WrongJose as fault:
        checking.say("E452", fault.mark, fault.message, fault.hint)
        return
    check_options(checking, dict((*said.header, *said.claims)), None)


def _check_soap(checking: Checking, layer: Layer, *, reply: bool) -> None:
    try:
        check_soap(layer, reply=reply)
    except WrongSoap as fault:
        checking.say("E447", fault.mark, fault.message, fault.hint)
    for word in ("header", "wsse"):
        inside = layer.options.get(word)
        if isinstance(inside, Mapping):
            check_options(checking, inside, None)


def _check_key(checking: Checking, layer: Layer) -> None:
    key = layer.options.get("key")
    parts = key if isinstance(key, tuple) else (key,)
    if key is not None and not any(isinstance(part, Text) and "secret." in part.value for part in parts):
        mark = layer.key_marks.get("key", layer.mark)
        checking.say("E440", mark, "a key is a secret: key: secret.name", "nothing secret stands in a mapping")


def _check_wrapper(checking: Checking, layer: Layer, kept: frozenset[str]) -> None:
    inside = layer.options.get("with")
    if "with" in layer.options and "put" not in layer.options and layer.name != "frame":
        checking.say("E445", layer.mark, f"{layer.name}: 'with' stands beside 'put'")
    if isinstance(inside, Mapping):
        named = {path: option for path, option in inside.items() if not _names_one(option, kept)}
        check_options(checking, named, None)


def _names_one(option: Option, kept: frozenset[str]) -> bool:
    return isinstance(option, Expression) and option.source in kept


def _check_header_text(checking: Checking, value: Text) -> None:
    """What stands in the braces of a header: the token, a signature kept with `as`, a setting, an expression."""
    for found in BRACES.finditer(value.value):
        if found[1] == "token" and checking.carrier.token is None:
            checking.say("E442", value.mark, "'{token}' without security.token")
        elif found[1] == "token":
            checking.token_sent = True
        kept = _kept(checking.carrier.wire)
        if (parts := basic_parts(found[1])) is not None:
            _check_basic(checking, parts, kept, value.mark.shifted(found.start(1) + int(value.quoted)))
        elif found[1] not in {"token", *OF_CALL, *kept} and not _SETTING.fullmatch(found[1]):
            mark = value.mark.shifted(found.start(1) + int(value.quoted))
            check_expression(checking, Expression(found[1], mark), None, wire=False)


def _check_basic(checking: Checking, parts: tuple[str, str], kept: frozenset[str], mark: Mark) -> None:
    """E443 for credentials that are neither settings nor secrets nor signatures."""
    for part in parts:
        if part not in kept and not _CREDENTIAL.fullmatch(part):
            hint = did_you_mean(part, kept) or "{basic(config.user;secret.password)}, {basic(config.partner;sig)}"
            message = f"basic() takes config.name, secret.name and names of signatures, not '{part}'"
            checking.say("E443", mark, message, hint)


def check_options(checking: Checking, options: Mapping[str, Option], place: Place | None) -> None:
    """Values written beside the message: `with` of a wrapper, the answer to a callback."""
    for option in options.values():
        _check_option(checking, option)
        check_constant(checking, option)
        if isinstance(option, Mapping):
            check_options(checking, option, place)
        elif isinstance(option, Expression) and not is_secret(option) and not _OF_BYTES.search(option.source):
            check_expression(checking, option, place, reply=place is not None)


def _check_option(checking: Checking, option: Option | None) -> None:
    if isinstance(option, Text) and _SECRET_IN_TEXT.search(option.value):
        checking.say("E313", option.mark, "a secret inside a text", "a secret is a whole value: =secret.name")
    elif isinstance(option, tuple):
        for each in option:
            _check_option(checking, each)
    elif option is not None and not isinstance(option, Text | Expression):
        for each in option.values():
            _check_option(checking, each)


def check_transport(checking: Checking, transport: TransportDecl | None) -> None:
    """The URL is made of settings only; a certificate is one of the channel's settings."""
    if transport is None:
        return
    _check_tls(checking, transport)
    if transport.url is None:
        return
    for found in BRACES.finditer(transport.url.value):
        if found[1] == "token":
            check_expression(checking, Expression("token", transport.url.mark), None, wire=False)
        elif not _SETTING.fullmatch(found[1]) or found[1].startswith("secret."):
            hint = "a URL takes {config.name}, and {token}"
            checking.say("E443", transport.url.mark, f"'{{{found[1]}}}' cannot stand in a URL", hint)


def _check_tls(checking: Checking, transport: TransportDecl) -> None:
    if transport.tls and transport is not checking.carrier.transport:
        hint = "a channel shows one certificate: write it in carrier.yaml"
        checking.say("E448", transport.mark, "an operation has no certificate of its own", hint)
    for mark, message, what_to_do in faults_of_tls(transport):
        checking.say("E448", mark, message, what_to_do)


def check_call(checking: Checking, call: Text | None, place: Place, layers: Layers, mark: Mark) -> None:
    """`METHOD /path/{expression}`, or with SOAP the operation element."""
    if (soap := soap_layer(layers)) is not None:
        try:
            path = read_call(call, soap, mark).path
        except WrongSoap as fault:
            checking.say("E443", fault.mark, fault.message, fault.hint)
            return
        call = Text(path, call.mark, call.quoted) if call is not None else None
    elif call is not None:
        found = CALL.fullmatch(call.value)
        if found is None or found[1] not in CALL_METHODS:
            hint = (
                "write METHOD /path, as in POST /policies; with a query: POST /router?method=issue, POST ?method=issue"
            )
            if call.value in CALL_METHODS:
                hint = f"POST to the URL itself is what is sent without call: leave it out; else {call.value} /path"
            checking.say("E443", call.mark, f"'{call.value}' is no call", hint)
            return
    if call is None:
        return
    for braces in BRACES.finditer(call.value):
        mark = call.mark.shifted(braces.start(1) + int(call.quoted))
        check_expression(checking, Expression(braces[1], mark), place)


def check_call_headers(checking: Checking, headers: Iterable[CallHeader], place: Place) -> None:
    """What one call says in headers of its own, of its request as well; each value in braces is an expression."""
    for header in headers:
        value = header.value
        check_constant(checking, value)
        inside = (value,) if isinstance(value, Expression) else tuple(_in_braces(value))
        if not inside and header.needed:
            checking.say("E443", value.mark, f"{header.name.value} is always there: missing says nothing")
        for each in inside:
            if not is_secret(each):
                check_expression(checking, each, place)
        if isinstance(value, Text) and "{" in BRACES.sub("", value.value):
            checking.say("E443", value.mark, "'{' without '}'", 'braces hold an expression: "{req.client_ref}"')


def _in_braces(text: Text) -> Iterator[Expression]:
    for found in BRACES.finditer(text.value):
        yield Expression(found[1], text.mark.shifted(found.start(1) + int(text.quoted)))


def check_carrier_wire(checking: Checking, carrier: CarrierFile) -> None:
    """Everything of `carrier.yaml` that says how bytes travel."""
    check_layers(checking, carrier.wire)
    check_unused(checking, carrier.wire)
    check_opened(checking, carrier.wire, carrier.reply)
    check_sent(checking, carrier.wire, carrier.reply)
    for layers in carrier.reply:
        check_layers(checking, layers, reply=True)
    check_forms(checking, carrier.reply)
    check_transport(checking, carrier.transport)
    has_url = carrier.transport is not None and carrier.transport.url is not None
    if not has_url and not carrier.native:
        checking.say("E443", carrier.mark, "the carrier has no transport.url", 'url: "{config.base_url}/service"')
    if not carrier.native and not any(layer.name in FORMATS for layer in carrier.wire):
        hint = "transport: { kind: .. } or a wire list"
        checking.say("E445", carrier.mark, "no layer says what a message looks like on the wire", hint)
    _check_headers(checking, carrier)


def _check_headers(checking: Checking, carrier: CarrierFile) -> None:
    for _, value in carrier.headers:
        check_constant(checking, value)
        if isinstance(value, Expression):
            if not is_secret(value) and value.source.strip() not in OF_CALL:
                check_expression(checking, value, None, wire=False)
            continue
        _check_header_text(checking, value)
