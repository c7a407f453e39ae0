"""`xml_signature`: a document that bears its own signature, sent and read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.codegen.plan.code import Constant
from cli.codegen.plan.frame import Refused
from cli.mapping.tree import Layer
from cli.mapping.xml_signature import WrongXmlSignature, read_xml_signature

if TYPE_CHECKING:
    from cli.codegen.plan.decoding import Decoding
    from cli.codegen.plan.encoding import Encoding


def sign_document(state: Encoding, layer: Layer) -> None:
    """The signature written into the document, which is a text yet."""
    if state.form != "text":
        raise Refused("E265", layer.mark, "xml_signature signs a text: put it between xml and its charset")
    how, key, cert = _read(state, layer, reply=False)
    more = f", {_secret(state, cert)}" if cert else ""
    state.say(f"{state.var} = {state.env.use('xml_signed')}({state.var}, {how}, {_secret(state, key)}{more})", layer)


def verify_document(state: Decoding, layer: Layer) -> None:
    """The check of the signature inside a document, before it is read."""
    if state.form != "text":
        raise Refused("E265", layer.mark, "xml_signature checks a text: put it between charset and xml")
    how, key, _ = _read(state, layer, reply=True)
    state.say(f"{state.var} = {state.env.use('xml_verified')}({state.var}, {how}, {_secret(state, key)})", layer)


def _read(state: Encoding | Decoding, layer: Layer, *, reply: bool) -> tuple[str, str, str]:
    """The constant that says how, and the secrets of key and certificate."""
    try:
        how, key, cert = read_xml_signature(layer, reply=reply)
    except WrongXmlSignature as fault:
        raise Refused("E440", fault.mark, fault.message, fault.hint) from None
    said = ", ".join(f"{word}={getattr(how, word)!r}" for word in how.__struct_fields__ if _is_said(how, word))
    made = f"{state.env.use('XmlSealing')}({said})"
    return state.env.define_codec(Constant("SEALED", "", made, state.frame.tag(layer.mark))), key, cert


def _is_said(how: object, word: str) -> bool:
    return bool(getattr(how, word) != getattr(type(how)(), word))


def _secret(state: Encoding | Decoding, name: str) -> str:
    state.frame.uses.add("ctx")
    return f"{state.env.use('secret')}(ctx, {name!r})"
