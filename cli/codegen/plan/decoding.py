"""The layers of what comes in, from bytes to the message: one function `decoded`, for replies and for callbacks."""

from __future__ import annotations

from dataclasses import dataclass, field

from cli.codegen.plan import options
from cli.codegen.plan.ciphers import unseal, unseal_fields
from cli.codegen.plan.code import Function, Line, Statement, arms
from cli.codegen.plan.covering import names_header
from cli.codegen.plan.durations import seconds
from cli.codegen.plan.elements import wire_names
from cli.codegen.plan.environment import CHARSET_DEFAULT, FORMATS, Environment, charset_of, known_charset
from cli.codegen.plan.expressions import Scope, compiled
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.framing import frame_constant, frame_of
from cli.codegen.plan.jose import read_jwe, read_jws
from cli.codegen.plan.json_texts import read_texts
from cli.codegen.plan.layouts import fixed_constant, pattern_text, pipe_constant
from cli.codegen.plan.markup import signing_constant
from cli.codegen.plan.messages import verify_message
from cli.codegen.plan.names import Locals
from cli.codegen.plan.seals import verify_document
from cli.codegen.plan.signing import Covered, forged
from cli.mapping.capabilities import refusal
from cli.mapping.headers import TAKEN, taken_headers
from cli.mapping.soap import WrongSoap, check_soap
from cli.mapping.soap_security import read_security
from cli.mapping.tree import Expression, Layer, Text
from gateway.wire.expense import check_pattern
from gateway.wire.layers.charset import read_as


@dataclass(slots=True)
class Decoding:
    """The state between two layers: `form` is bytes, text or fields; `charset` what the bytes are in."""

    env: Environment
    frame: Frame
    layers: tuple[Layer, ...]
    source: str = "reply"
    inbound: bool = False
    form: str = "bytes"
    var: str = "reply.body"
    charset: str = CHARSET_DEFAULT
    tree: str = ""
    heads: dict[str, str] = field(default_factory=dict)

    def say(self, text: str, layer: Layer | None = None) -> None:
        """One statement."""
        self.frame.say(Line(text, self.frame.tag(layer.mark) if layer is not None else ""))

    def given(self) -> str:
        """The headers by lower-case name."""
        self.frame.say_once(Line(f"headers = {self.env.use('headers_of')}(reply)"))
        return "headers"

    def charset_named(self) -> str:
        """The charset of texts among the bytes."""
        return next((charset_of(each) for each in self.layers if each.name == "charset"), CHARSET_DEFAULT)


def decoded_functions(
    env: Environment, lists: tuple[tuple[Layer, ...], ...], *, name: str, inbound: bool = False
) -> list[Function]:
    """The function that reads a message; keys that are being changed are tried as they were before, too."""
    if not any(_is_keyed(layer) for layers in lists for layer in layers):
        return _forms(env, lists, name=name, inbound=inbound)
    found = _forms(env, lists, name=f"{name}_once", inbound=inbound)
    body: list[Statement] = [Line(f"return {env.use('with_former_keys')}({found[-1].name}, reply, ctx)")]
    doc = "The message inside the bytes, by the keys of now or by those before where some are being changed."
    return [*found, Function(name, found[-1].parameters, found[-1].returns, body, doc)]


def _is_keyed(layer: Layer) -> bool:
    return layer.name in ("verify", "http_signature", "xml_signature", *_KEYED) or (
        layer.name == "soap" and "wsse" in layer.options
    )


def _forms(env: Environment, lists: tuple[tuple[Layer, ...], ...], *, name: str, inbound: bool) -> list[Function]:
    """The function that reads one form of message; of several lists of layers the first that decodes is taken."""
    if len(lists) == 1:
        return [_function(env, lists[0], name, inbound=inbound)]
    found = [_function(env, layers, f"{name}_{index}", inbound=inbound) for index, layers in enumerate(lists, 1)]
    names = ", ".join(function.name for function in found)
    body: list[Statement] = [Line(f"return {env.use('first_form')}(reply, ctx, {names})")]
    whole = Function(name, found[0].parameters, found[0].returns, body, "The message of the first form that decodes.")
    return [*found, whole]


