"""`security.token` as a `TokenSource`: OAuth 2.0 client credentials, or a carrier's own login call."""

from __future__ import annotations

from cli.codegen.plan.addresses import template_parts
from cli.codegen.plan.bodies import is_bodyless
from cli.codegen.plan.code import Function, Line, Statement, Try
from cli.codegen.plan.constants import constants_of
from cli.codegen.plan.decoding import decoded_functions
from cli.codegen.plan.elements import Element, Elements, wire_names
from cli.codegen.plan.encoding import Encoding, encoded_function
from cli.codegen.plan.environment import Carrier, Environment, wire_facts
from cli.codegen.plan.expressions import Scope, compiled
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.jose import assertion_signed
from cli.codegen.plan.merging import merged
from cli.codegen.plan.names import Locals
from cli.codegen.plan.outcomes import seconds
from cli.codegen.plan.sending import Sending
from cli.codegen.plan.source import Source
from cli.codegen.plan.types import Type
from cli.mapping.capabilities import CALL_METHODS
from cli.mapping.layers import undone
from cli.mapping.named import names_in
from cli.mapping.soap import WrongSoap, read_call, soap_layer
from cli.mapping.tree import Expression, Layer, Option, Text, TokenDecl, Value

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def token_text(carrier: Carrier, env: Environment, token: TokenDecl) -> str:
    """The source of the `TokenSource`; adds the functions behind it."""
    grant = _text(token, "grant")
    if grant == "client_credentials":
        _client_credentials(env, token)
    else:
        _login(carrier, env, token)
    fields = ["build=build_token", "read=read_token"]
    for word, name in (("refresh_before", "refresh_before_s"), ("lifetime", "lifetime_s")):
        option = token.options.get(word)
        if isinstance(option, Text):
            fields.append(f"{name}={seconds(option)!r}")
    if _text(token, "on_401") == "fail":
        fields.append("refresh_on_statuses=()")
    return f"{env.use('TokenSource')}({', '.join(fields)})"


def _text(token: TokenDecl, name: str) -> str | None:
    option = token.options.get(name)
    return option.value if isinstance(option, Text) else None


def _needed(token: TokenDecl, name: str) -> Text:
    option = token.options.get(name)
    if not isinstance(option, Text) or not option.value:
        raise Refused("E261", token.key_marks.get(name, token.mark), f"token needs {name}")
    return option


def _setting(env: Environment, frame: Frame, token: TokenDecl, name: str) -> str:
    """A secret (`secret.x`), an expression, or a constant."""
    option: Option | None = token.options.get(name)
    if option is None:
        raise Refused("E261", token.mark, f"token needs {name}")
    if isinstance(option, Expression):
        source = option.source.strip()
    elif isinstance(option, Text):
        source = option.value if option.value.startswith(("secret.", "config.")) else ""
    else:
        raise Refused("E260", token.mark, f"token: {name} is one text")
    if source.startswith("secret."):
        return f"{env.use('secret')}(ctx, {source.removeprefix('secret.')!r})"
    if source:
        found = compiled(env, frame, Expression(source, option.mark), Scope())
        return f"{env.use('need')}({found.text}, {source!r})" if found.nullable else found.text
    return repr(option.value if isinstance(option, Text) else "")


def _built(env: Environment, body: list[Statement]) -> None:
    failed: list[Statement] = [Line(f"raise {env.use('cannot_send')}(error) from None")]
    doc = "The request for an access token."
    env.module.functions.append(
        Function(
            "build_token",
            [f"ctx: {env.use('Context')}"],
            env.use("WireRequest"),
            [Try(body, "Exception as error", failed)],
            doc,
        )
    )


def _client_credentials(env: Environment, token: TokenDecl) -> None:
    frame = Frame(env.module, Locals(("ctx", "headers", "fields")), parameters={"ctx"}, mark=token.mark)
    tag = frame.tag(token.mark)
    url = " + ".join(template_parts(env, frame, _needed(token, "url"), Scope()))
    name = _setting(env, frame, token, "client_id")
    fields = [
        f"{word!r}: {_setting(env, frame, token, word)}" for word in ("scope", "audience") if word in token.options
    ]
    headers = ["('Content-Type', 'application/x-www-form-urlencoded')"]
    before: list[Statement] = []
    if token.assertion is not None:
        before.append(_assertion(env, frame, token, name, url))
        fields += [f"'client_assertion_type': {ASSERTION_TYPE!r}", "'client_assertion': assertion"]
        fields = [f"'client_id': {name}", *fields] if _text(token, "auth") == "body" else fields
    elif _text(token, "auth") == "body":
        fields = [f"'client_id': {name}", f"'client_secret': {_setting(env, frame, token, 'client_secret')}", *fields]
    else:
        secret = _setting(env, frame, token, "client_secret")
        headers.append(f"('Authorization', {env.use('basic_credentials')}({name}, {secret}))")
    body: list[Statement] = [
        *frame.body,
        *before,
        Line(f"body = {env.use('client_credentials_body')}({{{', '.join(fields)}}})", tag),
        Line(
            f"return {env.use('WireRequest')}(method='POST', url={url}, headers=({', '.join(headers)},), body=body)",
            tag,
        ),
    ]
    _built(env, body)
    returns = env.use("Token")
    parameters = [f"reply: {env.use('WireReply')}", f"ctx: {env.use('Context')}"]
    read = [Line(f"return {env.use('oauth_token')}(reply)", tag)]
    env.module.functions.append(
        Function("read_token", parameters, returns, list(read), "The access token in the reply.")
    )


