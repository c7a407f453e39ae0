"""The layers of what is sent, from the message to a `WireRequest`: one function `encoded`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cli.codegen.plan import options
from cli.codegen.plan.byte_layers import BINARY, bytes_here, framed, packed, with_value, write_charset
from cli.codegen.plan.ciphers import seal, seal_fields
from cli.codegen.plan.code import Function, Line
from cli.codegen.plan.covering import names_header
from cli.codegen.plan.elements import wire_names
from cli.codegen.plan.environment import CHARSET_DEFAULT, FORMATS, Environment, charset_of, charset_sent
from cli.codegen.plan.expressions import Scope
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.framing import framing_constant
from cli.codegen.plan.headers import unsaid, write_headers, write_late
from cli.codegen.plan.jose import write_jwe, write_jws
from cli.codegen.plan.json_texts import json_options, json_tree, write_texts
from cli.codegen.plan.layouts import fixed_constant, pipe_constant
from cli.codegen.plan.markup import SOAP_CONTENT, soap_written, xml_form
from cli.codegen.plan.merging import guarded
from cli.codegen.plan.messages import sign_message
from cli.codegen.plan.multipart import multipart_written
from cli.codegen.plan.names import Locals
from cli.codegen.plan.seals import sign_document
from cli.codegen.plan.signing import Covered, signature
from cli.mapping.capabilities import refusal
from cli.mapping.soap import soap_layer
from cli.mapping.tree import Constants, Layer, Text, Value

CONTENT_TYPES = {
    "json": "application/json",
    "xml": "text/xml",
    "form": "application/x-www-form-urlencoded",
    "pipe": "text/plain",
    "fixed": "text/plain",
}


@dataclass(slots=True)
class Encoding:
    """The state between two layers.

    `form` is what the message is now: `fields` (the dict `wire`), `text` or `bytes`, held by `var`. `signatures` are
    those kept for a later `with` or header, `late` the headers that wait for one, `wrapped` the layers that sign the
    fields of a wrapper still to come, `session` the variables of what the reply may be opened with.
    """

    env: Environment
    frame: Frame
    layers: tuple[Layer, ...]
    bodyless: bool
    more: bool
    form: str = "fields"
    var: str = "wire"
    charset: str = CHARSET_DEFAULT
    content: str = ""
    content_more: str = ""
    framing: str = ""
    signatures: dict[str, str] = field(default_factory=dict)
    late: list[tuple[Text, Value]] = field(default_factory=list)
    wrapped: list[Layer] = field(default_factory=list)
    session: dict[str, str] = field(default_factory=dict)
    scope: Scope = field(default_factory=Scope)

    def say(self, text: str, layer: Layer | None = None) -> None:
        """One statement."""
        self.frame.say(Line(text, self.frame.tag(layer.mark) if layer is not None else ""))

    def given(self) -> str:
        """The headers by lower-case name, as they stand here."""
        self.frame.say_once(Line("given = {name.lower(): value for name, value in headers.items()}"))
        return "given"

    def put(self, layer: Layer, place: str, name: str) -> None:
        """Write what a variable holds to `header.X`, `query.x` or a wire path."""
        _put(self, layer, place, name)

    def charset_named(self) -> str:
        """The charset of texts among the bytes: the one at this place, else the wire's."""
        named = next((charset_of(each) for each in self.layers if each.name == "charset"), CHARSET_DEFAULT)
        return named if self.charset in ("ascii", BINARY) or self.form == "fields" else self.charset


