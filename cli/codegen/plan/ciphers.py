"""Encrypted bytes: the lines of an `encrypt` layer, sealing what is sent and opening what comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cli.codegen.plan.code import Block
from cli.codegen.plan.covering import Covered, joined, names_header
from cli.codegen.plan.elements import wire_names
from cli.codegen.plan.expressions import Scope, compiled
from cli.codegen.plan.frame import Refused
from cli.mapping.ciphers import Sealing, WrongCipher, field_paths, read_cipher
from cli.mapping.macs import Mac
from cli.mapping.tree import Expression, Layer, Text
from cli.mapping.wrapping import Wrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.codegen.plan.decoding import Decoding
    from cli.codegen.plan.encoding import Encoding

    State: TypeAlias = Encoding | Decoding


def seal(state: Encoding, layer: Layer, key: str = "") -> None:
    """The bytes so far, encrypted; an IV that is prepended stands before them. `key` holds one that is made already."""
    sealing = _read(state, layer, reply=False)
    spec = sealing.spec
    key = key or _sending_key(state, layer, sealing)
    data = f"{state.env.use('filled')}(body, {sealing.pad!r}, {spec.block})" if spec.block else "body"
    if sealing.iv.kind == "prepend":
        iv = state.frame.locals.new("iv")
        state.say(f"{iv} = ctx.nonce({sealing.iv.size}).encode()", layer)
        sealed = _call(state, layer, spec.seal, sealing, key, iv, data)
        if sealing.mac is not None:
            state.say(f"body = {_coded(state, sealing.mac, key, iv, sealed)}", layer)
        else:
            state.say(f"body = {iv} + {sealed}", layer)
        return
    text = _text(state, sealing)
    if sealing.kept is not None:
        state.signatures[sealing.kept] = state.frame.locals.new(sealing.kept)
        state.say(f"{state.signatures[sealing.kept]} = {text}", layer)
        text = state.signatures[sealing.kept]
    iv = _iv(state, layer, sealing, key, text)
    if sealing.made is not None and sealing.iv.kind == "expression":
        state.session["iv"] = iv
    sealed = _call(state, layer, spec.seal, sealing, key, iv, data)
    if sealing.mac is not None:
        sealed = _coded(state, sealing.mac, key, "b''", sealed)
    state.say(f"body = {sealed}", layer)


_WRITTEN = {"base64": "base64_text", "hex_lower": "hex_lower", "hex_upper": "hex_upper"}


def seal_fields(state: Encoding, layer: Layer) -> None:
    """Single values of the message, each encrypted for itself and written as text."""
    sealing = _read(state, layer, reply=False)
    written, key = state.env.use(_WRITTEN[sealing.encode]), ""
    if sealing.made is not None:
        key = _sending_key(state, layer, sealing)

    def sealed(leaf: str) -> None:
        state.say(f"body = {state.env.use('charset_out')}({leaf}.text, {state.charset_named()!r})", layer)
        seal(state, layer, key)
        state.say(f"{leaf}.put({written}(body))", layer)

    _each_leaf(state, layer, "(wire or {})" if state.bodyless else "wire", sealed)


def unseal_fields(state: Decoding, layer: Layer) -> None:
    """Single values of the message, opened where they stand."""
    sealing = _read(state, layer, reply=True)
    read, key = state.env.use("base64_in" if sealing.encode == "base64" else "hex_in"), ""
    if sealing.wrap is not None:
        key = _key(state, layer, sealing)

    def opened(leaf: str) -> None:
        state.say(f"body = {read}({leaf}.text.encode())", layer)
        inside = unseal(state, layer, "body", key)
        state.say(f"{leaf}.put({state.env.use('charset_in')}({inside}, {state.charset_named()!r}))", layer)

    _each_leaf(state, layer, state.var, opened)


def _each_leaf(state: State, layer: Layer, tree: str, statements: Callable[[str], None]) -> None:
    """The loop over every value `fields` names."""
    if state.form != "fields":
        hint = "when sending before the first format, in a reply behind the last"
        raise Refused("E270", layer.mark, f"fields are encrypted where the message is one: {hint}")
    leaf = state.frame.locals.new("leaf")
    paths = ", ".join(repr(tuple(wire_names(path))) for path in field_paths(layer))
    around, state.frame.body = state.frame.body, []
    statements(leaf)
    inside, state.frame.body = state.frame.body, around
    loop = f"for {leaf} in {state.env.use('leaves')}({tree}, {paths})"
    state.frame.say(Block(loop, inside, state.frame.tag(layer.mark)))


def unseal(state: Decoding, layer: Layer, body: str, key: str = "") -> str:
    """The expression of the bytes inside `body`; `key` holds one that is read already."""
    sealing = _read(state, layer, reply=True)
    spec = sealing.spec
    key = key or _key(state, layer, sealing)
    if sealing.mac is not None:
        size = str(sealing.iv.size if sealing.iv.kind == "prepend" else 0)
        state.say(f"body = {_coded(state, sealing.mac, key, size, body, function='mac_in')}", layer)
        body = "body"
    if sealing.iv.kind == "prepend":
        iv = state.frame.locals.new("iv")
        state.say(f"{iv}, body = {state.env.use('iv_head')}({body}, {sealing.iv.size})", layer)
        body = "body"
    else:
        text = _field(state, layer, sealing) if sealing.iv.kind == "wire" else _text(state, sealing)
        iv = _iv(state, layer, sealing, key, text)
    call = _call(state, layer, spec.open, sealing, key, iv, body)
    return f"{state.env.use('unfilled')}({call}, {sealing.pad!r}, {spec.block})" if spec.block else call


def _read(state: State, layer: Layer, *, reply: bool) -> Sealing:
    try:
        found = read_cipher(layer, reply=reply)
    except WrongCipher as fault:
        raise Refused("E446", fault.mark, fault.message, fault.hint) from None
    state.env.carrier.needs(found.spec.extra)
    if found.wrap is not None:
        state.env.carrier.needs(found.wrap.spec.extra)
    return found


def _sending_key(state: Encoding, layer: Layer, sealing: Sealing) -> str:
    """The variable that holds the key; one made for this message is sent with it, and kept for its reply."""
    name = _key(state, layer, sealing)
    if sealing.wrap is not None:
        state.session["key"] = name
        _keep_wrapped(state, layer, sealing.wrap, name)
    return name


def _key(state: State, layer: Layer, sealing: Sealing) -> str:
    """The variable that holds the key."""
    state.frame.uses.add("ctx")
    name = state.frame.locals.new("key")
    if sealing.wrap is not None:
        state.say(f"{name} = {_own_key(state, layer, sealing, sealing.wrap)}", layer)
        return name
    if sealing.is_sent:
        state.say(f"{name} = {state.env.use('sent_part')}(ctx, 'key')", layer)
        return name
    if sealing.is_joined:
        parts = joined(_covered(state, layer), layer, "key")
        made = f"{state.env.use('joined_key')}({parts}, {sealing.key_form!r}, {sealing.spec.key_sizes!r})"
        state.say(f"{name} = {made}", layer)
        return name
    text = f"{state.env.use('secret')}(ctx, {sealing.key!r})"
    if sizes := sealing.spec.key_sizes:
        text = f"{state.env.use('cipher_key')}({text}, {sealing.key_form!r}, {sizes!r})"
    state.say(f"{name} = {text}", layer)
    return name


def _covered(state: State, layer: Layer) -> Covered:
    """What the parts of a key stand for: settings, secrets, headers and functions; no body is there yet."""
    header = state.given() if names_header(layer) else "headers"
    return Covered(
        env=state.env,
        frame=state.frame,
        scope=Scope(),
        charset=state.charset_named(),
        body=None,
        fields=None,
        header=header,
    )


def _own_key(state: State, layer: Layer, sealing: Sealing, wrap: Wrap) -> str:
    """The expression of a message's own key: made now, or taken out of what the reply brings."""
    use, sizes = state.env.use, sealing.spec.key_sizes
    if sealing.made is not None:
        return (
            f"{use('cipher_key')}({use('Secret')}({_worked_out(state, sealing.made)}), {sealing.key_form!r}, {sizes!r})"
        )
    place, _, rest = wrap.source.partition(".")
    if place == "header":
        text = f"{state.given()}.get({rest.lower()!r}, '')"
    else:
        text = f"{use('text_in')}({use('dig_exact')}({_tree(state, layer, wrap.source)}, {_names(rest)}) or '')"
    packed = f"{use('base64_in' if wrap.encode == 'base64' else 'hex_in')}({text}.encode())"
    secret = f"{use('secret')}(ctx, {wrap.key!r})"
    return f"{use('unwrapped')}({use(wrap.spec.open)}({secret}, {packed}), {wrap.form!r}, {sizes!r})"