def _function(env: Environment, layers: tuple[Layer, ...], name: str, *, inbound: bool) -> Function:
    frame = Frame(env.module, Locals(("reply", "ctx", "body", "message", "tree", "headers")))
    frame.parameters = {"ctx", "reply"}
    state = Decoding(env, frame, layers, inbound=inbound)
    for layer in layers:
        with env.carrier.faults.collected():
            _layer(state, layer)
    if state.form != "fields":
        mark = layers[-1].mark if layers else env.carrier.tree.carrier.mark
        env.carrier.faults.add(Refused("E272", mark, "the layers of a reply end in a format: json, xml, pipe, .."))
    kept = "".join(f", {name!r}: {var}" for name, var in state.heads.items())
    whole = f"{{**{state.var}{kept}}}" if kept else state.var
    frame.say(Line(f"return {env.use('message_in')}({whole})"))
    imports = env.module.imports
    taken = "Inbound" if inbound else "WireReply"
    parameters = [f"reply: {imports.add('gateway.wire', taken)}", f"ctx: {imports.add('gateway.wire', 'Context')}"]
    doc = "The message inside the bytes; raises `Unreadable` when there is none, or when it is not genuine."
    return Function(name, parameters, imports.add("gateway.wire", "Wire"), frame.body, doc)


def _layer(state: Decoding, layer: Layer) -> None:
    if (why := refusal(layer.name, reply=True)) is not None:
        raise Refused("E269", layer.mark, why)
    if layer.name in FORMATS:
        _format(state, layer)
    elif layer.name == "charset":
        _charset(state, layer)
    elif layer.name == "http_signature":
        verify_message(state, layer, inbound=state.inbound)
    elif layer.name == "xml_signature":
        verify_document(state, layer)
    elif layer.name == "verify":
        _verify(state, layer)
    elif layer.name == "frame":
        _unframed(state, layer)
    elif layer.name == "headers":
        _taken(state, layer)
    elif layer.name == "mtom":
        told = f"{state.given()}.get('content-type')"
        state.say(f"body = {state.env.use('mtom_in')}({_bytes(state, layer)}, {told})", layer)
        state.var = "body"
    elif layer.name == "encrypt" and "fields" in layer.options:
        unseal_fields(state, layer)
    elif layer.name == "json_text":
        read_texts(state, layer)
    else:
        _unpacked(state, layer)


def _charset(state: Decoding, layer: Layer) -> None:
    state.charset = known_charset(layer)
    if state.form == "bytes":
        state.say(f"content = {state.env.use('charset_in')}({state.var}, {state.charset!r})", layer)
        state.form, state.var = "text", "content"


def _unframed(state: Decoding, layer: Layer) -> None:
    """The bytes behind the head; the head itself stands in the message under a name, where the mapping gives one."""
    if state.form != "bytes":
        raise Refused("E270", layer.mark, "frame takes the bytes as they are: it stands first in a reply")
    form = frame_constant(state.env, layer, state.charset_named(), state.frame.tag(layer.mark))
    head = state.frame.locals.new("head") if frame_of(layer).kept else "_"
    state.say(f"{head}, body = {state.env.use('frame_in')}({state.var}, {form})", layer)
    if (kept := frame_of(layer).kept) is not None:
        state.heads[kept] = head
    state.var = "body"


def _taken(state: Decoding, layer: Layer) -> None:
    """Headers of the reply that stand in the message under a name."""
    found = taken_headers(layer)
    if found is None:
        raise Refused("E445", layer.mark, "which headers stand in the message, and under which name?", TAKEN)
    names, kept = found
    head = state.heads[kept] = state.frame.locals.new("given")
    state.say(f"{head} = {state.env.use('named_headers')}({state.given()}, {names!r})", layer)


_KEYED = {"encrypt": unseal, "jws": read_jws, "jwe": read_jwe}


def _unpacked(state: Decoding, layer: Layer) -> None:
    if state.form == "text":
        state.say(f"body = {state.var}.encode()")
    elif state.form == "fields":
        raise Refused("E270", layer.mark, f"{layer.name} unpacks bytes, here is a message already")
    body = "body" if state.form == "text" else state.var
    plus = ", plus=True" if layer.name == "url_encode" and options.flag(layer, "plus") else ""
    plus += options.armour(layer) if layer.name == "base64" else ""
    opened = _KEYED.get(layer.name)
    plain = opened(state, layer, body) if opened else f"{state.env.use(layer.name + '_in')}({body}{plus})"
    state.say(f"body = {plain}", layer)
    state.form, state.var, state.charset = "bytes", "body", CHARSET_DEFAULT