def encoded_function(
    env: Environment,
    layers: tuple[Layer, ...],
    headers: tuple[tuple[Text, Value], ...],
    *,
    name: str,
    bodyless: bool,
    more: bool = False,
    replies: Iterable[tuple[Layer, ...]] = (),
    constants: Constants | None = None,
    scope: Scope | None = None,
) -> Function:
    """The function that turns a message into the request that is sent."""
    frame = Frame(env.module, Locals(("method", "url", "wire", "ctx", "headers", "body", "query", "more", "element")))
    frame.parameters = {"ctx", "wire"}
    frame.constants = {name: text.value for name, text in (constants or {}).items()}
    state = Encoding(env, frame, layers, bodyless, more, scope=scope or Scope())
    write_headers(state, headers)
    for index, layer in enumerate(layers):
        with env.carrier.faults.collected():
            _layer(state, layer, index)
    if state.form == "text":
        write_charset(state, Layer(layers[-1].mark, "charset", {"name": Text("utf-8", layers[-1].mark)}))
    write_late(state)
    _content_type(state, headers)
    with env.carrier.faults.collected():
        state.framing = framing_constant(env, layers, replies)
    _finish(state)
    imports = env.module.imports
    optional = " | None" if bodyless else ""
    parameters = [
        "method: str", "url: str", f"wire: {imports.add('gateway.wire', 'Wire')}{optional}",
        f"ctx: {imports.add('gateway.wire', 'Context')}",
    ]  # fmt: skip
    parameters += ["more: dict[str, str | None]"] if more else []
    parameters += ["element: str"] if soap_layer(layers) is not None else []
    returns = imports.add("gateway.wire", "WireRequest")
    doc = "The request that is sent: the message through every layer, with headers and signature."
    return Function(name, parameters, returns, frame.body, doc)


def _layer(state: Encoding, layer: Layer, index: int) -> None:
    if (why := refusal(layer.name, reply=False)) is not None:
        raise Refused("E269", layer.mark, why)
    if "put" in layer.options and layer.name in FORMATS:
        _wrapper(state, layer, index)
    elif layer.name in FORMATS:
        _format(state, layer, index)
    elif layer.name == "charset":
        write_charset(state, layer)
    elif layer.name == "sign" and _signs_wrapper(state, layer, index):
        state.wrapped.append(layer)
    elif layer.name == "sign":
        _sign(state, layer)
    elif layer.name == "http_signature":
        sign_message(state, layer)
    elif layer.name == "xml_signature":
        sign_document(state, layer)
    elif layer.name in ("jws", "jwe"):
        bytes_here(state, layer)
        _token(state, layer)
    elif layer.name == "encrypt" and "fields" in layer.options:
        seal_fields(state, layer)
    elif layer.name == "json_text":
        write_texts(state, layer)
    elif layer.name == "encrypt":
        bytes_here(state, layer)
        seal(state, layer)
        state.charset = BINARY
    elif layer.name == "frame":
        framed(state, layer)
    else:
        packed(state, layer)


def _token(state: Encoding, layer: Layer) -> None:
    """A token made of the body, or one beside it."""
    (write_jws if layer.name == "jws" else write_jwe)(state, layer)
    if "as" not in layer.options:
        state.charset, state.content = "ascii", "application/jose"


def _signs_wrapper(state: Encoding, layer: Layer, index: int) -> bool:
    """Whether the signature goes to a field of a wrapper (`put: form.sign`): it covers the wrapper's fields then."""
    wrapper, dot, _ = (options.text(layer, "put") or "").partition(".")
    ahead = (each for each in state.layers[index + 1 :] if "put" in each.options and each.name != "sign")
    return bool(dot) and state.form != "fields" and any(each.name == wrapper for each in ahead)


def _format(state: Encoding, layer: Layer, index: int) -> None:
    if state.form != "fields":
        raise Refused("E270", layer.mark, f"the message is {state.form} already: a second format needs put:")
    state.content = state.content or CONTENT_TYPES.get(layer.name, "")
    _written(state, layer, "wire", index)
    state.content = CONTENT_TYPES.get(layer.name, state.content)


def _written(state: Encoding, layer: Layer, tree: str, index: int) -> None:
    """A tree in one of the formats."""
    use = state.env.use
    match layer.name:
        case "json":
            message = f"{json_tree(state, layer, tree)}{json_options(layer)}"
            _became(state, layer, "bytes", f"{use('json_out')}({message})", CHARSET_DEFAULT)
        case "xml":
            _became(state, layer, "text", f"{use('xml_out')}({tree}, {xml_form(state, layer)})", "")
        case "soap":
            text = soap_written(state, layer, tree)
            state.content = SOAP_CONTENT[options.text(layer, "version", "1.1") or "1.1"]
            _became(state, layer, "text", text, "")
        case "pipe":
            form = pipe_constant(state.env, layer, state.frame.tag(layer.mark))
            _became(state, layer, "text", f"{use('pipe_out')}({tree}, {form})", "")
        case "fixed":
            charset = _charset_ahead(state, index)
            form = fixed_constant(state.env, layer, charset, state.frame.tag(layer.mark), sends=True)
            _became(state, layer, "text", f"{use('fixed_out')}({tree}, {form})", "")
        case "multipart":
            text = multipart_written(state, layer, tree, _charset_ahead(state, index))
            _became(state, layer, "bytes", text, "ascii")
        case "form":
            charset = _charset_ahead(state, index)
            _became(state, layer, "bytes", f"{use('form_out')}({tree}, {charset!r}{_escapes(layer)})", "ascii")
        case _:
            charset = _charset_ahead(state, index)
            state.say(f"query = {use('query_out')}({tree}, {charset!r}{_escapes(layer)})", layer)
            state.say(f"url = {use('with_query')}(url, query)", layer)
            state.form, state.var, state.content = "bytes", "body", ""
            state.say("body = b''")