def _keep_wrapped(state: Encoding, layer: Layer, wrap: Wrap, key: str) -> None:
    """The text of the key as it is sent, under its name."""
    use = state.env.use
    kept = state.frame.locals.new(wrap.kept or "wrapped")
    salt = f"ctx.nonce({wrap.spec.salt}), " if wrap.spec.salt else ""
    inside = key
    if wrap.form != "bytes":
        inside = f"{use('base64_text' if wrap.form == 'base64' else 'hex_lower')}({key}).encode()"
    sealed = f"{use(wrap.spec.seal)}({use('secret')}(ctx, {wrap.key!r}), {salt}{inside})"
    state.say(f"{kept} = {use(_WRITTEN[wrap.encode])}({sealed})", layer)
    if wrap.kept:
        state.signatures[wrap.kept] = kept
    if wrap.put:
        state.put(layer, wrap.put, kept)


def _iv(state: State, layer: Layer, sealing: Sealing, key: str, text: str) -> str:
    """The variable that holds the IV's bytes; empty where the cipher has none."""
    if sealing.iv.kind == "none":
        return ""
    name = state.frame.locals.new("iv")
    if sealing.iv.kind == "sent":
        state.say(f"{name} = {state.env.use('sent_part')}(ctx, 'iv')", layer)
    elif sealing.iv.kind == "key":
        state.say(f"{name} = {key}[: {sealing.iv.size}]", layer)
    else:
        made = f"{state.env.use('cipher_iv')}({text}, {sealing.iv.form!r}, {sealing.spec.iv_sizes!r})"
        state.say(f"{name} = {made}", layer)
    return name


