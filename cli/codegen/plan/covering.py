"""What a signature covers, part by part: each part of `over` as the expression that gives it at run time.

A part is a name of the surroundings (`body`, `header.X`, `secret.k`), a call of the functions below with parts inside
it, or a literal.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from cli.codegen.plan import options
from cli.codegen.plan.elements import wire_names
from cli.codegen.plan.environment import Environment
from cli.codegen.plan.expressions import Scope, compiled, is_secret
from cli.codegen.plan.frame import Frame, Refused
from cli.codegen.plan.joining import join_options, unquoted
from cli.mapping.tree import Expression, Layer, Text
from gateway.wire.sign import CHANGES, ENCODINGS, PART_ENCODINGS, RAW, SIGNERS, SignerSpec

_CALL = re.compile(r"([a-z][a-z0-9_]*)\((.*)\)", re.DOTALL)
# An `=` alone is a literal, as in `k=v`.
_EXPRESSION = re.compile(r"=\s*[^\W\d]")
_SECRET = re.compile(r"=?\s*secret\.([a-z][a-z0-9_]*)")
_SIGNED = re.compile(rf"({'|'.join(SIGNERS)})_({'|'.join((*PART_ENCODINGS, RAW))})")
# Parts that give bytes, not a text.
_OF_BYTES = re.compile(r"body$|(?:between|member|bytes|\w+_raw)\(")
_DEPTH_MAX = 8


@dataclass(frozen=True, slots=True)
class Covered:
    """What the parts of `over` stand for at one place: the names of the variables around.

    `body` holds the bytes at this place (None before they exist), `fields` the message, `own` the signature's own
    field, which never covers itself. `method` and `url` are those of the call; a reply has none (None).
    """

    env: Environment
    frame: Frame
    scope: Scope
    charset: str
    body: str | None
    fields: str | None
    header: str
    method: str | None = "method"
    url: str = "url"
    has_query: bool = False
    own: str | None = None


def joined(covered: Covered, layer: Layer, option: str) -> str:
    """The bytes of a list of parts."""
    parts = [_part(covered, part, layer, option) for part in options.texts(layer, option)]
    return f"{covered.env.use('over')}({covered.charset!r}, {', '.join(parts)})" if parts else ""


def names_header(layer: Layer) -> bool:
    """Whether a part of what is covered, or of the key or user id, is a header."""
    parts = [part for option in ("over", "key", "user_id") for part in options.texts(layer, option)]
    return any(isinstance(part, Text) and "header." in part.value for part in parts)


def secret(covered: Covered, text: str, layer: Layer, option: str = "key") -> str:
    """The secret a text names."""
    found = _SECRET.fullmatch(text)
    if found is None:
        raise Refused("E264", options.mark(layer, option), "a key is a secret of the channel: key: secret.name")
    covered.frame.uses.add("ctx")
    return f"{covered.env.use('secret')}(ctx, {found.group(1)!r})"


def is_plain_secret(text: str | None) -> bool:
    """Whether a text is one secret and nothing else."""
    return text is not None and _SECRET.fullmatch(text) is not None


def _part(covered: Covered, part: Text | Expression, layer: Layer, option: str) -> str:
    if isinstance(part, Expression):
        if (name := is_secret(part)) is not None:
            return secret(covered, f"secret.{name}", layer, option)
        return compiled(covered.env, covered.frame, part, covered.scope).text
    return _named(covered, part.value, layer, 0)


def _named(covered: Covered, text: str, layer: Layer, depth: int) -> str:
    """One part as written: a name of the surroundings, a call of a part function, else a literal."""
    if _SECRET.fullmatch(text):
        return secret(covered, text, layer)
    if text in ("body", "http.method", "http.path", "query"):
        return _surroundings(covered, text, layer)
    if text.startswith("header."):
        return f"{covered.header}.get({text.removeprefix('header.').lower()!r})"
    if text.startswith("wire."):
        return _field(covered, text.removeprefix("wire."), layer)
    if depth and _EXPRESSION.match(text):
        return _part(covered, Expression(text[1:], layer.mark), layer, "over")
    found = _CALL.fullmatch(text)
    if found is None:
        return repr(unquoted(text) if depth else text)
    if depth >= _DEPTH_MAX:
        raise Refused("E266", layer.mark, f"{found.group(1)}() stands in more than {_DEPTH_MAX} others")
    return _called(_Call(covered, found.group(1), pieces_of(found.group(2), layer), layer, depth + 1))


def _surroundings(covered: Covered, text: str, layer: Layer) -> str:
    match text:
        case "body":
            return _body(covered, layer)
        case "http.method" | "http.path" if covered.method is None:
            raise Refused("E265", layer.mark, f"a reply has no {text} of its own", "only requests and callbacks have")
        case "http.method":
            return str(covered.method)
        case "http.path":
            return f"{covered.env.use('url_path')}({covered.url})"
    if not covered.has_query:
        raise Refused("E265", layer.mark, "a reply has no query")
    # As the URL has it here, whether `call`, a layer or an earlier signature put it there.
    return f"{covered.env.use('url_query')}({covered.url})"


def _body(covered: Covered, layer: Layer) -> str:
    if covered.body is None:
        raise Refused("E265", layer.mark, "there are no bytes yet at this place: put the signature behind the format")
    return covered.body


def _fields(covered: Covered, layer: Layer) -> str:
    if covered.fields is None:
        raise Refused("E265", layer.mark, "the message's fields cannot be named here")
    return covered.fields


def _field(covered: Covered, path: str, layer: Layer) -> str:
    names = ", ".join(repr(name) for name in wire_names(path))
    return f"{covered.env.use('dig_exact')}({_fields(covered, layer)}, {names})"


def _source(covered: Covered, function: str, name: str, layer: Layer) -> str:
    """The fields that sorted() and values() walk through."""
    if name == "wire":
        return _fields(covered, layer)
    if name.startswith("wire."):
        return _field(covered, name.removeprefix("wire."), layer)
    if name == "query":
        return f"{covered.env.use('query_in')}({_surroundings(covered, name, layer)}, {covered.charset!r})"
    raise Refused("E266", layer.mark, f"{function}() takes query, wire or wire.path first")


# --- functions of parts ---


@dataclass(frozen=True, slots=True)
class _Call:
    """A function of parts as it was written: `name(pieces;..)`, inside `depth` others."""

    covered: Covered
    name: str
    pieces: list[str]
    layer: Layer
    depth: int

    def part(self, text: str) -> str:
        return _named(self.covered, text, self.layer, self.depth)

    def parts(self, pieces: list[str]) -> str:
        return ", ".join(map(self.part, pieces))

    def text(self, piece: str) -> str:
        """One part where only a text can stand, among others that are sorted: bytes are read in the wire's charset."""
        found = self.part(piece)
        return f"{self.use('charset_in')}({found}, {self.covered.charset!r})" if _OF_BYTES.match(piece) else found

    def bytes(self, pieces: list[str]) -> str:
        return f"{self.use('over')}({self.covered.charset!r}, {self.parts(pieces)})"

    def use(self, name: str) -> str:
        return self.covered.env.use(name)

    def refused(self, message: str) -> Refused:
        return Refused("E266", self.layer.mark, message)