def _escapes(layer: Layer) -> str:
    """The argument for percent signs that are not the usual ones."""
    named = options.text(layer, "escapes")
    return f", {named!r}" if named is not None else ""


def _became(state: Encoding, layer: Layer, form: str, text: str, charset: str) -> None:
    first = state.form == "fields" and state.bodyless
    blank = "''" if form == "text" else "b''"
    name = "message" if form == "text" else "body"
    state.say(f"{name} = {text}" + (f" if wire is not None else {blank}" if first else ""), layer)
    state.form, state.var, state.charset = form, name, charset or state.charset


def _charset_ahead(state: Encoding, index: int) -> str:
    """The charset of a form's values: the one named behind it, else the one of the message inside."""
    behind = (charset_of(each) for each in state.layers[index + 1 :] if each.name == "charset")
    return next(behind, charset_sent(state.layers[:index]))


# --- signatures ---


def _sign(state: Encoding, layer: Layer) -> None:
    covered = Covered(
        env=state.env,
        frame=state.frame,
        scope=Scope(),
        charset=state.charset_named(),
        body=state.var if state.form == "bytes" else None,
        fields="(wire or {})" if state.bodyless else "wire",
        header=_lowered(state, layer),
        has_query=True,
        own=_own(layer),
    )
    if state.form == "text":
        raise Refused("E265", layer.mark, "a signature covers bytes: put charset before sign")
    name = state.frame.locals.new(options.text(layer, "as") or "signature")
    state.say(f"{name} = {signature(covered, layer)}", layer)
    put = options.text(layer, "put")
    if (kept := options.text(layer, "as")) is not None:
        state.signatures[kept] = name
    elif put is None:
        raise Refused("E261", layer.mark, "sign needs put: (header.X, query.x, a wire path) or as: a name")
    if put is not None:
        _put(state, layer, put, name)


def _own(layer: Layer) -> str | None:
    put = options.text(layer, "put")
    return None if put is None or put.startswith("header.") else put.removeprefix("query.").removeprefix("form.")


def _lowered(state: Encoding, layer: Layer) -> str:
    """The headers by lower-case name, made only where a signature covers one."""
    return state.given() if names_header(layer) else "headers"


def _put(state: Encoding, layer: Layer, put: str, name: str) -> None:
    if put.startswith("header."):
        state.say(f"headers[{put.removeprefix('header.')!r}] = {name}", layer)
    elif put.startswith("query."):
        key = put.removeprefix("query.")
        query = next((each for each in state.layers if each.name == "query"), None)
        way = f", {state.charset!r}{_escapes(query)}" if query is not None and "escapes" in query.options else ""
        text = f"{state.env.use('query_out')}({{{key!r}: {name}}}{way})"
        state.say(f"url = {state.env.use('with_query')}(url, {text})", layer)
    elif state.form == "fields":
        if state.bodyless:
            raise Refused("E271", layer.mark, "a call without a body has no field for the signature")
        path = put.removeprefix("wire.").removeprefix("form.")
        names = ", ".join(repr(part) for part in wire_names(path))
        state.say(f"{state.env.use('put')}(wire, {name}, {names})", layer)
    else:
        raise Refused("E271", layer.mark, f"put: {put}: behind the format a signature goes to header.X or query.x")


# --- wrappers ---


