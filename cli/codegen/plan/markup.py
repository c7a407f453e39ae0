"""XML and SOAP when sending: the form of a message as a constant, the envelope of an operation, its header blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cli.codegen.plan import options
from cli.codegen.plan.code import Constant
from cli.codegen.plan.durations import seconds
from cli.codegen.plan.elements import wire_names
from cli.codegen.plan.environment import Carrier, charset_of
from cli.codegen.plan.expressions import Scope, compiled, is_secret
from cli.codegen.plan.frame import Refused
from cli.mapping.soap import SoapCall, WrongSoap, check_soap, read_call, soap_layer
from cli.mapping.tree import Expression, Layer, Option, StepDecl, Text

if TYPE_CHECKING:
    from cli.codegen.plan.encoding import Encoding

SOAP_CONTENT = {"1.1": "text/xml", "1.2": "application/soap+xml"}


def xml_form(state: Encoding, layer: Layer) -> str:
    """The constant that says how a carrier wants its XML."""
    root = options.needed(layer, "root")
    parts = [f"root={root!r}", *_shared(state, layer, "false")]
    made = Constant("XML", "", f"{state.env.use('XmlForm')}({', '.join(parts)})", state.frame.tag(layer.mark))
    return state.env.define_codec(made)


def _shared(state: Encoding, layer: Layer, declared: str) -> list[str]:
    """What XML and SOAP have in common."""
    declared = options.text(layer, "declaration", declared) or "false"
    charset = next((charset_of(each) for each in state.layers if each.name == "charset"), "UTF-8")
    if "put" in layer.options:
        # A wrapper is in the charset behind it, whatever its payload was in.
        behind = state.layers[state.layers.index(layer) + 1 :]
        charset = next((charset_of(each) for each in behind if each.name == "charset"), "UTF-8")
    parts = []
    if declared == "true":
        parts.append(f"declaration={state.env.use('xml_declaration')}({charset!r})")
    elif declared != "false":
        parts.append(f"declaration={declared!r}")
    if (empty := options.text(layer, "empty", "tag")) != "tag":
        parts.append(f"empty={empty!r}")
    if cdata := _cdata(layer):
        parts.append(f"cdata=frozenset({cdata!r})")
    if (spaces := _spaces(layer)) and options.text(layer, "ns_at") != "operation":
        parts.append(f"ns={spaces!r}")
    return parts


def _spaces(layer: Layer) -> dict[str, str]:
    """Prefixes against the names of namespaces."""
    return {name: uri.value for name, uri in options.pairs(layer, "ns") if isinstance(uri, Text)}


def _cdata(layer: Layer) -> tuple[str, ...]:
    """The elements whose text is wrapped: those named, or that of `put` with `cdata: true`."""
    named = tuple(part.value for part in options.texts(layer, "cdata") if isinstance(part, Text))
    if not isinstance(layer.options.get("cdata"), Text):
        return named
    if named == ("false",):
        return ()
    put = options.text(layer, "put")
    if named != ("true",) or put is None:
        hint = "cdata: [Name], or cdata: true beside put"
        raise Refused("E260", options.mark(layer, "cdata"), "cdata lists elements, or is true beside put", hint)
    return (wire_names(put)[-1],)


def soap_written(state: Encoding, layer: Layer, tree: str) -> str:
    """The expression of the envelope's text; the operation element is the function's parameter `element`."""
    try:
        check_soap(layer)
    except WrongSoap as fault:
        raise Refused("E447", fault.mark, fault.message, fault.hint) from None
    version = options.text(layer, "version", "1.1") or "1.1"
    parts = [repr(version), *_shared(state, layer, "true")]
    if (prefix := options.text(layer, "prefix", "soap")) != "soap":
        parts.insert(1, f"prefix={prefix!r}")
    made = Constant("SOAP", "", f"{state.env.use('soap_form')}({', '.join(parts)})", state.frame.tag(layer.mark))
    form = state.env.define_codec(made)
    header = _header(state, layer, prefix or "soap")
    _action(state, layer, version)
    arguments = [tree, "element", form, *([header] if header else [])]
    if options.text(layer, "ns_at") == "operation" and (spaces := _spaces(layer)):
        arguments.append(f"ns={spaces!r}")
    return f"{state.env.use('soap_out')}({', '.join(arguments)})"


def _action(state: Encoding, layer: Layer, version: str) -> None:
    """SOAP 1.1 has a header of its own for the action, 1.2 a parameter of the content type."""
    action = options.text(layer, "action")
    if not action and version == "1.2":
        return
    said = f"{state.env.use('soap_action')}({action or ''!r}, element)"
    if version == "1.1":
        state.say(f"headers['SOAPAction'] = {said}", layer)
    else:
        state.content_more = f" + '; action=' + {said}"


def _header(state: Encoding, layer: Layer, prefix: str) -> str:
    """The variable that holds the header blocks; empty when the envelope has no header."""
    if "header" not in layer.options and "wsse" not in layer.options:
        return ""
    name = state.frame.locals.new("blocks")
    state.env.use("Wire")
    state.say(f"{name}: Wire = {{}}", layer)
    if (wsse := layer.options.get("wsse")) is not None and isinstance(wsse, Mapping):
        state.say(f"{name}['wsse:Security'] = {_token(state, layer, wsse, prefix)}", layer)
    for path, option in options.pairs(layer, "header"):
        names = ", ".join(repr(each) for each in wire_names(path))
        state.say(f"{state.env.use('put')}({name}, {_value(state, layer, option)}, {names})", layer)
    return name


def _token(state: Encoding, layer: Layer, wsse: Mapping[str, Option], prefix: str) -> str:
    state.frame.uses.add("ctx")
    password = wsse["password"]
    name = is_secret(password) if isinstance(password, Expression) else None
    if name is None:
        raise Refused("E447", options.mark(layer, "wsse"), "the password is a secret: password: =secret.password")
    digest = _says(wsse, "type", "text") == "digest"
    must = (
        f", must_understand={prefix + ':mustUnderstand'!r}" if _says(wsse, "must_understand", "false") == "true" else ""
    )
    if lifetime := _says(wsse, "lifetime", ""):
        must += f", lifetime_s={seconds(lifetime, layer)!r}"
    nonce = f"ctx.nonce({state.env.use('NONCE_LENGTH')})" if digest else "''"
    user = f"str({state.env.use('need')}({_value(state, layer, wsse['username'])}, 'username'))"
    secret = f"{state.env.use('secret')}(ctx, {name!r})"
    return f"{state.env.use('username_token')}({user}, {secret}, ctx.now, {nonce}, digest={digest}{must})"


def _says(wsse: Mapping[str, Option], word: str, otherwise: str) -> str:
    found = wsse.get(word)
    return found.value if isinstance(found, Text) else otherwise


def _value(state: Encoding, layer: Layer, option: Option) -> str:
    if isinstance(option, Text):
        return repr(option.value)
    if not isinstance(option, Expression):
        raise Refused("E260", layer.mark, "header blocks hold constants and expressions")
    if (secret := is_secret(option)) is not None:
        return f"{state.env.use('secret')}(ctx, {secret!r}).reveal()"
    return compiled(state.env, state.frame, option, Scope()).text


def soap_call(step: StepDecl, carrier: Carrier) -> SoapCall | None:
    """The operation element of a call, where its layers make an envelope."""
    layer = soap_layer(step.wire if step.wire is not None else carrier.tree.carrier.wire)
    if layer is None:
        return None
    try:
        return read_call(step.call, layer, step.mark)
    except WrongSoap as fault:
        raise Refused("E280", fault.mark, fault.message, fault.hint) from None
