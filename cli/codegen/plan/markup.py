"""XML and SOAP when sending: the form of a message as a constant, the envelope of an operation, its header blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.codegen.plan import options
from cli.codegen.plan.code import Constant
from cli.codegen.plan.durations import seconds
from cli.codegen.plan.elements import wire_names
from cli.codegen.plan.environment import Carrier, Environment, charset_of
from cli.codegen.plan.expressions import Scope, compiled, is_secret
from cli.codegen.plan.frame import Refused
from cli.mapping.soap import SoapCall, WrongSoap, check_soap, namespaces_at, read_call, soap_layer
from cli.mapping.soap_security import SoapSecurity, read_security
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
    if spaces := namespaces_at(layer, "envelope"):
        parts.append(f"ns={spaces!r}")
    return parts


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
    if spaces := namespaces_at(layer, "operation"):
        arguments.append(f"ns={spaces!r}")
    if spaces := namespaces_at(layer, "body"):
        arguments.append(f"body={spaces!r}")
    said = read_security(layer, reply=False)
    if said is None or not said.key:
        return f"{state.env.use('soap_out')}({', '.join(arguments)})"
    how = signing_constant(state.env, said, state.frame.tag(layer.mark))
    arguments += [f"how={how}", f"key={_secret(state, said.key)}", f"cert={_secret(state, said.cert)}"]
    return f"{state.env.use('soap_signed_out')}({', '.join(arguments)})"


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
    if (said := read_security(layer, reply=False)) is not None:
        state.say(f"{name}['wsse:Security'] = {_security(state, layer, said, prefix)}", layer)
    for path, option in options.pairs(layer, "header"):
        names = ", ".join(repr(each) for each in wire_names(path))
        state.say(f"{state.env.use('put')}({name}, {_value(state, layer, option)}, {names})", layer)
    return name


def _security(state: Encoding, layer: Layer, said: SoapSecurity, prefix: str) -> str:
    """The `wsse:Security` block, before it is signed."""
    state.frame.uses.add("ctx")
    understood = (f"{prefix}:mustUnderstand", said.must_understand)
    more = f", must_understand={understood!r}" if said.must_understand else ""
    if said.lifetime:
        more += f", lifetime_s={seconds(said.lifetime, layer)!r}"
    if said.username is None:
        return f"{state.env.use('security_block')}(ctx.now{more})"
    nonce = f"ctx.nonce({state.env.use('NONCE_LENGTH')})" if said.digest_password else "''"
    user = f"str({state.env.use('need')}({_value(state, layer, said.username)}, 'username'))"
    secret = _secret(state, said.password)
    return f"{state.env.use('username_token')}({user}, {secret}, ctx.now, {nonce}, digest={said.digest_password}{more})"


def _secret(state: Encoding, name: str) -> str:
    return f"{state.env.use('secret')}(ctx, {name!r})"


def signing_constant(env: Environment, said: SoapSecurity, tag: str) -> str:
    """The constant that says how envelopes are signed."""
    parts = [f"algo={said.algo!r}", f"digest={said.digest!r}", f"parts={said.parts!r}"]
    parts += ["by_issuer=True"] if said.by_issuer else []
    return env.define_codec(Constant("SIGNED", "", f"{env.use('XmlSigning')}({', '.join(parts)})", tag))


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
