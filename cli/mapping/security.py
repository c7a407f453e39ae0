"""`security`: the access token, headers of every request, and the short form of sign and verify."""

from cli.mapping.layers import LAYERS, layer_of, option_of, read_reply, read_wire
from cli.mapping.messages import read_message
from cli.mapping.operations import read_constants
from cli.mapping.tree import Layer, TokenDecl
from cli.mapping.words import Words
from gateway.catalogue.nodes import Node

TOKEN_GRANTS = ("client_credentials", "login")
TOKEN_AUTHS = ("basic", "body")
"""How a token is asked for, and where the credentials of the first way stand."""

# The words of a token beside its request and layers; each is checked for its kind when it is planned.
_TOKEN_TEXTS = ("url", "client_id", "client_secret", "scope", "audience", "call", "read")
_READ = ("request", "wire", "reply", "assertion", "constants")


def read_token(words: Words) -> TokenDecl | None:
    """`token`: an OAuth 2.0 client credentials grant, or a login call with its own request."""
    inner = words.map("token")
    if inner is None:
        return None
    inner.need("grant")
    inner.word("grant", TOKEN_GRANTS)
    inner.word("auth", TOKEN_AUTHS)
    inner.word("on_401", ("refresh_once", "fail"))
    inner.duration_s("refresh_before")
    inner.duration_s("lifetime")
    inner.asked.update(_TOKEN_TEXTS)
    request = inner.map("request")
    message = None if request is None else read_message(request)
    if request is not None:
        request.done()
    wire, reply, constants = read_wire(inner), read_reply(inner), read_constants(inner)
    assertion = read_signature(inner, "assertion", "jws")
    inner.done()
    own = [(key, node) for key, node in inner.node if key.text not in _READ]
    options = {key.text: option_of(node, words.faults) for key, node in own}
    marks = {key.text: key.mark for key, _ in own}
    return TokenDecl(inner.mark, options, marks, message, wire, reply, assertion, constants)


def read_signature(words: Words, word: str, layer: str = "") -> Layer | None:
    """`sign` or `verify` beside a `transport.kind`, or another word, as the layer it is short for."""
    node: Node | None = words.get(word)
    return None if node is None else layer_of(layer or word, node, words.node.mark_of(word), words.faults)


def refuse_signatures(words: Words) -> None:
    """With `wire` written out, sign and verify are layers of it."""
    for word in ("sign", "verify"):
        if words.get(word) is not None:
            hint = "write it as a layer of wire or reply"
            words.faults.add(words.node.mark_of(word), f"security has '{word}' beside 'wire'", hint, code="E116")


__all__ = ["LAYERS", "read_signature", "read_token", "refuse_signatures"]