def _called(call: _Call) -> str:
    if (signed := _SIGNED.fullmatch(call.name)) is not None:
        return _signed(call, SIGNERS[signed[1]], signed[2])
    if call.name in CHANGES:
        return f"{call.use('changed')}({call.name!r}, {call.covered.charset!r}, {call.parts(call.pieces)})"
    found = _FUNCTIONS.get(call.name)
    if found is None:
        known = ", ".join((*_FUNCTIONS, *CHANGES, "a signer with _hex, _base64 or _raw"))
        raise call.refused(f"unknown part {call.name}(); known: {known}")
    return found(call)


def _signed(call: _Call, spec: SignerSpec, written: str) -> str:
    """A digest of some parts as text, or its bytes; a keyed one takes its key first."""
    call.covered.env.carrier.needs(spec.extra)
    key = f"{_inner_key(call, spec)}, " if spec.keyed else ""
    made = f"{call.use(spec.runtime)}({key}{call.bytes(call.pieces[1:] if spec.keyed else call.pieces)})"
    return made if written == RAW else f"{call.use(ENCODINGS[PART_ENCODINGS[written]])}({made})"


def _inner_key(call: _Call, spec: SignerSpec) -> str:
    """A secret as it is, or bytes that are derived from one."""
    first = call.pieces[0]
    if is_plain_secret(first) or not spec.takes_bytes:
        return secret(call.covered, first, call.layer, "over")
    if "secret." not in first:
        raise call.refused(f"a key is a secret of the channel, or derived from one: {call.name}(secret.name;..)")
    return call.bytes([first])


