"""`http_signature`: HTTP Message Signatures, of what is sent and of what comes in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cli.codegen.plan import options
from cli.codegen.plan.code import Line, arms
from cli.codegen.plan.covering import Covered
from cli.codegen.plan.durations import seconds
from cli.codegen.plan.expressions import Scope, compiled, is_secret
from cli.codegen.plan.frame import Refused
from cli.codegen.plan.signing import key_of, signer_of
from cli.mapping.tree import Expression, Layer, Text
from gateway.wire.sign import SignerSpec
from gateway.wire.sign.fields import component_parts
from gateway.wire.sign.messages import ALGORITHMS, DIGESTS, INBOUND_COMPONENTS, REPLY_COMPONENTS, SENT_COMPONENTS

if TYPE_CHECKING:
    from cli.codegen.plan.decoding import Decoding
    from cli.codegen.plan.encoding import Encoding

_FIELD = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")
_QUERY_PARAM = re.compile(r'@query-param;name="[^"\\]*"')
_LABEL = re.compile(r"[a-z*][a-z0-9_.*-]{0,40}")


def sign_message(state: Encoding, layer: Layer) -> None:
    """The headers that sign a request: Content-Digest, Signature-Input, Signature."""
    if state.form != "bytes":
        raise Refused("E265", layer.mark, "http_signature covers bytes: put it behind the format and its charset")
    spec, label, use = _signer(layer), _label(layer), state.env.use
    components = _components(layer, SENT_COMPONENTS)
    if (digest := options.text(layer, "digest")) is not None:
        state.say(
            f"headers['Content-Digest'] = {use('content_digest')}({state.var}, {_digest(layer, digest)!r})", layer
        )
    described = state.frame.locals.new("described")
    state.say(f"{described} = {use('signature_input')}({components!r}, {_parameters(state, layer, spec)})", layer)
    message = f"{use('request_message')}(method, url, headers, {state.var})"
    base = f"{use('signature_base')}({components!r}, {described}, {message})"
    covered = _covered(state.env, state.frame, "headers")
    signature = f"{use('base64_text')}({use(spec.runtime)}({key_of(covered, layer, spec)}, {base}))"
    name = state.frame.locals.new("signature")
    state.say(f"{name} = {signature}", layer)
    state.say(f"headers['Signature-Input'] = '{label}=' + {described}", layer)
    state.say(f"headers['Signature'] = '{label}=:' + {name} + ':'", layer)


def verify_message(state: Decoding, layer: Layer, *, inbound: bool) -> None:
    """The check of a reply's or callback's signature, over the bytes as they came."""
    if state.var != "reply.body":
        raise Refused("E265", layer.mark, "http_signature is checked over the bytes as they came: put it first")
    spec, use = _signer(layer), state.env.use
    for word in ("keyid", "expires", "nonce", "tag", "digest", "created", "alg"):
        if word in layer.options:
            raise Refused("E262", options.mark(layer, word), f"{word} is said by who signs; a reply's is read")
    required = _components(layer, INBOUND_COMPONENTS if inbound else REPLY_COMPONENTS)
    skew = options.text(layer, "max_skew")
    state.frame.uses.add("ctx")
    more = f", algorithm={ALGORITHMS[spec.algo]!r}, now=ctx.now"
    more += "" if skew is None else f", skew_s={seconds(skew, layer)!r}"
    found = state.frame.locals.new("signed")
    state.say(f"{found} = {use('signed_reply')}(reply, {_label(layer)!r}, {required!r}{more})", layer)
    key = key_of(_covered(state.env, state.frame, "headers"), layer, spec)
    if spec.genuine:
        wrong = f"not {use(spec.genuine)}({key}, {found}.base, {found}.signature)"
    else:
        made = f"{use('base64_text')}({use(spec.runtime)}({key}, {found}.base))"
        wrong = f"not {use('same_signature')}({made}, {use('base64_text')}({found}.signature))"
    tag = state.frame.tag(layer.mark)
    raised = f"raise {use('Forged')}('the signature of the reply is not the carrier\\'s')"
    state.frame.say(arms((wrong, [Line(raised, tag)], tag)))


def _signer(layer: Layer) -> SignerSpec:
    spec = signer_of(layer)
    if spec.algo not in ALGORITHMS:
        message = f"{spec.algo} is no algorithm of HTTP Message Signatures; those are {', '.join(ALGORITHMS)}"
        raise Refused("E262", options.mark(layer, "algo"), message)
    return spec


def _covered(env: object, frame: object, header: str) -> Covered:
    return Covered(env=env, frame=frame, scope=Scope(), charset="UTF-8", body=None, fields=None, header=header)  # type: ignore[arg-type]


def _label(layer: Layer) -> str:
    label = options.text(layer, "label", "sig1") or "sig1"
    if not _LABEL.fullmatch(label):
        raise Refused(
            "E262", options.mark(layer, "label"), f"'{label}' is no label: lower-case letters, digits, _ - . *"
        )
    return label


def _digest(layer: Layer, name: str) -> str:
    if name not in DIGESTS:
        raise Refused("E262", options.mark(layer, "digest"), f"no digest '{name}'; known: {', '.join(DIGESTS)}")
    return name


def _components(layer: Layer, derived: tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(part.value for part in options.texts(layer, "components") if isinstance(part, Text))
    for each in found:
        named = "@query" in derived and _QUERY_PARAM.fullmatch(each)
        if each not in derived and not named and not _is_field(each):
            known = f'{", ".join(derived)}, a header in lower case, with ;sf, ;bs or ;key="name"'
            message = f"'{each}' cannot be covered here: {known}"
            raise Refused("E266", options.mark(layer, "components"), message)
    if not found or len(set(found)) != len(found):
        raise Refused("E261", layer.mark, f"{layer.name} needs components: what is covered, each once")
    return found


def _is_field(component: str) -> bool:
    """Whether a component is a header; trailers, and what only the request knows when a reply is read, are not."""
    name, how, _ = component_parts(component) or ("", "", "")
    return bool(_FIELD.fullmatch(name)) and how in ("", "sf", "bs", "key")


def _parameters(state: Encoding, layer: Layer, spec: SignerSpec) -> str:
    """The parameters of a signature as a tuple of pairs, in the order the standard lists them."""
    pairs = []
    if options.text(layer, "created", "true") == "true":
        pairs.append("('created', int(ctx.now.timestamp()))")
    if (expires := options.text(layer, "expires")) is not None:
        pairs.append(f"('expires', int(ctx.now.timestamp() + {seconds(expires, layer)!r}))")
    given = [(word, layer.options[word]) for word in ("keyid", "nonce", "tag") if word in layer.options]
    pairs += [f"({word!r}, {_worked_out(state, layer, word, option)})" for word, option in given]
    if options.flag(layer, "alg"):
        pairs.append(f"('alg', {ALGORITHMS[spec.algo]!r})")
    state.frame.uses.add("ctx")
    return f"({', '.join(pairs)},)" if pairs else "()"


def _worked_out(state: Encoding, layer: Layer, word: str, option: object) -> str:
    if isinstance(option, Text):
        return repr(option.value)
    if not isinstance(option, Expression):
        raise Refused("E260", options.mark(layer, word), f"{word} is one text or expression")
    if (secret := is_secret(option)) is not None:
        return f"{state.env.use('secret')}(ctx, {secret!r}).reveal()"
    found = compiled(state.env, state.frame, option, Scope())
    text = found.text if found.is_text else f"{state.env.use('text')}({found.text})"
    return f"{state.env.use('need')}({text}, {word!r})" if found.nullable else text