def _assertion(env: Environment, frame: Frame, token: TokenDecl, name: str, url: str) -> Line:
    """The line that signs who asks."""
    assert token.assertion is not None
    signed, claims = assertion_signed(Encoding(env, frame, (), False, False), token.assertion)
    made = f"{env.use('client_assertion')}({signed}, {name}, {url}, ctx, {claims})"
    return Line(f"assertion = {made}", frame.tag(token.assertion.mark))


def _login(carrier: Carrier, env: Environment, token: TokenDecl) -> None:
    if token.request is None:
        raise Refused("E261", token.mark, "a login token needs request: what the login call sends")
    facts = wire_facts(token.wire) if token.wire is not None else carrier.wire
    own = Environment(carrier, env.module, facts, "token_")
    _login_build(carrier, own, token)
    _login_read(carrier, own, token)


def _login_build(carrier: Carrier, env: Environment, token: TokenDecl) -> None:
    assert token.request is not None
    frame = Frame(env.module, Locals(("ctx", "wire")), parameters={"ctx"}, mark=token.mark)
    elements = Elements(frame, Element("wire", certain=True), is_message=True)
    source = Source(frame, "ctx", Type("any"))
    sending = Sending(env, frame, elements, source, elements.root, Scope(), carrier.missing)
    frame.say(Line(f"wire: {env.use('Wire')} = {{}}"))
    sending.message(token.request)
    body = merged([*frame.body, *sending.late, *elements.pruned()])
    frame.body = []
    layers = token.wire if token.wire is not None else carrier.tree.carrier.wire
    method, path, element = _call(token, layers)
    text = token.options.get("url")
    carrier_url = carrier.tree.carrier.transport.url if carrier.tree.carrier.transport is not None else None
    url = text if isinstance(text, Text) else carrier_url
    if url is None:
        raise Refused("E281", token.mark, "no url: where is the login call sent?")
    parts = template_parts(env, frame, url, Scope())
    parts += [repr(path)] if path else []
    replies = token.reply or (() if token.wire is not None else carrier.tree.carrier.reply)
    # The carrier's headers as for every call, but for the one that will hold the token.
    headers = tuple((name, value) for name, value in carrier.tree.carrier.headers if not _takes_token(value))
    bodyless = is_bodyless(token.request, method, layers)
    constants = constants_of(token.constants, token.mark, "the login call", layers, headers)
    env.module.functions.append(
        encoded_function(
            env, layers, headers, name="encoded_token", bodyless=bodyless, replies=replies, constants=constants
        )
    )
    message = "None" if bodyless else "wire"
    sent = f"return encoded_token({method!r}, {' + '.join(parts)}, {message}, ctx{element})"
    body = [] if bodyless else body
    _built(env, [*body, *frame.body, Line(sent, frame.tag(token.mark))])


def _takes_token(value: Value) -> bool:
    return "token" in names_in(value) if isinstance(value, Expression) else "{token}" in value.value


def _call(token: TokenDecl, layers: tuple[Layer, ...]) -> tuple[str, str, str]:
    """Method, path and, in an envelope, the argument that names the operation element."""
    call = _text(token, "call")
    mark = token.key_marks.get("call", token.mark)
    if (layer := soap_layer(layers)) is not None:
        try:
            soap = read_call(None if call is None else Text(call, mark), layer, mark)
        except WrongSoap as fault:
            raise Refused("E280", fault.mark, fault.message, fault.hint) from None
        return "POST", soap.path, f", {soap.element!r}"
    if call is None:
        return "POST", "", ""
    method, _, path = call.partition(" ")
    if method not in CALL_METHODS or not path.startswith("/"):
        raise Refused("E280", mark, "call: is METHOD /path")
    return method, path, ""


def _login_read(carrier: Carrier, env: Environment, token: TokenDecl) -> None:
    lists = token.reply or (undone(token.wire) if token.wire is not None else None,)
    if lists == (None,):
        lists = carrier.tree.carrier.reply or (undone(carrier.tree.carrier.wire),)
    functions = decoded_functions(env, tuple(each for each in lists if each is not None), name="decoded_token")
    env.module.functions += functions
    value, more = _paths(token)
    parameters = [f"reply: {env.use('WireReply')}", f"ctx: {env.use('Context')}"]
    tag = Frame(env.module).tag(token.mark)
    body: list[Statement] = [
        Try(
            [
                Line("wire = decoded_token(reply, ctx)"),
                Line(f"return {env.use('token_of')}(wire, {value!r}{more})", tag),
            ],
            "Exception as error",
            [Line(f"raise {env.use('unreadable')}(error) from None")],
        )
    ]
    env.module.functions.append(
        Function("read_token", parameters, env.use("Token"), body, "The access token in the reply.")
    )


def _paths(token: TokenDecl) -> tuple[tuple[str, ...], str]:
    """Where the token stands, and what else says how long it lives."""
    read = token.options.get("read")
    if not isinstance(read, dict):
        raise Refused("E261", token.mark, "a login token needs read: { token: wire path, expires_in: wire path }")
    value, life, end = read.get("token"), read.get("expires_in"), read.get("expires_at")
    if not isinstance(value, Text):
        raise Refused("E261", token.mark, "read: needs token: the wire path of the token")
    if isinstance(end, Text):
        return wire_names(value.value), f", expires_at={wire_names(end.value)!r}, now=ctx.now"
    return wire_names(value.value), f", {wire_names(life.value)!r}" if isinstance(life, Text) else ", None"
