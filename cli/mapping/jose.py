"""The options of `jws` and `jwe` layers, read once for checker and generator: what is wrong is told with its place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from cli.mapping.tree import Expression, Layer, Option, Text
from gateway.catalogue.marks import Mark
from gateway.catalogue.values import did_you_mean
from gateway.wire.envelopes.jose import KEY_BYTES

JWS_NAMES: Mapping[str, str] = {
    "hmac_sha256": "HS256", "hmac_sha384": "HS384", "hmac_sha512": "HS512", "rsa_sha256": "RS256",
    "rsa_sha512": "RS512", "rsa_pss_sha256": "PS256", "rsa_pss_sha512": "PS512",
    "ecdsa_p256_sha256": "ES256", "ed25519": "EdDSA",
}  # fmt: skip
"""The signers of a JWS, and what the standard calls them."""

JWE_NAMES: Mapping[str, str] = {
    "rsa-oaep-sha1": "RSA-OAEP", "rsa-oaep-sha256": "RSA-OAEP-256", "rsa-pkcs1": "RSA1_5", "direct": "dir",
}  # fmt: skip
"""How the key of a JWE travels, and what the standard calls it; `direct`: both sides hold it."""

_SECRET = re.compile(r"secret\.([a-z][a-z0-9_]*)")


class WrongJose(Exception):
    """An option that makes no token, with the place it stands at."""

    def __init__(self, mark: Mark, message: str, hint: str | None = None) -> None:
        """Say what is wrong, where, and what to do."""
        super().__init__(message)
        self.mark, self.message, self.hint = mark, message, hint


@dataclass(frozen=True, slots=True)
class Jose:
    """A layer understood: `key` names a secret, `kept` is the name of a text beside the body, `source` its header.

    `claims`: a token of its own, in place of the body; `detached`: a signature over the body, which stays. `crit` are
    the members of its header that must be understood, `b64` among them: the body is covered as it is. In a reply
    `claims` are what it must say, `skew` how far its time may be from now.
    """

    algo: str
    name: str
    key: str
    enc: str = ""
    header: tuple[tuple[str, Option], ...] = ()
    claims: tuple[tuple[str, Option], ...] = ()
    crit: tuple[str, ...] = ()
    detached: bool = False
    kept: str = ""
    source: str = ""
    skew: str = ""


def read_jose(layer: Layer, *, reply: bool) -> Jose:
    """The layer's options. Raises `WrongJose` for the first that makes no token."""
    names = JWS_NAMES if layer.name == "jws" else JWE_NAMES
    algo = layer.options.get("algo")
    if not isinstance(algo, Text) or algo.value not in names:
        raise WrongJose(_mark(layer, "algo"), f"{layer.name} does not name one of its algorithms", _meant(algo, names))
    found = Jose(
        algo=algo.value,
        name=names[algo.value],
        key=_key(layer),
        enc=_enc(layer) if layer.name == "jwe" else "",
        header=_pairs(layer, "header"),
        claims=_pairs(layer, "claims"),
        crit=_crit(layer),
        detached=_text(layer, "detached") == "true",
        kept=_text(layer, "as"),
        source=_text(layer, "from"),
        skew=_text(layer, "max_skew"),
    )
    _check_ends(layer, found, reply=reply)
    return found


def read_assertion(layer: Layer) -> Jose:
    """The signed token that says who asks for an access token. Raises `WrongJose` as well."""
    for word in ("as", "from", "detached", "crit", "b64"):
        if word in layer.options:
            raise WrongJose(_mark(layer, word), f"an assertion is a token by itself: {word} says nothing")
    beside: dict[str, Option] = {"claims": {"iss": Text("", layer.mark)}, "as": Text("assertion", layer.mark)}
    found = read_jose(replace(layer, options={**layer.options, **beside}), reply=False)
    return replace(found, claims=_pairs(layer, "claims"))


def _meant(algo: Option | None, names: Mapping[str, str]) -> str:
    """Our word for the standard's, where that was written; else all of them."""
    said = algo.value if isinstance(algo, Text) else ""
    ours = next((word for word, name in names.items() if name.lower() == said.lower()), None)
    return f"{said} is written algo: {ours}" if ours else did_you_mean(said, names) or f"algo: {', '.join(names)}"