def _text(state: State, sealing: Sealing) -> str:
    """The expression of the IV's text."""
    iv = sealing.iv
    match iv.kind:
        case "secret":
            return f"{state.env.use('secret')}(ctx, {iv.text!r})"
        case "header":
            return f"{state.given()}.get({iv.text!r})"
        case "expression" if iv.expression is not None:
            return _worked_out(state, iv.expression)
    return repr(iv.text)


def _field(state: Decoding, layer: Layer, sealing: Sealing) -> str:
    """The IV in a field of the wrapper the bytes were taken from."""
    tree = _tree(state, layer, f"iv: wire.{sealing.iv.text}")
    return f"{state.env.use('text_in')}({state.env.use('dig_exact')}({tree}, {_names(sealing.iv.text)}))"


def _tree(state: State, layer: Layer, what: str) -> str:
    """The variable of the wrapper the bytes were taken from."""
    tree: str = getattr(state, "tree", "")
    if not tree:
        raise Refused("E446", layer.mark, f"{what}: no wrapper with put: stands before encrypt")
    return tree


def _names(path: str) -> str:
    return ", ".join(repr(name) for name in wire_names(path))


def _call(state: State, layer: Layer, function: str, sealing: Sealing, key: str, iv: str, data: str) -> str:
    salt = [f"ctx.nonce({sealing.spec.salt})"] if sealing.spec.salt and function == sealing.spec.seal else []
    parts = [key, *([iv] if iv else []), *salt, data]
    if sealing.aad is not None:
        aad = _aad(state, layer, sealing.aad)
        parts.append(f"{state.env.use('over')}({state.charset_named()!r}, {aad})")
    if sealing.tag_first:
        parts.append("tag_first=True")
    return f"{state.env.use(function)}({', '.join(parts)})"


def _coded(state: State, mac: Mac, key: str, iv: str, data: str, function: str = "mac_out") -> str:
    """The encrypted bytes with their code, or without it once it is found right."""
    use = state.env.use
    if mac.key:
        key = f"{use('key_bytes')}({use('secret')}(ctx, {mac.key!r}), {mac.key_form!r})"
    flags = f"whole={mac.whole}, last={mac.last}"
    return f"{use(function)}({mac.digest!r}, {key}, {iv}, {data}, {mac.size}, {flags})"


def _aad(state: State, layer: Layer, aad: Text | Expression) -> str:
    """What the tag covers beside the message: a text, an expression, a header, or a field of the reply's wrapper."""
    if isinstance(aad, Expression):
        return _worked_out(state, aad)
    place, dot, rest = aad.value.partition(".")
    if aad.quoted or not dot or place not in ("header", "wire"):
        return repr(aad.value)
    if place == "header":
        return f"{state.given()}.get({rest.lower()!r})"
    return f"{state.env.use('dig_exact')}({_tree(state, layer, f'aad: {aad.value}')}, {_names(rest)})"


def _worked_out(state: State, expression: Expression) -> str:
    found = compiled(state.env, state.frame, expression, Scope())
    return found.text if found.is_text else f"{state.env.use('text')}({found.text})"