def _format(state: Decoding, layer: Layer) -> None:
    if state.form == "fields":
        raise Refused("E270", layer.mark, "the message is decoded already: take the payload out with put: first")
    use = state.env.use
    put = options.text(layer, "put")
    if options.flag(layer, "raw") and layer.name != "json":
        hint = "without put and raw the message is the whole document; verify over between(body;<X>;</X>;whole)"
        raise Refused("E445", options.mark(layer, "raw"), "raw is a form of sending", hint)
    var = "tree" if put is None else state.frame.locals.new("wrapper")
    came = state.var if state.form == "bytes" else f"{state.var}.encode({read_as(state.charset)!r})"
    match layer.name:
        case "json":
            helper = "json_text_numbers_in" if options.text(layer, "numbers") == "text" else "json_in"
            text = f"{use(helper)}({state.var})"
            if (leaf := options.text(layer, "leaf")) is not None:
                text = f"{use('leaves_in')}({text}, {leaf!r})"
            if (root := options.text(layer, "root")) is not None:
                text = f"{{{root!r}: {text}}}"
            if options.flag(layer, "optional"):
                text = f"{text} if {state.var}.strip() else {{}}"
        case "xml":
            root = options.text(layer, "root")
            text = f"{use('xml_in')}({state.var}{'' if root is None else f', {root!r}'})"
        case "soap":
            text = _soap(state, layer)
        case "multipart":
            told = f"{state.given()}.get('content-type')"
            text = f"{use('multipart_in')}({_bytes(state, layer)}, {told}, {state.charset_named()!r})"
        case "pipe":
            form = pipe_constant(state.env, layer, state.frame.tag(layer.mark))
            text = f"{use('pipe_in')}({_text(state)}, {form})"
        case "fixed":
            form = fixed_constant(state.env, layer, state.charset, state.frame.tag(layer.mark), sends=False)
            text = f"{use('fixed_in')}({_text(state)}, {form})"
        case "text":
            text = f"{use('line_in')}({_text(state)}, {pattern_text(layer)!r})"
        case "binary":
            text = f"{{{options.text(layer, 'to', 'content')!r}: {_document(state, layer)}}}"
        case "query":
            text = f"{use('query_in')}({use('url_query')}(reply.target), {state.charset_named()!r})"
        case _:
            text = f"{use('form_in')}({state.var}, {state.charset_named()!r})"
    state.say(f"{var} = {text}", layer)
    state.form, state.var = "fields", var
    if put is not None:
        if layer.name == "soap" and not _verified_behind(state, layer):
            # A fault has no payload: it is the message itself.
            state.frame.say(arms((f"'Fault' in {var}", [Line(f"return {use('message_in')}({var})")], "")))
        state.say(f"content = {_payload(state, layer, put, var, came)}", layer)
        state.tree, state.form, state.var = var, "text", "content"


def _payload(state: Decoding, layer: Layer, put: str, wrapper: str, came: str) -> str:
    """What a wrapper holds: a text of its own, or with `raw` an object as it came, blanks and escapes included."""
    use, names = state.env.use, ", ".join(repr(name) for name in wire_names(put))
    if not options.flag(layer, "raw"):
        return f"{use('text_in')}({use('dig_exact')}({wrapper}, {names}))"
    charset = state.charset_named()
    return f"{use('charset_in')}({use('member')}({came}, {charset!r}, {names}), {charset!r})"


def _soap(state: Decoding, layer: Layer) -> str:
    """The content of an envelope; one that has to be signed is checked before it is read."""
    try:
        check_soap(layer, reply=True)
    except WrongSoap as fault:
        raise Refused("E447", fault.mark, fault.message, fault.hint) from None
    said = read_security(layer, reply=True)
    if said is None:
        return f"{state.env.use('soap_in')}({state.var})"
    state.frame.uses.add("ctx")
    how = signing_constant(state.env, said, state.frame.tag(layer.mark))
    key = f"{state.env.use('secret')}(ctx, {said.key!r})"
    return f"{state.env.use('soap_signed_in')}({state.var}, {how}, {key}, ctx.now)"


def _verified_behind(state: Decoding, layer: Layer) -> bool:
    """Whether only the payload is signed: a fault in its place would be nobody's word."""
    return any(each.name == "verify" for each in state.layers[state.layers.index(layer) + 1 :])


def _text(state: Decoding) -> str:
    """What a format of texts reads: decoded here when no charset layer did it."""
    return state.var if state.form == "text" else f"{state.env.use('charset_in')}({state.var}, {state.charset!r})"


def _bytes(state: Decoding, layer: Layer) -> str:
    if state.form != "bytes":
        raise Refused("E270", layer.mark, f"{layer.name} takes the bytes as they are: no charset before it")
    return state.var


def _document(state: Decoding, layer: Layer) -> str:
    """A body as it is; one that begins or ends otherwise than such documents do is none."""
    begins, ends = (options.text(layer, word, "") or "" for word in ("begins", "ends"))
    body = _bytes(state, layer)
    return f"{state.env.use('document_in')}({body}, {begins!r}, {ends!r})" if begins or ends else body