def _check_ends(layer: Layer, found: Jose, *, reply: bool) -> None:
    idle = ("header", "detached", "as") if reply else ("from", "max_skew")
    strange = next((word for word in idle if word in layer.options), None)
    if strange is not None:
        raise WrongJose(_mark(layer, strange), f"{layer.name}: {strange} says nothing when {_WAY[reply]}")
    if found.source and not found.source.startswith("header."):
        raise WrongJose(_mark(layer, "from"), "a detached signature stands in a header", "from: header.x-jws-signature")
    if reply and found.source and (found.claims or found.skew):
        raise WrongJose(layer.mark, "a detached signature has no claims: what its message says is asked in outcome")
    if not reply and bool(found.detached or found.claims) != bool(found.kept):
        hint = "jws: { .., detached: true, as: signature }, and {signature} in a header"
        raise WrongJose(layer.mark, "a token beside the body is kept under a name, and only such a one is", hint)
    if found.detached and found.claims:
        raise WrongJose(_mark(layer, "claims"), "a token has claims of its own, or is over the body: not both")
    if "b64" in found.crit and not (found.source if reply else found.detached):
        hint = "detached: true, or in a reply from: header.x-jws-signature"
        raise WrongJose(_mark(layer, "b64"), "only a detached signature covers the body as it is", hint)
    absent = [name for name in found.crit if not reply and name != "b64" and name not in dict(found.header)]
    if absent:
        raise WrongJose(_mark(layer, "crit"), f"the header demands '{absent[0]}' and has none", "add it to header")
    for word in ("alg", "enc", *_MADE):
        value = dict(found.header).get(word)
        if value is not None and (word not in _MADE or not _is_place(value) or word not in _written(found)):
            made = _MADE.get(word)
            raise WrongJose(
                _mark(layer, "header"), f"{layer.name}: '{word}' is not written into the header by hand", made
            )


_MADE = {"crit": "crit: [names] of the layer", "b64": "b64: false of the layer"}
"""Members of a header that the layer writes itself: named without a value they only take a place."""


def _written(found: Jose) -> tuple[str, ...]:
    """The members this layer writes: `b64` and what lists it."""
    return (*found.crit, "crit") if found.crit else ()


def _is_place(value: Option) -> bool:
    return isinstance(value, Text) and not value.value


_WAY = {True: "reading", False: "sending"}


def _crit(layer: Layer) -> tuple[str, ...]:
    """What the header demands: the names of `crit`, and `b64` where the body is covered as it is."""
    listed = layer.options.get("crit", ())
    listed = listed if isinstance(listed, tuple) else (listed,)
    names = tuple(each.value for each in listed if isinstance(each, Text) and each.value)
    if len(names) != len(listed) or "b64" in names:
        raise WrongJose(_mark(layer, "crit"), "crit lists names of the header", "b64 stands in it by itself")
    return (("b64",) if _text(layer, "b64") == "false" else ()) + names


def _enc(layer: Layer) -> str:
    enc = _text(layer, "enc")
    if enc not in KEY_BYTES:
        raise WrongJose(_mark(layer, "enc"), f"jwe says what the message is under: enc: {', '.join(KEY_BYTES)}")
    return enc


def _key(layer: Layer) -> str:
    found = _SECRET.fullmatch(_text(layer, "key"))
    if found is None:
        hint = "nothing secret stands in a mapping"
        raise WrongJose(_mark(layer, "key"), "a key is a secret of the channel: key: secret.name", hint)
    return found[1]


def _pairs(layer: Layer, word: str) -> tuple[tuple[str, Option], ...]:
    option = layer.options.get(word)
    if option is None:
        return ()
    if not isinstance(option, Mapping) or not all(isinstance(value, Text | Expression) for value in option.values()):
        raise WrongJose(_mark(layer, word), f"{word} is a map of names against constants and expressions")
    return tuple(option.items())


def _text(layer: Layer, word: str) -> str:
    found = layer.options.get(word)
    if found is not None and not isinstance(found, Text):
        raise WrongJose(_mark(layer, word), f"{word} is one text")
    return "" if found is None else found.value


def _mark(layer: Layer, word: str) -> Mark:
    return layer.key_marks.get(word, layer.mark)
