"""A message signed again: with the test keys, as its mapping's `over` says, checked by the second opinion."""

from typing import Any

from contract_tests.signatures.covered import NotComputable, Signed
from contract_tests.signatures.signatures import Plain, covered_by, signature_of, signed_by_gateway


class NoKey(LookupError):
    """No test key gives this signature; its text names what is missing."""


def sign_again(layer: Any, message: Signed, charset: str) -> str:
    """The signature of a `sign` or `verify` layer. A carrier's own is made with the test key of its pair."""
    said = {name: getattr(option, "value", None) for name, option in layer.options.items()}
    try:
        made = signature_of(layer, message, charset)
        if made:
            return made
        return _by_any(layer, message, charset, said)
    except (NotComputable, ValueError, KeyError) as wrong:
        raise NoKey(f"its signature cannot be made with the test keys: {wrong}") from None


def _by_any(layer: Any, message: Signed, charset: str, said: dict[str, Any]) -> str:
    """Each test key in turn: the one whose signature is genuine for the key that the mapping names is its pair."""
    data = covered_by(layer, message, charset)
    algo, encode = str(said.get("algo")), str(said.get("encode") or "hex_lower")
    for text in message.secrets.values():
        try:
            made = signed_by_gateway(Plain(data=data, algo=algo, encode=encode, key=text))
        except Exception:  # noqa: BLE001, S112 - not a key of this kind: each library says so in its own way
            continue
        if made and signature_of(layer, message, charset, stated=made) == made:
            return made
    raise NoKey(f"no test key signs what {said.get('key') or 'its key'} verifies")