def _wrapper(state: Encoding, layer: Layer, index: int) -> None:
    """A format around what the layers before it made, as one text among others."""
    payload = _as_it_is(state, layer, index) if options.flag(layer, "raw") else _payload(state, layer)
    tree = state.frame.locals.new("wrapper")
    put = options.needed(layer, "put")
    inside = list(options.pairs(layer, "with"))
    state.env.use("Wire")
    state.say(f"{tree}: Wire = {{}}", layer)
    if put not in (path for path, _ in inside):
        _into(state, layer, tree, put, payload)
    for path, value in inside:
        _into(state, layer, tree, path, payload if path == put else with_value(state, layer, value))
    _sign_wrapper(state, layer, tree)
    bodyless, state.bodyless = state.bodyless, False
    _written(state, layer, tree, index)
    state.bodyless = bodyless
    if layer.name not in ("soap", "multipart"):
        state.content = CONTENT_TYPES.get(layer.name, "")


_RAW = {"json": ("json_raw", ("json",)), "xml": ("XmlRaw", ("xml", "soap")), "soap": ("XmlRaw", ("xml", "soap"))}


def _as_it_is(state: Encoding, layer: Layer, index: int) -> str:
    """The payload of `raw: true`: what was written and signed before stands in the wrapper as it is."""
    written, made_by = _RAW[layer.name]
    inner = next(
        (each for each in reversed(state.layers[:index]) if each.name not in ("sign", "xml_signature", "charset")), None
    )
    if inner is None or inner.name not in made_by:
        what = " or ".join(made_by)
        raise Refused(
            "E445", options.mark(layer, "raw"), f"raw: what stands in {layer.name} as it is was written by {what}"
        )
    if options.text(inner, "declaration", "true" if inner.name == "soap" else "false") != "false":
        raise Refused(
            "E445",
            options.mark(layer, "raw"),
            "an XML declaration stands before the whole document only",
            "declaration: false",
        )
    return f"{state.env.use(written)}({_payload(state, layer)})"


def _into(state: Encoding, layer: Layer, tree: str, path: str, text: str) -> None:
    names = ", ".join(repr(name) for name in wire_names(path))
    state.say(f"{state.env.use('put')}({tree}, {text}, {names})", layer)


def _sign_wrapper(state: Encoding, layer: Layer, tree: str) -> None:
    """The signatures over a wrapper's fields: computed once all of them stand, before they are written out."""
    for signing in [each for each in state.wrapped if (options.text(each, "put") or "").startswith(f"{layer.name}.")]:
        own = options.needed(signing, "put").removeprefix(f"{layer.name}.")
        covered = Covered(
            env=state.env,
            frame=state.frame,
            scope=Scope(),
            charset=state.charset_named(),
            body=state.var if state.form == "bytes" else None,
            fields=tree,
            header=_lowered(state, signing),
            has_query=True,
            own=own,
        )
        _into(state, signing, tree, own, signature(covered, signing))
        state.wrapped.remove(signing)


def _payload(state: Encoding, layer: Layer) -> str:
    if state.form == "fields":
        raise Refused("E270", layer.mark, "a wrapper takes a text: write the message's own format before it")
    if state.charset == BINARY:
        raise Refused("E270", layer.mark, "encrypted bytes are no text: put base64 or hex behind encrypt")
    return state.var if state.form == "text" else f"{state.env.use('charset_in')}({state.var}, {state.charset!r})"


def _content_type(state: Encoding, headers: tuple[tuple[Text, Value], ...]) -> None:
    if not state.content or any(name.value.lower() == "content-type" for name, _ in headers):
        return
    charset = (
        ""
        if state.charset in ("", "ascii", BINARY) or state.content == "application/json"
        else f"; charset={state.charset}"
    )
    line = Line(f"headers['Content-Type'] = {state.content + charset!r}{state.content_more}")
    tests = (("body",) if state.bodyless else ()) + ((unsaid("Content-Type"),) if state.more else ())
    state.frame.say(*guarded(tests, [line]))


def _finish(state: Encoding) -> None:
    body = "body" if state.form == "bytes" else "b''"
    request = "WireRequest(method=method, url=url, headers=tuple(headers.items())"
    framing = f", framing={state.framing}" if state.framing else ""
    state.say(f"return {request}, body={body}{framing}{_session(state)})")


def _session(state: Encoding) -> str:
    """What the reply is opened with, where some reply of the carrier is: what was made here."""
    if not state.session or not state.env.carrier.opens_with_sent:
        return ""
    parts = ", ".join(f"{word!r}: {state.env.use('session_part')}({name})" for word, name in state.session.items())
    return f", session={{{parts}}}"