def _verify(state: Decoding, layer: Layer) -> None:
    place = options.needed(layer, "from")
    fields = _seen(state)
    body = (
        state.var
        if state.form == "bytes"
        else f"{state.var}.encode({read_as(state.charset)!r})"
        if state.form == "text"
        else None
    )
    covered = Covered(
        env=state.env,
        frame=state.frame,
        scope=Scope(),
        charset=state.charset_named(),
        body=body or "reply.body",
        fields=fields,
        header="headers",
        method="reply.method" if state.inbound else None,
        url="reply.target",
        has_query=state.inbound,
        own=None if place.startswith("header.") else place.removeprefix("wire.").removeprefix("form."),
    )
    headers = [
        part.value for part in options.texts(layer, "over") if isinstance(part, Text) and "header." in part.value
    ]
    if place.startswith("header.") or names_header(layer):
        state.given()
    got = _picked(state, layer, _got(state, layer, place, fields))
    wrong = forged(covered, layer, got)
    raised = f"raise {state.env.use('Forged')}('the signature of the reply is not the carrier\\'s')"
    tag = state.frame.tag(layer.mark)
    state.frame.say(arms((wrong, [Line(raised, tag)], tag)))
    _skew(state, layer, headers, fields)


def _seen(state: Decoding) -> str | None:
    """The fields that a signature may name here: those of the message or wrapper, and a head that came before them."""
    fields = state.tree or (state.var if state.form == "fields" else None)
    if not state.heads:
        return fields
    heads = ", ".join(f"{name!r}: {var}" for name, var in state.heads.items())
    seen = state.frame.locals.new("seen")
    state.env.use("Wire")
    state.say(f"{seen}: Wire = {{{f'**{fields}, ' if fields else ''}{heads}}}")
    return seen


def _got(state: Decoding, layer: Layer, place: str, fields: str | None) -> str:
    if place.startswith("header."):
        return f"headers.get({place.removeprefix('header.').lower()!r})"
    if fields is None:
        raise Refused("E265", layer.mark, f"from: {place}: put verify behind the format to read a field")
    names = ", ".join(repr(name) for name in wire_names(place.removeprefix("wire.").removeprefix("form.")))
    return f"{state.env.use('dig_exact')}({fields}, {names})"


def _picked(state: Decoding, layer: Layer, text: str) -> str:
    """The part of a text that is the signature, where `match` says which: the hexadecimals of `t=1,v1=5f2c`."""
    pattern = options.text(layer, "match")
    if pattern is None:
        return text
    try:
        check_pattern(pattern)
    except ValueError as fault:
        raise Refused("E266", options.mark(layer, "match"), str(fault)) from None
    return f"{state.env.use('match')}({text}, {pattern!r})"


def _skew(state: Decoding, layer: Layer, headers: list[str], fields: str | None) -> None:
    skew = options.text(layer, "max_skew")
    if skew is None:
        if "stamp" in layer.options:
            raise Refused("E273", options.mark(layer, "stamp"), "stamp says nothing without max_skew")
        return
    stamp = _stamp(state, layer, headers, fields)
    state.frame.uses.add("ctx")
    tag = state.frame.tag(layer.mark)
    test = f"not {state.env.use('fresh')}({stamp}, ctx.now, {seconds(skew, layer)!r})"
    raised = f"raise {state.env.use('Forged')}('the time stamp of the reply is too far from now')"
    state.frame.say(arms((test, [Line(raised, tag)], tag)))


def _stamp(state: Decoding, layer: Layer, headers: list[str], fields: str | None) -> str:
    """The signed time stamp: the header or field `stamp` names, else the one header with "time" in its name."""
    if isinstance(said := layer.options.get("stamp"), Expression):
        return _stamp_in(state, layer, said)
    named = options.text(layer, "stamp")
    covered = [part.value for part in options.texts(layer, "over") if isinstance(part, Text)]
    if named is not None and named.startswith("wire."):
        if fields is None or not any("wire" in part for part in covered):
            raise Refused("E273", options.mark(layer, "stamp"), f"{named} is no signed field here")
        names = ", ".join(repr(name) for name in wire_names(named.removeprefix("wire.")))
        return f"{state.env.use('text_of')}({state.env.use('dig_exact')}({fields}, {names}))"
    stamps = [header for header in headers if header == named or (named is None and "time" in header.lower())]
    if len(stamps) != 1:
        message = "max_skew needs one signed time stamp: header.X-Timestamp among over, or stamp: wire.path"
        raise Refused("E273", options.mark(layer, "max_skew"), message)
    return f"headers.get({stamps[0].removeprefix('header.').lower()!r})"


def _stamp_in(state: Decoding, layer: Layer, said: Expression) -> str:
    """A stamp that is a part of something, such as of the signature's own header: a part of `over`, word for word."""
    if said.source not in [part.source for part in options.texts(layer, "over") if isinstance(part, Expression)]:
        mark = options.mark(layer, "stamp")
        raise Refused("E273", mark, "this stamp is not signed", "write the same expression among the parts of over")
    return compiled(state.env, state.frame, said, Scope()).text