def _packed(call: _Call) -> str:
    return f"{call.use(ENCODINGS[PART_ENCODINGS[call.name]])}({call.bytes(call.pieces)})"


def _sorted(call: _Call) -> str:
    source = _source(call.covered, call.name, call.pieces[0], call.layer)
    own = _own_in(call.pieces[0], call.covered.own)
    if own is not None and "." in own:
        source, own = f"{call.use('without_field')}({source}, {', '.join(map(repr, wire_names(own)))})", None
    join = join_options(call.name, call.pieces[1:], call.layer, own, call.covered.charset)
    more = ", ".join(f"{name!r}: {call.text(part)}" for name, part in join.more)
    added = f", more={{{more}}}" if more else ""
    return f"{call.use(join.helper)}({source}{join.arguments}{added})"


def _json(call: _Call) -> str:
    """An object of the message as its JSON text, without the signature itself."""
    if call.pieces[1:] not in ([], ["drop"]):
        raise call.refused(
            f"{call.name}() is written {call.name}(wire), {call.name}(wire.path) or {call.name}(wire;drop)"
        )
    source = _source(call.covered, call.name, call.pieces[0], call.layer)
    own = _own_in(call.pieces[0], call.covered.own)
    if own is not None:
        source = f"{call.use('without_field')}({source}, {', '.join(map(repr, wire_names(own)))})"
    flags = (", keys_sorted=True" if call.name == "json_sorted" else "") + (", drop=True" if call.pieces[1:] else "")
    return f"{call.use('fields_json')}({source}{flags})"


def _own_in(source: str, own: str | None) -> str | None:
    """The signature's own field as it is named inside the source: `sign` of `head.sign` in `wire.head`."""
    inside = f"{source.removeprefix('wire.')}."
    return own.removeprefix(inside) if own is not None and source.startswith("wire.") else own


def _sort(call: _Call) -> str:
    return f"{call.use('sorted_texts')}('', {', '.join(map(call.text, call.pieces))})"


def _between(call: _Call) -> str:
    body, start, end, *more = (*call.pieces, "", "")[: max(3, len(call.pieces))]
    if body != "body" or not unquoted(start) or not unquoted(end) or more not in ([], ["whole"]):
        raise call.refused("between() is written between(body;from;to) or between(body;from;to;whole)")
    whole = ", whole=True" if more else ""
    found = (
        f"{_body(call.covered, call.layer)}, {unquoted(start)!r}, {unquoted(end)!r}, {call.covered.charset!r}{whole}"
    )
    return f"{call.use('between')}({found})"


def _member(call: _Call) -> str:
    if len(call.pieces) != 2 or call.pieces[0] != "body" or not call.pieces[1]:
        raise call.refused("member() is written member(body;name) or member(body;name.inner)")
    names = ", ".join(repr(name) for name in wire_names(call.pieces[1]))
    return f"{call.use('member')}({_body(call.covered, call.layer)}, {call.covered.charset!r}, {names})"


_FUNCTIONS: dict[str, Callable[[_Call], str]] = {
    "sorted": _sorted,
    "values": _sorted,
    "json": _json,
    "json_sorted": _json,
    "sort": _sort,
    "between": _between,
    "member": _member,
    "bytes": lambda call: call.bytes(call.pieces),
    **dict.fromkeys(PART_ENCODINGS, _packed),
}


def pieces_of(text: str, layer: Layer) -> list[str]:
    """The arguments of a part: separated by `;` outside brackets and single quotes."""
    pieces, depth, quoted = [""], 0, False
    for character in text:
        quoted ^= character == "'"
        depth += 0 if quoted else (character == "(") - (character == ")")
        if character == ";" and not depth and not quoted:
            pieces.append("")
        else:
            pieces[-1] += character
    if depth or quoted:
        raise Refused("E266", layer.mark, f"a bracket or quote of '{text}' is not closed")
    return pieces
