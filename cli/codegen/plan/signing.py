"""What a signature covers, part by part, and the line that computes it."""

import re
from dataclasses import dataclass

from cli.codegen.plan import options
from cli.codegen.plan.elements import wire_names
from cli.codegen.plan.environment import Environment
from cli.codegen.plan.expressions import Scope, compiled, is_secret
from cli.codegen.plan.frame import Frame, Refused
from cli.mapping.tree import Expression, Layer, Text
from gateway.wire.sign import DECODINGS, DIGESTS, ENCODINGS, SignerSpec, plan_signer

_CALL = re.compile(r"([a-z][a-z0-9_]*)\((.*)\)", re.DOTALL)
_SECRET = re.compile(r"=?\s*secret\.([a-z][a-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Covered:
    """What the parts of `over` stand for at one place: the names of the variables around.

    `body` holds the bytes at this place (None before they exist), `fields` the message, `own` the signature's own
    field, which never covers itself.
    """

    env: Environment
    frame: Frame
    scope: Scope
    charset: str
    body: str | None
    fields: str | None
    header: str
    method: str = "method"
    url: str = "url"
    has_query: bool = False
    own: str | None = None


def signature(covered: Covered, layer: Layer) -> str:
    """The expression that computes a layer's signature as text."""
    spec, encode = _how(layer)
    use = covered.env.use
    return f"{use(ENCODINGS[encode])}({use(spec.runtime)}({', '.join(_arguments(covered, layer))}))"


def forged(covered: Covered, layer: Layer, got: str) -> str:
    """The expression that says that the text `got` is not the signature a `verify` layer asks for."""
    spec, encode = _how(layer)
    use = covered.env.use
    if not spec.genuine:
        return f"not {use('same_signature')}({signature(covered, layer)}, {got})"
    arguments = (*_arguments(covered, layer), f"{use(DECODINGS[encode])}({got})")
    return f"not {use(spec.genuine)}({', '.join(arguments)})"


def _how(layer: Layer) -> tuple[SignerSpec, str]:
    """The signer of a layer, and how its signature is written."""
    try:
        spec = plan_signer(options.needed(layer, "algo"), keyed=options.text(layer, "key") is not None)
    except ValueError as fault:
        raise Refused("E262", options.mark(layer, "algo"), str(fault)) from None
    encode = options.text(layer, "encode", "hex_lower") or "hex_lower"
    if encode not in ENCODINGS:
        message = f"unknown encode '{encode}'; known: {', '.join(ENCODINGS)}"
        raise Refused("E263", options.mark(layer, "encode"), message)
    return spec, encode


def _arguments(covered: Covered, layer: Layer) -> tuple[str, ...]:
    """What a signer is called with: its key, if it takes one, and the bytes that are covered."""
    parts = [_part(covered, part, layer) for part in options.texts(layer, "over")]
    if not parts:
        raise Refused("E261", layer.mark, f"{layer.name} needs over: what the signature covers, in order")
    data = f"{covered.env.use('over')}({covered.charset!r}, {', '.join(parts)})"
    key = options.text(layer, "key")
    return (data,) if key is None else (_secret(covered, key, layer), data)


def _secret(covered: Covered, text: str, layer: Layer) -> str:
    found = _SECRET.fullmatch(text)
    if found is None:
        raise Refused("E264", options.mark(layer, "key"), "a key is a secret of the channel: key: secret.name")
    covered.frame.uses.add("ctx")
    return f"{covered.env.use('secret')}(ctx, {found.group(1)!r})"


def _part(covered: Covered, part: Text | Expression, layer: Layer) -> str:
    if isinstance(part, Expression):
        if (name := is_secret(part)) is not None:
            return _secret(covered, f"secret.{name}", layer)
        return compiled(covered.env, covered.frame, part, covered.scope).text
    return _named(covered, part.value, layer)


def _named(covered: Covered, text: str, layer: Layer) -> str:
    """One part as written: a name of the surroundings, a call of a part function, else a literal."""
    if _SECRET.fullmatch(text):
        return _secret(covered, text, layer)
    if text in ("body", "http.method", "http.path", "query"):
        return _surroundings(covered, text, layer)
    if text.startswith("header."):
        return f"{covered.header}.get({text.removeprefix('header.').lower()!r})"
    if text.startswith("wire."):
        names = ", ".join(repr(name) for name in wire_names(text.removeprefix("wire.")))
        return f"{covered.env.use('dig_exact')}({_fields(covered, layer)}, {names})"
    found = _CALL.fullmatch(text)
    if found is None:
        return repr(text)
    return _called(covered, found.group(1), found.group(2), layer)


def _surroundings(covered: Covered, text: str, layer: Layer) -> str:
    match text:
        case "body":
            if covered.body is None:
                raise Refused(
                    "E265", layer.mark, "there are no bytes yet at this place: put the signature behind the format"
                )
            return covered.body
        case "http.method":
            return covered.method
        case "http.path":
            return f"{covered.env.use('url_path')}({covered.url})"
    if not covered.has_query:
        raise Refused("E265", layer.mark, "a reply has no query")
    # As the URL has it here, whether `call`, a layer or an earlier signature put it there.
    return f"{covered.env.use('url_query')}({covered.url})"


def _fields(covered: Covered, layer: Layer) -> str:
    if covered.fields is None:
        raise Refused("E265", layer.mark, "the message's fields cannot be named here")
    return covered.fields


def _source(covered: Covered, function: str, name: str, layer: Layer) -> str:
    """The fields that sorted() and values() walk through."""
    match name:
        case "wire":
            return _fields(covered, layer)
        case "query":
            return f"{covered.env.use('query_in')}({_surroundings(covered, name, layer)}, {covered.charset!r})"
    raise Refused("E266", layer.mark, f"{function}() takes query or wire first")


def _called(covered: Covered, function: str, arguments: str, layer: Layer) -> str:
    use = covered.env.use
    if function in DIGESTS:
        return f"{use(function)}({use('over')}({covered.charset!r}, {_named(covered, arguments, layer)}))"
    pieces = arguments.split(";")
    if function in ("sorted", "values"):
        helper = use("sorted_pairs" if function == "sorted" else "sorted_values")
        source = _source(covered, function, pieces[0], layer)
        rest = "".join(f", {piece!r}" for piece in pieces[1:])
        own = f", without=({covered.own!r},)" if covered.own is not None else ""
        return f"{helper}({source}{rest}{own})"
    if function == "between" and len(pieces) == 3 and pieces[0] == "body":
        body = _surroundings(covered, "body", layer)
        return f"{use('between')}({body}, {pieces[1]!r}, {pieces[2]!r}, {covered.charset!r})"
    raise Refused(
        "E266", layer.mark, f"unknown part {function}(); known: sorted, values, between, {', '.join(DIGESTS)}"
    )
