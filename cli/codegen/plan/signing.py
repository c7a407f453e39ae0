"""The line that computes a signature, and the one that checks it."""

from cli.codegen.plan import options
from cli.codegen.plan.covering import Covered, is_plain_secret, joined, secret
from cli.codegen.plan.frame import Refused
from cli.mapping.tree import Layer, Text
from gateway.wire.cipher import KEY_FORMS
from gateway.wire.sign import DECODINGS, ENCODINGS, SignerSpec, plan_signer

__all__ = ["Covered", "forged", "key_of", "signature", "signer_of"]


def signature(covered: Covered, layer: Layer) -> str:
    """The expression that computes a layer's signature as text."""
    spec, encode = _how(layer)
    use = covered.env.use
    arguments = (*_arguments(covered, layer, spec), *_user(covered, layer, spec))
    return f"{use(ENCODINGS[encode])}({use(spec.runtime)}({', '.join(arguments)}))"


def forged(covered: Covered, layer: Layer, got: str) -> str:
    """The expression that says that the text `got` is not the signature a `verify` layer asks for."""
    spec, encode = _how(layer)
    use = covered.env.use
    if not spec.genuine:
        return f"not {use('same_signature')}({signature(covered, layer)}, {got})"
    if encode not in DECODINGS:
        message = f"a signature written as {encode} cannot be read back"
        raise Refused("E263", options.mark(layer, "encode"), message)
    given = f"{use(DECODINGS[encode])}({got})"
    arguments = (*_arguments(covered, layer, spec), given, *_user(covered, layer, spec))
    return f"not {use(spec.genuine)}({', '.join(arguments)})"


def signer_of(layer: Layer) -> SignerSpec:
    """The signer a layer names."""
    try:
        return plan_signer(options.needed(layer, "algo"), keyed="key" in layer.options)
    except ValueError as fault:
        raise Refused("E262", options.mark(layer, "algo"), str(fault)) from None


def _how(layer: Layer) -> tuple[SignerSpec, str]:
    """The signer of a layer, and how its signature is written."""
    spec = signer_of(layer)
    encode = options.text(layer, "encode", "hex_lower") or "hex_lower"
    if encode not in ENCODINGS:
        message = f"unknown encode '{encode}'; known: {', '.join(ENCODINGS)}"
        raise Refused("E263", options.mark(layer, "encode"), message)
    return spec, encode


def _arguments(covered: Covered, layer: Layer, spec: SignerSpec) -> tuple[str, ...]:
    """What a signer is called with: its key, if it takes one, and the bytes that are covered."""
    data = joined(covered, layer, "over")
    if not data:
        raise Refused("E261", layer.mark, f"{layer.name} needs over: what the signature covers, in order")
    covered.env.carrier.needs(spec.extra)
    return (key_of(covered, layer, spec), data) if spec.keyed else (data,)


def _user(covered: Covered, layer: Layer, spec: SignerSpec) -> tuple[str, ...]:
    """The user id that is signed with the data, where the mapping names another than the usual one."""
    if "user_id" not in layer.options:
        return ()
    if not spec.takes_user:
        raise Refused("E262", options.mark(layer, "user_id"), f"{spec.algo} signs no user id")
    return (f"user={joined(covered, layer, 'user_id')}",)


def key_of(covered: Covered, layer: Layer, spec: SignerSpec) -> str:
    """The key of a signer: a secret, its bytes as `key_as` reads them, or bytes joined of parts."""
    key, form = layer.options.get("key"), options.text(layer, "key_as")
    plain = isinstance(key, Text) and is_plain_secret(key.value)
    if not spec.takes_bytes and (form is not None or not plain):
        raise Refused("E264", options.mark(layer, "key"), f"{spec.algo} takes a secret as it is: key: secret.name")
    if form is not None and form not in KEY_FORMS:
        raise Refused("E264", options.mark(layer, "key_as"), f"no key form '{form}'; known: {', '.join(KEY_FORMS)}")
    if not plain:
        return _joined_key(covered, layer, form)
    assert isinstance(key, Text)
    found = secret(covered, key.value, layer)
    return found if form is None else f"{covered.env.use('key_bytes')}({found}, {form!r})"


def _joined_key(covered: Covered, layer: Layer, form: str | None) -> str:
    found = joined(covered, layer, "key")
    if "secret" not in found or form is not None:
        message = "a key made of parts has a secret among them, and no key_as: key: [secret.name, '&']"
        raise Refused("E264", options.mark(layer, "key"), message)
    return found
