"""JWS and JWE: the lines that make a token of the body, or beside it, and those that read one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.codegen.plan import options
from cli.codegen.plan.durations import seconds
from cli.codegen.plan.expressions import Scope, compiled, is_secret
from cli.codegen.plan.frame import Refused
from cli.mapping.jose import Jose, WrongJose, read_assertion, read_jose
from cli.mapping.tree import Expression, Layer, Option, Text
from gateway.wire.cipher import CIPHERS
from gateway.wire.envelopes.jose import IV_BYTES, KEY_BYTES
from gateway.wire.sign import SIGNERS

if TYPE_CHECKING:
    from typing import TypeAlias

    from cli.codegen.plan.decoding import Decoding
    from cli.codegen.plan.encoding import Encoding

    State: TypeAlias = Encoding | Decoding


def write_jws(state: Encoding, layer: Layer) -> None:
    """The body as a signed token, or a token beside it under a name."""
    said, use = _read(layer, reply=False), state.env.use
    payload = f"{use('json_out')}({_tree(state, layer, said.claims)})" if said.claims else "body"
    header = _header(state, layer, said)
    detached = ", detached=True" if said.detached else ""
    signer = f"{use(SIGNERS[said.algo].runtime)}, {_key(state, layer, said)}"
    made = f"{use('jws_out')}({signer}, {header}, {payload}{detached})"
    if said.kept:
        name = state.signatures[said.kept] = state.frame.locals.new(said.kept)
        state.say(f"{name} = {made}", layer)
    else:
        _became(state, layer, made)


def _became(state: Encoding, layer: Layer, made: str) -> None:
    """The body is the token; a call that has no message has none either."""
    state.say(f"body = {made}.encode()" + (" if wire is not None else b''" if state.bodyless else ""), layer)


def _header(state: Encoding, layer: Layer, said: Jose) -> str:
    """The header of a signature: what it demands stands where it is named without a value, else last."""
    made = {"b64": "False"} if "b64" in said.crit else {}
    made |= {"crit": repr(list(said.crit))} if said.crit else {}
    members = {"alg": repr(said.name)}
    members |= {name: made.get(name) or _value(state, layer, option) for name, option in said.header}
    return "{" + ", ".join(f"{name!r}: {text}" for name, text in (members | made).items()) + "}"


def write_jwe(state: Encoding, layer: Layer) -> None:
    """The body as an encrypted token."""
    said, use = _read(layer, reply=False), state.env.use
    state.frame.uses.add("ctx")
    key, wrapped = state.frame.locals.new("key"), "b''"
    if said.algo == "direct":
        state.say(f"{key} = {_key(state, layer, said)}", layer)
    else:
        spec = CIPHERS[said.algo]
        state.say(f"{key} = ctx.nonce({KEY_BYTES[said.enc]}).encode()", layer)
        wrapped = f"{use(spec.seal)}({_key(state, layer, said)}, ctx.nonce({spec.salt}), {key})"
    named = (("alg", Text(said.name, layer.mark)), ("enc", Text(said.enc, layer.mark)), *said.header)
    iv = f"ctx.nonce({IV_BYTES[said.enc]}).encode()"
    _became(state, layer, f"{use('jwe_out')}({wrapped}, {key}, {iv}, {_tree(state, layer, named)}, body)")


def read_jws(state: Decoding, layer: Layer, body: str) -> str:
    """The expression of the bytes that were signed."""
    said, use = _read(layer, reply=True), state.env.use
    spec = SIGNERS[said.algo]
    check = use(spec.genuine) if spec.genuine else f"{use('made_again')}({use(spec.runtime)})"
    token, payload = body, ""
    if said.source:
        token = f"{state.given()}.get({said.source.removeprefix('header.').lower()!r})"
        payload = f", {body}"
    crit = f", crit={said.crit!r}" if said.crit else ""
    made = f"{use('jws_in')}({check}, {_key(state, layer, said)}, {said.name!r}, {token}{payload}{crit})"
    if not said.claims and not said.skew:
        return made
    state.frame.uses.add("ctx")
    skew = seconds(said.skew, layer) if said.skew else None
    return f"{use('with_claims')}({made}, {_tree(state, layer, said.claims)}, ctx.now, {skew})"


def read_jwe(state: Decoding, layer: Layer, body: str) -> str:
    """The expression of the bytes inside."""
    said, use = _read(layer, reply=True), state.env.use
    unwrap = use("held" if said.algo == "direct" else CIPHERS[said.algo].open)
    return f"{use('jwe_in')}({unwrap}, {_key(state, layer, said)}, {said.name!r}, {said.enc!r}, {body})"


def assertion_signed(state: Encoding, layer: Layer) -> tuple[str, str]:
    """The source of what signs an assertion (signer, key, header), and of its own claims."""
    try:
        said = read_assertion(layer)
    except WrongJose as fault:
        raise Refused("E452", fault.mark, fault.message, fault.hint) from None
    header = _tree(state, layer, (("alg", Text(said.name, layer.mark)), *said.header))
    signed = f"{state.env.use(SIGNERS[said.algo].runtime)}, {_key(state, layer, said)}, {header}"
    return signed, _tree(state, layer, said.claims)


def _read(layer: Layer, *, reply: bool) -> Jose:
    try:
        return read_jose(layer, reply=reply)
    except WrongJose as fault:
        raise Refused("E452", fault.mark, fault.message, fault.hint) from None


def _key(state: State, layer: Layer, said: Jose) -> str:
    """A secret as it is, or the bytes its text stands for."""
    state.frame.uses.add("ctx")
    use, form = state.env.use, options.text(layer, "key_as")
    secret = f"{use('secret')}(ctx, {said.key!r})"
    if said.algo == "direct":
        return f"{use('cipher_key')}({secret}, {form or 'utf-8'!r}, ({KEY_BYTES[said.enc]},))"
    return secret if form is None else f"{use('key_bytes')}({secret}, {form!r})"


def _tree(state: State, layer: Layer, pairs: tuple[tuple[str, Option], ...]) -> str:
    """The source of an object: names against constants and expressions."""
    return "{" + ", ".join(f"{name!r}: {_value(state, layer, option)}" for name, option in pairs) + "}"


def _value(state: State, layer: Layer, option: Option) -> str:
    if isinstance(option, Text):
        return repr(option.value)
    if not isinstance(option, Expression) or is_secret(option):
        raise Refused("E452", layer.mark, "what a token says in clear is constants and expressions, no secrets")
    return compiled(state.env, state.frame, option, Scope()).text
